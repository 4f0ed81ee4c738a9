"""Alerts, and the channels a message leaves by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, JsonText, UtcDateTime

revision = "0006"
down_revision = "0005"

_ADDED = ("channel", "target", "content_type", "due_at")


def upgrade() -> None:
    """Add the tables, and say of every message by which channel it leaves; those there are mails."""
    op.add_column("outbox", sa.Column("channel", sa.Text(), nullable=False, server_default="mail"))
    op.add_column("outbox", sa.Column("target", CleanText(), nullable=False, server_default=""))
    op.add_column(
        "outbox", sa.Column("content_type", sa.Text(), nullable=False, server_default="message/rfc822")
    )
    op.add_column("outbox", sa.Column("due_at", UtcDateTime()))
    op.create_table(
        "outbox_pauses",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", CleanText(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("reason", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "target", name="pk_outbox_pauses"),
    )
    _create_alerts()


def _create_alerts() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "alerts",
        sa.Column("seq", serial, autoincrement=True),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", CleanText(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("first_step", CleanText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("acknowledged_by", CleanText(), nullable=False),
        sa.Column("note", CleanText(), nullable=False),
        sa.Column("resolved_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("seq", name="pk_alerts"),
        sa.UniqueConstraint("alert_id", name="uq_alerts_alert_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_state", "alerts", ["state"])
    op.create_table(
        "alert_findings",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("resolved_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("alert_id", "fingerprint", name="pk_alert_findings"),
    )
    op.create_index("ix_alert_findings_fingerprint", "alert_findings", ["fingerprint"])
    op.create_table(
        "alert_deliveries",
        sa.Column("seq", serial, autoincrement=True),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", CleanText(), nullable=False),
        sa.Column("recipient", CleanText(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", CleanText(), nullable=False),
        sa.Column("outbox_key", sa.Text(), nullable=False),
        sa.Column("line", JsonText()),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("payload", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("seq", name="pk_alert_deliveries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_deliveries_state", "alert_deliveries", ["state"])
    op.create_index("ix_alert_deliveries_alert_id", "alert_deliveries", ["alert_id"])


def downgrade() -> None:
    """Remove them, with the messages that the program before could only have taken for mails."""
    op.execute("DELETE FROM outbox WHERE channel <> 'mail'")
    for table in ("alert_deliveries", "alert_findings", "alerts", "outbox_pauses"):
        op.drop_table(table)
    for column in reversed(_ADDED):
        op.drop_column("outbox", column)
