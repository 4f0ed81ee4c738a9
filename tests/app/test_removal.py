"""Plans of removal: what breaks, in which order to go, and that unknown is never safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auditor.app.removal import plan_for, plans
from auditor.app.removal_vendors import VendorHoldings
from auditor.errors import UsageError
from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    PersonKind,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.finding import Severity, Verdict
from policies.removal_steps import CONDITIONS, PHASES
from reports.removal import Breakage, Phase, RemovalPlan
from reports.review import ReviewAccount
from tests.app.support_removal import NOW, account, app, coverage, finding, holder, person, review

LEFT = {"person_status": PersonStatus.TERMINATED}


def broken(plan: RemovalPlan) -> set[tuple[str, str | None, bool]]:
    """Return what the plan says breaks, where, and whether for certain."""
    return {(one.kind.value, one.account_id, one.is_certain) for one in plan.consequences}


def unknown(made: ReviewAccount, fact: FactKind, state: CoverageState) -> ReviewAccount:
    """Return the account with one kind of fact not known."""
    cells = [cell for cell in made.coverage if cell.fact is not fact]
    return replace(made, coverage=(*cells, coverage(made.account_id, fact, state)))


def test_the_catalogue_and_the_plans_use_the_same_words() -> None:
    """Phases and breakages are named alike where steps are written and where they are chosen."""
    assert set(PHASES) == {phase.value for phase in Phase}
    assert {kind.value for kind in Breakage} <= set(CONDITIONS)


def test_the_last_admin_is_told_before_the_removal() -> None:
    """Where nobody would be left to give access, a second admin comes first, even for a leaver."""
    made = account("x:1", holder("g1", "bo", **LEFT), holder("g2", "di", Level.PUBLISHER))
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("last_admin", "x:1", True)}
    assert [step.phase for step in plan.steps[:2]] == [Phase.BEFORE, Phase.REMOVE]
    assert plan.steps[0].account_id == "x:1"
    assert plan.summary.startswith("Remove today, once")


def test_a_leaver_who_is_not_the_last_admin_goes_first_of_all() -> None:
    """Nothing comes before the removal; what can wait, such as naming a second person, comes after."""
    made = account("x:1", holder("g1", "bo", **LEFT), holder("g2", "di"))
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("no_second_person", "x:1", True)}
    assert plan.steps[0].phase is Phase.REMOVE
    assert plan.steps[0].by == ("Person di",)
    assert plan.summary.startswith("Remove today: Person bo")
    assert any("second person" in step.text for step in plan.steps_of(Phase.AFTER))


def test_of_somebody_who_stays_the_same_step_comes_before() -> None:
    """Nobody is in a hurry to remove an idle colleague: first the second person is named."""
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"))
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert "second person" in plan.steps[0].text
    assert plan.steps[0].phase is Phase.BEFORE


def test_two_leavers_who_are_the_only_admins_are_both_told() -> None:
    """What other plans take away does not count as remaining."""
    made = account("x:1", holder("g1", "bo", **LEFT), holder("g2", "di", **LEFT))
    found = plans(review(made, findings=(finding("grant", "g1"), finding("grant", "g2"))))
    assert [broken(plan) for plan in found] == [{("last_admin", "x:1", True)}] * 2


def test_two_idle_colleagues_who_are_the_only_admins_are_both_told() -> None:
    """Neither counts as remaining for the other, though both still work here."""
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"), holder("g3", "eve", Level.PUBLISHER))
    found = plans(review(made, findings=(finding("grant", "g1"), finding("grant", "g2"))))
    assert [broken(plan) for plan in found] == [{("last_admin", "x:1", True)}] * 2
    assert all(step.by == () for plan in found for step in plan.steps)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"status": AccessStatus.INVITED}, {("no_second_person", "x:1", True)}),
        ({"principal_status": AccessStatus.SUSPENDED}, {("no_second_person", "x:1", True)}),
        ({"status": AccessStatus.REMOVED}, {("no_second_person", "x:1", True)}),
        ({"expires_at": NOW - timedelta(days=1)}, {("no_second_person", "x:1", True)}),
        ({"person_status": PersonStatus.FUTURE}, {("no_second_person", "x:1", True)}),
        ({"principal_kind": PrincipalKind.SERVICE}, {("no_second_person", "x:1", True)}),
        ({"principal_kind": PrincipalKind.AGENCY}, {("no_second_person", "x:1", True)}),
        ({"principal_kind": PrincipalKind.SHARED}, {("no_second_person", "x:1", True)}),
        ({"level": Level.MANAGER}, {("no_second_person", "x:1", True)}),
        ({"level": None, "can_grant": None}, {("no_second_person", "x:1", False)}),
        ({"status": None}, {("no_second_person", "x:1", False)}),
        ({"person_status": PersonStatus.LEAVE}, {("no_second_person", "x:1", False)}),
        ({"person_status": None}, {("no_second_person", "x:1", False)}),
        ({"person_id": None, "person_status": None}, {("no_second_person", "x:1", False)}),
    ],
)
def test_only_present_people_with_live_full_control_count(
    more: dict[str, object], expected: set[tuple[str, str, bool]]
) -> None:
    """Beside one certain admin, a second holder counts, may count, or does not count at all."""
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"), replace(holder("g3", "eve"), **more))  # type: ignore[arg-type] # the case's fields
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert broken(plan) == expected


def test_the_same_person_under_two_identities_counts_once() -> None:
    """A second login of the only remaining admin is no second person."""
    second = holder("g3", "di", principal_id="x:other-di")
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"), second)
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("no_second_person", "x:1", True)}


def test_an_agency_alone_leaves_the_account_an_orphan() -> None:
    """An outside firm can still give access, yet none of our own people would be in control."""
    agency = holder("g2", None, principal_kind=PrincipalKind.AGENCY, principal_name="Northlight")
    made = account("x:1", holder("g1", "bo"), agency)
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("orphaned", "x:1", True)}
    assert "hang on Northlight" in plan.consequences[0].text


def test_people_of_an_agency_are_not_our_own() -> None:
    """A person the roster lists as an agency's does not keep the account in the house."""
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"))
    people = (person("di", kind=PersonKind.AGENCY),)
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),), people=people))
    assert broken(plan) == {("orphaned", "x:1", True)}


def test_somebody_whose_last_day_is_past_may_not_be_counted_on() -> None:
    """A roster that says active, with a last day in the past, is not certain of anything."""
    made = account("x:1", holder("g1", "bo"), holder("g2", "di"))
    people = (person("di", left_on=date(2026, 9, 30)),)
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),), people=people))
    assert broken(plan) == {("orphaned", "x:1", False), ("no_second_person", "x:1", True)}
    assert "does not say for certain" in plan.not_ruled_out[0].text


@pytest.mark.parametrize("state", [CoverageState.PARTIAL, CoverageState.STALE, CoverageState.DENIED])
def test_holders_known_in_part_are_never_safe(state: CoverageState) -> None:
    """Where the list is not whole, nothing is certain; the reason and the remedy are told."""
    made = unknown(account("x:1", holder("g1", "bo"), holder("g2", "di")), FactKind.GRANTS, state)
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    (consequence,) = plan.consequences
    gravest = Breakage.NO_SECOND_PERSON if state is CoverageState.PARTIAL else Breakage.LAST_ADMIN
    assert (consequence.kind, consequence.is_certain) == (gravest, False)
    assert "The platform refused. Ask again." in consequence.text


def test_admins_of_the_portfolio_control_its_pages() -> None:
    """Control from above counts, and a Page below a portfolio with two admins is safe."""
    top = account("facebook:9", holder("g8", "di"), holder("g9", "eve"), kind="portfolio")
    page = account(
        "facebook:1", holder("g1", "bo", via=GrantPath.PORTFOLIO), kind="page", parent_id="facebook:9"
    )
    (plan,) = plans(review(top, page, findings=(finding("grant", "g1"),)))
    assert broken(plan) == set()


def test_a_portfolio_that_was_not_read_leaves_everything_open() -> None:
    """Who controls the Page from above is not known, so neither is whether anybody is left."""
    page = account("facebook:1", holder("g1", "bo"), kind="page", parent_id="facebook:9")
    (plan,) = plans(review(page, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("last_admin", "facebook:1", False)}


def test_a_page_in_no_portfolio_hangs_on_a_private_profile() -> None:
    """One remaining admin of such a Page holds it alone: it may be lost to the house."""
    page = account("facebook:1", holder("g1", "bo"), holder("g2", "di"), kind="page")
    (plan,) = plans(review(page, findings=(finding("grant", "g1"),)))
    assert broken(plan) == {("orphaned", "facebook:1", True)}
    assert "Only Person di" in plan.consequences[0].text
    assert "in no portfolio" in plan.consequences[0].text


def test_leaving_the_portfolio_takes_its_pages_along_in_one_step() -> None:
    """A member's Pages go with the membership: one step, and what goes is named."""
    opened = {"via": GrantPath.PORTFOLIO, "via_id": "facebook:9"}
    top = account("facebook:9", holder("g9", "bo", Level.VIEWER), holder("g8", "di"), holder("g7", "eve"),
                  kind="portfolio")  # fmt: skip
    page = account("facebook:1", holder("g1", "bo", **opened), kind="page", parent_id="facebook:9")
    (plan,) = plans(review(top, page, findings=(finding("person", "bo"),)))
    (step,) = plan.steps_of(Phase.REMOVE)
    assert "Account facebook:1 (Facebook)" in step.text
    assert step.url == "https://business.facebook.com/settings/people?business_id=9"
    assert step.by == ("Person di", "Person eve")


def test_a_grant_named_alone_is_taken_alone() -> None:
    """An idle grant of somebody who works here costs that grant; a leaver loses all."""
    accounts = (account("x:1", holder("g1", "bo")), account("x:2", holder("g2", "bo")))
    (partly,) = plans(review(*accounts, findings=(finding("grant", "g1"),)))
    assert {step.account_id for step in partly.steps_of(Phase.REMOVE)} == {"x:1"}
    gone = tuple(replace(one, holders=tuple(replace(h, **LEFT) for h in one.holders)) for one in accounts)  # type: ignore[arg-type] # the status
    (wholly,) = plans(review(*gone, findings=(finding("grant", "g1"),)))
    assert {step.account_id for step in wholly.steps_of(Phase.REMOVE)} == {"x:1", "x:2"}


def test_all_identities_of_a_person_make_one_plan() -> None:
    """One plan a person, whatever they are called where; strangers and apps have their own."""
    other = holder("g2", "bo", principal_id="linkedin:bo")
    accounts = (
        account("x:1", holder("g1", "bo", **LEFT), holder("g3", None), apps=(app("a1", "x:1"),)),
        account(
            "linkedin:1",
            replace(other, person_status=PersonStatus.TERMINATED),
            apps=(app("a1|2", "linkedin:1"),),
        ),
    )
    findings = (
        finding("grant", "g1", severity=Severity.CRITICAL),
        finding("grant", "g2"),
        finding("principal", "x:g3"),
        finding("app", "a1", "app", severity=Severity.LOW),
        finding("app", "a1|2", "app", severity=Severity.LOW),
        finding("grant", "g3", None),
    )
    found = plans(review(*accounts, findings=findings))
    assert [(plan.subject_type, plan.subject_id, plan.rank, plan.total) for plan in found] == [
        ("person", "bo", 1, 3),
        ("principal", "x:g3", 2, 3),
        ("app", "a1", 3, 3),
    ]
    assert len(found[0].reasons) == len(found[0].fingerprints) == 2
    assert {step.account_id for step in found[2].steps_of(Phase.REMOVE)} == {"x:1", "linkedin:1"}


def test_an_undecided_finding_removes_nobody() -> None:
    """Only what fails calls for a removal; unknown calls for finding out."""
    made = account("x:1", holder("g1", "bo"))
    assert plans(review(made, findings=(finding("grant", "g1", verdict=Verdict.UNKNOWN),))) == ()


def test_apps_that_a_leaver_let_in_die_with_them() -> None:
    """An app approved under their address stops; one under a mere name may; one under nobody's may."""
    approvals = {"a1": "BO@riverside.example", "a2": "Person bo", "a3": None, "a4": "di@riverside.example"}
    apps = tuple(app(key, "facebook:1", approved_by=by) for key, by in approvals.items())
    holders = (holder("g1", "bo", Level.PUBLISHER, **LEFT), holder("g2", "di"), holder("g3", "eve"))
    made = account("facebook:1", *holders, apps=apps)
    found = review(made, findings=(finding("grant", "g1"),), people=(person("bo", PersonStatus.TERMINATED),))
    (plan,) = plans(found)
    told = {
        (one.is_certain, key) for one in plan.consequences for key in approvals if f"App {key}" in one.text
    }
    assert told == {(True, "a1"), (False, "a2"), (False, "a3")}
    assert any("App a1 and App a2" in step.text for step in plan.steps_of(Phase.AFTER))


def test_whose_mailbox_gets_the_resets_decides() -> None:
    """Theirs is certain and changed first; a shared or unknown one is not ruled out; another's is safe."""
    two = (holder("g8", "di"), holder("g9", "eve"))
    grants = [holder(f"g{place}", "bo", Level.PUBLISHER, **LEFT) for place in range(4)]
    nobody = {"recovery_email": None, "recovery_person_id": None}
    accounts = (
        account("x:1", grants[0], *two, recovery_person_id="bo"),
        account("x:2", grants[1], *two, recovery_person_id=None),
        unknown(account("x:3", grants[2], *two, **nobody), FactKind.RECOVERY, CoverageState.NOT_EXPOSED),
        account("x:4", grants[3], *two),
        account("x:5", *two, recovery_email="bo@riverside.example", recovery_person_id=None),
    )
    people = (person("bo", PersonStatus.TERMINATED),)
    (plan,) = plans(review(*accounts, findings=(finding("person", "bo"),), people=people))
    assert broken(plan) == {
        ("recovery", "x:1", True),
        ("recovery", "x:5", True),
        ("recovery", "x:2", False),
        ("recovery", "x:3", False),
    }
    assert {step.account_id for step in plan.steps_of(Phase.BEFORE)} == {"x:1", "x:5"}


def test_an_agency_takes_its_people_along() -> None:
    """Whoever came through the agency is gone too, and does not count as remaining."""
    agency = holder("g1", None, principal_id="x:agency", principal_kind=PrincipalKind.AGENCY)
    through = holder("g2", None, via=GrantPath.AGENCY, via_id="x:agency", principal_name="Kay")
    made = account("x:1", agency, through, holder("g3", "bo"), holder("g4", "di"))
    (plan,) = plans(review(made, findings=(finding("principal", "x:agency"),)))
    assert [one.text.split()[0] for one in plan.certain] == ["Kay"]


def test_a_finding_on_a_vendor_reaches_what_the_vendor_holds() -> None:
    """The firm itself is nowhere to be removed; its identities and apps are."""
    made = account("x:1", holder("g1", None, principal_kind=PrincipalKind.AGENCY), holder("g2", "bo"),
                   apps=(app("a1", "x:1"),))  # fmt: skip
    found = review(made, findings=(finding("vendor", "northlight"),))
    assert plans(found) == ()
    held = VendorHoldings(grants={"northlight": ("g1", "lost")}, apps={"northlight": ("a1",)})
    assert {plan.subject_type for plan in plans(found, held)} == {"principal", "app"}


def test_a_machine_dies_with_its_tokens() -> None:
    """A system user's removal stops every tool behind it, and no password is rotated for it."""
    machine = holder("g1", None, Level.PUBLISHER, principal_kind=PrincipalKind.SERVICE)
    made = account("facebook:1", machine, holder("g2", "di"), holder("g3", "eve"))
    (plan,) = plans(review(made, findings=(finding("principal", "x:g1"),)))
    assert broken(plan) == {("dies_with_it", "facebook:1", True)}
    assert "TOTP" not in " ".join(step.text for step in plan.steps)


def test_shared_passwords_on_the_way_are_changed_after() -> None:
    """Where others sign in with one password, a person who goes may know it."""
    shared = holder("g2", None, principal_kind=PrincipalKind.SHARED)
    made = account("x:1", holder("g1", "bo", **LEFT), shared, holder("g3", "di"), holder("g4", "eve"))
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    first = plan.steps_of(Phase.AFTER)[0]
    assert first.text.startswith("Change the password of Account x:1")
    assert first.url == "https://x.com/settings/password"


def test_a_hostile_name_and_id_stay_harmless() -> None:
    """Names are cleaned and cut in every text; an id of odd form gives the general settings page."""
    name = "\u202eevil\r\n" + "z" * 9_999
    made = account("facebook:1/../../x", holder("g1", None, principal_name=name), name=name, kind="page")
    (plan,) = plans(review(made, findings=(finding("grant", "g1"),)))
    told = [one.text for one in (*plan.steps, *plan.consequences)]
    assert max(map(len, told)) < 1_000
    assert not any(char in text for text in told for char in "\u202e\r\n")
    assert {step.url for step in plan.steps if step.url} <= {
        "https://business.facebook.com/settings",
        "https://www.facebook.com/settings/?tab=profile_access",
    }


def test_no_more_plans_are_worked_out_than_asked_for() -> None:
    """A huge estate gets the most urgent plans, each of which says how many there are."""
    made = account("x:1", *(holder(f"g{i}", f"p{i}") for i in range(9)))
    findings = tuple(finding("grant", f"g{i}") for i in range(9))
    found = plans(review(made, findings=findings), at_most=4)
    assert [(plan.rank, plan.total) for plan in found] == [(1, 9), (2, 9), (3, 9), (4, 9)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("bo", ("person", "bo")),
        ("BO@riverside.example", ("person", "bo")),
        ("Identity bo", ("person", "bo")),
        ("x:g2", ("principal", "x:g2")),
        ("@g2", ("principal", "x:g2")),
        ("App a1", ("app", "a1")),
        ("idle", ("person", "idle")),
    ],
)
def test_anybody_can_be_planned_for_ahead_of_time(typed: str, expected: tuple[str, str]) -> None:
    """A plan on demand needs no finding, and covers all that is held."""
    made = account("x:1", holder("g1", "bo"), holder("g2", None), apps=(app("a1", "x:1"),))
    people = (person("bo"), person("idle"))
    plan = plan_for(review(made, people=people), typed)
    assert (plan.subject_type, plan.subject_id) == expected
    assert (plan.rank, plan.reasons) == (0, ())


def test_on_demand_all_goes_and_the_findings_are_told() -> None:
    """Somebody with one idle grant, asked for by name, is planned for whole."""
    made = review(
        account("x:1", holder("g1", "bo")),
        account("x:2", holder("g2", "bo")),
        findings=(finding("grant", "g1"),),
    )
    plan = plan_for(made, "bo")
    assert {step.account_id for step in plan.steps_of(Phase.REMOVE)} == {"x:1", "x:2"}
    assert plan.reasons == ("g1 should not be there",)


def test_a_name_that_fits_nobody_or_two_is_wrong_usage() -> None:
    """Whom to remove is never guessed."""
    made = review(
        account("x:1", holder("g1", None, principal_name="Kay"), holder("g2", None, principal_name="kay"))
    )
    with pytest.raises(UsageError, match="fits 2"):
        plan_for(made, "Kay")
    with pytest.raises(UsageError, match="no person, identity or app"):
        plan_for(made, "Zoe")
