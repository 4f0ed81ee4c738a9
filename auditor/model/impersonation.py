"""Accounts that may pose as one of ours, and the cases kept of them.

A case is one account of a platform, known by the platform's own id: handles and names may change under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class AccountStatus(StrEnum):
    """What the platform says of an account's being there."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    GONE = "gone"
    """The platform answered, and has no such account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A public account as a platform or a list tells of it; what is empty or None is not known."""

    platform: str
    """``x``, ``facebook``, ``instagram``, ``mastodon``, ``bluesky`` or another word of a list."""
    id: str
    """The platform's id, which a new handle leaves as it is."""
    handle: str = ""
    """Without the ``@`` in front; on federated networks with its server."""
    name: str = ""
    bio: str = ""
    url: str = ""
    links: tuple[str, ...] = ()
    """Addresses its profile links to, shorteners resolved where the platform says what they stand for."""
    location: str = ""
    created_at: datetime | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified_type: str = ""
    """``blue`` (paid), ``business``, ``government``, or what else the platform calls it."""
    affiliations: tuple[str, ...] = ()
    """Ids or handles of the organisations whose badge it carries."""
    parody: bool | None = None
    """Whether the platform shows it as a parody, commentary or fan account."""
    avatar_url: str = ""
    avatar_hash: str = ""
    """Hash of its picture, hexadecimal: of the last one that could be looked at."""
    avatar_seen_at: datetime | None = None
    """When that picture was looked at; None: a list gave its hash."""
    avatar_unseen: bool = False
    """Whether it is told to have another picture by now, which could not be looked at."""
    source: str = ""
    """Id of the source that told of it."""
    observed_at: datetime | None = None
    evidence_id: str | None = None
    """The raw record in the evidence store."""
    status: AccountStatus = AccountStatus.ACTIVE
    is_ours: bool = False
    """The source knows it for one of our own: in our inventory, or carrying our badge."""
    blank: tuple[str, ...] = ()
    """Fields that its platform says are empty, which is no silence: ``bio``, ``links``, ``avatar_hash`` (the
    platform's own picture), ``verified_type``."""
    told: tuple[Mapping[str, object], ...] = field(default=(), repr=False, compare=False)
    """What each source said of it, as it said it: for the evidence store where it is a case, else for nobody."""

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by for good."""
        return self.platform, self.id

    @property
    def check_mark(self) -> str:
        """What its platform says of its check mark; ``none``: that there is none; empty: nothing."""
        return self.verified_type or ("none" if "verified_type" in self.blank else "")


class CaseState(StrEnum):
    """Where a case stands."""

    NEW = "new"
    WATCHING = "watching"
    """Somebody has looked, and waits."""
    REPORTED = "reported"
    """It was reported to the platform."""
    REMOVED = "removed"
    """The platform says that the account is suspended or gone."""
    DISMISSED = "dismissed"
    """Somebody has decided that it is no impersonator, until a day."""
    REOPENED = "reopened"
    """It was removed or dismissed before, and has changed or come back."""

    @property
    def is_open(self) -> bool:
        """Whether anybody still has something to do."""
        return self not in (CaseState.REMOVED, CaseState.DISMISSED)


class CaseStep(StrEnum):
    """What a line of a case's timeline tells of."""

    FOUND = "found"
    CHANGED = "changed"
    RENAMED = "renamed"
    LIKELY = "likely"
    """It was for review before, and is likely now."""
    REMOVED = "removed"
    REOPENED = "reopened"
    WATCHED = "watched"
    REPORTED = "reported"
    DISMISSED = "dismissed"
    NOTED = "noted"
    FORGOTTEN = "forgotten"
    """Its raw records and pictures were removed from the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseElement:
    """One thing of the brand that the account shows."""

    kind: str
    """NAME, HANDLE, IMAGE, AFFILIATION, CONTACT or CONTEXT."""
    strength: float
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)
    """The raw texts compared, unchanged."""
    code_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One account under suspicion: what it is, why, and what was done about it."""

    case_id: str
    candidate: Candidate
    """As last seen."""
    brand: str
    """Handle or name of the protected profile it is most like."""
    brand_account_id: str | None
    """That profile's account in our own inventory; None: it is from the configuration."""
    also_like: tuple[str, ...] = ()
    """Further protected profiles it is like."""
    tier: str
    """likely or review."""
    score: float
    """0 to 1."""
    elements: tuple[CaseElement, ...] = ()
    suppressed_by: tuple[str, ...] = ()
    """Reasons not to accuse it, as sentences."""
    state: CaseState = CaseState.NEW
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    """When its state, its look or what is said of it last changed."""
    reason: str = ""
    """Why it was dismissed."""
    expires: date | None = None
    """Last day of the dismissal."""
    reference: str = ""
    """The platform's number of our report."""
    version: int = 0
    """Rises with every write."""

    @property
    def is_likely(self) -> bool:
        """Whether it is called likely, with nothing that speaks against accusing it."""
        return self.tier == "likely" and not self.suppressed_by

    def is_dismissed(self, today: date) -> bool:
        """Whether a dismissal is in force on ``today``, a day of the organisation's time zone."""
        return self.state is CaseState.DISMISSED and (self.expires is None or today <= self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's timeline."""

    case_id: str
    key: str
    """Makes it the same line however often it is told."""
    at: datetime
    step: CaseStep
    message: str
    actor: str = ""
    """Who did it, where a person did."""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    evidence_id: str | None = None


def case_id_of(platform: str, account_id: str) -> str:
    """Return the id of the case of an account, the same on every machine (12 hexadecimal digits)."""
    text = f"{platform}\x1f{account_id}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedProfile:
    """One of ours that others may pose as: a brand account, a trade name, a person at risk."""

    key: str
    """How cases name it: its handle, or its name where it has none."""
    name: str = ""
    handle: str = ""
    platform: str = ""
    """Where the handle is registered; empty: nowhere in particular."""
    account_id: str | None = None
    """Its account in our inventory."""
    legal_name: str = ""
    former_handles: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    bio: str = ""
    avatar_url: str = ""
    avatar_hashes: tuple[str, ...] = ()


class SourceState(StrEnum):
    """How far a source of candidates got."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    """It told of some, and stopped: at a cap, a limit, a failure half-way."""
    FAILED = "failed"
    EMPTY = "empty"
    """It could be read and holds nothing, so that there was nothing to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What a source of candidates was asked, what came of it, and what it cannot see."""

    source: str
    state: SourceState
    requests: int = 0
    asked: str = ""
    """What it was asked for and how often, such as ``5,000 handles, 3 accounts with a case``."""
    candidates: int = 0
    cost: float | None = None
    """In US dollars, by the prices configured; None: not priced."""
    reason: str = ""
    """Why it is not complete, as one sentence."""
    remedy: str = ""
    blind_to: tuple[str, ...] = ()
    """What it could not have told of, even complete."""
