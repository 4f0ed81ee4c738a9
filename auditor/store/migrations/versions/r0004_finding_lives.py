"""Findings' lives, and the terms under which some are waived."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables."""


def downgrade() -> None:
    """Remove them."""
