"""Logos drawn by rule, and what happens to a logo when somebody copies it."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

SIDE = 240


def logo(number: int) -> Image.Image:
    """Return the logo of this number: some shapes and letters on a ground, always the same."""
    dice = random.Random(number)
    ground = tuple(dice.choice((20, 60, 200, 240, 255)) for _ in range(3))
    drawn = Image.new("RGB", (SIDE, SIDE), ground)
    pen = ImageDraw.Draw(drawn)
    for _ in range(dice.randint(3, 7)):
        left, top = dice.randint(20, 150), dice.randint(20, 150)
        box = (left, top, left + dice.randint(25, 90), top + dice.randint(25, 90))
        ink = tuple(dice.randint(0, 255) for _ in range(3))
        shape = dice.choice(("circle", "box", "pie", "line"))
        if shape == "circle":
            pen.ellipse(box, fill=ink)
        elif shape == "box":
            pen.rectangle(box, fill=ink)
        elif shape == "pie":
            pen.pieslice(box, dice.randint(0, 90), dice.randint(120, 300), fill=ink)
        else:
            pen.line(box, fill=ink, width=dice.randint(6, 20))
    return drawn


def png(picture: Image.Image) -> bytes:
    """Return ``picture`` as a PNG file."""
    return saved(picture, "PNG")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return ``picture`` as a file of ``kind``."""
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def _badge(picture: Image.Image) -> bytes:
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    pen.ellipse((170, 170, 230, 230), fill=(29, 155, 240))
    pen.line((185, 200, 198, 214, 218, 186), fill="white", width=8)
    return png(copy)


def _cropped(share: float) -> Callable[[Image.Image], bytes]:
    def crop(picture: Image.Image) -> bytes:
        edge = round(SIDE * share)
        return png(picture.crop((edge, edge, SIDE - edge, SIDE - edge)))

    return crop


def _padded(picture: Image.Image) -> bytes:
    sheet = Image.new("RGB", (SIDE * 6 // 5, SIDE * 6 // 5), picture.getpixel((0, 0)))
    sheet.paste(picture, (SIDE // 10, SIDE // 10))
    return png(sheet)


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "resized to 73 pixels": lambda picture: png(picture.resize((73, 73))),
    "JPEG of quality 40": lambda picture: saved(picture, "JPEG", quality=40),
    "WebP of quality 50": lambda picture: saved(picture, "WEBP", quality=50),
    "grey": lambda picture: png(picture.convert("L")),
    "with a badge": _badge,
    "cropped by 5 %": _cropped(0.05),
    "cropped by 10 %": _cropped(0.10),
    "padded by 10 %": _padded,
    "turned by 5 degrees": lambda picture: png(picture.rotate(5, fillcolor=picture.getpixel((0, 0)))),
}
