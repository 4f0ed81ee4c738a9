"""Seeds in custody and their uses, without the seeds: those are in the vault and nowhere else."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from auditor.store.schema_base import metadata
from auditor.store.types import CleanText, UtcDateTime

custody_seeds = Table(
    "custody_seeds",
    metadata,
    Column("seed_id", Text, primary_key=True),
    # One seed in force and one in waiting an account, at most: a digest of the account, and the state.
    Column("slot", Text, unique=True),
    Column("account_id", CleanText, nullable=False),
    Column("platform", CleanText, nullable=False),
    Column("account_name", CleanText, nullable=False),
    Column("label", CleanText, nullable=False),
    Column("issuer", CleanText, nullable=False),
    Column("digits", BigInteger, nullable=False),
    Column("period", BigInteger, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("bits", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("enrolled_by", CleanText, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("unconfirmed_reason", CleanText, nullable=False),
    Column("replaces", Text),
    Column("retired_at", UtcDateTime),
    Column("retired_by", CleanText, nullable=False),
    Column("retired_reason", CleanText, nullable=False),
    Column("forgotten_at", UtcDateTime),
)

# Every code given out; never removed.
custody_uses = Table(
    "custody_uses",
    metadata,
    Column("use_id", Text, primary_key=True),
    Column("seed_id", Text, ForeignKey("custody_seeds.seed_id"), nullable=False),
    Column("account_id", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", CleanText, nullable=False),
    Column("os_user", CleanText, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("step", BigInteger, nullable=False),
    Index("ix_custody_uses_seed_id", "seed_id"),
)

# Whoever could ever read a seed: a line struck from the configuration does not unread it.
custody_readers = Table(
    "custody_readers",
    metadata,
    Column("seed_id", Text, ForeignKey("custody_seeds.seed_id"), primary_key=True),
    Column("email", Text, primary_key=True),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)
