"""Canonical forms of names and handles: what is left when spelling and disguise are taken away.

Every text has two forms. Its *plain* form drops what an honest writer may vary: case, spaces, punctuation,
emoji. Its *folded* form also undoes disguise, Unicode first: reversed runs, compatibility letters (NFKC),
invisible characters, marks, look-alike letters (UTS #39), letters named so by Unicode (small capitals,
negative squares, turned letters); then what ASCII itself offers: digits for letters, I for l, vv for w, rn for m,
cl for d. Two texts look alike where their folded forms are equal, so the relation is symmetric.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from auditor.lookalikes.tables import UPSIDE_DOWN, bare, named_letters, prototypes, turned_letters

LEET_FROM = "01il3456897q2v"
LEET_TO = "ollleasbbgtgzu"
"""Which digit or letter of a casefolded text stands for which letter; applied to both sides."""
MERGED = (("vv", "w"), ("rn", "m"), ("cl", "d"))
"""Pairs that look like one letter; after the leet table, but for ``vv``, which comes first."""
_LEET = str.maketrans(LEET_FROM, LEET_TO)
_SYMBOL_LETTERS = str.maketrans("@$!|€", "asiie")
_SYMBOL_INSIDE = re.compile(r"(?<=[^\W_])[@!|](?=[^\W_])|[$€](?=[^\W\d_])")
_WORD = re.compile(r"[A-Z]+(?![a-z])['\u2019]?|[A-Z]?[a-z]+(?:['\u2019][a-z]+)?|\d+|[^\W\d_A-Za-z]+")
_ASCII_LETTER = re.compile("[A-Za-z]")
_REVERSED_RUN = re.compile("\u202e([^\u202c\u202e]*)\u202c?")
_REGISTERED = re.compile("[\u00ae\u00a9\u2122\u2120\u2117]")
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+")
_FIRST_FLAG_LETTER = 0x1F1E6
HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters nobody sees: default-ignorable ones, and blanks that are no spaces."""
_UPSIDE_DOWN = str.maketrans(UPSIDE_DOWN)
_LEAST_TURNED = 3


@dataclass(frozen=True, slots=True)
class Canonical:
    """A text with its forms."""

    raw: str
    plain: str
    """What an honest writer may vary is gone; accents stay."""
    seen: str
    """What Unicode can do is undone: what the eye reads, as ASCII where it is such; digits stay digits."""
    folded: str
    """What ASCII can do is undone too."""

    @classmethod
    def of(cls, raw: str) -> Canonical:
        """Return the forms of ``raw``; any text has them, be it empty."""
        if raw.isascii():
            shown = plain(raw)
            return cls(raw, shown, shown, fold(raw))
        return cls(raw, plain(raw), plain(to_ascii(raw)), fold(raw))


def plain(text: str) -> str:
    """Return the letters and digits of ``text``, casefolded."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    shown = unicodedata.normalize("NFC", _REGISTERED.sub("", text)).casefold()
    return "".join(char for char in shown if char.isalnum() or unicodedata.category(char) == "Mc")


def fold(text: str) -> str:
    """Return what ``text`` looks like, as letters of a-z where it looks like such."""
    seen = text if text.isascii() else to_ascii(text)
    return merge_ascii(plain(fold_symbols(seen)))


def fold_symbols(text: str) -> str:
    """Return ``text`` with symbols inside words as the letters they stand for: ``$`` as s, ``@`` as a."""
    return _SYMBOL_INSIDE.sub(lambda found: found[0].translate(_SYMBOL_LETTERS), text)


def merge_ascii(casefolded: str) -> str:
    """Return a casefolded text with digits as letters and pairs as the letter they look like."""
    folded = casefolded.replace("vv", "w").translate(_LEET)
    return folded.replace("rn", "m").replace("cl", "d")


def visible_words(text: str) -> list[str]:
    """Return the words of ``text`` as they look, casefolded: ASCII where they look so, digits kept."""
    seen = text if text.isascii() else to_ascii(text)
    return re.findall(r"[^\W_]+", re.sub("(?<=[^\\W_])['\u2019](?=[^\\W_])", "", seen).casefold())


@lru_cache(maxsize=1024)
def word_starts(raw: str) -> frozenset[int]:
    """Return where words begin and end within the seen form of ``raw``: at spaces, underscores, capitals, digits."""
    seen = raw if raw.isascii() else to_ascii(raw)
    edges, place = {0}, 0
    for word in _WORD.findall(seen) if seen.isascii() else _words_of(raw, seen):
        place += len(plain(word))
        edges.add(place)
    return frozenset(edges)


def _words_of(raw: str, seen: str) -> Iterable[str]:
    """Return the words of a text of more than ASCII; one of another script is whole, whatever its letters look like."""
    written, shown = raw.split(), seen.split()
    if len(written) != len(shown):
        return _WORD.findall(seen)
    return chain.from_iterable(
        _unbroken(looks) if not looks.isascii() and not _ASCII_LETTER.search(word) else _WORD.findall(looks)
        for word, looks in zip(written, shown, strict=True)
    )


def _unbroken(text: str) -> list[str]:
    """Return what stands between signs that are no letters: brackets divide words where no spaces do."""
    return "".join(
        char if char.isalnum() or unicodedata.category(char) == "Mc" else " " for char in text
    ).split()


@lru_cache(maxsize=4096)
def to_ascii(text: str) -> str:
    """Return ``text`` with every character as the one of ASCII it looks like, where there is one."""
    text = _REVERSED_RUN.sub(lambda run: run[1][::-1], text)
    text = _FLAGS.sub(_letters_of_flags, _REGISTERED.sub("", text))
    if sum(map(text.count, turned_letters())) >= _LEAST_TURNED:
        text = text.translate(_UPSIDE_DOWN)[::-1]
    text = unicodedata.normalize("NFKC", text.translate(named_letters()))
    text = bare(HIDDEN.sub("", text)).translate(_looks())
    return bare(unicodedata.normalize("NFKC", text))


@cache
def _looks() -> dict[int, str]:
    return prototypes() | named_letters()


def _letters_of_flags(run: re.Match[str]) -> str:
    # One flag is a flag; more letters than two are a word written with them.
    if len(run[0]) <= 2:
        return ""
    return "".join(chr(ord(char) - _FIRST_FLAG_LETTER + ord("a")) for char in run[0])
