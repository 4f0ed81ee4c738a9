"""Has the roster's file changed, and is it done being written? Asked every few minutes, so cheaply."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.app.workspace import Connection, Workspace
from auditor.errors import AuditorError, DocumentError
from connectors.hr_table.connector import HrTableSettings

_SETTLED_AFTER = timedelta(seconds=2)
_LOOKS = 5
_BETWEEN_LOOKS = 1.0
"""Seconds; a file that still grows after some looks is left for the next poll."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """What tells one state of a file from another."""

    size: int
    modified_ns: int
    changed_ns: int
    """When the file system last changed its entry, which no program sets: equal size and time prove nothing."""
    inode: int
    sha256: str

    @classmethod
    def of(cls, path: Path, known: FileMark | None = None) -> FileMark:
        """Return the mark of ``path``, read only where it is not ``known`` to be as it was.

        Raises:
            DocumentError: it is not there or cannot be read.

        """
        try:
            seen = look_at(path)
            if known is not None and seen == known.seen:
                return known
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            raise DocumentError("there is no such file.", path=path, remedy="Check the path.") from None
        except OSError as error:
            raise DocumentError(f"cannot be read: {error.strerror}.", path=path) from None
        return cls(*seen, digest)

    @property
    def seen(self) -> tuple[int, int, int, int]:
        """What can be seen of it without reading it."""
        return self.size, self.modified_ns, self.changed_ns, self.inode

    @property
    def modified_at(self) -> datetime:
        """When it was last written to."""
        return datetime.fromtimestamp(self.modified_ns / 1_000_000_000, UTC)

    def as_json(self) -> dict[str, Any]:
        """Return it as kept in a note."""
        return asdict(self)


def look_at(path: Path) -> tuple[int, int, int, int]:
    """Return what `FileMark.seen` is of the file as it lies there now; raises OSError."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


class StillWritten(AuditorError):
    """The file is being written at this moment."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: it is being written at this moment.",
            remedy="Nothing needs to be done; the next poll reads it.",
        )


def path_of(workspace: Workspace, roster: Connection) -> Path | None:
    """Return the file the roster is read from; None where it comes from somewhere else."""
    settings = roster.settings
    return workspace.loaded.resolve(settings.path) if isinstance(settings, HrTableSettings) else None


def settled_mark(
    path: Path, known: FileMark | None, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> FileMark:
    """Return the mark of a file nobody is writing to, as far as can be told.

    Whoever writes it may pause, so a file written to within the last seconds is looked at again.

    Raises:
        DocumentError: it is not there or cannot be read.
        StillWritten: it changes while it is looked at.

    """
    mark = FileMark.of(path, known)
    if mark is known or abs(clock() - mark.modified_at) > _SETTLED_AFTER:
        return mark
    for _ in range(_LOOKS):
        sleep(_BETWEEN_LOOKS)
        again = FileMark.of(path, mark)
        if again is mark:
            return mark
        mark = again
    raise StillWritten(path)
