"""What the store takes of alerts: an alert with all that is told to its receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.alert import Alert, AlertDelivery
from auditor.store.records import OutboxMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """One receiver of an alert that is being raised."""

    delivery: AlertDelivery
    message: OutboxMessage | None = None
    """Put into the outbox with the alert; of an escalation, when its time has come and nobody acknowledged."""
    line: Mapping[str, Any] | None = None
    """For a digest: what its line will say, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """An alert that is being raised."""

    alert: Alert
    fingerprints: tuple[str, ...] = ()
    deliveries: tuple[NewDelivery, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """A line that waits for a receiver's digest."""

    seq: int
    alert: Alert
    line: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """The lines of one receiver whose time has come, oldest first."""

    channel: str
    target: str
    recipient: str
    lines: tuple[DigestLine, ...]
