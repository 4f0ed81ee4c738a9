"""Stacked bars: parts in proportion, each with a fill that differs in more than colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reports.charts import ink, letters
from reports.charts.looks import SIZE
from reports.text import listed

LEAST = 8.0
"""Narrowest part of a bar: what exists can be seen."""
_GAP = 2.0
_STEP = 7
"""Distance of hatch lines."""
_NUMBERS = {
    "verified": "t-on-known",
    "control": "t-on-known",
    "attested": "t-strong",
    "speaks": "t-on-mid",
    "reads": "t-on-low",
    "unknown": "t-strong",
}
"""Fill to the look of a number that stands on it."""
_NEEDS_PLATE = frozenset({"attested", "unknown"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar."""

    style: str
    """What fills it, such as ``unknown``; never the only carrier of its meaning."""
    label: str
    count: int
    x: float
    width: float


def stacked(parts: Sequence[tuple[str, str, int]], width: float) -> tuple[Part, ...]:
    """Lay ``(style, label, count)`` side by side over ``width``, in proportion; empty ones left out."""
    shown = [part for part in parts if part[2] > 0]
    total = sum(count for _style, _label, count in shown)
    if not total:
        return ()
    widths = [max(LEAST, width * count / total) for _style, _label, count in shown]
    scale = width / sum(widths)
    laid: list[Part] = []
    x = 0.0
    for (style, label, count), wide in zip(shown, widths, strict=True):
        laid.append(Part(style, label, count, x, wide * scale))
        x += wide * scale
    return tuple(laid)


def described(parts: Sequence[tuple[str, str, int]]) -> str:
    """Return the parts in words: ``3 full control, 2 only looking``."""
    return ", ".join(f"{count:,} {label}" for _style, label, count in parts if count)


def spoken(parts: Sequence[tuple[str, str, int]]) -> str:
    """Return the parts as a sentence has them: ``3 full control and 2 only looking``."""
    return listed(f"{count:,} {label}" for _style, label, count in parts if count) or "nothing"


def bar(
    parts: Sequence[Part], x: float, y: float, height: float, *, counts: bool = True
) -> Iterator[ink.Shape]:
    """Draw ``parts`` from ``(x, y)``; with ``counts``, each wide enough bears its number."""
    last = len(parts) - 1
    for index, part in enumerate(parts):
        wide = part.width - (_GAP if index < last else 0)
        yield from filled(part.style, x + part.x, y, wide, height)
        number = f"{part.count:,}"
        room = letters.text_width(number, bold=True)
        if counts and height >= SIZE and wide >= room + 8:
            yield from _number(part.style, number, x + part.x + wide / 2, y, height, room)


def filled(style: str, x: float, y: float, width: float, height: float) -> Iterator[ink.Shape]:
    """Draw one piece in the fill of ``style``: solid, dotted, or hatched in a broken outline."""
    yield ink.box(f"fill-{style}", x + 0.5, y + 0.5, max(1.0, width - 1), height - 1)
    if style == "unknown":
        yield ink.drawn("hatch", _hatch(x + 1, y + 1, width - 2, height - 2))
    if style == "attested" and width > 6:
        rows = max(1, round(height / 7))
        gap = height / (rows + 1)
        for row in range(rows):
            shift = 3 if row % 2 else 0
            if width - shift > 6:
                yield ink.line(
                    "dots", [(x + 4 + shift, y + gap * (row + 1)), (x + width - 3, y + gap * (row + 1))]
                )


def _number(
    style: str, number: str, middle: float, y: float, height: float, room: float
) -> Iterator[ink.Shape]:
    if style in _NEEDS_PLATE:
        yield ink.box("plate", middle - room / 2 - 2, y + 1, room + 4, height - 2)
    yield ink.words(middle, y + height / 2 + SIZE * 0.36, number, _NUMBERS[style], "middle")


@lru_cache(1024)
def _hatch(x: float, y: float, width: float, height: float) -> str:
    """Return the path of slanted lines that just fill a rectangle, cut at its edges."""
    commands: list[str] = []
    offset = float(_STEP) / 2
    while offset < width + height:
        # The line from (offset, bottom) up to the right by 45 degrees, seen from the upper left corner.
        low = max(0.0, offset - width)
        high = min(height, offset)
        if high > low:
            commands.append(f"M{x + offset - low:.1f} {y + low:.1f}l{low - high:.1f} {high - low:.1f}")
        offset += _STEP
    return "".join(commands)


def legend(entries: Sequence[tuple[str, str]], y: float, width: float) -> tuple[list[ink.Shape], float]:
    """Draw a swatch and a word for each ``(style, label)``; return them and the height they take."""
    shapes: list[ink.Shape] = []
    x, row = 0.0, 0
    for style, label in entries:
        wide = 20 + letters.text_width(label) + 14
        if x and x + wide > width:
            x, row = 0.0, row + 1
        shapes.extend(filled(style, x, y + row * 20 + 2, 14, 12))
        shapes.append(ink.words(x + 20, y + row * 20 + 13, label))
        x += wide
    return shapes, (row + 1) * 20.0
