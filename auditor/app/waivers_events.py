"""What there is to tell of waivers: granted, renewed, withdrawn, expiring, expired, amiss."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.waiver import Waiver
from policies.waivers_cover import Covering, WaiverUse

if TYPE_CHECKING:
    from auditor.store.waiver_terms import KeptTerms, Terms

NOTICE_DAYS = (14, 3)
"""Days before its expiry on which a waiver's owner is told."""


def trail_steps(
    waivers: Sequence[Waiver], known: Mapping[str, KeptTerms], now: datetime
) -> tuple[tuple[Terms, ...], tuple[Event, ...]]:
    """Return the terms to add to the trail and their events: what the file says that the trail does not.

    Args:
        waivers: those of the file.
        known: the newest terms of every waiver in the trail, by key.
        now: when it is told.

    """
    from auditor.store.waiver_terms import Terms

    terms: list[Terms] = []
    events: list[Event] = []
    for waiver in waivers:
        old = known.get(waiver.key)
        if old is not None and not old.withdrawn and old.waiver.terms == waiver.terms:
            continue
        terms.append(Terms(waiver))
        renewed = old is not None and not old.withdrawn
        events.append(
            _event(
                EventKind.WAIVER_RENEWED if renewed else EventKind.WAIVER_GRANTED,
                waiver,
                now,
                f"{_named(waiver)} was {'renewed or changed' if renewed else 'granted'} until"
                f" {waiver.expires}: {waiver.reason}",
                str(old.seq if old else 0),
                before=old if renewed else None,
            )
        )
    standing = {waiver.key for waiver in waivers}
    for key, old in known.items():
        if key not in standing and not old.withdrawn:
            terms.append(Terms(old.waiver, withdrawn=True))
            told = f"{_named(old.waiver)} was withdrawn: it is not in the file any more."
            events.append(_event(EventKind.WAIVER_WITHDRAWN, old.waiver, now, told, str(old.seq)))
    return tuple(terms), tuple(events)


def notices(covering: Covering, today: date, now: datetime) -> Iterator[Event]:
    """Yield what the days and the findings make there to tell of each waiver; the same event once, by its key."""
    for use in covering.uses:
        waiver, left = use.waiver, (use.waiver.expires - today).days
        if use.is_expired:
            told = f"{_named(waiver)} expired on {waiver.expires}; what it covered is open again."
            yield _event(EventKind.WAIVER_EXPIRED, waiver, now, told, waiver.expires.isoformat())
            continue
        due = [days for days in NOTICE_DAYS if left <= days]
        if due:
            told = f"{_named(waiver)} expires on {waiver.expires}, in {left} day{'s' * (left != 1)}; renew it or resolve what it covers."
            yield _event(EventKind.WAIVER_EXPIRING, waiver, now, told, f"{waiver.expires}:{min(due)}")
        for problem in use.problems:
            yield _amiss(use, problem, now)


def _amiss(use: WaiverUse, problem: str, now: datetime) -> Event:
    waiver = use.waiver
    mark = hashlib.sha256(f"{problem}\x1f{sorted(waiver.terms.items())}".encode()).hexdigest()[:12]
    return _event(EventKind.WAIVER_AMISS, waiver, now, f"{_named(waiver)} is amiss: {problem}.", mark)


def _named(waiver: Waiver) -> str:
    return f"The {waiver.kind.value} waiver of {waiver.rule} on {waiver.subject}"


def _event(
    kind: EventKind,
    waiver: Waiver,
    now: datetime,
    message: str,
    mark: str,
    *,
    before: KeptTerms | None = None,
) -> Event:
    return Event(
        key=f"{kind.value}:{waiver.key}:{mark}",
        kind=kind,
        at=now,
        message=message,
        severity=Severity.MEDIUM if kind in (EventKind.WAIVER_AMISS, EventKind.WAIVER_EXPIRED) else None,
        subject_id=waiver.key,
        actor=waiver.approver if kind in (EventKind.WAIVER_GRANTED, EventKind.WAIVER_RENEWED) else "",
        before=before.waiver.terms if before else None,
        after=waiver.terms | {"line": waiver.line},
    )
