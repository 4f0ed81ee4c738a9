"""Seeds in custody, without their secrets, and who used them."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""


def downgrade() -> None:
    """Remove them."""
