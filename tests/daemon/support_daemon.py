"""Jobs that only note that they ran, a clock that is moved by hand, and daemons in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.daemon.executors import Ended
from auditor.daemon.jobs import JOBS, Job
from auditor.daemon.perform import perform
from auditor.daemon.plan import Planned
from auditor.errors import AuditorError
from auditor.store.job_records import Lease
from auditor.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
ORGANIZATION = "Riverside Health"
BASE = {job.name: job for job in JOBS}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Move it, also backwards."""
        self.now += by


class Inline:
    """An executor that runs everything at once in this process, by whatever clock the test has."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self._workspace = workspace
        self._store = store

    def start(self, planned: Planned, lease: Lease) -> None:
        """Run it to its end."""
        perform(self._workspace, self._store, planned.job, lease)

    def reap(self) -> tuple[Ended, ...]:
        """Return nothing: every run has recorded its end."""
        return ()

    def running(self) -> tuple[Planned, ...]:
        """Return nothing."""
        return ()

    def stop(self, grace: timedelta, hurry: Callable[[], bool]) -> tuple[Ended, ...]:
        """Return nothing."""
        return ()


def make_job(name: str, duty: str = "note", **changes: object) -> Job:
    """Return a job of the table whose work is ``duty`` of this file."""
    plain = replace(BASE[name], duty=f"{__name__}:{duty}", idle=None)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name fields of Job


def write_config(folder: Path, watch: Mapping[str, str], store: str = "") -> Path:
    """Write a configuration whose section ``watch`` is given line by line; jobs not named are off."""
    jobs = dict.fromkeys(BASE, "off") | dict(watch)
    lines = "\n".join(f"  {name}: {text}" for name, text in jobs.items())
    path = folder / "auditor.yaml"
    head = f"organization: {{name: {ORGANIZATION}, timezone: America/Chicago}}\n"
    path.write_text(f"{head}{f'store: {store}' if store else ''}\nwatch:\n{lines}\n", encoding="utf-8")
    return path


def open_workspace(folder: Path, watch: Mapping[str, str], clock: Clock, store: str = "") -> Workspace:
    """Return the workspace of such a configuration."""
    return Workspace(load_config(write_config(folder, watch, store)), clock=clock)


# Duties


def note(workspace: Workspace, _store: Store, still_ours: Callable[[], None]) -> str:
    """Write a line that says when it ran."""
    with (workspace.loaded.base_dir / "notes").open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {workspace.clock().isoformat()}\n")
    still_ours()
    return "noted"


def fail(_workspace: Workspace, _store: Store, _still_ours: Callable[[], None]) -> str:
    """Fail as a use case does."""
    raise AuditorError("the platform is down.", remedy="Wait.")


def break_down(_workspace: Workspace, _store: Store, _still_ours: Callable[[], None]) -> str:
    """Fail as a fault of the program does."""
    raise ZeroDivisionError


def sleep(workspace: Workspace, _store: Store, still_ours: Callable[[], None]) -> str:
    """Work until told to go on; a request to stop rolls back what was begun."""
    begun = workspace.loaded.base_dir / "begun"
    with begun.open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    try:
        while not (workspace.loaded.base_dir / "go-on").exists():
            time.sleep(0.02)
    except KeyboardInterrupt:
        (workspace.loaded.base_dir / "rolled-back").write_text("x")
        raise
    still_ours()
    return "slept"


def stubborn(workspace: Workspace, store: Store, still_ours: Callable[[], None]) -> str:
    """Never end, whatever is asked."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return sleep(workspace, store, still_ours)


# What the processes of the tests run

PROCESS_JOBS = (
    make_job("roster"),
    make_job("audit", "sleep", runs_at_first=True),
    make_job("report", "stubborn", runs_at_first=True),
)


@contextmanager
def daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a daemon over `PROCESS_JOBS` with the configuration of ``folder``; killed at the end."""
    with (folder / f"log-{time.monotonic_ns()}").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.process_daemon", str(folder)], cwd=ROOT, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until ``what`` is true; fail the test when it never is."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def pids(folder: Path, name: str = "begun") -> list[int]:
    """Return the process numbers a duty has noted, oldest first."""
    path = folder / name
    return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []


def is_running(pid: int) -> bool:
    """Whether a process is there, not counting one that is dead and not buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def utc(*parts: int) -> datetime:
    """Return an instant in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year, month, day and so on
