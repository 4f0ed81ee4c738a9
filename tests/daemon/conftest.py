"""The daemon's tests run on SQLite, and on PostgreSQL where a server is named."""

from __future__ import annotations

from tests.store.conftest import databases as databases
from tests.store.conftest import postgres_url as postgres_url
from tests.store.conftest import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.store.conftest import sqlite_url as sqlite_url
from tests.store.conftest import url as url
