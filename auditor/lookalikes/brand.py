"""A protected brand and the forms its name goes by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, product
from typing import Protocol

from auditor.lookalikes.affixes import Affix, vocabulary
from auditor.lookalikes.canon import Canonical, plain, word_starts
from auditor.lookalikes.spellings import NUMBERS, region_of, spellings
from auditor.lookalikes.words import GENERIC, LEGAL_FORMS, TITLES, is_common, is_generic, is_word

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|&")
_POSSESSIVE = re.compile("['\u2019]s?$")
_UMLAUTS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ø": "oe",
        "Ø": "Oe",
        "å": "aa",
        "Å": "Aa",
    }
)
_TURNED = range(2, 5)
"""A name of so many words, of which one at an end is generic, is also looked for turned round: ``BankOakmere``."""
_MOST_SPELLINGS = 16
_FIGURES = {word: figure for figure, word in NUMBERS.items()}
_DOCTORS = frozenset({"dr", "doctor"})
_SHORTEST_CORE = 3
_LONGEST_GENERIC = max(map(len, GENERIC))
_SHORTEST_LABEL = 6
_SHARED_BY = 3
"""A core that so many protected brands share belongs to none of them."""
_DISTINCT_WORDS = 9
"""From so many letters on, several common words in a row are a name of somebody's own."""


_SHORTEST_SHARED = 5
"""Letters of a form that show a domain of the organisation to be named after the brand, or the brand after it."""


class _Add(Protocol):
    """What adds a form."""

    def __call__(self, text: str, role: Role, *, common: bool | None = None) -> None:
        """Add it, unless its plain text is there already."""


class Role(StrEnum):
    """What a form is to its brand."""

    HANDLE = "registered handle"
    FORMER = "former handle"
    NAME = "name"
    LEGAL = "legal name"
    DOMAIN = "domain"
    CORE = "core of the name"


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of a brand."""

    text: Canonical
    role: Role
    common: bool
    """Whether the same word may well be somebody else's name."""
    own: str = ""
    """The letters outside generic words: ``mcb`` of ``mcbbank``."""

    @property
    def weight(self) -> int:
        """Return how many letters are the brand's own."""
        return len(self.own)

    @property
    def is_part(self) -> bool:
        """Whether this is only a part of the brand's name, or a name it shares: its core, its domain."""
        return self.role in (Role.CORE, Role.DOMAIN)


@dataclass(frozen=True, slots=True)
class Brand:
    """A protected profile; a field that is empty is not known."""

    key: str
    """How results name it: its handle, or its name where it has none."""
    handle: str = ""
    name: str = ""
    legal_name: str = ""
    domains: tuple[str, ...] = ()
    """Its own: their labels are names of it."""
    sites: tuple[str, ...] = ()
    """Domains of the organisation it belongs to: its people may link there, but another brand's name is not its."""
    former_handles: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    platform: str = ""
    """Where the handle is registered; empty: on every platform."""
    avatars: tuple[str, ...] = ()
    """Hashes of its pictures: of `auditor.lookalikes.images`, or 16 hexadecimal digits each."""
    bio: str = ""
    forms: tuple[Form, ...] = ()


def with_forms(brands: Iterable[Brand]) -> tuple[Brand, ...]:
    """Return the brands with their forms, a core that many of them share marked as common."""
    formed = [replace(brand, forms=_forms(brand)) for brand in brands]
    shared = Counter(
        text for brand in formed for text in {form.text.plain for form in brand.forms if form.is_part}
    )
    return tuple(
        replace(
            brand,
            forms=tuple(
                replace(form, common=form.common or (form.is_part and shared[form.text.plain] >= _SHARED_BY))
                for form in brand.forms
            ),
        )
        for brand in formed
    )


def _forms(brand: Brand) -> tuple[Form, ...]:
    found: dict[str, Form] = {}

    def add(text: str, role: Role, *, common: bool | None = None) -> None:
        canonical = Canonical.of(text)
        if canonical.folded and canonical.plain not in found:
            is_so = is_common(canonical.plain) if common is None else common
            found[canonical.plain or canonical.folded] = Form(canonical, role, is_so, _own(canonical))

    if brand.handle:
        for variant in ((brand.handle,), *_spelt(_CAMEL.findall(brand.handle))):
            add("".join(variant), Role.HANDLE)
    for text in brand.former_handles:
        add(text, Role.FORMER)
    for text in (brand.name, *brand.short_names):
        _add_name(add, text, Role.NAME)
    _add_name(add, brand.legal_name, Role.LEGAL)
    _add_region(add, brand)
    shared = [label for label in map(_label, brand.sites) if _is_named_like(label, found.values())]
    for label in (*map(_label, brand.domains), *shared):
        if len(label) >= _SHORTEST_LABEL and not _is_common_name(re.split("[-_]", label)):
            add(label, Role.DOMAIN)
    for text in (brand.name, brand.legal_name, brand.handle):
        _add_core(add, text)
    return tuple(found.values())


def _is_named_like(label: str, forms: Iterable[Form]) -> bool:
    """Whether a label of a domain holds the own letters of one of ``forms``, or they hold it."""
    text = plain(label)
    own = {form.own or form.text.seen for form in forms if not form.common}
    return any(len(one) >= _SHORTEST_SHARED and (one in text or text in one) for one in own)


def _add_name(add: _Add, text: str, role: Role) -> None:
    words = name_words(text)
    if not words:
        return
    common = _is_common_name(words)
    add(text, role, common=common)
    for some in (words, _without_legal_form(words)):
        for spelt in (some, [_POSSESSIVE.sub("", word) for word in some]):
            for variant in _spelt(spelt):
                add(" ".join(variant), role, common=_is_common_name(some))
    if len(words) > _TURNED[0] and words[0].casefold() in _DOCTORS:
        add(" ".join((*words[1:], "MD")), role, common=common)
    for turned in _turned_round(words):
        # Of two short words the other order is often another name: Air One is not One Air.
        short = len(words) == _TURNED[0] and any(len(word) <= _SHORTEST_CORE for word in words)
        add(" ".join(turned), Role.CORE if short else role, common=common)


def _turned_round(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """Return a name with what it is, the generic word at its one end, at the other end."""
    if len(words) not in _TURNED or sum(map(is_generic, words)) != 1:
        return
    if is_generic(words[-1]):
        yield (words[-1], *words[:-1])
    elif is_generic(words[0]):
        yield (*words[1:], words[0])


def _spellings(word: str) -> tuple[str, ...]:
    """Return a word, how else it is written, and how where a keyboard has no umlauts."""
    return tuple(dict.fromkeys((*spellings(word), word.translate(_UMLAUTS))))


def _spelt(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return the spellings of a name; numbers beside words in figures and spelt out."""
    several = len(words) > 1
    told = [NUMBERS.get(word, word) if several else word for word in words]
    figures = [_FIGURES.get(word.casefold(), word) if several else word for word in words]
    for some in dict.fromkeys((tuple(words), tuple(told), tuple(figures))):
        yield from islice(product(*map(_spellings, some)), _MOST_SPELLINGS)


def _add_region(add: _Add, brand: Brand) -> None:
    """Spell out a region the handle ends with: UnityHealthIL is Unity Health Illinois."""
    *words, last = [*_CAMEL.findall(brand.handle)] or [""]
    region = region_of(last.casefold()) if last.isupper() else ""
    if region and words:
        add("".join(words) + region.capitalize(), Role.HANDLE)
        if brand.name:
            add(f"{brand.name} {region.capitalize()}", Role.NAME, common=False)


def _add_core(add: _Add, text: str) -> None:
    words = name_words(text) if " " in text else _CAMEL.findall(text)
    core = [word for word in words if not is_generic(word) and not _is_region(plain(word))]
    if not core or len(core) == len(words):
        return
    bare = [_POSSESSIVE.sub("", word) for word in core]
    shorter = [words[:-1]] if len(words) > _TURNED[0] and is_generic(words[-1]) and " " in text else []
    swapped = [bare[::-1]] if len(bare) == _TURNED[0] and " " in text else []
    for some in (bare, core, *shorter, *swapped):
        joined = plain("".join(some))
        if len(joined) >= _SHORTEST_CORE:
            add(joined, Role.CORE, common=_is_common_name([plain(word) for word in some]))


def _is_region(word: str) -> bool:
    return len(word) > _SHORTEST_CORE and vocabulary().get(word) is Affix.REGION


def _own(text: Canonical) -> str:
    """Return the letters of ``text`` as seen that are left when generic words are taken from its ends.

    At its beginning only where a word is seen to end: Parkland is no park.
    """
    rest, edges = text.seen, word_starts(text.raw)
    for _ in range(3):
        rest = rest[: len(rest) - _generic(rest, at_end=True)]
        first = _generic(rest, at_end=False)
        if first in edges:
            rest, edges = rest[first:], frozenset(edge - first for edge in edges)
    return rest or ("" if text.seen in GENERIC else text.seen)


def _generic(text: str, *, at_end: bool) -> int:
    """Return the letters of the longest generic word at an end of ``text``, of four letters or more; 0 of none."""
    for size in range(min(len(text), _LONGEST_GENERIC), _SHORTEST_CORE, -1):
        if (text[-size:] if at_end else text[:size]) in GENERIC:
            return size
    return 0


def name_words(text: str) -> list[str]:
    """Return the words of a name, an ampersand as ``and``."""
    return ["and" if word == "&" else word for word in _WORD.findall(text)]


def _is_common_name(words: Sequence[str]) -> bool:
    joined = plain("".join(words))
    if is_common(joined):
        return True
    return len(joined) < _DISTINCT_WORDS and all(is_word(plain(word)) for word in words)


def _without_legal_form(words: list[str]) -> list[str]:
    """Return a name without the legal form behind it, an article, or a person's title before it."""
    kept = list(words)
    if len(kept) > _TURNED[0] and kept[0].casefold() in TITLES:
        kept = kept[1:]
    if len(kept) > 1 and kept[0].casefold() == "the":
        kept = kept[1:]
    while len(kept) > 1 and kept[-1].casefold() in LEGAL_FORMS | {"and"}:
        kept.pop()
    return kept


def _label(domain: str) -> str:
    """Return the part of a domain that is a name: ``riverside`` of ``www.riverside.example``."""
    labels = [label for label in domain.casefold().split(".") if label and label != "www"]
    suffixes = 2 if len(labels) > 2 and len(labels[-2]) <= 3 else 1
    return labels[-suffixes - 1] if len(labels) > suffixes else ""
