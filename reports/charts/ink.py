"""Ink: the few shapes the pictures are drawn with; the only file that knows the SVG library.

The library escapes nothing, so every text passes `words` or `Picture`, which clean and escape it here,
and attributes take numbers and the constants of `LOOKS` alone. Each shape carries its look twice: as a
class, which the page's stylesheet turns into the light, dark, print or forced colours, and as plain
attributes in the light colours, for PDF, where no stylesheet reaches inside a picture. There are no
patterns either: hatches and dots are lines, so that no picture needs an id of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import svg
from markupsafe import Markup, escape

from reports.charts.letters import visible
from reports.charts.looks import FONT, INK, LOOKS, SIZE, Look
from reports.charts.paper import on_paper
from reports.text import SHOWN, cut

_WORDS = 6_000
"""Characters of a description; beyond that the table beside the picture is quicker."""
_REMEMBERED = 4096
"""Shapes kept: many bars of a report have parts alike, and a shape costs more than a look-up."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One drawn thing, as markup."""

    screen: str
    """For a browser."""
    paper: str
    """For the PDF library, which knows no writing from right to left."""


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
            for_paper: the PDF library draws it. It reads out the title alone, which therefore holds
                the description as well.

        """
        title = cut(visible(self.title), SHOWN)
        description = cut(visible(self.description), _WORDS)
        parts = [
            svg.Title(id=f"{key}-t", text=_safe(f"{title}. {description}" if for_paper else title)).as_str(),
            svg.Desc(id=f"{key}-d", text=_safe(description)).as_str(),
            *(shape.paper if for_paper else shape.screen for shape in self.shapes),
        ]
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
                "fill": INK,
                "font-family": FONT,
                "font-size": str(SIZE),
                "direction": "ltr",
            },
            text="".join(parts),
        )
        return Markup(whole.as_str())  # noqa: S704 - texts are escaped above and in `words`


@lru_cache(_REMEMBERED)
def words(x: float, y: float, text: str, style: str = "t", anchor: Anchor = "start") -> Shape:
    """Write ``text`` on the base line ``y``.

    Each is an element of its own, so that no name can turn the words beside it; font and ink come from
    the picture as a whole.
    """
    look = LOOKS[style]
    shown = visible(text)
    element = svg.Text(
        class_=["t"] if style == "t" else ["t", style],
        x=_n(x),
        y=_n(y),
        fill=None if look.fill == INK else look.fill,
        font_weight="700" if look.bold else None,
        text_anchor=None if anchor == "start" else anchor,
        text=_safe(shown),
    )
    turned = on_paper(shown)
    on_screen = element.as_str()
    return Shape(on_screen, on_screen if turned == shown else replace(element, text=_safe(turned)).as_str())


@lru_cache(_REMEMBERED)
def box(style: str, x: float, y: float, width: float, height: float, corner: float = 0) -> Shape:
    """Draw a rectangle."""
    look = LOOKS[style]
    return _shape(
        svg.Rect(
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
    )


def line(style: str, points: Sequence[tuple[float, float]]) -> Shape:
    """Draw straight lines from point to point."""
    return drawn(style, "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points))


def curve(style: str, start: tuple[float, float], end: tuple[float, float]) -> Shape:
    """Draw a line that leaves ``start`` and reaches ``end`` level."""
    (x, y), (to_x, to_y) = start, end
    half = _n((x + to_x) / 2)
    return drawn(style, f"M{_n(x)} {_n(y)}C{half} {_n(y)} {half} {_n(to_y)} {_n(to_x)} {_n(to_y)}")


@lru_cache(_REMEMBERED)
def drawn(style: str, commands: str) -> Shape:
    """Draw a path of ``commands`` made from numbers."""
    look = LOOKS[style]
    return _shape(
        svg.Path(
            class_=[style],
            d=[_Commands(commands)],
            fill=look.fill,
            stroke=look.stroke,
            stroke_width=look.width,
            stroke_dasharray=_dash(look),
            stroke_linecap="round" if look.round_ends else None,
        )
    )


@lru_cache(_REMEMBERED)
def dot(style: str, x: float, y: float, radius: float) -> Shape:
    """Draw a circle."""
    look = LOOKS[style]
    return _shape(
        svg.Circle(
            class_=[style],
            cx=_n(x),
            cy=_n(y),
            r=_n(radius),
            fill=look.fill,
            stroke=look.stroke,
            stroke_width=look.width,
        )
    )


@dataclass
class _Commands(svg.PathData):
    """Path commands already written; the library's own are slow where a hatch needs fifty."""

    text: str

    def __str__(self) -> str:
        return self.text


def _shape(element: svg.Element) -> Shape:
    text = element.as_str()
    return Shape(text, text)


def _safe(text: str) -> str:
    return str(escape(text))


def _dash(look: Look) -> list[Decimal | float | int] | None:
    return list(look.dash) if look.dash else None


def _n(value: float) -> float:
    """Return ``value`` in tenths, without a tenth that is none."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
