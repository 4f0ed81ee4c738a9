"""The review as CSV files, one a table.

UTF-8 with a byte order mark, because the reader double-clicks and the common spreadsheet program
takes a file without it for another encoding. Every cell is text that stays text (`reports.text.cell`).
Judgements say ``yes``, ``no`` or ``unknown``, never an empty cell. Instants are ISO 8601 in the
organisation's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reports.cells import Cells, Table
from reports.files import whole_file
from reports.review import AccessReview
from reports.tables import TABLES
from reports.text import cell


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """One CSV file a table."""

    summary: str = "CSV files for a spreadsheet, one a table"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write a file a table; raises AuditorError where the disk refuses."""
        cells = Cells(review.timezone, field, nothing="", number=str)
        return [_write(out_dir / f"{table.name}.csv", table, review, cells) for table in TABLES]


def field(value: str) -> str:
    """Return ``value`` as a field that stays text, in quotes where RFC 4180 asks for them.

    Written here because `Cells` remembers it: most fields of a large review are the same few hundred
    texts, and looking each through again took the standard library's writer half of the time.
    """
    safe = cell(value)
    if '"' in safe or "," in safe:
        return '"' + safe.replace('"', '""') + '"'
    return safe


def _write(path: Path, table: Table, review: AccessReview, cells: Cells) -> Path:
    columns = table.columns
    with whole_file(path, newline="") as file:
        file.write("\ufeff" + ",".join(columns) + "\r\n")
        for row in table.rows(review):
            values = map(row.__getitem__, columns)
            file.write(",".join([cells[type(value)](value) for value in values]) + "\r\n")
    return path
