"""The demo's watch list: each impersonator is found and ranked, each benign account is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.app.collect import collect
from auditor.app.impersonators.configured import sources_of
from auditor.app.impersonators.desk import listed
from auditor.app.impersonators.review import impersonation_of
from auditor.app.impersonators.scan import scan
from auditor.app.progress import Silent
from auditor.cli.demo import decide_a_week_before, demo_workspace
from auditor.demo.organisation.accounts import IG_HEALTH
from auditor.demo.organisation.lookalikes import IMPERSONATORS, PLANTED, Planted
from auditor.lookalikes.elements import COUNTED
from auditor.model.event import EventKind
from auditor.model.impersonation import Case, CaseState, CaseStep
from reports.impersonators import Impersonation


@dataclass(frozen=True)
class Found:
    """What the two scans of the demo, a week apart, come to."""

    cases: list[Case]
    """In the order in which a person works them down."""
    seen: Impersonation
    told: list[str | None]
    """Cases that were told of as likely."""
    steps: dict[str, list[CaseStep]]
    """Case to its timeline."""

    def of(self, planted: Planted) -> Case | None:
        """Return the case of a planted account."""
        return next((one for one in self.cases if one.candidate.id == planted.id), None)

    def called(self, kind: str) -> Case:
        """Return the case of the planted account of this kind."""
        case = self.of(next(one for one in PLANTED if one.kind == kind))
        assert case is not None
        return case


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Gather the demo's accounts once and scan twice, a week apart, with people deciding in between."""
    folder: Path = tmp_path_factory.mktemp("demo") / "out"
    with demo_workspace(folder, week_before=True) as workspace, workspace.store() as store:
        snapshot = collect(workspace, store, Silent()).snapshot
        scan(workspace, store, sources_of(workspace))
        decide_a_week_before(workspace, store)
    with demo_workspace(folder) as workspace, workspace.store() as store:
        scanned = scan(workspace, store, sources_of(workspace))
        assert (scanned.trouble, scanned.pictures_unseen, scanned.unseen) == ((), 0, 0)
        seen = impersonation_of(workspace, store, snapshot.id)
        assert seen is not None
        told = store.events.of_kinds([EventKind.IMPERSONATOR_LIKELY])
        cases = listed(store.cases.all(), everything=True)
        steps = {one.case_id: [step.step for step in store.cases.timeline([one.case_id])] for one in cases}
        yield Found(cases, seen, [one.subject_id for one in told], steps)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.kind)
def test_every_row_comes_out_as_planted(found: Found, planted: Planted) -> None:
    """Likely where it poses as us; a case with its reasons, or none, where it only looks so."""
    case = found.of(planted)
    if planted.outcome in ("none", "ours"):
        assert case is None
        return
    assert case is not None
    there = "likely" if case.is_likely else "review"
    assert ("removed" if case.state is CaseState.REMOVED else there) == planted.outcome
    assert case.elements
    assert all(one.sentence.endswith(".") for one in case.elements)


def test_each_reason_not_to_accuse_is_needed(found: Found) -> None:
    """Accounts that are spared would be likely by what they show: name, handle, picture or claim, two of them."""
    spared = [one for one in found.cases if one.suppressed_by]
    assert len({one.suppressed_by for one in spared}) >= 9
    for case in spared:
        strong = [one for one in case.elements if one.kind in COUNTED and one.strength >= 0.5]
        assert len(strong) >= 2, case.candidate.handle


def test_the_likely_come_first_and_are_told(found: Found) -> None:
    """The list a person works down has every impersonator above every other account; each is one event."""
    likely = [one for one in found.cases if one.is_likely and one.state.is_open]
    assert found.cases[: len(likely)] == likely
    assert len(likely) == sum(one.outcome == "likely" for one in PLANTED)
    assert len(found.told) == len(set(found.told)) == len(IMPERSONATORS)
    assert [one.case_id for one in found.seen.cases] == [one.case_id for one in found.cases]


def test_accounts_are_followed_by_their_ids(found: Found) -> None:
    """One has another handle since last week, one is suspended, one was dismissed and has changed."""
    assert CaseStep.RENAMED in found.steps[found.called("renamed since last week").case_id]
    assert found.steps[found.called("suspended since last week").case_id][-1] is CaseStep.REMOVED
    assert found.called("dismissed, and changed since").state is CaseState.REOPENED
    assert found.called("digit for a letter").state is CaseState.REPORTED


def test_the_report_puts_ours_beside_theirs(found: Found) -> None:
    """Each case has the brand account's own name beside it, and both pictures wherever both are told of."""
    # One handle of ours is on Instagram and TikTok: the case is of the account on its own platform.
    assert found.called("fan").brand_account_id == IG_HEALTH.account_id
    shown = [one for one in found.seen.cases if one.brand == "RiversideHealth"]
    assert shown
    assert {one.ours.name for one in shown if one.ours} == {"Riverside Health"}
    pictured = {one.id for one in PLANTED if one.drawn and one.outcome not in ("none", "ours")}
    for case in found.seen.cases:
        theirs, _ours = found.seen.pictures.get(case.case_id, ("", ""))
        assert bool(theirs) is (case.native_id in pictured)
    assert all(all(found.seen.pictures[one.case_id]) for one in shown if one.native_id in pictured)
