"""Real daemons, real runs in processes of their own, real signals."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from auditor.app.workspace import utc_now
from auditor.model.event import EventKind
from auditor.store.job_records import JobRun, JobState
from auditor.store.schema import holders
from auditor.store.store import Store
from tests.daemon.support_daemon import (
    ORGANIZATION,
    daemon,
    is_running,
    pids,
    wait_for,
    write_config,
)
from tests.store.conftest import HOW, SERVER

WATCH = {
    "roster": "{every: 1s}",
    "audit": "{every: 24h}",
    "heartbeat": "1s",
    "jitter": "0s",
    "stop_grace": "20s",
}


def open_store(url: str) -> Store:
    """Open the daemons' store beside them."""
    return Store.open(url, organization=ORGANIZATION, clock=utc_now, patience=30)


def address_of(request: pytest.FixtureRequest, backend: str) -> str:
    """Return the address of an empty store; skips the test where there is no server for it."""
    if backend == "postgres_url" and not os.environ.get(SERVER):
        pytest.skip(HOW)
    return str(request.getfixturevalue(backend))


def newest(store: Store, name: str) -> JobRun:
    """Return the newest run of a job."""
    return store.jobs.runs(name, limit=1)[0]


def test_sigterm_rolls_back_what_runs_and_the_next_daemon_takes_it_up(
    tmp_path: Path, sqlite_url: str
) -> None:
    """The roster goes on beside the long audit; asked to end, the daemon ends with 0 and leaves no process,
    no health file and an audit that waits; the next daemon runs it as its first try.
    """
    write_config(tmp_path, WATCH, sqlite_url)
    with daemon(tmp_path) as first:
        wait_for(lambda: pids(tmp_path) and len(pids(tmp_path, "notes")) >= 2)
        health = json.loads((tmp_path / "health.json").read_text())
        assert health["pid"] == first.pid
        assert health["well"] is True
        assert oct((tmp_path / "health.json").stat().st_mode)[-3:] == "600"
        first.terminate()
        assert first.wait(timeout=30) == 0
    (worker,) = pids(tmp_path)
    assert not is_running(worker)
    assert (tmp_path / "rolled-back").exists()
    assert not (tmp_path / "health.json").exists()
    with open_store(sqlite_url) as store:
        assert newest(store, "audit").state is JobState.WAITING
        (tmp_path / "go-on").touch()
        with daemon(tmp_path):
            wait_for(lambda: newest(store, "audit").state is JobState.DONE)
        assert newest(store, "audit").attempt == 1
        assert len(pids(tmp_path)) == 2


def test_a_stuck_job_is_killed_at_its_limit_and_told(tmp_path: Path, sqlite_url: str) -> None:
    """It does not hear the request to stop; a second later it is gone, its run is stuck, the roster went on."""
    watch = WATCH | {"audit": "off", "report": "{every: 24h, timeout: 6s}", "roster": "{every: 3s}"}
    write_config(tmp_path, watch, sqlite_url)
    with daemon(tmp_path) as process, open_store(sqlite_url) as store:
        wait_for(lambda: store.jobs.runs("report") and newest(store, "report").state is JobState.STUCK)
        assert not is_running(pids(tmp_path)[0])
        told = [event for event in store.events.after(0) if event.kind is EventKind.JOB_STUCK]
        assert [event.message for event in told] == [
            "The job report was stopped at its time limit: it had run for 0:00:06 and was stopped"
        ]
        before = len(pids(tmp_path, "notes"))
        wait_for(lambda: len(pids(tmp_path, "notes")) > before)
        wait_for(lambda: json.loads((tmp_path / "health.json").read_text())["well"] is False)
        process.terminate()
        assert process.wait(timeout=30) == 0


def kill_daemon_and_worker(daemon_pid: int, worker: int) -> None:
    """End both at once, as a power failure does."""
    os.kill(worker, signal.SIGKILL)
    os.kill(daemon_pid, signal.SIGKILL)


def kill_daemon(daemon_pid: int, _worker: int) -> None:
    """End the daemon alone; its worker notices by the pipe between them."""
    os.kill(daemon_pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("backend", "kill"), [("postgres_url", kill_daemon_and_worker), ("sqlite_url", kill_daemon)]
)
def test_of_two_daemons_one_is_killed_in_the_middle_of_a_job(
    tmp_path: Path, backend: str, kill: Callable[[int, int], None], request: pytest.FixtureRequest
) -> None:
    """Both share one store. The other takes the audit over and ends it; every slot was run once."""
    url = address_of(request, backend)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write_config(folder, WATCH, url)
    with open_store(url) as store, daemon(folders[0]) as one:
        wait_for(lambda: pids(folders[0]))
        with daemon(folders[1]):
            wait_for(lambda: pids(folders[1], "notes") or pids(folders[0], "notes"))
            (worker,) = pids(folders[0])
            kill(one.pid, worker)
            wait_for(lambda: pids(folders[1]))
            assert not is_running(worker)
            (folders[1] / "go-on").touch()
            wait_for(lambda: newest(store, "audit").state is JobState.DONE)
            assert len(store.jobs.runs("audit")) == 1
            assert newest(store, "audit").pid == pids(folders[1])[0]
            done = [run.pid for run in store.jobs.runs("roster", limit=500) if run.state is JobState.DONE]
            noted = pids(folders[0], "notes") + pids(folders[1], "notes")
            assert set(done) <= set(noted)
            assert len(noted) == len(set(noted))
            # What was noted and is not done is killed, or under way: at most one run of each daemon.
            assert len(noted) - len(done) <= 2


def test_a_worker_taken_for_dead_records_nothing_when_it_wakes(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A machine is paused so long that its run is taken over; when it goes on, the store refuses its result."""
    url = address_of(request, "postgres_url" if os.environ.get(SERVER) else "sqlite_url")
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write_config(folder, WATCH | {"roster": "off"}, url)
    with open_store(url) as store, daemon(folders[0]) as one:
        wait_for(lambda: pids(folders[0]) and newest(store, "audit").pid == pids(folders[0])[0])
        (ghost,) = pids(folders[0])
        os.kill(ghost, signal.SIGSTOP)
        gone = {"host": "elsewhere", "heartbeat_at": utc_now() - timedelta(hours=1)}
        with store._database.write() as connection:
            connection.execute(update(holders).where(holders.c.pid == ghost).values(**gone))
        one.send_signal(signal.SIGSTOP)
        with daemon(folders[1]):
            wait_for(lambda: pids(folders[1]))
            taken = newest(store, "audit")
            (folders[0] / "go-on").touch()
            os.kill(ghost, signal.SIGCONT)
            one.send_signal(signal.SIGCONT)
            wait_for(lambda: not is_running(ghost))
            assert newest(store, "audit") == taken
            (folders[1] / "go-on").touch()
            wait_for(lambda: newest(store, "audit").state is JobState.DONE)
        logs = "".join(path.read_text() for path in folders[0].glob("log-*"))
        assert "was taken over by another process" in logs
        assert newest(store, "audit").fence > 1
