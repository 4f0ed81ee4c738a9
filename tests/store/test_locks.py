"""Locks: one holder at a time, and the dead hold nothing."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from auditor.errors import StoreError
from auditor.store.processes import STALE_AFTER, is_alive, this_process
from auditor.store.schema import holders
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.support_processes import running
from tests.store.support_store import grant
from tests.support import NOW


def test_a_lock_is_held_by_one_at_a_time(open_store: OpenStore) -> None:
    """The second is told since when, by whom and in which process; then it may have it."""
    first, second = open_store(), open_store()
    with first.lock("collect", owner="nightly run"):
        with pytest.raises(StoreError, match="under way since 2026-11-20 09:00 UTC") as caught:
            second.lock("collect", owner="me").__enter__()
        assert "nightly run" in caught.value.message
        assert str(os.getpid()) in caught.value.message
        with second.lock("mail", owner="me"):
            pass
    with second.lock("collect", owner="me") as lock:
        assert lock.taken_over_since is None


def test_a_lock_is_given_back_after_an_error(store: Store) -> None:
    """An exception inside does not keep the lock."""
    with pytest.raises(RuntimeError), store.lock("collect", owner="a"):
        raise RuntimeError
    with store.lock("collect", owner="b"):
        pass


def test_a_run_in_another_process_holds_until_it_is_killed(url: str, open_store: OpenStore) -> None:
    """While it lives the lock is refused; a moment after kill -9 it is taken over."""
    store = open_store()
    with running(url, "hold") as process, pytest.raises(StoreError, match=f"process {process.pid}"):
        store.lock("collect", owner="me").__enter__()
    with store.lock("collect", owner="me") as lock:
        assert lock.taken_over_since == NOW


@pytest.mark.parametrize(("age", "free"), [(timedelta(0), False), (STALE_AFTER, True)])
def test_a_holder_elsewhere_is_told_by_its_heartbeat(
    open_store: OpenStore, age: timedelta, free: bool
) -> None:
    """Another machine's process cannot be looked at: it is dead once its heartbeat is old."""
    first, second = open_store(), open_store(NOW + age)
    with ExitStack() as stack:
        stack.enter_context(first.lock("collect", owner="a"))
        with first._database.write() as connection:
            connection.execute(update(holders).values(host="elsewhere"))
        if free:
            stack.enter_context(second.lock("collect", owner="b"))
        else:
            with pytest.raises(StoreError, match="elsewhere"):
                second.lock("collect", owner="b").__enter__()


def test_a_heartbeat_keeps_a_holder_alive(open_store: OpenStore) -> None:
    """A beat moves the last sign of life to now."""
    first = open_store(NOW)
    later = open_store(NOW + STALE_AFTER)
    with first.lock("collect", owner="a"):
        with first._database.write() as connection:
            connection.execute(update(holders).values(host="elsewhere", heartbeat_at=NOW - STALE_AFTER))
        first._holder.beat()
        with pytest.raises(StoreError, match="under way"):
            open_store(NOW + STALE_AFTER - timedelta(seconds=1)).lock("collect", owner="b").__enter__()
        with later.lock("collect", owner="b"):
            pass


def test_a_process_number_used_again_is_not_the_same_process() -> None:
    """Our own number with another start is taken for dead; a number nobody has as well."""
    me = this_process()
    alive = {"heartbeat_at": NOW, "now": NOW}
    assert is_alive(me, **alive)
    assert not is_alive(replace(me, pid=2**22 + 1), **alive)
    if me.mark:
        world = me.mark.rpartition("/")[0]
        assert not is_alive(replace(me, mark=f"{world}/1"), **alive)


def test_a_run_taken_for_dead_cannot_finish(open_store: OpenStore) -> None:
    """A run that was away too long learns that its snapshot is gone instead of showing half of it."""
    slow, other = open_store(), open_store(NOW + STALE_AFTER)
    writer = slow.begin_snapshot(NOW)
    writer.add(grant(number) for number in range(5_000))
    with slow._database.write() as connection:
        connection.execute(update(holders).values(host="elsewhere"))
    assert [abandoned.id for abandoned in other.recover()] == [writer.id]
    with pytest.raises(StoreError, match="no longer ours"):
        writer.finish(NOW, [])
    assert other.snapshots() == ()


def test_of_many_that_want_a_lock_at_once_one_gets_it(open_store: OpenStore) -> None:
    """Whoever is not first is refused, never let in beside."""
    stores = [open_store() for _ in range(4)]
    inside: list[Store] = []
    refused: list[StoreError] = []
    go, done = threading.Barrier(4), threading.Event()

    def take(store: Store) -> None:
        go.wait()
        try:
            with store.lock("collect", owner="x"):
                inside.append(store)
                done.wait(30)
        except StoreError as error:
            refused.append(error)
            if len(refused) == 3:
                done.set()

    threads = [threading.Thread(target=take, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inside) == 1
    assert len(refused) == 3
