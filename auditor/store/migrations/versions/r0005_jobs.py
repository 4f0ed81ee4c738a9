"""Jobs, their runs, and who runs them."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""


def downgrade() -> None:
    """Remove them."""
