"""How alike two profile pictures are: hashes of what they look like, over several views of each.

A picture is looked at whole, in its middle, and without its border, because copies of a logo are cropped, padded
and given badges. Of each view two hashes of 64 bits are kept, of its coarse waves (pHash) and of its slopes
(dHash); two pictures are as near as their two nearest views. The picture is compared as a picture: no face is
looked for, measured or recognised.

The bound of 20 bits of 128 is by measurement; `tests/lookalikes/test_images.py` holds what it finds of copies
that were cropped, padded, resized, compressed and given a badge, and how many different pictures it takes for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.lookalikes.pictures import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

VIEWS = 3
BITS = 128
"""Bits of a view: 64 of waves, 64 of slopes."""
_VIEW = BITS // 4
_LONG = re.compile(f"(?:[0-9a-f]{{{_VIEW}}}){{1,{VIEWS}}}", re.IGNORECASE)
_MIDDLE = 0.8
_BORDER = 24
"""Steps of 256 by which a pixel may differ from the corner's and still be border."""
_SMALLEST = 0.25
"""Share of a side that must be left once the border is gone; a smaller rest is a speck."""
_PLAIN = 6.0
"""Deviation of the grey values below which a picture shows nothing to compare."""
_SPAN = 32
_KEPT = 8

Pixels = np.ndarray[Any, np.dtype[np.float64]]


def picture_hash(picture: Picture) -> str:
    """Return the hash of ``picture`` (32 hexadecimal digits a view); empty where it shows next to nothing."""
    return next(iter(_hashes(picture, (_as_is,))), "")


def brand_hashes(picture: Picture) -> tuple[str, ...]:
    """Return the hashes to look for where ``picture`` is ours: as it is, mirrored, and with colours inverted."""
    return tuple(_hashes(picture, (_as_is, _mirrored, _inverted)))


def distance(first: str, second: str) -> int | None:
    """Return by how many of `BITS` bits the nearest views of two pictures differ; None: one is no such hash."""
    if not (_LONG.fullmatch(first) and _LONG.fullmatch(second)):
        return None
    ours, theirs = _views(first), _views(second)
    return min((one ^ other).bit_count() for one in ours for other in theirs)


def _hashes(picture: Picture, turns: tuple[Any, ...]) -> Iterator[str]:
    from PIL import Image as Pictures

    with Pictures.open(BytesIO(picture.png), formats=("PNG",)) as opened:
        grey = opened.convert("L")
    if float(np.asarray(grey).std()) < _PLAIN:
        return
    for turn in turns:
        yield "".join(f"{_waves(view):016x}{_slopes(view):016x}" for view in _looked_at(turn(grey)))


def _as_is(grey: Image) -> Image:
    return grey


def _mirrored(grey: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.mirror(grey)


def _inverted(grey: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.invert(grey)


def _looked_at(grey: Image) -> tuple[Image, Image, Image]:
    """Return the views: whole, middle, without border."""
    width, height = grey.size
    left, top = round(width * (1 - _MIDDLE) / 2), round(height * (1 - _MIDDLE) / 2)
    middle = grey.crop((left, top, max(left + 1, width - left), max(top + 1, height - top)))
    return grey, middle, _trimmed(grey)


def _trimmed(grey: Image) -> Image:
    pixels = np.asarray(grey, dtype=np.int16)
    inked = np.abs(pixels - pixels[0, 0]) > _BORDER
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows) or len(rows) < _SMALLEST * grey.height or len(columns) < _SMALLEST * grey.width:
        return grey
    return grey.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def _waves(view: Image) -> int:
    """Return which of the coarsest waves are stronger than most: a hash that small changes leave alone."""
    from PIL import Image as Pictures

    small = np.asarray(view.resize((_SPAN, _SPAN), Pictures.Resampling.LANCZOS), dtype=np.float64)
    waves = (_cosines() @ small @ _cosines().T)[:_KEPT, :_KEPT].ravel()
    return _number(waves > np.median(waves[1:]))


def _slopes(view: Image) -> int:
    """Return where the picture grows lighter from left to right."""
    from PIL import Image as Pictures

    small = np.asarray(view.resize((_KEPT + 1, _KEPT), Pictures.Resampling.LANCZOS), dtype=np.int16)
    return _number((small[:, 1:] > small[:, :-1]).ravel())


@cache
def _cosines() -> Pixels:
    """Return the matrix of the discrete cosine transform (DCT-II) of `_SPAN` values."""
    steps = np.arange(_SPAN)
    return np.cos(np.pi * steps[:, None] * (2 * steps[None, :] + 1) / (2 * _SPAN))


def _number(bits: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _views(text: str) -> tuple[int, ...]:
    return tuple(int(text[start : start + _VIEW], 16) for start in range(0, len(text), _VIEW))
