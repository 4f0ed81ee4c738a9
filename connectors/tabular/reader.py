"""Tables people hand in, CSV or XLSX: every cell as text, every row with its line, none lost unseen.

    table = read_table(path)                      # header in the first row
    sheet = read_sheet(path)                      # title rows above the header:
    table = table_of(sheet, find_header(sheet.rows, known))

Identifiers keep their zeros; a spreadsheet number too long to be exact makes its row a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.errors import DocumentError
from connectors.tabular.model import Problem, Row, Sheet, Table

__all__ = [
    "CUT_OFF",
    "MAX_FILE_BYTES",
    "MAX_ROWS",
    "Problem",
    "Row",
    "Sheet",
    "Table",
    "find_header",
    "normalise_header",
    "read_sheet",
    "read_table",
    "table_of",
]

MAX_FILE_BYTES = 128 * 1024 * 1024
MAX_ROWS = 1_000_000
CUT_OFF = "it is cut off at the end of the file"
"""What is wrong with the last record of a file that was not written to its end."""
_HEADER_WITHIN = 50
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_sheet(path: Path, *, sheet: str | None = None, max_rows: int = MAX_ROWS) -> Sheet:
    """Read every record of ``path``; ``sheet`` names a worksheet of an XLSX file.

    Raises:
        DocumentError: missing, too large, empty, of another format, or in mixed encodings.

    """
    try:
        if not path.is_file():
            raise DocumentError("there is no such file.", path=path, remedy="Check the path.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DocumentError(f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB.", path=path)
        with path.open("rb") as stream:
            start = stream.read(len(_ZIP))
            if start == _OLD_OFFICE:
                raise DocumentError(
                    "is an old Excel file, or one with a password.",
                    path=path,
                    remedy="Save it as XLSX without a password, or as CSV.",
                )
            data = b"" if start == _ZIP else start + stream.read()
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}.", path=path) from None
    if start == _ZIP:
        from connectors.tabular.workbook import read_workbook_sheet

        found = read_workbook_sheet(path, sheet, max_rows)
    else:
        from connectors.tabular.text import read_text_sheet

        found = read_text_sheet(path, data, max_rows)
    if not found.rows:
        raise DocumentError("holds no rows.", path=path, line=_first_line(found.problems))
    return found


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    max_rows: int = MAX_ROWS,
    known: Callable[[str], bool] | None = None,
) -> Table:
    """Read ``path`` as a table: header in the first row, or, with ``known``, where `find_header` says.

    Raises:
        DocumentError: as `read_sheet` does, and where no header can be found.

    """
    found = read_sheet(path, sheet=sheet, max_rows=max_rows)
    header = 0 if known is None else find_header(found.rows, known)
    if header is None:
        raise DocumentError(
            "has no row of known column names.",
            path=path,
            remedy="Put the column names in one row above the data.",
        )
    return table_of(found, header)


def find_header(rows: Sequence[Row], known: Callable[[str], bool], *, minimum: int = 2) -> int | None:
    """Return the index of the header among ``rows``: the one with most cells that are ``known``.

    Args:
        known: the predicate, given each cell as written.
        minimum: how many cells it must know at least; below that, None.

    """
    counts = [len({cell for cell in row.cells if cell and known(cell)}) for row in rows[:_HEADER_WITHIN]]
    best = max(range(len(counts)), key=lambda at: (counts[at], -at), default=None)
    return best if best is not None and counts[best] >= minimum else None


def table_of(sheet: Sheet, header: int) -> Table:
    """Return the records below ``sheet.rows[header]``.

    A record with fewer cells than the header is filled up with blanks (spreadsheets leave out
    trailing ones); one with more, or one that is cut off at the end of the file, is a problem.
    """
    head = sheet.rows[header]
    columns = head.cells
    while columns and not columns[-1]:
        columns = columns[:-1]
    body = sheet.rows[header + 1 :]
    others_are_full = all(len(row.cells) >= len(columns) for row in body[:-1])
    rows: list[Row] = []
    problems = [problem for problem in sheet.problems if problem.line > head.line]
    for row in body:
        if any(row.cells[len(columns) :]):
            problems.append(
                Problem(row.line, f"it has {len(row.cells)} cells under {len(columns)} columns", row.cells)
            )
        elif row.line == sheet.cut_off_at and len(row.cells) < len(columns) and others_are_full:
            problems.append(Problem(row.line, CUT_OFF, row.cells))
        else:
            blanks = ("",) * (len(columns) - len(row.cells))
            rows.append(Row(row.line, row.cells[: len(columns)] + blanks))
    problems.sort(key=lambda problem: problem.line)
    return Table(sheet.path, columns, head.line, tuple(rows), tuple(problems))


def normalise_header(text: str) -> str:
    """Return ``text`` as headers are compared: no case, accents, spaces or punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.replace("#", " number "))
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c))).casefold()


def _first_line(problems: tuple[Problem, ...]) -> int | None:
    return problems[0].line if problems else None
