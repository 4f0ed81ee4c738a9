"""What holds of removal plans whatever the estate: never falsely safe, never worse by an admin more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.app.removal import plans
from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    Level,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.finding import Verdict
from reports.removal import Breakage, RemovalPlan
from reports.review import AccessReview, Holder, ReviewAccount
from tests.app.support_removal import account, app, coverage, finding, holder, person, review

LADDER = (Breakage.LAST_ADMIN, Breakage.ORPHANED, Breakage.NO_SECOND_PERSON)
PEOPLE = {f"p{place}": status for place, status in enumerate((*PersonStatus, PersonStatus.ACTIVE, None))}
LEVELS = st.sampled_from([Level.ADMIN, Level.ADMIN, Level.MANAGER, Level.PUBLISHER, None])
STATES = st.sampled_from([*CoverageState, CoverageState.OBSERVED, CoverageState.OBSERVED])


@st.composite
def holders(draw: st.DrawFn, grant_id: str) -> Holder:
    """Return anybody with any access."""
    who = draw(st.one_of(st.none(), st.sampled_from(sorted(PEOPLE))))
    level = draw(LEVELS)
    kind = PrincipalKind.HUMAN if who else draw(st.sampled_from([*PrincipalKind, None]))
    return holder(
        grant_id,
        who,
        level,
        person_status=PEOPLE[who] if who else None,
        principal_kind=kind,
        status=draw(st.sampled_from([*AccessStatus, AccessStatus.ACTIVE, None])),
        principal_status=draw(st.sampled_from([*AccessStatus, AccessStatus.ACTIVE, None])),
        can_grant=draw(st.sampled_from([True, False, None])) if level is not Level.ADMIN else True,
    )


@st.composite
def reviews(draw: st.DrawFn) -> AccessReview:
    """Return a small estate: a portfolio, accounts in it and beside it, findings on some of all that."""
    accounts = []
    for place in range(draw(st.integers(1, 4))):
        key = "facebook:0" if place == 0 else f"{draw(st.sampled_from(['facebook', 'x', 'tiktok']))}:{place}"
        held = [draw(holders(f"g{place}{seat}")) for seat in range(draw(st.integers(0, 5)))]
        made = account(
            key,
            *held,
            kind="portfolio" if place == 0 else "page",
            parent_id=draw(st.sampled_from([None, "facebook:0", "facebook:unread"])) if place else None,
            apps=(app(f"a{place}", key, approved_by=draw(st.sampled_from([None, "p1", "Person p1"]))),),
            recovery_person_id=draw(st.sampled_from([None, "p1", "keeper"])),
        )
        cells = tuple(coverage(key, fact, draw(STATES)) for fact in (FactKind.GRANTS, FactKind.APPS))
        accounts.append(replace(made, coverage=cells))
    grants = [one.grant_id for made in accounts for one in made.holders]
    called = draw(st.lists(st.sampled_from(grants), unique=True)) if grants else []
    whole = draw(st.lists(st.sampled_from(sorted(PEOPLE)), unique=True, max_size=2))
    findings = (*(finding("grant", one) for one in called), *(finding("person", one) for one in whole))
    people = tuple(person(key, status) for key, status in PEOPLE.items())
    return review(*accounts, findings=findings, people=people)


def taken(plan: RemovalPlan, made: AccessReview) -> set[str]:
    """Return what the plan's findings take away, read off them plainly."""
    held = [one for account in made.accounts for one in account.holders]
    fingerprints = set(plan.fingerprints)
    named = {one.subject_id for one in made.findings if one.fingerprint in fingerprints}
    return {one.grant_id for one in held if {one.grant_id, one.person_id} & named}


def certain_admins(made: AccessReview, account_id: str) -> Iterator[str]:
    """Yield the grants that control the account for certain, by the plainest reading there is."""
    by_id = {one.account_id: one for one in made.accounts}
    place: ReviewAccount | None = by_id[account_id]
    while place is not None:
        state = next(cell.state for cell in place.coverage if cell.fact is FactKind.GRANTS)
        for one in place.holders:
            if (
                state in (CoverageState.OBSERVED, CoverageState.ATTESTED, CoverageState.PARTIAL)
                and one.status is AccessStatus.ACTIVE
                and one.principal_status in (AccessStatus.ACTIVE, None)
                and one.person_status not in (PersonStatus.TERMINATED, PersonStatus.FUTURE)
                and (one.level is Level.ADMIN or one.can_grant)
            ):
                yield one.grant_id
        place = by_id.get(place.parent_id or "")


def rungs(plan: RemovalPlan, *, certain: bool) -> set[tuple[str | None, Breakage]]:
    """Return what is told of control, each graver thing with the lesser ones it holds."""
    return {
        (one.account_id, kind)
        for one in plan.consequences
        if one.kind in LADDER and (one.is_certain or not certain)
        for kind in LADDER[LADDER.index(one.kind) :]
    }


@settings(deadline=None)
@given(made=reviews())
def test_without_a_certain_admin_no_account_looks_safe(made: AccessReview) -> None:
    """Wherever a plan takes something away and nobody remains in control for certain, it says so."""
    found = plans(made)
    gone = set().union(*(taken(plan, made) for plan in found))
    for plan in found:
        told = {one.account_id for one in plan.consequences if one.kind in LADDER}
        for here in made.accounts:
            own = {one.grant_id for one in here.holders if one.status is not AccessStatus.REMOVED}
            if own & taken(plan, made) and not set(certain_admins(made, here.account_id)) - gone:
                assert here.account_id in told


@settings(deadline=None)
@given(made=reviews(), where=st.integers(0, 3))
def test_one_more_admin_never_makes_it_worse(made: AccessReview, where: int) -> None:
    """Somebody of the house who stays and has full control takes consequences away, and adds none."""
    place = made.accounts[where % len(made.accounts)]
    helper = replace(holder("helper", "helper"), account_id=place.account_id)
    better = replace(place, holders=(*place.holders, helper))
    accounts = tuple(better if one is place else one for one in made.accounts)
    helped = replace(made, accounts=accounts, people=(*made.people, person("helper")))
    for before, after in zip(plans(made), plans(helped), strict=True):
        assert after.subject_id == before.subject_id
        assert len(after.consequences) <= len(before.consequences)
        for certain in (True, False):
            assert rungs(after, certain=certain) <= rungs(before, certain=certain)
        others = [[c for c in plan.consequences if c.kind not in LADDER] for plan in (before, after)]
        assert others[0] == others[1]


@settings(deadline=None)
@given(made=reviews(), random=st.randoms(use_true_random=False))
def test_plans_are_the_same_every_time(made: AccessReview, random: Random) -> None:
    """Neither a second run nor another order of the findings changes a word."""
    shuffled = list(made.findings)
    random.shuffle(shuffled)
    assert plans(replace(made, findings=tuple(shuffled))) == plans(made) == plans(made)


@settings(deadline=None)
@given(made=reviews())
def test_a_plan_starts_before_and_ends_after(made: AccessReview) -> None:
    """Steps come in their phases' order, whoever is taken something from has a step, and links are https."""
    for plan in plans(made):
        phases = [step.phase.value for step in plan.steps]
        assert phases == sorted(phases, key=["before", "remove", "after"].index)
        assert all(step.url is None or step.url.startswith("https://") for step in plan.steps)
        if taken(plan, made) & {
            h.grant_id for a in made.accounts for h in a.holders if h.status is not AccessStatus.REMOVED
        }:
            assert "remove" in phases
        assert all(
            one.verdict is Verdict.FAIL for one in made.findings if one.fingerprint in plan.fingerprints
        )
