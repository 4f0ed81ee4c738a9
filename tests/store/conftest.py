"""The store's tests run on SQLite, and on PostgreSQL where a server is named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from auditor.store.store import Store
from tests.store.support_store import ORGANIZATION
from tests.support import NOW
from tests.support_new_stores import Databases, database

SERVER = "AUDITOR_TEST_POSTGRES"
HOW = f"set {SERVER}=postgresql+psycopg://user@host:port/ to run the store's tests on PostgreSQL too"

OpenStore = Callable[..., Store]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a PostgreSQL server where none is named; the summary says how to name one."""
    if os.environ.get(SERVER):
        return
    for item in items:
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if "postgres_url" in getattr(item, "fixturenames", ()) or params.get("url") == "postgres":
            item.add_marker(pytest.mark.skip(reason=HOW))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the address of a SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'auditor.db'}"


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """Return the address of a PostgreSQL database without a table, dropped afterwards."""
    with database(os.environ[SERVER]) as made:
        yield made


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Return what lends a PostgreSQL database to one test after another."""
    lending = Databases(os.environ[SERVER])
    yield lending
    lending.close()


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """Return the address of a PostgreSQL database whose tables are up to date and hold nothing."""
    with databases.lent() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty store, once on each backend."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    """Return a function that opens the store at ``url``; all are closed afterwards."""
    opened: list[Store] = []

    def open_it(now: datetime = NOW, patience: float = 5.0, organization: str = ORGANIZATION) -> Store:
        store = Store.open(url, organization=organization, clock=lambda: now, patience=patience)
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Return a new store, once on each backend."""
    return open_store()
