"""Which process we are, and whether another one still lives."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

STALE_AFTER = timedelta(minutes=5)
"""A holder we cannot look at is taken for dead when its last sign of life is older than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process as others can recognise it."""

    host: str
    pid: int
    mark: str
    """``boot/namespace/start``, so that a process number used again is not taken for the same one.
    Empty where the system does not tell.
    """


def this_process() -> Process:
    """Return the process we run in."""
    pid = os.getpid()
    return Process(host=socket.gethostname(), pid=pid, mark=_mark(pid))


def is_alive(process: Process, *, heartbeat_at: datetime, now: datetime) -> bool:
    """Return whether ``process`` still runs: looked up on this machine, else told by its heartbeat."""
    here = this_process()
    if process.host == here.host and _world(process.mark) == _world(here.mark) and _can_look():
        if not _runs(process.pid):
            return False
        return not process.mark or _mark(process.pid) == process.mark
    return now - heartbeat_at < STALE_AFTER


def _world(mark: str) -> str:
    return mark.rpartition("/")[0]


def _can_look() -> bool:
    # On Windows signal 0 is not a question but Ctrl-C.
    return sys.platform != "win32"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _mark(pid: int) -> str:
    with suppress(OSError, IndexError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = Path(f"/proc/{pid}/ns/pid").readlink()
        # The second field, the program's name, may hold spaces and brackets.
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if state in ("Z", "X"):
            return ""
        return f"{boot}/{namespace}/{rest[18]}"
    return ""
