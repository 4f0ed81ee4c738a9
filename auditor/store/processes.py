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
    """``boot/namespace/start tick``, so that a process number used again is not taken for the same one.
    Empty where the system does not tell.
    """


def this_process() -> Process:
    """Return the process we run in."""
    pid = os.getpid()
    world, start = _world(), _start(pid)
    return Process(host=socket.gethostname(), pid=pid, mark=f"{world}/{start}" if world and start else "")


def is_alive(process: Process, *, heartbeat_at: datetime, now: datetime) -> bool:
    """Return whether ``process`` still runs: looked up on this machine, else told by its heartbeat."""
    world, _, start = process.mark.rpartition("/")
    # On Windows signal 0 is not a question but Ctrl-C.
    can_look = process.host == socket.gethostname() and world == _world() and sys.platform != "win32"
    if not can_look:
        return now - heartbeat_at < STALE_AFTER
    if not _runs(process.pid):
        return False
    return not start or _start(process.pid) in (start, None)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _world() -> str:
    """Return the boot and the process namespace within which a process number means something."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    return ""


def _start(pid: int) -> str | None:
    """Return the tick a process started at, empty for one that is dead but not buried; None: not told."""
    with suppress(OSError, IndexError):
        # The second field, the program's name, may hold spaces and brackets.
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in ("Z", "X") else rest[18]
    return None
