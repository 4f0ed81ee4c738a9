"""What is about to lapse, told in good time: tokens, attestations, vendors' contracts and BAAs.

Read from the newest snapshot. A thing is told of once at each of the days of notice before it lapses, and
once when it has; a reminder missed while nothing ran is told late rather than never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from auditor.app.rows import Row, rows
from auditor.app.workspace import Workspace
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.tables import FACT_TABLES

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

_LAPSED = -1
"""In place of the days of notice, where the day has passed."""
_FORGOTTEN_AFTER = timedelta(days=30)
"""What lapsed longer ago is the findings' to tell, not a reminder's."""
_URGENT_DAYS = 3
_ATTESTED = ("source", "attested_by", "valid_until")
_TOKEN_DATES = {
    "expires_at": "expires",
    "data_access_expires_at": "loses its access to data",
}
_VENDOR_DATES = {"contract_ends_on": "contract ends", "baa_expires_on": "BAA expires"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A thing that lapses, and its last day in the organisation's zone."""

    key: str
    day: date
    subject: str
    """Begins the sentence: ``The attestation of the connection x-delegates lapses``."""
    remedy: str
    account_id: str | None = None


def remind(workspace: Workspace, store: Store) -> int:
    """Tell of what is about to lapse; return how many reminders are new in the journal.

    Raises:
        StoreError: the store cannot be read or written.

    """
    newest = next(iter(store.snapshots(1)), None)
    if newest is None:
        return 0
    now = workspace.clock()
    today = now.astimezone(workspace.config.organization.zone).date()
    notice = workspace.config.watch.notice_days
    due = [
        _event(lapse, days, now, today, newest)
        for lapse in lapses(workspace, store, newest)
        if (days := days_of_notice(lapse.day, today, notice)) is not None
    ]
    return store.events.append(due)


def days_of_notice(day: date, today: date, notice: Sequence[int]) -> int | None:
    """Return which notice is due for what lapses after ``day``: the nearest reached; None: none yet, or long past.

    -1: the day has passed.
    """
    left = (day - today).days
    if left < 0:
        return _LAPSED if today - day <= _FORGOTTEN_AFTER else None
    return min((days for days in notice if left <= days), default=None)


def lapses(workspace: Workspace, store: Store, snapshot: SnapshotInfo) -> tuple[Lapse, ...]:
    """Return everything in the snapshot that has a last day."""
    zone = workspace.config.organization.zone
    tokens = store.frames(
        snapshot.id, ["tokens"], columns=("token_id", "source", "kind", "account_id", *_TOKEN_DATES)
    )["tokens"]
    vendors = store.frames(snapshot.id, ["vendors"], columns=("vendor_id", "name", *_VENDOR_DATES))["vendors"]
    attested = store.frames(
        snapshot.id, [table for table in FACT_TABLES if table != "people"], columns=_ATTESTED
    )
    found: dict[str, Lapse] = {}
    for frame in attested.values():
        known = frame[frame["valid_until"].notna()].drop_duplicates()
        found |= {lapse.key: lapse for row in rows(known) for lapse in _attestation(row, zone)}
    found |= {lapse.key: lapse for row in rows(tokens) for lapse in _token(row, zone)}
    found |= {lapse.key: lapse for row in rows(vendors) for lapse in _vendor(row)}
    return tuple(found.values())


def _attestation(row: Row, zone: tzinfo) -> Iterator[Lapse]:
    until, source, who = row.instant("valid_until"), row.text("source"), row.text("attested_by")
    day = _day(until, zone)
    if day is not None:
        yield Lapse(
            key=f"attestation:{source}:{day}",
            day=day,
            subject=f"What {who or 'somebody'} attested in the connection {source} lapses",
            remedy="Have it attested anew; after that day it is unknown.",
        )


def _token(row: Row, zone: tzinfo) -> Iterator[Lapse]:
    for column, verb in _TOKEN_DATES.items():
        day = _day(row.instant(column), zone)
        if day is not None:
            yield Lapse(
                key=f"token:{row.text('token_id')}:{column}:{day}",
                day=day,
                subject=f"The {row.text('kind')} token of the connection {row.text('source')} {verb}",
                remedy="Renew it before; without it the connection reads nothing.",
                account_id=row.text("account_id"),
            )


def _vendor(row: Row) -> Iterator[Lapse]:
    for column, what in _VENDOR_DATES.items():
        day = row.day(column)
        if day is not None:
            yield Lapse(
                key=f"vendor:{row.text('vendor_id')}:{column}:{day}",
                day=day,
                subject=f"The vendor {row.text('name')}'s {what}",
                remedy="Renew it, or take the vendor's access away.",
            )


def _day(instant: datetime | None, zone: tzinfo) -> date | None:
    return None if instant is None else instant.astimezone(zone).date()


def _event(lapse: Lapse, days: int, now: datetime, today: date, snapshot: SnapshotInfo) -> Event:
    left = (lapse.day - today).days
    when = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(
        left, f"in {left} days" if left > 0 else f"{-left} days ago"
    )
    urgent = lapse.key.startswith("token:") and left <= _URGENT_DAYS
    return Event(
        key=f"{EventKind.EXPIRING}:{lapse.key}:{days}",
        kind=EventKind.EXPIRING,
        at=now,
        severity=Severity.HIGH if urgent or left < 0 else Severity.MEDIUM,
        snapshot_id=snapshot.id,
        account_id=lapse.account_id,
        subject_id=lapse.key,
        message=f"{lapse.subject} on {lapse.day} ({when}). {lapse.remedy}",
    )
