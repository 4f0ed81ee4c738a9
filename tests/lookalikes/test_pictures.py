"""Pictures from strangers: opened where they are pictures and nothing else, refused with the reason otherwise."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from auditor.lookalikes.pictures import MOST_BYTES, SIDE, Picture, PictureRefused, plain_picture
from tests.lookalikes.support_pictures import logo, saved

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
FILES = {kind: saved(logo(1), kind) for kind in KINDS}


def _zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.html", "<script>")
    return written.getvalue()


def _png_of(width: int, height: int) -> bytes:
    """Return a PNG that claims to be of this size, of nothing but zeros."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(min(width * 3 + 1, 10_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _moving(kind: str) -> bytes:
    return saved(logo(1), kind, save_all=True, append_images=[logo(2)])


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_becomes_a_plain_png(kind: str) -> None:
    """PNG, JPEG, WebP and GIF come out as an RGB PNG of the same picture, the same bytes each time."""
    picture = plain_picture(FILES[kind])
    with Image.open(io.BytesIO(picture.png)) as opened:
        assert (opened.format, opened.mode, opened.size) == ("PNG", "RGB", (240, 240))
    assert picture == plain_picture(FILES[kind])


def test_only_the_first_frame_of_a_gif_is_taken() -> None:
    """A GIF that moves is its first picture."""
    assert plain_picture(_moving("GIF")).png == plain_picture(FILES["GIF"]).png


def test_large_pictures_become_small() -> None:
    """What is kept is bounded, whatever came."""
    picture = plain_picture(saved(logo(1).resize((3_000, 1_500)), "JPEG"))
    assert (picture.width, picture.height) == (SIDE, SIDE // 2)


def test_metadata_is_not_kept() -> None:
    """Texts, positions and profiles in a file do not reach what is kept."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "CANARY-TEXT" * 50)
    exif = Image.Exif()
    exif[0x010E] = "CANARY-EXIF"
    content = saved(logo(1), "PNG", pnginfo=told, exif=exif, icc_profile=b"CANARY-PROFILE")
    with Image.open(io.BytesIO(plain_picture(content).png)) as opened:
        opened.load()
        assert not opened.info
        assert not opened.getexif()


REFUSED = {
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no PNG, JPEG, WebP or GIF"),
    "HTML": (b"<!doctype html><script>1</script>", "no PNG, JPEG, WebP or GIF"),
    "nothing": (b"", "no PNG, JPEG, WebP or GIF"),
    "TIFF": (saved(logo(1), "TIFF"), "no PNG, JPEG, WebP or GIF"),
    "a PNG with a zip behind it": (FILES["PNG"] + _zip(), "something else follows the PNG"),
    "a JPEG with a zip behind it": (FILES["JPEG"] + _zip(), "something else follows the JPEG"),
    "a GIF with a script behind it": (FILES["GIF"] + b"*/=1;alert(1)", "something else follows the GIF"),
    "a WebP with a page behind it": (FILES["WEBP"] + b"<script>", "something else follows the WEBP"),
    "a moving PNG": (_moving("PNG"), "it moves"),
    "a moving WebP": (_moving("WEBP"), "it moves"),
    "a bomb": (_png_of(50_000, 50_000), "too many pixels"),
    "a wide bomb": (_png_of(9_000, 9_000), "9,000 times 9,000 pixels"),
    "a strip": (_png_of(100_000, 2), "100,000 times 2 pixels"),
    "a long file": (FILES["PNG"] + bytes(MOST_BYTES), "larger than 5 MiB"),
    "a JPEG under a PNG's first bytes": (FILES["PNG"][:8] + FILES["JPEG"], "cut short"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_still_picture_is_refused(what: str) -> None:
    """What is something else, or something beside a picture, is refused, and the sentence says why."""
    content, why = REFUSED[what]
    with pytest.raises(PictureRefused, match=why) as caught:
        plain_picture(content)
    assert caught.value.remedy


@given(st.sampled_from(KINDS), st.integers(0, 100), st.binary(max_size=8), st.floats(0, 1))
@settings(max_examples=120, deadline=None)
def test_damaged_files_are_refused_or_made_plain(kind: str, at: int, dirt: bytes, share: float) -> None:
    """Whatever is cut off or written over, there is a plain picture or one sentence, and never a crash."""
    whole = FILES[kind]
    spot = at * len(whole) // 100
    dirty = whole[:spot] + dirt + whole[spot + len(dirt) :]
    for content in (dirty, whole[: int(share * len(whole))]):
        _assert_plain_or_refused(content)


@given(st.binary(max_size=300), st.sampled_from([b"", *(content[:16] for content in FILES.values())]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_or_made_plain(tail: bytes, head: bytes) -> None:
    """Any bytes behind any beginning end in a picture or in one sentence."""
    _assert_plain_or_refused(head + tail)


def _assert_plain_or_refused(content: bytes) -> None:
    try:
        outcome: Picture | PictureRefused = plain_picture(content)
    except PictureRefused as refused:
        outcome = refused
    if isinstance(outcome, PictureRefused):
        assert outcome.message.startswith("The picture was not opened: ")
    else:
        assert outcome.png.startswith(b"\x89PNG")
        assert max(outcome.width, outcome.height) <= SIDE
