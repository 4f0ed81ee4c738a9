"""The risk of a review's findings, from what the review knows of their subjects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.app.risk import RiskOf, risk_scale
from auditor.config import RiskSection, SeverityPoints
from auditor.model.estate import AccessStatus, Level, PersonStatus
from auditor.model.finding import Basis, Severity, Verdict
from auditor.model.risk import DEFAULT_SCALE, Risk
from reports.review import Holder, HowKnown, ReviewAccount, ReviewPerson

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
KNOWN = HowKnown(basis=Basis.VERIFIED, source="meta")


def holder(name: str, level: Level | None, account: str = "x:1", **more: object) -> Holder:
    """Return a grant of ``name`` on ``account``."""
    made = Holder(
        grant_id=f"{account}|{name}",
        account_id=account,
        principal_id=name,
        principal_name=name,
        principal_kind=None,
        known=KNOWN,
        level=level,
    )
    return replace(made, **more)


def account(key: str, *holders: Holder, **more: object) -> ReviewAccount:
    """Return a brand account."""
    made = ReviewAccount(
        account_id=key, platform="x", kind="profile", known=KNOWN, tier=4, phi_exposed=False, followers=0
    )
    return replace(made, holders=holders, **more)


def risk_of(
    subject: tuple[str, str],
    *accounts: ReviewAccount,
    people: tuple[ReviewPerson, ...] = (),
    **more: object,
) -> Risk:
    """Return the risk of a failing finding on ``subject``."""
    given = {
        "severity": Severity.HIGH,
        "verdict": Verdict.FAIL,
        "basis": Basis.VERIFIED,
        "account_id": None,
        "person_id": None,
        "first_seen_at": None,
    } | more
    found = RiskOf(accounts, people, as_of=NOW, timezone="America/Chicago", scale=DEFAULT_SCALE)
    return found.assess(subject, **given)


def test_a_grant_counts_by_its_own_level_and_an_identity_by_its_highest() -> None:
    """The same person is a viewer here and an admin there."""
    places = (account("x:1", holder("p", Level.VIEWER)), account("x:2", holder("p", Level.ADMIN, "x:2")))
    assert risk_of(("grant", "x:1|p"), *places).level == pytest.approx(1 / 7)
    assert risk_of(("principal", "p"), *places).level == 1


def test_access_that_is_gone_lifts_nobody() -> None:
    """A removed admin grant is not the highest level an identity holds."""
    gone = holder("p", Level.ADMIN, "x:2", status=AccessStatus.REMOVED)
    places = (account("x:1", holder("p", Level.VIEWER)), account("x:2", gone))
    assert risk_of(("principal", "p"), *places).level == pytest.approx(1 / 7)


def test_one_unmapped_level_among_several_counts_as_the_highest() -> None:
    """What cannot be ruled out is not left out."""
    places = (account("x:1", holder("p", Level.VIEWER)), account("x:2", holder("p", None, "x:2")))
    risk = risk_of(("principal", "p"), *places)
    assert (risk.level, risk.level_known) == (1, False)


def test_a_person_reaches_as_far_as_the_widest_account_they_hold() -> None:
    """A tier 4 and a tier 1 account make tier 1; an unmarked one makes the reach not known."""
    small = account("x:1", holder("p", Level.VIEWER))
    large = account("x:2", holder("p", Level.VIEWER, "x:2"), tier=1)
    assert risk_of(("principal", "p"), small).reach == 0
    assert risk_of(("principal", "p"), small, large).reach == pytest.approx(0.5)
    assert not risk_of(("principal", "p"), small, replace(large, phi_exposed=None)).reach_known


def test_a_leaver_is_exposed_from_the_end_of_the_last_day_in_the_organisations_zone() -> None:
    """Left on 18 November in Chicago: midnight there is 06:00 UTC on the 19th, 33 hours before."""
    left = ReviewPerson(
        person_id="hr:1",
        name="Bo",
        known=KNOWN,
        status=PersonStatus.TERMINATED,
        left_on=date(2026, 11, 18),
    )
    risk = risk_of(("grant", "x:1|p"), people=(left,), person_id="hr:1", first_seen_at=NOW)
    assert risk.exposure_hours == 33


def test_others_are_exposed_since_the_finding_was_first_seen_and_an_unknown_not_at_all() -> None:
    """A finding seen two days ago has stood 48 hours; a verdict nobody reached has not been exposed."""
    seen = {"first_seen_at": NOW - timedelta(days=2)}
    assert risk_of(("grant", "g"), **seen).exposure_hours == 48
    undecided = risk_of(("grant", "g"), verdict=Verdict.UNKNOWN, basis=Basis.UNKNOWN, **seen)
    assert (undecided.exposure_hours, undecided.certainty) == (None, 0)


def test_the_configuration_sets_the_scale() -> None:
    """Each key of policies.risk reaches the scale."""
    section = RiskSection(
        severity=SeverityPoints(high=99), floor=0.1, level=7, reach=6, exposure=5, certainty=4
    )
    scale = risk_scale(section)
    assert scale.severity[Severity.HIGH] == 99
    assert (scale.floor, scale.level, scale.reach, scale.exposure, scale.certainty) == (0.1, 7, 6, 5, 4)
    assert risk_scale(RiskSection()) == DEFAULT_SCALE


def test_a_lesser_severity_with_more_points_is_refused() -> None:
    """A scale on which a high finding weighs less than a medium one is a typing error."""
    with pytest.raises(ValueError, match="graver severity"):
        SeverityPoints(high=10, medium=50)
