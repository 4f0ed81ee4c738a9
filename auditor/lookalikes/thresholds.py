"""From when on a likeness counts; each organisation may have its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What an organisation calls likely, and what it wants to see for review."""

    element: float = 0.5
    """Strength, 0 to 1, from which an element counts as one of the two that make a likely impersonator."""
    review: float = 0.4
    """Score, 0 to 1, from which a pair is shown at all."""
    obfuscation_suffices: bool = True
    """Whether a deliberately disguised copy of the name is likely without a second element."""
    contained: int = 4
    """Fewest letters of a name that is looked for inside others."""
    recent_days: int = 90
    """Age in days up to which an account counts as new."""
    few_followers: int = 50
    """Followers up to which an account has few."""
    image_distance: int = 10
    """Bits of 64 in which two hashes of pictures may differ and still show the same; twice as many of 128."""


DEFAULT = Thresholds()


def radius(length: int) -> int:
    """Return how many typing errors a name of ``length`` letters may have and still be that name."""
    if length < 4:
        return 0
    return 1 if length < 8 else 2
