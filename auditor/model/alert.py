"""Alerts: what somebody must be told at once, and how it reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.finding import Severity


class Channel(StrEnum):
    """The way a message leaves by."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    APPRISE = "apprise"
    SYSLOG = "syslog"
    FILE = "file"


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has said that they see to it; it is not escalated any more."""
    RESOLVED = "resolved"
    """All findings it told of are resolved, acknowledged or not."""


class Purpose(StrEnum):
    """Why a receiver is told."""

    FIRST = "first"
    """The alert itself, at once or when the quiet hours end."""
    DIGEST = "digest"
    """A line in their next digest."""
    ESCALATION = "escalation"
    """Nobody acknowledged in time."""


class DeliveryState(StrEnum):
    """What became of telling one receiver. What the outbox does afterwards is the outbox's to say."""

    WAITING = "waiting"
    """Its time has not come."""
    QUEUED = "queued"
    """In the outbox."""
    CANCELLED = "cancelled"
    """An escalation that was not needed any more."""
    NOBODY = "nobody"
    """There was nobody who may be told; ``reason`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDelivery:
    """One receiver of one alert."""

    alert_id: str
    purpose: Purpose
    channel: Channel
    target: str
    """Name of the target in auditor.yaml."""
    recipient: str = ""
    """For mail: the address."""
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    reason: str = ""
    """Why it waits, was cancelled or has nobody."""
    outbox_key: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One matter that one person can see to, told once."""

    alert_id: str
    """Short and stable: the same events give the same id."""
    kind: str
    """access, change, job, waiver, custody, notice or storm."""
    topic: str
    """Whom or what it is about, such as ``person hr:0007``."""
    severity: Severity
    subject: str
    first_step: str = ""
    created_at: datetime
    snapshot_id: str = ""
    findings: int = 0
    state: AlertState = AlertState.OPEN
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""
    resolved_at: datetime | None = None
