"""What ``auditor doctor`` asks of the store."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import update

from auditor.errors import StoreError
from auditor.store.database import Database
from auditor.store.migrate import HEAD, revision
from auditor.store.records import Problem
from auditor.store.schema import meta

_RESTORE = "Restore the store from a backup."
_SHOWN = 3


def problems_of(database: Database) -> tuple[Problem, ...]:
    """Return what is amiss: integrity, revision, permission to write, who else may read the file."""
    found: list[Problem] = []
    for check in (_integrity, _revision, _writable, _permissions):
        try:
            found += check(database)
        except StoreError as error:
            found.append(Problem(error.message, error.remedy))
    return tuple(found)


def _integrity(database: Database) -> Iterator[Problem]:
    if not database.is_sqlite:
        return
    with database.read() as connection:
        lines = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lines != ["ok"]:
        shown = "; ".join(lines[:_SHOWN])
        yield Problem(f"The store {database.address.place} is damaged: {shown}.", _RESTORE)
    if orphans:
        yield Problem(f"{len(orphans)} rows of the store refer to rows that are gone.", _RESTORE)


def _revision(database: Database) -> Iterator[Problem]:
    with database.read() as connection:
        found = revision(connection)
    if found != HEAD:
        yield Problem(
            f"The store is at revision {found}, this program at {HEAD}.",
            "Run 'auditor collect' to bring it up.",
        )


def _writable(database: Database) -> Iterator[Problem]:
    with database.write() as connection:
        # Writes what is there already: enough to learn whether it may be written.
        connection.execute(update(meta).values(value=meta.c.value))
    yield from ()


def _permissions(database: Database) -> Iterator[Problem]:
    path: Path | None = database.address.path
    if path is None:
        return
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Problem(
            f"Others than its owner may read the store {path} (mode {stat.S_IMODE(mode):04o}).",
            f"It holds personal data: chmod 600 {path}",
        )
