"""The office of the impersonators' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.impersonators.support_impersonators import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office whose brand accounts are in the store; its stores are closed afterwards."""
    made = Office(tmp_path).settle()
    yield made
    made.close()
