"""The journal of events and its readers' cursors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, JsonText, UtcDateTime

revision = "0003"
down_revision = "0002"

_TEXTS = ("platform", "account_id", "principal_id", "person_id", "subject_id")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("snapshot_id", sa.Text()),
        sa.Column("before_snapshot_id", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("severity", sa.Text()),
        *(sa.Column(name, CleanText()) for name in _TEXTS),
        sa.Column("actor", CleanText(), nullable=False),
        sa.Column("message", CleanText(), nullable=False),
        sa.Column("before", JsonText()),
        sa.Column("after", JsonText()),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("key", name="uq_events_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_fingerprint", "events", ["fingerprint"])
    op.create_table(
        "event_cursors",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_event_cursors"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("event_cursors")
    op.drop_table("events")
