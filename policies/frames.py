"""Results of DuckDB as pandas frames with steady types.

DuckDB's own conversion depends on pytz and on what pandas deprecates next; these few lines do not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def to_frame(
    cursor: DuckDBPyConnection, types: Mapping[str, str], *, shared: Collection[str] = ()
) -> pd.DataFrame:
    """Return the cursor's rows.

    Args:
        cursor: with the result to read.
        types: each column's published type.
        shared: columns of few distinct texts, each of which becomes one object in memory.

    """
    arrays = cursor.fetchnumpy()
    for name in shared:
        arrays[name] = _with_equals_shared(arrays[name])
    return pd.DataFrame({name: _series(arrays.pop(name), kind) for name, kind in types.items()}, copy=False)


def _with_equals_shared(texts: Any) -> Any:
    plain = np.ma.getdata(texts)
    seen: dict[str, str] = {}
    # In place: the array is the cursor's result, which nobody else holds.
    plain[:] = list(map(seen.setdefault, plain, plain))
    return texts


def _series(values: Any, kind: str) -> pd.Series[Any]:
    mask = np.ma.getmaskarray(values)
    plain = np.ma.getdata(values)
    if kind == "VARCHAR":
        plain = np.asarray(plain, dtype=object)
        plain[mask] = None
        return pd.Series(plain, dtype="str", copy=False)
    if kind == "BOOLEAN":
        return pd.Series(pd.arrays.BooleanArray(_filled(plain, mask, "bool"), mask.copy()))
    if kind in ("INTEGER", "BIGINT"):
        return pd.Series(pd.arrays.IntegerArray(_filled(plain, mask, "int64"), mask.copy()))
    if kind in ("TIMESTAMPTZ", "DATE"):
        times = np.asarray(plain, dtype="datetime64[us]").copy()
        times[mask] = np.datetime64("NaT")
        series = pd.Series(times)
        return series.dt.tz_localize("UTC") if kind == "TIMESTAMPTZ" else series
    cells = np.asarray(plain, dtype=object)
    lists = kind.endswith("[]")
    found = [
        None if gone else (list(cell) if lists else cell) for cell, gone in zip(cells, mask, strict=True)
    ]
    return pd.Series(found, dtype=object)


def _filled(values: Any, mask: Any, dtype: str) -> Any:
    if values.dtype == object:
        values = np.where(mask, 0, values)
    return np.where(mask, 0, values).astype(dtype)
