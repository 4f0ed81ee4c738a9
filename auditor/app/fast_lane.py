"""The fast lane: a change in the roster is judged at once, without asking any platform.

A poll (`auditor.app.roster_poll`) writes a snapshot where somebody's standing changed: the people just read,
with the platform facts of the newest snapshot. It is judged, recorded and followed up here, so that whoever
has to act hears of it within one poll. A poll that was killed is made up for by the next.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.app.alerts import raise_alerts
from auditor.app.fresh_risk import risks_of
from auditor.app.judge import evaluate, packs_in_force, record, take_in
from auditor.app.lives import follow_up
from auditor.app.lives_look import Recorded
from auditor.app.roster_poll import CARRIED, Poll, PollState, RosterPoll
from auditor.app.workspace import Workspace
from auditor.collection import no_collection
from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.model.life import Seen
    from auditor.store import SnapshotInfo, Store
    from auditor.store.lives import Ledger
    from policies.intake import Intake
    from policies.rule import Pack

_TAKEN_AHEAD = 300_000
"""Facts at most: what is taken in ahead is in memory twice while it is staged."""


def poll_roster(workspace: Workspace, store: Store) -> RosterPoll:
    """Read the roster; where somebody's standing changed, judge the newest platform facts again at once.

    Raises:
        StoreError: the store refuses, or another poll is under way.
        AuditorError: as judging and following up raise it; the next poll takes up from there.

    """
    if workspace.roster is None:
        return RosterPoll(state=PollState.NO_ROSTER, message="No roster is configured.")
    newest = next(iter(store.snapshots(1)), None)
    if newest is None:
        return RosterPoll(
            state=PollState.NOTHING_GATHERED,
            message="Nothing has been gathered yet, so there is nothing to hold the roster against.",
            remedy="Run 'auditor audit'.",
        )
    resumed = newest if newest.carried_from and newest.judged_at is None else None
    if resumed is not None:
        # A poll was killed before it could judge. A gathered snapshot is the audit's to judge.
        _judge(workspace, store, resumed, packs_in_force(workspace))
    with _Ahead(workspace, store) as ahead, no_collection():
        poll = Poll(workspace, store, workspace.roster, meanwhile=ahead.start)
        done = poll.run()
        if done.snapshot is None:
            return replace(done, snapshot=resumed)
        _judge(workspace, store, done.snapshot, ahead.packs(), ahead)
    poll.remember_done(done.snapshot)
    return done


class _Ahead:
    """Does beforehand what judging does not need the roster for.

    The packs are read before the file is looked at, which costs a poll that finds nothing a third of a second
    and spares it to one that has somebody to tell of; facts and findings are while the roster is read and kept.
    """

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self._workspace = workspace
        self._store = store
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._packs = _read_packs(workspace)
        self._intake: Future[Intake] | None = None
        self._ledger: Future[Ledger] | None = None

    def start(self, newest: SnapshotInfo) -> None:
        """Take in the facts that will be carried over from ``newest``, then the lives of findings."""
        self._forget()
        if sum(newest.counts.values()) <= _TAKEN_AHEAD:
            self._intake = self._aside.submit(take_in, self._workspace, self._store, newest, CARRIED)
        self._ledger = self._ledger or self._aside.submit(self._store.lives.ledger)

    def packs(self) -> tuple[Pack, ...]:
        """Return the packs in force; raises what reading them raised."""
        return self._packs.result()

    def intake(self) -> Intake | None:
        """Hand over what has been taken in; None where it is too much to be held twice."""
        taken, self._intake = self._intake, None
        return taken.result() if taken else None

    def ledger(self) -> Ledger | None:
        """Return the lives as they were read; None where they were not."""
        return self._ledger.result() if self._ledger else None

    def _forget(self) -> None:
        taken, self._intake = self._intake, None
        if taken is not None and not taken.cancel() and taken.exception() is None:
            taken.result().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget()
        self._aside.shutdown()


def _read_packs(workspace: Workspace) -> Future[tuple[Pack, ...]]:
    """Return the packs in force, or why there are none: a poll that finds nothing does not mind."""
    read: Future[tuple[Pack, ...]] = Future()
    try:
        read.set_result(packs_in_force(workspace))
    except AuditorError as error:
        read.set_exception(error)
    return read


def _judge(
    workspace: Workspace,
    store: Store,
    snapshot: SnapshotInfo,
    packs: tuple[Pack, ...],
    ahead: _Ahead | None = None,
) -> None:
    """Judge the snapshot, record its findings, and tell whoever has to act; sending is the caller's.

    What is new gets its risk; what stood before keeps the one it had: between two audits nothing but time has
    changed in what that hangs on, and the next audit counts it.
    """
    with evaluate(workspace, store, snapshot, packs, ahead.intake() if ahead else None) as judged:
        found = judged.judgement.findings
        ledger = ahead.ledger() if ahead else None
        risks = _known_risks(store, snapshot, ledger)
        fresh = found[~found["fingerprint"].isin(risks)]
        if len(fresh):
            risks |= risks_of(workspace, judged, fresh)
        shown: list[Seen] = []
        judged_at = record(store, judged, found.assign(risk=found["fingerprint"].map(risks)), shown)
        recorded = Recorded(snapshot.id, judged_at, tuple(shown))
        follow_up(workspace, store, ledger, recorded)
        raise_alerts(workspace, store, judged=judged)


def _known_risks(store: Store, snapshot: SnapshotInfo, ledger: Ledger | None) -> dict[str, int | None]:
    """Return fingerprint to risk of what was found in the newest judged snapshot before this one.

    The lives in ``ledger`` tell it too, where it is the last one they have followed.
    """
    before = next((one for one in store.snapshots_before(snapshot) if one.judged_at is not None), None)
    if before is None:
        return {}
    followed = ledger.cursor.look if ledger else None
    if (
        ledger
        and followed
        and (followed.snapshot_id, ledger.cursor.judged_at) == (before.id, before.judged_at)
    ):
        return {mark: life.seen.risk for mark, life in ledger.lives.items() if life.last == followed}
    kept = store.recorded_findings(before.id, columns=("fingerprint", "risk"))
    risks = kept["risk"].astype(object).where(kept["risk"].notna(), None)
    return dict(zip(kept["fingerprint"], risks, strict=True))
