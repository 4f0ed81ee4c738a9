"""What the store keeps of each receiver: told at once, in a digest, if nobody acknowledges, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.app.alerts_matters import Matter, Telling
from auditor.app.workspace import Workspace
from auditor.model.alert import AlertDelivery, Channel, DeliveryState, Purpose
from auditor.store import OutboxMessage
from auditor.store.alert_records import NewDelivery
from reports.alert import DigestLine
from reports.when import iso


def first_delivery(
    workspace: Workspace, alert_id: str, telling: Telling, message: OutboxMessage
) -> NewDelivery:
    """Return a receiver who is told by itself; ``message`` goes into the outbox with the alert."""
    waits = telling.due_at > workspace.clock()
    return NewDelivery(
        delivery=_delivery(
            alert_id, telling, Purpose.FIRST, DeliveryState.QUEUED, "quiet hours" if waits else ""
        ),
        message=message,
    )


def digest_delivery(alert_id: str, telling: Telling, lines: Sequence[DigestLine], total: int) -> NewDelivery:
    """Return a receiver who is told in the next digest."""
    return NewDelivery(
        delivery=_delivery(alert_id, telling, Purpose.DIGEST, DeliveryState.WAITING, "digest"),
        line={"total": total, "lines": [_as_json(one) for one in lines]},
    )


def escalation_delivery(alert_id: str, telling: Telling, message: OutboxMessage) -> NewDelivery:
    """Return somebody who is told when nobody has acknowledged."""
    return NewDelivery(
        delivery=_delivery(alert_id, telling, Purpose.ESCALATION, DeliveryState.WAITING, "escalation"),
        message=message,
    )


def nobody_told(workspace: Workspace, matters: Sequence[Matter], alert_id: str) -> Iterator[NewDelivery]:
    """Yield a line for each reason why somebody is not told, so that it can be read beside who is."""
    for reason in dict.fromkeys(reason for matter in matters for reason in matter.nobody):
        yield NewDelivery(
            delivery=AlertDelivery(
                alert_id=alert_id,
                purpose=Purpose.FIRST,
                channel=Channel.MAIL,
                target="",
                due_at=workspace.clock(),
                state=DeliveryState.NOBODY,
                reason=reason,
            )
        )


def _delivery(
    alert_id: str, telling: Telling, purpose: Purpose, state: DeliveryState, reason: str
) -> AlertDelivery:
    receiver = telling.receiver
    return AlertDelivery(
        alert_id=alert_id,
        purpose=purpose,
        channel=receiver.channel,
        target=receiver.target,
        recipient=receiver.recipient,
        due_at=telling.due_at,
        state=state,
        reason=reason,
    )


def _as_json(line: DigestLine) -> dict[str, str | None]:
    return {
        "severity": line.severity.word,
        "subject": line.subject,
        "first_step": line.first_step,
        "since": iso(line.since),
    }
