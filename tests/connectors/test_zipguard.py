"""Zips from outside: what is refused before a byte of content is read."""

from __future__ import annotations

import contextlib
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import ConnectorError, FailureKind
from connectors.zipguard import MIB, ZipLimits, check_all_sizes, open_zip


def zip_of(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write ``members`` as a zip."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def read_all(path: Path, limits: ZipLimits | None = None) -> None:
    """Open a zip and read every member."""
    with open_zip(path, limits) as guarded:
        for name in guarded.names:
            guarded.written_at(name)
            guarded.read(name)


def refusal(path: Path, limits: ZipLimits | None = None) -> ConnectorError:
    """Return the error that opening and reading every member of ``path`` raises."""
    with pytest.raises(ConnectorError) as caught:
        read_all(path, limits)
    assert caught.value.kind in (FailureKind.BAD_INPUT, FailureKind.NOT_FOUND)
    assert caught.value.remedy
    return caught.value


def test_a_plain_zip_is_read(tmp_path: Path) -> None:
    """Members come back byte for byte, by name."""
    path = zip_of(tmp_path / "a.zip", {"data/a.js": b"[1]", "data/b.js": b"[]"})
    with open_zip(path) as guarded:
        assert guarded.names == ("data/a.js", "data/b.js")
        assert guarded.read("data/a.js") == b"[1]"
        assert "data/c.js" not in guarded
        with pytest.raises(ConnectorError, match="has no member"):
            guarded.read("data/c.js")


@pytest.mark.parametrize(
    "name", ["../up.js", "a/../../up.js", "/etc/passwd", "C:/x.js", "a\\..\\x.js", "\\\\host\\x"]
)
def test_names_that_point_outside_are_refused(tmp_path: Path, name: str) -> None:
    """A name that climbs out, is absolute, or has a drive refuses the whole archive."""
    assert "points outside" in refusal(zip_of(tmp_path / "a.zip", {"ok.js": b"", name: b"x"})).message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    """Two members of one name would let two readers see two different files."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.js", b"1")
        archive.writestr("a.js", b"2")
    assert "two members named" in refusal(path).message


def test_a_link_is_refused(tmp_path: Path) -> None:
    """A symbolic link inside the archive is refused."""
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("account.js")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "is a link" in refusal(path).message


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """An encrypted member refuses the archive instead of asking for a password."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b"[]"})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refusal(path).message


def test_an_unusual_method_is_refused(tmp_path: Path) -> None:
    """Only stored and deflated members are read."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b"[]"}, zipfile.ZIP_LZMA)
    assert "unusual" in refusal(path).message


def test_a_bomb_is_refused_by_ratio(tmp_path: Path) -> None:
    """A member that unpacks to far more than its packed size is refused unread."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b"\0" * (8 * MIB)})
    assert "zip bomb" in refusal(path).message


def test_a_member_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """Size limits hold for one member and for all read together."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b"x" * 600, "b.js": b"y" * 600}, zipfile.ZIP_STORED)
    assert "unpack to more than" in refusal(path, ZipLimits(member_bytes=500)).message
    assert "members to be read" in refusal(path, ZipLimits(total_bytes=1000)).message
    with pytest.raises(ConnectorError, match="its content"):
        check_all_sizes(path, ZipLimits(total_bytes=1000))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """The number of members is limited."""
    path = zip_of(tmp_path / "a.zip", {f"{n}.js": b"" for n in range(6)})
    assert "more than 5 members" in refusal(path, ZipLimits(members=5)).message


def test_a_giant_directory_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    """A directory that claims to be huge is refused without being read into memory."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b""})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, at + 12, 0x7FFFFFFF)
    path.write_bytes(data)
    assert "its directory" in refusal(path).message


def test_a_truncated_zip_is_told_so(tmp_path: Path) -> None:
    """The first half of a zip is refused as incomplete."""
    whole = zip_of(tmp_path / "a.zip", {"a.js": bytes(range(256)) * 50}).read_bytes()
    path = tmp_path / "half.zip"
    path.write_bytes(whole[: len(whole) // 2])
    error = refusal(path)
    assert "damaged or incomplete" in error.message
    assert "again" in error.remedy


def test_a_damaged_member_is_told_so(tmp_path: Path) -> None:
    """A flipped bit in a member fails its checksum."""
    path = zip_of(tmp_path / "a.zip", {"a.js": b"abcdefgh" * 40}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    assert "cannot be unpacked" in refusal(path).message


def test_a_missing_file_or_folder_is_told_so(tmp_path: Path) -> None:
    """No file, or a folder in its place, is NOT_FOUND."""
    assert refusal(tmp_path / "none.zip").kind is FailureKind.NOT_FOUND
    assert refusal(tmp_path).kind is FailureKind.NOT_FOUND


def test_a_hostile_name_is_shown_harmless(tmp_path: Path) -> None:
    """Control and direction characters of a name do not reach the message."""
    message = refusal(zip_of(tmp_path / "a.zip", {"../\u202egpj\x1b[31m" + "x" * 500: b""})).message
    assert message.isprintable()
    assert len(message) < 400


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_bytes_raise_nothing_but_connector_errors(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever bytes of a zip are changed, it is read or refused, never a stray exception."""
    path = zip_of(tmp_path / "m.zip", {"data/a.js": b"window.a = []", "b": b"x" * 300})
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(
        bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw)
    )
    with contextlib.suppress(ConnectorError):
        read_all(path)
