"""Where runs happen: in a process each, which can be stopped without stopping anything else."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from auditor.daemon.child import command
from auditor.daemon.plan import Planned
from auditor.store.job_records import Lease

_log = logging.getLogger(__name__)
_KILL_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run whose process is gone."""

    planned: Planned
    lease: Lease
    how: str
    """In words, for a run that could not record its own end."""
    was_stuck: bool = False


class Executor(Protocol):
    """Runs what was claimed."""

    def start(self, planned: Planned, lease: Lease) -> None:
        """Begin the run."""
        ...

    def reap(self) -> Sequence[Ended]:
        """Return the runs that ended since; those past their time limit are stopped."""
        ...

    def running(self) -> Sequence[Planned]:
        """Return what is under way."""
        ...

    def stop(self, grace: timedelta, hurry: Callable[[], bool]) -> Sequence[Ended]:
        """Ask all to stop, wait for ``grace`` unless told to hurry, and kill what is left."""
        ...


@dataclass(slots=True)
class _Child:
    planned: Planned
    lease: Lease
    process: subprocess.Popen[bytes]
    deadline: float
    """On the monotonic clock, which no correction of the time of day moves."""
    stopped_at: float | None = None


class Children:
    """Runs each job in a process, and a process group, of its own.

    Args:
        config: the configuration file, which each process reads anew.
        log_style: form of their log lines.
        kill_after: how long a run stopped at its time limit has to roll back.
        module: what is run in the process.

    """

    def __init__(
        self,
        config: Path,
        log_style: str = "text",
        *,
        kill_after: timedelta = _KILL_AFTER,
        module: str = "auditor.daemon.child",
    ) -> None:
        self._config = config.resolve()
        self._log_style = log_style
        self._kill_after = kill_after.total_seconds()
        self._module = module
        self._children: list[_Child] = []

    def start(self, planned: Planned, lease: Lease) -> None:
        """Start the process."""
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command(self._config, lease, self._log_style, self._module),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + planned.timeout.total_seconds()
        self._children.append(_Child(planned, lease, process, deadline))

    def reap(self) -> Sequence[Ended]:
        """Return the runs whose process ended; those past their time limit are asked to stop, then killed."""
        now = time.monotonic()
        for child in self._children:
            if child.process.poll() is not None:
                continue
            if child.stopped_at is None and now >= child.deadline:
                _log.error(
                    "the job %s has run for %s and is stopped", child.planned.name, child.planned.timeout
                )
                child.stopped_at = now
                _signal(child, signal.SIGTERM)
            elif child.stopped_at is not None and now >= child.stopped_at + self._kill_after:
                _signal(child, signal.SIGKILL)
        return self._bury()

    def running(self) -> Sequence[Planned]:
        """Return what is under way."""
        return tuple(child.planned for child in self._children)

    def stop(self, grace: timedelta, hurry: Callable[[], bool]) -> Sequence[Ended]:
        """Ask all to stop, wait for ``grace`` unless told to hurry, and kill what is left."""
        for child in self._children:
            _signal(child, signal.SIGTERM)
        end = time.monotonic() + grace.total_seconds()
        ended: list[Ended] = []
        while self._children and time.monotonic() < end and not hurry():
            ended += self._bury()
            time.sleep(0.05)
        for child in self._children:
            _signal(child, signal.SIGKILL)
            child.process.wait()
        return (*ended, *self._bury())

    def _bury(self) -> list[Ended]:
        gone = [child for child in self._children if child.process.poll() is not None]
        self._children = [child for child in self._children if child not in gone]
        return list(map(_ended, _closed(gone)))


def _closed(children: Iterable[_Child]) -> Iterable[_Child]:
    for child in children:
        # What it may have left behind in its group goes with it.
        _signal(child, signal.SIGKILL)
        if child.process.stdin is not None:
            child.process.stdin.close()
        yield child


def _ended(child: _Child) -> Ended:
    if child.stopped_at is not None:
        how = f"it had run for {child.planned.timeout} and was stopped"
        return Ended(child.planned, child.lease, how, was_stuck=True)
    code = child.process.returncode
    how = f"its process was ended by signal {-code}" if code < 0 else f"its process ended with code {code}"
    return Ended(child.planned, child.lease, how)


def _signal(child: _Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)
