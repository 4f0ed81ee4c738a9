"""Who left when, and who came back, by all rosters that were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from auditor.app.rows import Row, rows
from auditor.model.estate import PersonStatus
from auditor.model.exposure import Departure, EndBasis
from policies.identity import PERSON_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import SnapshotInfo, Store

_LIFE = ("person_id", "status", "left_on", "hired_on", "observed_at")
_NAMES = ("name", "preferred_name")


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who has left at least once."""

    person_id: str
    name: str
    departures: tuple[Departure, ...]


@dataclass(frozen=True, slots=True)
class Leavers:
    """Everybody who has left, and everybody whom identities can be matched to."""

    by_id: Mapping[str, Leaver]
    people: pd.DataFrame
    """The newest roster, and those leavers who are no longer in it; columns as identities are matched by."""


def read_leavers(store: Store, known: Sequence[SnapshotInfo], zone: tzinfo, now: datetime) -> Leavers:
    """Return who left by the rosters of the snapshots ``known``, oldest first, up to ``now``."""
    import pandas as pd

    ids = [info.id for info in known]
    columns = (*_LIFE, *_NAMES, *PERSON_COLUMNS)
    newest_id = next((info.id for info in reversed(known) if info.counts.get("people")), ids[-1])
    newest = store.frames(newest_id, ("people",), columns=columns)["people"]
    gone = store.history("people", ids, columns=("person_id",), where={"status": [PersonStatus.TERMINATED]})
    late = newest.loc[newest["left_on"].notna(), "person_id"]
    wanted = sorted({*gone["person_id"], *late})
    finished = {info.id: info.finished_at for info in known}
    lives = store.history("people", ids, columns=columns, where={"person_id": wanted})
    found: dict[str, Leaver] = {}
    told: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(_turns(lives)):
        told[row.text("person_id") or ""].append(row)
    for person_id, said in told.items():
        life = [
            (min(row.instant("observed_at") or now, finished[row.text("snapshot_id") or ""]), row)
            for row in said
        ]
        life.sort(key=lambda one: one[0])
        departures = tuple(departures_of(life, zone, now))
        if departures:
            last = life[-1][1]
            name = last.text("preferred_name") or last.text("name") or person_id
            found[person_id] = Leaver(person_id, name, departures)
    missing = lives[~lives["person_id"].isin(newest["person_id"])].drop_duplicates("person_id", keep="last")
    people = pd.concat([newest, missing], ignore_index=True)[list(PERSON_COLUMNS)]
    return Leavers(found, people)


def _turns(lives: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the last row of each stretch in which the rosters said the same of somebody."""
    ordered = lives.sort_values("person_id", kind="stable")
    told = ordered[["person_id", "status", "left_on", "hired_on"]].fillna("")
    begins = (told != told.shift()).any(axis=1)
    return ordered[begins | begins.shift(-1, fill_value=True)]


def departures_of(life: Iterable[tuple[datetime, Row]], zone: tzinfo, now: datetime) -> list[Departure]:
    """Return when one person left and came back.

    ``life``: what each roster said of them, with the time it was so, oldest first. A last day that is
    corrected later counts as corrected.
    """
    found: list[Departure] = []
    current: Departure | None = None
    present_at: datetime | None = None
    for at, row in life:
        left, hired = row.day("left_on"), row.day("hired_on")
        if _is_gone(row, now.astimezone(zone).date()):
            if current is not None and _was_back(current, left, hired):
                # They came back and left again between two rosters.
                found.append(replace(current, returned_at=_start(hired or at.astimezone(zone).date(), zone)))
                current, present_at = None, None
            current = _departure(current, left, at, present_at, zone)
        elif row.text("status") in (PersonStatus.ACTIVE, PersonStatus.LEAVE):
            # One that was to leave and stayed has not left.
            if current is not None and at > current.latest:
                found.append(replace(current, returned_at=_returned(current, hired, at, zone)))
            current, present_at = None, at
    if current is not None:
        found.append(current)
    return [one for one in found if one.latest <= now]


def _is_gone(row: Row, today: date) -> bool:
    if row.text("status") == PersonStatus.TERMINATED:
        return True
    left, hired = row.day("left_on"), row.day("hired_on")
    # A roster may know the day without having changed the word yet; or somebody came back.
    return left is not None and left < today and not (hired is not None and hired > left)


def _was_back(current: Departure, left: date | None, hired: date | None) -> bool:
    return bool(current.left_on and left and hired and current.left_on < hired <= left)


def _departure(
    current: Departure | None, left: date | None, at: datetime, present_at: datetime | None, zone: tzinfo
) -> Departure:
    if left is not None:
        end = _start(left + timedelta(days=1), zone)
        return Departure(earliest=end, latest=end, basis=EndBasis.LAST_DAY, left_on=left)
    if current is not None:
        return current
    basis = EndBasis.ONE_ROSTER if present_at is None else EndBasis.TWO_ROSTERS
    return Departure(earliest=present_at, latest=at, basis=basis)


def _returned(current: Departure, hired: date | None, at: datetime, zone: tzinfo) -> datetime:
    """Return the first day of the new work where the roster has it, else when it first had them back."""
    if hired is not None:
        first = _start(hired, zone)
        if current.latest <= first <= at:
            return first
    return at


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
