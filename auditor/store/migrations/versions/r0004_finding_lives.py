"""Findings' lives, and the terms under which some are waived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, JsonText, UtcDateTime

revision = "0004"
down_revision = "0003"

_SEEN_TEXTS = ("platform", "account_id", "principal_id", "person_id")
_LOOKS = ("first_no", "last_no", "opened_no")
_LATER_LOOKS = ("failed_no", "resolved_no", "unknown_no")


def upgrade() -> None:
    """Add the tables; lives begin to be followed with the next audit, from the first judged snapshot on."""
    op.create_table(
        "finding_lives",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rule", CleanText(), nullable=False),
        sa.Column("pack", CleanText(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", CleanText(), nullable=False),
        sa.Column("message", CleanText(), nullable=False),
        *(sa.Column(name, CleanText()) for name in _SEEN_TEXTS),
        sa.Column("risk", sa.BigInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _LOOKS),
        *(sa.Column(name, sa.BigInteger()) for name in _LATER_LOOKS),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("openings", sa.BigInteger(), nullable=False),
        sa.Column("owner", CleanText()),
        sa.Column("assigned", CleanText()),
        *(sa.Column(name, sa.Text()) for name in ("due_on", "waiver_key", "waiver_kind", "waiver_expires")),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_finding_lives"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshot_cursors",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("snapshot_no", sa.BigInteger()),
        sa.Column("judged_at", UtcDateTime()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("told_on", sa.Text()),
        sa.PrimaryKeyConstraint("reader", name="pk_snapshot_cursors"),
    )
    op.create_table(
        "waiver_terms",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        sa.Column("waiver_key", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("terms", JsonText(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_waiver_terms"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waiver_terms_waiver_key", "waiver_terms", ["waiver_key"])


def downgrade() -> None:
    """Remove them."""
    for table in ("waiver_terms", "snapshot_cursors", "finding_lives"):
        op.drop_table(table)
