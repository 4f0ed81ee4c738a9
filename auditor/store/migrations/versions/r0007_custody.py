"""Seeds in custody, without their secrets, and who used them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from auditor.store.types import CleanText, UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "custody_seeds",
        sa.Column("seed_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text()),
        *(_text(name) for name in ("account_id", "platform", "account_name", "label", "issuer")),
        sa.Column("digits", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        _text("enrolled_by"),
        sa.Column("confirmed_at", UtcDateTime()),
        _text("unconfirmed_reason"),
        sa.Column("replaces", sa.Text()),
        sa.Column("retired_at", UtcDateTime()),
        _text("retired_by"),
        _text("retired_reason"),
        sa.Column("forgotten_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("seed_id", name="pk_custody_seeds"),
        sa.UniqueConstraint("slot", name="uq_custody_seeds_slot"),
    )
    op.create_table(
        "custody_uses",
        sa.Column("use_id", sa.Text(), nullable=False),
        sa.Column("seed_id", sa.Text(), nullable=False),
        _text("account_id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(_text(name) for name in ("who", "os_user", "host", "reason")),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("use_id", name="pk_custody_uses"),
        sa.ForeignKeyConstraint(["seed_id"], ["custody_seeds.seed_id"], name="fk_custody_uses_seed_id"),
    )
    op.create_index("ix_custody_uses_seed_id", "custody_uses", ["seed_id"])
    op.create_table(
        "custody_readers",
        sa.Column("seed_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seed_id", "email", name="pk_custody_readers"),
        sa.ForeignKeyConstraint(["seed_id"], ["custody_seeds.seed_id"], name="fk_custody_readers_seed_id"),
    )
    op.create_table(
        "seeds",
        sa.Column("snapshot_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("observed_at", UtcDateTime(), nullable=False),
        sa.Column("evidence_id", sa.Text()),
        sa.Column("attested_by", sa.Text()),
        sa.Column("valid_until", UtcDateTime()),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("in_custody", sa.Boolean(create_constraint=False)),
        sa.Column("bits", sa.BigInteger()),
        sa.Column("enrolled_at", UtcDateTime()),
        sa.Column("confirmed", sa.Boolean(create_constraint=False)),
        sa.Column("readers", sa.Text()),
        sa.Column("last_used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("snapshot_no", "row_no", name="pk_seeds"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("seeds")
    for name in ("custody_readers", "custody_uses", "custody_seeds"):
        op.drop_table(name)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, CleanText(), nullable=False)
