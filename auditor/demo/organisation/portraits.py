"""Profile pictures of the demo, drawn here: Riverside Health's own, copies of it, and those of other accounts.

Plain shapes without letters, so that no font of a machine changes them. Copies are made as people make them:
cropped, padded, recoloured, mirrored, with a check mark laid over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from math import pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Pen

SIDE = 256
"""Pixels of a side as served."""
_FINE = 3
"""Drawn so many times larger, so that edges are smooth."""
Colour = str
Box = tuple[float, float, float, float]


class _Sheet:
    """A square to draw on, whose coordinates go from 0 to 100."""

    def __init__(self, paper: Colour) -> None:
        from PIL import Image, ImageDraw

        self.image: Image.Image = Image.new("RGB", (SIDE * _FINE, SIDE * _FINE), paper)
        self.pen: Pen = ImageDraw.Draw(self.image)

    def _at(self, numbers: tuple[float, ...]) -> list[float]:
        return [number * SIDE * _FINE / 100 for number in numbers]

    def disc(self, box: Box, colour: Colour) -> None:
        self.pen.ellipse(self._at(box), fill=colour)

    def bar(self, box: Box, colour: Colour) -> None:
        self.pen.rectangle(self._at(box), fill=colour)

    def shape(self, points: tuple[float, ...], colour: Colour) -> None:
        self.pen.polygon(self._at(points), fill=colour)

    def arc(self, box: Box, start: float, end: float, colour: Colour, width: float) -> None:
        self.pen.arc(self._at(box), start, end, fill=colour, width=round(width * SIDE * _FINE / 100))

    def wedge(self, box: Box, start: float, end: float, colour: Colour) -> None:
        self.pen.pieslice(self._at(box), start, end, fill=colour)

    def finished(self) -> Image:
        from PIL import Image

        return self.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _river(sheet: _Sheet, top: float, colour: Colour) -> None:
    """Draw a band that rises to the right in one wave, down to the lower edge."""
    ridge = [(x, top - x / 8 + 5 * sin(x / 100 * 2 * pi)) for x in range(0, 101, 2)]
    sheet.shape((0.0, 100.0, *(number for point in ridge for number in point), 100.0, 100.0), colour)


def _logo() -> Image:
    """A cross above a river that rises to the right."""
    sheet = _Sheet("#0e5a6e")
    sheet.bar((32, 10, 50, 62), "#ffffff")
    sheet.bar((15, 27, 67, 45), "#ffffff")
    sheet.disc((76, 12, 90, 26), "#ffd166")
    for top, colour in ((76, "#8fd0d8"), (88, "#2f8fa3"), (100, "#c9ebee")):
        _river(sheet, top, colour)
    return sheet.finished()


def _desk() -> Image:
    """A speech bubble with a cross: the care desk's."""
    sheet = _Sheet("#e8f3ec")
    sheet.disc((10, 12, 90, 76), "#2e7d5b")
    sheet.shape((24, 60, 50, 72, 20, 92), "#2e7d5b")
    sheet.bar((45, 26, 55, 62), "#ffffff")
    sheet.bar((32, 39, 68, 49), "#ffffff")
    return sheet.finished()


def _case() -> Image:
    """A briefcase: the careers account's."""
    sheet = _Sheet("#f4ecdd")
    sheet.bar((36, 22, 64, 36), "#5a3d22")
    sheet.bar((41, 27, 59, 36), "#f4ecdd")
    sheet.bar((14, 34, 86, 82), "#8a5a2b")
    sheet.bar((14, 54, 86, 59), "#5a3d22")
    sheet.bar((45, 50, 55, 63), "#e9c46a")
    return sheet.finished()


def _badged() -> Image:
    sheet = _Sheet("#ffffff")
    sheet.disc((2, 2, 98, 98), "#1d9bf0")
    sheet.shape((24, 52, 34, 42, 45, 53, 68, 28, 78, 38, 45, 72), "#ffffff")
    badge = sheet.finished().resize((SIDE // 4, SIDE // 4))
    round_edge = _Sheet("#000000")
    round_edge.disc((2, 2, 98, 98), "#ffffff")
    copy = _logo()
    corner = (SIDE - SIDE // 4 - 8, SIDE - SIDE // 4 - 8)
    copy.paste(badge, corner, round_edge.finished().resize(badge.size).convert("L"))
    return copy


def _cropped() -> Image:
    edge = SIDE // 20
    return _logo().crop((edge, edge, SIDE - edge, SIDE - edge)).resize((200, 200))


def _padded() -> Image:
    from PIL import ImageOps

    return ImageOps.expand(_logo(), border=SIDE // 12, fill="#ffffff")


def _recoloured() -> Image:
    from PIL import ImageOps

    return ImageOps.colorize(_logo().convert("L"), black="#3a0d52", white="#fff4d6")


def _mirrored() -> Image:
    from PIL import ImageOps

    return ImageOps.mirror(_logo())


def _mask() -> Image:
    """A theatre's mask: a parody's."""
    sheet = _Sheet("#f3c53c")
    sheet.disc((16, 10, 84, 92), "#ffffff")
    for left in (28, 58):
        sheet.disc((left, 34, left + 14, 46), "#222222")
    sheet.arc((30, 38, 70, 78), 20, 160, "#222222", 5)
    return sheet.finished()


def _heart() -> Image:
    """A fan's."""
    sheet = _Sheet("#fbe4ea")
    sheet.disc((16, 20, 52, 56), "#c81e4b")
    sheet.disc((48, 20, 84, 56), "#c81e4b")
    sheet.shape((18.5, 46, 81.5, 46, 50, 86), "#c81e4b")
    return sheet.finished()


def _hills() -> Image:
    """A clinic in the mountains."""
    sheet = _Sheet("#bfe0f5")
    sheet.disc((66, 12, 86, 32), "#fff3b0")
    sheet.shape((0, 80, 34, 26, 66, 80), "#3f6b4f")
    sheet.shape((36, 80, 70, 40, 104, 80), "#2f5340")
    sheet.bar((0, 78, 100, 100), "#8a6d4b")
    return sheet.finished()


def _candle() -> Image:
    """A hospice's."""
    sheet = _Sheet("#2b2350")
    sheet.bar((40, 46, 60, 92), "#f2e8d0")
    sheet.disc((42, 16, 58, 44), "#ffb02e")
    sheet.disc((46, 28, 54, 44), "#fff1c2")
    return sheet.finished()


def _tubes() -> Image:
    """A nurse's: a stethoscope."""
    sheet = _Sheet("#eef3f1")
    sheet.arc((22, 2, 66, 62), 0, 180, "#31506b", 5)
    sheet.arc((42, 40, 84, 88), 180, 20, "#31506b", 5)
    sheet.disc((70, 64, 92, 86), "#8b9aa8")
    sheet.disc((76, 70, 86, 80), "#e9eef2")
    return sheet.finished()


def _paper() -> Image:
    """A newspaper's."""
    sheet = _Sheet("#d9d4c7")
    sheet.bar((14, 12, 86, 88), "#ffffff")
    sheet.bar((20, 18, 80, 30), "#1c1c1c")
    for top in range(36, 82, 8):
        sheet.bar((20, top, 46, top + 3), "#7a7a7a")
        sheet.bar((54, top, 80, top + 3), "#7a7a7a")
    return sheet.finished()


def _thumb() -> Image:
    """A complaint's: a sign that says stop."""
    sheet = _Sheet("#ececec")
    sheet.shape((32, 8, 68, 8, 92, 32, 92, 68, 68, 92, 32, 92, 8, 68, 8, 32), "#b3261e")
    sheet.bar((22, 43, 78, 57), "#ffffff")
    return sheet.finished()


def _wheel() -> Image:
    """A cycling club's."""
    sheet = _Sheet("#fff7e0")
    sheet.arc((14, 14, 86, 86), 0, 360, "#20313d", 7)
    for start in range(0, 180, 30):
        for turn in (start, start + 180):
            sheet.wedge((20, 20, 80, 80), turn, turn + 2, "#20313d")
    return sheet.finished()


def _tooth() -> Image:
    """A dental practice's."""
    sheet = _Sheet("#d6f1ee")
    sheet.disc((24, 18, 56, 62), "#ffffff")
    sheet.disc((44, 18, 76, 62), "#ffffff")
    sheet.shape((28, 48, 46, 48, 40, 88), "#ffffff")
    sheet.shape((54, 48, 72, 48, 60, 88), "#ffffff")
    return sheet.finished()


DRAWN: Mapping[str, Callable[[], Image]] = {
    "logo": _logo, "desk": _desk, "case": _case, "badged": _badged, "cropped": _cropped, "padded": _padded, "recoloured": _recoloured,
    "mirrored": _mirrored, "mask": _mask, "heart": _heart, "hills": _hills, "candle": _candle, "tubes": _tubes,
    "paper": _paper, "thumb": _thumb, "wheel": _wheel, "tooth": _tooth,
}  # fmt: skip
"""Word of a row of the watch list to its picture; the first three are ours, the next five copies of the first."""


@cache
def picture(drawn: str) -> bytes:
    """Return a picture of `DRAWN` as PNG."""
    written = BytesIO()
    DRAWN[drawn]().save(written, "PNG", optimize=False)
    return written.getvalue()
