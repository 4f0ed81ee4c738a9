"""A snapshot that carries another's facts: the same rows, told apart, and only where nothing came between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from auditor.errors import StoreError
from auditor.model.estate import CoverageState, FactKind, PersonStatus
from auditor.model.event import Event, EventKind
from auditor.model.facts import Fact
from auditor.model.people import Person
from auditor.model.tables import FACT_TABLES, TABLE_OF
from auditor.store import ConnectionRun, DiffKind, RunState, SnapshotInfo, Store, carry
from auditor.store.schema import fact_tables, snapshots
from auditor.store.snapshots import SnapshotOvertaken
from tests.store.conftest import OpenStore
from tests.store.support_store import META, account, coverage, facts_of, grant, principal, snapshot
from tests.support import NOW

PLATFORM_TABLES = tuple(name for name in FACT_TABLES if name != "people")
LATER = NOW + timedelta(minutes=20)
ROSTER = ConnectionRun(id="roster", connector="hr-table", state=RunState.COMPLETE, facts=1)


def person(number: int, status: PersonStatus = PersonStatus.ACTIVE, **changes: str) -> Person:
    """Return somebody of the roster."""
    return Person(source="roster", observed_at=NOW, person_id=f"E{number}", name=f"Person {number}", status=status,
                  **changes)  # fmt: skip


def carried(store: Store, source: SnapshotInfo, people: list[Fact], **finishing: object) -> SnapshotInfo:
    """Record a snapshot with the platform facts of ``source`` and these people."""
    with store.begin_snapshot(LATER) as writer:
        info = writer.carry(source.id, PLATFORM_TABLES)
        writer.add(people)
        platforms = [run for run in info.connections if run.id != "roster"]
        runs = [*(replace(run, carried_from=run.carried_from or info.id) for run in platforms), ROSTER]
        return writer.finish(LATER, runs, **finishing)  # type: ignore[arg-type] # keywords of one test each


def test_platform_facts_are_carried_as_they_were_and_the_people_are_new(store: Store) -> None:
    """Every table but the people's is equal, cell for cell, with its own times and evidence."""
    facts = [account(1), principal(7), grant(7), coverage("facebook:7", FactKind.GRANTS), person(1)]
    first = snapshot(store, facts)
    second = carried(store, first, [person(1, PersonStatus.TERMINATED), person(2)])
    before, after = store.frames(first.id), store.frames(second.id)
    for table in PLATFORM_TABLES:
        pd.testing.assert_frame_equal(before[table], after[table])
    assert list(after["people"]["status"]) == ["terminated", "active"]
    assert second.counts == {**first.counts, "people": 2}
    assert store.snapshot("latest") == second


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(*(facts_of(fact) for fact in TABLE_OF)), max_size=12), st.integers(1, 4))
def test_any_fact_can_be_carried_in_parts_of_any_size(store: Store, facts: list[Fact], rows: int) -> None:
    """Whatever a platform wrote, and however the copying is cut, nothing is lost, doubled or altered."""
    first = snapshot(store, facts, at=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carry, "CHUNK_ROWS", rows)
        second = carried(store, first, [])
    for table in PLATFORM_TABLES:
        assert list(store.facts(second.id, table)) == list(store.facts(first.id, table))


def test_a_carried_snapshot_can_be_told_from_a_gathered_one_however_often_it_was_carried(
    store: Store,
) -> None:
    """Each connection and the snapshot itself name the snapshot for which the platform was really asked."""
    first = snapshot(store, [grant(1), person(1)])
    second = carried(store, first, [person(1)])
    third = carried(store, store.snapshot(second.id), [person(1)])
    assert first.carried_from == ""
    assert second.carried_from == third.carried_from == first.id
    for info in (second, third):
        assert {run.id: run.carried_from for run in info.connections} == {"meta": first.id, "roster": ""}


def test_a_comparison_with_a_carried_snapshot_differs_in_people_alone(store: Store) -> None:
    """Nothing of a platform is called removed, added or unread, although no platform was asked."""
    facts = [
        account(7),
        principal(7),
        grant(7),
        coverage("facebook:7", FactKind.GRANTS, CoverageState.FAILED),
    ]
    first = snapshot(store, [*facts, person(1), person(2)])
    second = carried(store, first, [person(1, PersonStatus.TERMINATED)])
    rows = store.diff(first.id, second.id).rows
    assert {(row.table, row.key, row.kind) for row in rows} == {
        ("people", "E1", DiffKind.CHANGED),
        ("people", "E2", DiffKind.REMOVED),
    }


def test_a_snapshot_that_another_has_overtaken_is_not_shown(store: Store) -> None:
    """Facts of the day before yesterday never become the newest while yesterday's are there."""
    first = snapshot(store, [grant(1), person(1)])
    with store.begin_snapshot(LATER) as writer:
        writer.carry(first.id, PLATFORM_TABLES)
        newer = snapshot(store, [grant(2)], at=NOW + timedelta(minutes=5))
        with pytest.raises(SnapshotOvertaken, match="no longer the newest"):
            writer.finish(LATER, [META], after=first.id)
    assert [info.id for info in store.snapshots()] == [newer.id, first.id]
    assert numbers_in(store, "grants") == complete_numbers(store)


def test_events_come_with_their_snapshot_or_not_at_all(store: Store) -> None:
    """What happened is in the journal exactly if the snapshot that shows it is complete."""
    left = Event(key="left:E1", kind=EventKind.PERSON_LEFT, at=NOW, message="Person 1 left.", person_id="E1")
    first = snapshot(store, [grant(1), person(1)])
    with pytest.raises(SnapshotOvertaken):
        carried(store, first, [], happened=[left], after="20200101T000000Z-0000")
    assert store.events.after(0) == ()
    carried(store, first, [], happened=[left], after=first.id)
    assert [event.key for event in store.events.after(0)] == ["left:E1"]


def test_evidence_of_what_is_carried_stays_and_that_of_the_old_roster_is_not_claimed(store: Store) -> None:
    """The carried snapshot refers to the platform's records, not to a roster file it did not read."""
    with store.begin_snapshot(NOW, [META]) as writer:
        page = writer.evidence.put({"page": 1}, kind="meta.page")
        roster = writer.evidence.put({"sha256": "ab"}, kind="hr.roster")
        writer.add([grant(1, evidence_id=page), replace(person(1), evidence_id=roster)])
        first = writer.finish(NOW, [META])
    second = carried(store, first, [person(1)])
    assert store.evidence_uses(page) == (first.id, second.id)
    assert store.evidence_uses(roster) == (first.id,)


def test_a_carrying_run_that_dies_leaves_nothing_behind(store: Store, open_store: OpenStore) -> None:
    """What was copied is removed with the open snapshot; the source stays whole, evidence included."""
    with store.begin_snapshot(NOW, [META]) as writer:
        page = writer.evidence.put({"page": 1}, kind="meta.page")
        writer.add(grant(number, evidence_id=page) for number in range(50))
        first = writer.finish(NOW, [META])
    with suppress(ZeroDivisionError), store.begin_snapshot(LATER) as writer:
        writer.carry(first.id, PLATFORM_TABLES)
        raise ZeroDivisionError
    assert numbers_in(store, "grants") == complete_numbers(store)
    assert len(store.frames(first.id, ["grants"])["grants"]) == 50
    assert store.evidence(page).record == {"page": 1}


def test_there_must_be_something_to_carry(store: Store) -> None:
    """A snapshot that does not exist cannot be carried."""
    with pytest.raises(StoreError, match="no snapshot yet"), store.begin_snapshot(NOW) as writer:
        writer.carry("latest", PLATFORM_TABLES)


@pytest.mark.parametrize(("back", "is_newest"), [(timedelta(minutes=30), True), (timedelta(days=2), False)])
def test_a_clock_set_back_a_little_does_not_hide_the_newest_snapshot(
    store: Store, back: timedelta, is_newest: bool
) -> None:
    """A snapshot that ends "before" the one it follows ends just after it; a clock that is days off is not covered up."""
    first = snapshot(store, [grant(1)])
    second = snapshot(store, [grant(2)], at=NOW - back)
    assert (store.snapshot("latest").id == second.id) is is_newest
    if is_newest:
        assert second.finished_at - first.finished_at == timedelta(microseconds=1)
    else:
        assert second.finished_at == NOW - back + timedelta(minutes=1)


def test_a_poll_within_a_longer_run_does_not_become_the_newest_for_good(store: Store) -> None:
    """The order of snapshots is that of their ends: the long run that ends later is the newest."""
    first = snapshot(store, [grant(1), person(1)], at=NOW - timedelta(days=1))
    with store.begin_snapshot(NOW, [META]) as gathering:
        poll = carried(store, first, [person(1)])
        gathered = gathering.finish(LATER + timedelta(minutes=30), [META])
    assert [info.id for info in store.snapshots()] == [gathered.id, poll.id, first.id]


def numbers_in(store: Store, table: str) -> set[int]:
    """Return the numbers of the snapshots that have rows in ``table``."""
    with store._database.read() as connection:
        return set(connection.execute(select(fact_tables[table].c.snapshot_no).distinct()).scalars())


def complete_numbers(store: Store) -> set[int]:
    """Return the numbers of the snapshots there are, all of which must be complete."""
    with store._database.read() as connection:
        rows = connection.execute(select(snapshots.c.snapshot_no, snapshots.c.status)).all()
    assert {row.status for row in rows} == {"complete"}
    return {row.snapshot_no for row in rows}
