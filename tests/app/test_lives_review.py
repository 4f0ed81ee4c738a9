"""What lives tell in a report: the same as the list of findings, and nothing where they have gone on since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auditor.app.lives_review import with_lives
from auditor.model import life as lives_model
from auditor.model.finding import Verdict
from auditor.model.life import Closing, LifeState, Look, Seen
from auditor.model.waiver import WaiverKind
from auditor.store.lives import Cursor, Ledger
from reports.review import AccessReview, Life, ReviewFinding
from tests.reports.support_review import sample_review

REVIEW = sample_review()
assert REVIEW.trend is not None
LOOK = Look(9, REVIEW.snapshot_id, REVIEW.as_of)
BEFORE = Look(8, REVIEW.trend.previous_id, REVIEW.trend.previous_at)
OLD = Look(2, "20260901T000000Z-0001", datetime(2026, 9, 1, tzinfo=UTC))


def life_of(finding: ReviewFinding, **changes: Any) -> lives_model.Life:
    """Return a life of the finding that began long before the comparison looks back."""
    seen = Seen(
        finding.fingerprint, finding.rule, finding.pack, finding.severity.word, finding.verdict.value,
        finding.subject_type, finding.subject_id, finding.message, None, None, None, None, None,
    )  # fmt: skip
    failed = OLD if finding.verdict is Verdict.FAIL else None
    return lives_model.Life(seen, LifeState.OPEN, OLD, LOOK, OLD, failed)._replace(**changes)


def told(review: AccessReview, *lives: lives_model.Life, look: Look = LOOK) -> AccessReview:
    """Return the review as these lives tell it."""
    ledger = Ledger({life.seen.fingerprint: life for life in lives}, Cursor(look))
    return with_lives(review, ledger, UTC)


def test_since_when_comes_from_the_life() -> None:
    """A fail is known since the first look of its stretch, however far back; what began since then is new."""
    long_open, back = (one for one in REVIEW.findings[:2])
    review = told(
        REVIEW, life_of(long_open), life_of(back, state=LifeState.REOPENED, failed=LOOK, opened=LOOK)
    )
    first, second = review.findings[:2]
    assert (first.life, first.first_seen_at, first.standing and first.standing.state) == (
        Life.OPEN, OLD.at, LifeState.OPEN)  # fmt: skip
    assert (second.life, second.first_seen_at, second.standing and second.standing.state) == (
        Life.NEW, LOOK.at, LifeState.REOPENED)  # fmt: skip
    assert review.findings[2] == REVIEW.findings[2]


def test_a_last_day_passes_at_its_end_and_not_for_what_is_waived() -> None:
    """On its last day a finding is due, the day after overdue; accepted, it is neither late nor hidden."""
    finding = REVIEW.findings[0]
    today = REVIEW.as_of.date()
    for due, waived, late in (
        (today, None, False),
        (today - timedelta(days=1), None, True),
        (today - timedelta(days=1), WaiverKind.ACCEPTED_RISK, False),
    ):
        covered = replace(finding, waived=waived, waived_until=date(2027, 3, 31) if waived else None)
        review = told(replace(REVIEW, findings=(covered,)), life_of(finding, due_on=due))
        standing = review.findings[0].standing
        assert standing is not None
        assert (standing.due_on, standing.overdue) == (due, late)
        assert review.findings[0].verdict is Verdict.FAIL


def test_an_account_that_vanished_unread_is_not_resolved() -> None:
    """What the comparison takes for gone is no longer readable where its life stands open, or its rule is retired."""
    assert REVIEW.trend is not None
    gone, unread, retired = (
        replace(one, fingerprint=f"{number:032x}") for number, one in enumerate(REVIEW.findings[:3])
    )
    trend = replace(REVIEW.trend, resolved=3, unreadable=0, resolved_findings=(gone, unread, retired))
    closed = {"state": LifeState.RESOLVED, "resolved": LOOK}
    review = told(
        replace(REVIEW, trend=trend),
        life_of(gone, **closed),
        life_of(unread, last=BEFORE, unknown=LOOK),
        life_of(retired, **closed, closing=Closing.RETIRED),
    )
    assert review.trend is not None
    assert review.trend.resolved_findings == (gone,)
    assert (review.trend.resolved, review.trend.unreadable) == (1, 2)


def test_lives_that_have_gone_on_tell_nothing_of_an_older_snapshot() -> None:
    """A report of an older snapshot stays as the comparison made it."""
    life = life_of(REVIEW.findings[0], due_on=date(2026, 1, 1))
    assert told(REVIEW, life, look=Look(10, "later", REVIEW.as_of)) is REVIEW
    assert with_lives(REVIEW, Ledger({}, Cursor()), UTC) is REVIEW
