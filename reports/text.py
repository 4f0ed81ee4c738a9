"""Hostile text made harmless, before any format shows it.

Names come from platforms and files. They may hold line breaks (mail headers), bidirectional
controls (a reversed extension), invisible characters, a thousand combining marks, ten thousand
letters or a spreadsheet formula. Nothing is dropped in silence: what cannot be shown is shown by
its number, and what is cut says so. HTML is escaped by Jinja2, not here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

SHOWN = 160
"""Characters of a name or message shown in place; the full text is kept elsewhere in the report."""
CELL = 32_000
"""Characters of a spreadsheet cell; the programs that open one stop at 32,767."""
MARKS = 4
"""Combining marks shown on one letter; no living script stacks more."""

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# Controls, bidi controls, invisible fillers, tags, private use and noncharacters. The joiners
# U+200C and U+200D stay: Persian and emoji need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ue000-\uf8ff\ud800-\udfff"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000effff\U000f0000-\U0010ffff]"
)
_HIDDEN_IN_JSON = re.compile(f"(?:{_HIDDEN.pattern}|[\x85\u2028\u2029])")
_MARKED = re.compile("[^\x00-\u02ff]").search
"""Finds the first letter from the first combining mark on."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def clean(text: str) -> str:
    """Return ``text`` on one line, every character visible: hidden ones as ``[U+202E]``.

    Line breaks and tabs become one space; runs of spaces stay. Idempotent.
    """
    if is_clean(text):
        return text
    one_line = _BREAKS.sub(" ", text)
    named = _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", one_line)
    return _thin_marks(named)


def is_clean(text: str) -> bool:
    """Whether ``text`` is seen at once to need nothing: printable, and below the first combining mark.

    Most of the world's lines are. False says nothing: `clean` looks closer.
    """
    return text.isprintable() and (text.isascii() or _is_latin(text) or not _MARKED(text))


def _is_latin(text: str) -> bool:
    # What Latin-1 cannot hold is left out at once, a hundred times quicker than each letter is looked at.
    return len(text.encode("latin-1", "ignore")) == len(text)


def _thin_marks(text: str) -> str:
    kept: list[str] = []
    run = dropped = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            run += 1
            if run > MARKS:
                dropped += 1
                continue
        else:
            if dropped:
                kept.append(f"[{dropped} more marks]")
            run = dropped = 0
        kept.append(char)
    if dropped:
        kept.append(f"[{dropped} more marks]")
    return "".join(kept)


def cut(text: str, limit: int = SHOWN) -> str:
    """Return ``text`` in at most ``limit`` characters, an ellipsis at the end where it was cut.

    Never cuts between a letter and its marks or inside a joined emoji.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > limit // 2 and _joins(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _joins(before: str, after: str) -> bool:
    return (
        before == "\u200d"
        or after in "\u200d\ufe0e\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or unicodedata.combining(after) != 0
    )


def cell(value: str) -> str:
    """Return ``value`` as a spreadsheet cell that is text and stays text.

    A value that starts (after spaces) with ``= + - @`` or their full-width twins gets a leading
    apostrophe, so that no program takes it for a formula. Tabs and line breaks, which a program may
    take for the next cell, are spaces by then.
    """
    if value.isascii() and value.isprintable() and value[:1].isalnum() and len(value) <= CELL:
        # Ids, digests and sentences: nearly every cell, seen at once to be harmless.
        return value
    if value.startswith(("\t", "\r", "\n")):
        # Such a start is itself a known trick; the mark says that something stood there.
        return cut("'" + clean(value), CELL)
    safe = clean(value)
    if safe.lstrip().startswith(_FORMULA):
        safe = "'" + safe
    return cut(safe, CELL)


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """Return ``words`` as English lists them: ``a, b and c``."""
    parts = list(words)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return the count with its noun: ``1 account``, ``2,300 accounts``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def first_sentence(text: str) -> str:
    """Return the first sentence of ``text``: the first step of a remediation."""
    return first_and_rest(text)[0]


def first_and_rest(text: str) -> tuple[str, str]:
    """Split ``text`` after its first sentence; a semicolon ends one too."""
    found = re.match(r"(.+?)[.;](?=\s)", text, re.DOTALL)
    if not found:
        return text, ""
    rest = text[found.end() :].strip()
    return found.group(1) + ".", rest[:1].upper() + rest[1:]


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_COMPACT_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_line(value: object, *, compact: bool = False) -> str:
    r"""Return ``value`` as JSON on one line, readable and harmless on a terminal; ``compact`` without spaces.

    Letters of every script stay as they are; hidden characters are written as ``\\u`` escapes, which
    a parser turns back into the very same text. Lone surrogates, which no parser agrees on, are named.
    """
    dumped = (_COMPACT_JSON if compact else _JSON).encode(value)
    return dumped if dumped.isascii() and dumped.isprintable() else _HIDDEN_IN_JSON.sub(_escaped, dumped)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found.group())
    if 0xD800 <= number <= 0xDFFF:
        return f"[U+{number:04X}]"
    units = found.group().encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
