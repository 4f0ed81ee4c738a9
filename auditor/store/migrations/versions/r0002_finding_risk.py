"""Findings are kept with their risk score; those recorded before have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("findings", sa.Column("risk", sa.BigInteger()))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("findings", "risk")
