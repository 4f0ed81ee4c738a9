"""Snapshots: visible whole or not at all, and found again by name."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from auditor.errors import StoreError
from auditor.model.people import Person
from auditor.store.records import ConnectionRun, RunState
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.support_store import META, grant, snapshot
from tests.support import NOW


def person(number: int, source: str = "roster") -> Person:
    """Return a made-up employee."""
    return Person(source=source, observed_at=NOW, person_id=f"e{number}", name=f"Person {number}")


def test_a_snapshot_is_seen_only_once_finished(store: Store, open_store: OpenStore) -> None:
    """Before `finish` nobody sees anything of it; afterwards everybody sees all of it."""
    other = open_store()
    with store.begin_snapshot(NOW, [META]) as writer:
        writer.add(grant(number) for number in range(6_000))
        assert other.snapshots() == ()
        with pytest.raises(StoreError, match="no snapshot yet"):
            other.frames(writer.id)
        info = writer.finish(NOW + timedelta(minutes=2), [META])
    assert other.snapshots() == (info,)
    assert len(other.frames(info.id, ["grants"])["grants"]) == 6_000


def test_leaving_by_an_exception_removes_the_snapshot(store: Store) -> None:
    """A run that fails leaves nothing behind for recover() to find."""

    def run() -> None:
        with store.begin_snapshot(NOW) as writer:
            writer.add(grant(number) for number in range(6_000))
            writer.evidence.put({"id": 1}, kind="x.user")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        run()
    assert store.snapshots() == ()
    assert store.recover() == ()


def test_a_finished_snapshot_cannot_be_added_to_or_abandoned(store: Store) -> None:
    """Once complete, a snapshot is immutable."""
    with store.begin_snapshot(NOW) as writer:
        info = writer.finish(NOW, [])
        with pytest.raises(StoreError, match="closed"):
            writer.add([grant(1)])
        writer.abandon()
    assert store.snapshots() == (info,)


def test_connections_and_times_come_back(store: Store) -> None:
    """What became of each connection is kept with the snapshot."""
    failed = ConnectionRun(
        id="x-brand", connector="x", state=RunState.FAILED, reason="token expired\x00", remedy="Renew it."
    )
    info = snapshot(store, [], connections=(META, failed))
    kept = store.snapshot("latest")
    assert kept.connections[0] == META
    assert kept.connections[1].reason == "token expired\ufffd"
    assert (kept.started_at, kept.finished_at) == (info.started_at, info.finished_at)
    assert kept.judged_at is None


def test_ids_are_readable_and_listed_newest_first(store: Store) -> None:
    """An id begins with the UTC time of its run, and lists run from new to old."""
    infos = [snapshot(store, [], at=NOW + timedelta(days=day)) for day in (1, 0, 2)]
    assert infos[0].id.startswith("20261121T090000Z-")
    assert [info.id for info in store.snapshots()] == sorted((info.id for info in infos), reverse=True)
    assert store.snapshots(limit=1) == (infos[2],)
    assert store.snapshot("latest") == infos[2]


def test_many_snapshots_of_one_second_have_ids_of_their_own(store: Store) -> None:
    """Ids do not collide, and the later one of the same second is the latest."""
    infos = [snapshot(store, []) for _ in range(20)]
    assert len({info.id for info in infos}) == 20
    assert store.snapshot("latest") == infos[-1]


def test_a_snapshot_is_found_by_its_beginning(store: Store) -> None:
    """A unique beginning is enough; one that fits several is refused with examples."""
    first, second = (snapshot(store, [], at=NOW + timedelta(days=day)) for day in (0, 1))
    assert store.snapshot("20261120") == first
    assert store.snapshot(second.id.lower()) == second
    with pytest.raises(StoreError, match="2 snapshots begin") as caught:
        store.snapshot("2026")
    assert first.id in caught.value.remedy


@pytest.mark.parametrize("ref", ["20261123T054312Z-ffff", "%", "", "_", "'; --"])
def test_an_unknown_snapshot_names_the_nearest(store: Store, ref: str) -> None:
    """A wrong id, or a wildcard, finds nothing, and the remedy names what there is."""
    info = snapshot(store, [])
    with pytest.raises(StoreError, match="no snapshot") as caught:
        store.snapshot(ref)
    assert info.id in caught.value.remedy


def test_people_are_counted_in_the_newest_snapshot_that_has_a_roster(store: Store) -> None:
    """A run without a roster in between does not reset what the shrink check compares with."""
    assert store.people_count() is None
    first = snapshot(store, [person(1), person(2), person(2, source="badge-list")])
    snapshot(store, [grant(1)], at=NOW + timedelta(days=1))
    assert store.people_count() == (2, first.id)


def test_snapshots_are_walked_back_from_any_of_them(store: Store) -> None:
    """However many there are, those before one come newest first, and by id those up to one oldest first."""
    made = [snapshot(store, [], at=NOW + timedelta(minutes=number)) for number in range(55)]
    assert tuple(store.snapshots_before()) == store.snapshots() == tuple(reversed(made))
    assert list(store.snapshots_before(made[53])) == made[52::-1]
    assert list(store.snapshots_before(made[0])) == []
    assert store.snapshot_ids(made[53]) == [info.id for info in made[:54]]
    store.events.advance_all({f"seen/{info.id}": 1 for info in made[:50] if info is not made[7]})
    assert store.snapshots_unread("seen/") == (made[7], *made[50:])


def test_several_connectors_write_at_once(store: Store) -> None:
    """Facts and evidence put by several threads are all kept, each once."""
    with store.begin_snapshot(NOW) as writer:

        def connector(name: str) -> None:
            for start in range(0, 3_000, 100):
                digest = writer.evidence.put({"page": start}, kind="meta.page")
                numbers = range(start, start + 100)
                writer.add(grant(number, source=name, evidence_id=digest) for number in numbers)

        threads = [threading.Thread(target=connector, args=(f"c{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        info = writer.finish(NOW, [])
    frame = store.frames(info.id, ["grants"])["grants"]
    assert frame.groupby("source")["grant_id"].nunique().to_dict() == dict.fromkeys(
        ("c0", "c1", "c2", "c3"), 3_000
    )
    assert all(store.evidence(digest).kind == "meta.page" for digest in set(frame["evidence_id"]))


def test_closing_the_store_gives_up_an_open_snapshot(open_store: OpenStore) -> None:
    """A snapshot left open by code that lives on does not linger."""
    first = open_store()
    first.begin_snapshot(NOW).add([grant(1)])
    first.close()
    assert open_store().recover() == ()
