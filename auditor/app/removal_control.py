"""Who keeps control of an account once somebody is gone, as bounds: known for certain, and possible.

Control is full control (level admin) or the right to give access. A person counts once. Whoever is to
be removed, has left, is only invited or is suspended keeps nothing. What is not known makes a
possible holder, never a certain one; where a list of holders is not known to be whole, there is no
upper bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from auditor.app.removal_index import RemovalIndex
from auditor.model.estate import AccessStatus, Level, PersonKind, PersonStatus, PrincipalKind
from reports.review import CoverageCell, Holder

_NOT_HERE = frozenset({PersonStatus.TERMINATED, PersonStatus.FUTURE})
_AT_REST = frozenset({AccessStatus.INVITED, AccessStatus.SUSPENDED, AccessStatus.REMOVED})
_NOT_A_PERSON = frozenset({PrincipalKind.AGENCY, PrincipalKind.SERVICE, PrincipalKind.SHARED})


class Sure(IntEnum):
    """An answer in three values; of several grants of one holder the highest counts."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody or something that would keep control."""

    name: str
    control: Sure
    full: Sure
    """Full control."""
    own: Sure
    """Full control, and one of our own people who is here."""
    doubt: str = ""
    """Why one of the answers is not certain."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Who would keep control of one account."""

    keepers: tuple[Keeper, ...]
    gaps: tuple[CoverageCell | None, ...]
    """Why there may be others; empty: the lists are known to be whole."""

    def at_least(self, what: str) -> int:
        """Return how many ``control`` or are ``own`` for certain."""
        return sum(getattr(keeper, what) is Sure.YES for keeper in self.keepers)

    def at_most(self, what: str) -> int | None:
        """Return how many could; None: no bound is known."""
        return None if self.gaps else sum(getattr(keeper, what) > Sure.NO for keeper in self.keepers)

    def names(self, what: str) -> tuple[str, ...]:
        """Return the names of those of whom it is certain."""
        return tuple(keeper.name for keeper in self.keepers if getattr(keeper, what) is Sure.YES)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why some could not be counted."""
        return tuple(dict.fromkeys(keeper.doubt for keeper in self.keepers if keeper.doubt))


class Control:
    """Counts who keeps control of accounts; ``as_of`` is the instant judged at."""

    def __init__(self, index: RemovalIndex, as_of: datetime) -> None:
        self._index = index
        self._as_of = as_of
        self._known: dict[str, list[tuple[Holder, Keeper]]] = {}
        self._keepers: dict[str, Keeper] = {}

    def remaining(self, account_id: str, gone: Collection[str], *, inherited: bool = True) -> Remaining:
        """Return who keeps control of the account once the grants of ids ``gone`` are gone.

        Without ``inherited`` those who control it only through a container above it are left out.
        """
        keepers: dict[str, Keeper] = {}
        for holder, found in self._candidates(account_id):
            if holder.grant_id not in gone and (inherited or holder.account_id == account_id):
                key = holder.person_id or holder.principal_id
                keepers[key] = _stronger(keepers.get(key), found)
        return Remaining(tuple(keepers.values()), self._index.gaps(account_id))

    def _candidates(self, account_id: str) -> list[tuple[Holder, Keeper]]:
        """Return the grants that control or may control the account now; worked out once."""
        if account_id not in self._known:
            for holder in self._index.controllers(account_id):
                if holder.grant_id not in self._keepers:
                    self._keepers[holder.grant_id] = self._keeper(holder)
            judged = ((one, self._keepers[one.grant_id]) for one in self._index.controllers(account_id))
            self._known[account_id] = [pair for pair in judged if pair[1].control is not Sure.NO]
        return self._known[account_id]

    def held(self, account_id: str, grants: Iterable[Holder]) -> Sure:
        """Return whether one of ``grants`` gives control of the account, itself or from above it."""
        places = {account_id, *self._index.above(account_id)}
        own = (_powers(grant)[0] for grant in grants if grant.account_id in places)
        return max(own, default=Sure.NO)

    def _keeper(self, holder: Holder) -> Keeper:
        name = holder.person_name or holder.principal_name
        stands, doubt = self._standing(holder)
        control, full = _powers(holder)
        if not doubt and Sure.MAYBE in (control, full):
            role = f" «{holder.role}»" if holder.role else ""
            doubt = f"what the role{role} of {name} may do is not known"
        own, own_doubt = self._is_own(holder)
        return Keeper(
            name,
            control=min(stands, control),
            full=min(stands, full),
            own=min(stands, full, own),
            doubt=doubt or (own_doubt if full is not Sure.NO else ""),
        )

    def _standing(self, holder: Holder) -> tuple[Sure, str]:
        """Return whether the grant still works, and why that is not certain."""
        if holder.status in _AT_REST or holder.principal_status in _AT_REST:
            return Sure.NO, ""
        if holder.person_status in _NOT_HERE:
            return Sure.NO, ""
        if holder.expires_at is not None and holder.expires_at <= self._as_of:
            return Sure.NO, ""
        name = holder.person_name or holder.principal_name
        lapsed = holder.known.valid_until is not None and holder.known.valid_until < self._as_of
        if lapsed or not self._index.is_seen(holder.account_id):
            return Sure.MAYBE, f"what is known of {name} is too old to count, or could not be read"
        if holder.status is None:
            return Sure.MAYBE, f"whether the access of {name} is active is not known"
        return Sure.YES, ""

    def _is_own(self, holder: Holder) -> tuple[Sure, str]:
        """Return whether the holder is one of our own people, and here; and why that is not certain."""
        name = holder.person_name or holder.principal_name
        if holder.principal_kind in _NOT_A_PERSON:
            return Sure.NO, ""
        if holder.person_id is None:
            return Sure.MAYBE, f"{name} is matched to nobody in the roster"
        person = self._index.people.get(holder.person_id)
        if person is not None and person.kind is PersonKind.AGENCY:
            return Sure.NO, ""
        if holder.person_status is PersonStatus.LEAVE:
            return Sure.MAYBE, f"{name} is on leave"
        over = person is not None and person.left_on is not None and person.left_on < self._as_of.date()
        if holder.person_status is None or over:
            return Sure.MAYBE, f"the roster does not say for certain that {name} still works here"
        return Sure.YES, ""


def _powers(holder: Holder) -> tuple[Sure, Sure]:
    """Return whether the grant gives control, and whether full control."""
    if holder.level is Level.ADMIN:
        return Sure.YES, Sure.YES
    full = Sure.NO if holder.level is not None else Sure.MAYBE
    if holder.can_grant:
        return Sure.YES, full
    return (Sure.MAYBE if full is Sure.MAYBE or holder.can_grant is None else Sure.NO), full


def _stronger(first: Keeper | None, second: Keeper) -> Keeper:
    """Return two grants of one holder as one: of each answer the surer."""
    if first is None:
        return second
    own = max(first.own, second.own)
    doubts = "" if own is Sure.YES else first.doubt or second.doubt
    return Keeper(first.name, max(first.control, second.control), max(first.full, second.full), own, doubts)
