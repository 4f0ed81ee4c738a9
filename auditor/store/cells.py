"""Single cells of a frame: as plain values, and compared."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pandas as pd

from auditor.store.columns import Kind


def cell_value(kind: Kind, value: Any) -> Any:
    """Return a frame's cell as text, bool, int, datetime, list or dict; None where it is not known."""
    if pd.isna(value):
        return None
    if kind in (Kind.LIST, Kind.DAYS):
        return json.loads(value)
    if kind is Kind.INSTANT:
        return value.to_pydatetime().astimezone(UTC)
    if kind is Kind.BOOLEAN:
        return bool(value)
    return int(value) if kind is Kind.INTEGER else str(value)


def changed_mask(before: pd.Series[Any], after: pd.Series[Any]) -> pd.Series[bool]:
    """Return which cells differ; two that are not known do not."""
    both = before.notna() & after.notna()
    differs = (before != after).fillna(value=False).astype(bool)
    return (both & differs) | (before.notna() != after.notna())


def same_cell(before: Any, after: Any) -> bool:
    """Return whether two values say the same: scopes, tasks and the like come in any order."""
    if isinstance(before, list) and isinstance(after, list):
        return sorted(before) == sorted(after)
    return bool(before == after)
