"""Removing snapshots that never became whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from auditor.store.database import Database
from auditor.store.evidence import forget
from auditor.store.holders import bury, holder_is_alive
from auditor.store.records import AbandonedSnapshot
from auditor.store.schema import fact_tables, snapshots
from auditor.store.snapshots import OPEN


def recover(database: Database, clock: Callable[[], datetime]) -> tuple[AbandonedSnapshot, ...]:
    """Remove what killed runs left open, and return what was found; runs that live are left alone."""
    with database.read() as connection:
        numbers = list(
            connection.execute(
                select(snapshots.c.snapshot_no)
                .where(snapshots.c.status == OPEN)
                .order_by(snapshots.c.snapshot_no)
            ).scalars()
        )
    found = [_recover_one(database, number, clock()) for number in numbers]
    with database.write() as connection:
        bury(connection, clock())
    return tuple(snapshot for snapshot in found if snapshot is not None)


def remove_snapshot(database: Database, number: int) -> None:
    """Remove an open snapshot and everything filed under it; a complete one is never touched."""
    with database.write() as connection:
        if _locked(connection, number) is not None:
            _remove(connection, number)


def _recover_one(database: Database, number: int, now: datetime) -> AbandonedSnapshot | None:
    with database.write() as connection:
        row = _locked(connection, number)
        if row is None or holder_is_alive(connection, row.holder_id, now):
            return None
        _remove(connection, number)
    return AbandonedSnapshot(
        id=row.snapshot_id, started_at=row.started_at, counts=row.counts, host=row.host, pid=row.pid
    )


def _locked(connection: Connection, number: int) -> Row[Any] | None:
    statement = select(snapshots).where(snapshots.c.snapshot_no == number, snapshots.c.status == OPEN)
    return connection.execute(statement.with_for_update()).one_or_none()


def _remove(connection: Connection, number: int) -> None:
    forget(connection, number)
    for table in fact_tables.values():
        connection.execute(delete(table).where(table.c.snapshot_no == number))
    connection.execute(delete(snapshots).where(snapshots.c.snapshot_no == number))
