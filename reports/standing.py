"""How a finding stands in the store's history: what its life adds to the comparison of two snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from auditor.model.life import LifeState

if TYPE_CHECKING:
    from reports.review import Life, ReviewFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the life of one finding comes to on the day of the review."""

    state: LifeState
    """new, open or reopened; that it is waived is told beside."""
    unknown_since: datetime | None = None
    """Finish of the first of the snapshots since which it cannot be judged."""
    due_on: date | None = None
    """Its last day by its severity; None: it never failed, or no day is set for its severity."""
    overdue: bool = False
    """Whether its last day has passed, and no waiver covers it."""


def is_reopened(finding: ReviewFinding) -> bool:
    """Whether it had been resolved, and is there again."""
    return finding.standing is not None and finding.standing.state is LifeState.REOPENED


def state_of(finding: ReviewFinding) -> LifeState | Life | None:
    """Return new, open or reopened; None: nothing is known of the time before."""
    return finding.standing.state if finding.standing else finding.life
