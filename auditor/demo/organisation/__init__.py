"""Riverside Health: a made-up health system whose accounts have one case of everything.

Nobody here exists. Names, numbers and addresses are invented; domains end in .example, apart from
the public mail providers whose use is itself a finding. Everything is told as of `NOW`.
"""

from __future__ import annotations

from datetime import UTC, datetime

NAME = "Riverside Health"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WEEK_BEFORE = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
"""When the demo's earlier audit was made, so that the report has something to compare with."""
TIMEZONE = "America/Chicago"
DOMAIN = "riverside.example"
ALIAS_DOMAIN = "riverside-clinics.example"
"""The domain from before the merger; still in use for a few people."""
PRIVACY_OFFICER = f"benedikt.faulkner@{DOMAIN}"
