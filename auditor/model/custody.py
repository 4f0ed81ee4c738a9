"""Seeds in custody: what is known of each, and who used it. The seeds themselves are in the vault alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEAST_BITS = 112
"""A seed shorter than this is weak: NIST SP 800-63B-4, sections 3.1.4.1 and 3.1.4.2."""


class SeedState(StrEnum):
    """Where a seed stands."""

    PENDING = "pending"
    """Kept, and not in force before a code of it has been confirmed."""
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRecord:
    """What the store knows of one seed."""

    seed_id: str
    """Under this name the vault keeps the seed; it says nothing of it."""
    account_id: str
    platform: str
    account_name: str
    """As it was known when the seed was enrolled."""
    label: str
    """What the seed's own address says it is for."""
    issuer: str
    digits: int
    period: int
    """Seconds a code holds."""
    algorithm: str
    bits: int
    place: str
    """Which vault keeps it: ``keyring`` or ``vault file``; empty while it is being put there."""
    state: SeedState
    enrolled_at: datetime
    enrolled_by: str
    confirmed_at: datetime | None = None
    """When a code of it was last seen to be right; None: never."""
    unconfirmed_reason: str = ""
    replaces: str | None = None
    """The seed it took the place of, or will."""
    retired_at: datetime | None = None
    retired_by: str = ""
    retired_reason: str = ""
    forgotten_at: datetime | None = None
    """When the vault forgot it."""

    @property
    def is_weak(self) -> bool:
        """Whether it is shorter than `LEAST_BITS`."""
        return self.bits < LEAST_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedUse:
    """One code given out."""

    use_id: str
    seed_id: str
    account_id: str
    at: datetime
    who: str
    """E-mail address of the person."""
    os_user: str
    host: str
    reason: str
    step: int
    """Number of the code's period since 1970: equal steps are equal codes. It tells nothing of the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReader:
    """A person who could read a seed, by the configuration or because they typed it in."""

    seed_id: str
    email: str
    first_at: datetime
    last_at: datetime
    """When they were last seen to be entitled."""
