"""The factors of a risk score in words."""

from __future__ import annotations

from auditor.model.estate import Level
from auditor.model.finding import Severity
from auditor.model.risk import RiskInput, assess
from reports.risk_words import exposed, factors, sentence


def test_every_factor_is_told_with_what_it_counts_as() -> None:
    """A known finding names its level, reach, time and certainty."""
    known = RiskInput(
        severity=Severity.CRITICAL,
        level=Level.PUBLISHER,
        tier=1,
        phi_exposed=True,
        followers=0,
        exposure_hours=552,
    )
    risk = assess(known)
    assert dict(factors(risk)) == {
        "Level": "publisher",
        "Reach": "85%",
        "Exposed": "23 days",
        "Certainty": "100%",
    }
    assert sentence(risk).startswith(f"Risk {risk.score} of 100: level publisher, reach 85%")


def test_what_is_not_known_says_so() -> None:
    """A level nobody mapped, an account nobody marked and a time nobody saw are not passed off as facts."""
    told = dict(factors(assess(RiskInput(severity=Severity.LOW))))
    assert told["Level"] == "not known, counts as admin"
    assert told["Reach"].endswith("the unknown counted in full")
    assert told["Exposed"] == "for a time not known"


def test_short_times_are_told_in_hours() -> None:
    """The first two days count by the hour."""
    assert [exposed(hours) for hours in (0, 1, 47, 48, 552.0)] == [
        "0 hours",
        "1 hour",
        "47 hours",
        "2 days",
        "23 days",
    ]
