"""The review as one XLSX workbook: what it is, then one sheet a table.

Every cell is a literal: texts are written as texts whatever they look like, counts and scores as
numbers, nothing as a formula or a link. Written row by row, so that a large review stays small in
memory. The same review gives the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from reports.about_sheet import about
from reports.cells import UNKNOWN, Cells, Row, Table
from reports.files import whole_binary_file
from reports.review import AccessReview
from reports.tables import TABLES
from reports.text import CELL, clean, cut

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as Look
    from xlsxwriter.worksheet import Worksheet

ROWS = 1_048_576
"""Rows a sheet can have, its head included; the format allows no more."""
_WIDE = {
    "message": 60, "remediation": 80, "reason": 50, "remedy": 60, "step": 60, "breaks": 60, "reasons": 50,
    "rationale": 60, "supports_evidence_for": 40, "supported_by": 50, "rules": 40, "scopes": 30,
    "matched_by": 30, "control": 50, "amiss": 50, "risk_factors": 40, "rule_title": 40, "title": 40,
}  # fmt: skip
"""Columns with long texts, in characters; they wrap."""
_NARROW = {
    "severity": 10,
    "verdict": 10,
    "risk": 7,
    "life": 10,
    "overdue": 9,
    "due_on": 11,
    "tier": 6,
    "order": 7,
    "phase": 9,
    "platform": 12,
}
_USUAL = 18
_LINE = 100
"""Characters on a line of the first sheet."""
_LINE_HEIGHT = 15
"""Points."""
_LINES = 4
"""Lines shown of a long text; the cell has all of it."""
_ID = 26
"""Width of instants, names, ids and addresses: enough to tell them apart, the rest is in the cell."""
_LONGER = (
    "_at", "_until", "_name", "account", "person", "app", "_id", "_email", "_by", "url", "link", "role",
    "fingerprint", "fingerprints", "rule",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class XlsxFormat:
    """One workbook with everything a spreadsheet can filter."""

    summary: str = "one XLSX workbook, a sheet a table, ready to filter"
    rows: int = ROWS
    """Rows a sheet holds, its head included; what is beyond goes to a second sheet."""

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the workbook; raises AuditorError where the disk refuses."""
        path = out_dir / "access-review.xlsx"
        # The rows wait in files beside the workbook, not in the system's folder for all users.
        with whole_binary_file(path) as file, tempfile.TemporaryDirectory(
            dir=out_dir, prefix=f".{path.name}."
        ) as waiting:  # fmt: skip
            _fill(file, review, Path(waiting), self.rows)
        return [path]


def literal(text: str) -> str:
    """Return ``text`` as a cell: on one line, every character visible, within the format's limit."""
    shown = cut(clean(text), CELL)
    # The format counts UTF-16 units, of which an emoji takes two.
    if len(shown) > CELL // 2 and len(shown.encode("utf-16-le")) > 2 * CELL:
        shown = cut(shown, CELL // 2)
    # The library takes a text that looks like its own markup for markup, and writes it unescaped.
    return "'" + shown if shown.startswith("<r>") else shown


def _fill(file: BinaryIO, review: AccessReview, waiting: Path, limit: int) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {
        "constant_memory": True,
        "tmpdir": str(waiting),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
    }
    book = xlsxwriter.Workbook(file, options)
    try:
        made = review.as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        book.set_properties(
            {"title": f"Access review, {literal(review.organization)}"[:255], "created": made}
        )
        _Sheets(book, Cells(review.timezone, literal), limit).write(review)
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from None
    finally:
        # Where writing broke off, the library leaves its files of waiting rows open.
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


class _Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Workbook, cells: Cells, limit: int) -> None:
        self._book = book
        self._cells = cells
        self._limit = limit
        self._head = self._look(bold=True, bottom=2, text_wrap=True)
        self._title = self._look(bold=True, bottom=1, valign="bottom")
        self._text = self._look(num_format="@")
        self._long = self._look(num_format="@", text_wrap=True)
        self._number = self._look()
        # The word, a slant and a dashed frame: unknown is seen in print and without colours too.
        self._unknown = self._look(num_format="@", italic=True, border=3, bg_color="#F2F2F2")

    def _look(self, **properties: Any) -> Look:
        # A name in another script must not turn the sentence it stands in.
        return self._book.add_format({"valign": "top", "align": "left", "reading_order": 1, **properties})

    def write(self, review: AccessReview) -> None:
        front = self._book.add_worksheet("About")
        counts = {table.name: self._table(table, review) for table in TABLES}
        front.set_column(0, 0, 26)
        front.set_column(1, 1, _LINE + 5)
        for row, (label, words) in enumerate(about(review, TABLES, counts)):
            shown = literal(words)
            # Said here, because not every program works the height out for itself.
            front.set_row(row, _LINE_HEIGHT * (len(shown) // _LINE + 1 if words else 2))
            front.write_string(row, 0, label, self._text if words else self._title)
            front.write_string(row, 1, shown, self._long)
        front.set_landscape()
        front.fit_to_pages(1, 0)

    def _table(self, table: Table, review: AccessReview) -> int:
        """Write ``table`` on as many sheets as it needs; return its rows."""
        rows = iter(table.rows(review))
        written = 0
        for number in range(1, 1_000):
            first = next(rows, None)
            if first is None and number > 1:
                break
            name = table.name if number == 1 else f"{table.name} ({number})"
            batch = chain([first] if first else [], islice(rows, self._limit - 2))
            written += self._sheet(self._book.add_worksheet(name), table.columns, batch)
        return written

    def _sheet(self, sheet: Worksheet, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
        # One height for all rows: a height of its own for each would be kept in memory.
        sheet.set_default_row(_LINE_HEIGHT * (_LINES if _WIDE.keys() & columns else 1))
        sheet.set_row(0, _LINE_HEIGHT * 2)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _width(column))
            sheet.write_string(0, place, column.replace("_", " "), self._head)
        looks = [self._long if column in _WIDE else self._text for column in columns]
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                shown = self._cells.value(row[column])
                if isinstance(shown, int):
                    sheet.write_number(last, place, shown, self._number)
                elif shown == UNKNOWN:
                    sheet.write_string(last, place, shown, self._unknown)
                elif shown:
                    sheet.write_string(last, place, shown, looks[place])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        return last


def _width(column: str) -> int:
    if column in _WIDE or column in _NARROW:
        return _WIDE.get(column) or _NARROW[column]
    return _ID if column.endswith(_LONGER) else _USUAL
