"""Reasons not to accuse an account that is like a brand; each is shown with the pair, none hides it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from auditor.lookalikes.affixes import Affix, remainder_of_words
from auditor.lookalikes.brand import Brand
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.canon import plain, visible_words
from auditor.lookalikes.claims import links_of, of_brand
from auditor.lookalikes.elements import Element, ElementKind
from auditor.lookalikes.selfsaid import FANS, GRIPE, NEWS, PARODY, STAFF

_STORY = re.compile(r"\bmy\b.*\b(story|journey|experience|diary)\b", re.IGNORECASE)
_AT = re.compile(r"^[^\W\d_][\w.' -]*(?: at | @ ?|, )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Allowed:
    """An account the organisation has looked at and accepts."""

    account: str
    """Its id or handle."""
    reason: str
    expires: date | None = None
    """The last day it holds; None: until it is taken off the list."""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """What is known of accounts beforehand: the brands' own, and those allowed."""

    own: frozenset[tuple[str, str]]
    """Platform (empty: any) and plain handle of every brand's own account."""
    allowed: tuple[Allowed, ...]

    @classmethod
    def of(cls, brands: Iterable[Brand], allowed: Sequence[Allowed] = ()) -> Registry:
        """Return the registry of ``brands``."""
        own = {(brand.platform, brand.handle.casefold()) for brand in brands if brand.handle}
        return cls(frozenset(own), tuple(allowed))

    def is_own(self, candidate: Candidate) -> bool:
        """Whether the account is one of the protected brands' own."""
        handle = candidate.handle.casefold()
        return bool(handle) and (
            {("", handle), (candidate.platform, handle)} & self.own != set() or self._anywhere(candidate)
        )

    def _anywhere(self, candidate: Candidate) -> bool:
        # A list that does not say which platform it is of is taken to be of the brand's own.
        return not candidate.platform and any(handle == candidate.handle.casefold() for _, handle in self.own)


def suppressions(
    candidate: Candidate, brand: Brand, elements: Sequence[Element], registry: Registry, as_of: datetime
) -> tuple[str, ...]:
    """Return every reason not to accuse ``candidate``, as sentences; none where there is no reason."""
    found = [*_known(candidate, brand, registry, as_of.date())]
    if any(of_brand(host, brand) for host in links_of(candidate)):
        found.append("Its profile links to the brand's own domain.")
    if candidate.affiliation and candidate.affiliation.casefold() == brand.handle.casefold() != "":
        found.append("It carries the brand's affiliate badge, which only the brand can give.")
    copied = any(element.kind is ElementKind.IMAGE for element in elements)
    words = visible_words(candidate.name)
    if words and _leads_with_parody(words) and not copied:
        found.append("Its display name begins by saying that it is not the brand.")
    elif not copied and not any(element.obfuscated for element in elements):
        found += _by_name(candidate, words, brand)
    return tuple(found)


def _known(candidate: Candidate, brand: Brand, registry: Registry, today: date) -> Iterable[str]:
    if registry.is_own(candidate):
        own = candidate.handle.casefold() == brand.handle.casefold()
        yield "It is the brand's own account." if own else "It is another protected brand's own account."
    for allowed in registry.allowed:
        named = allowed.account.casefold().removeprefix("@")
        if named not in (candidate.id.casefold(), candidate.handle.casefold()):
            continue
        if allowed.platform and allowed.platform != candidate.platform:
            continue
        if allowed.expires is None:
            yield f"Allowed: {allowed.reason}."
        elif allowed.expires >= today:
            yield f"Allowed until {allowed.expires.isoformat()}: {allowed.reason}."


def _leads_with_parody(words: list[str]) -> bool:
    return words[0] in PARODY or words[0] == "not"


def _by_name(candidate: Candidate, words: list[str], brand: Brand) -> Iterable[str]:
    """Return what the display name says of itself beside the brand's name.

    A claim to act for the brand is no self-description: *Support, Wells Fargo* is nobody who works there.
    """
    called = (brand.name, brand.legal_name, *(form.text.raw for form in brand.forms))
    own = {word for text in called for word in visible_words(text)}
    around = [word for word in words if word not in own]
    rest = remainder_of_words((), around)
    if rest.claims or (rest.serves and Affix.OTHER not in rest.classes):
        return
    others = set(around)
    handle = plain(candidate.handle)
    if others & PARODY - FANS:
        yield "Its display name says that it is not the brand, though not at its beginning as X asks."
    if others & FANS:
        yield "By its name it is of the brand's fans."
    if others & GRIPE or any(
        handle.endswith(word) or handle.startswith(word) for word in ("sucks", "boycott", "scam", "exposed")
    ):
        yield "By its name it complains of the brand."
    if others & STAFF or (_AT.match(candidate.name) and len(words) > 2 and words[0] not in own):
        yield "By its name it is somebody who works, worked or learns there."
    if _STORY.search(candidate.name):
        yield "By its name it tells of somebody's own experience."
    # Of news something is said behind the verb; health plans are a line of business.
    if others & (NEWS - {*words[-1:]}) or (":" in candidate.name and "news" in others):
        yield "By its name it reports on the brand."
