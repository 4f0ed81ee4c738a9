"""What findings' lives tell in a report: since when, come back, unknown since, the last day, and what is resolved.

Judging compares a snapshot with those before it; once the lives have followed that snapshot they know
better, for they remember every look. So a report of the newest snapshot says of its findings what
`auditor findings` says of them. Of an older snapshot the comparison stands: the lives have gone on since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from auditor.model import life as lives_model
from auditor.model.finding import Verdict
from auditor.model.life import Closing, LifeState
from reports.review import AccessReview, Life, ReviewFinding, Trend
from reports.standing import Standing

if TYPE_CHECKING:
    from auditor.store.lives import Ledger


def with_lives(review: AccessReview, ledger: Ledger, zone: tzinfo) -> AccessReview:
    """Return the review with what the lives tell of its findings, where they have followed its snapshot.

    Args:
        review: its waivers are known already; what is waived is not overdue.
        ledger: the lives, and how far they have come.
        zone: the organisation's, in which a last day ends.

    """
    look = ledger.cursor.look
    if look is None or look.snapshot_id != review.snapshot_id:
        return review
    teller = _Teller(review, ledger.lives, review.as_of.astimezone(zone).date())
    findings = tuple(teller.told(finding) for finding in review.findings)
    trend = review.trend and _trend(review.trend, findings, ledger.lives)
    return replace(review, findings=findings, trend=trend)


class _Teller:
    def __init__(self, review: AccessReview, lives: Mapping[str, lives_model.Life], today: date) -> None:
        self._previous = review.trend.previous_at if review.trend else None
        self._lives = lives
        self._today = today
        self._standings: dict[Standing, Standing] = {}

    def told(self, finding: ReviewFinding) -> ReviewFinding:
        """Return the finding with its standing; one without a life as it was."""
        life = self._lives.get(finding.fingerprint)
        if life is None or not life.is_open:
            return finding
        fails = finding.verdict is Verdict.FAIL
        since = ((life.failed if fails else None) or life.opened).at
        word = self._word(since) if fails else None
        standing = Standing(
            state=life.state if word is None or life.state is LifeState.REOPENED else LifeState(word.value),
            unknown_since=life.unknown.at if life.unknown else None,
            due_on=life.due_on,
            overdue=life.due_on is not None and self._today > life.due_on and finding.waived is None,
        )
        shared = self._standings.setdefault(standing, standing)
        return replace(finding, life=word, first_seen_at=since, standing=shared)

    def _word(self, since: datetime) -> Life | None:
        """Return whether a fail is new to those who read the report before; None: there was none."""
        if self._previous is None:
            return None
        return Life.NEW if since > self._previous else Life.OPEN


def _trend(trend: Trend, findings: tuple[ReviewFinding, ...], lives: Mapping[str, lives_model.Life]) -> Trend:
    """Return the trend by the lives: resolved is what was seen to be gone, and nothing else."""
    resolved = tuple(one for one in trend.resolved_findings if _is_gone(lives.get(one.fingerprint)))
    retired = sum(_is_retired(lives.get(one.fingerprint)) for one in trend.resolved_findings)
    unseen = sum(
        life.is_open and life.failed is not None and life.unknown is not None for life in lives.values()
    )
    return replace(
        trend,
        new=sum(finding.life is Life.NEW for finding in findings),
        still_open=sum(finding.life is Life.OPEN for finding in findings),
        resolved=len(resolved),
        unreadable=unseen + retired,
        resolved_findings=resolved,
    )


def _is_gone(life: lives_model.Life | None) -> bool:
    """Whether a look that could see did not find it; what has no life was compared alone."""
    return life is None or (not life.is_open and life.closing is Closing.GONE)


def _is_retired(life: lives_model.Life | None) -> bool:
    """Whether its rule is not in force any more, so that nobody can say that it is mended."""
    return life is not None and life.closing is Closing.RETIRED
