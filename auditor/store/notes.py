"""Small things the program itself wants to find again, by name: how far it got, what it saw last."""

from __future__ import annotations

import json

from sqlalchemy import select

from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.records import JSON
from auditor.store.schema import meta
from auditor.store.text import json_text

_PREFIX = "note:"
"""Keeps notes apart from what else is said of the store, such as whose it is."""


class Notes:
    """The notes of one store. No secrets: losing one costs a second look, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, name: str) -> JSON:
        """Return the note ``name``; None where there is none."""
        with self._database.read() as connection:
            text = connection.execute(select(meta.c.value).where(meta.c.name == _PREFIX + name)).scalar()
        return None if text is None else json.loads(text)

    def write(self, name: str, value: JSON) -> None:
        """Keep ``value`` as the note ``name``, in place of what it said."""
        row = {"name": _PREFIX + name, "value": json_text(value)}
        with self._database.write() as connection:
            connection.execute(insert_or_leave(connection, meta), row)
            connection.execute(meta.update().where(meta.c.name == row["name"]).values(value=row["value"]))
