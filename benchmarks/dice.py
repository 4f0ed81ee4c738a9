"""Random columns that come out the same on every machine, and columns put into a snapshot's frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from auditor.store.columns import Kind, columns_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The instant every made-up snapshot ends at."""
_TODAY = np.datetime64("2026-11-20", "D")
_DAY_US = 24 * 3600 * 1_000_000
_NOW_US = int(NOW.timestamp()) * 1_000_000

Column: TypeAlias = np.ndarray[Any, Any]


class Dice:
    """Columns of a given length, drawn from one seeded generator."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def share(self, length: int, part: float) -> Column:
        """Return a mask that is true on ``part`` of the rows (0 to 1)."""
        return self._generator.random(length) < part

    def numbers(self, length: int, low: int, high: int) -> Column:
        """Return whole numbers from ``low`` up to but not including ``high``."""
        return self._generator.integers(low, high, length)

    def words(self, length: int, weighted: Mapping[Any, float]) -> Column:
        """Return words, each as often as its weight says; None is not known."""
        weights = np.array(list(weighted.values()), dtype=float)
        values = np.empty(len(weighted), dtype=object)
        values[:] = list(weighted)
        return values[self._generator.choice(len(values), length, p=weights / weights.sum())]

    def instants(self, length: int, low: int, high: int) -> Column:
        """Return instants between ``low`` and ``high`` days before the snapshot; negative: after it."""
        micros = self._generator.integers(low * _DAY_US, high * _DAY_US, length)
        return (_NOW_US - micros).astype("datetime64[us]")

    def days(self, length: int, low: int, high: int) -> Column:
        """Return days between ``low`` and ``high`` before the snapshot's, as text; negative: after it."""
        return texts((_TODAY - self._generator.integers(low, high, length)).astype("datetime64[D]"))


def texts(values: Column) -> Column:
    """Return anything numpy can write as text, as a column of Python texts, equal ones shared."""
    kinds, places = np.unique(values, return_inverse=True)
    return np.array([str(kind) for kind in kinds], dtype=object)[places]


def numbered(prefix: str, length: int) -> Column:
    """Return ``prefix`` followed by 0, 1, 2, ... in seven digits."""
    return np.array([f"{prefix}{number:07d}" for number in range(length)], dtype=object)


def joined(*parts: Column | str) -> Column:
    """Return the parts of every row put together as one text."""
    length = next(len(part) for part in parts if not isinstance(part, str))
    rows: list[Sequence[str]] = [
        [part] * length if isinstance(part, str) else part.tolist() for part in parts
    ]
    return np.array(["".join(row) for row in zip(*rows, strict=True)], dtype=object)


def where(mask: Column, values: Column | str | bool | None, otherwise: Column) -> Column:
    """Return ``otherwise`` with the rows under ``mask`` replaced."""
    changed = otherwise.copy()
    changed[mask] = values[mask] if isinstance(values, np.ndarray) else values
    return changed


def frame(table: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the columns as the store's frame of ``table``; a column that is not given is null throughout."""
    length = max(len(column) for column in columns.values() if isinstance(column, np.ndarray))
    return pd.DataFrame(
        {column.name: _series(column.kind, columns.get(column.name), length) for column in columns_of(table)},
        copy=False,
    )


def _series(kind: Kind, values: Any, length: int) -> pd.Series[Any]:
    if kind is Kind.INSTANT:
        given = np.full(length, "NaT", "datetime64[us]") if values is None else values
        return pd.Series(given).dt.tz_localize("UTC")
    if values is None or isinstance(values, (str, bool)):
        values = np.full(length, values, dtype=object)
    if kind is Kind.BOOLEAN:
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype="Int64" if kind is Kind.INTEGER else "str")
