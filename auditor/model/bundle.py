"""Rows of a table on their way from the store to the judge, without becoming Python values in between.

A database writes a column as JSON and another reads it: both do so in their own code, on another processor
than the interpreter's, and ten times as fast as cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some rows of a fact table, column by column.

    Cells are as the store keeps them: an instant is a whole number of microseconds since 1970 (UTC), a truth
    value is 0 or 1, a day is ISO 8601, lists and mappings are JSON text, what is not known is null.
    """

    columns: Mapping[str, Sequence[str]]
    """Column to JSON arrays, each of one stretch of rows; the same stretches in every column."""
