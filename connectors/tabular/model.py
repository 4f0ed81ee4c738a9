"""What a table read from a file is: rows as text with the line a person sees, and the rows lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 32_767
"""A spreadsheet's own limit for one cell."""
MAX_PROBLEMS = 1_000
"""Unreadable rows beyond which the file is not a table at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file."""

    line: int
    """Line (CSV: where the record starts) or spreadsheet row, counted from 1."""
    cells: tuple[str, ...]
    """Cells as text, outer blanks removed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One record that could not be read."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()
    """What could be made out, in the header's order; may be empty."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every record of a file or worksheet, before anyone decided which one is the header."""

    path: Path
    rows: tuple[Row, ...]
    """Blank records are left out."""
    problems: tuple[Problem, ...] = ()
    cut_off_at: int | None = None
    """Line of the last record where the file ends without a line end."""


@dataclass(frozen=True, slots=True)
class Table:
    """Records under a header; each row has exactly as many cells as there are columns."""

    path: Path
    columns: tuple[str, ...]
    """Headers as written."""
    header_line: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
