"""A part of a review says of its matters what the whole says, and is built in a fraction of the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from auditor.app import review_part
from auditor.app.collect import collect
from auditor.app.judge import Judged, evaluate
from auditor.app.progress import Silent
from auditor.app.review import build_review
from auditor.app.review_part import part_of_review
from auditor.app.review_reach import About
from auditor.app.workspace import Workspace
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from reports.narrow import for_owner, owners
from reports.removal import RemovalPlan
from reports.review import AccessReview
from tests.demo.support_organisation import demo_workspace


class Demo(NamedTuple):
    """The demo organisation, judged, with its whole review."""

    workspace: Workspace
    judged: Judged
    whole: AccessReview


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Gather and judge the demo organisation once; it is so small that a part would be most of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review_part, "_MOST", 1.0)
        yield from _judged(tmp_path_factory.mktemp("demo"))


def _judged(folder: Path) -> Iterator[Demo]:
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(folder, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            collected = collect(workspace, store, Silent())
            with evaluate(workspace, store, collected.snapshot) as judged:
                yield Demo(workspace, judged, build_review(workspace, judged))


def about(whole: AccessReview, plan: RemovalPlan) -> About:
    """Return what an alert about the plan's subject would be about."""
    marks = frozenset(plan.fingerprints)
    found = [one for one in whole.findings if one.fingerprint in marks]
    return About(
        persons=frozenset([plan.subject_id] if plan.subject_type == "person" else []),
        principals=frozenset([plan.subject_id] if plan.subject_type == "principal" else []),
        accounts=frozenset(one.account_id for one in found if one.account_id),
        fingerprints=marks,
    )


def test_every_plan_of_the_whole_review_is_the_same_in_its_part(demo: Demo) -> None:
    """Steps, consequences and reasons do not change with how much of the estate was looked at."""
    assert len(demo.whole.removals) > 10
    for plan in demo.whole.removals[::3]:
        part = part_of_review(demo.workspace, demo.judged, about(demo.whole, plan))
        assert len(part.accounts) < len(demo.whole.accounts)
        (same,) = [
            one
            for one in part.removals
            if (one.subject_type, one.subject_id) == (plan.subject_type, plan.subject_id)
        ]
        assert replace(same, rank=plan.rank, total=plan.total) == plan


def test_accounts_and_findings_of_a_part_are_those_of_the_whole(demo: Demo) -> None:
    """Holders, apps, coverage, verdicts and risk of an account do not hang on what else is shown."""
    accounts = {one.account_id: one for one in demo.whole.accounts}
    findings = {one.fingerprint: one for one in demo.whole.findings}
    for plan in demo.whole.removals[:4]:
        part = part_of_review(demo.workspace, demo.judged, about(demo.whole, plan))
        assert part.accounts == tuple(
            one for one in demo.whole.accounts if one.account_id in {a.account_id for a in part.accounts}
        )
        assert all(one == accounts[one.account_id] for one in part.accounts)
        here = {one.account_id for one in part.accounts}
        on_these = {mark for mark, one in findings.items() if one.account_id in here}
        assert on_these <= {one.fingerprint for one in part.findings}
        assert [one for one in part.findings if one != findings[one.fingerprint]] == []


def test_an_owner_is_shown_the_same_from_a_part_as_from_the_whole(demo: Demo) -> None:
    """What a responsible person may not see stays hidden though the part knows less of what there is to hide."""
    plan = demo.whole.removals[0]
    part = part_of_review(demo.workspace, demo.judged, about(demo.whole, plan))
    whole = demo.whole
    for address in owners(part):
        ours, theirs = for_owner(part, address), for_owner(whole, address)
        shown = {one.fingerprint: one for one in theirs.findings}
        plans = {one.subject_id: one for one in theirs.removals}
        for finding in ours.findings:
            if finding.fingerprint in plan.fingerprints:
                assert finding == shown[finding.fingerprint]
        for one in ours.removals:
            assert replace(one, rank=0, total=0) == replace(plans[one.subject_id], rank=0, total=0)


def test_matters_all_over_the_estate_get_the_whole_review(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where most accounts are concerned anyway, nothing is left out."""
    monkeypatch.setattr(review_part, "_MOST", 0.5)
    everything = About(accounts=frozenset(one.account_id for one in demo.whole.accounts))
    assert part_of_review(demo.workspace, demo.judged, everything) == demo.whole
