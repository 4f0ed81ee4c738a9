"""Jobs, their runs, and who runs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cadence", CleanText(), nullable=False),
        sa.Column("seeded_at", UtcDateTime(), nullable=False),
        sa.Column("next_due_at", UtcDateTime()),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", UtcDateTime()),
        sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.Text()),
        sa.Column("host", CleanText(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.Column("retry_at", UtcDateTime()),
        sa.Column("outcome", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name="pk_job_runs"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_job_runs_state", "job_runs", ["state"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("job_runs")
    op.drop_table("jobs")
