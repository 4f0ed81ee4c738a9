"""Alerts as the store keeps them: raised with their messages in one transaction, acknowledged, closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from auditor.model.alert import Alert, AlertDelivery, AlertState, Channel, DeliveryState, Purpose
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.store import outbox
from auditor.store.alert_records import DigestLine, DueDigest, NewDelivery, RaisedAlert
from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.events import append
from auditor.store.records import OutboxMessage
from auditor.store.schema_alerts import alert_deliveries, alert_findings, alerts
from auditor.store.schema_events import event_cursors

_AT_ONCE = 500


class Alerts:
    """The alerts of one store."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        raised: Sequence[RaisedAlert],
        *,
        reader: str,
        before: int | None,
        after: int,
        resolved: Collection[str] = (),
    ) -> bool:
        """Keep what was made of the events after ``before`` up to ``after``, and move the reader's cursor.

        All of it in one transaction: the alerts, their messages in the outbox, the alerts that close.

        Args:
            raised: the alerts; one whose id is there already is left alone with its messages.
            reader: whose cursor it is.
            before: where the cursor stood when the events were read; None: it had never read.
            after: where it will stand.
            resolved: fingerprints of findings that were resolved.

        Returns:
            False where another program has moved the cursor meanwhile; then nothing is kept, and what is
            to tell has been told by that program.

        """
        now = self._clock()
        with self._database.write() as connection:
            if not _move(connection, reader, before, after):
                return False
            for one in raised:
                _raise(connection, one, now)
            _resolve(connection, resolved, now)
        return True

    def list(self, states: Iterable[AlertState] | None = None, limit: int | None = None) -> tuple[Alert, ...]:
        """Return alerts, newest first."""
        statement = select(alerts).order_by(alerts.c.seq.desc()).limit(limit)
        if states is not None:
            statement = statement.where(alerts.c.state.in_(list(states)))
        with self._database.read() as connection:
            return tuple(map(_alert, connection.execute(statement)))

    def find(self, prefix: str) -> tuple[Alert, ...]:
        """Return the alerts whose id begins with ``prefix``: at least four hexadecimal digits."""
        if not re.fullmatch("[0-9a-f]{4,32}", prefix):
            return ()
        statement = select(alerts).where(alerts.c.alert_id.startswith(prefix, autoescape=True))
        with self._database.read() as connection:
            return tuple(map(_alert, connection.execute(statement.order_by(alerts.c.seq))))

    def deliveries(self, alert_id: str) -> tuple[AlertDelivery, ...]:
        """Return whom an alert is told to, in the order it was decided."""
        statement = select(alert_deliveries).where(alert_deliveries.c.alert_id == alert_id)
        with self._database.read() as connection:
            return tuple(map(_delivery, connection.execute(statement.order_by(alert_deliveries.c.seq))))

    def fingerprints(self, alert_id: str) -> dict[str, datetime | None]:
        """Return the findings an alert told of, each with when it was resolved."""
        statement = select(alert_findings.c.fingerprint, alert_findings.c.resolved_at)
        statement = statement.where(alert_findings.c.alert_id == alert_id)
        with self._database.read() as connection:
            found = connection.execute(statement.order_by(alert_findings.c.fingerprint))
            return {row.fingerprint: row.resolved_at for row in found}

    def acknowledge(self, alert_id: str, *, by: str, note: str = "") -> bool:
        """Note that ``by`` sees to an alert; it is not escalated any more.

        Returns:
            False where it was acknowledged or resolved before; the first word stays.

        """
        now = self._clock()
        with self._database.write() as connection:
            this = connection.execute(
                select(alerts).where(alerts.c.alert_id == alert_id).with_for_update()
            ).one_or_none()
            if this is None or this.state != AlertState.OPEN:
                return False
            connection.execute(
                update(alerts)
                .where(alerts.c.alert_id == alert_id)
                .values(state=AlertState.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=by, note=note)
            )
            _cancel(connection, [alert_id], f"acknowledged by {by}")
            told = f"{by} acknowledged the alert: {this.subject}"
            append(connection, [_event(EventKind.ALERT_ACKNOWLEDGED, _alert(this), now, told, actor=by)])
            return True

    def escalate(self) -> int:
        """Put the escalations whose time has come into the outbox; return how many alerts they are of.

        Those of alerts that somebody has seen to are cancelled.
        """
        now = self._clock()
        due = (
            select(alert_deliveries)
            .where(alert_deliveries.c.state == DeliveryState.WAITING)
            .where(alert_deliveries.c.purpose == Purpose.ESCALATION, alert_deliveries.c.due_at <= now)
            .order_by(alert_deliveries.c.seq)
        )
        # Called at every beat, and mostly for nothing: it writes only where it must.
        with self._database.read() as connection:
            ids = {row.alert_id for row in connection.execute(due)}
        if not ids:
            return 0
        with self._database.write() as connection:
            # Alerts are locked before their deliveries, as whoever acknowledges does.
            these = select(alerts).where(alerts.c.alert_id.in_(ids)).order_by(alerts.c.seq).with_for_update()
            told = {row.alert_id: _alert(row) for row in connection.execute(these)}
            rows = connection.execute(due.with_for_update()).all()
            open_ones = {one for one, alert in told.items() if alert.state is AlertState.OPEN}
            _cancel(connection, ids - open_ones, "it was seen to in time")
            rows = [row for row in rows if row.alert_id in open_ones]
            outbox.enqueue(connection, [_kept_message(row, now) for row in rows])
            _set_queued(connection, [row.seq for row in rows])
            append(
                connection,
                (
                    _event(
                        EventKind.ALERT_ESCALATED, told[one], now, f"Nobody acknowledged: {told[one].subject}"
                    )
                    for one in sorted({row.alert_id for row in rows})
                ),
            )
            return len({row.alert_id for row in rows})

    def due_digests(self) -> tuple[DueDigest, ...]:
        """Return the lines whose digest is due, a receiver at a time."""
        statement = (
            select(alert_deliveries, *(alerts.c[name].label(f"alert_{name}") for name in _ALERT_COLUMNS))
            .join(alerts, alerts.c.alert_id == alert_deliveries.c.alert_id)
            .where(alert_deliveries.c.state == DeliveryState.WAITING)
            .where(alert_deliveries.c.purpose == Purpose.DIGEST, alert_deliveries.c.due_at <= self._clock())
            .order_by(alert_deliveries.c.channel, alert_deliveries.c.target, alert_deliveries.c.recipient)
            .order_by(alert_deliveries.c.seq)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(
            DueDigest(
                channel=channel, target=target, recipient=recipient, lines=tuple(map(_digest_line, lines))
            )
            for (channel, target, recipient), lines in groupby(
                rows, key=lambda row: (row.channel, row.target, row.recipient)
            )
        )

    def release_digest(self, digest: DueDigest, message: OutboxMessage) -> bool:
        """Put a digest into the outbox; False where another program was faster, and nothing was put."""
        numbers = [line.seq for line in digest.lines]
        with self._database.write() as connection:
            waiting = 0
            for start in range(0, len(numbers), _AT_ONCE):
                found = connection.execute(
                    select(alert_deliveries.c.seq)
                    .where(alert_deliveries.c.seq.in_(numbers[start : start + _AT_ONCE]))
                    .where(alert_deliveries.c.state == DeliveryState.WAITING)
                    .with_for_update()
                )
                waiting += len(found.all())
            if waiting != len(numbers):
                return False
            outbox.enqueue(connection, [message])
            _set_queued(connection, numbers, message.key)
            return True


def _move(connection: Connection, reader: str, before: int | None, after: int) -> bool:
    """Move the cursor from where it was read to ``after``; False where it is not there any more."""
    if before is None:
        statement = insert_or_leave(connection, event_cursors).returning(event_cursors.c.seq)
        return connection.execute(statement, {"reader": reader, "seq": after}).first() is not None
    moved = connection.execute(
        update(event_cursors)
        .where(event_cursors.c.reader == reader, event_cursors.c.seq == before)
        .values(seq=after)
    )
    return moved.rowcount == 1


def _raise(connection: Connection, raised: RaisedAlert, now: datetime) -> None:
    alert = raised.alert
    statement = insert_or_leave(connection, alerts).returning(alerts.c.seq)
    values = {name: getattr(alert, name) for name in _ALERT_COLUMNS} | {"severity": alert.severity.word}
    if connection.execute(statement, values).first() is None:
        return
    marks = [{"alert_id": alert.alert_id, "fingerprint": mark} for mark in dict.fromkeys(raised.fingerprints)]
    if marks:
        connection.execute(insert(alert_findings), marks)
    if raised.deliveries:
        connection.execute(insert(alert_deliveries), [_delivery_row(one) for one in raised.deliveries])
    at_once = [
        one.message
        for one in raised.deliveries
        if one.message is not None and one.delivery.purpose is Purpose.FIRST
    ]
    outbox.enqueue(connection, at_once)
    append(connection, [_event(EventKind.ALERT_RAISED, alert, now, alert.subject)])


def _resolve(connection: Connection, resolved: Collection[str], now: datetime) -> None:
    """Note that findings are resolved; an alert all of whose findings are is closed."""
    marks = sorted(resolved)
    for start in range(0, len(marks), _AT_ONCE):
        some = marks[start : start + _AT_ONCE]
        touched = connection.execute(
            update(alert_findings)
            .where(alert_findings.c.fingerprint.in_(some), alert_findings.c.resolved_at.is_(None))
            .values(resolved_at=now)
            .returning(alert_findings.c.alert_id)
        )
        ids = sorted(set(touched.scalars()))
        still_open = exists(alert_findings.c.fingerprint).where(
            alert_findings.c.alert_id == alerts.c.alert_id, alert_findings.c.resolved_at.is_(None)
        )
        for first in range(0, len(ids), _AT_ONCE):
            connection.execute(
                update(alerts)
                .where(alerts.c.alert_id.in_(ids[first : first + _AT_ONCE]), ~still_open)
                .where(alerts.c.state != AlertState.RESOLVED)
                .values(state=AlertState.RESOLVED, resolved_at=now)
            )


def _cancel(connection: Connection, ids: Collection[str], reason: str) -> None:
    """Let no escalation of these alerts go out any more."""
    connection.execute(
        update(alert_deliveries)
        .where(alert_deliveries.c.alert_id.in_(ids), alert_deliveries.c.state == DeliveryState.WAITING)
        .where(alert_deliveries.c.purpose == Purpose.ESCALATION)
        .values(state=DeliveryState.CANCELLED, reason=reason, payload=None)
    )


def _set_queued(connection: Connection, numbers: Sequence[int], key: str | None = None) -> None:
    values: dict[str, Any] = {"state": DeliveryState.QUEUED, "payload": None}
    if key is not None:
        values["outbox_key"] = key
    for start in range(0, len(numbers), _AT_ONCE):
        connection.execute(
            update(alert_deliveries)
            .where(alert_deliveries.c.seq.in_(numbers[start : start + _AT_ONCE]))
            .values(**values)
        )


def _delivery_row(new: NewDelivery) -> dict[str, Any]:
    one, message = new.delivery, new.message
    row: dict[str, Any] = {
        "alert_id": one.alert_id,
        "purpose": one.purpose,
        "channel": one.channel,
        "target": one.target,
        "recipient": one.recipient,
        "due_at": one.due_at,
        "state": one.state,
        "reason": one.reason,
        "outbox_key": message.key if message else one.outbox_key,
        "line": None if new.line is None else dict(new.line),
        "subject": message.subject if message else "",
        "payload": None,
    }
    if message is not None and one.purpose is Purpose.ESCALATION:
        kept = {"message_id": message.message_id, "kind": message.kind, "content_type": message.content_type}
        row |= {"payload": message.raw, "line": kept | {"recipients": list(message.recipients)}}
    return row


def _kept_message(row: Any, now: datetime) -> OutboxMessage:
    kept = row.line
    return OutboxMessage(
        message_id=kept["message_id"],
        key=row.outbox_key,
        kind=kept["kind"],
        recipients=tuple(kept["recipients"]),
        subject=row.subject,
        raw=bytes(row.payload),
        created_at=now,
        channel=row.channel,
        target=row.target,
        content_type=kept["content_type"],
    )


def _event(kind: EventKind, alert: Alert, now: datetime, message: str, actor: str = "") -> Event:
    return Event(
        key=f"{kind.value}:{alert.alert_id}",
        kind=kind,
        at=now,
        message=message,
        severity=alert.severity,
        snapshot_id=alert.snapshot_id or None,
        subject_id=alert.alert_id,
        actor=actor,
        after={"alert": alert.alert_id, "topic": alert.topic, "findings": alert.findings},
    )


_ALERT_COLUMNS = tuple(Alert.__dataclass_fields__)
_DELIVERY_COLUMNS = tuple(AlertDelivery.__dataclass_fields__)


def _alert(row: Row[Any]) -> Alert:
    return _alert_of({name: getattr(row, name) for name in _ALERT_COLUMNS})


def _alert_of(values: dict[str, Any]) -> Alert:
    given = {"severity": Severity.parse(values["severity"]), "state": AlertState(values["state"])}
    return Alert(**values | given)


def _digest_line(row: Row[Any]) -> DigestLine:
    alert = _alert_of({name: getattr(row, f"alert_{name}") for name in _ALERT_COLUMNS})
    return DigestLine(seq=row.seq, alert=alert, line=row.line or {})


def _delivery(row: Row[Any]) -> AlertDelivery:
    values = {name: getattr(row, name) for name in _DELIVERY_COLUMNS}
    words = {
        "purpose": Purpose(row.purpose),
        "channel": Channel(row.channel),
        "state": DeliveryState(row.state),
    }
    return AlertDelivery(**values | words)
