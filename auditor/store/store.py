"""The one door to everything kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.errors import StoreError
from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from auditor.store import evidence, health, identity, locks, removal, snapshots, writer
from auditor.store.alerts import Alerts
from auditor.store.cases import Cases
from auditor.store.custody import Custody
from auditor.store.database import Database, parse_address
from auditor.store.events import Events
from auditor.store.holders import Holder
from auditor.store.jobs import Jobs
from auditor.store.lives import LivesOfFindings
from auditor.store.migrate import bring_up
from auditor.store.notes import Notes
from auditor.store.outbox import Outbox
from auditor.store.reading import read_facts
from auditor.store.records import (
    JSON,
    AbandonedSnapshot,
    ConnectionRun,
    Diff,
    EvidenceRecord,
    FindingSighting,
    Problem,
    SnapshotInfo,
    StoredJudgement,
)
from auditor.store.waiver_terms import WaiverTrail

if TYPE_CHECKING:
    import pandas as pd

    from auditor.model.bundle import Bundle
    from auditor.model.life import Seen

_PAGE = 50
"""Snapshots described at a time, where it is not known how many will be asked for."""


class Store:
    """Snapshots, evidence, judgements, outbox and locks of one organisation.

    May be used from several threads. Every method raises `StoreError`, with a remedy, where the
    database cannot do what is asked; nothing half-written is ever shown.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._holder = Holder(database, clock)
        self._writers: list[writer.SnapshotWriter] = []
        self.outbox = Outbox(database, self._holder, clock)
        self.events = Events(database)
        self.notes = Notes(database)
        self.alerts = Alerts(database, clock)
        self.jobs = Jobs(database, self._holder, clock)
        self.lives = LivesOfFindings(database, clock)
        self.waiver_trail = WaiverTrail(database)
        self.custody = Custody(database)
        self.cases = Cases(database, clock)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        organization: str,
        clock: Callable[[], datetime],
        password: str | None = None,
        create: bool = True,
        base_dir: Path | None = None,
        patience: float = 10.0,
    ) -> Self:
        """Open the store at ``url``, bringing its tables up to this program's revision.

        Args:
            url: ``sqlite:///auditor.db`` or ``postgresql+psycopg://user@host/database``.
            organization: whose store it is, or becomes where it is new.
            clock: returns the present instant, aware.
            password: for PostgreSQL.
            create: begin a new store where there is none.
            base_dir: folder that a relative SQLite path starts from; None: the current one.
            patience: seconds to wait for another program that is writing.

        Raises:
            StoreError: its folder is missing; it is locked, damaged, no database, another program's,
                newer than this program, another organisation's; the driver is not installed; or there
                is none and ``create`` is false.

        """
        address = parse_address(url, password=password, base_dir=base_dir)
        database = Database(address, create=create, patience=patience)
        try:
            bring_up(database, create=create)
            identity.claim(database, organization)
        except BaseException:
            database.close()
            raise
        return cls(database, clock)

    def close(self) -> None:
        """Give up what is still held, open snapshots among it, and close the connections."""
        # What cannot be tidied now (the disk is full) is found by recover() once this process is gone.
        for tidy in (*(begun.abandon for begun in self._writers), self._holder.close):
            with suppress(StoreError):
                tidy()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Snapshots

    def begin_snapshot(
        self, started_at: datetime, connections: Sequence[ConnectionRun] = ()
    ) -> writer.SnapshotWriter:
        """Begin a snapshot that nobody sees before its writer's ``finish``."""
        begun = writer.begin_snapshot(self._database, self._holder, self._clock, started_at, connections)
        self._writers.append(begun)
        return begun

    def recover(self) -> tuple[AbandonedSnapshot, ...]:
        """Remove the snapshots killed runs left open and return what was found; live runs are left alone."""
        return removal.recover(self._database, self._clock)

    def snapshots(self, limit: int | None = None) -> tuple[SnapshotInfo, ...]:
        """Return the complete snapshots, newest first."""
        with self._database.read() as connection:
            return snapshots.list_snapshots(connection, limit)

    def snapshots_before(self, before: SnapshotInfo | None = None) -> Iterator[SnapshotInfo]:
        """Yield the complete snapshots older than ``before`` (None: all), newest first, a few read at a time."""
        while page := self._page(before):
            yield from page
            before = page[-1]

    def snapshot_ids(self, until: SnapshotInfo) -> list[str]:
        """Return the ids of the complete snapshots, oldest first, that ended no later than ``until``."""
        with self._database.read() as connection:
            return snapshots.ids_until(connection, until.finished_at)

    def snapshots_unread(self, mark: str) -> tuple[SnapshotInfo, ...]:
        """Return the complete snapshots, oldest first, for which ``events`` has no reader ``mark`` + id."""
        with self._database.read() as connection:
            return snapshots.list_unread(connection, mark)

    def _page(self, before: SnapshotInfo | None) -> tuple[SnapshotInfo, ...]:
        with self._database.read() as connection:
            return snapshots.list_before(connection, before, _PAGE)

    def snapshot(self, ref: str) -> SnapshotInfo:
        """Return the snapshot ``ref``: ``latest``, an id or its beginning.

        Raises:
            StoreError: there is none, or several; names the nearest.

        """
        with self._database.read() as connection:
            return snapshots.find_snapshot(connection, ref)[1]

    def frames(
        self, snapshot_id: str, tables: Iterable[str] | None = None, *, columns: Collection[str] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Return one frame a fact table; `auditor.store.frames` tells the columns' types.

        ``columns``: of each table only those of its columns that are named; None: all.
        """
        from auditor.store.frames import read_frame

        with self._database.read() as connection:
            number, _info = snapshots.find_snapshot(connection, snapshot_id)
            return {
                table: read_frame(connection, table, number, columns)
                for table in (FACT_TABLES if tables is None else tables)
            }

    def frame_parts(self, snapshot_id: str, table: str) -> Iterator[pd.DataFrame]:
        """Yield one table of a snapshot in frames of some ten thousand rows, for those who pass them on."""
        from auditor.store.frames import read_parts

        with self._database.read() as connection:
            number, _info = snapshots.find_snapshot(connection, snapshot_id)
            yield from read_parts(connection, table, number)

    def parts(self, snapshot_id: str, table: str) -> Iterator[pd.DataFrame | Bundle]:
        """Yield the same in whichever form this store's database gives up soonest, for `policies.views`."""
        from auditor.store.bundles import can_bundle, read_bundles
        from auditor.store.frames import read_parts

        with self._database.read() as connection:
            number, _info = snapshots.find_snapshot(connection, snapshot_id)
            read = read_bundles if can_bundle(connection) else read_parts
            yield from read(connection, table, number)

    def history(
        self,
        table: str,
        snapshot_ids: Collection[str],
        *,
        columns: Collection[str],
        where: Mapping[str, Collection[str]] | None = None,
    ) -> pd.DataFrame:
        """Return the facts of one table in several snapshots: ``columns``, and ``snapshot_id``.

        ``where``: column to the texts wanted of it, so that no more is read than is needed.
        """
        from auditor.store.frames import read_history

        with self._database.read() as connection:
            names = snapshots.numbers_of(connection, snapshot_ids)
            found = read_history(connection, table, tuple(names), columns, where)
        return found.assign(snapshot_id=found.pop("snapshot_no").map(names).astype("str"))

    def distinct(
        self, table: str, snapshot_ids: Collection[str], *, columns: Collection[str]
    ) -> pd.DataFrame:
        """Return each combination of ``columns`` that the snapshots hold in one table, the newest last."""
        from auditor.store.frames import read_distinct

        with self._database.read() as connection:
            names = snapshots.numbers_of(connection, snapshot_ids)
            return read_distinct(connection, table, tuple(names), columns)

    def facts(self, snapshot_id: str, table: str) -> Iterator[Fact]:
        """Yield the facts of one table, typed, in the order they were written. For small uses."""
        with self._database.read() as connection:
            number, _info = snapshots.find_snapshot(connection, snapshot_id)
            yield from read_facts(connection, table, number)

    def people_count(self) -> tuple[int, str] | None:
        """Return how many people the newest snapshot with a roster holds, and its id."""
        with self._database.read() as connection:
            return snapshots.count_people(connection)

    def diff(self, before: str, after: str) -> Diff:
        """Return what changed between two snapshots; what was not read is never called removed."""
        from auditor.store.diff import TABLES, compare

        return compare(
            (self.snapshot(before), self.frames(before, TABLES)),
            (self.snapshot(after), self.frames(after, TABLES)),
        )

    # Judgements

    def record_judgement(
        self,
        snapshot_id: str,
        *,
        findings: pd.DataFrame,
        rule_results: pd.DataFrame,
        summary: Mapping[str, JSON],
        shown: list[Seen] | None = None,
    ) -> datetime:
        """Record what was judged of a snapshot, at once and in place of any earlier judgement; return when.

        ``findings`` has the columns of `auditor.store.judgements.FINDING_COLUMNS`, ``rule_results``
        those of `RULE_RESULT_COLUMNS`. ``shown``: what findings' lives are told of each is added to it.
        """
        from auditor.store import judgements

        now = self._clock()
        judgements.record(
            self._database,
            snapshot_id,
            found=findings,
            results=rule_results,
            summary=summary,
            now=now,
            shown=shown,
        )
        return now

    def judgement(self, snapshot_id: str) -> StoredJudgement | None:
        """Return what was judged of a snapshot; None where nothing was yet."""
        from auditor.store import judgements

        return judgements.read(self._database, snapshot_id)

    def recorded_findings(
        self,
        snapshot_id: str,
        *,
        columns: Sequence[str] | None = None,
        fingerprints: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Return what `judgement` gives as findings: all or the named columns, of all or of these findings."""
        from auditor.store import judgements

        wanted = judgements.FINDING_COLUMNS if columns is None else columns
        return judgements.read_findings(
            self._database, snapshot_id, columns=wanted, fingerprints=fingerprints
        )

    def findings(self, fingerprint_prefix: str) -> tuple[FindingSighting, ...]:
        """Return one finding as it stood in each snapshot that has it, oldest first."""
        from auditor.store import judgements

        return judgements.history(self._database, fingerprint_prefix)

    # Evidence, locks, the store itself

    def evidence(self, evidence_id: str) -> EvidenceRecord:
        """Return a raw record after checking that it still hashes to its id."""
        return evidence.read(self._database, evidence_id)

    def keep_evidence(self, record: object, kind: str) -> str:
        """Keep a record that belongs to no snapshot; return its id, the same for the same record.

        ValueError where it is not JSON-like or too large.
        """
        packed = evidence.pack(record, kind)
        with self._database.write() as connection:
            evidence.keep_alone(connection, [packed], self._clock())
        return packed.id

    def evidence_uses(self, evidence_id: str) -> tuple[str, ...]:
        """Return the ids of the complete snapshots that refer to a record, oldest first."""
        return evidence.used_by(self._database, evidence_id)

    def lock(self, name: str, *, owner: str) -> AbstractContextManager[locks.LockGrant]:
        """Hold a named lock; a dead holder's is taken over, a live one's raises `StoreError`."""
        return locks.hold(self._database, self._holder, self._clock, name, owner)

    def address_key(self) -> bytes:
        """Return the store's own key for hashing network addresses (32 bytes)."""
        return identity.address_key(self._database)

    def check(self) -> tuple[Problem, ...]:
        """Return what is amiss with the store, for ``auditor doctor``."""
        return health.problems_of(self._database)
