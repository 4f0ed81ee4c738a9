"""Counting that does not flatter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.estate import CoverageState, FactKind
from auditor.model.finding import Severity
from reports.review import CoverageCell, RuleResult, VerdictCounts
from reports.tally import gaps_of, per_cent, split_of, standards_of
from tests.reports.support_estate import SCOPE
from tests.reports.support_review import FINDINGS, sample_review, undecided


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_of_something_is_never_called_none_or_all(part: int, rest: int) -> None:
    """Zero per cent means none at all, a hundred means all."""
    words = per_cent(part, part + rest)
    assert (words == "0 %") == (part == 0)
    assert words != "100 %"
    assert per_cent(rest, rest) == "100 %"


def test_shares_near_the_ends_say_so() -> None:
    """One in a thousand is under one per cent; all but one is over ninety-nine."""
    assert per_cent(1, 1000) == "under 1 %"
    assert per_cent(999, 1000) == "over 99 %"
    assert per_cent(0, 0) == "0 %"


@pytest.mark.parametrize("state", list(CoverageState))
def test_only_observed_and_attested_count_as_known(state: CoverageState) -> None:
    """A part that was read, or a stale one, counts as unknown."""
    split = split_of([CoverageCell(account_id="x:1", fact=FactKind.MFA, state=state)])
    known = {CoverageState.OBSERVED: (1, 0, 0), CoverageState.ATTESTED: (0, 1, 0)}
    assert (split.verified, split.attested, split.unknown) == known.get(state, (0, 0, 1))


def test_every_unknown_is_in_exactly_one_gap() -> None:
    """Grouping by remedy loses no unknown cell and no unknown verdict."""
    review = sample_review()
    cells = [cell for account in review.accounts for cell in account.coverage]
    assert sum(gap.cells for gap in review.gaps) == review.coverage.unknown == split_of(cells).unknown
    assert sum(gap.findings for gap in review.gaps) == sum(f.verdict == "unknown" for f in FINDINGS)


def test_the_gap_that_closes_most_comes_first_and_one_without_remedy_last() -> None:
    """Order follows what a remedy would close; what has no remedy stands at the end."""
    hopeless = [undecided("shared-login", f"x:{n}", "m", "nobody knows", "") for n in range(50)]
    gaps = gaps_of((), [*hopeless, *(f for f in FINDINGS if f.verdict == "unknown")])
    closed = [gap.findings for gap in gaps[:-1]]
    assert closed == sorted(closed, reverse=True)
    assert gaps[-1].remedy == ""
    linked = next(gap for gap in gaps if gap.remedy == SCOPE)
    assert linked.worst is Severity.CRITICAL


def test_a_paragraph_adds_up_the_rules_that_support_it() -> None:
    """Each paragraph lists its rules and the sum of their verdicts."""
    rules = [
        RuleResult(rule=name, title=name.title(), pack="p", severity=Severity.LOW,
                   counts=VerdictCounts(passed=2, failed=failed), references={"cis": ("6.2",)})
        for name, failed in (("one", 1), ("two", 3))
    ]  # fmt: skip
    (row,) = standards_of(rules)
    assert (row.standard, row.reference, row.rules) == ("cis", "6.2", ("one", "two"))
    assert (row.counts.passed, row.counts.failed) == (4, 4)
