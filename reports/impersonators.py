"""Accounts that may pose as ours, as a review shows them: case beside brand account, why, what was done."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from auditor.model.impersonation import CaseState

STATE_NAMES = {
    CaseState.NEW: "New",
    CaseState.WATCHING: "Watched",
    CaseState.REPORTED: "Reported",
    CaseState.REMOVED: "Removed by the platform",
    CaseState.DISMISSED: "Dismissed",
    CaseState.REOPENED: "Opened again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One of the two accounts that stand side by side; what is None is not known."""

    handle: str = ""
    name: str = ""
    bio: str | None = None
    url: str = ""
    created_at: datetime | None = None
    followers: int | None = None
    code_points: tuple[str, ...] = ()
    """Letters of the name outside of ASCII, which a picture of the screen hides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseElementShown:
    """One thing of the brand that the account shows."""

    element: str
    strength: float
    sentence: str
    code_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStepShown:
    """One line of a case's timeline."""

    at: datetime
    step: str
    message: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpersonatorCase:
    """One account under suspicion."""

    case_id: str
    state: CaseState
    tier: str
    """likely or review."""
    likely: bool
    """Likely, and nothing speaks against accusing it."""
    score: float
    platform: str
    native_id: str
    """The platform's id, which a new handle leaves as it is."""
    status: str
    """What the platform says: active, suspended, gone."""
    picture_unseen: bool = False
    """Whether it is told to have another picture by now, which could not be looked at; the one shown is older."""
    picture_seen_at: datetime | None = None
    """When the picture that counts was looked at."""
    account: Shown
    brand: str
    brand_account_id: str | None = None
    ours: Shown | None = None
    """The brand account it is most like; None: a name without an account."""
    also_like: tuple[str, ...] = ()
    elements: tuple[CaseElementShown, ...] = ()
    suppressed_by: tuple[str, ...] = ()
    first_seen: datetime
    last_seen: datetime
    reason: str = ""
    expires: date | None = None
    reference: str = ""
    timeline: tuple[CaseStepShown, ...] = ()

    @property
    def state_word(self) -> str:
        """How the state is said."""
        return STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShown:
    """A source of candidates, and how far it got the last time."""

    source: str
    state: str
    """complete, partial, failed or empty."""
    candidates: int = 0
    requests: int = 0
    """Sent to its platform; 0 of a list."""
    asked: str = ""
    """What for, and how often."""
    cost: float | None = None
    """In US dollars, at the prices configured; None: it has no price."""
    reason: str = ""
    remedy: str = ""
    blind_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonation:
    """All cases, and the last look for more."""

    cases: tuple[ImpersonatorCase, ...] = ()
    """Those to be looked at first first."""
    scanned_at: datetime | None = None
    """None: nobody has looked yet."""
    compared: int = 0
    """Accounts looked at."""
    protected: int = 0
    """Names they were compared with."""
    sources: tuple[SourceShown, ...] = ()
    pictures: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Case id to the two profile pictures as data: URIs, theirs and ours; an empty one is not known."""

    @property
    def open_cases(self) -> tuple[ImpersonatorCase, ...]:
        """Those that somebody still has to see to."""
        return tuple(one for one in self.cases if one.state.is_open)

    @property
    def unread(self) -> tuple[SourceShown, ...]:
        """The sources that did not tell of everything they could have."""
        return tuple(one for one in self.sources if one.state != "complete")

    @property
    def saw_nothing(self) -> bool:
        """Whether the last look found nothing to look at, so that it says of nobody that they do not pose as us."""
        return self.scanned_at is not None and self.compared == 0


def pictures_of(whole: Impersonation | None) -> dict[str, bytes]:
    """Return every picture of the cases as PNG, by the data: URI that stands for it."""
    uris = {uri for two in whole.pictures.values() for uri in two if uri} if whole else ()
    return {uri: base64.b64decode(uri.partition(",")[2]) for uri in uris}


def at_brands(
    whole: Impersonation | None, accounts: Collection[str], veiled: Callable[[str], str]
) -> Impersonation | None:
    """Return the cases of those who pose as ``accounts`` alone; ``veiled`` hides other names in a sentence."""
    if whole is None:
        return None
    cases = tuple(_veiled(one, veiled) for one in whole.cases if one.brand_account_id in accounts)
    kept = {one.case_id for one in cases}
    pictures = {case_id: two for case_id, two in whole.pictures.items() if case_id in kept}
    return replace(whole, cases=cases, pictures=pictures)


def _veiled(case: ImpersonatorCase, veiled: Callable[[str], str]) -> ImpersonatorCase:
    return replace(
        case,
        also_like=tuple(map(veiled, case.also_like)),
        suppressed_by=tuple(map(veiled, case.suppressed_by)),
        reason=veiled(case.reason),
        timeline=tuple(replace(one, message=veiled(one.message)) for one in case.timeline),
    )
