"""The command line's bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support_cli import Bench, fill


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return the small organisation, ready to be audited."""
    folder = tmp_path / "org"
    fill(folder)
    return Bench(folder, capsys)
