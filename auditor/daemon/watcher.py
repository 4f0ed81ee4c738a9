"""One look at what is due, and what follows from it: claim, run, record what could not record itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.daemon.executors import Ended, Executor
from auditor.daemon.perform import retry_time
from auditor.daemon.plan import LATE, Planned
from auditor.errors import StoreError
from auditor.store.job_records import JobState, LeaseLost, Standing

if TYPE_CHECKING:
    from auditor.store import Store

_log = logging.getLogger(__name__)
_PRUNE_EVERY = timedelta(days=7)


class Watcher:
    """Decides what is run; keeps nothing that a restart would miss."""

    def __init__(
        self, workspace: Workspace, store: Store, plan: Sequence[Planned], executor: Executor
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._plan = plan
        self._executor = executor
        self._idle = {planned.name: planned.job.load_idle() for planned in plan}
        self._settled: dict[str, datetime] = {}
        self._noticed: dict[str, tuple[datetime, datetime]] = {}
        self._unrecorded: list[Ended] = []
        self._pruned_at: datetime | None = None
        self.ended: dict[tuple[str, JobState], int] = {}
        """How many runs of each job ended how, since this process began."""

    @property
    def plan(self) -> Sequence[Planned]:
        """The jobs that are on."""
        return self._plan

    @property
    def executor(self) -> Executor:
        """Where the runs happen."""
        return self._executor

    def register(self) -> None:
        """Enter the jobs in the store; new ones begin to be owed from now on."""
        now = self._workspace.clock()
        for planned in self._plan:
            self._store.jobs.register(
                planned.name, planned.told, seed=planned.seed(now), next_due=planned.cadence.after(now)
            )

    def tick(self) -> int:
        """Start what is due in every lane that is free; return how much was started."""
        self.reap()
        busy = {planned.job.lane for planned in self._executor.running()}
        started = 0
        self._notice()
        for planned in sorted(self._plan, key=self._slot):
            if planned.job.lane in busy or not self._is_due(planned):
                continue
            if self._start(planned, self._slot(planned)):
                started += 1
                busy = {running.job.lane for running in self._executor.running()}
        self._prune()
        return started

    def run_now(self, name: str) -> bool:
        """Run a job outside of its slots, unless it is off, running (anywhere) or has nothing to do."""
        now = self._workspace.clock()
        for planned in self._plan:
            if planned.name == name and not self._is_idle(planned):
                return self._start(planned, now)
        return False

    def reap(self) -> bool:
        """Record the end of runs that could not do so themselves; return whether any run has ended."""
        ended = self._executor.reap()
        self._unrecorded += ended
        self._settle()
        return bool(ended)

    def stop(self, grace: timedelta, hurry: Callable[[], bool]) -> None:
        """End what runs, and give back what did not give itself back."""
        for ended in self._executor.stop(grace, hurry):
            try:
                self._store.jobs.release(ended.lease, "the daemon was stopped while it ran")
            except LeaseLost:
                self._count(ended)

    def next_start(self) -> datetime:
        """Return when the first of the coming slots begins."""
        now = self._workspace.clock()
        starts = []
        for planned in self._plan:
            begins = planned.starts_at(planned.cadence.latest(now))
            starts.append(begins if begins > now else planned.starts_at(planned.cadence.after(now)))
        return min(starts)

    def is_settled(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return not self._executor.running() and not any(self._is_due(planned) for planned in self._plan)

    def _slot(self, planned: Planned) -> datetime:
        return planned.cadence.latest(self._workspace.clock())

    def _is_due(self, planned: Planned) -> bool:
        now, slot = self._workspace.clock(), self._slot(planned)
        if self._settled.get(planned.name) == slot or now < planned.starts_at(slot):
            return False
        standing = self._store.jobs.standing(planned.name, slot)
        if standing is Standing.SETTLED:
            self._settled[planned.name] = slot
        if standing is not Standing.DUE:
            return False
        if self._is_idle(planned):
            return False
        return not (
            planned.skips_missed and self._was_missed(planned, slot, now) and self._skip(planned, slot)
        )

    def _is_idle(self, planned: Planned) -> bool:
        idle = self._idle[planned.name]
        return idle is not None and idle(self._workspace, self._store)

    def _notice(self) -> None:
        """Note when each slot was first seen: one that only waits for its lane was not missed."""
        now = self._workspace.clock()
        for planned in self._plan:
            slot = self._slot(planned)
            if self._noticed.get(planned.name, (None, now))[0] != slot:
                self._noticed[planned.name] = (slot, now)

    def _was_missed(self, planned: Planned, slot: datetime, now: datetime) -> bool:
        seen, first = self._noticed.get(planned.name, (slot, now))
        return (first if seen == slot else now) - slot > LATE + planned.jitter

    def _skip(self, planned: Planned, slot: datetime) -> bool:
        """Settle a missed slot; False where it was begun once and only waits to be tried again."""
        skipped = self._store.jobs.skip(planned.name, slot, "it was missed, and is not made up for")
        if skipped:
            self._log_end(planned.name, JobState.SKIPPED, "it was missed")
        return skipped

    def _start(self, planned: Planned, slot: datetime) -> bool:
        now = self._workspace.clock()
        lease = self._store.jobs.claim(
            planned.name, slot, until=now + planned.timeout, next_due=planned.cadence.after(now)
        )
        if lease is None:
            return False
        again = f", try {lease.attempt}" if lease.attempt > 1 else ""
        _log.info("the job %s begins (due %s%s)", planned.name, f"{slot:%Y-%m-%d %H:%M} UTC", again)
        try:
            self._executor.start(planned, lease)
        except OSError as error:
            self._unrecorded.append(
                Ended(planned, lease, f"its process could not be started: {error.strerror}")
            )
        return True

    def _settle(self) -> None:
        while self._unrecorded:
            ended = self._unrecorded[0]
            try:
                with suppress(LeaseLost):
                    self._record(ended)
                self._count(ended)
            except StoreError as error:
                _log.error("how the job %s ended cannot be recorded yet: %s", ended.planned.name, error)
                return
            self._unrecorded.pop(0)

    def _record(self, ended: Ended) -> None:
        """Record the end; raises LeaseLost where the run has done so itself, as it should."""
        now = self._workspace.clock()
        state, retry_at = JobState.STUCK, None
        if not ended.was_stuck:
            retry_at = retry_time(ended.planned.job, ended.lease, now)
            state = JobState.WAITING if retry_at else JobState.FAILED
        self._store.jobs.finish(ended.lease, state, ended.how, retry_at=retry_at)

    def _count(self, ended: Ended) -> None:
        run = self._store.jobs.run(ended.planned.name, ended.lease.slot)
        state = run.state if run and run.fence == ended.lease.fence else JobState.LOST
        self._log_end(ended.planned.name, state, run.outcome if run else "")

    def _log_end(self, name: str, state: JobState, outcome: str) -> None:
        self.ended[name, state] = self.ended.get((name, state), 0) + 1
        level = logging.INFO if state in (JobState.DONE, JobState.SKIPPED) else logging.WARNING
        _log.log(level, "the job %s is %s: %s", name, state.value, outcome)

    def _prune(self) -> None:
        """Forget old runs, once a week."""
        now = self._workspace.clock()
        if self._pruned_at is not None and now - self._pruned_at < _PRUNE_EVERY:
            return
        self._pruned_at = now
        self._store.jobs.prune({planned.name: now - planned.job.keep for planned in self._plan})
