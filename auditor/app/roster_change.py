"""What differs between the roster of the newest snapshot and the one just read, as far as access hangs on it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.errors import RosterError
from auditor.model.estate import PersonStatus
from auditor.model.event import Event, EventKind
from auditor.model.people import Person
from connectors.hr_table.guard import roster_shrank

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

COLUMNS = (
    "person_id",
    "name",
    "preferred_name",
    "status",
    "left_on",
    "work_email",
    "other_emails",
    "handles",
)
"""Columns read of the people before: who it is, whether they are here, and what they are recognised by."""
_FEW = 10
"""So many may leave at once however small the organisation."""


@dataclass(frozen=True, slots=True)
class Known:
    """One person as far as a roster poll looks at them."""

    name: str
    status: str | None
    left_on: str | None
    keys: frozenset[str]
    """Addresses and handles: what their identities on the platforms are recognised by."""


@dataclass(frozen=True, slots=True)
class RosterChange:
    """Who is otherwise than before. Departments, titles and the like wait for the next audit."""

    left: Mapping[str, tuple[Known, Known]] = field(default_factory=dict)
    """Person to how they were and are told of: they have left, which was not known before."""
    gone: Mapping[str, Known] = field(default_factory=dict)
    """Person to how they were told of: the roster does not have them any more, and does not say why."""
    other: frozenset[str] = frozenset()
    """People who are new, back, or recognised by other addresses or handles."""

    def __bool__(self) -> bool:
        return bool(self.left or self.gone or self.other)


def people_before(store: Store, snapshot_id: str) -> dict[str, Known]:
    """Return the people of a snapshot's roster by their ids."""
    frame = store.frames(snapshot_id, ("people",), columns=COLUMNS)["people"]
    plain = frame.astype(object).where(frame.notna(), None)
    return {
        person_id: Known(
            name=preferred or name or "",
            status=status,
            left_on=left_on,
            keys=_keys(work_email, _texts(other_emails), _texts(handles)),
        )
        for person_id, name, preferred, status, left_on, work_email, other_emails, handles in zip(
            *(plain[column] for column in COLUMNS), strict=True
        )
    }


def people_now(people: Iterable[Person]) -> dict[str, Known]:
    """Return people just read by their ids, in the same form."""
    return {
        person.person_id: Known(
            name=person.preferred_name or person.name,
            status=person.status.value if person.status else None,
            left_on=person.left_on.isoformat() if person.left_on else None,
            keys=_keys(person.work_email, person.other_emails, person.handles),
        )
        for person in people
    }


def compare_people(before: Mapping[str, Known], now: Mapping[str, Known]) -> RosterChange:
    """Return what differs in standing or in what people are recognised by."""
    left: dict[str, tuple[Known, Known]] = {}
    other: set[str] = set()
    for person_id, person in now.items():
        then = before.get(person_id)
        if then is not None and _standing(then) == _standing(person):
            continue
        if then is not None and _has_left(person) and not _has_left(then):
            left[person_id] = (then, person)
        else:
            other.add(person_id)
    gone = {person_id: person for person_id, person in before.items() if person_id not in now}
    return RosterChange(left, gone, frozenset(other))


def implausible(
    change: RosterChange, sizes: Collection[int], now: int, max_shrink: float
) -> RosterError | None:
    """Return why nobody should be alarmed by this roster; None where it is plausible.

    Args:
        change: against the newest snapshot.
        sizes: numbers of people in earlier rosters it may not have shrunk from.
        now: number of people in it.
        max_shrink: share of people (0 to 1) that may be missing, or leave, at once.

    """
    for size in sizes:
        error = roster_shrank(size, now, max_shrink)
        if error is not None:
            return error
    before = max(sizes, default=0)
    ended = len(change.left) + len(change.gone)
    if not before or ended <= max(_FEW, max_shrink * before):
        return None
    return RosterError(
        f"by the roster {ended} of {before} people have left since last time; more than {max_shrink:.0%} may not"
        " leave at once.",
        remedy=(
            "Look whether the export is right. If they did leave, run 'auditor audit': it takes the roster as it is."
        ),
    )


def person_events(
    change: RosterChange, *, at: datetime, snapshot_id: str, before: SnapshotInfo
) -> tuple[Event, ...]:
    """Return one event for each person who left, and one for each whom the roster does not have any more."""
    found: list[tuple[EventKind, str, str | None, dict[str, str | None] | None, str]] = [
        (EventKind.PERSON_LEFT, person_id, then.status, _told(person), _left_words(person))
        for person_id, (then, person) in change.left.items()
    ]
    found += [
        (
            EventKind.PERSON_GONE,
            person_id,
            person.status,
            None,
            f"{person.name} is not in the roster any more.",
        )
        for person_id, person in change.gone.items()
        if not _has_left(person)
    ]
    return tuple(
        Event(
            key=f"{kind.value}:{snapshot_id}:{person_id}",
            kind=kind,
            at=at,
            message=words,
            snapshot_id=snapshot_id,
            before_snapshot_id=before.id,
            person_id=person_id,
            subject_id=person_id,
            before={"status": status},
            after=after,
        )
        for kind, person_id, status, after, words in found
    )


def _texts(cell: str | None) -> tuple[str, ...]:
    return () if cell is None or cell == "[]" else tuple(json.loads(cell))


def _keys(
    work_email: str | None, other_emails: Iterable[str] | None, handles: Iterable[str] | None
) -> frozenset[str]:
    given = (*((work_email,) if work_email else ()), *(other_emails or ()), *(handles or ()))
    return frozenset(key.casefold() for key in given)


def _standing(person: Known) -> tuple[str | None, str | None, frozenset[str]]:
    return person.status, person.left_on, person.keys


def _has_left(person: Known) -> bool:
    return person.status == PersonStatus.TERMINATED


def _told(person: Known) -> dict[str, str | None]:
    return {"status": person.status, "left_on": person.left_on}


def _left_words(person: Known) -> str:
    return f"{person.name} left on {person.left_on}." if person.left_on else f"{person.name} has left."
