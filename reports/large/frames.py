"""Small templates for the hundred thousand lines: filled at the speed of a format string, escaped all the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NewType, TypeVar

from markupsafe import Markup, escape

Html = NewType("Html", str)
"""Escaped text as a plain string. A line of many pieces takes it as it is; it would first ask each markup object
for its text. Only what is put together from `Html` alone is `Html`."""
Key = TypeVar("Key")
Value = TypeVar("Value")
MOST = 50_000
"""Things of one kind remembered; beyond that memory starts afresh."""
NOTHING = Markup()
SPACE = Markup(" ")
_MARKUP = frozenset({Markup})
_SPECIAL = re.compile("[&<>\"']").search


class Frame:
    """Markup of ours with ``{}`` for each cell; whatever is not markup yet is escaped as it is filled in."""

    __slots__ = ("_pieces",)

    def __init__(self, text: str) -> None:
        first, *others = text.split("{}")
        self._pieces = [first]
        for piece in others:
            self._pieces += ["", piece]

    def __call__(self, *cells: str | int) -> Markup:
        """Return the frame with ``cells`` in it."""
        if not _MARKUP.issuperset(map(type, cells)):
            cells = tuple([cell if type(cell) is Markup else _escaped(cell) for cell in cells])
        # Markup's own constructor first asks its argument for markup, which a plain string never has.
        return str.__new__(Markup, self._filled(cells))

    def _filled(self, cells: Iterable[str | int]) -> str:
        # Joined, not formatted: a format string copies each cell once more.
        pieces: list[Any] = self._pieces.copy()
        pieces[1::2] = cells
        return "".join(pieces)


def _escaped(cell: str | int) -> str:
    # Most cells hold nothing to escape, and to see that costs a third of escaping them.
    return cell if type(cell) is str and not _SPECIAL(cell) else escape(cell)


class Memory(dict[Key, Value]):
    """Remembers up to `MOST` things that were made once."""

    def keep(self, key: Key, value: Value) -> Value:
        """Remember ``value`` and return it."""
        if len(self) >= MOST:
            self.clear()
        self[key] = value
        return value


class Sayings(Memory[Key, Html]):
    """Says each thing once: ``sayings[key]``. What was said before is found at the speed of a dictionary.

    Args:
        say: makes the markup for a key that is not known yet.

    """

    def __init__(self, say: Callable[[Key], Markup]) -> None:
        self._say = say

    def __missing__(self, key: Key) -> Html:
        return self.keep(key, html(self._say(key)))


def html(told: Markup) -> Html:
    """Return markup as a plain string."""
    return Html(str(told))


def escaped(text: str) -> Html:
    """Return ``text``, escaped, as a plain string."""
    return Html(text if not _SPECIAL(text) else str(escape(text)))


def glued(*parts: Markup) -> Markup:
    """Return ``parts``, which are markup already, one after the other: types see to it."""
    return str.__new__(Markup, "".join(parts))


def joined(parts: Iterable[Markup], between: str = ", ") -> Markup:
    """Return ``parts`` with ``between``, a separator of ours, between them."""
    return Markup(between).join(parts)  # noqa: S704 - the separators are ours
