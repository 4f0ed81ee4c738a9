"""Facts as pandas frames, in the form DuckDB takes in without looking at single values.

==========  ==========================  ===================
kind        pandas                      DuckDB
==========  ==========================  ===================
TEXT        str                         VARCHAR
BOOLEAN     boolean                     BOOLEAN
INTEGER     Int64                       BIGINT
INSTANT     datetime64[us, UTC]         TIMESTAMPTZ
DAY         str, ISO 8601               VARCHAR; ``CAST(x AS DATE)``
LIST        str, a JSON array           VARCHAR
DAYS        str, a JSON object          VARCHAR
==========  ==========================  ===================

A frame has exactly the fields of its fact, in their order, and these types even where it is empty
or a column is null throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    Table,
    cast,
    func,
    literal,
    select,
    type_coerce,
)

from auditor.errors import StoreError
from auditor.store.columns import Column, Kind, columns_of
from auditor.store.schema import fact_tables

_BATCH = 500
"""Small enough that a batch is still in the processor's cache when it is taken apart: measured twice as fast
as 20,000."""
_PART_ROWS = 500 * _BATCH
"""Rows of one part: a whole number of batches, and no fewer than DuckDB keeps together (122,880), which it
takes in twice as fast as smaller parts."""
_ASKED_AT_ONCE = 20_000
"""Texts in one statement; the databases take some 32,000 values."""
_ABSENT = int(np.iinfo(np.int64).min)
"""Stands for null in whole numbers; the same bits mean "not a time" to pandas."""
_SHARED_AT_MOST = 200_000
"""Distinct texts of a column remembered so that equal ones are one object in memory."""


def read_frame(
    connection: Connection, table: str, snapshot_no: int, names: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the facts of one kind in one snapshot, in the order they were written.

    ``names`` are the columns wanted, those of other tables among them; None: all.
    """
    columns = _wanted(table, names)
    source = fact_tables[table]
    count = _count(connection, source, snapshot_no)
    arrays = _arrays(columns, count)
    if _fill(arrays, _batches(connection, _statement(source, columns, snapshot_no))) != count:
        raise _not_whole(table)
    return _frame(columns, arrays)


def read_parts(connection: Connection, table: str, snapshot_no: int) -> Iterator[pd.DataFrame]:
    """Yield the facts of one kind in one snapshot, a frame of at most 250,000 rows at a time.

    For those who hand them on at once: the whole is never in memory.
    """
    columns, source = columns_of(table), fact_tables[table]
    left = _count(connection, source, snapshot_no)
    with closing(_batches(connection, _statement(source, columns, snapshot_no))) as batches:
        while left:
            size = min(left, _PART_ROWS)
            arrays = _arrays(columns, size)
            _part(arrays, islice(batches, -(-size // _BATCH)), size, table)
            yield _frame(columns, arrays)
            left -= size


def read_history(
    connection: Connection,
    table: str,
    snapshot_nos: Collection[int],
    names: Collection[str],
    where: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Return the facts of one kind in several snapshots, those of one after those of the other.

    Beside the columns ``names`` a frame has ``snapshot_no``. ``where``: column to the texts that are
    wanted of it; of each column but the first at most some ten thousand.
    """
    columns, source = _wanted(table, names), fact_tables[table]
    wanted = dict(where or {"": [""]})
    first, texts = next(iter(wanted.items()))
    parts = [list(texts)[start : start + _ASKED_AT_ONCE] for start in range(0, len(texts), _ASKED_AT_ONCE)]
    gathered: list[list[Any]] = [[] for _ in range(len(columns) + 1)]
    for part in parts:
        statement = select(source.c.snapshot_no, *(_selected(source, column) for column in columns)).where(
            source.c.snapshot_no.in_(snapshot_nos),
            *(source.c[name].in_(found) for name, found in {**wanted, first: part}.items() if name),
        )
        for rows in _batches(connection, statement.order_by(source.c.snapshot_no, source.c.row_no)):
            for kept, values in zip(gathered, zip(*rows, strict=True), strict=True):
                kept.extend(values)
    numbers = np.array(gathered.pop(0), dtype=np.int64)
    kinds = [object if _is_text(column) else np.int64 for column in columns]
    arrays = [np.array(kept, dtype=kind) for kept, kind in zip(gathered, kinds, strict=True)]
    return _frame(columns, arrays).assign(snapshot_no=numbers)


def read_distinct(
    connection: Connection, table: str, snapshot_nos: Collection[int], names: Collection[str]
) -> pd.DataFrame:
    """Return each combination of the columns ``names`` that several snapshots hold, the newest last."""
    columns, source = _wanted(table, names), fact_tables[table]
    newest = func.max(source.c.snapshot_no).label("newest")
    selected = [_selected(source, column).label(column.name) for column in columns]
    statement = select(newest, *selected).where(source.c.snapshot_no.in_(snapshot_nos))
    gathered: list[list[Any]] = [[] for _ in range(len(columns) + 1)]
    grouped = statement.group_by(*(source.c[column.name] for column in columns)).order_by(newest)
    for rows in _batches(connection, grouped):
        for kept, values in zip(gathered, zip(*rows, strict=True), strict=True):
            kept.extend(values)
    kinds = [object if _is_text(column) else np.int64 for column in columns]
    return _frame(
        columns, [np.array(kept, dtype=kind) for kept, kind in zip(gathered[1:], kinds, strict=True)]
    )


def _part(
    arrays: Sequence[np.ndarray[Any, Any]],
    batches: Iterator[Sequence[Sequence[Any]]],
    size: int,
    table: str,
) -> None:
    filled = 0
    for rows in batches:
        end = filled + len(rows)
        for array, values in zip(arrays, zip(*rows, strict=True), strict=True):
            array[filled:end] = values
        filled = end
    if filled != size:
        raise _not_whole(table)


def _count(connection: Connection, source: Table, snapshot_no: int) -> int:
    statement = select(func.count()).select_from(source).where(source.c.snapshot_no == snapshot_no)
    return connection.execute(statement).scalar_one()


def _not_whole(table: str) -> StoreError:
    return StoreError(f"The table {table} could not be read whole.", remedy="Run 'auditor doctor'.")


def _wanted(table: str, names: Collection[str] | None) -> tuple[Column, ...]:
    columns = columns_of(table)
    return columns if names is None else tuple(column for column in columns if column.name in names)


def _statement(source: Table, columns: Sequence[Column], snapshot_no: int) -> Select[Any]:
    return (
        select(*(_selected(source, column) for column in columns))
        .where(source.c.snapshot_no == snapshot_no)
        .order_by(source.c.row_no)
    )


def _arrays(columns: Sequence[Column], count: int) -> list[np.ndarray[Any, Any]]:
    return [np.empty(count, dtype=object if _is_text(column) else np.int64) for column in columns]


def _frame(columns: Sequence[Column], arrays: list[np.ndarray[Any, Any]]) -> pd.DataFrame:
    # Handed over without a copy: a million grants would otherwise be in memory twice.
    return pd.DataFrame(
        {column.name: _series(column, arrays.pop(0)) for column in columns},
        columns=[column.name for column in columns],
        copy=False,
    )


def _is_text(column: Column) -> bool:
    return column.kind not in (Kind.BOOLEAN, Kind.INTEGER, Kind.INSTANT)


def _selected(source: Any, column: Column) -> Any:
    found = source.c[column.name]
    if _is_text(column):
        return found
    # Null is replaced here, by the database, so that a column arrives as numbers and nothing else.
    number = cast(found, Integer) if column.kind is Kind.BOOLEAN else type_coerce(found, BigInteger)
    return func.coalesce(number, literal(_ABSENT, BigInteger)).label(column.name)


def _batches(
    connection: Connection, statement: Select[Any]
) -> Generator[Sequence[Sequence[Any]], None, None]:
    if connection.dialect.name != "sqlite":
        streamed = connection.execution_options(yield_per=_BATCH).execute(statement)
        with closing(streamed):
            yield from streamed.partitions()
        return
    # SQLite's driver reads row by row anyhow; its plain tuples save a third of the time.
    with closing(connection.execute(statement)) as result:
        cursor = result.cursor
        assert cursor is not None  # noqa: S101 - a SELECT has one
        while rows := cursor.fetchmany(_BATCH):
            yield rows


def _fill(arrays: Sequence[np.ndarray[Any, Any]], batches: Iterator[Sequence[Sequence[Any]]]) -> int:
    shared: list[dict[Any, Any]] = [{} for _ in arrays]
    start = 0
    for rows in batches:
        end = start + len(rows)
        for array, memory, values in zip(arrays, shared, zip(*rows, strict=True), strict=True):
            if array.dtype == object and len(memory) < _SHARED_AT_MOST:
                array[start:end] = list(map(memory.setdefault, values, values))
            else:
                array[start:end] = values
        start = end
    return start


def _series(column: Column, values: np.ndarray[Any, Any]) -> pd.Series[Any]:
    return _SERIES.get(column.kind, _text)(values)


def _text(values: np.ndarray[Any, Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype="str")


def _boolean(values: np.ndarray[Any, Any]) -> pd.Series[Any]:
    return pd.Series(pd.arrays.BooleanArray(values == 1, values == _ABSENT))


def _integer(values: np.ndarray[Any, Any]) -> pd.Series[Any]:
    absent = values == _ABSENT
    values[absent] = 0
    return pd.Series(pd.arrays.IntegerArray(values, absent))


def _instant(values: np.ndarray[Any, Any]) -> pd.Series[Any]:
    return pd.Series(values.view("datetime64[us]")).dt.tz_localize("UTC")


_SERIES: dict[Kind, Callable[[np.ndarray[Any, Any]], pd.Series[Any]]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.INSTANT: _instant,
}
