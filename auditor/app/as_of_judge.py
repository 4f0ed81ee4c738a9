"""Could this grant be used at that moment? What two sights of it, before and after, allow to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auditor.model.estate import AccessStatus

_CANNOT_ACT = frozenset({AccessStatus.REMOVED, AccessStatus.SUSPENDED, AccessStatus.INVITED})


class Answer(StrEnum):
    """Whether somebody or something could act then."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Because(StrEnum):
    """What the answer rests on."""

    SEEN_THEN = "seen at that moment"
    SEEN_AROUND = "seen before and after"
    STATEMENT_HOLDS = "stated by a named person, for a time that covers the moment"
    GRANT_DATED = "given before that moment, by the platform's own date, and seen after"
    MAY_HAVE_ENDED = "seen before, gone after: it ended in between"
    MAY_HAVE_CHANGED = "seen before, given anew after: it may have ended in between"
    MAY_HAVE_BEGUN = "not there before, seen after: it began in between"
    NOT_READ_SINCE = "seen before; not read since"
    NOT_READ_BEFORE = "seen after; not read before"
    STATEMENT_LAPSED = "what it rests on no longer counted by then"
    GIVEN_LATER = "given after that moment, by the platform's own date"
    LAPSED = "its own end had come"
    COULD_NOT_ACT = "there, but suspended, removed or only invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look at a grant or an app."""

    at: datetime
    """When the platform, export or attester saw it so."""
    snapshot_id: str
    row: Mapping[str, Any] | None
    """None: everything of its kind was seen, and it was not there."""

    @property
    def is_there(self) -> bool:
        """Whether it was seen and let its holder act."""
        return self.row is not None and self.row.get("status") not in _CANNOT_ACT

    @property
    def begun_at(self) -> datetime | None:
        """When the platform says that it was given; None: it does not say."""
        return None if self.row is None else self.row.get("granted_at") or self.row.get("approved_at")

    def ended_by(self, moment: datetime) -> bool:
        """Whether its own end had come at ``moment``."""
        end = self.row.get("expires_at") if self.row else None
        return end is not None and end <= moment

    def has_lapsed(self, moment: datetime) -> bool:
        """Whether it is a statement that no longer counted at ``moment``."""
        until = self.row.get("valid_until") if self.row else None
        return until is not None and until <= moment


def judge(moment: datetime, before: Sight | None, after: Sight | None) -> tuple[Answer, Because] | None:
    """Return whether it could be used at ``moment``, and why; None: it was never there.

    Args:
        moment: the instant asked about.
        before: the last sight not later than it; None: nothing was read.
        after: the first sight later than it.

    """
    if before is not None and before.is_there:
        return _from_before(moment, before, after)
    if after is not None and after.is_there:
        return _from_after(moment, before, after)
    there = any(sight is not None and sight.row is not None for sight in (before, after))
    return (Answer.NO, Because.COULD_NOT_ACT) if there else None


def _from_before(moment: datetime, before: Sight, after: Sight | None) -> tuple[Answer, Because]:
    if before.ended_by(moment):
        return Answer.NO, Because.LAPSED
    if before.has_lapsed(moment):
        return Answer.MAYBE, Because.STATEMENT_LAPSED
    if before.at == moment:
        return Answer.YES, Because.SEEN_THEN
    if after is None:
        holds = before.row is not None and before.row.get("attested_by") and before.row.get("valid_until")
        return (Answer.YES, Because.STATEMENT_HOLDS) if holds else (Answer.MAYBE, Because.NOT_READ_SINCE)
    if not after.is_there:
        return Answer.MAYBE, Because.MAY_HAVE_ENDED
    if after.begun_at is not None and after.begun_at > moment:
        return Answer.MAYBE, Because.MAY_HAVE_CHANGED
    return Answer.YES, Because.SEEN_AROUND


def _from_after(moment: datetime, before: Sight | None, after: Sight) -> tuple[Answer, Because]:
    begun = after.begun_at
    if begun is not None and begun > moment:
        return Answer.NO, Because.GIVEN_LATER
    if before is None:
        return (Answer.YES, Because.GRANT_DATED) if begun else (Answer.MAYBE, Because.NOT_READ_BEFORE)
    if begun is not None and begun > before.at:
        return Answer.YES, Because.GRANT_DATED
    # Also where the platform dates it before a whole reading that did not have it: the two contradict each other.
    return Answer.MAYBE, Because.MAY_HAVE_BEGUN
