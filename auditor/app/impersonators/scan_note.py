"""What the last scan came to, kept for the next report. No fact: losing it costs a line that says when it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.app.impersonators.scan import Scanned
    from auditor.store import Store

NOTE = "impersonators.scan"


def note_scan(store: Store, scanned: Scanned, at: datetime) -> None:
    """Keep what a scan came to, for the next report."""
    store.notes.write(
        NOTE,
        {
            "at": at.isoformat(),
            "compared": scanned.accounts,
            "protected": scanned.protected,
            "sources": [
                {
                    "source": one.source,
                    "state": one.state.value,
                    "candidates": one.candidates,
                    "requests": one.requests,
                    "asked": one.asked,
                    "cost": one.cost,
                    "reason": one.reason,
                    "remedy": one.remedy,
                    "blind_to": list(one.blind_to),
                }
                for one in scanned.reports
            ],
        },
    )
