"""Runs steps of a scenario in processes that may be killed at any moment.

``python -m tests.chaos.worker`` reads lines ``STEP CONFIG NOW SECONDS`` and forks a child for each, so that a
kill meets the work and not the loading of the program. A child that is not done after SECONDS is killed without
a warning; ``never`` lets it live. It writes ``ended STATUS`` (0: the step is done; -9: it was killed).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from auditor.app.audit import mail_reports, run_audit
from auditor.app.fast_lane import poll_roster
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.daemon.duties import deliver
from auditor.store.store import Store


def _audit(workspace: Workspace, store: Store) -> None:
    run_audit(workspace, store, Silent())


def _poll(workspace: Workspace, store: Store) -> None:
    poll_roster(workspace, store)


def _deliver(workspace: Workspace, store: Store) -> None:
    deliver(workspace, store, lambda: None)


def _report(workspace: Workspace, store: Store) -> None:
    audited = run_audit(workspace, store, Silent(), snapshot_ref="latest")
    mail_reports(workspace, store, audited.review, (), Silent(), to_owners=True)


STEPS: dict[str, Callable[[Workspace, Store], None]] = {
    "audit": _audit,
    "poll": _poll,
    "deliver": _deliver,
    "report": _report,
}


def main() -> None:
    """Serve lines until the input ends."""
    gc.freeze()  # no child need look through what all of them share
    for line in sys.stdin:
        step, config, now, seconds = line.split()
        child = _fork(step, Path(config), datetime.fromisoformat(now))
        print("ended", _ended(child, None if seconds == "never" else float(seconds)), flush=True)
    gc.unfreeze()


def _ended(child: int, seconds: float | None) -> int:
    """Return how the child ended; it is killed once its time is up."""
    ends = None if seconds is None else time.monotonic() + seconds
    while True:
        found, status = os.waitpid(child, 0 if ends is None else os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if ends is not None and time.monotonic() >= ends:
            os.kill(child, signal.SIGKILL)
            ends = None
        time.sleep(0.002)


def _fork(step: str, config: Path, now: datetime) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _run(step, config, now)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
        traceback.print_exc()
    finally:
        # Nothing of the parent's is tidied up by its child.
        os._exit(code)


def _run(step: str, config: Path, now: datetime) -> None:
    began = time.monotonic()
    workspace = Workspace.open(config)
    workspace.clock = lambda: now + timedelta(seconds=time.monotonic() - began)
    workspace.sleep = lambda _seconds: None
    with workspace.store() as store:
        STEPS[step](workspace, store)


if __name__ == "__main__":
    main()
