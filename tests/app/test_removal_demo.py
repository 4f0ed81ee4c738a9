"""Removal plans of the demo organisation: audited through real HTTP, real files and a real store."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from auditor.app.collect import collect
from auditor.app.judge import evaluate
from auditor.app.progress import Silent
from auditor.app.removal import plan_for, plans
from auditor.app.removal_vendors import VendorHoldings, vendor_holdings
from auditor.app.review import build_review
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation import hostile
from auditor.demo.organisation.accounts import FOUNDATION, PORTFOLIO, TIKTOK, X_HEALTH, X_JOBS, YOUTUBE
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.people import who
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from reports.names import web_address
from reports.removal import Breakage, Phase, RemovalPlan
from reports.review import AccessReview
from tests.demo.support_organisation import demo_workspace


@dataclass(frozen=True, slots=True)
class Planned:
    """The demo organisation's review and plans."""

    review: AccessReview
    vendors: VendorHoldings
    plans: tuple[RemovalPlan, ...]

    def of(self, subject_id: str) -> RemovalPlan:
        """Return the plan of one subject."""
        return next(plan for plan in self.plans if plan.subject_id == subject_id)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Audit the demo organisation once and plan every removal its findings call for."""
    folder = tmp_path_factory.mktemp("demo")
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(folder, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            snapshot = collect(workspace, store, Silent()).snapshot
            with evaluate(workspace, store, snapshot) as judged:
                review = build_review(workspace, judged, everyone=True)
                vendors = vendor_holdings(judged.views)
    return Planned(review, vendors, plans(review, vendors))


def certain(plan: RemovalPlan) -> set[tuple[Breakage, str | None]]:
    """Return what breaks for certain, and where."""
    return {(one.kind, one.account_id) for one in plan.certain}


def test_dana_who_left_is_first_and_her_mailbox_comes_before_her(planned: Planned) -> None:
    """A leaver who owns a recovery address: that is changed first; then the portfolio, TikTok and X go."""
    plan = planned.plans[0]
    assert plan.subject_id == who("Kowalczyk").number
    assert certain(plan) == {
        (Breakage.RECOVERY, X_JOBS.account_id),
        (Breakage.NO_SECOND_PERSON, X_JOBS.account_id),
    }
    assert "Yusuf Demir alone" in next(c.text for c in plan.certain if c.kind is Breakage.NO_SECOND_PERSON)
    before = {step.account_id for step in plan.steps_of(Phase.BEFORE)}
    assert before == {X_JOBS.account_id, TIKTOK.account_id}
    removed = [step.account_id for step in plan.steps_of(Phase.REMOVE)]
    assert set(removed) == {PORTFOLIO.account_id, TIKTOK.account_id, X_JOBS.account_id, X_HEALTH.account_id}
    assert removed[0] == PORTFOLIO.account_id
    assert (
        plan.steps_of(Phase.REMOVE)[0].url
        == f"https://business.facebook.com/settings/people?business_id={PORTFOLIO.native_id}"
    )


def test_what_a_lapsed_attestation_says_counts_for_nothing(planned: Planned) -> None:
    """TikTok's holders are known from a statement that lapsed: an admin there is possible, not certain."""
    doubt = next(
        one
        for one in planned.of(who("Kowalczyk").number).not_ruled_out
        if (one.kind, one.account_id) == (Breakage.LAST_ADMIN, TIKTOK.account_id)
    )
    assert "lapsed" in doubt.text


def test_victor_who_left_goes_today(planned: Planned) -> None:
    """A leaver whom nothing hangs on is removed before anything else is done."""
    plan = planned.of(who("Salcedo").number)
    assert plan.summary.startswith("Remove today: Victor Salcedo")
    assert plan.steps[0].phase is Phase.REMOVE
    assert (
        plan.steps[0].url == "https://www.linkedin.com/company/riverside-health/admin/settings/manage-admins/"
    )
    assert plan.certain == ()


def test_an_agency_without_a_contract_is_planned_for(planned: Planned) -> None:
    """Findings on the firm lead to its partner access, with where to end it and who can."""
    plan = next(one for one in planned.plans if one.name == "Northwind Creative")
    (step,) = plan.steps_of(Phase.REMOVE)
    assert step.url == f"https://business.facebook.com/settings/partners?business_id={PORTFOLIO.native_id}"
    assert step.by
    assert any("contract" in reason for reason in plan.reasons)


def test_an_unlisted_app_is_planned_for_once(planned: Planned) -> None:
    """An app authorised twice on one account is one plan with one step to revoke it."""
    plan = next(one for one in planned.plans if one.subject_id == "x:7000001")
    assert [step.url for step in plan.steps_of(Phase.REMOVE)] == ["https://x.com/settings/connected_apps"]


@pytest.mark.parametrize(
    ("last_name", "expected"),
    [
        ("Okafor", {(Breakage.LAST_ADMIN, FOUNDATION.account_id)}),
        ("Zhou", {(Breakage.NO_SECOND_PERSON, YOUTUBE.account_id)}),
        ("Marchetti", set()),
    ],
)
def test_an_offboarding_ahead_of_time_tells_what_would_break(
    planned: Planned, last_name: str, expected: set[tuple[Breakage, str]]
) -> None:
    """Whoever is the only admin, or one of two, is told before they give notice; one of eleven is not."""
    plan = plan_for(planned.review, who(last_name).email, planned.vendors)
    assert certain(plan) == expected
    assert plan.rank == 0


def test_nobody_is_removed_for_lack_of_mfa(planned: Planned) -> None:
    """Jonah holds too much without MFA: his remedy is another than removal."""
    assert who("Whitfield").number not in {plan.subject_id for plan in planned.plans}


def test_hostile_names_bend_neither_text_nor_link(planned: Planned) -> None:
    """The demo's worst names are in the plans, cut and cleaned, and every link is a plain https page."""
    names = {plan.name for plan in planned.plans}
    assert {hostile.SCRIPT, hostile.REVERSED, hostile.FORMULA, hostile.LONG} <= names
    texts = [one.text for plan in planned.plans for one in (*plan.steps, *plan.consequences)]
    assert not any(char in text for text in texts for char in "\u202e\r\n")
    assert max(map(len, texts)) < 1_000
    urls = {step.url for plan in planned.plans for step in plan.steps if step.url}
    assert all(web_address(url) == url for url in urls)
