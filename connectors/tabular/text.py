"""CSV as people's machines write it: encoding and separator found out, bad records set aside.

The csv module is used rather than pandas: an unreadable record must be told with its line and
the others kept, and pandas knows neither the line of a record after a quoted line break nor how
to go on after an unclosed quote.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import DocumentError
from connectors.tabular.model import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_PROBLEMS, Problem, Row, Sheet

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200
_MAX_RECORD_CHARACTERS = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In Windows-1252 these bytes would read as a capital A-tilde or a-circumflex before a symbol.
_UTF8_INSIDE = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]")
_SAVE_AS = "Save it again as 'CSV UTF-8'."


def read_text_sheet(path: Path, data: bytes, max_rows: int) -> Sheet:
    """Return the records of the CSV file ``path`` whose bytes are ``data``; raises DocumentError."""
    lines = io.StringIO(_decode(path, data), newline="").readlines()
    first, separator = _separator(lines)
    rows: list[Row] = []
    problems: list[Problem] = []
    for record in _records(lines, first, separator):
        if isinstance(record, Problem):
            problems.append(record)
            if len(problems) > MAX_PROBLEMS:
                raise DocumentError(
                    f"more than {MAX_PROBLEMS:,} rows cannot be read.",
                    path=path,
                    line=problems[0].line,
                    remedy=f"The first: {problems[0].reason}. Check that it is a CSV file.",
                )
        elif any(record.cells):
            rows.append(record)
            if len(rows) > max_rows:
                raise DocumentError(f"has more than {max_rows:,} rows.", path=path)
    unended = bool(lines) and not lines[-1].endswith(("\n", "\r"))
    return Sheet(path, tuple(rows), tuple(problems), rows[-1].line if rows and unended else None)


def _decode(path: Path, data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            if encoding is None:
                raise DocumentError("is UTF-32 text, which is not read.", path=path, remedy=_SAVE_AS)
            return _decode_marked(path, data[len(mark) :], encoding)
    if b"\0" in data:
        raise DocumentError(
            "holds NUL bytes: it is not a text file, or UTF-16 without its mark.", path=path, remedy=_SAVE_AS
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(path, data)


def _decode_marked(path: Path, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise DocumentError(
            f"starts as {encoding.upper()} text but does not go on so.",
            path=path,
            line=line,
            remedy=_SAVE_AS,
        ) from None
    if "\0" in text:
        raise DocumentError("holds NUL characters.", path=path, remedy=_SAVE_AS)
    return text


def _decode_windows(path: Path, data: bytes) -> str:
    utf8_line = windows_line = 0
    for number, line in enumerate(data.splitlines(), 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8_line = utf8_line or number
        except UnicodeDecodeError:
            windows_line = windows_line or number
            if _UTF8_INSIDE.search(line):
                utf8_line = utf8_line or number
    if utf8_line:
        raise DocumentError(
            f"mixes encodings: line {utf8_line} holds UTF-8, line {windows_line} does not.",
            path=path,
            line=windows_line,
            remedy=f"{_SAVE_AS} Check the accented letters on both lines.",
        )
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise DocumentError(
            "is neither UTF-8, UTF-16 nor Windows-1252 text.",
            path=path,
            line=data[: error.start].count(b"\n") + 1,
            remedy=_SAVE_AS,
        ) from None


def _separator(lines: list[str]) -> tuple[int, str]:
    """Return the index of the first line of data, and the separator."""
    hint = re.fullmatch(r"sep=([,;\t|])\s*", lines[0]) if lines else None
    if hint:
        return 1, hint[1]
    sample = lines[:_SAMPLE_LINES]
    return 0, max(SEPARATORS, key=lambda separator: _consistency(sample, separator))


def _consistency(lines: list[str], separator: str) -> float:
    """Return how much ``lines`` look like a table with ``separator``; 0 for not at all."""
    records = [r.cells for r in _records(lines, 0, separator) if isinstance(r, Row) and any(r.cells)]
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    header = next(cells for cells in records if len(cells) == width)
    # A line of names is a header; a line cut up by a wrong separator seldom is.
    looks_like_header = len(set(header)) == width and not any(set(cell) & set('"@,;|\t') for cell in header)
    share = count / len(records)
    return share * share * (width - 1) * (8 if all(header) and looks_like_header else 1)


class _Lines:
    """Physical lines handed to the csv reader, with a place to go back to and a limit a record."""

    def __init__(self, lines: list[str], at: int) -> None:
        self._lines = lines
        self.at = at
        self.budget = _MAX_RECORD_CHARACTERS

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        line = self._lines[self.at]
        self.at += 1
        self.budget -= len(line)
        if self.budget < 0:
            raise csv.Error("record limit")
        return line


def _records(lines: list[str], first: int, separator: str) -> Iterator[Row | Problem]:
    source = _Lines(lines, first)
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        start, source.budget = source.at, _MAX_RECORD_CHARACTERS
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # An unclosed quote has swallowed lines that may be good: go on after its first one.
            source.at = start + 1
            reader = csv.reader(source, delimiter=separator, strict=True)
            yield Problem(start + 1, _explained(error), _rough_cells(lines[start], separator))
            continue
        texts = tuple(cell.strip() for cell in cells)
        if len(texts) > MAX_COLUMNS:
            yield Problem(start + 1, f"it has more than {MAX_COLUMNS} cells")
        elif any(len(text) > MAX_CELL_CHARACTERS for text in texts):
            yield Problem(start + 1, f"a cell has more than {MAX_CELL_CHARACTERS:,} characters")
        else:
            yield Row(start + 1, texts)


def _explained(error: csv.Error) -> str:
    if "limit" in str(error):
        return "a quotation mark is never closed, or it is far too long"
    return "its quotation marks do not match"


def _rough_cells(line: str, separator: str) -> tuple[str, ...]:
    """Cut a record with broken quoting as well as it can be, up to where the quoting breaks."""
    cells: list[str] = []
    for cell in line[:_MAX_RECORD_CHARACTERS].split(separator, MAX_COLUMNS)[:MAX_COLUMNS]:
        if '"' in cell:
            break
        cells.append(cell.strip()[:MAX_CELL_CHARACTERS])
    return tuple(cells)
