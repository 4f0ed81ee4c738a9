"""What the clocks remember gives the answers that reading every snapshot gives, and reads each once."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from auditor.app.exposure import exposure_of
from auditor.app.exposure_clock import clock
from auditor.app.exposure_follow import follow, roster_of
from auditor.app.exposure_memory import NOTE, Memory, load, save
from auditor.app.exposure_read import Access, read_whole
from auditor.app.exposure_recall import hold
from auditor.app.exposure_roster import Leaver, leavers_of
from auditor.config import ExposureSection
from auditor.model.estate import CoverageState, PersonStatus
from auditor.model.exposure import Clock
from auditor.model.facts import Fact
from auditor.store import SnapshotInfo, Store
from tests.app.support_history import (
    PAGE,
    PORTFOLIO,
    START,
    account,
    day,
    grant,
    holder,
    house,
    person,
    seen,
    snapshot,
)

OTHER = "facebook:2"
NAMES = ("ada", "bo")
ZONE = ZoneInfo("America/Chicago")
LIMITS = ExposureSection()


@dataclass(frozen=True)
class Night:
    """One snapshot: who is at work, who holds what, and what of it was read."""

    people: tuple[str, ...]
    held: frozenset[tuple[str, str]]
    states: tuple[CoverageState | None, ...]
    is_poll: bool
    has_new_export: bool


STATES = (CoverageState.OBSERVED, CoverageState.OBSERVED, CoverageState.PARTIAL, CoverageState.FAILED, None)
NIGHTS = st.lists(
    st.builds(
        Night,
        people=st.tuples(*(st.sampled_from(("works", "left", "going", "gone", "back", "missing")) for _ in NAMES)),
        held=st.frozensets(st.tuples(st.sampled_from(NAMES), st.sampled_from((PAGE, OTHER)))),
        states=st.tuples(st.sampled_from(STATES), st.sampled_from(STATES)),
        is_poll=st.sampled_from((False, False, False, True)),
        has_new_export=st.booleans(),
    ),
    min_size=2,
    max_size=9,
)  # fmt: skip


def facts_of(night: Night, number: int, export: int) -> list[Fact]:
    """Return the facts of one night; the other account is told by an export that is read again and again."""
    today = (START + timedelta(days=number)).date()
    exported = day(export - 0.01)
    lives: dict[str, dict[str, Any]] = {
        "works": {},
        "left": {"status": PersonStatus.TERMINATED, "left_on": today - timedelta(days=2)},
        "going": {"left_on": today + timedelta(days=1)},
        "gone": {"status": PersonStatus.TERMINATED},
        "back": {"hired_on": today - timedelta(days=1)},
    }
    facts: list[Fact] = [*map(holder, NAMES), account(), account(OTHER), person("lee")]
    facts += [
        person(name, **lives[one]) for name, one in zip(NAMES, night.people, strict=True) if one in lives
    ]
    for account_id, state in zip((PAGE, OTHER), night.states, strict=True):
        at: dict[str, Any] = {"observed_at": exported} if account_id == OTHER else {}
        facts += [grant(name, one, **at) for name, one in sorted(night.held) if one == account_id]
        if state is not None:
            facts += [one for one in seen(account_id, state=state, **at) if one.account_id != PORTFOLIO]
    return [*facts, *seen(PORTFOLIO, kinds=())]


def all_read(
    store: Store, infos: list[SnapshotInfo], persons: Mapping[str, str], memory: Memory
) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return every reading of every place, of all gathered snapshots."""
    finished = {info.id: info.finished_at for info in infos if not info.carried_from}
    access = Access(store, list(finished), persons)
    parents = dict.fromkeys(memory.accounts, PORTFOLIO)
    whole = read_whole(store, finished, access.accounts, parents)
    return {place: tuple(access.readings(place, whole)) for place in access.places}


def clocks_of(
    leavers: Mapping[str, Leaver], places: Mapping[tuple[str, str], tuple[object, ...]], info: SnapshotInfo
) -> list[Clock]:
    """Return the clocks that these readings make."""
    made = [
        clock(leavers[person_id], departure, account_id, {}, readings, info.finished_at, LIMITS)  # type: ignore[arg-type]  # readings
        for (person_id, account_id), readings in sorted(places.items())
        for departure in leavers[person_id].departures
    ]
    return [one for one in made if one is not None]


@settings(max_examples=12, deadline=None)
@given(NIGHTS)
def test_what_is_remembered_gives_what_reading_all_gives(nights: list[Night]) -> None:
    """After every snapshot, kept and read back in between, clocks are those of all readings there are."""
    with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as (_workspace, store):
        infos: list[SnapshotInfo] = []
        leavers: Mapping[str, Leaver] = {}
        export = 0
        for number, night in enumerate(nights):
            export = number if night.has_new_export else export
            base = next((one for one in reversed(infos) if not one.carried_from), None)
            carried = base.id if night.is_poll and base else ""
            facts = facts_of(night, number, export)
            infos.append(snapshot(store, day(number), facts, carried_from=carried))
            memory = load(store, [info.id for info in infos])
            taken = len(memory.gathered)
            follow(store, memory, infos[-1])
            now = infos[-1].finished_at
            leavers = leavers_of(memory, roster_of(store, memory), ZONE, now).by_id
            persons = {f"facebook:{one}": f"hr:{one}" for one in NAMES if f"hr:{one}" in leavers}
            hold(store, memory, leavers, persons, range(taken, len(memory.gathered)))
            save(store, memory)
            assert load(store, [info.id for info in infos]) == memory
            places = {
                (person_id, account_id): tuple(map(memory.reading, readings))
                for person_id, kept in memory.held.items()
                for account_id, readings in kept.places.items()
            }
            expected = clocks_of(leavers, all_read(store, infos, persons, memory), infos[-1])
            assert clocks_of(leavers, places, infos[-1]) == expected
        anew = Memory()
        for info in infos:
            follow(store, anew, info)
        assert leavers_of(anew, roster_of(store, anew), ZONE, infos[-1].finished_at).by_id == leavers


def _watch(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set that fills with the ids of the snapshots whose facts are read from now on."""
    asked: set[str] = set()
    history, frames = Store.history, Store.frames

    def watched_history(self: Store, table: str, ids: Collection[str], **more: Any) -> DataFrame:
        asked.update(ids)
        return history(self, table, ids, **more)

    def watched_frames(self: Store, one: str, *rest: Any, **more: Any) -> dict[str, DataFrame]:
        asked.add(one)
        return frames(self, one, *rest, **more)

    monkeypatch.setattr(Store, "history", watched_history)
    monkeypatch.setattr(Store, "frames", watched_frames)
    return asked


def test_each_snapshot_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hundred nights behind it, one more reads itself and nothing older; an older one is still answered."""
    left = person("ada", PersonStatus.TERMINATED, left_on=date(2026, 9, 2))
    facts = [*map(holder, NAMES), account(), person("bo"), left, grant("ada"), grant("bo"), *seen()]
    with house(tmp_path) as (workspace, store):
        first = [snapshot(store, day(number), facts) for number in range(3, 7)]
        before = exposure_of(workspace, store, first[-1])
        last = snapshot(store, day(7), [one for one in facts if one != grant("ada")])
        asked = _watch(monkeypatch)
        after = exposure_of(workspace, store, last)
        assert asked == {last.id}
        assert before is not None
        assert after is not None
        assert (len(before.clocks), len(after.clocks)) == (1, 1)
        assert after.clocks[0].proved_snapshot == last.id
        assert exposure_of(workspace, store, first[-1]) == before
        store.notes.write(NOTE, None)
        assert exposure_of(workspace, store, last) == after
