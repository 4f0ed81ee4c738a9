"""What in a text is disguise: characters no honest writer of that name would have chosen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from auditor.lookalikes.canon import HIDDEN, Canonical, fold, plain, to_ascii
from auditor.lookalikes.marks import of_no_language

_ODD_SPACES = frozenset("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u1680")
_MOST_SHOWN = 12
_SWAPS = frozenset(
    {
        *("0o", "1l", "1i", "3e", "4a", "5s", "6b", "6g", "7t", "8b", "9g", "2z"),
        *("@a", "$s", "!i", "!l", "|l", "|i", "\u20ace"),
    }
)
_LEAST_APART = 5
"""Fewest letters of a name that somebody set apart to hide it; N A S A is how an abbreviation may be written."""
_APART = re.compile(r"(?<![^\W_])[^\W_](?:([\W_])[^\W_](?![^\W_])){4,}")
_FLAG_WORD = re.compile("[\U0001f1e6-\U0001f1ff]{3}")
_NEEDS_JOINERS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff]")
"""Scripts whose own spelling uses joiners and marks of direction."""


class Trick(StrEnum):
    """How a name is disguised."""

    INVISIBLE = "invisible characters"
    REVERSED = "a reversed run"
    SPACES = "spaces of another width"
    FOREIGN = "letters of another script or style that look the same"
    MARKS = "marks laid over letters"
    GLYPHS = "digits or letters that look like others"
    APART = "letters set apart one by one"


@dataclass(frozen=True, slots=True)
class Disguise:
    """The tricks found and the characters they use."""

    tricks: tuple[Trick, ...]
    characters: tuple[str, ...]
    """Each as ``U+0430 CYRILLIC SMALL LETTER A``, in the order of the text, at most twelve."""


def disguise(text: Canonical, genuine: Canonical) -> Disguise | None:
    """Return the disguise in ``text``, which looks like ``genuine``; None where an honest reading is left.

    What the genuine text has itself is no disguise, nor are accents, case, spaces and punctuation, nor a word of
    another script beside the name.
    """
    apart = _set_apart(text.raw, genuine)
    if apart:
        return Disguise((Trick.APART,), (apart,))
    if text.raw.isascii() and (genuine.seen in text.seen or len(text.folded) != len(genuine.folded)):
        return None
    found: dict[Trick, list[str]] = {}
    latin = _latin_among_others(text.raw, genuine)
    if latin:
        found[Trick.FOREIGN] = latin
    own = frozenset(genuine.raw) | _of_other_words(text.raw, genuine.folded)
    for place, char in enumerate(text.raw):
        if char.isascii() or char in own:
            continue
        trick = _trick(text.raw, place, char)
        if trick is not None:
            found.setdefault(trick, []).append(char)
    marked = of_no_language(text.raw, genuine.raw)
    if marked:
        found.setdefault(Trick.MARKS, []).extend(marked)
    if not found:
        swapped = glyphs(text.raw, genuine.raw)
        if swapped:
            return Disguise((Trick.GLYPHS,), swapped)
        return None
    characters = dict.fromkeys(described(char) for chars in found.values() for char in chars)
    return Disguise(tuple(found), tuple(characters)[:_MOST_SHOWN])


def _set_apart(text: str, genuine: Canonical) -> str:
    """Return what stands between the letters of the name, where something does between any two; empty where not."""
    letters = len(genuine.seen)
    if letters < _LEAST_APART or len(text) < 2 * letters - 1:
        return ""
    for run in _APART.finditer(text):
        if genuine.seen in plain(run[0]) and not _APART.search(genuine.raw):
            return f"{described(run[1])} between the letters"
    return ""


def _latin_among_others(text: str, genuine: Canonical) -> list[str]:
    """Return letters of ASCII within words of the name that the brand writes in another script alone."""
    if any(char.isascii() and char.isalpha() for char in genuine.raw):
        return []
    words = (word for word in text.split() if not word.isascii() and fold(word) in genuine.folded)
    return [char for word in words for char in word if char.isascii() and char.isalpha()]


def _of_other_words(text: str, genuine: str) -> frozenset[str]:
    """Return the letters of those words of ``text`` that are of another script and no part of the (folded) name."""
    return frozenset(
        char
        for word in (text.split() if " " in text.strip() else ())
        if not word.isascii() and all(map(_is_of_other_script, filter(str.isalpha, word)))
        for looks in [fold(word)]
        if looks not in genuine and genuine not in looks
        for char in word
        if char.isalpha()
    )


def _is_of_other_script(char: str) -> bool:
    return (
        not char.isascii()
        and unicodedata.is_normalized("NFKC", char)
        and "LATIN" not in unicodedata.name(char, "LATIN")
    )


def _trick(text: str, place: int, char: str) -> Trick | None:
    if char == "\u202e":
        return Trick.REVERSED
    if HIDDEN.fullmatch(char):
        return Trick.INVISIBLE if _hides(text, place, char) else None
    if char in _ODD_SPACES:
        return Trick.SPACES
    if unicodedata.category(char) in ("Mn", "Me"):
        return Trick.MARKS if _lies_over_latin(text, place) else None
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        # Two make a flag, as an honest name may show; a third makes a word of them.
        return Trick.FOREIGN if _FLAG_WORD.search(text) else None
    seen = to_ascii(char).strip("().")
    accented = unicodedata.normalize("NFD", char)[0].isascii()
    return Trick.FOREIGN if seen.isascii() and seen.isalnum() and not accented else None


def _hides(text: str, place: int, char: str) -> bool:
    """Whether an invisible character stands between or beside letters that do not need it."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if _NEEDS_JOINERS.search(before + after):
        return False
    if char in "\u200d\ufe0e\ufe0f" or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000":
        # Emoji are built of these; next to a letter they build nothing.
        return before.isalnum() and before.isalpha()
    if char in "\u200e\u200f\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069\u061c":
        # Marks of direction come along with copied text; inside a word they do not.
        return before.isalnum() and after.isalnum()
    return True


def _lies_over_latin(text: str, place: int) -> bool:
    """Whether the mark makes no letter that some language writes: an overlay, a stack, or unknown to Unicode."""
    base = place
    while base > 0 and unicodedata.category(text[base]) in ("Mn", "Me"):
        base -= 1
    if not text[base].isascii() or not text[base].isalpha():
        return False
    composed = unicodedata.normalize("NFC", text[base : place + 1])
    return len(composed) > 1


def glyphs(text: str, genuine: str) -> tuple[str, ...]:
    """Return the look-alike swaps that make ``text`` of ``genuine``, such as ``1 for l``; empty if others differ.

    Case counts: a capital I is an l to the eye, a small one is not.
    """
    ours, theirs = _strokes(text), _strokes(genuine)
    if len(ours) != len(theirs):
        return ()
    swaps = []
    for mine, real in zip(ours, theirs, strict=True):
        if mine.casefold() == real.casefold():
            continue
        # A brand that writes itself with digits is not disguised by who writes it with letters.
        if mine + real.casefold() not in _SWAPS and {mine, real} != {"I", "l"}:
            return ()
        swaps.append(f"{mine} for {real}")
    if swaps:
        return tuple(dict.fromkeys(swaps))
    pairs = [
        f"{pair} for {letter}"
        for pair, letter in (("vv", "w"), ("rn", "m"), ("cl", "d"))
        if text.casefold().count(pair) > genuine.casefold().count(pair)
    ]
    return tuple(pairs)


def _strokes(text: str) -> str:
    kept = "".join(char for char in text if char.isalnum() or char in "@$!|\u20ac")
    for pair, letter in (("vv", "w"), ("rn", "m"), ("cl", "d")):
        kept = re.sub(pair, letter, kept, flags=re.IGNORECASE)
    return kept


def described(char: str) -> str:
    """Return a character's code point and name."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
