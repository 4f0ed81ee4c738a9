"""The journal of events: written once each, read in order by those who make something of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, update

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.store.bulk import insert_or_leave
from auditor.store.columns import to_microseconds
from auditor.store.database import Database
from auditor.store.schema_events import event_cursors, events
from auditor.store.text import clean_text, json_text

_COLUMNS = tuple(field.name for field in fields(Event) if field.name != "seq")
_CELLS = attrgetter(*_COLUMNS)
_PLAIN = frozenset({str, int, bool, type(None)})
_AT_ONCE = 1_000
_ADVISORY_LOCK = 0x6576656E7473
"""On PostgreSQL one transaction at a time appends, so that no reader's cursor passes an event that is
numbered already and becomes visible later."""


class Events:
    """The journal of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, happened: Iterable[Event]) -> int:
        """Add events; those whose key is there already are left alone. Return how many are new."""
        with self._database.write() as connection:
            return append(connection, happened)

    def after(self, seq: int, limit: int = _AT_ONCE) -> tuple[Event, ...]:
        """Return up to ``limit`` events later than the one numbered ``seq``, in order; 0: from the first."""
        statement = select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
        with self._database.read() as connection:
            return tuple(_event(row) for row in connection.execute(statement))

    def count_after(self, seq: int, kinds: Collection[EventKind] = ()) -> int:
        """Return how many events, of ``kinds`` or of any, are later than the one numbered ``seq``."""
        statement = select(func.count()).select_from(events).where(events.c.seq > seq)
        if kinds:
            statement = statement.where(events.c.kind.in_([kind.value for kind in kinds]))
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def of_finding(self, fingerprint: str) -> tuple[Event, ...]:
        """Return what happened to one finding, oldest first."""
        statement = select(events).where(events.c.fingerprint == fingerprint).order_by(events.c.seq)
        with self._database.read() as connection:
            return tuple(_event(row) for row in connection.execute(statement))

    def of_person(self, person_id: str) -> tuple[Event, ...]:
        """Return what happened about one person of the roster, oldest first."""
        statement = select(events).where(events.c.person_id == person_id).order_by(events.c.seq)
        with self._database.read() as connection:
            return tuple(_event(row) for row in connection.execute(statement))

    def of_kinds(
        self,
        kinds: Collection[EventKind],
        *,
        since: datetime | None = None,
        snapshot_id: str | None = None,
    ) -> tuple[Event, ...]:
        """Return the events of ``kinds``, oldest first: those after ``since``, or those of one snapshot."""
        statement = select(events).where(events.c.kind.in_([kind.value for kind in kinds]))
        if since is not None:
            statement = statement.where(events.c.at > since)
        if snapshot_id is not None:
            statement = statement.where(events.c.snapshot_id == snapshot_id)
        with self._database.read() as connection:
            return tuple(
                _event(row) for row in connection.execute(statement.order_by(events.c.at, events.c.seq))
            )

    def cursor(self, reader: str) -> int | None:
        """Return the number of the last event ``reader`` is done with; None: it has never read."""
        with self._database.read() as connection:
            return connection.execute(
                select(event_cursors.c.seq).where(event_cursors.c.reader == reader)
            ).scalar()

    def advance(self, reader: str, seq: int) -> None:
        """Note that ``reader`` is done with every event up to ``seq``; a cursor never goes back."""
        self.advance_all({reader: seq})

    def advance_all(self, cursors: Mapping[str, int]) -> None:
        """Note the same of several readers at once."""
        if not cursors:
            return
        with self._database.write() as connection:
            rows = [{"reader": reader, "seq": seq} for reader, seq in cursors.items()]
            connection.execute(insert_or_leave(connection, event_cursors), rows)
            for reader, seq in cursors.items():
                connection.execute(
                    update(event_cursors)
                    .where(event_cursors.c.reader == reader, event_cursors.c.seq < seq)
                    .values(seq=seq)
                )

    def last(self) -> int:
        """Return the number of the newest event; 0 where there is none."""
        with self._database.read() as connection:
            newest: int | None = connection.execute(select(func.max(events.c.seq))).scalar()
            return newest or 0


def append(connection: Connection, happened: Iterable[Event]) -> int:
    """Add events within a transaction that is open, as `Events.append` does."""
    rows = list(map(_row, happened))
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    # Nobody else appends meanwhile, so what is new is what has a higher number: counted without reading the rest.
    before: int = connection.execute(select(func.max(events.c.seq))).scalar() or 0
    # A first audit may tell of a hundred thousand: encoded here, a third of the time SQLAlchemy's types take.
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names = ", ".join(map(connection.dialect.identifier_preparer.quote, _COLUMNS))
    marks = ", ".join([mark] * len(_COLUMNS))
    statement = f"INSERT INTO events ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - our names
    for start in range(0, len(rows), _AT_ONCE):
        connection.exec_driver_sql(statement, rows[start : start + _AT_ONCE])
    new = select(func.count()).select_from(events).where(events.c.seq > before)
    count: int = connection.execute(new).scalar_one()
    return count


def _row(event: Event) -> tuple[Any, ...]:
    """Return an event in the order of `_COLUMNS`, as both backends can hold it."""
    return tuple(map(_encoded, _CELLS(event)))


def _encoded(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Severity):
        return value.word
    if isinstance(value, str):
        return value.value if isinstance(value, EventKind) else clean_text(value)
    return to_microseconds(value) if isinstance(value, datetime) else _json(value)


def _json(value: dict[str, Any]) -> str:
    """Return `json_text`; for the common case, a few plain values in ASCII, in a fraction of the time."""
    if all(value.__class__ in _PLAIN for value in value.values()):
        written = json.dumps(value, sort_keys=True, separators=(",", ":"))
        if "\\" not in written:
            return written
    return json_text(value)


def _event(row: Row[Any]) -> Event:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    values["kind"] = EventKind(values["kind"])
    values["severity"] = Severity.parse(values["severity"]) if values["severity"] else None
    return Event(**values)
