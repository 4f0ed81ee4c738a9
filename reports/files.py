"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO

from auditor.errors import AuditorError


@contextmanager
def whole_file(path: Path, *, encoding: str = "utf-8", newline: str = "\n") -> Iterator[TextIO]:
    """Yield a text file that takes the name ``path`` only once all of it is on the disk.

    It is readable by its owner alone: a report holds names, e-mail addresses and weak points.

    Raises:
        AuditorError: the folder cannot be made or the disk refuses; nothing is left behind, and a
            file that was there before is still whole.

    """
    with _part(path) as handle, os.fdopen(handle, "w", encoding=encoding, newline=newline) as file:
        yield file
        _settle(file)


@contextmanager
def whole_binary_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file of bytes, likewise; raises as `whole_file` does."""
    with _part(path) as handle, os.fdopen(handle, "w+b") as file:
        yield file
        _settle(file)


@contextmanager
def _part(path: Path) -> Iterator[int]:
    """Yield a handle to write to and close; closed without an error, the file gets its name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _refused(path, error) from None
    part = Path(name)
    try:
        yield handle
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _settle(file: IO[Any]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # Some systems cannot open or sync a folder; the file itself is whole and in its place by now.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(path: Path, error: OSError) -> AuditorError:
    return AuditorError(
        f"{path} cannot be written: {error.strerror or error}.",
        remedy="Free some space or choose another folder (reports.out), then run the command again.",
    )
