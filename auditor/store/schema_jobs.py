"""Jobs that are due again and again, and their runs: one a slot, whoever claims it first."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from auditor.store.schema_base import metadata
from auditor.store.types import CleanText, UtcDateTime

# `fence` is the last token given for the job: each claim gets the next, so a later one is always greater.
jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cadence", CleanText, nullable=False),
    Column("seeded_at", UtcDateTime, nullable=False),
    Column("next_due_at", UtcDateTime),
    Column("fence", BigInteger, nullable=False),
    Column("failing_since", UtcDateTime),
)

# The key is the claim: a slot is run once, however many machines and restarts there are.
job_runs = Table(
    "job_runs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", UtcDateTime, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("holder_id", Text),
    Column("host", CleanText, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    Column("outcome", CleanText, nullable=False),
    Index("ix_job_runs_state", "state"),
    sqlite_with_rowid=False,
)
