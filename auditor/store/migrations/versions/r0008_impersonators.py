"""Cases of accounts that may pose as ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, JsonText, UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "impersonator_cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        *(sa.Column(name, CleanText(), nullable=False) for name in ("platform", "account_id", "brand")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tier", "state")),
        *(
            sa.Column(name, UtcDateTime(), nullable=False)
            for name in ("first_seen", "last_seen", "changed_at")
        ),
        sa.Column("reason", CleanText(), nullable=False),
        sa.Column("expires", sa.Text()),
        sa.Column("reference", CleanText(), nullable=False),
        sa.Column("details", JsonText(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_impersonator_cases"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_impersonator_cases_state", "impersonator_cases", ["state"])
    op.create_table(
        "impersonator_steps",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "case_id")),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        *(sa.Column(name, CleanText(), nullable=False) for name in ("message", "actor")),
        *(sa.Column(name, JsonText(), nullable=False) for name in ("before", "after")),
        sa.Column("evidence_id", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_impersonator_steps"),
        sa.UniqueConstraint("key", name="uq_impersonator_steps_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_impersonator_steps_case_id", "impersonator_steps", ["case_id"])


def downgrade() -> None:
    """Remove them."""
    for table in ("impersonator_steps", "impersonator_cases"):
        op.drop_table(table)
