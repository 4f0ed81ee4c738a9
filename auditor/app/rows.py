"""Cells of a frame as Python values: missing is None, lists are tuples, instants are aware."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Row:
    """One row of a frame; every read gives a plain value or None."""

    __slots__ = ("_cells",)

    def __init__(self, cells: dict[str, Any]) -> None:
        self._cells = cells

    def value(self, column: str) -> Any:
        """Return the cell, None where it is missing."""
        value = self._cells.get(column)
        return None if _is_missing(value) else value

    def text(self, column: str) -> str | None:
        """Return the cell as text."""
        value = self.value(column)
        return None if value is None else str(value)

    def flag(self, column: str) -> bool | None:
        """Return the cell as a truth value."""
        value = self.value(column)
        return None if value is None else bool(value)

    def number(self, column: str) -> int | None:
        """Return the cell as a whole number."""
        value = self.value(column)
        return None if value is None else int(value)

    def instant(self, column: str) -> datetime | None:
        """Return the cell as an instant in UTC."""
        value = self.value(column)
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        moment: datetime = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def day(self, column: str) -> date | None:
        """Return the cell as a day."""
        value = self.value(column)
        if value is None:
            return None
        if isinstance(value, str):
            return date.fromisoformat(value[:10])
        return value.date() if isinstance(value, datetime) else value

    def texts(self, column: str) -> tuple[str, ...] | None:
        """Return a list cell, kept as a list, an array or JSON text."""
        value = self.value(column)
        if value is None:
            return None
        if isinstance(value, str):
            value = json.loads(value)
        return tuple(str(item) for item in value)


def _is_missing(value: Any) -> bool:
    """Whether ``value`` is one of pandas' ways to say "nothing here"; a list never is."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and value != value


def rows(frame: pd.DataFrame) -> Iterator[Row]:
    """Yield the rows of ``frame``."""
    columns = list(frame.columns)
    for cells in frame.itertuples(index=False, name=None):
        yield Row(dict(zip(columns, cells, strict=True)))
