"""Facts as bundles of JSON that SQLite writes itself, for whoever hands them on to another database.

No cell becomes a Python value, and the interpreter is free meanwhile: of a hundred thousand grants this takes
a quarter of the time of frames, and another thread can work beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import sqlite_version_info

from sqlalchemy import Connection

from auditor.errors import StoreError
from auditor.model.bundle import Bundle
from auditor.store.columns import columns_of

_STRETCH = 4_096
"""Rows in one JSON array: few statements, and no array beyond what SQLite holds in one text (1,000 MB), even of cells
as long as a table's may be (32,767 letters), each letter escaped."""
_ROWS = 32 * _STRETCH
"""Rows of one bundle: some 30 MB of grants."""
_FIRST_WITH_JSON = (3, 38)
"""SQLite before this version may have been built without its JSON functions."""


def can_bundle(connection: Connection) -> bool:
    """Whether this store's database writes bundles."""
    return connection.dialect.name == "sqlite" and sqlite_version_info >= _FIRST_WITH_JSON


def read_bundles(connection: Connection, table: str, snapshot_no: int) -> Iterator[Bundle]:
    """Yield the facts of one kind in one snapshot, at most 131,072 at a time, each with every column.

    Raises:
        StoreError: the table is not whole.

    """
    names = [column.name for column in columns_of(table)]
    arrays = ", ".join(f'json_group_array("{name}")' for name in names)
    where = f"FROM {table} WHERE snapshot_no = {snapshot_no:d}"
    counted = f"SELECT count(*), coalesce(max(row_no), -1) {where}"
    count, last = connection.exec_driver_sql(counted).one()
    stretch = f"SELECT count(*), {arrays} {where} AND row_no >= ? AND row_no < ?"
    for first in range(0, last + 1, _ROWS):
        starts = range(first, min(first + _ROWS, last + 1), _STRETCH)
        rows = [connection.exec_driver_sql(stretch, (start, start + _STRETCH)).one() for start in starts]
        count -= sum(row[0] for row in rows)
        yield Bundle(dict(zip(names, zip(*(row[1:] for row in rows), strict=True), strict=True)))
    if count:
        raise StoreError(f"The table {table} could not be read whole.", remedy="Run 'auditor doctor'.")
