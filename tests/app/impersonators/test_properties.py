"""Whatever a platform shows in whatever order, cases keep their promises; the page's example is accepted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.app.impersonators.cases import Outcome, Sighting, go_on
from auditor.config import load_config
from auditor.lookalikes import Brand, Scan
from auditor.lookalikes import Candidate as Account
from auditor.model.impersonation import AccountStatus, Candidate, Case, CaseState

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SCAN = Scan.of([Brand(key="RiversideHealth", handle="RiversideHealth", name="Riverside Health")], NOW)
LOOKS = st.sampled_from(
    [
        ("RiversideHea1th", "Riverside He\u0430lth", ""),
        ("RiversideHealthHelp", "Riverside Health Support", "t.me/riv"),
        ("cheap_shoes", "Cheap Shoes", "Shoes"),
        ("riverside_fan", "Riverside Health Fans", ""),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("seen"), LOOKS),
        st.tuples(st.sampled_from(["suspended", "gone"]), LOOKS),
        st.tuples(st.just("dismiss"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(1, 3)),
    ),
    max_size=12,
)


def sighting(look: tuple[str, str, str], status: AccountStatus) -> Sighting:
    """Return how the account is shown, and what the scan says of it."""
    handle, name, bio = look
    candidate = Candidate(platform="x", id="1", handle=handle, name=name, bio=bio, status=status)
    if status is not AccountStatus.ACTIVE:
        return Sighting(candidate)
    return Sighting(candidate, tuple(SCAN.verdicts([Account("1", handle, name, "x", bio)])))


def seen(case: Case | None, shown: Sighting, now: datetime) -> Outcome:
    """Return what a sighting comes to."""
    return go_on(case, shown, {}, now, now.date())


def check_step(before: Case | None, shown: Sighting, after: Case, outcome: Outcome, now: datetime) -> None:
    """Hold one step to the promises."""
    gone = shown.candidate.status is not AccountStatus.ACTIVE
    assert (after.state is CaseState.REMOVED) == gone
    if before is None:
        assert [step.step.value for step in outcome.steps] == ["found"]
        return
    if before.state is not after.state:
        assert outcome.steps, "a change of state without a line in the timeline"
    if before.is_dismissed(now.date()) and not gone:
        is_same = replace(after.candidate, observed_at=before.candidate.observed_at) == before.candidate
        assert (after.state is CaseState.DISMISSED) or not is_same or after.is_likely


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_cases_keep_their_promises(steps: list[tuple[str, object]]) -> None:
    """Removed only by the platform's word; no state changes without a line in the timeline; a dismissal in force
    holds for an unchanged account; the same sighting again makes neither line nor event.
    """
    case: Case | None = None
    now = NOW
    for what, value in steps:
        if what == "wait":
            assert isinstance(value, int)
            now += timedelta(days=value)
            continue
        if what == "dismiss":
            assert isinstance(value, int)
            if case is not None and case.state is not CaseState.REMOVED:
                until = now.date() + timedelta(days=value)
                case = replace(case, state=CaseState.DISMISSED, expires=until, version=case.version + 1)
            continue
        assert isinstance(value, tuple)
        shown = sighting(value, AccountStatus.ACTIVE if what == "seen" else AccountStatus(what))
        outcome = seen(case, shown, now)
        if not outcome.cases:
            assert case is None or case.state is CaseState.REMOVED
            continue
        (after,) = outcome.cases
        check_step(case, shown, after, outcome, now)
        case = replace(after, version=after.version + 1)
        again = seen(case, shown, now)
        assert (again.steps, again.events) == ([], [])


def test_the_pages_example_is_accepted(tmp_path: Path) -> None:
    """The configuration that docs/impersonators.md shows loads, and its keys are all told."""
    page = (Path(__file__).parents[3] / "docs" / "impersonators.md").read_text(encoding="utf-8")
    (example, *_others) = re.findall(r"```yaml\n(impersonators:.*?)```", page, re.DOTALL)
    path = tmp_path / "auditor.yaml"
    path.write_text(f"organization: {{name: Riverside Health}}\n{example}", encoding="utf-8")
    section = load_config(path).config.impersonators
    assert section.sources[0].options == {"id": "agency-list", "source": "file", "path": "accounts.csv"}
    for key in (*type(section).model_fields, *type(section.thresholds).model_fields):
        assert f"`{key}`" in page or f"\n  {key}:" in page
