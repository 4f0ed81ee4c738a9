"""The life of a finding from look to look, as pure functions over frozen values.

A look is one judged snapshot. A fail or an unknown that a look shows for the first time begins a life;
each later look carries it on, closes it or leaves it open because the fact behind it could not be read.
Nothing here knows where lives are kept: ``(lives before, what the look shows) -> lives after``, and what
there is to tell is the difference of the two. Looking twice at the same snapshot changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from auditor.model.finding import Severity, Verdict
from auditor.model.waiver import WaiverMark

FAIL, UNKNOWN = Verdict.FAIL.value, Verdict.UNKNOWN.value


class LifeState(StrEnum):
    """Where a finding stands."""

    NEW = "new"
    """The newest look is the first that shows it, or the first that shows it as a fail."""
    OPEN = "open"
    REOPENED = "reopened"
    """It was resolved before, and is there again; it stays so until it is resolved anew."""
    RESOLVED = "resolved"
    WAIVED = "waived"
    """Open, and accepted by a waiver in force; never kept, always worked out from the day."""


class Closing(StrEnum):
    """Why a life was closed."""

    GONE = ""
    """The rule was judged, and does not find it any more."""
    RETIRED = "rule-retired"
    """The rule is not in force any more: nobody checks, so nobody knows that it is mended."""


class Look(NamedTuple):
    """One judged snapshot."""

    number: int
    """The store's own running number of the snapshot."""
    snapshot_id: str
    at: datetime


class Seen(NamedTuple):
    """What a judgement told of one finding when it was last seen."""

    fingerprint: str
    rule: str
    pack: str
    severity: str
    verdict: str
    """fail or unknown."""
    subject_type: str
    subject_id: str
    message: str
    platform: str | None
    account_id: str | None
    principal_id: str | None
    person_id: str | None
    risk: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Rule and account: what an account that cannot be judged as a whole is known by."""
        return self.rule, self.account_id or ""


class Life(NamedTuple):
    """One finding across the looks. A tuple, because there may be a hundred thousand."""

    seen: Seen
    state: LifeState
    """Never `LifeState.WAIVED`; `standing` is what people are shown."""
    first: Look
    """The first look that ever showed it."""
    last: Look
    """The last that did."""
    opened: Look
    """The look that began its present stretch."""
    failed: Look | None = None
    """The first look of this stretch that showed it as a fail; None: it has only been unknown."""
    resolved: Look | None = None
    unknown: Look | None = None
    """The first of the looks since which it cannot be judged."""
    closing: Closing = Closing.GONE
    openings: int = 1
    owner: str | None = None
    """E-mail address of who answers for it, unless somebody else was assigned."""
    assigned: str | None = None
    due_on: date | None = None
    waiver: WaiverMark | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not been resolved."""
        return self.resolved is None

    @property
    def responsible(self) -> str | None:
        """E-mail address of who has to see to it."""
        return self.assigned or self.owner

    def is_waived(self, today: date) -> bool:
        """Whether a waiver covers it on ``today``, a day of the organisation's time zone."""
        return self.is_open and self.waiver is not None and today < self.waiver.expires

    def standing(self, today: date) -> LifeState:
        """Return its state as people are shown it on ``today``."""
        return LifeState.WAIVED if self.is_waived(today) else self.state

    def is_overdue(self, today: date) -> bool:
        """Whether its last day has passed, and nobody has accepted that."""
        late = self.is_open and self.due_on is not None and today > self.due_on
        return late and not self.is_waived(today)


Lives = dict[str, Life]
"""Lives by fingerprint."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What a look could not see."""

    marks: Collection[str] = frozenset()
    """Fingerprints whose verdict is unknown."""
    keys: Collection[tuple[str, str]] = frozenset()
    """Rule and account, where a whole account cannot be judged."""
    things: Collection[str] = frozenset()
    """Ids of subjects and accounts that were not read at all."""

    def covers(self, seen: Seen) -> bool:
        """Whether nothing can be concluded from the absence of this finding."""
        return (
            seen.fingerprint in self.marks
            or seen.key in self.keys
            or seen.subject_id in self.things
            or (seen.account_id is not None and seen.account_id in self.things)
        )


def advance(
    before: Mapping[str, Life], look: Look, found: Iterable[Seen], *, rules: Collection[str], unread: Unread
) -> Lives:
    """Return the lives after ``look``, which showed ``found``.

    Args:
        before: the lives so far.
        look: the snapshot judged; not earlier than any look in ``before``.
        found: every fail and unknown of its judgement, each fingerprint once.
        rules: ids of the rules that were judged.
        unread: what could not be seen; it keeps a life open and never closes one.

    """
    after: Lives = {}
    for seen in found:
        life = before.get(seen.fingerprint)
        after[seen.fingerprint] = _begun(seen, look) if life is None else _carried(life, seen, look)
    for mark, life in before.items():
        if mark not in after:
            after[mark] = life if life.resolved else _missed(life, look, rules, unread)
    return after


def _begun(seen: Seen, look: Look) -> Life:
    if seen.verdict == FAIL:
        return Life(seen, LifeState.NEW, look, look, look, look)
    return Life(seen, LifeState.NEW, look, look, look, None, None, look)


def _carried(life: Life, seen: Seen, look: Look) -> Life:
    """Return a life that the look shows again."""
    fails = seen.verdict == FAIL
    if life.resolved is not None and life.resolved != look:
        return life._replace(
            seen=seen,
            state=LifeState.REOPENED,
            last=look,
            opened=look,
            failed=look if fails else None,
            resolved=None,
            unknown=None if fails else look,
            closing=Closing.GONE,
            openings=life.openings + 1,
            waiver=None,
        )
    failed = (life.failed or look) if fails else life.failed
    return Life(
        life.seen if seen == life.seen else seen,
        _open_state(life, failed, look),
        life.first,
        look,
        life.opened,
        failed,
        None,
        None if fails else (life.unknown or look),
        Closing.GONE,
        life.openings,
        life.owner,
        life.assigned,
        life.due_on,
        life.waiver,
    )


def _open_state(life: Life, failed: Look | None, look: Look) -> LifeState:
    if life.openings > 1:
        return LifeState.REOPENED
    return LifeState.NEW if (failed or life.opened) == look else LifeState.OPEN


def _missed(life: Life, look: Look, rules: Collection[str], unread: Unread) -> Life:
    """Return an open life that the look does not show."""
    closed = life._replace(state=LifeState.RESOLVED, resolved=look, unknown=None, waiver=None)
    if life.seen.rule not in rules:
        return closed._replace(closing=Closing.RETIRED)
    if unread.covers(life.seen):
        state = LifeState.REOPENED if life.openings > 1 else LifeState.OPEN
        return life._replace(state=state, unknown=life.unknown or look)
    return closed


def is_graver(seen: Seen, than: Seen) -> bool:
    """Whether the severity has risen."""
    return seen.severity != than.severity and Severity.parse(seen.severity) > Severity.parse(than.severity)
