"""Alerts, whom they are told to and when, and the ways out that stand still for a while.

An alert, its receivers, its messages in the outbox and the place of the reader in the journal of events
are written in one transaction, so that a crash leaves all of it or nothing.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from auditor.store.schema_base import SERIAL, metadata
from auditor.store.types import CleanText, JsonText, UtcDateTime

alerts = Table(
    "alerts",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("alert_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("topic", CleanText, nullable=False),
    Column("severity", Text, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("first_step", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("findings", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", CleanText, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("resolved_at", UtcDateTime),
    Index("ix_alerts_state", "state"),
    sqlite_autoincrement=True,
)

# The findings an alert told of, so that it closes when the last of them is resolved.
alert_findings = Table(
    "alert_findings",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("resolved_at", UtcDateTime),
    Index("ix_alert_findings_fingerprint", "fingerprint"),
)

# One row a receiver and purpose. What waits longer than the transaction carries what it will say.
alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("alert_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", CleanText, nullable=False),
    Column("recipient", CleanText, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("outbox_key", Text, nullable=False),
    Column("line", JsonText),
    Column("subject", CleanText, nullable=False),
    Column("payload", LargeBinary),
    Index("ix_alert_deliveries_state", "state"),
    Index("ix_alert_deliveries_alert_id", "alert_id"),
    sqlite_autoincrement=True,
)

# A channel and target that did not take the last messages; nothing else waits for it.
outbox_pauses = Table(
    "outbox_pauses",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("target", CleanText, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("reason", CleanText, nullable=False),
)
