"""A risk score's factors in words, so that a reader can see what made it."""

from __future__ import annotations

from auditor.model.estate import Level
from auditor.model.risk import Risk
from reports.text import listed, plural

_DAY = 24
_HIGHEST = max(Level)


def factors(risk: Risk) -> tuple[tuple[str, str], ...]:
    """Return each factor's name with what it counts as, such as ``("Exposed", "23 days")``."""
    level = Level(max(1, round(risk.level * _HIGHEST))).word
    return (
        ("Level", level if risk.level_known else f"not known, counts as {level}"),
        ("Reach", f"{risk.reach:.0%}" + ("" if risk.reach_known else ", the unknown counted in full")),
        ("Exposed", exposed(risk.exposure_hours)),
        ("Certainty", f"{risk.certainty:.0%}"),
    )


def sentence(risk: Risk) -> str:
    """Return the score with its factors: ``Risk 87 of 100: level admin, reach 85%, ...``."""
    told = listed(f"{name.lower()} {words}" for name, words in factors(risk))
    return f"Risk {risk.score} of 100: {told}."


def exposed(hours: float | None) -> str:
    """Return the time exposed: hours up to two days, then days."""
    if hours is None:
        return "for a time not known"
    return plural(int(hours), "hour") if hours < 2 * _DAY else plural(int(hours // _DAY), "day")
