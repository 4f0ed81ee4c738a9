"""Alerts, and the channels a message leaves by."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables."""


def downgrade() -> None:
    """Remove them."""
