"""``auditor watch``: begins, looks and runs until it is asked to stop, ends cleanly."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.daemon.executors import Children, Executor
from auditor.daemon.health import Health, JobHealth, jobs_health, write_health
from auditor.daemon.heartbeat import Heartbeat
from auditor.daemon.metrics import MetricsServer
from auditor.daemon.notify import ALIVE, READY, STOPPING, notify
from auditor.daemon.plan import Planned, make_plan
from auditor.daemon.roster_watch import RosterWatch
from auditor.daemon.watcher import Watcher
from auditor.errors import AuditorError, StoreError, UsageError
from auditor.store.job_records import JobState

if TYPE_CHECKING:
    from auditor.store import Store

_log = logging.getLogger(__name__)
_NAP_SECONDS = 0.2
_GONE_WRONG = (JobState.FAILED, JobState.STUCK, JobState.WAITING, JobState.LOST)


class Outcome(IntEnum):
    """Exit codes of ``auditor watch``."""

    DONE = 0
    JOB_FAILED = 5
    """With ``--once``: a job failed or was stopped; the others were run."""
    MAIL_WAITS = 6
    """With ``--once``: every job went well, but a message could not be sent yet."""


class _Signals:
    """Counts the requests to stop: the first asks, the second insists."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _number: int, _frame: object) -> None:
        self.count += 1

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear SIGTERM and SIGINT within the block."""
        before = {number: signal.signal(number, self) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Service:
    """The daemon of one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        executor: Executor,
        health_file: Path,
        *,
        plan: Sequence[Planned] | None = None,
    ) -> None:
        section = workspace.config.watch
        self._workspace = workspace
        self._store = store
        self._health_file = health_file
        self._section = section
        self._signals = _Signals()
        self._watcher = Watcher(
            workspace, store, make_plan(workspace.config) if plan is None else plan, executor
        )
        self._heartbeat = Heartbeat(section.heartbeat, self._look)
        self._roster = RosterWatch(workspace)
        self._since = workspace.clock()
        self._wakes_at = self._since
        self._jobs: tuple[JobHealth, ...] = ()
        self._waiting: int | None = None
        self._stopping = False
        self.health: Health | None = None

    def run(self) -> Outcome:
        """Look and run until asked to stop."""
        self._begin()
        with ExitStack() as stack:
            stack.enter_context(self._signals.heard())
            if self._section.metrics is not None:
                stack.enter_context(MetricsServer(self._section.metrics, lambda: self.health))
            notify(READY)
            _log.info("watching; %s", ", ".join(f"{one.name} {one.told}" for one in self._watcher.plan))
            while not self._signals.count:
                self._turn()
                time.sleep(_NAP_SECONDS)
            return self._end()

    def run_once(self) -> Outcome:
        """Poll the roster, run all that is due, send what waits, and say how it went."""
        self._begin()
        with self._signals.heard():
            self._watcher.run_now("roster")
            self._until(lambda: not self._watcher.tick() and self._watcher.is_settled())
            for sender in ("deliver", "siem"):  # alerts are events too, so the SIEM comes last
                self._watcher.run_now(sender)
                self._until(lambda: not self._watcher.executor.running())
            self._end()
        if self._signals.count:
            raise AuditorError("stopped before all that is due was run.", remedy="Run it again.")
        if any(state in _GONE_WRONG for _name, state in self._watcher.ended):
            return Outcome.JOB_FAILED
        return Outcome.MAIL_WAITS if self._store.outbox.waiting() else Outcome.DONE

    def _until(self, is_over: Callable[[], bool]) -> None:
        while not self._signals.count and not is_over():
            time.sleep(_NAP_SECONDS)
            self._watcher.reap()

    def _begin(self) -> None:
        if not self._watcher.plan:
            raise UsageError(
                "every job is off, so there is nothing to watch.", remedy="See 'watch' in auditor.yaml."
            )
        self._watcher.register()
        self._write_health()

    def _turn(self) -> None:
        """Look when the heartbeat says so, or when the next slot has come."""
        if self._workspace.clock() >= self._wakes_at:
            self._heartbeat.beat()
        else:
            self._heartbeat.run_pending()
        with suppress(StoreError):
            # What cannot be recorded or begun now is at a later turn; the heartbeat tells of the trouble.
            self._roster.poll_on_change(lambda: self._watcher.run_now("roster"))
            if self._watcher.reap():
                self._wakes_at = self._workspace.clock()

    def _look(self) -> None:
        notify(ALIVE)
        now = self._workspace.clock()
        self._wakes_at = now + self._section.heartbeat
        try:
            self._watcher.tick()
            self._wakes_at = min(self._wakes_at, self._watcher.next_start())
            self._jobs = jobs_health(self._store, self._watcher.plan, now)
            self._waiting = self._store.outbox.waiting()
        except AuditorError as error:
            self._waiting = None
            self._write_health(str(error))
            raise
        self._write_health()

    def _end(self) -> Outcome:
        """Ask what runs to stop, wait for it, and leave nothing behind."""
        notify(STOPPING)
        self._stopping = True
        with suppress(AuditorError):
            self._write_health()
        asked = self._signals.count
        running = self._watcher.executor.running()
        if running:
            _log.info("stopping; %s asked to end", ", ".join(one.name for one in running))
        try:
            self._watcher.stop(self._section.stop_grace, lambda: self._signals.count > asked)
        except StoreError as error:
            _log.error("%s What ran is taken up again by the next daemon.", error)
        # A daemon that ended on purpose has no health to tell of.
        with suppress(OSError):
            self._health_file.unlink(missing_ok=True)
        return Outcome.DONE

    def _write_health(self, trouble: str = "") -> None:
        self.health = Health(
            since=self._since,
            looked_at=self._workspace.clock(),
            heartbeat=self._section.heartbeat,
            trouble=trouble,
            stopping=self._stopping,
            waiting=self._waiting,
            jobs=self._jobs,
            ended=dict(self._watcher.ended),
        )
        write_health(self._health_file, self.health)


def watch(
    workspace: Workspace, *, once: bool, health_file: Path | None = None, log_style: str = "text"
) -> Outcome:
    """Run the daemon, or with ``once`` all that is due and no more.

    Raises:
        AuditorError: it cannot begin: configuration, store, port or health file; or it was stopped early.

    """
    place = health_path(workspace, health_file)
    with workspace.store() as store:
        children = Children(workspace.loaded.document.path, log_style)
        plan = make_plan(workspace.config, jitter=not once)
        service = Service(workspace, store, children, place, plan=plan)
        return service.run_once() if once else service.run()


def health_path(workspace: Workspace, given: Path | None = None) -> Path:
    """Return where the health file is."""
    return given or workspace.loaded.resolve(workspace.config.watch.health_file)


def planned_job(workspace: Workspace, name: str) -> Planned:
    """Return a job of the plan; raises UsageError where there is none of that name, or it is off."""
    plan = {planned.name: planned for planned in make_plan(workspace.config)}
    if name not in plan:
        raise UsageError(f"there is no job {name!r} that is on.", remedy=f"There are: {', '.join(plan)}.")
    return plan[name]
