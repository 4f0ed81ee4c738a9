"""Gather a snapshot: read every connection, side by side, into one snapshot or none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.app.custody_facts import custody_facts
from auditor.app.estate import Estate
from auditor.app.progress import Progress
from auditor.app.reading import Before, Reading, missing_coverage, read
from auditor.app.roster import RosterRead, departures, read_roster, was_replaced
from auditor.app.workspace import Connection, Workspace
from auditor.errors import AuditorError, DocumentError, RosterError
from auditor.model.estate import FactKind
from auditor.model.event import Event
from auditor.model.facts import Account, App, Fact, Grant, Login
from auditor.store import AbandonedSnapshot, ConnectionRun, RunState, SnapshotInfo
from connectors.base import Context
from connectors.house_tables import read_owners, read_vendors

if TYPE_CHECKING:
    from auditor.store import SnapshotWriter, Store

_SIDE_BY_SIDE = 8
_Write = Callable[[Iterable[Fact]], None]


class Stopped(AuditorError):
    """The run was asked to stop; its snapshot is discarded."""


_ROWS_OF_AN_ACCOUNT = (
    ("grants", FactKind.GRANTS),
    ("grants", FactKind.PRINCIPALS),
    ("apps", FactKind.APPS),
    ("logins", FactKind.LOGINS),
)


@dataclass(frozen=True, slots=True)
class Collected:
    """A new snapshot, and what an earlier run had left behind."""

    snapshot: SnapshotInfo
    abandoned: tuple[AbandonedSnapshot, ...]


def collect(
    workspace: Workspace, store: Store, progress: Progress, *, accept_roster: bool = False
) -> Collected:
    """Read everything configured into a new snapshot.

    One source that is down does not stop the others. The snapshot becomes visible as a whole at the
    end; whatever stops the run before that leaves nothing behind.

    Raises:
        AuditorError: there is nothing to read, or the roster cannot be trusted.
        StoreError: the store refuses, or another run is under way.

    """
    if not workspace.connections:
        raise AuditorError(
            "there is no connection to read, so there is nothing to audit.",
            remedy="Add one under 'connections:'; 'auditor connectors list' shows what there is.",
        )
    with store.lock("collect", owner=workspace.config.organization.name):
        abandoned = store.recover()
        return Collected(_Run(workspace, store, progress).run(accept_roster), abandoned)


class _Run:
    """One collecting run."""

    def __init__(self, workspace: Workspace, store: Store, progress: Progress) -> None:
        self._workspace = workspace
        self._store = store
        self._progress = progress
        self._estate = Estate()
        self._stopping = threading.Event()
        self._noting = threading.Lock()

    def run(self, accept_roster: bool) -> SnapshotInfo:
        workspace = self._workspace
        started_at = workspace.clock()
        connections = workspace.connections
        pending = [ConnectionRun(id=c.id, connector=c.connector.name) for c in connections]
        with self._store.begin_snapshot(started_at, pending) as writer:
            roster = self._read_roster(writer, workspace.roster, accept_roster) if workspace.roster else None
            runs = [roster.run] if roster else []
            runs += self._read_all([c for c in connections if not c.connector.reads_estate], writer)
            # One after the other: a table may refer to accounts that one above it has declared, and
            # which of them a reference finds must not hang on which file was read faster.
            for connection in connections:
                if connection.connector.reads_estate:
                    runs += self._read_all([connection], writer)
            self._read_house_tables(writer)
            writer.add(custody_facts(workspace, self._store, self._estate.accounts, workspace.clock()))
            happened: tuple[Event, ...] = ()
            if roster is not None:
                roster = self._settle_roster(writer, roster, accept_roster)
                runs[0] = roster.run
                happened = departures(workspace, self._store, roster, writer.id)
            return writer.finish(workspace.clock(), runs, happened=happened)

    def _read_roster(self, writer: SnapshotWriter, roster: Connection, accept: bool) -> RosterRead:
        self._progress.note(roster.id, "reading the roster")
        context = self._context(writer, roster)
        read = read_roster(self._workspace, self._store, roster, context, accept=accept)
        writer.add(read.people)
        self._progress.done(roster.id, read.run.state.value, len(read.people), "".join(read.problems[:1]))
        return read

    def _settle_roster(self, writer: SnapshotWriter, read: RosterRead, accept: bool) -> RosterRead:
        """Take up the roster as it is at the end of the run, where it was written anew meanwhile.

        A poll may have judged a leaver while the platforms were read; by the roster of an hour ago they
        would be back. One that cannot be used now leaves the one that was read.
        """
        roster = self._workspace.roster
        assert roster is not None  # noqa: S101 - it was read from there; this tells mypy
        try:
            if not was_replaced(self._workspace, roster, read):
                return read
            context = self._context(writer, roster)
            fresh = read_roster(self._workspace, self._store, roster, context, accept=accept)
        except (RosterError, DocumentError) as error:
            self._progress.note(roster.id, f"written anew meanwhile and not used: {error.message}")
            return read
        writer.clear("people")
        writer.add(fresh.people)
        return fresh

    def _read_all(self, connections: Sequence[Connection], writer: SnapshotWriter) -> list[ConnectionRun]:
        """Read ``connections`` side by side; facts go to the store and to the estate as they come."""

        def write(facts: Iterable[Fact]) -> None:
            if self._stopping.is_set():
                raise Stopped("the run was stopped.")
            kept = list(facts)
            writer.add(kept)
            with self._noting:
                self._estate.add(kept)

        def task(connection: Connection) -> ConnectionRun:
            reading = read(connection, self._context(writer, connection), write)
            if self._stopping.is_set():
                raise Stopped("the run was stopped.")
            return self._settle(reading, write)

        pool = ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE, thread_name_prefix="connection")
        try:
            futures = [pool.submit(task, connection) for connection in connections]
            return [future.result() for future in futures]
        except BaseException:
            self._stopping.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _settle(self, reading: Reading, write: _Write) -> ConnectionRun:
        """Record what the connection did not get to, and how it went."""
        now = self._workspace.clock()
        connection = reading.connection
        before = Before() if reading.failure is None else _told_before(self._store, connection.id)
        write(list(missing_coverage(reading, before, now)))
        with self._noting:
            self._estate.add(before.holders)
        state, reason, remedy = RunState.COMPLETE, "", ""
        if reading.failure is not None:
            state, reason, remedy = RunState.FAILED, reading.failure.message, reading.failure.remedy
        elif reading.reasons:
            state, reason = RunState.PARTIAL, "; ".join(reading.reasons[:20])
        first = reading.reasons[0] if state is RunState.PARTIAL else reason
        self._progress.done(connection.id, state.value, reading.facts, first)
        return ConnectionRun(
            id=connection.id,
            connector=connection.connector.name,
            state=state,
            facts=reading.facts,
            reason=reason,
            remedy=remedy,
            started_at=reading.started_at,
            finished_at=now,
        )

    def _read_house_tables(self, writer: SnapshotWriter) -> None:
        """Add what the organisation itself keeps: vendors, and who owns which account."""
        config, resolve = self._workspace.config, self._workspace.loaded.resolve
        context = self._context(writer, None)
        if config.vendors:
            writer.add(read_vendors(resolve(config.vendors), context))
        if config.accounts.owners:
            writer.add(read_owners(resolve(config.accounts.owners), context))

    def _context(self, writer: SnapshotWriter, connection: Connection | None) -> Context:
        name = connection.id if connection else "house"

        def sleep(seconds: float) -> None:
            self._progress.note(name, f"waiting {seconds:.0f} s for the platform's rate limit")
            if self._stopping.wait(0):
                raise Stopped("the run was stopped.")
            self._workspace.sleep(seconds)

        return Context(
            clock=self._workspace.clock,
            evidence=writer.evidence,
            secret=self._workspace.secrets.resolve,
            base_dir=self._workspace.loaded.base_dir,
            estate=self._estate,
            sleep=sleep,
            progress=lambda text: self._progress.note(name, text),
            address_key=self._store.address_key(),
        )


def _told_before(store: Store, source: str) -> Before:
    """Return what the connection ``source`` told when it was last read, however many runs ago that is."""
    last = next((info for info in store.snapshots_before() if _was_read(info, source)), None)
    if last is None:
        return Before()
    facts = {
        table: [fact for fact in store.facts(last.id, table) if fact.source == source]
        for table in ("accounts", "principals", "grants", "apps", "logins")
    }
    told = {
        (fact.account_id, kind)
        for table, kind in _ROWS_OF_AN_ACCOUNT
        for fact in facts[table]
        if isinstance(fact, (Grant, App, Login))
    }
    accounts = tuple(
        Account(
            source=fact.source,
            observed_at=fact.observed_at,
            evidence_id=fact.evidence_id,
            account_id=fact.account_id,
            platform=fact.platform,
            kind=fact.kind,
            handle=fact.handle,
            name=fact.name,
            url=fact.url,
            parent_id=fact.parent_id,
        )
        for fact in facts["accounts"]
        if isinstance(fact, Account)
    )
    return Before(accounts, frozenset(told), (*facts["principals"], *facts["grants"]))


def _was_read(info: SnapshotInfo, source: str) -> bool:
    return any(run.id == source and run.state is not RunState.FAILED for run in info.connections)
