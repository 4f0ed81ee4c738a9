"""Cases of accounts that may pose as ours, and what happened to each of them.

A case is rewritten as it changes; its timeline is only ever added to. ``details`` has what a reader sees of
the account and why; the columns beside it are what cases are looked up by.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from auditor.store.schema_base import SERIAL, metadata
from auditor.store.types import CleanText, JsonText, UtcDateTime

impersonator_cases = Table(
    "impersonator_cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("platform", CleanText, nullable=False),
    Column("account_id", CleanText, nullable=False),
    Column("brand", CleanText, nullable=False),
    Column("tier", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("expires", Text),
    Column("reference", CleanText, nullable=False),
    Column("details", JsonText, nullable=False),
    # Rises with every write, so that of two who read the same case only one can write what follows.
    Column("version", BigInteger, nullable=False),
    Index("ix_impersonator_cases_state", "state"),
    sqlite_with_rowid=False,
)

impersonator_steps = Table(
    "impersonator_steps",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("case_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("step", Text, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("before", JsonText, nullable=False),
    Column("after", JsonText, nullable=False),
    Column("evidence_id", Text),
    Index("ix_impersonator_steps_case_id", "case_id"),
    sqlite_autoincrement=True,
)
