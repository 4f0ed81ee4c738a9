"""The connection to SQLite or PostgreSQL: where it is, how it is set, what its failures mean."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from auditor.errors import StoreError
from auditor.store.failures import store_error
from auditor.vault import register

_WRITES = "auditor_writes"
_SECRET_OPTIONS = frozenset({"password", "sslpassword", "oauth_client_secret"})
# Closing a file gives up every lock this process has on it, SQLite's too: it is only ever opened by us
# while nobody else in this process can have it open.
_preparing = threading.Lock()
_FORMS = "Write sqlite:///auditor.db or postgresql+psycopg://user@host/database."


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store is."""

    url: URL = field(repr=False)
    place: str
    """The same for people, without a password."""

    @property
    def path(self) -> Path | None:
        """The file, for SQLite."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None


def parse_address(url: str, *, password: str | None, base_dir: Path | None) -> Address:
    """Return where ``url`` points; StoreError where it is none of the two forms."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number
        raise StoreError("The address of the store cannot be read.", remedy=_FORMS) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite_address(parsed, base_dir)
    if any(name.casefold() in _SECRET_OPTIONS for name in parsed.query):
        raise StoreError(
            "The address of the store holds a password.",
            remedy="Leave it out of the address and name it by reference in 'store_password'.",
        )
    if parsed.drivername not in ("postgresql", "postgresql+psycopg") or not parsed.database:
        raise StoreError(f"A store cannot be kept in {parsed.drivername!r} so.", remedy=_FORMS)
    if password is not None:
        parsed = parsed.set(password=password)
    if parsed.password is not None:
        register(parsed.password)
    parsed = parsed.set(drivername="postgresql+psycopg")
    shown = parsed.set(query={}).render_as_string(hide_password=True)
    return Address(parsed, shown)


def _sqlite_address(parsed: URL, base_dir: Path | None) -> Address:
    if not parsed.database or parsed.database == ":memory:" or parsed.host or parsed.query:
        raise StoreError("A SQLite store needs the path of a file.", remedy=_FORMS)
    path = Path(parsed.database).expanduser()
    path = (base_dir or Path()).joinpath(path).absolute()
    return Address(parsed.set(drivername="sqlite", database=str(path)), str(path))


class Database:
    """Opens transactions. Every failure of the driver leaves as `StoreError`."""

    def __init__(self, address: Address, *, create: bool, patience: float) -> None:
        self.address = address
        if address.path is not None:
            _prepare_file(address.path, create=create)
        try:
            self.engine = _engine(address, patience)
        except (ModuleNotFoundError, NoSuchModuleError):
            raise StoreError(
                "The driver for PostgreSQL is not installed.",
                remedy="Install the extra: pip install 'brand-account-auditor[postgres]'.",
            ) from None

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file of ours, not a server."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction to write; it is committed at the end, or not at all."""
        with self.failures(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the store throughout."""
        with self.failures(), self.engine.connect() as plain:
            level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection = plain.execution_options(**level)
            with connection.begin():
                yield connection

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn the driver's exceptions into `StoreError`."""
        try:
            yield
        except DBAPIError as error:
            raise store_error(error.orig or error, self.address.place) from None
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise store_error(error, self.address.place) from None

    def close(self) -> None:
        """Close all connections; of SQLite's log, move into the file what nobody is reading."""
        if self.is_sqlite:
            self._move_log()
        self.engine.dispose()

    def _move_log(self) -> None:
        # Closing the last connection does it too; while a daemon keeps one open, ours is not the last.
        pool: Any = self.engine.pool
        if not pool.checkedin():
            return
        with suppress(self.engine.dialect.loaded_dbapi.Error), self.engine.connect() as plain:
            driver: Any = plain.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _prepare_file(path: Path, *, create: bool) -> None:
    try:
        with _preparing:
            if not path.parent.is_dir():
                raise StoreError(
                    f"The folder of the store {path} does not exist.",
                    remedy="Create the folder, or mend 'store' in auditor.yaml.",
                )
            if path.is_dir():
                raise StoreError(
                    f"The store {path} is a folder.", remedy="Name a file in 'store' in auditor.yaml."
                )
            if not path.exists():
                _create_file(path, create=create)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            f"The store {path} cannot be created: {reason}.",
            remedy="Check its name, the disk, and that this user may write in the folder.",
        ) from None


def _create_file(path: Path, *, create: bool) -> None:
    if not create:
        raise StoreError(f"There is no store {path} yet.", remedy="Run 'auditor collect' to begin one.")
    # Personal data is kept in it: for its owner's eyes only, from the first byte on.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _engine(address: Address, patience: float) -> Engine:
    if address.path is not None:
        engine = create_engine(
            address.url, hide_parameters=True, connect_args={"timeout": patience, "check_same_thread": False}
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        address.url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10}
    )

    def set_up_postgres(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(patience * 1000)}")
        connection.commit()

    event.listen(engine, "connect", set_up_postgres)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # We begin transactions ourselves: the driver's own way leaves DDL outside of them.
    connection.isolation_level = None
    for pragma in (
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -65536",
        # Pages: 64 MB. A commit that has to move pages from the log into the file takes twice as long.
        "wal_autocheckpoint = 16384",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins by reading cannot wait for its turn to write, so writers say so at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
