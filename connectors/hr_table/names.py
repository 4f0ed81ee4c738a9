"""Names of people as rosters write them: ``Last, First M. (Suffix)`` and plain ones.

Nothing here matches anybody: names only tell the reader who is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SUFFIXES = frozenset(
    [
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "v",
        "md",
        "do",
        "rn",
        "np",
        "pa",
        "phd",
        "pharmd",
        "dds",
        "dmd",
        "esq",
        "mba",
        "mph",
        "bsn",
        "msn",
        "lpn",
        "cpa",
        "dnp",
        "pt",
        "ot",
        "lcsw",
    ]
)
_PARENTHESES = re.compile(r"(?<=\s)\(([^()]*)\)")
_STATUS_NOTES = frozenset({"terminated", "on leave", "inactive"})


@dataclass(frozen=True, slots=True)
class NameRead:
    """A name in reading order, and what stood in parentheses behind it."""

    text: str
    """``First M. Last Jr.``"""
    nickname: str = ""
    """A name in parentheses that is neither suffix nor status, such as ``Robert (Bob) Fox``."""
    status_note: str = ""
    """``Terminated`` or ``On Leave``, which some systems append to the name itself."""


def read_name(text: str) -> NameRead:
    """Return ``text`` in reading order; "Fox, Bo T. (Jr.)" becomes "Bo T. Fox Jr."."""
    if not text:
        return NameRead("")
    if "(" not in text and "," not in text:
        return NameRead(" ".join(text.split()))
    notes = [" ".join(note.split()) for note in _PARENTHESES.findall(text)]
    plain = " ".join(_PARENTHESES.sub(" ", text).split()).strip(" ,")
    suffixes = [note for note in notes if _is_suffix(note)]
    status_note = next((note for note in notes if note.casefold() in _STATUS_NOTES), "")
    nickname = next(
        (n for n in notes if len(n) > 1 and not _is_suffix(n) and n.casefold() not in _STATUS_NOTES), ""
    )
    parts = [part.strip() for part in plain.split(",") if part.strip()]
    while len(parts) > 1 and _is_suffix(parts[-1]):
        suffixes.insert(0, parts.pop())
    if len(parts) == 2:
        parts = [_turn_around(parts[0], parts[1], suffixes)]
    return NameRead(" ".join([*parts, *suffixes]), nickname, status_note)


def join_name(*parts: str) -> str:
    """Return the parts that are there, one space apart."""
    return " ".join(" ".join(part.split()) for part in parts if part.strip())


def _turn_around(last: str, first: str, suffixes: list[str]) -> str:
    words = last.split()
    while len(words) > 1 and _is_suffix(words[-1]):
        suffixes.insert(0, words.pop())
    given = first.split()
    while len(given) > 1 and _is_suffix(given[-1]) and len(given[-1].rstrip(".")) > 1:
        suffixes.insert(0, given.pop())
    return " ".join([*given, *words])


def _is_suffix(text: str) -> bool:
    return text.replace(".", "").casefold() in _SUFFIXES
