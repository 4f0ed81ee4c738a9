"""How to take access away without breaking what depends on it: the plan as plain frozen values.

The application works it out; formats only show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """When a step is due."""

    BEFORE = "before"
    """First make safe what would break."""
    REMOVE = "remove"
    AFTER = "after"
    """Rotate what they could read, and prove that it is gone."""


class Breakage(StrEnum):
    """What a removal can break."""

    LAST_ADMIN = "last_admin"
    """Nobody would be left who can give access."""
    ORPHANED = "orphaned"
    """Nobody of the organisation's own people would be left with full control."""
    NO_SECOND_PERSON = "no_second_person"
    """One person alone would be left with full control."""
    DIES_WITH_IT = "dies_with_it"
    """A scheduler, app or token that works in their name stops."""
    RECOVERY = "recovery"
    """They receive the account's password resets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One thing the removal breaks, or may break."""

    kind: Breakage
    account_id: str | None
    text: str
    is_certain: bool = True
    """False: it could not be ruled out, because not everything about the account is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalStep:
    """One thing to do."""

    phase: Phase
    text: str
    platform: str | None = None
    account_id: str | None = None
    url: str | None = None
    """The settings page where it is done; https."""
    by: tuple[str, ...] = ()
    """Names of people who keep the right to do it; none: nobody is known to for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPlan:
    """Everything to do to remove one person, identity or app, in order."""

    subject_type: str
    """person, principal or app."""
    subject_id: str
    name: str
    summary: str = ""
    """What to do first, in a sentence; names no account."""
    rank: int = 1
    """Place among the plans the review calls for, 1 for the most urgent; 0: none calls for it."""
    total: int = 1
    """How many plans the review calls for; the review may hold fewer."""
    reasons: tuple[str, ...] = ()
    """Messages of the findings that call for it; none: somebody asked for the plan."""
    fingerprints: tuple[str, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    """What breaks for certain comes first."""
    steps: tuple[RemovalStep, ...] = ()
    """In the order to do them."""

    def steps_of(self, phase: Phase) -> tuple[RemovalStep, ...]:
        """Return the steps of one phase, in order."""
        return tuple(step for step in self.steps if step.phase is phase)

    @property
    def certain(self) -> tuple[Consequence, ...]:
        """What breaks for certain."""
        return tuple(one for one in self.consequences if one.is_certain)

    @property
    def not_ruled_out(self) -> tuple[Consequence, ...]:
        """What may break: not enough is known to say that it does not."""
        return tuple(one for one in self.consequences if not one.is_certain)
