"""A folder of pages that appears whole: written beside its place, then put there in one step."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.errors import AuditorError

OURS = re.compile(r"[a-z]+(-[0-9a-f]{12})?(-[1-9][0-9]*)?\.html")
"""Names of the pages we write; anything else in the folder is somebody else's and is kept."""


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the name ``path`` once the block is done.

    Pages of an earlier run do not survive; files there that are not ours move over. Only the owner can
    read the folder.

    Raises:
        AuditorError: ``path`` is something else than a folder, or the disk refuses; the folder that was
            there before is then still whole.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check(path)
        made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
        try:
            yield made
            _put(made, path)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise AuditorError(
            f"{path} cannot be written: {error.strerror or error}.",
            remedy="Free some space or choose another folder (reports.out), then run 'auditor report' again.",
        ) from None


def write_page(path: Path, *pieces: bytes) -> None:
    """Write one page that only its owner can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(pieces)


def remove_pages(path: Path) -> None:
    """Remove the pages of an earlier, larger report; files that are not ours stay with their folder."""
    if path.is_symlink() or not path.is_dir():
        return
    try:
        for page in _pages(path):
            page.unlink()
    except OSError as error:
        raise AuditorError(
            f"Old pages in {path} cannot be removed: {error.strerror or error}.",
            remedy="Remove the folder by hand, then run 'auditor report' again.",
        ) from None
    with suppress(OSError):
        path.rmdir()


def _check(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise AuditorError(
            f"{path} is not a folder, and the report's pages belong there.",
            remedy="Move it away or choose another folder (reports.out), then run 'auditor report' again.",
        )


def _put(made: Path, path: Path) -> None:
    if not path.exists():
        made.rename(path)
        return
    before = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".old", dir=path.parent))
    path.rename(before)
    made.rename(path)
    for page in _pages(before):
        page.unlink()
    for foreign in before.iterdir():
        foreign.rename(path / foreign.name)
    before.rmdir()


def _pages(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if OURS.fullmatch(one.name) and not one.is_dir()]
