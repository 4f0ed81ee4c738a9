"""The tables behind canonical forms: what looks like which letter of a-z, and common words.

`data/confusables.txt` comes from UTS #39 (see `derive`). What it leaves out, above all letters whose own
Unicode name says which letter they are (small capitals, negative squares, turned and hooked letters), is
read off those names here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

_NAMED_BLOCKS = (
    range(0x00C0, 0x02B0),
    range(0x1D00, 0x1DC0),
    range(0x1E00, 0x1F00),
    range(0x2C60, 0x2C80),
    range(0xA720, 0xA800),
    range(0xAB30, 0xAB70),
    range(0x1F130, 0x1F18A),
    range(0x1DF00, 0x1DF2B),
)
_LETTER_BY_NAME = re.compile(
    r"(?:CROSSED )?(?:NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL LETTER|LATIN LETTER SMALL CAPITAL"
    r"|LATIN (?:SMALL|CAPITAL) LETTER)"
    r"(?: (?:TURNED|REVERSED|OPEN|SCRIPT|SIDEWAYS|DOTLESS|INSULAR|LONG|STRETCHED))? ([A-Z])(?: WITH .*)?"
)
UPSIDE_DOWN = dict(zip("undpbqmwMW69", "nupdqbwmWM96", strict=True)) | {
    "\u0186": "C", "\u0254": "c", "\u0190": "E", "\u025f": "f", "\u2132": "F", "\u0183": "g", "\u2141": "G",
    "\u0131": "i", "\u02e5": "L", "\u2142": "L", "\u0285": "l", "\u0500": "P", "\u22a5": "T", "\u2534": "T",
    "\u2229": "U", "\u039b": "V", "\u2144": "Y", "\u2200": "A", "\u2c6f": "A",
}  # fmt: skip
"""Characters that are another letter when the text stands on its head; turned letters are in the names."""


def _data(name: str) -> list[str]:
    text = resources.files("auditor.lookalikes").joinpath("data", name).read_text(encoding="ascii")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def common_words() -> frozenset[str]:
    """Return common English words and names of three to eight letters, lower case."""
    return frozenset(word for line in _data("words.txt") for word in line.split())


@cache
def confusables_version() -> str:
    """Return the version of UTS #39's data in use."""
    text = (
        resources.files("auditor.lookalikes").joinpath("data", "confusables.txt").read_text(encoding="ascii")
    )
    found = re.search(r"version ([\d.]+)", text)
    return found[1] if found else "unknown"


@cache
def named_letters() -> dict[int, str]:
    """Return letters whose Unicode name says which of a-z they are, by code point."""
    found = {}
    for block in _NAMED_BLOCKS:
        for code in block:
            match = _LETTER_BY_NAME.fullmatch(unicodedata.name(chr(code), ""))
            if match:
                found[code] = match[1].lower()
    return found


@cache
def turned_letters() -> frozenset[str]:
    """Return the letters that Unicode calls turned."""
    return frozenset(chr(code) for code in named_letters() if " TURNED " in unicodedata.name(chr(code), ""))


@cache
def prototypes() -> dict[int, str]:
    """Return what each look-alike character stands for, casefolded and without marks, by code point.

    An upper and a lower case letter stand for the same where only one of them looks like ASCII; so does
    Cyrillic's small En for an h, as the capital does.
    """
    found: dict[int, str] = {}
    for line in _data("confusables.txt"):
        target, _, sources = line.partition(" < ")
        prototype = bare("".join(chr(int(code, 16)) for code in target.split())).casefold()
        found |= {int(code, 16): prototype for code in sources.split()}
    for code, prototype in list(found.items()):
        char = chr(code)
        for twin in {char.lower(), char.upper()} - {char}:
            theirs = found.get(ord(twin)) if len(twin) == 1 else prototype
            if theirs == prototype or ((theirs or "").isascii() and theirs):
                continue
            if prototype.isascii():
                found[ord(twin)] = prototype
            else:
                # What looks like a letter in one case alone would tell the cases of a word apart.
                found.pop(code, None)
    return found


def listed(text: str) -> frozenset[str]:
    """Return the words of ``text``, which spaces divide."""
    return frozenset(text.split())


def bare(text: str) -> str:
    """Return ``text`` without the marks on its letters."""
    return "".join(
        char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) not in ("Mn", "Me")
    )
