"""Several alerts in one message: the digests people asked for, and storms, that nobody asked for."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.alerts_deliveries import (
    digest_delivery,
    escalation_delivery,
    first_delivery,
    nobody_told,
)
from auditor.app.alerts_matters import Matter, Place, Telling
from auditor.app.alerts_messages import key_of, message_of
from auditor.app.alerts_pages import Pages, words
from auditor.app.alerts_receivers import Receiver
from auditor.app.alerts_topics import Known
from auditor.app.workspace import Workspace
from auditor.model.alert import Alert, AlertState, Channel, Purpose
from auditor.model.finding import Severity
from auditor.store.alert_records import NewDelivery, RaisedAlert
from reports.alert import DigestLine, DigestPage

if TYPE_CHECKING:
    from auditor.store import Store
    from auditor.store.alert_records import DueDigest

LISTED = 25
"""Alerts listed in one message; the rest is counted."""


def storm(
    workspace: Workspace,
    known: Known,
    matters: Sequence[Matter],
    snapshot_id: str,
    *,
    is_first: bool,
    is_past: bool = False,
) -> RaisedAlert:
    """Return one alert for all of ``matters``, which are the gravest first."""
    keys = sorted(event.key for matter in matters for event in matter.events)
    mark = hashlib.sha256("\x1f".join(keys).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    making = _Storm(workspace, known, matters, snapshot_id, mark, is_first=is_first, is_past=is_past)
    whole = making.page([(matter, None) for matter in matters])
    marks = (event.fingerprint for matter in matters for event in matter.events if event.fingerprint)
    fingerprints = tuple(dict.fromkeys(marks))
    return RaisedAlert(
        alert=Alert(
            alert_id=mark,
            kind="storm",
            topic=f"{len(matters)} matters at once",
            severity=whole.severity,
            subject=whole.subject,
            first_step=whole.first_step,
            created_at=workspace.clock(),
            snapshot_id=snapshot_id,
            findings=len(fingerprints),
        ),
        fingerprints=fingerprints,
        deliveries=(*making.deliveries(), *nobody_told(workspace, matters, mark)),
    )


def release_digests(workspace: Workspace, store: Store) -> int:
    """Put the digests whose time has come into the outbox; return how many."""
    return sum(
        store.alerts.release_digest(due, message_of(workspace, page, receiver, key=key, due_at=due_at))
        for due, page, receiver, key, due_at in _composed(workspace, store.alerts.due_digests())
    )


def _composed(
    workspace: Workspace, digests: Sequence[DueDigest]
) -> Iterator[tuple[DueDigest, DigestPage, Receiver, str, datetime]]:
    now = workspace.clock()
    organization = workspace.config.organization
    for due in digests:
        receiver = Receiver(Channel(due.channel), due.target, due.recipient)
        lines = [line for one in due.lines for line in _lines(one.alert, one.line)]
        lines.sort(key=lambda line: (bool(line.seen_to), -line.severity))
        page = DigestPage(
            organization=organization.name,
            timezone=organization.timezone,
            snapshot_id=due.lines[-1].alert.snapshot_id,
            as_of=now,
            lines=tuple(lines[:LISTED]),
            total=sum(int(one.line.get("total", 1)) for one in due.lines),
        )
        span = f"{due.lines[0].seq}-{due.lines[-1].seq}"
        yield due, page, receiver, key_of(Purpose.DIGEST, span, receiver), now


def _lines(alert: Alert, kept: Mapping[str, Any]) -> Iterator[DigestLine]:
    seen_to = {
        AlertState.ACKNOWLEDGED: f"acknowledged by {alert.acknowledged_by}",
        AlertState.RESOLVED: "resolved since",
    }.get(alert.state, "")
    for one in kept.get("lines", ()):
        yield DigestLine(
            alert_id=alert.alert_id,
            severity=Severity.parse(one["severity"]),
            subject=one["subject"],
            first_step=one["first_step"],
            since=datetime.fromisoformat(one["since"]) if one["since"] else None,
            seen_to=seen_to,
        )


class _Storm:
    """Makes the messages of one storm."""

    def __init__(
        self,
        workspace: Workspace,
        known: Known,
        matters: Sequence[Matter],
        snapshot_id: str,
        mark: str,
        *,
        is_first: bool,
        is_past: bool,
    ) -> None:
        self._workspace = workspace
        self._known = known
        self._matters = matters
        self._snapshot_id = snapshot_id
        self._mark = mark
        self._is_first = is_first
        self._is_past = is_past
        self._told = _by_place((one, one.tellings) for one in matters)
        self._later = _by_place((one, one.escalations) for one in matters)

    def deliveries(self) -> Iterator[NewDelivery]:
        """Yield what each receiver is told of it."""
        for group in self._told.values():
            at_once = [telling for _matter, telling in group if not telling.is_digest]
            first = min(at_once or [telling for _matter, telling in group], key=lambda one: one.due_at)
            page = self.page(group)
            if not page.lines:
                continue
            if not at_once:
                yield digest_delivery(self._mark, first, page.lines, page.total)
                continue
            key = key_of(Purpose.FIRST, self._mark, first.receiver)
            message = message_of(self._workspace, page, first.receiver, key=key, due_at=first.due_at)
            yield first_delivery(self._workspace, self._mark, first, message)
        for group in self._later.values():
            first = min((telling for _matter, telling in group), key=lambda one: one.due_at)
            page = self.page(group, unacknowledged=True)
            if page.lines:
                key = key_of(Purpose.ESCALATION, self._mark, first.receiver)
                message = message_of(self._workspace, page, first.receiver, key=key, due_at=first.due_at)
                yield escalation_delivery(self._mark, first, message)

    def page(
        self, group: Sequence[tuple[Matter, Telling | None]], *, unacknowledged: bool = False
    ) -> DigestPage:
        """Return the message of those matters, as their receiver may see them."""
        # Only what is listed is worked out, and for its receiver alone: the less it is, the quicker.
        listed = group[:LISTED]
        pages = Pages(self._workspace, self._known, [matter for matter, _one in listed], self._snapshot_id)
        lines = (pages.line(matter, telling) for matter, telling in listed)
        shown = tuple(replace(line, alert_id=self._mark) for line in lines if line is not None)
        review, organization = self._known.review, self._workspace.config.organization
        afters = [one.escalates_after for _matter, one in group if one and one.escalates_after]
        after = words(min(afters)) if afters else ""
        receiver = next((one.receiver for _matter, one in group if one), None)
        return DigestPage(
            organization=organization.name,
            timezone=organization.timezone,
            snapshot_id=self._snapshot_id,
            as_of=review.as_of if review else self._workspace.clock(),
            lines=shown,
            total=len(group) - (min(len(group), LISTED) - len(shown)),
            is_storm=True,
            is_first=self._is_first,
            is_past=self._is_past,
            alert_id=self._mark,
            escalates_after="" if unacknowledged else after,
            unacknowledged_for=after if unacknowledged else "",
            split=pages.split(receiver),
        )


def _by_place(
    tellings: Iterator[tuple[Matter, dict[Place, Telling]]],
) -> dict[Place, list[tuple[Matter, Telling]]]:
    found: defaultdict[Place, list[tuple[Matter, Telling]]] = defaultdict(list)
    for matter, told in tellings:
        for place, telling in told.items():
            found[place].append((matter, telling))
    return dict(found)
