"""One writer at a time: a lock file beside a file that is replaced whole.

The lock is the system's own, so a process that dies gives it back; the empty file that carries it stays,
for whoever removed it would take the lock from under the next in line.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PATIENCE_SECONDS = 10.0
_STEP_SECONDS = 0.02


@contextmanager
def one_writer(path: Path, patience: float = _PATIENCE_SECONDS) -> Iterator[None]:
    """Keep every other process that asks so from writing ``path``, and its folder there.

    Raises:
        TimeoutError: another has kept it for ``patience`` seconds.
        OSError: the folder cannot be written to.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not through a link: whoever can put one there could have us make a file elsewhere.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(path.with_name(f".{path.name}.lock"), flags, 0o600)
    try:
        end = time.monotonic() + patience
        while not _taken(file):
            if time.monotonic() >= end:
                raise TimeoutError(
                    f"another program has kept {path} from being written for {patience:g} seconds"
                )
            time.sleep(_STEP_SECONDS)
        yield
    finally:
        os.close(file)


def _taken(file: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
