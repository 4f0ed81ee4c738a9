"""How the shapes of pictures look where no stylesheet reaches: in PDF, in light colours.

`templates/pictures.css` has the same classes in every palette; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = "system-ui, Noto Sans, DejaVu Sans, Arial, sans-serif"
SIZE = 14
"""Size of every text, in units; one unit is one pixel where a picture has its natural width."""
INK, _QUIET, _PAPER = "#1b2127", "#545e69", "#ffffff"
_KNOWN, _HALF, _MID, _LOW, _RULE = "#35536a", "#9db4c6", "#7f9bb0", "#cfdae3", "#7d8893"


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
    "fill-unknown": Look(_PAPER, INK, dash=(4, 3)),
    "hatch": Look(stroke=INK, width=1.5),
    "dots": Look(stroke=_KNOWN, width=2.6, dash=(0, 6), round_ends=True),
    "plate": Look(_PAPER),
    "box": Look(_PAPER, _RULE),
    "axis": Look(stroke=_RULE),
    "mark-line": Look(stroke=INK, width=1.5),
    "mark-edge": Look(stroke=_PAPER, width=5),
    "line-failed": Look(stroke=INK, width=2.5),
    "line-unknown": Look(stroke=INK, width=1.5, dash=(5, 4)),
    "end-failed": Look(INK, INK),
    "end-unknown": Look(_PAPER, INK, 1.5),
    "way": Look(stroke=_RULE, width=1.5),
    "way-strong": Look(stroke=_KNOWN, width=2.75),
    "way-unknown": Look(stroke=INK, width=2, dash=(5, 4)),
    "mark": Look(INK, INK, 1.5),
    "mark-open": Look(_PAPER, INK, 1.5),
    "mark-cross": Look(stroke=INK, width=3),
    "t": Look(INK),
    "t-strong": Look(INK, bold=True),
    "t-quiet": Look(_QUIET),
    "t-on-known": Look(_PAPER, bold=True),
    "t-on-mid": Look(INK, bold=True),
    "t-on-low": Look(INK, bold=True),
}
"""Class to look; `pictures.css` has the same classes in every palette."""
