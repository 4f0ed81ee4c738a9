"""What there is to tell of findings: the difference between their lives before and after, as events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.life import FAIL, Closing, Life, Look, is_graver


@dataclass(frozen=True, slots=True)
class Telling:
    """When and over what it is told."""

    now: datetime
    today: date
    """The day in the organisation's time zone."""
    look: Look | None = None
    """The snapshot that was followed; None: only time has passed, or a waiver has changed."""
    before: Look | None = None
    """The one followed before it."""
    told_on: date | None = None
    """The day of the last telling; what was overdue then has been told."""


def tell(before: Mapping[str, Life], after: Mapping[str, Life], telling: Telling) -> Iterator[Event]:
    """Yield what happened to each finding; nothing where nothing did.

    A finding that was never a fail is not told of one by one: what is unknown is told as coverage, by
    the remedy that closes it. Neither is one that a waiver covered from the start.
    """
    for mark, life in after.items():
        old = before.get(mark)
        if life is not old:
            yield from _of_one(old, life, telling)
        if life.due_on is not None and life.is_overdue(telling.today) and not _was_overdue(old, telling):
            yield _event(EventKind.FINDING_OVERDUE, life, telling, life.due_on.isoformat())


def _was_overdue(old: Life | None, telling: Telling) -> bool:
    return old is not None and telling.told_on is not None and old.is_overdue(telling.told_on)


def _of_one(old: Life | None, life: Life, telling: Telling) -> Iterator[Event]:
    stretch = str(life.openings)
    if life.failed is None:
        return
    if not life.is_open:
        if old is not None and old.is_open:
            yield _event(EventKind.FINDING_RESOLVED, life, telling, stretch)
        return
    if life.waiver is None and _is_news(old, life):
        kind = EventKind.FINDING_NEW if life.openings == 1 else EventKind.FINDING_REOPENED
        yield _event(kind, life, telling, stretch)
    elif old is not None and old.waiver is not None and life.waiver is None:
        ended = f"{stretch}:{old.waiver.key}:{old.waiver.expires}"
        yield _event(EventKind.FINDING_REOPENED, life, telling, ended, "No waiver covers it any more: ")
    if old is None or old.failed is None or not old.is_open:
        return
    if life.seen.verdict == FAIL and is_graver(life.seen, old.seen):
        yield _event(EventKind.FINDING_WORSENED, life, telling, f"{stretch}:{life.seen.severity}")
    if life.unknown is not None and old.unknown is None and life.waiver is None:
        yield _event(EventKind.FINDING_UNKNOWN, life, telling, stretch, "It can no longer be judged: ")


def _is_news(old: Life | None, life: Life) -> bool:
    """Whether the finding is a fail that it was not before."""
    return old is None or old.failed is None or not old.is_open


def _event(kind: EventKind, life: Life, telling: Telling, stretch: str, lead: str = "") -> Event:
    seen, look = life.seen, telling.look
    if kind is EventKind.FINDING_RESOLVED and life.closing is Closing.RETIRED:
        lead = "Its rule is not in force any more: "
    place = f":{look.snapshot_id}" if look and kind is not EventKind.FINDING_OVERDUE else ""
    return Event(
        key=f"{kind.value}:{seen.fingerprint}:{stretch}{place}",
        kind=kind,
        at=look.at if look and kind is not EventKind.FINDING_OVERDUE else telling.now,
        message=lead + seen.message,
        severity=Severity.parse(seen.severity),
        snapshot_id=look.snapshot_id if look else life.last.snapshot_id,
        before_snapshot_id=telling.before.snapshot_id if telling.before else None,
        fingerprint=seen.fingerprint,
        platform=seen.platform,
        account_id=seen.account_id,
        principal_id=seen.principal_id,
        person_id=seen.person_id,
        subject_id=seen.subject_id,
        after=_standing(life),
    )


def _standing(life: Life) -> dict[str, Any]:
    """Return what whoever tells of it wants to know beside."""
    return {
        "rule": life.seen.rule,
        "pack": life.seen.pack,
        "verdict": life.seen.verdict,
        "state": life.state.value,
        "risk": life.seen.risk,
        "owner": life.responsible,
        "due_on": life.due_on.isoformat() if life.due_on else None,
        "first_seen_at": life.first.at.isoformat(),
    }
