"""QR codes: read from what people have, and nothing a hostile picture can do."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageOps

from auditor.errors import CustodyError
from auditor.vault.seed_picture import read_picture
from auditor.vault.seed_uri import read_seed
from tests.vault.support_seeds import OTHER, STRONG

ADDRESS = f"otpauth://totp/X:riverside?secret={STRONG}&issuer=X"


def picture(path: Path, text: str = ADDRESS, scale: int = 6) -> Path:
    """Write a QR code as a PNG."""
    segno.make(text, micro=False).save(str(path), scale=scale, border=4)
    return path


def test_a_screenshot_is_read(tmp_path: Path) -> None:
    """The address in the code is that of the seed."""
    assert read_seed(read_picture(picture(tmp_path / "code.png"))).secret == STRONG


@pytest.mark.parametrize("kind", ["dark", "turned", "jpeg", "small", "transparent"])
def test_as_it_comes_from_a_screen_or_a_phone(tmp_path: Path, kind: str) -> None:
    """Dark mode, turned, compressed, small or with a transparent ground: it is the same code."""
    with Image.open(picture(tmp_path / "code.png")) as opened:
        image = opened.convert("RGB")
    path = tmp_path / "seen.png"
    if kind == "dark":
        image = ImageOps.invert(image)
    elif kind == "turned":
        image = image.rotate(17, expand=True, fillcolor="white")
    elif kind == "small":
        image = image.resize((image.width // 3, image.height // 3))
    elif kind == "transparent":
        image = image.convert("RGBA")
        image.putalpha(ImageOps.invert(image.convert("L")))
    elif kind == "jpeg":
        path = tmp_path / "seen.jpg"
    image.save(path)
    assert read_picture(path) == ADDRESS


def test_other_codes_on_the_screen_do_not_disturb(tmp_path: Path) -> None:
    """A code that is no seed's is passed over; two seeds are one too many."""
    with (
        Image.open(picture(tmp_path / "a.png")) as first,
        Image.open(picture(tmp_path / "b.png", "https://riverside.example/help")) as second,
        Image.open(picture(tmp_path / "c.png", ADDRESS.replace(STRONG, OTHER))) as third,
    ):
        for name, other in (("help.png", second), ("two.png", third)):
            both = Image.new("L", (first.width + other.width, max(first.height, other.height)), 255)
            both.paste(first.convert("L"), (0, 0))
            both.paste(other.convert("L"), (first.width, 0))
            both.save(tmp_path / name)
    assert read_picture(tmp_path / "help.png") == ADDRESS
    with pytest.raises(CustodyError, match="QR codes of 2 seeds") as caught:
        read_picture(tmp_path / "two.png")
    assert STRONG not in str(caught.value)


def bomb(path: Path, width: int, height: int) -> Path:
    """Write a PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_a_picture_that_unfolds_into_gigabytes_is_refused(tmp_path: Path, side: int) -> None:
    """Its size is looked at before any of it is unfolded."""
    with pytest.raises(CustodyError, match="40 million pixels"):
        read_picture(bomb(tmp_path / "bomb.png", side, side))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("text.png", b"not a picture"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Only a few formats are opened at all, whatever the file is called."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CustodyError, match="cannot be opened"):
        read_picture(path)


def test_a_cut_off_or_empty_or_missing_picture(tmp_path: Path) -> None:
    """Each is one sentence and a remedy."""
    whole = picture(tmp_path / "code.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    Image.new("L", (200, 200), 255).save(tmp_path / "white.png")
    for name, says in (
        ("cut.png", "cannot be opened|no QR code"),
        ("white.png", "no QR code"),
        ("none.png", "No such file"),
    ):
        with pytest.raises(CustodyError, match=says) as caught:
            read_picture(tmp_path / name)
        assert "letters instead" in caught.value.remedy


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    """A picture of more than 20 MB is refused by its size on disk."""
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    with pytest.raises(CustodyError, match="20 MB"):
        read_picture(path)


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zxing-cpp nothing else stops working, and the error names the extra."""
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(CustodyError, match="not installed") as caught:
        read_picture(picture(tmp_path / "code.png"))
    assert "[qr]" in caught.value.remedy
