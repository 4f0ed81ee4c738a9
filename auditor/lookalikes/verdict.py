"""What is said of one account and one brand: elements, score, tier, and reasons not to accuse.

*Likely* needs two of NAME, HANDLE, IMAGE and AFFILIATION, or one deliberate disguise of the name. One element
alone, or several weak ones, is for *review*. Circumstances (age, followers, a paid check) move the score a
little and the tier never. A suppression turns likely into review and is shown; it leaves the score alone, so
that the score only ever falls when something that counts against an account is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import prod

from auditor.lookalikes.brand import Brand
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.canon import Canonical
from auditor.lookalikes.claims import affiliation, contact, context, image
from auditor.lookalikes.elements import COUNTED, Element, ElementKind, closest, element_of
from auditor.lookalikes.strength import beside_copy
from auditor.lookalikes.suppress import Registry, suppressions
from auditor.lookalikes.texts import LONGEST
from auditor.lookalikes.thresholds import DEFAULT, Thresholds

_TWO = 2


class Tier(StrEnum):
    """How sure we are."""

    LIKELY = "likely"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One account beside one brand."""

    brand: Brand
    candidate: Candidate
    tier: Tier
    score: float
    """0 to 1."""
    elements: tuple[Element, ...]
    suppressed_by: tuple[str, ...]


def judge(
    candidate: Candidate, brand: Brand, registry: Registry, as_of: datetime, thresholds: Thresholds = DEFAULT
) -> Verdict | None:
    """Return the verdict on a pair; None where too little is alike to show it to anybody."""
    elements = gather(candidate, brand, as_of, thresholds)
    if not any(element.kind in COUNTED for element in elements):
        return None
    points = score(elements)
    tier = tier_of(elements, points, thresholds)
    if tier is None:
        return None
    reasons = suppressions(candidate, brand, elements, registry, as_of)
    return Verdict(brand, candidate, Tier.REVIEW if reasons else tier, points, elements, reasons)


def gather(
    candidate: Candidate, brand: Brand, as_of: datetime, thresholds: Thresholds
) -> tuple[Element, ...]:
    """Return the elements of the pair, in the order of their kinds."""
    texts = [
        (Canonical.of(candidate.name[:LONGEST]), ElementKind.NAME),
        (Canonical.of(candidate.local_handle[:LONGEST]), ElementKind.HANDLE),
    ]
    (named, name_kind), (handled, handle_kind) = texts
    name = closest(named, brand, in_name=True)
    handle = closest(handled, brand, in_name=False, beside=name)
    found = [] if name is None else [element_of(name_kind, named, name, brand)]
    if handle is not None:
        found.append(element_of(handle_kind, handled, handle, brand, at_least=beside_copy(handle, name)))
    pictured = image(candidate, brand, thresholds)
    claimed = affiliation(candidate, brand, name, handle)
    others = [pictured, claimed]
    if found or pictured or claimed:
        others += [contact(candidate, brand), context(candidate, thresholds, as_of)]
    return (*found, *(element for element in others if element is not None))


def score(elements: Sequence[Element]) -> float:
    """Return the score of ``elements``, 0 to 1; each can only add to it."""
    return round(1.0 - prod(1.0 - element.strength for element in elements), 3)


def tier_of(elements: Sequence[Element], points: float, thresholds: Thresholds) -> Tier | None:
    """Return the tier, reasons not to accuse aside; None where there is nothing to show."""
    counted = [element for element in elements if element.kind in COUNTED]
    strong = sum(element.strength >= thresholds.element for element in counted)
    obfuscated = thresholds.obfuscation_suffices and any(element.obfuscated for element in counted)
    if strong >= _TWO or obfuscated:
        return Tier.LIKELY
    return Tier.REVIEW if score(counted) >= thresholds.review and points >= thresholds.review else None
