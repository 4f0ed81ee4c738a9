"""Guesses at who a person may be, by name, for a human to decide. A guess never counts as a match.

Whole-name similarity misleads: "John Smith" is nearer to "Joan Smith" than to "Bob Smith" is to
"Robert Smith". So given and family names are compared apart, each with a reason a reviewer can check.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from auditor.model.people import IdentityProposal

if TYPE_CHECKING:
    import pandas as pd
    from nicknames import NickNamer

PER_PRINCIPAL = 3
_LOWEST = 60.0
_MARGIN = 10.0
_NEAR = 0.92
"""Jaro-Winkler similarity above which one name may be a misspelling of the other."""
_SHORTEST_FUZZY = 4
_MOST_NEAR_NAMES = 5
_MOST_CANDIDATES = 2_000
_LONGEST = 120
_SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th"}
)
_SUFFIXES = frozenset(
    (
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "md",
        "rn",
        "do",
        "np",
        "pa",
        "phd",
        "esq",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
    )
)


@dataclass(frozen=True, slots=True)
class _Name:
    given: str
    family: str
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Index:
    """People by what a name may be recognised by."""

    people: list[tuple[str, _Name]] = field(default_factory=list)
    by_name: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """Family name and first initial."""
    families: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """First letter to the family names that begin with it."""
    by_spelling: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """How a person's name is written in one word, with the reason."""


def propose(
    principals: pd.DataFrame, people: pd.DataFrame, *, per_principal: int = PER_PRINCIPAL
) -> list[IdentityProposal]:
    """Return proposals for ``principals``, which the caller has narrowed to those matched to nobody.

    Principals whose ``kind`` is given and not ``human`` are passed over. The columns read are, of
    principals, principal_id, kind, name, handle and email; of people, person_id, name, preferred_name.
    At most ``per_principal`` a principal, best first; where the runner-up is within 10 points, both
    are marked ambiguous.
    """
    index = _index(people)
    found: list[IdentityProposal] = []
    for principal_id, kind, name, handle, email in _rows(
        principals, ("principal_id", "kind", "name", "handle", "email")
    ):
        if principal_id and kind in ("", "human"):
            found.extend(_propose_one(principal_id, name, handle, email, index, per_principal))
    return found


def _rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    texts = [
        [value if isinstance(value, str) else "" for value in frame[column].tolist()]
        if column in frame
        else [""] * len(frame)
        for column in columns
    ]
    yield from zip(*texts, strict=True)


def _propose_one(
    principal_id: str, name: str, handle: str, email: str, index: _Index, most: int
) -> Iterator[IdentityProposal]:
    scored: dict[str, tuple[float, tuple[str, ...]]] = {}
    for score, person_id, reasons in (*_by_names(name, index), *_by_spellings(name, handle, email, index)):
        if score >= _LOWEST and score > scored.get(person_id, (0.0, ()))[0]:
            scored[person_id] = (score, reasons)
    best = sorted(scored.items(), key=lambda item: (-item[1][0], item[0]))
    close = len(best) > 1 and best[0][1][0] - best[1][1][0] < _MARGIN
    for person_id, (score, reasons) in best[:most]:
        ambiguous = close and best[0][1][0] - score < _MARGIN
        yield IdentityProposal(
            principal_id=principal_id,
            person_id=person_id,
            score=round(score, 1),
            reasons=reasons,
            ambiguous=ambiguous,
        )


def _by_names(name: str, index: _Index) -> Iterator[tuple[float, str, tuple[str, ...]]]:
    for wanted in _orientations(name):
        for family, family_score, family_reason in _near_families(wanted.family, index):
            places = {
                place
                for given in _also_called(wanted.given)
                for place in index.by_name.get((family, given[0]), ())[:_MOST_CANDIDATES]
            }
            for place in sorted(places):
                person_id, person = index.people[place]
                given_score, given_reason = _compare_given(wanted.given, person.given)
                if given_score:
                    reasons = (family_reason, given_reason, *wanted.reasons, *person.reasons)
                    yield family_score + given_score - 2 * len(wanted.reasons), person_id, reasons


def _near_families(family: str, index: _Index) -> Iterator[tuple[str, float, str]]:
    yield family, 50.0, f"the same family name {family!r}"
    if len(family) < _SHORTEST_FUZZY:
        return
    near = process.extract(
        family,
        index.families.get(family[0], ()),
        scorer=JaroWinkler.similarity,
        score_cutoff=_NEAR,
        limit=_MOST_NEAR_NAMES + 1,
    )
    for other, similarity, _at in near:
        if other != family:
            yield other, 50.0 * similarity - 10, f"similar family names {family!r} and {other!r}"


def _compare_given(one: str, other: str) -> tuple[float, str]:
    if one == other:
        return 50.0, f"the same given name {one!r}"
    if other in _also_called(one):
        return 42.0, f"{one!r} and {other!r} are forms of one name"
    if (len(one) == 1 or len(other) == 1) and one[0] == other[0]:
        return 30.0, f"the initial {one[0]!r} fits"
    if min(len(one), len(other)) >= _SHORTEST_FUZZY and JaroWinkler.similarity(one, other) >= _NEAR + 0.02:
        return 25.0, f"similar given names {one!r} and {other!r}"
    return 0.0, ""


def _by_spellings(
    name: str, handle: str, email: str, index: _Index
) -> Iterator[tuple[float, str, tuple[str, ...]]]:
    local_part = email.partition("@")[0].partition("+")[0]
    for source, text, weight in (
        ("name", name, 75.0),
        ("handle", handle, 75.0),
        ("e-mail", local_part, 75.0),
    ):
        joined = "".join(_words(text))
        plain = joined.rstrip("0123456789")
        for place, how in index.by_spelling.get(plain, ())[:_MOST_CANDIDATES]:
            person_id, _name = index.people[place]
            score = weight - (10 if plain != joined else 0) - (10 if "initial" in how else 0)
            yield score, person_id, (f"the {source} {text[:_LONGEST]!r} spells {how}",)


def _index(people: pd.DataFrame) -> _Index:
    index = _Index()
    families: set[str] = set()
    for person_id, name, preferred in _rows(people, ("person_id", "name", "preferred_name")):
        for text, reasons in ((name, ()), (preferred, ("by the preferred name",))):
            found = _split(text)
            if not person_id or found is None or (reasons and text == name):
                continue
            place = len(index.people)
            index.people.append((person_id, _Name(*found, reasons)))
            given, family = found
            index.by_name[family, given[0]].append(place)
            families.add(family)
            for spelling, how in _spellings(given, family):
                index.by_spelling[spelling].append((place, how))
    for family in sorted(families):
        index.families[family[0]].append(family)
    return index


def _spellings(given: str, family: str) -> Iterable[tuple[str, str]]:
    return (
        (given + family, "given and family name"),
        (family + given, "family and given name"),
        (given[0] + family, "initial and family name"),
        (family + given[0], "family name and initial"),
    )


def _orientations(name: str) -> Iterator[_Name]:
    found = _split(name)
    if found is None:
        return
    given, family = found
    yield _Name(given, family)
    if "," not in name and given != family:
        yield _Name(family, given, ("given and family name change places",))


def _split(name: str) -> tuple[str, str] | None:
    """Return given and family name, folded; None where the name has not both."""
    before, comma, after = name[:_LONGEST].partition(",")
    words = [*_words(after), *_words(before)] if comma and _words(after) else _words(name)
    if len(words) < 2:
        return None
    return words[0], words[-1]


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold().translate(_SPECIAL)
    plain = (
        "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("\u2019", "")
    )
    words = [word for word in re.split(r"[\W_]+", plain) if word]
    # Kim Do is a whole name, Kim Fox DO is a doctor.
    return [word for word in words if word not in _SUFFIXES] if len(words) > 2 else words


@lru_cache(maxsize=65_536)
def _also_called(given: str) -> frozenset[str]:
    """Return the name, its short forms and the names it is short for."""
    namer = _namer()
    canonical = namer.canonicals_of(given)
    siblings = (short for name in canonical for short in namer.nicknames_of(name))
    return frozenset({given, *canonical, *namer.nicknames_of(given), *siblings} - {""})


@lru_cache(maxsize=1)
def _namer() -> NickNamer:
    from nicknames import NickNamer

    return NickNamer()
