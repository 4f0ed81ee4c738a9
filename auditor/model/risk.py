"""How much a finding matters, as one number with its factors shown.

Severity sets the room, four factors fill the upper half of it::

    score = severity points x (floor + (1 - floor) x sum(weight x factor) / sum(weight))

A critical finding with nothing else known against it still outranks most high ones. A factor that is
not known counts as high as it could be, except the time exposed, of which only what is proven counts.
The score never falls when a factor rises (tested as a property). docs/risk.md explains it to readers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.estate import Level
from auditor.model.finding import Basis, Severity

FULL_EXPOSURE_HOURS = 90 * 24
"""Time exposed that counts in full: one quarter, the usual distance of two reviews."""
FULL_FOLLOWERS = 1_000_000
"""Followers that count in full."""
LOWEST_TIER = 4
"""Tiers are 1 (most critical) to this; a higher number counts like it."""


@dataclass(frozen=True, slots=True)
class RiskScale:
    """What counts how much; an organisation may set its own (``policies.risk``)."""

    severity: Mapping[Severity, int] = field(
        default_factory=lambda: {
            Severity.CRITICAL: 100,
            Severity.HIGH: 75,
            Severity.MEDIUM: 45,
            Severity.LOW: 20,
            Severity.INFO: 5,
        }
    )
    """Points a finding of the severity has when every factor is at its highest; 100 at most."""
    floor: float = 0.6
    """Share of those points it has when every factor is at its lowest."""
    level: float = 3
    reach: float = 3
    exposure: float = 2
    certainty: float = 2
    """Weights of the four factors against one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInput:
    """What is known of a finding for its score; None is not known."""

    severity: Severity
    level: Level | None = None
    """Level of the access it is about, or the highest on the account; None ranks as high as it could be."""
    tier: int | None = None
    phi_exposed: bool | None = None
    followers: int | None = None
    exposure_hours: float | None = None
    """Hours since access should have ended, or since the finding was first seen; None counts as none."""
    basis: Basis = Basis.VERIFIED
    """UNKNOWN for a verdict that could not be reached."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A score and what made it."""

    score: int
    """0 to 100."""
    level: float
    reach: float
    exposure: float
    certainty: float
    """The factors, 0 to 1 each."""
    level_known: bool = True
    reach_known: bool = True
    exposure_hours: float | None = None


DEFAULT_SCALE = RiskScale()
_CERTAINTY = {Basis.VERIFIED: 1.0, Basis.ATTESTED: 0.8, Basis.UNKNOWN: 0.0}


def assess(known: RiskInput, scale: RiskScale = DEFAULT_SCALE) -> Risk:
    """Return the score of a finding of which ``known`` is known."""
    level = (known.level or max(Level)) / max(Level)
    reach = _reach(known)
    exposure = _exposure(known.exposure_hours)
    certainty = _CERTAINTY[known.basis]
    weights = scale.level + scale.reach + scale.exposure + scale.certainty
    filled = (
        scale.level * level + scale.reach * reach + scale.exposure * exposure + scale.certainty * certainty
    )
    share = scale.floor + (1 - scale.floor) * (filled / weights if weights else 0.0)
    return Risk(
        score=round(scale.severity[known.severity] * share),
        level=level,
        reach=reach,
        exposure=exposure,
        certainty=certainty,
        level_known=known.level is not None,
        reach_known=known.tier is not None and known.phi_exposed is not None,
        exposure_hours=known.exposure_hours,
    )


def _reach(known: RiskInput) -> float:
    """Return how far the account speaks: half its tier, a third patients' data, the rest its followers."""
    tier = 1 if known.tier is None else min(max(known.tier, 1), LOWEST_TIER)
    by_tier = (LOWEST_TIER - tier) / (LOWEST_TIER - 1)
    by_data = 0.0 if known.phi_exposed is False else 1.0
    if known.followers is None:
        by_followers = 1.0
    else:
        by_followers = min(1.0, math.log1p(max(0, known.followers)) / math.log1p(FULL_FOLLOWERS))
    return by_tier * 0.5 + by_data * 0.35 + by_followers * 0.15


def _exposure(hours: float | None) -> float:
    if hours is None or hours <= 0:
        return 0.0
    return min(1.0, math.log1p(hours) / math.log1p(FULL_EXPOSURE_HOURS))
