"""The lives of findings, how far they have been followed, and what waivers were agreed when.

A life refers to the looks at it by the numbers of their snapshots. There is one row for each finding
ever seen; what one judgement said word for word stays with its snapshot.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from auditor.store.schema_base import SERIAL, metadata
from auditor.store.types import CleanText, JsonText, UtcDateTime

finding_lives = Table(
    "finding_lives",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("rule", CleanText, nullable=False),
    Column("pack", CleanText, nullable=False),
    Column("severity", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", CleanText, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("platform", CleanText),
    Column("account_id", CleanText),
    Column("principal_id", CleanText),
    Column("person_id", CleanText),
    Column("risk", BigInteger),
    Column("state", Text, nullable=False),
    Column("first_no", BigInteger, nullable=False),
    Column("last_no", BigInteger, nullable=False),
    Column("opened_no", BigInteger, nullable=False),
    Column("failed_no", BigInteger),
    Column("resolved_no", BigInteger),
    Column("unknown_no", BigInteger),
    Column("closing", Text, nullable=False),
    Column("openings", BigInteger, nullable=False),
    Column("owner", CleanText),
    Column("assigned", CleanText),
    Column("due_on", Text),
    Column("waiver_key", Text),
    Column("waiver_kind", Text),
    Column("waiver_expires", Text),
    sqlite_with_rowid=False,
)

# How far somebody has followed the judged snapshots. ``version`` rises with every write, so that of
# two who read the same state only one can write what follows from it.
snapshot_cursors = Table(
    "snapshot_cursors",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("snapshot_no", BigInteger),
    Column("judged_at", UtcDateTime),
    Column("version", BigInteger, nullable=False),
    Column("told_on", Text),
)

# Every version of a waiver's terms, oldest first; the last row says whether it still stands.
waiver_terms = Table(
    "waiver_terms",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("waiver_key", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("terms", JsonText, nullable=False),
    Column("withdrawn", Boolean(create_constraint=False), nullable=False),
    Index("ix_waiver_terms_waiver_key", "waiver_key"),
    sqlite_autoincrement=True,
)
