"""Rows of CSV, JSONL and Parquet files, one after another, so that a long file costs no more memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from auditor.errors import DocumentError

Row = Mapping[str, object]
"""Lower-case column to value; what a file leaves empty is an empty text or None."""

_DELIMITERS = ",;\t|"
_ROWS_AT_ONCE = 10_000
_PARQUET = (".parquet", ".pq")
_ONCE = ("id", "platform", "handle", "name")
"""Columns that would make one account of two, were they there twice."""
_UTF_8 = "Save it as CSV in UTF-8; Excel calls that 'CSV UTF-8', and what it calls 'Unicode text' is UTF-16."
_FORMATS = "Give a file whose name ends in .csv, .tsv, .jsonl or .parquet."


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a file with their numbers: lines of a text, rows of a table.

    Raises:
        DocumentError: the file is missing, of another kind, or broken at the line named.

    """
    kind = path.suffix.casefold()
    if not path.is_file():
        raise DocumentError("there is no such file.", path=path, remedy=_FORMATS)
    if kind in (".csv", ".tsv", ".txt"):
        return _csv_rows(path)
    if kind in (".jsonl", ".ndjson", ".json"):
        return _json_rows(path)
    if kind in _PARQUET:
        return _parquet_rows(path)
    raise DocumentError("this kind of file is not known.", path=path, remedy=_FORMATS)


def _csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = 0
        try:
            heading = file.readline()
            file.seek(0)
            delimiter = max(_DELIMITERS, key=heading.count)
            # Tab-separated files rarely quote, and names in them may hold a lone quotation mark.
            quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
            reader = csv.reader(file, delimiter=delimiter, quoting=quoting, strict=True)
            columns = _columns(path, next(reader, []))
            line = reader.line_num
            for cells in reader:
                line = reader.line_num
                if cells:
                    # A row that ends early leaves its last columns empty.
                    cells += [""] * (len(columns) - len(cells))
                    yield line, dict(zip(columns, cells, strict=False))
        except UnicodeDecodeError:
            raise DocumentError(
                "it is not written in UTF-8.", path=path, line=line + 1, remedy=_UTF_8
            ) from None
        except csv.Error as error:
            raise DocumentError(
                f"it is not CSV from here on ({error}).",
                path=path,
                line=line + 1,
                remedy="Look for an open quotation mark.",
            ) from None


def _columns(path: Path, heading: list[str]) -> list[str]:
    """Return the names of the columns, lower case.

    Raises:
        DocumentError: there are none, they are in another encoding, or one is there twice that may not be.

    """
    columns = [name.strip().casefold() for name in heading]
    if not any(columns):
        raise DocumentError(
            "it is empty.",
            path=path,
            line=1,
            remedy="Its first line names the columns: handle,name for instance.",
        )
    if any("\0" in name for name in columns):
        raise DocumentError("it is not written in UTF-8.", path=path, line=1, remedy=_UTF_8)
    twice = [name for name in _ONCE if columns.count(name) > 1]
    if twice:
        raise DocumentError(
            f"the column {twice[0]!r} is there twice.",
            path=path,
            line=1,
            remedy="Rename or remove one of the two.",
        )
    return columns


def _json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                raise DocumentError(
                    "this line is no JSON object.", path=path, line=number,
                    remedy="Write one account a line, as an object; a list can be cut with: jq -c '.[]' FILE.",
                )  # fmt: skip
            yield number, {str(name).casefold(): cell for name, cell in value.items()}


def _parquet_rows(path: Path) -> Iterator[tuple[int, Row]]:
    yield from _parquet(path, 1, "SELECT * FROM read_parquet(?)", [str(path)])


def parquet_span(path: Path, first: int, count: int) -> Iterator[tuple[int, Row]]:
    """Yield ``count`` rows of a Parquet file from number ``first`` (from 1); what lies before is not read.

    Raises:
        DocumentError: it cannot be read.

    """
    query = (
        "SELECT * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number = true) "
        "WHERE file_row_number >= ? AND file_row_number < ?"
    )
    return _parquet(path, first, query, [str(path), first - 1, first - 1 + count])


def parquet_length(path: Path) -> int | None:
    """Return how many rows a Parquet file has; None for other files, and where its rows cannot be picked by number.

    Raises:
        DocumentError: it cannot be read.

    """
    if path.suffix.casefold() not in _PARQUET:
        return None
    first = next(_parquet_rows(path), None)
    if first and "file_row_number" in first[1]:
        return None
    ((_, counted),) = _parquet(path, 1, "SELECT count(*) AS count FROM read_parquet(?)", [str(path)])
    return int(str(counted["count"]))


def _parquet(path: Path, first: int, query: str, values: list[object]) -> Iterator[tuple[int, Row]]:
    import duckdb

    # One thread reads in order, and ahead by little; more would hold many parts of the file at once.
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        try:
            result = connection.execute(query, values)
            columns = [str(column[0]).casefold() for column in result.description or []]
            number = first - 1
            while block := result.fetchmany(_ROWS_AT_ONCE):
                for cells in block:
                    number += 1
                    yield number, dict(zip(columns, cells, strict=True))
        except duckdb.Error:
            raise DocumentError(
                "it cannot be read as Parquet.", path=path, remedy="Write it anew, or give the list as CSV."
            ) from None
