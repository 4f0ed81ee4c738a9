"""The review as CSV files, one a table.

UTF-8 with a byte order mark, because the reader double-clicks and the common spreadsheet program
takes a file without it for another encoding. Every cell is text that stays text (`reports.text.cell`).
Judgements say ``yes``, ``no`` or ``unknown``, never an empty cell. Instants are ISO 8601 in the
organisation's zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.cells import Cells, Table, Value
from reports.files import whole_file
from reports.review import AccessReview
from reports.tables import TABLES
from reports.text import CELL, cell, is_clean

_REMEMBERED = 2_000
"""Values of one column whose fields are kept."""
_NEARLY_ALL = 0.9
"""Share of new texts from which a column, of digests for one, is not worth remembering."""
_NOTHING = frozenset({type(None)})
_TEXT = frozenset({str, type(None)})
"""Types whose equal values are told alike; 1, True and the lowest level are equal and are not."""


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """One CSV file a table."""

    summary: str = "CSV files for a spreadsheet, one a table"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write a file a table; raises AuditorError where the disk refuses."""
        cells = Cells(review.timezone, field, nothing="", number=str)
        return [_write(out_dir / f"{table.name}.csv", table, review, cells) for table in TABLES]


def field(value: str) -> str:
    """Return ``value`` as a field that stays text, in quotes where RFC 4180 asks for them."""
    return _quoted(cell(value))


def _quoted(safe: str) -> str:
    if '"' in safe or "," in safe:
        return '"' + safe.replace('"', '""') + '"'
    return safe


def fields(texts: Collection[str]) -> Iterable[str]:
    """Return the `field` of each text.

    Names, ids, digests and sentences are nearly all of a large review. A few hundred of them joined are
    seen to be harmless with fewer calls than each by itself.
    """
    joined = "".join(texts)
    starts = "".join([text[:1] for text in texts])
    short = max(map(len, texts), default=0) <= CELL
    if not (short and starts.isalnum() and is_clean(joined)):
        return map(field, texts)
    return map(_quoted, texts) if '"' in joined or "," in joined else texts


class _Column:
    """Tells the values of one column; a text that comes again is looked at once while it is remembered."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._nothing: str = cells[type(None)](None)
        self._told: dict[Value, str] = {None: self._nothing}

    def fields(self, values: Sequence[Any]) -> Iterable[str]:
        """Return the field of each value."""
        kinds = set(map(type, values))
        if kinds == _NOTHING:
            return [self._nothing] * len(values)
        if kinds <= _TEXT:
            return self._texts(values)
        if len(kinds) == 1:
            return map(self._cells[kinds.pop()], values)
        return [self._cells[type(value)](value) for value in values]

    def _texts(self, values: Sequence[Any]) -> Iterable[str]:
        if len(self._told) > _REMEMBERED:
            self._told = {None: self._nothing}
        new: set[Any] = set(values).difference(self._told)
        if len(new) > _NEARLY_ALL * len(values) and None not in values:
            return fields(values)
        self._told.update(zip(new, fields(new), strict=True))
        return map(self._told.__getitem__, values)


def _write(path: Path, table: Table, review: AccessReview, cells: Cells) -> Path:
    columns = [_Column(cells) for _ in table.columns]
    with whole_file(path, newline="") as file:
        file.write("\ufeff" + ",".join(table.columns) + "\r\n")
        for batch in table.batches(review):
            told = [column.fields(values) for column, values in zip(columns, batch, strict=True)]
            file.write("\r\n".join(map(",".join, zip(*told, strict=True))) + "\r\n")
    return path
