"""New stores within milliseconds: one is migrated for real, the next are given the tables it came to.

Only a store that is begun anew is filled so, by the same `Store.open`; one of an earlier revision is always
migrated. The tests of migrations take none of this (`tests/store/test_migrate.py`), and hold it against them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from auditor.store import migrate

really_upgrade = migrate._upgrade
"""Alembic's way through every revision."""
_statements: list[str] = []
_MADE = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


def upgrade(connection: Connection) -> None:
    """Do what `auditor.store.migrate` does, without Alembic where a SQLite store begins."""
    if connection.dialect.name != "sqlite" or migrate.revision(connection) is not None:
        really_upgrade(connection)
    elif _statements:
        driver: Any = connection.connection.driver_connection
        for statement in _statements:
            driver.execute(statement)
        driver.execute(f"INSERT INTO {migrate.VERSION_TABLE} VALUES (?)", (migrate.HEAD,))
    else:
        really_upgrade(connection)
        _statements.extend(connection.exec_driver_sql(_MADE).scalars())


@contextmanager
def quick_beginnings() -> Iterator[None]:
    """Have this process begin its stores quickly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_upgrade", upgrade)
        yield


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database on a PostgreSQL server, give its address, and drop it."""
    name = f"auditor_test_{secrets.token_hex(6)}"
    admin = create_engine(make_url(server).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


class Databases:
    """Lends one PostgreSQL database to test after test: migrated once, and emptied when it comes back."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._undo = ExitStack()
        self._kept: str | None = None
        self._shape: object = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Give the address of a store that is up to date and holds nothing."""
        url = self._kept or self._make()
        yield url
        with _connected(url) as connection:
            connection.execute(text(_END_OTHERS))
            if _shape(connection) == self._shape:
                connection.execute(text(_EMPTY))
            else:
                self._kept = None
        if not self._kept:
            self.close()

    def close(self) -> None:
        """Drop the database."""
        self._kept = None
        self._undo.close()

    def _make(self) -> str:
        self._kept = self._undo.enter_context(database(self._server))
        with _connected(self._kept) as connection:
            really_upgrade(connection)
        with _connected(self._kept) as connection:
            self._shape = _shape(connection)
        return self._kept


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
        connection.commit()
    engine.dispose()


def _shape(connection: Connection) -> object:
    return connection.execute(text(_TABLES)).all()


_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_TABLES = (
    "SELECT c.relkind, c.relname, a.attrelid, a.attname, a.atttypid, a.attnotnull FROM pg_class c"
    " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.oid, a.attnum"
)
_EMPTY = f"""DO $$ DECLARE one text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '{migrate.VERSION_TABLE}'
    LOOP EXECUTE 'DELETE FROM ' || quote_ident(one); END LOOP;
  FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP EXECUTE 'ALTER SEQUENCE ' || quote_ident(one) || ' RESTART'; END LOOP;
END $$"""
