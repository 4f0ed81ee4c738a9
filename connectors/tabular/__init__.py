"""Reads CSV and XLSX: rows as text, with the line a person sees, and what could not be read."""

from connectors.tabular.model import Problem, Row, Sheet, Table
from connectors.tabular.reader import (
    CUT_OFF,
    MAX_FILE_BYTES,
    MAX_ROWS,
    find_header,
    normalise_header,
    read_sheet,
    read_table,
    table_of,
)

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
