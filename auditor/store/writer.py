"""Writes one snapshot: in batches as facts arrive, shown to nobody until it is whole."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, delete, insert, select, update

from auditor.errors import StoreError
from auditor.model.event import Event
from auditor.model.facts import Fact
from auditor.model.tables import TABLE_OF
from auditor.store import events, evidence
from auditor.store.bulk import insert_rows
from auditor.store.carry import carry_evidence, carry_table
from auditor.store.columns import columns_of, encode_row
from auditor.store.database import Database
from auditor.store.holders import Holder
from auditor.store.records import ConnectionRun, SnapshotInfo
from auditor.store.removal import remove_snapshot
from auditor.store.schema import fact_tables, snapshots
from auditor.store.snapshots import end_of_line, find_snapshot, runs_to_json

BATCH_ROWS = 5_000
_BATCH_BYTES = 4 * 1024 * 1024
_AT_ONCE = 500
"""Facts taken from a connector before they are filed: the connector may wait on the network between any two."""
Encoded = tuple[str, tuple[Any, ...]]
"""Table and cells of a fact."""


class SnapshotWriter:
    """Takes facts and evidence from several threads at once.

    What is filed becomes visible by `finish` and by nothing else. Left by an exception, the
    snapshot is removed; left by a kill, the next run's `Store.recover` removes it.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        snapshot_no: int,
        snapshot_id: str,
        started_at: datetime,
    ) -> None:
        self.id = snapshot_id
        self.started_at = started_at
        self.evidence = SnapshotEvidence(self)
        self._database = database
        self._clock = clock
        self._no = snapshot_no
        self._filing = threading.Lock()
        self._closed = False
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._pending_rows = 0
        self._records: list[evidence.Packed] = []
        self._pending_bytes = 0
        self._kept: set[str] = set()
        self._counts: dict[str, int] = dict.fromkeys(fact_tables, 0)

    def add(self, facts: Iterable[Fact]) -> int:
        """File ``facts`` and return how many they were.

        Raises:
            StoreError: the snapshot is closed, or the store cannot take a batch now. What was handed
                over stays in memory and is filed by the next `add` or by `finish`: do not add it again.
            TypeError: not a fact of a known table, or a field not of its declared type.

        """
        return self.add_encoded(map(encoded, facts))

    def add_encoded(self, rows: Iterable[Encoded]) -> int:
        """File facts that `encoded` has been asked of; as `add`."""
        source = iter(rows)
        total = 0
        while chunk := list(islice(source, _AT_ONCE)):
            with self._filing:
                self._check_open()
                for table, row in chunk:
                    number = self._counts[table]
                    self._counts[table] = number + 1
                    self._rows.setdefault(table, []).append((self._no, number, *row))
                self._pending_rows += len(chunk)
                if self._pending_rows >= BATCH_ROWS:
                    self._flush()
            total += len(chunk)
        return total

    def clear(self, table: str) -> None:
        """Take back what was filed in one table; what is filed in it afterwards stands in its place.

        Raises:
            StoreError: the snapshot is closed, or the store cannot do it now.

        """
        with self._filing:
            self._check_open()
            self._pending_rows -= len(self._rows.pop(table, ()))
            self._counts[table] = 0
            with self._database.write() as connection:
                self._claim_now(connection)
                facts = fact_tables[table]
                connection.execute(delete(facts).where(facts.c.snapshot_no == self._no))

    def put(self, packed: evidence.Packed) -> None:
        """File a record of evidence; see `SnapshotEvidence.put`."""
        with self._filing:
            self._check_open()
            if packed.id in self._kept:
                return
            self._kept.add(packed.id)
            self._records.append(packed)
            self._pending_bytes += len(packed.content)
            if self._pending_bytes >= _BATCH_BYTES or len(self._records) >= BATCH_ROWS:
                self._flush()

    def carry(self, source_id: str, tables: Iterable[str]) -> SnapshotInfo:
        """File the facts of another snapshot as they are, those of ``tables``; return that snapshot.

        What `add` files in these tables afterwards stands behind them.

        Raises:
            StoreError: there is no such snapshot, or the store cannot take its facts now.

        """
        wanted = tuple(tables)
        with self._filing:
            self._check_open()
            with self._database.read() as connection:
                source, info = find_snapshot(connection, source_id)
            for table in wanted:
                count = info.counts.get(table, 0)
                carry_table(
                    self._database, self._claim_now, table, source=source, target=self._no, count=count
                )
                self._counts[table] = count
            with self._database.write() as connection:
                self._claim_now(connection)
                others = tuple(set(fact_tables) - set(wanted))
                carry_evidence(connection, others, source=source, target=self._no)
        return info

    def finish(
        self,
        finished_at: datetime,
        connections: Sequence[ConnectionRun],
        *,
        happened: Iterable[Event] = (),
        after: str | None = None,
    ) -> SnapshotInfo:
        """File what is pending and make the snapshot visible, all in one transaction.

        Args:
            finished_at: when the last of it was read. Where the clock was set back a little, the snapshot
                ends just after the newest one, so that it is the newest.
            connections: how each connection went.
            happened: events for the journal, of this snapshot.
            after: the snapshot that must still be the newest.

        Raises:
            SnapshotOvertaken: it no longer is.
            StoreError: the store cannot take it now.

        """
        with self._filing:
            self._check_open()
            counts = self._counted()
            with self._database.write() as connection:
                finished_at = end_of_line(connection, finished_at, after=after)
                events.append(connection, happened)
                self._file_pending(
                    connection,
                    status="complete",
                    finished_at=finished_at,
                    connections=runs_to_json(connections),
                    counts=counts,
                )
            self._closed = True
        return SnapshotInfo(
            id=self.id,
            started_at=self.started_at,
            finished_at=finished_at,
            connections=tuple(connections),
            counts=counts,
        )

    def abandon(self) -> None:
        """Remove what was filed. Does nothing once the snapshot is finished or abandoned."""
        with self._filing:
            if self._closed:
                return
            self._closed = True
            remove_snapshot(self._database, self._no)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where removing fails too (the disk is full), recover() does it later; the first error is the one to tell.
        with suppress(StoreError):
            self.abandon()

    def _flush(self) -> None:
        with self._database.write() as connection:
            self._file_pending(connection, counts=self._counted())
        self._rows.clear()
        self._records.clear()
        self._pending_rows = self._pending_bytes = 0

    def _file_pending(self, connection: Connection, **values: Any) -> None:
        # First of all, for it also keeps recover() from removing the snapshot beneath us.
        self._claim(connection, **values)
        evidence.keep(connection, self._no, self._records, self._clock())
        for table, rows in self._rows.items():
            names = ("snapshot_no", "row_no", *(column.name for column in columns_of(table)))
            insert_rows(connection, fact_tables[table], names, rows)

    def _counted(self) -> dict[str, int]:
        return {table: count for table, count in self._counts.items() if count}

    def _claim(self, connection: Connection, **values: Any) -> None:
        changed = connection.execute(
            update(snapshots)
            .where(snapshots.c.snapshot_no == self._no, snapshots.c.status == "open")
            .values(**values)
        ).rowcount
        if changed != 1:
            raise StoreError(
                f"The snapshot {self.id} is no longer ours: another run took this one for dead.",
                remedy="See to it that one run at a time uses the store, and run again.",
            )

    def _claim_now(self, connection: Connection) -> None:
        self._claim(connection, counts=self._counted())

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The snapshot {self.id} is closed.", remedy="Begin a new one.")


class SnapshotEvidence:
    """The evidence sink of one snapshot, as connectors know it."""

    def __init__(self, writer: SnapshotWriter) -> None:
        self._writer = writer

    def put(self, record: object, *, kind: str) -> str:
        """Keep the JSON-like ``record``, secrets removed; return the SHA-256 of what is kept.

        Raises:
            StoreError: the store cannot take it.
            ValueError: ``record`` is not JSON-like, nested too deep or too large.

        """
        packed = evidence.pack(record, kind)
        self._writer.put(packed)
        return packed.id


def begin_snapshot(
    database: Database,
    holder: Holder,
    clock: Callable[[], datetime],
    started_at: datetime,
    connections: Sequence[ConnectionRun],
) -> SnapshotWriter:
    """Enter a snapshot that nobody sees yet, and return its writer."""
    holder.ensure()
    with database.write() as connection:
        snapshot_id = _free_id(connection, started_at)
        number = connection.execute(
            insert(snapshots)
            .values(
                snapshot_id=snapshot_id,
                status="open",
                holder_id=holder.id,
                host=holder.process.host,
                pid=holder.process.pid,
                started_at=started_at,
                connections=runs_to_json(connections),
                counts={},
            )
            .returning(snapshots.c.snapshot_no)
        ).scalar_one()
    return SnapshotWriter(database, clock, snapshot_no=number, snapshot_id=snapshot_id, started_at=started_at)


def _free_id(connection: Connection, started_at: datetime) -> str:
    while True:
        name = f"{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        taken = select(snapshots.c.snapshot_no).where(snapshots.c.snapshot_id == name)
        if connection.execute(taken).one_or_none() is None:
            return name


def encoded(fact: Fact) -> Encoded:
    """Return a fact as it is filed; raises TypeError as `SnapshotWriter.add` does."""
    table = TABLE_OF.get(type(fact))
    if table is None:
        raise TypeError(f"a {type(fact).__name__} is not a fact the store has a table for")
    return table, encode_row(table, fact)
