"""The risk score: bounded, monotonic, and honest about what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.estate import Level
from auditor.model.finding import Basis, Severity
from auditor.model.risk import DEFAULT_SCALE, RiskInput, RiskScale, assess

WEIGHTS = st.floats(0, 100)
SCALES = st.builds(
    lambda points, floor, level, reach, exposure, certainty: RiskScale(
        severity=dict(zip(Severity, sorted(points), strict=True)),
        floor=floor,
        level=level,
        reach=reach,
        exposure=exposure,
        certainty=certainty,
    ),
    st.lists(st.integers(0, 100), min_size=5, max_size=5),
    st.floats(0, 1),
    WEIGHTS,
    WEIGHTS,
    WEIGHTS,
    WEIGHTS,
)
INPUTS = st.builds(
    RiskInput,
    severity=st.sampled_from(Severity),
    level=st.none() | st.sampled_from(Level),
    tier=st.none() | st.integers(-3, 12),
    phi_exposed=st.none() | st.booleans(),
    followers=st.none() | st.integers(-5, 10**10),
    exposure_hours=st.none() | st.floats(-10, 10**6),
    basis=st.sampled_from(Basis),
)
# Each step makes a finding worse, or leaves it as it is.
WORSE = {
    "severity": st.sampled_from(Severity),
    "level": st.none() | st.sampled_from(Level),
    "tier": st.none() | st.integers(-3, 12),
    "phi_exposed": st.none() | st.booleans(),
    "followers": st.none() | st.integers(0, 10**10),
    "exposure_hours": st.none() | st.floats(0, 10**6),
    "basis": st.sampled_from(Basis),
}
RANKS = {
    "severity": int,
    "level": lambda level: 7 if level is None else int(level),
    "tier": lambda tier: -1 if tier is None else -min(max(tier, 1), 4),
    "phi_exposed": lambda mark: mark is not False,
    "followers": lambda count: 10**6 if count is None else min(count, 10**6),
    "exposure_hours": lambda hours: hours or 0,
    "basis": lambda basis: {Basis.VERIFIED: 2, Basis.ATTESTED: 1, Basis.UNKNOWN: 0}[basis],
}


@given(INPUTS, SCALES)
def test_a_score_is_between_nought_and_a_hundred(known: RiskInput, scale: RiskScale) -> None:
    """Whatever is known and however it is weighed, the score and its factors keep their bounds."""
    risk = assess(known, scale)
    assert 0 <= risk.score <= 100
    assert all(0 <= part <= 1 for part in (risk.level, risk.reach, risk.exposure, risk.certainty))


@pytest.mark.parametrize("factor", WORSE)
@given(data=st.data())
def test_a_worse_factor_never_lowers_the_score(factor: str, data: st.DataObject) -> None:
    """Of two findings alike but for one factor, the worse one has at least the other's score."""
    known, scale = data.draw(INPUTS), data.draw(SCALES)
    values = sorted((data.draw(WORSE[factor]), data.draw(WORSE[factor])), key=RANKS[factor])
    milder, worse = (assess(replace(known, **{factor: value}), scale) for value in values)
    assert milder.score <= worse.score


@given(INPUTS)
def test_what_is_not_known_counts_as_high_as_it_could_be(known: RiskInput) -> None:
    """An unmapped level, an unmarked account and uncounted followers never make a finding look milder."""
    blind = replace(known, level=None, tier=None, phi_exposed=None, followers=None)
    risk = assess(blind)
    assert risk.score >= assess(known).score
    assert (risk.level_known, risk.reach_known) == (False, False)


def test_severity_outweighs_one_step_of_everything_else() -> None:
    """The mildest critical finding still stands before every medium one, and the mildest high before every low."""
    mildest = {"level": Level.VIEWER, "tier": 9, "phi_exposed": False, "followers": 0, "basis": Basis.UNKNOWN}
    worst = {"tier": 1, "phi_exposed": True, "exposure_hours": 10**5}
    for graver, lesser in ((Severity.CRITICAL, Severity.MEDIUM), (Severity.HIGH, Severity.LOW)):
        assert (
            assess(RiskInput(severity=graver, **mildest)).score
            > assess(RiskInput(severity=lesser, **worst)).score
        )


def test_only_proven_time_counts() -> None:
    """A finding whose beginning nobody knows is not scored as if it had stood for ever."""
    known = RiskInput(severity=Severity.HIGH)
    assert assess(known).exposure == 0
    assert assess(replace(known, exposure_hours=24)).exposure > 0.4


def test_an_organisation_can_weigh_otherwise() -> None:
    """With all weight on reach, the account decides and the level does not."""
    scale = replace(DEFAULT_SCALE, floor=0, level=0, exposure=0, certainty=0)
    small = RiskInput(severity=Severity.CRITICAL, tier=4, phi_exposed=False, followers=0)
    large = replace(small, tier=1, phi_exposed=True, followers=10**6, level=Level.VIEWER)
    assert (assess(small, scale).score, assess(large, scale).score) == (0, 100)
