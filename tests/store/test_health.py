"""What ``auditor doctor`` hears of the store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from auditor.store.store import Store
from tests.store.support_store import grant, snapshot


def test_a_sound_store_has_no_problems(store: Store) -> None:
    """A new store, and one with a snapshot, are sound."""
    assert store.check() == ()
    snapshot(store, [grant(1)])
    assert store.check() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_file_others_may_read_is_a_problem(sqlite_url: str, tmp_path: Path) -> None:
    """The remedy is the command that closes it."""
    from tests.store.test_failures import open_at

    with open_at(sqlite_url) as store:
        (tmp_path / "auditor.db").chmod(0o644)
        (problem,) = store.check()
    assert "mode 0644" in problem.message
    assert "chmod 600" in problem.remedy


def test_closing_a_store_moves_the_log_though_another_has_the_file_open(
    sqlite_url: str, tmp_path: Path
) -> None:
    """While a daemon keeps a connection, what a run wrote is in the file itself once the run closes its own."""
    from tests.store.test_failures import open_at

    with open_at(sqlite_url) as daemon:
        before = (tmp_path / "auditor.db").stat().st_size
        with open_at(sqlite_url) as run:
            snapshot(run, [grant(number) for number in range(2_000)])
            assert (tmp_path / "auditor.db").stat().st_size == before
        assert (tmp_path / "auditor.db").stat().st_size > before + 100_000
        assert daemon.check() == ()
