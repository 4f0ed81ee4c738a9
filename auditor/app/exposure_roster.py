"""Who left when, and who came back, by all rosters that were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from auditor.app.exposure_memory import Memory, Said, instant
from auditor.model.estate import PersonStatus
from auditor.model.exposure import Departure, EndBasis
from policies.identity import PERSON_COLUMNS

if TYPE_CHECKING:
    import pandas as pd


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


def leavers_of(memory: Memory, roster: pd.DataFrame, zone: tzinfo, now: datetime) -> Leavers:
    """Return who left by the rosters that are remembered, the newest of which is ``roster``, up to ``now``."""
    import pandas as pd

    late = set(roster.loc[roster["left_on"].notna(), "person_id"])
    found: dict[str, Leaver] = {}
    missing: list[dict[str, str]] = []
    present = set(roster["person_id"])
    for person_id, life in memory.lives.items():
        if person_id not in late and all(said.status != PersonStatus.TERMINATED for said in life):
            continue  # was to leave, and stays
        told = memory.people[person_id]
        departures = tuple(departures_of(sorted(life, key=lambda said: said.at), zone, now))
        if departures:
            name = told.get("preferred_name") or told.get("name") or person_id
            found[person_id] = Leaver(person_id, name, departures)
        if person_id not in present:
            missing.append(told)
    gone = pd.DataFrame(missing, columns=list(PERSON_COLUMNS), dtype="str")
    return Leavers(found, pd.concat([roster[list(PERSON_COLUMNS)], gone], ignore_index=True))


def departures_of(life: Iterable[Said], zone: tzinfo, now: datetime) -> list[Departure]:
    """Return when one person left and came back.

    ``life``: what each roster said of them, oldest first. A last day that is corrected later counts as
    corrected.
    """
    found: list[Departure] = []
    current: Departure | None = None
    present_at: datetime | None = None
    for said in life:
        at, left, hired = instant(said.at), _day(said.left_on), _day(said.hired_on)
        if _is_gone(said, now.astimezone(zone).date()):
            if current is not None and _was_back(current, left, hired):
                # They came back and left again between two rosters.
                found.append(replace(current, returned_at=_start(hired or at.astimezone(zone).date(), zone)))
                current, present_at = None, None
            current = _departure(current, left, at, present_at, zone)
        elif said.status in (PersonStatus.ACTIVE, PersonStatus.LEAVE):
            # One that was to leave and stayed has not left.
            if current is not None and at > current.latest:
                found.append(replace(current, returned_at=_returned(current, hired, at, zone)))
            current, present_at = None, at
    if current is not None:
        found.append(current)
    return [one for one in found if one.latest <= now]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])


def _is_gone(said: Said, today: date) -> bool:
    if said.status == PersonStatus.TERMINATED:
        return True
    left, hired = _day(said.left_on), _day(said.hired_on)
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
