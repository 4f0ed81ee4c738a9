"""``auditor alerts``."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table, say
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.model.alert import Alert
    from auditor.store import OutboxEntry, Store

StateWord = Literal["open", "acknowledged", "resolved", "all"]


def list_alerts(
    *,
    state: Annotated[StateWord, Parameter(help="Only these.")] = "open",
    limit: Annotated[int, Parameter(help="At most so many; 0 for all.")] = 50,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List alerts, newest first: what was told, whether anybody sees to it, and what did not arrive.

    Examples: auditor alerts list; auditor alerts list --state all --format json
    """
    from auditor.model.alert import AlertState

    states = None if state == "all" else [AlertState(state)]
    with common.workspace().store(create=False) as store:
        found = store.alerts.list(states, limit or None)
        troubles = _troubles(store)
    if format == "json":
        put_json({"alerts": [_json(one) for one in found], "not_sent": troubles})
        return
    put_table(
        ["id", "raised", "severity", "state", "what", "first step"],
        [
            (one.alert_id, one.created_at, one.severity.word, _state(one), one.subject, one.first_step)
            for one in found
        ],
    )
    for trouble in troubles:
        say(f"Not sent by {trouble['way']}: {trouble['reason']}")


def show(alert: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one alert: what it told of, to whom and when, what became of each message. The start of its id will do.

    Example: auditor alerts show 3fa9c1
    """
    with common.workspace().store(create=False) as store:
        found = _one(store, alert)
        deliveries = store.alerts.deliveries(found.alert_id)
        marks = store.alerts.fingerprints(found.alert_id)
        sent = {one.key: one for one in store.outbox.of_keys([one.outbox_key for one in deliveries])}
    told = [
        {
            "purpose": one.purpose.value,
            "to": one.recipient or one.target or "nobody",
            "channel": one.channel.value if one.target else None,
            "due_at": one.due_at,
            "state": _became(one.state.value, sent.get(one.outbox_key)),
            "why": one.reason or (entry.last_error if (entry := sent.get(one.outbox_key)) else ""),
        }
        for one in deliveries
    ]
    if format == "json":
        findings = [{"fingerprint": mark, "resolved_at": at} for mark, at in marks.items()]
        put_json(_json(found) | {"deliveries": told, "findings": findings})
        return
    put_fields(
        {
            "Alert": found.alert_id,
            "About": found.topic,
            "Severity": found.severity.word,
            "What": found.subject,
            "First step": found.first_step,
            "Raised": found.created_at,
            "Snapshot": found.snapshot_id,
            "State": _state(found),
            "Acknowledged": found.acknowledged_at,
            "Note": found.note,
            "Resolved": found.resolved_at,
            "Findings": [mark[:10] + (" (resolved)" if at else "") for mark, at in list(marks.items())[:20]],
        }
    )
    put_line("")
    put_table(
        ["purpose", "to", "channel", "due", "state", "why"],
        [tuple(one.values()) for one in told],
    )


def acknowledge(
    alert: str,
    *,
    note: Annotated[str, Parameter(help="What you will do, or have done.")] = "",
    by: Annotated[str | None, Parameter(help="Who sees to it; default: the user signed in here.")] = None,
    common: Common = COMMON,
) -> None:
    """Say that you see to an alert, so that it is not escalated. Who and when is recorded.

    Example: auditor alerts ack 3fa9c1 --note "removed in X at 09:40"
    """
    who = (by or getpass.getuser()).strip()
    if not who:
        raise UsageError("--by names nobody.", remedy="Name who sees to the alert.")
    with common.workspace().store(create=False) as store:
        found = _one(store, alert)
        if store.alerts.acknowledge(found.alert_id, by=who, note=note):
            put_line(f"{found.alert_id} acknowledged by {who}: {found.subject}")
            return
        found = _one(store, found.alert_id)
    put_line(f"{found.alert_id} needs no acknowledgement any more: {_state(found)}.")


def send(*, format: Format = "table", common: Common = COMMON) -> None:
    """Raise the alerts that are due and send what waits in the outbox; 'auditor watch' does it by itself.

    Example, from cron every few minutes: auditor alerts send
    """
    from auditor.app.alerts import raise_alerts
    from auditor.app.sending import send_due

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        raised = raise_alerts(workspace, store)
        sent = send_due(workspace, store)
    if format == "json":
        put_json(
            {
                "raised": [_json(one) for one in raised.alerts],
                "digests": raised.digests,
                "escalated": raised.escalated,
                "sent": sent.sent,
                "waiting": list(sent.waiting),
                "failed": list(sent.failed),
                "untried": sent.untried,
            }
        )
        return
    for one in raised.alerts:
        put_line(f"{one.alert_id}  {one.severity.word:8}  {one.subject}")
    put_line(
        f"{len(raised.alerts)} raised, {raised.digests} digests, {raised.escalated} escalated;"
        f" {sent.sent} messages sent, {len(sent.waiting) + sent.untried} waiting, {len(sent.failed)} given up."
    )
    for reason in (*sent.waiting, *sent.failed):
        say(f"  {reason}")


def _one(store: Store, prefix: str) -> Alert:
    found = store.alerts.find(prefix.strip().lower())
    if not found:
        raise UsageError(f"there is no alert {prefix!r}.", remedy="'auditor alerts list' shows them.")
    if len(found) > 1:
        raise UsageError(f"{prefix!r} fits {len(found)} alerts.", remedy="Give more of its id.")
    return found[0]


def _troubles(store: Store) -> list[dict[str, Any]]:
    """Return the ways that stand still."""
    return [
        {
            "way": f"{one.channel} {one.target}".strip(),
            "since_failures": one.failures,
            "tried_again_at": one.until,
            "reason": one.reason,
        }
        for one in store.outbox.pauses()
    ]


def _became(state: str, entry: OutboxEntry | None) -> str:
    if entry is None:
        return state
    words = {"queued": "waiting", "claimed": "being sent", "sent": "sent", "failed": "given up"}
    return words[entry.state.value]


def _state(alert: Alert) -> str:
    if alert.acknowledged_by and alert.state == "acknowledged":
        return f"acknowledged by {alert.acknowledged_by}"
    return alert.state.value


def _json(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.alert_id,
        "kind": alert.kind,
        "topic": alert.topic,
        "severity": alert.severity.word,
        "subject": alert.subject,
        "first_step": alert.first_step,
        "created_at": alert.created_at,
        "snapshot": alert.snapshot_id or None,
        "findings": alert.findings,
        "state": alert.state.value,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by or None,
        "note": alert.note or None,
        "resolved_at": alert.resolved_at,
    }
