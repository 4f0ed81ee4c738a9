"""Profile pictures from anywhere, opened in a guarded way and made plain before anything else sees them.

Only four kinds of file are opened, each by the reader its first bytes call for. A file that is also something
else, goes on behind its end, moves, or would unfold into more than `MOST_PIXELS` is refused with the reason.
What comes out is a PNG we have written ourselves: bounded in size, and without metadata or colour profile.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 5 * 1024 * 1024
"""Bytes of a file as it comes; platforms allow 2 to 4 MiB."""
MOST_PIXELS = 16_000_000
MOST_SIDE = 16_384
SIDE = 400
"""Pixels of the longer side of what is kept."""
_REMEDY = "Look at the profile on the platform, and keep a picture of it by hand."
_WEBP_MOVES = 0x02


class PictureRefused(AuditorError):
    """A picture was not opened, or not kept."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made plain."""

    png: bytes
    """At most `SIDE` pixels a side, 8-bit RGB."""
    width: int
    height: int
    original_sha256: str
    """Of the bytes as they came."""

    @property
    def sha256(self) -> str:
        """Hash of ``png``."""
        return hashlib.sha256(self.png).hexdigest()


def plain_picture(content: bytes) -> Picture:
    """Return ``content`` as a plain PNG.

    Raises:
        PictureRefused: it is no PNG, JPEG, WebP or GIF, is one that moves, is too large, is damaged, or holds
            something beside the picture.

    """
    if len(content) > MOST_BYTES:
        raise _refused(f"it is larger than {MOST_BYTES // 1024 // 1024} MiB")
    kind = _kind(content)
    from PIL import Image as Pictures

    try:
        with warnings.catch_warnings():
            # Pillow only warns of what it holds for a bomb, and of files it takes as they are.
            warnings.simplefilter("error")
            with Pictures.open(BytesIO(content), formats=(kind,)) as opened:
                plain = _flattened(opened)
    except (Pictures.DecompressionBombError, Pictures.DecompressionBombWarning):
        raise _refused("it has too many pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error,
            MemoryError, OverflowError, Warning) as error:  # fmt: skip
        raise _refused(f"it is a damaged {kind} ({type(error).__name__})") from None
    written = BytesIO()
    plain.save(written, "PNG", optimize=False, compress_level=9)
    return Picture(written.getvalue(), plain.width, plain.height, hashlib.sha256(content).hexdigest())


def _flattened(opened: Image) -> Image:
    """Return the one picture in ``opened``, small, on white."""
    from PIL import Image as Pictures

    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise _refused(f"it has {width:,} times {height:,} pixels")
    if opened.format != "GIF" and getattr(opened, "is_animated", False):
        raise _refused("it moves")
    opened.seek(0)
    opened.draft("RGB", (SIDE, SIDE))
    colours = opened.convert("RGBA")
    colours.thumbnail((SIDE, SIDE), Pictures.Resampling.LANCZOS)
    paper = Pictures.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    return paper


def _kind(content: bytes) -> str:
    """Return the kind of the file by its first bytes, once it is sure to be nothing else as well."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        kind, end = "PNG", _end_of_png(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, end = "JPEG", _end_of_jpeg(content)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        if content[12:16] == b"VP8X" and len(content) > 20 and content[20] & _WEBP_MOVES:
            raise _refused("it moves")
        size = int.from_bytes(content[4:8], "little")
        kind, end = "WEBP", 8 + size + size % 2
    elif content.startswith((b"GIF87a", b"GIF89a")):
        kind, end = "GIF", _end_of_gif(content)
    else:
        raise _refused("it is no PNG, JPEG, WebP or GIF")
    if end > len(content):
        raise _refused(f"it is a {kind} that is cut short")
    if content[end:].strip(b"\x00"):
        raise _refused(f"something else follows the {kind}")
    return kind


def _end_of_png(content: bytes) -> int:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        if name == b"acTL":
            raise _refused("it moves")
        at += 12 + length
        if name == b"IEND":
            return at
    return len(content) + 1


def _end_of_jpeg(content: bytes) -> int:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            # Within the scan: the next marker that is neither a stuffed zero nor a restart.
            at = content.find(b"\xff", at)
            if at < 0:
                break
        marker = content[at + 1] if at + 1 < len(content) else 0
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return len(content) if content[-2:] == b"\xff\xd9" else len(content) + 1


def _end_of_gif(content: bytes) -> int:
    if len(content) < 13:
        return len(content) + 1
    at = 13 + _colours(content[10])
    while at < len(content):
        block = content[at]
        if block == 0x3B:
            return at + 1
        if block == 0x21:
            at += 2
        elif block == 0x2C and at + 9 < len(content):
            at += 11 + _colours(content[at + 9])
        else:
            break
        while at < len(content) and content[at]:
            at += 1 + content[at]
        at += 1
    return len(content) + 1


def _colours(flags: int) -> int:
    """Return the bytes of the colour table that ``flags`` announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _refused(why: str) -> PictureRefused:
    return PictureRefused(f"The picture was not opened: {why}.", remedy=_REMEDY)
