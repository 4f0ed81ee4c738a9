"""kill -9 at any moment: the next run works, says what it found, and sees nothing half-written."""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import func, select

from auditor.store.schema import evidence_uses, fact_tables, holders, locks, outbox, snapshots
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.killed_run import GRANTS, PRINCIPALS
from tests.store.support_processes import running
from tests.store.support_store import grant, snapshot


@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_at_any_moment_leaves_a_store_that_works(
    url: str, open_store: OpenStore, seed: int
) -> None:
    """Complete snapshots are whole, the open one is told of and removed, and a new run goes ahead."""
    with running(url):
        time.sleep(random.Random(seed).uniform(0, 0.8))
    store = open_store()
    seen_before = store.snapshots()
    for info in seen_before:
        assert info.counts == {"grants": GRANTS, "principals": PRINCIPALS}
        assert len(store.frames(info.id, ["grants"])["grants"]) == GRANTS
    with store.lock("collect", owner="next run") as lock:
        assert lock.taken_over_since is not None
        found = store.recover()
        assert len(found) <= 1
        assert all(abandoned.id not in {info.id for info in seen_before} for abandoned in found)
        assert store.recover() == ()
        newest = snapshot(store, [grant(1)])
    assert {info.id for info in store.snapshots()} == {newest.id, *(info.id for info in seen_before)}
    assert_nothing_is_left_over(store)


def test_what_a_killed_run_left_is_told(url: str, open_store: OpenStore) -> None:
    """The open snapshot of a dead process is reported with its time, its rows and its process."""
    with running(url, "hold") as process:
        pid = process.pid
    (found,) = open_store().recover()
    assert found.pid == pid
    assert found.counts["grants"] >= 5_000


def test_a_live_run_is_left_alone(url: str, open_store: OpenStore) -> None:
    """recover() never touches the snapshot of a run that lives."""
    with running(url, "hold"):
        store = open_store()
        assert store.recover() == ()
        with store._database.read() as connection:
            assert connection.execute(select(func.count()).select_from(snapshots)).scalar_one() == 1


def assert_nothing_is_left_over(store: Store) -> None:
    """Check that every row belongs to a complete snapshot, and that the dead hold nothing."""
    with store._database.read() as connection:
        numbers = set(
            connection.execute(
                select(snapshots.c.snapshot_no).where(snapshots.c.status == "complete")
            ).scalars()
        )
        for table in (*fact_tables.values(), evidence_uses):
            assert set(connection.execute(select(table.c.snapshot_no).distinct()).scalars()) <= numbers
        assert connection.execute(select(func.count()).select_from(locks)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(holders)).scalar_one() <= 1
        mails = set(connection.execute(select(outbox.c.key)).scalars())
        assert mails <= {info.id for info in store.snapshots()}
    assert store.check() == ()
