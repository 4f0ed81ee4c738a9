"""One poll of the roster: does anybody stand otherwise than in the newest snapshot?

Where somebody does, a new snapshot carries the platform facts of the newest one as they are
(`auditor.store.carry`) with the people just read. A roster that is not plausible alarms nobody: it is told as
an event, and what was known before stands. A poll that finds nothing new writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditor.app.roster import RosterRead, read_roster, was_replaced
from auditor.app.roster_change import (
    RosterChange,
    compare_people,
    implausible,
    people_before,
    people_now,
    person_events,
)
from auditor.app.roster_file import FileMark, StillWritten, path_of, settled_mark
from auditor.app.workspace import Connection, Workspace
from auditor.errors import AuditorError, RosterError, StoreError
from auditor.model.event import Event, EventKind
from auditor.model.tables import FACT_TABLES
from auditor.store import ConnectionRun, SnapshotInfo
from connectors.base import Context
from connectors.tabular import CUT_OFF

if TYPE_CHECKING:
    from auditor.store import Store
    from auditor.store.evidence import Packed

NOTE = "roster-poll"
"""Name of the note that says which roster was looked at last, and what came of it."""
CARRIED = tuple(table for table in FACT_TABLES if table != "people")
"""Tables whose rows are those of the newest snapshot."""
_TRIES = 3
_NOBODY = "Nobody's standing has changed."
_AHEAD_AT_MOST = timedelta(hours=1)
"""A snapshot further ahead of the clock cannot be followed by another: the store bridges no more."""


class PollState(StrEnum):
    """What came of a poll."""

    NO_ROSTER = "no-roster"
    NOTHING_GATHERED = "nothing-gathered"
    """There is no snapshot whose platform facts could be judged."""
    UNCHANGED = "unchanged"
    BEING_WRITTEN = "being-written"
    UNUSABLE = "unusable"
    """It cannot be read or is not plausible; what was known before stands."""
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPoll:
    """A poll that is over."""

    state: PollState
    message: str
    """One sentence."""
    remedy: str = ""
    snapshot: SnapshotInfo | None = None
    """The snapshot written and judged; where the roster changed, or an earlier poll had been cut short."""
    left: tuple[str, ...] = ()
    """Ids of the people who have left."""
    gone: tuple[str, ...] = ()
    """Ids of the people the roster does not have any more."""


class _HeldEvidence:
    """Keeps records until it is known whether there is a snapshot to file them with."""

    def __init__(self) -> None:
        self.kept: list[Packed] = []

    def put(self, record: object, *, kind: str) -> str:
        """Hold the record; return its id."""
        from auditor.store.evidence import pack

        packed = pack(record, kind)
        self.kept.append(packed)
        return packed.id


class Poll:
    """One poll of one roster."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        roster: Connection,
        *,
        meanwhile: Callable[[SnapshotInfo], None] = lambda _newest: None,
    ) -> None:
        """Take what is polled.

        ``meanwhile`` is called when the roster turns out to be another, before it is read, with the snapshot
        whose platform facts will be carried; where another comes between, once more with that one.
        """
        self._meanwhile = meanwhile
        self._workspace = workspace
        self._store = store
        self._roster = roster
        self._path = path_of(workspace, roster)
        self._mark: FileMark | None = None

    def run(self) -> RosterPoll:
        """Poll; where another snapshot comes between, once more from its start."""
        from auditor.store.snapshots import SnapshotOvertaken

        for _ in range(_TRIES - 1):
            try:
                return self._poll(self._store.snapshots(1)[0])
            except SnapshotOvertaken:
                continue
        return self._poll(self._store.snapshots(1)[0])

    def _poll(self, newest: SnapshotInfo) -> RosterPoll:
        note = self._store.notes.read(NOTE)
        before = note if isinstance(note, dict) else {}
        evidence = _HeldEvidence()
        try:
            self._refuse_the_past(newest)
            self._mark = self._look(before)
            if before.get("seen") == self._seen(newest) and self._path is not None:
                return self._again(before)
            self._meanwhile(newest)
            read = self._read(evidence)
            change = self._change(newest, read)
        except StillWritten as error:
            return RosterPoll(state=PollState.BEING_WRITTEN, message=error.message, remedy=error.remedy)
        except StoreError:
            raise
        except AuditorError as error:
            return self._refuse(newest, error)
        if not change:
            return self._remember(newest, PollState.UNCHANGED, _NOBODY)
        snapshot = self._record(newest, read, change, evidence)
        return RosterPoll(
            state=PollState.CHANGED,
            message=_words(change),
            snapshot=snapshot,
            left=tuple(change.left),
            gone=tuple(change.gone),
        )

    def _refuse_the_past(self, newest: SnapshotInfo) -> None:
        if newest.finished_at - self._workspace.clock() > _AHEAD_AT_MOST:
            raise RosterError(
                f"by this machine's clock the newest snapshot ({newest.id}) is still to come, so nothing can follow it.",
                remedy="Set the clock right; what has changed meanwhile is found by the next poll after that.",
            )

    def _again(self, note: dict[str, Any]) -> RosterPoll:
        """Return what came of the same roster before."""
        if self._mark is not None and self._mark.as_json() != note["mark"]:
            # Written anew with the same content: noted, so that it is not read at every poll.
            self._store.notes.write(NOTE, note | {"mark": self._mark.as_json()})
        return RosterPoll(state=PollState(note["state"]), message=note["message"], remedy=note["remedy"])

    def _look(self, before: dict[str, Any]) -> FileMark | None:
        """Return the mark of the roster's file; raises as `settled_mark` does."""
        if self._path is None:
            return None
        kept = before.get("mark")
        known = FileMark(**kept) if kept else None
        return settled_mark(self._path, known, self._workspace.clock, self._workspace.sleep)

    def _seen(self, newest: SnapshotInfo) -> dict[str, Any]:
        """Return all that the outcome of a poll hangs on, but for what is in the file: that is its mark."""
        settings = self._roster.settings.model_dump_json() + str(self._workspace.roster_entry)
        now = self._workspace.clock()
        mark = self._mark
        return {
            "sha256": mark.sha256 if mark else None,
            # The day a file was written on, and today's, decide who has left by a date.
            "file_day": mark.modified_at.date().isoformat() if mark else None,
            "today": now.date().isoformat(),
            "settings": hashlib.sha256(settings.encode()).hexdigest(),
            "snapshot": newest.id,
        }

    def _read(self, evidence: _HeldEvidence) -> RosterRead:
        workspace = self._workspace
        context = Context(
            clock=workspace.clock,
            evidence=evidence,
            secret=workspace.secrets.resolve,
            base_dir=workspace.loaded.base_dir,
            sleep=workspace.sleep,
            address_key=self._store.address_key(),
        )
        read = read_roster(workspace, self._store, self._roster, context, accept=False)
        if self._path is not None and (
            read.mark != self._mark or was_replaced(workspace, self._roster, read)
        ):
            raise StillWritten(self._path)
        cut_off = next((sentence for sentence in read.problems if CUT_OFF in sentence), None)
        if cut_off is not None:
            raise RosterError(
                cut_off, remedy="It was not written to its end; have the HR system export it again."
            )
        return read

    def _change(self, newest: SnapshotInfo, read: RosterRead) -> RosterChange:
        """Return who is otherwise; raises RosterError where that is not plausible."""
        before = people_before(self._store, newest.id)
        change = compare_people(before, people_now(read.people))
        sizes = [len(before)]
        if newest.carried_from:
            # Nor may it melt away poll by poll.
            sizes.append(self._store.snapshot(newest.carried_from).counts.get("people", 0))
        entry = self._workspace.roster_entry
        error = implausible(change, sizes, len(read.people), entry.max_shrink if entry else 0)
        if error is not None:
            raise error
        return change

    def _record(
        self, newest: SnapshotInfo, read: RosterRead, change: RosterChange, evidence: _HeldEvidence
    ) -> SnapshotInfo:
        """Write the snapshot that carries the newest one's platform facts, with the people just read."""
        from auditor.store.writer import encoded

        store, clock = self._store, self._workspace.clock
        with store.lock("roster", owner=self._workspace.config.organization.name):
            store.recover()
            with store.begin_snapshot(clock(), [read.run]) as writer:
                with ThreadPoolExecutor(max_workers=1) as aside:
                    # The database copies by itself; people are made ready for it meanwhile.
                    carrying = aside.submit(writer.carry, newest.id, CARRIED)
                    people = [encoded(one) for one in read.people]
                    carrying.result()
                for packed in evidence.kept:
                    writer.put(packed)
                writer.add_encoded(people)
                now = clock()
                events = person_events(change, at=now, snapshot_id=writer.id, before=newest)
                runs = [read.run, *_carried_runs(newest, self._roster.id)]
                return writer.finish(now, runs, happened=events, after=newest.id)

    def _refuse(self, newest: SnapshotInfo, error: AuditorError) -> RosterPoll:
        """Say why nobody is alarmed by this roster, in the journal too: once a day and reason."""
        now = self._workspace.clock()
        told = hashlib.sha256(error.message.encode()).hexdigest()[:16]
        event = Event(
            key=f"{EventKind.ROSTER_UNUSABLE.value}:{now.date()}:{told}",
            kind=EventKind.ROSTER_UNUSABLE,
            at=now,
            message=f"The roster was not used, and what was known before stands: {error.message}",
            snapshot_id=newest.id,
            subject_id=self._roster.id,
            after={"remedy": error.remedy},
        )
        self._store.events.append([event])
        return self._remember(newest, PollState.UNUSABLE, error.message, error.remedy)

    def _remember(self, newest: SnapshotInfo, state: PollState, message: str, remedy: str = "") -> RosterPoll:
        """Note what came of this roster, so that it is not read again before something changes."""
        self._store.notes.write(
            NOTE,
            {
                "mark": self._mark.as_json() if self._mark else None,
                "seen": self._seen(newest),
                "state": state.value,
                "message": message,
                "remedy": remedy,
            },
        )
        return RosterPoll(state=state, message=message, remedy=remedy)

    def remember_done(self, snapshot: SnapshotInfo) -> None:
        """Note that this roster is that of ``snapshot``."""
        self._remember(snapshot, PollState.UNCHANGED, _NOBODY)


def _carried_runs(newest: SnapshotInfo, roster_id: str) -> Iterable[ConnectionRun]:
    """Yield the platform connections of ``newest``, each saying when it was really asked."""
    for run in newest.connections:
        if run.id == roster_id:
            continue
        if run.carried_from:
            yield run
            continue
        words = f"not asked anew: these are the facts of snapshot {newest.id}"
        reason = f"{words}; {run.reason}" if run.reason else words
        yield replace(run, carried_from=newest.id, reason=reason)


def _words(change: RosterChange) -> str:
    counts = ((len(change.left), "left"), (len(change.gone), "gone from the roster"), (len(change.other), "new or changed"))  # fmt: skip
    return "The roster changed: " + ", ".join(f"{count:,} {word}" for count, word in counts if count) + "."
