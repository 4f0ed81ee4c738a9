"""The cells of one roster row: what is a record and what is a footer, clean ids, clean e-mails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.hr_table.columns import Columns
from connectors.tabular import Row

_FOOTER = re.compile(
    r"""^\W*(?:
        (?:grand|sub|report)?\s*-?total\b
      | (?:number|count|no\.?)\s+of\b | (?:record|row|employee|head)\s*count\b
      | (?:strictly|company|private\s+and|hr)?\s*confidential | for\s+internal\s+use | copyright | proprietary
      | (?:report|generated|printed|exported|produced|prepared|run|created|downloaded|data)\b.*(?:\bon\b|\bby\b|\bat\b|\bas\s+of\b|\bdate|:|\d)
      | page\s+\d | end\s+of\s+(?:report|file|list|data) | as\s+of\b
      | \d[\d,]*\s+(?:record|row|employee|people|person|worker|result)s?\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COUNTS_PEOPLE = re.compile(
    r"total|count|number of|record|row|employee|people|worker|headcount", re.IGNORECASE
)
_INTEGER = re.compile(r"(?<![\d.,/:-])(?:\d{1,3}(?:,\d{3})+|\d+)(?![\d.,/:-])")
_FOOTER_CELLS = 3
_TRAILING_ZEROS = re.compile(r"^(\d+)\.0+$", re.ASCII)
_DAMAGED = re.compile(r"^\d(?:[.,]\d+)?e\+\d+$", re.IGNORECASE | re.ASCII)
_EXCEL_TEXT = re.compile(r'^="?([^"]*)"?$')
_BLANK = frozenset({"", "-", "--", "n/a", "na", "none", "null", "#n/a", "nan"})
_EMAIL = re.compile(r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+$")
_EMAIL_PARTS = re.compile(r"[\s;,<>|]+")


@dataclass(frozen=True, slots=True)
class Body:
    """A roster's rows, footers set aside."""

    rows: tuple[Row, ...]
    stated_count: tuple[int, int] | None = None
    """Line and number of a footer that counts the records."""


def split_footers(rows: Sequence[Row], columns: Columns) -> Body:
    """Return the records among ``rows``; totals, stamps and repeated headers are none."""
    kept = []
    stated = None
    for row in rows:
        if row.cells == columns.headers:
            continue
        if _is_footer(row, columns):
            stated = _stated_count(row) or stated
        else:
            kept.append(row)
    return Body(tuple(kept), stated)


def _is_footer(row: Row, columns: Columns) -> bool:
    filled = [cell for cell in row.cells if cell]
    # A title's text may lie under the e-mail column, but then it is no address.
    if len(filled) > _FOOTER_CELLS or "@" in columns.cell(row.cells, "work_email"):
        return False
    return bool(_FOOTER.match(filled[0]))


def _stated_count(row: Row) -> tuple[int, int] | None:
    text = " ".join(cell for cell in row.cells if cell)
    numbers = _INTEGER.findall(text)
    if len(numbers) == 1 and _COUNTS_PEOPLE.search(text):
        return row.line, int(numbers[0].replace(",", ""))
    return None


def clean_id(text: str) -> str:
    """Return an identifier as text with its zeros: no ``.0``, no ``="..."`` around it; empty for none."""
    wrapped = _EXCEL_TEXT.match(text)
    plain = (wrapped[1] if wrapped else text).strip().removeprefix("'")
    if plain.casefold() in _BLANK:
        return ""
    whole = _TRAILING_ZEROS.match(plain)
    return whole[1] if whole else plain


def is_damaged(identifier: str) -> bool:
    """Return whether a spreadsheet has turned the identifier into a rounded number (1.23E+05)."""
    return bool(_DAMAGED.match(identifier))


def clean_emails(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the e-mail addresses in a cell, and whether there is anything else that should be one."""
    if not text or text.strip().casefold() in _BLANK:
        return (), False
    if _EMAIL.match(text) and ":" not in text:
        return (text,), False
    if "<" in text:
        text = " ".join(re.findall(r"<([^<>]*)>", text)) or text
    words = [word for word in _EMAIL_PARTS.split(text) if word]
    found = [re.sub(r"^(?:mailto|smtp):", "", word, flags=re.IGNORECASE) for word in words]
    good = tuple(dict.fromkeys(word for word in found if _EMAIL.match(word)))
    return good, len(good) < len(set(found))
