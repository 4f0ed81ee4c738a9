"""Ink: the few shapes the pictures are drawn with; the only file that knows the SVG library.

The library escapes nothing, so every text passes `words` or `Picture`, which clean and escape it here,
and attributes take numbers and the constants of `LOOKS` alone. Each shape carries its look twice: as a
class, which the page's stylesheet turns into the light, dark, print or forced colours, and as plain
attributes in the light colours, for PDF, where no stylesheet reaches inside a picture. There are no
patterns either: hatches and dots are lines, so that no picture needs an id of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import unescape
from typing import Literal
from unicodedata import combining, east_asian_width

import svg
from markupsafe import Markup, escape

from reports.charts.paper import on_paper
from reports.text import SHOWN, clean, cut

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, DejaVu Sans, Arial, sans-serif"
SIZE = 14
"""Size of every text, in units; one unit is one pixel where a picture has its natural width."""
_BOLD = 1.12
"""How much wider a bold letter is."""
_WORDS = 6_000
"""Characters of a description; beyond that the table beside the picture is quicker."""
_INK, _QUIET, _PAPER = "#1b2127", "#545e69", "#ffffff"
_KNOWN, _HALF, _MID, _LOW, _RULE = "#35536a", "#9db4c6", "#7f9bb0", "#cfdae3", "#7d8893"

Shape = svg.Element
"""One drawn thing."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a class looks where no stylesheet is applied: the light colours."""

    fill: str = "none"
    stroke: str | None = None
    width: float | None = None
    dash: tuple[float, ...] = ()
    bold: bool = False
    round_ends: bool = False


LOOKS = {
    "fill-verified": Look(_KNOWN, _KNOWN),
    "fill-attested": Look(_HALF, _KNOWN),
    "fill-control": Look(_KNOWN, _KNOWN),
    "fill-speaks": Look(_MID, _KNOWN),
    "fill-reads": Look(_LOW, _KNOWN),
    "fill-unknown": Look(_PAPER, _INK, dash=(4, 3)),
    "hatch": Look(stroke=_INK, width=1.5),
    "dots": Look(stroke=_KNOWN, width=2.6, dash=(0, 6), round_ends=True),
    "plate": Look(_PAPER),
    "box": Look(_PAPER, _RULE),
    "axis": Look(stroke=_RULE),
    "mark-line": Look(stroke=_INK, width=1.5),
    "mark-edge": Look(stroke=_PAPER, width=5),
    "line-failed": Look(stroke=_INK, width=2.5),
    "line-unknown": Look(stroke=_INK, width=1.5, dash=(5, 4)),
    "end-failed": Look(_INK, _INK),
    "end-unknown": Look(_PAPER, _INK, 1.5),
    "way": Look(stroke=_RULE, width=1.5),
    "way-strong": Look(stroke=_KNOWN, width=2.75),
    "way-unknown": Look(stroke=_INK, width=2, dash=(5, 4)),
    "mark": Look(_INK, _INK, 1.5),
    "mark-open": Look(_PAPER, _INK, 1.5),
    "mark-cross": Look(stroke=_INK, width=3),
    "t": Look(_INK),
    "t-strong": Look(_INK, bold=True),
    "t-quiet": Look(_QUIET),
    "t-on-known": Look(_PAPER, bold=True),
    "t-on-mid": Look(_INK, bold=True),
    "t-on-low": Look(_INK, bold=True),
}
"""Class to look; `pictures.css` has the same classes in every palette."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with the words that say the same; `gallery.Gallery` places it in a document."""

    kind: str
    """CSS class of the whole: coverage, levels, trend, exposure or map."""
    title: str
    description: str
    """Every name and number of the drawing, in sentences."""
    width: float
    height: float
    shapes: tuple[Shape, ...]

    def markup(self, key: str, *, for_paper: bool = False) -> Markup:
        """Return the picture as inline SVG.

        Args:
            key: what its ids begin with; ours, and unique in the document.
            for_paper: the PDF library draws it, which knows no writing from right to left.

        """
        whole = svg.SVG(
            xmlns=None,
            class_=["picture", f"picture-{self.kind}"],
            viewBox=svg.ViewBoxSpec(0, 0, _n(self.width), _n(self.height)),
            width=_n(self.width),
            height=_n(self.height),
            extra={
                "role": "img",
                "aria-labelledby": f"{key}-t",
                "aria-describedby": f"{key}-d",
                "fill": _INK,
                "font-family": FONT,
                "font-size": str(SIZE),
                "direction": "ltr",
            },
            elements=[
                svg.Title(id=f"{key}-t", text=_safe(cut(visible(self.title), SHOWN))),
                svg.Desc(id=f"{key}-d", text=_safe(cut(visible(self.description), _WORDS))),
                *(map(_for_paper, self.shapes) if for_paper else self.shapes),
            ],
        )
        return Markup(whole.as_str())  # noqa: S704 - texts are escaped above and in `words`


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
    if char in "iIjltfr.,:;'|!()[] ":
        return 5.2
    if combining(char):
        return 0.0
    if char in "mMW@%&—" or east_asian_width(char) in "WF":
        return SIZE
    return 9.4 if char.isupper() or char.isdigit() else 8.5


def words(x: float, y: float, text: str, style: str = "t", anchor: Anchor = "start") -> Shape:
    """Write ``text`` on the base line ``y``.

    Each is an element of its own, so that no name can turn the words beside it; font and ink come from
    the picture as a whole.
    """
    look = LOOKS[style]
    return svg.Text(
        class_=["t"] if style == "t" else ["t", style],
        x=_n(x),
        y=_n(y),
        fill=None if look.fill == _INK else look.fill,
        font_weight="700" if look.bold else None,
        text_anchor=None if anchor == "start" else anchor,
        text=_safe(visible(text)),
    )


def box(style: str, x: float, y: float, width: float, height: float, corner: float = 0) -> Shape:
    """Draw a rectangle."""
    look = LOOKS[style]
    return svg.Rect(
        class_=[style],
        x=_n(x),
        y=_n(y),
        width=_n(width),
        height=_n(height),
        rx=corner or None,
        fill=look.fill,
        stroke=look.stroke,
        stroke_width=look.width,
        stroke_dasharray=_dash(look),
    )


def line(style: str, points: Sequence[tuple[float, float]]) -> Shape:
    """Draw straight lines from point to point."""
    return drawn(style, "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points))


def curve(style: str, start: tuple[float, float], end: tuple[float, float]) -> Shape:
    """Draw a line that leaves ``start`` and reaches ``end`` level."""
    (x, y), (to_x, to_y) = start, end
    half = _n((x + to_x) / 2)
    return drawn(style, f"M{_n(x)} {_n(y)}C{half} {_n(y)} {half} {_n(to_y)} {_n(to_x)} {_n(to_y)}")


def drawn(style: str, commands: str) -> Shape:
    """Draw a path of ``commands`` made from numbers."""
    look = LOOKS[style]
    return svg.Path(
        class_=[style],
        d=[_Commands(commands)],
        fill=look.fill,
        stroke=look.stroke,
        stroke_width=look.width,
        stroke_dasharray=_dash(look),
        stroke_linecap="round" if look.round_ends else None,
    )


def dot(style: str, x: float, y: float, radius: float) -> Shape:
    """Draw a circle."""
    look = LOOKS[style]
    return svg.Circle(
        class_=[style],
        cx=_n(x),
        cy=_n(y),
        r=_n(radius),
        fill=look.fill,
        stroke=look.stroke,
        stroke_width=look.width,
    )


def sentences(parts: Iterable[str]) -> str:
    """Join ``parts`` as sentences, each with its full stop."""
    return " ".join(part if part.endswith(".") else part + "." for part in parts)


@dataclass
class _Commands(svg.PathData):
    """Path commands already written; the library's own are slow where a hatch needs fifty."""

    text: str

    def __str__(self) -> str:
        return self.text


def _for_paper(shape: Shape) -> Shape:
    if not isinstance(shape, svg.Text) or not shape.text or shape.text.isascii():
        return shape
    return replace(shape, text=_safe(on_paper(unescape(shape.text))))


def _safe(text: str) -> str:
    return str(escape(text))


def _dash(look: Look) -> list[Decimal | float | int] | None:
    return list(look.dash) if look.dash else None


def _n(value: float) -> float:
    """Return ``value`` in tenths, without a tenth that is none."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
