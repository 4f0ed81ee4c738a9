"""Alerts: from the journal of events to messages in the outbox, each matter once to each receiver.

What has been read, the alerts made of it and their messages are kept in one transaction with the place in
the journal: a crash anywhere is caught up by the next call, and of two machines at once one does it.
Called at every beat of the daemon and after every judgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.alerts_deliveries import (
    digest_delivery,
    escalation_delivery,
    first_delivery,
    nobody_told,
)
from auditor.app.alerts_digests import release_digests, storm
from auditor.app.alerts_matters import Desk, Matter, Telling
from auditor.app.alerts_messages import NOTICE, key_of, message_of
from auditor.app.alerts_pages import Pages
from auditor.app.alerts_receivers import Receivers, absent_addresses
from auditor.app.alerts_routes import routes_of
from auditor.app.alerts_small import bystanders
from auditor.app.alerts_topics import Known, still_telling
from auditor.app.judge import Judged, evaluate
from auditor.app.review import build_review
from auditor.app.review_part import part_of_review
from auditor.app.review_reach import About
from auditor.app.sending import ALERT
from auditor.app.workspace import Workspace
from auditor.errors import StoreError
from auditor.model.alert import Alert, Purpose
from auditor.model.event import Event
from auditor.model.finding import Severity
from auditor.store.alert_records import NewDelivery, RaisedAlert
from reports.alert import AlertPage
from reports.review import AccessReview

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

READER = "alerts"
"""Name of the cursor in the journal of events."""
PAST = timedelta(days=7)
"""What is older when it is first told comes in one message, not one by one."""
_ATTEMPTS = 5
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Raised:
    """What a call came to."""

    alerts: tuple[Alert, ...] = ()
    """Newly raised."""
    digests: int = 0
    """Digests put into the outbox."""
    escalated: int = 0
    """Alerts told to others, because nobody acknowledged."""


def raise_alerts(
    workspace: Workspace,
    store: Store,
    *,
    review: AccessReview | None = None,
    judged: Judged | None = None,
) -> Raised:
    """Raise what the journal tells since the last call, and release what has become due.

    Args:
        workspace: its routes, targets and clock.
        store: holds journal, alerts and outbox; nothing is sent here (`auditor.app.sending`).
        review: of the newest judged snapshot, to spare building what is told; one of another is not used.
        judged: that snapshot, to spare judging it again; another is not used.

    Raises:
        AuditorError: the newest snapshot cannot be judged again, or the store not be written; the events
            wait in the journal for the next call.

    """
    escalated = store.alerts.escalate()
    digests = release_digests(workspace, store)
    for _attempt in range(_ATTEMPTS):
        raised = _raise_new(workspace, store, AtHand(review, judged))
        if raised is not None:
            return Raised(tuple(one.alert for one in raised), digests, escalated)
    raise StoreError(
        "Other programs kept raising alerts at the same time.", remedy="Nothing is lost; try again."
    )


@dataclass(frozen=True, slots=True)
class AtHand:
    """What whoever raises alerts has worked out already."""

    review: AccessReview | None
    judged: Judged | None


def _raise_new(workspace: Workspace, store: Store, at_hand: AtHand) -> Sequence[RaisedAlert] | None:
    """Return the alerts of the events not read yet; None where another program was faster."""
    routes = routes_of(workspace)
    if not routes:
        # Nobody can be told yet: the journal waits, so that whoever is named later is told of it.
        return ()
    before = store.events.cursor(READER)
    events = _read(store, before or 0)
    if not events:
        return ()
    telling, resolved = still_telling(events)
    wanted = [event for event in telling if any(route.might_fit(event) for route in routes)]
    raised = _made(workspace, store, wanted, at_hand, is_first=before is None) if wanted else ()
    done = events[-1].seq or 0
    kept = store.alerts.record(raised, reader=READER, before=before, after=done, resolved=resolved)
    return raised if kept else None


def _read(store: Store, after: int) -> list[Event]:
    events: list[Event] = []
    while part := store.events.after(after, limit=_AT_ONCE):
        events += part
        after = part[-1].seq or 0
    return events


def _made(
    workspace: Workspace,
    store: Store,
    events: Sequence[Event],
    at_hand: AtHand,
    *,
    is_first: bool,
) -> Sequence[RaisedAlert]:
    about = None if is_first else _about(workspace, events)
    snapshot = next((one for one in store.snapshots(limit=50) if one.judged_at is not None), None)
    needed = _need_review(events)
    seen = _review(workspace, store, snapshot, at_hand, about) if needed else None
    known = Known(seen, bystanders(store, snapshot.id, seen) if seen and snapshot else ())
    absent = absent_addresses(workspace, store, snapshot.id, known) if snapshot else frozenset()
    desk = Desk(
        routes=routes_of(workspace),
        known=known,
        receivers=Receivers(workspace, known, absent),
        now=workspace.clock(),
        zone=workspace.config.organization.zone,
    )
    matters = desk.matters(events)
    many = [one for one in matters if not one.is_for_operators]
    fresh = [one for one in many if not _is_past(one, workspace.clock())]
    snapshot_id = snapshot.id if snapshot else ""
    is_storm = sum(one.is_immediate for one in fresh) > workspace.config.alerts.storm
    gathered = many if is_first or is_storm else [one for one in many if one not in fresh]
    if len(gathered) <= 1:
        return _one_by_one(workspace, known, matters, snapshot_id)
    is_past = not (is_first or is_storm)
    whole = storm(workspace, known, gathered, snapshot_id, is_first=is_first, is_past=is_past)
    rest = [one for one in matters if one not in gathered]
    return (whole, *_one_by_one(workspace, known, rest, snapshot_id))


def _is_past(matter: Matter, now: datetime) -> bool:
    """Whether all of it happened so long ago that it is no news, such as what an old store's first follow-up tells."""
    return all(now - event.at > PAST for event in matter.events)


def _need_review(events: Sequence[Event]) -> bool:
    return any(one.fingerprint or one.account_id or one.person_id or one.principal_id for one in events)


def _about(workspace: Workspace, events: Sequence[Event]) -> About | None:
    """Return what the events are about; None where they are so many that it may be everything."""
    config = workspace.config
    whom = {one.person_id or one.principal_id or one.account_id or one.fingerprint for one in events}
    if len(whom) > config.alerts.storm:
        return None
    addresses = [one for target in config.alerts.targets.values() for one in target.mail]
    return About.events(events, (*addresses, *config.alerts.operators, *config.reports.recipients))


def _review(
    workspace: Workspace,
    store: Store,
    snapshot: SnapshotInfo | None,
    at_hand: AtHand,
    about: About | None,
) -> AccessReview | None:
    """Return what is known of what the events are ``about``: all there is where that is None."""
    given, judged = at_hand.review, at_hand.judged
    if snapshot is None or (given is not None and given.snapshot_id == snapshot.id):
        return given

    def built(seen: Judged) -> AccessReview:
        return build_review(workspace, seen) if about is None else part_of_review(workspace, seen, about)

    if judged is not None and judged.snapshot.id == snapshot.id:
        return built(judged)
    with evaluate(workspace, store, snapshot) as again:
        return built(again)


def _one_by_one(
    workspace: Workspace, known: Known, matters: Sequence[Matter], snapshot_id: str
) -> tuple[RaisedAlert, ...]:
    pages = Pages(workspace, known, matters, snapshot_id)
    made = (_raised(workspace, pages, matter, snapshot_id) for matter in matters)
    return tuple(one for one in made if one is not None)


def _raised(workspace: Workspace, pages: Pages, matter: Matter, snapshot_id: str) -> RaisedAlert | None:
    whole = pages.page(matter, None)
    if whole is None:
        return None
    deliveries = [
        *(_told(workspace, pages, matter, one) for one in matter.tellings.values()),
        *(_escalation(workspace, pages, matter, one) for one in matter.escalations.values()),
    ]
    told = [one for one in deliveries if one is not None]
    marks = tuple(event.fingerprint for event in matter.events if event.fingerprint)
    return RaisedAlert(
        alert=_alert(workspace, matter, whole, snapshot_id),
        fingerprints=tuple(dict.fromkeys(marks)),
        deliveries=(*told, *nobody_told(workspace, [matter], matter.alert_id)),
    )


def _alert(workspace: Workspace, matter: Matter, page: AlertPage, snapshot_id: str) -> Alert:
    return Alert(
        alert_id=matter.alert_id,
        kind=page.kind,
        topic=str(matter.topic),
        severity=max(page.severity, Severity.INFO),
        subject=page.subject,
        first_step=page.first_step,
        created_at=workspace.clock(),
        snapshot_id=snapshot_id,
        findings=len(page.findings),
    )


def _told(workspace: Workspace, pages: Pages, matter: Matter, telling: Telling) -> NewDelivery | None:
    if telling.is_digest:
        line = pages.line(matter, telling)
        return None if line is None else digest_delivery(matter.alert_id, telling, [line], 1)
    page = pages.page(matter, telling)
    if page is None:
        return None
    kind = NOTICE if matter.is_for_operators else ALERT
    key = key_of(Purpose.FIRST, matter.alert_id, telling.receiver)
    message = message_of(workspace, page, telling.receiver, key=key, due_at=telling.due_at, kind=kind)
    return first_delivery(workspace, matter.alert_id, telling, message)


def _escalation(workspace: Workspace, pages: Pages, matter: Matter, telling: Telling) -> NewDelivery | None:
    page = pages.page(matter, telling, unacknowledged=True)
    if page is None:
        return None
    key = key_of(Purpose.ESCALATION, matter.alert_id, telling.receiver)
    message = message_of(workspace, page, telling.receiver, key=key, due_at=telling.due_at)
    return escalation_delivery(matter.alert_id, telling, message)
