"""The dossier of a case: what a takedown, a lawyer or a sceptic needs to see of an impersonator, at one moment.

It stands by itself: pictures and raw records are in it as they were seen, each under its SHA-256, so that it can
be checked years later without the store it was made from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from auditor.model.impersonation import Case, CaseEvent
from reports.dossier_routes import Need, Route, routes

MOST_POINTS = 24
"""Characters of a name that are named one by one."""
_CIRCUMSTANCE = "CONTEXT"
"""Age and followers are nothing that is copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPicture:
    """A profile picture as it was seen, re-encoded as a plain PNG."""

    png: bytes
    sha256: str
    """Of ``png``."""
    original_sha256: str
    """Of the bytes as the platform served them."""
    look: str
    """Hash of what it looks like, by which it is compared; empty: it shows next to nothing."""
    url: str
    seen_at: datetime
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRecord:
    """A raw record, secrets removed."""

    id: str
    """SHA-256 of ``content``."""
    what: str
    first_seen: datetime
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two accounts beside each other; what is empty or None is not known."""

    id: str = ""
    handle: str = ""
    name: str = ""
    bio: str = ""
    url: str = ""
    links: tuple[str, ...] = ()
    location: str = ""
    created_at: datetime | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified: str = ""
    picture: FrozenPicture | None = None
    no_picture: str = ""
    """Why there is no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything on one case."""

    organization: str
    timezone: str
    made_at: datetime
    made_by: str
    tool_version: str
    case: Case
    timeline: tuple[CaseEvent, ...]
    ours: Side
    theirs: Side
    website: str = ""
    looks: str = ""
    """How alike the two pictures are, as a sentence; empty: they were not compared."""
    records: tuple[FrozenRecord, ...] = ()
    gaps: tuple[str, ...] = ()
    """What could not be put in, as sentences."""
    approved_by: str = ""
    """Who decided that it may be reported; empty: nobody yet."""

    @property
    def pictures(self) -> tuple[tuple[str, FrozenPicture], ...]:
        """The pictures with their names in the dossier."""
        sides = (("theirs", self.theirs), ("ours", self.ours))
        return tuple((name, side.picture) for name, side in sides if side.picture)

    @property
    def routes(self) -> tuple[Route, ...]:
        """Where to report it."""
        return routes(self.case.candidate.platform)

    def answer(self, need: Need) -> str:
        """Return what this dossier has to fill in; empty: the one who reports has to."""
        theirs, ours = self.theirs, self.ours
        answers = {
            "handle": f"@{theirs.handle}" if theirs.handle else theirs.name,
            "id": theirs.id,
            "url": theirs.url,
            "ours": " ".join(filter(None, (f"@{ours.handle}" if ours.handle else ours.name, ours.url))),
            "website": self.website,
            "organisation": self.organization,
            "elements": " ".join(one.sentence for one in self.case.elements if one.kind != _CIRCUMSTANCE),
            "parody": {True: "It is labelled as parody.", False: "It is not labelled as parody."}.get(
                self.case.candidate.parody  # type: ignore[arg-type] # None is no key, and falls to the default
            )
            or "",
        }
        return answers.get(need.source, "")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the side-by-side sheet."""

    label: str
    ours: str | datetime | None
    theirs: str | datetime | None
    same: bool = False
    points: tuple[str, ...] = ()
    """Characters of theirs that are not plain ASCII."""

    @property
    def is_told(self) -> bool:
        """Whether it is known of either account."""
        return self.ours is not None or self.theirs is not None


def comparison(dossier: Dossier) -> Iterator[Line]:
    """Yield the lines of the sheet: what each account says of itself."""
    ours, theirs = dossier.ours, dossier.theirs
    for label, name in (("Handle", "handle"), ("Name", "name"), ("Bio", "bio")):
        said, mine = getattr(theirs, name), getattr(ours, name)
        points = code_points(said) if name != "bio" else ()
        same = bool(said) and said.casefold() == mine.casefold()
        at = "@" if name == "handle" else ""
        yield Line(label, f"{at}{mine}" if mine else None, f"{at}{said}" if said else None, same, points)
    yield Line("Address", ours.url or None, theirs.url or None)
    yield Line("Links to", ", ".join(ours.links) or None, ", ".join(theirs.links) or None)
    yield Line("Place", ours.location or None, theirs.location or None)
    yield Line("Account id", ours.id or None, theirs.id or None)
    yield Line("Created", ours.created_at, theirs.created_at)
    yield Line("Check mark", ours.verified or None, theirs.verified or None)
    for label, name in (("Followers", "followers"), ("Follows", "following"), ("Posts", "posts")):
        yield Line(label, _count(getattr(ours, name)), _count(getattr(theirs, name)))


def code_points(text: str) -> tuple[str, ...]:
    """Return the characters of ``text`` that are not plain ASCII, each by number and name, in order."""
    found = [
        f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed')}" for char in text if not " " <= char <= "~"
    ]
    more = len(found) - MOST_POINTS
    return (*found[:MOST_POINTS], *((f"and {more} more",) if more > 0 else ()))


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"
