"""The command line's bench."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditor.cli.app import run
from tests.cli.support_cli import Bench, fill


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return the small organisation, ready to be audited."""
    folder = tmp_path / "org"
    fill(folder)
    return Bench(folder, capsys)


@pytest.fixture(scope="session")
def audited_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small organisation after one audit: to be copied, not used."""
    folder = tmp_path_factory.mktemp("audited") / "org"
    fill(folder)
    assert run(["audit", "--config", str(folder / "auditor.yaml")]) == 0
    return folder


@pytest.fixture
def audited(audited_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return a copy of it for one test: Bo Fox has left, Dana Cole alone is admin."""
    return Bench(shutil.copytree(audited_once, tmp_path / "org"), capsys)
