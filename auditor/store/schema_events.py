"""The journal of events, and how far each of its readers has come.

An event is written once, under a key of its own, and never altered. Who makes something of events
(alerts, the log for a SIEM) keeps a cursor; what a crash cut short is read again from there.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from auditor.store.schema_base import SERIAL, metadata
from auditor.store.types import CleanText, JsonText, UtcDateTime

events = Table(
    "events",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("snapshot_id", Text),
    Column("before_snapshot_id", Text),
    Column("fingerprint", Text),
    Column("severity", Text),
    Column("platform", CleanText),
    Column("account_id", CleanText),
    Column("principal_id", CleanText),
    Column("person_id", CleanText),
    Column("subject_id", CleanText),
    Column("actor", CleanText, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("before", JsonText),
    Column("after", JsonText),
    Index("ix_events_fingerprint", "fingerprint"),
    sqlite_autoincrement=True,
)

event_cursors = Table(
    "event_cursors",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
