"""XLSX read as text: stored values only, no links followed, nothing rounded in silence."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from auditor.errors import ConnectorError, DocumentError
from connectors.tabular.model import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_PROBLEMS, Problem, Row, Sheet
from connectors.zipguard import MIB, ZipLimits, check_all_sizes, open_zip

if TYPE_CHECKING:
    from openpyxl import Workbook

_LIMITS = ZipLimits(members=10_000, member_bytes=256 * MIB, total_bytes=384 * MIB, ratio=250)
_SAFE_DIGITS = 15
"""Excel keeps no more; a longer number has been rounded before we see it."""
_MOST_STYLED = 2_048
"""Cells of a row, blank ones with a style among them, beyond which it is not even trimmed."""
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s>/]")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ZEROS = re.compile(r"0{2,32}")
_UNREADABLE = (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError, OverflowError)


def read_workbook_sheet(path: Path, sheet: str | None, max_rows: int) -> Sheet:
    """Return the records of one worksheet: the named one, else the first that is not hidden.

    Raises:
        DocumentError: not a workbook, too large, or without that sheet.

    """
    try:
        check_all_sizes(path, _LIMITS)
        has_formulas = _scan(path)
    except ConnectorError as error:
        raise DocumentError(error.message.removeprefix(f"{path}: "), path=path, remedy=error.remedy) from None
    with warnings.catch_warnings():
        # openpyxl warns of drawings, validations and odd dates it leaves out; none is data here.
        warnings.simplefilter("ignore")
        return _read(path, sheet, max_rows, has_formulas)


def _scan(path: Path) -> bool:
    """Refuse entity declarations; return whether any worksheet holds a formula."""
    found = False
    with open_zip(path, _LIMITS) as guarded:
        for name in guarded.names:
            if not name.endswith((".xml", ".rels")):
                continue
            data = guarded.read(name)
            if _ENTITIES.search(data) or b"\0" in data[:64]:
                raise DocumentError("is refused: its XML declares entities or is not UTF-8.", path=path)
            found = found or (name.startswith("xl/worksheets/") and bool(_FORMULA.search(data)))
    return found


def _read(path: Path, sheet: str | None, max_rows: int, has_formulas: bool) -> Sheet:
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        uncomputed = _formulas_without_value(path, sheet, max_rows) if has_formulas else frozenset()
        with _workbook(path, data_only=True) as book:
            for number, cells in _rows(path, book, sheet):
                record = _record(number, cells, uncomputed)
                if isinstance(record, Problem):
                    problems.append(record)
                elif any(record.cells):
                    rows.append(record)
                if len(rows) > max_rows:
                    raise DocumentError(f"has more than {max_rows:,} rows.", path=path)
                if len(problems) > MAX_PROBLEMS:
                    raise DocumentError(
                        f"more than {MAX_PROBLEMS:,} rows cannot be read.", path=path, line=problems[0].line
                    )
    except (*_UNREADABLE, ParseError, zipfile.BadZipFile):
        raise DocumentError(
            "is not a readable XLSX workbook.", path=path, remedy="Open it and save it again as XLSX or CSV."
        ) from None
    return Sheet(path, tuple(rows), tuple(problems))


@contextmanager
def _workbook(path: Path, *, data_only: bool) -> Iterator[Workbook]:
    import openpyxl

    # The stream is ours: openpyxl leaves its own open where a damaged workbook stops it.
    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _rows(path: Path, book: Workbook, sheet: str | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheets = list(book.worksheets)
    if sheet is None:
        visible = [page for page in sheets if page.sheet_state == "visible"]
        page = next(iter(visible or sheets), None)
    else:
        page = next((page for page in sheets if page.title == sheet), None)
    if page is None:
        names = ", ".join(ascii(name[:40]) for name in book.sheetnames[:10])
        raise DocumentError(f"has no sheet {sheet!r}; its sheets are {names}.", path=path)
    # The declared size is often wrong and would cut rows or columns off.
    page.reset_dimensions()
    yield from enumerate(page.iter_rows(), 1)


def _formulas_without_value(path: Path, sheet: str | None, max_rows: int) -> frozenset[tuple[int, int]]:
    """Return row and column of formulas; their stored value, if any, is read in a second pass."""
    found: set[tuple[int, int]] = set()
    with _workbook(path, data_only=False) as book:
        for number, cells in _rows(path, book, sheet):
            found.update((number, at) for at, cell in enumerate(cells) if cell.data_type == "f")
            if len(found) > max_rows * MAX_COLUMNS:
                break
    return frozenset(found)


def _record(number: int, cells: tuple[Any, ...], formulas: frozenset[tuple[int, int]]) -> Row | Problem:
    end = len(cells)
    if end > _MOST_STYLED:
        return Problem(number, f"it has more than {MAX_COLUMNS} cells")
    while end and cells[end - 1].value is None and (number, end - 1) not in formulas:
        end -= 1
    if end > MAX_COLUMNS:
        return Problem(number, f"it has more than {MAX_COLUMNS} cells")
    texts: list[str] = []
    reason = ""
    for at, cell in enumerate(cells[:end]):
        text, trouble = _text(cell)
        if not text and not trouble and (number, at) in formulas:
            trouble = "holds a formula whose result was not saved"
        if trouble and not reason:
            reason = f"cell {cell_name(at, number)} {trouble}"
        texts.append("" if trouble else text)
    return Problem(number, reason, tuple(texts)) if reason else Row(number, tuple(texts))


def _text(cell: Any) -> tuple[str, str]:
    """Return the cell as text, and what is wrong with it, if anything."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "e":
        return "", f"holds the error {str(value)[:20]}"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, (int, float)):
        return _number(value, cell)
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat(), ""
    if isinstance(value, (date, time)):
        return value.isoformat(), ""
    text = str(value).replace("\0", "").strip()
    if len(text) > MAX_CELL_CHARACTERS:
        return "", f"has more than {MAX_CELL_CHARACTERS:,} characters"
    return text, ""


def _number(value: float, cell: Any) -> tuple[str, str]:
    if abs(value) >= 10**_SAFE_DIGITS or value != value:
        return "", (
            f"holds a number of more than {_SAFE_DIGITS} digits, which spreadsheets round; "
            "format the column as text and enter it again"
        )
    if value != int(value):
        return repr(value), ""
    text = str(int(value))
    width = cell.number_format if isinstance(cell.number_format, str) else ""
    return (text.zfill(len(width)) if _ZEROS.fullmatch(width) else text), ""


def cell_name(column: int, row: int) -> str:
    """Return the spreadsheet's name of a cell, such as B7, from a 0-based column."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return f"{name}{row}"
