"""The process of one run: ``python -m auditor.daemon.child``; started by the daemon, not by people.

Its standard input is a pipe whose other end the daemon holds: when that closes, the daemon is gone and
the run ends too, because nobody would stop it at its time limit.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from auditor.app.workspace import Workspace
from auditor.daemon.jobs import JOBS, Job, Lane
from auditor.daemon.perform import perform
from auditor.errors import AuditorError
from auditor.logs import configure
from auditor.store.job_records import JobState, Lease, LeaseLost

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 20.0
_NICE = 5
ORPHANED = 70
"""Exit code of a run whose daemon is gone."""


def command(config: Path, lease: Lease, log_style: str, module: str) -> list[str]:
    """Return the arguments that run ``lease`` in a process of its own: ``module``'s main, which calls ours."""
    return [
        sys.executable, "-P", "-m", module, "--config", str(config), "--job", lease.job,
        "--slot", lease.slot.isoformat(), "--fence", str(lease.fence), "--attempt", str(lease.attempt),
        "--until", lease.until.isoformat(), "--log-style", log_style,
    ]  # fmt: skip


def main(arguments: Sequence[str], jobs: Iterable[Job] = JOBS) -> int:
    """Run one slot of one of ``jobs``; return 0 where it ended and its end is recorded, however it ended."""
    given = _parser().parse_args(arguments)
    configure("info", given.log_style)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the daemon, which then asks us
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    job = {job.name: job for job in jobs}[given.job]
    if job.lane is Lane.MAIN:
        with suppress(OSError):  # a sandbox may forbid it
            os.nice(_NICE)
    lease = Lease(job=job.name, slot=given.slot, fence=given.fence, attempt=given.attempt, until=given.until)
    try:
        workspace = Workspace.open(given.config)
        with workspace.store(create=False) as store:
            store.jobs.adopt(lease)
            return int(perform(workspace, store, job, lease, before_recording=_deaf) is JobState.LOST)
    except LeaseLost as lost:
        _log.warning("%s", lost)
    except AuditorError as error:
        _log.error("the job %s: %s", job.name, error)
    except KeyboardInterrupt:
        _log.info("the job %s was asked to stop", job.name)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m auditor.daemon.child")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--job", required=True)
    parser.add_argument("--slot", type=datetime.fromisoformat, required=True)
    parser.add_argument("--fence", type=int, required=True)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--until", type=datetime.fromisoformat, required=True)
    parser.add_argument("--log-style", choices=["text", "json"], default="text")
    return parser


def _stop(_number: int, _frame: object) -> None:
    _deaf()
    raise KeyboardInterrupt


def _deaf() -> None:
    """Hear no further request to stop: what is being recorded or rolled back is finished first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end_with_parent() -> None:
    # Where standard input is no pipe, nobody promised to hold it.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
