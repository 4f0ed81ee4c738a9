"""Words in pictures: cleaned, cut to the room there is, and joined to descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, east_asian_width

from reports.charts.looks import SIZE
from reports.text import SHOWN, clean, cut

_BOLD = 1.12
"""How much wider a bold letter is."""


def visible(text: str) -> str:
    """Return ``text`` cleaned, and a name of spaces alone as words."""
    cleaned = clean(text)
    return "[blank]" if not cleaned or cleaned.isspace() else cleaned


def told(name: str) -> str:
    """Return a name as it stands in a description."""
    return cut(visible(name), SHOWN)


def fit(text: str, room: float, *, bold: bool = False) -> str:
    """Return ``text`` cut to what surely fits into ``room`` units, whatever the font."""
    shown = visible(text)
    if bold:
        room /= _BOLD
    taken = 0.0
    for index, char in enumerate(shown):
        taken += _wide(char)
        if taken > room:
            return cut(shown, max(2, index))
    return shown


def text_width(text: str, *, bold: bool = False) -> float:
    """Return the units ``text`` takes at most."""
    return sum(map(_wide, text)) * (_BOLD if bold else 1)


def _wide(char: str) -> float:
    """Return the width of a letter in the widest of the common fonts."""
    if combining(char):
        return 0.0
    if char in "iIjltfr.,:;'|!()[] ":
        return 5.5
    if char in "w<>=+~#^":
        return 12.0
    if char in "mMW@%&—" or east_asian_width(char) in "WF":
        return SIZE
    if char.isupper():
        return 10.6
    return 9.0


def sentences(parts: Iterable[str]) -> str:
    """Join ``parts`` as sentences, each with its full stop."""
    return " ".join(part if part.endswith(".") else part + "." for part in parts)
