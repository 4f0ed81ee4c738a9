"""Brings a store's tables up to this program's revision, or says why it cannot."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from auditor.errors import StoreError
from auditor.store.database import Database
from auditor.store.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every revision this program knows, oldest first. Written out so that opening a store that is up
to date need not load Alembic."""
HEAD = REVISIONS[-1]
VERSION_TABLE = "store_revision"
_ADVISORY_LOCK = 0x61756469746F72
"""Keeps two programs from preparing the same PostgreSQL database at once."""
# Alembic keeps the migration under way in a module global.
_one_at_a_time = threading.Lock()


def bring_up(database: Database, *, create: bool) -> None:
    """Bring the tables up to `HEAD`, in one transaction.

    Raises:
        StoreError: the store is newer than this program, is another program's database, or is
            empty although ``create`` is false.

    """
    with database.read() as connection:
        if _checked_revision(connection, database.address.place, create=create) == HEAD:
            return
    with _one_at_a_time, database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        # Another program may have been faster.
        if _checked_revision(connection, database.address.place, create=create) != HEAD:
            _upgrade(connection)


def revision(connection: Connection) -> str | None:
    """Return the revision the tables are at; None where there are none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for ``connection``."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _checked_revision(connection: Connection, place: str, *, create: bool) -> str | None:
    found = revision(connection)
    if found is None:
        _refuse_foreign(connection, place)
        if not create:
            raise StoreError(
                f"There is no store in {place} yet.", remedy="Run 'auditor collect' to begin one."
            )
    elif found not in REVISIONS:
        raise StoreError(
            f"The store {place} is at revision {found[:40]!r}, newer than this program knows ({HEAD}).",
            remedy="Use the Auditor version that wrote it, or a later one.",
        )
    return found


def _refuse_foreign(connection: Connection, place: str) -> None:
    tables = set(inspect(connection).get_table_names())
    ours = tables & set(metadata.tables)
    if ours or (tables and connection.dialect.name == "sqlite"):
        raise StoreError(
            f"{place} is a database of another program (it has the table {min(ours or tables)!r}).",
            remedy="Give Auditor a file or database of its own: 'store' in auditor.yaml.",
        )
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise StoreError(
                f"The database {place} is encoded in {encoding}, which cannot hold every name.",
                remedy="Create it anew: createdb --encoding=UTF8 --template=template0 NAME.",
            )


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
