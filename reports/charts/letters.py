"""Words in pictures: cleaned, cut to the room there is, and joined to descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, east_asian_width

from reports.charts.looks import SIZE
from reports.text import SHOWN, clean, cut

_BOLD = 1.14
"""How much wider a bold letter is."""


_WIDTHS = {
    char: width
    for chars, width in (
        ("'Iijl", 0.3),
        (" !()[]{}|,.:;-/\\ftJ", 0.4),
        ('r"', 0.46),
        ("cszL*?_`", 0.56),
        ("ABCKRVXZ$", 0.7),
        ("DGHNOQU&", 0.79),
        ("#+<=>^~w", 0.84),
        ("mMW%@…—", 1.0),
    )
    for char in chars
}
"""Letters that are not 0.64 of the size wide; measured on DejaVu Sans, rounded up."""


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
    """Return the units a letter takes in the widest of the common fonts."""
    known = _WIDTHS.get(char)
    if known is None:
        if combining(char):
            return 0.0
        known = 1.0 if east_asian_width(char) in "WF" else 0.79 if char.isupper() else 0.64
    return known * SIZE


def sentences(parts: Iterable[str]) -> str:
    """Join ``parts`` as sentences, each with its full stop."""
    return " ".join(part if part.endswith(".") else part + "." for part in parts)
