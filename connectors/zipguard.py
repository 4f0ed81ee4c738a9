"""Zip files from outside: opened only after their directory has been checked, never extracted.

No path is taken from an archive: members are read by exact, known name into memory, within limits.
Python's `zipfile` never yields more bytes than a member declares, so the declared sizes are the
ones to hold against the limits.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from auditor.errors import ConnectorError, FailureKind

MIB = 1024 * 1024
_RATIO_MATTERS_FROM = 4 * MIB
_MAX_DIRECTORY_BYTES = 128 * MIB
_ENCRYPTED = 0x1
_PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What a zip may hold at most."""

    members: int = 500_000
    member_bytes: int = 64 * MIB
    """Uncompressed size of one member that is read."""
    total_bytes: int = 256 * MIB
    """Uncompressed size of all members read together."""
    ratio: int = 200
    """Uncompressed to compressed size of a member above 4 MiB."""


class GuardedZip:
    """An open zip whose directory has passed the checks; see `open_zip`."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, limits: ZipLimits) -> None:
        self._archive = archive
        self._path = path
        self._limits = limits
        self._read_bytes = 0
        self._members = {info.filename: info for info in archive.infolist()}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all members, in the order of the directory."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def written_at(self, name: str) -> datetime | None:
        """Return the member's date as the zip has it (no zone, so no better than a day); or None."""
        try:
            return datetime(*self._members[name].date_time)  # noqa: DTZ001 - zip times have no zone
        except (KeyError, ValueError):
            return None

    def read(self, name: str) -> bytes:
        """Return the member ``name`` whole, its checksum verified.

        Raises:
            ConnectorError: absent, damaged, or beyond the limits.

        """
        info = self._members.get(name)
        if info is None:
            raise _refused(self._path, f"has no member {name}")
        check_size(self._path, info, self._limits)
        self._read_bytes += info.file_size
        if self._read_bytes > self._limits.total_bytes:
            raise _too_large(self._path, "the members to be read", self._limits.total_bytes)
        try:
            with self._archive.open(info) as stream:
                data = stream.read(self._limits.member_bytes + 1)
        except _UNREADABLE:
            raise _damaged(self._path, f"its member {_shown(name)} cannot be unpacked") from None
        if len(data) != info.file_size:
            raise _damaged(self._path, f"its member {_shown(name)} is cut short")
        return data


@contextmanager
def open_zip(path: Path, limits: ZipLimits | None = None) -> Iterator[GuardedZip]:
    """Open ``path`` after checking its whole directory.

    Refused are: truncated and damaged files, names that are absolute or climb out with ``..``,
    names given twice, links, encrypted members, and more members than the limit.

    Raises:
        ConnectorError: BAD_INPUT, or NOT_FOUND where there is no such file.

    """
    limits = limits or ZipLimits()
    with _open_file(path) as stream:
        _check_directory_size(path, stream)
        try:
            archive = zipfile.ZipFile(stream)
        except _UNREADABLE:
            raise _damaged(path, "it is not a zip file, or only the first part of one") from None
        with archive:
            _check_directory(path, archive.infolist(), limits)
            yield GuardedZip(archive, path, limits)


def check_size(path: Path, info: zipfile.ZipInfo, limits: ZipLimits) -> None:
    """Raise ConnectorError where the member is larger, or packed tighter, than ``limits`` allow."""
    if info.file_size > limits.member_bytes:
        raise _too_large(path, f"its member {_shown(info.filename)}", limits.member_bytes)
    if info.file_size > max(_RATIO_MATTERS_FROM, limits.ratio * info.compress_size):
        raise _refused(
            path,
            f"is refused: its member {_shown(info.filename)} unpacks to more than {limits.ratio} times "
            "its packed size, as a zip bomb does",
        )


def check_all_sizes(path: Path, limits: ZipLimits) -> None:
    """Check every member of ``path`` against ``limits``, for a reader that opens the file itself."""
    with open_zip(path, limits) as guarded:
        members = [guarded._members[name] for name in guarded.names]  # noqa: SLF001 - this module's own class
        for info in members:
            check_size(path, info, limits)
        if sum(info.file_size for info in members) > limits.total_bytes:
            raise _too_large(path, "its content", limits.total_bytes)


def _open_file(path: Path) -> IO[bytes]:
    try:
        if not path.is_file():
            raise ConnectorError(
                f"{path}: there is no such file.",
                kind=FailureKind.NOT_FOUND,
                remedy="Check the path in the connection.",
            )
        return path.open("rb")
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None


def _check_directory_size(path: Path, stream: IO[bytes]) -> None:
    """Refuse a central directory too large to be held in memory, before `zipfile` loads it."""
    try:
        size = stream.seek(0, 2)
        start = stream.seek(max(0, size - 65_536 - _END_OF_DIRECTORY.size))
        tail = stream.read()
        stream.seek(0)
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END_OF_DIRECTORY.size > len(tail):
        return
    declared = _END_OF_DIRECTORY.unpack_from(tail, at)[5]
    # With zip64 the field is all ones; what precedes the record then bounds the directory.
    bound = start + at if declared == 0xFFFFFFFF else declared
    locator = tail.rfind(b"PK\x06\x06", 0, at)
    if declared == 0xFFFFFFFF and 0 <= locator <= len(tail) - 48:
        bound = struct.unpack_from("<Q", tail, locator + 40)[0]
    if bound > _MAX_DIRECTORY_BYTES:
        raise _too_large(path, "its directory", _MAX_DIRECTORY_BYTES)


def _check_directory(path: Path, members: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    if len(members) > limits.members:
        raise _refused(path, f"is refused: it has more than {limits.members:,} members")
    seen: set[str] = set()
    for info in members:
        name = info.filename
        if _climbs_out(name):
            raise _refused(path, f"is refused: its member name {_shown(name)} points outside the archive")
        if name in seen:
            raise _refused(path, f"is refused: it has two members named {_shown(name)}")
        seen.add(name)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise _refused(path, f"is refused: its member {_shown(name)} is a link")
        if info.flag_bits & _ENCRYPTED:
            raise _refused(path, "is refused: it is encrypted")
        if info.compress_type not in _PLAIN_METHODS:
            raise _refused(path, f"is refused: its member {_shown(name)} is packed in an unusual way")


def _climbs_out(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\\" in name


def _shown(name: str) -> str:
    """Return a hostile name fit for a message."""
    return ascii(name if len(name) <= 80 else name[:77] + "...")


def _refused(path: Path, what: str) -> ConnectorError:
    return ConnectorError(
        f"{path}: {what}.",
        kind=FailureKind.BAD_INPUT,
        remedy="Fetch the file again from its source and leave it unaltered.",
    )


def _damaged(path: Path, what: str) -> ConnectorError:
    return ConnectorError(
        f"{path}: is damaged or incomplete: {what}.",
        kind=FailureKind.BAD_INPUT,
        remedy="Download or copy it again.",
    )


def _too_large(path: Path, what: str, limit: int) -> ConnectorError:
    return ConnectorError(
        f"{path}: is refused: {what} would unpack to more than {limit // MIB} MiB.",
        kind=FailureKind.BAD_INPUT,
        remedy="Check that it is the file you mean.",
    )
