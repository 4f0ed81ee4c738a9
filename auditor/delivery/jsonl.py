"""A file of events, one JSON object a line, that a log shipper follows.

The file is opened anew for every batch, so it may be renamed or cut away at any moment (logrotate needs
no signal), and is flushed to the disk before a batch counts as written. A crash in mid-write leaves half
a line: it is cut off before the next batch, which repeats the event, so no two events share a line and
no line is half an event.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import DeliveryError

if sys.platform != "win32":
    import fcntl

_STEP = 64 * 1024
"""Bytes read at a time on the way back to the last whole line."""


class JsonLinesFile:
    """Appends events to one file, which its owner alone may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, payload: bytes, *, key: str, content_type: str = "application/json") -> None:
        """Append one event; ``key`` stands in the event already. Raises as `append` does."""
        self.append([payload])

    def append(self, events: Sequence[bytes]) -> None:
        """Append events, each one JSON object without line breaks, and wait until the disk has them.

        Raises:
            DeliveryError: an event holds a line break (lasting), or the disk refuses (temporary); of a
                batch that failed nothing stays.

        """
        if any(b"\n" in event or b"\r" in event for event in events):
            raise DeliveryError("an event with a line break cannot be one line of a file.", temporary=False)
        try:
            with self._opened() as file:
                end = _end_of_last_line(file)
                os.ftruncate(file, end)
                try:
                    _write(file, b"".join(event + b"\n" for event in events))
                    os.fsync(file)
                except OSError:
                    os.ftruncate(file, end)
                    raise
        except OSError as error:
            raise DeliveryError(
                f"{self._path} cannot be written: {error.strerror or error}.",
                temporary=True,
                remedy="Make room, or let the user Auditor runs as write there; the events wait in the store.",
            ) from None

    def check(self) -> None:
        """Open the file without writing to it; raises as `append` does."""
        self.append([])

    @contextmanager
    def _opened(self) -> Iterator[int]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not through a link: whoever can put one there could have us write elsewhere.
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        file = os.open(self._path, flags, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise OSError(0, "it is no ordinary file")
            # Else what another process is writing looks like what a crash has left.
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _end_of_last_line(file: int) -> int:
    """Return the size of the file up to and with its last line feed."""
    end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - _STEP)
        os.lseek(file, start, os.SEEK_SET)
        found = os.read(file, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
