"""Files appear whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO, TextIO

import pytest

from auditor.errors import AuditorError
from reports.files import whole_binary_file, whole_file


def test_a_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """Reports hold names and weak points, so nobody else may read them."""
    with whole_file(tmp_path / "deep" / "a.txt") as file:
        file.write("x")
    assert stat.S_IMODE((tmp_path / "deep" / "a.txt").stat().st_mode) == 0o600


def _break_off(file: TextIO) -> None:
    file.write("new")
    raise ValueError("half way")


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Whoever breaks off while writing leaves yesterday's report whole and no rest behind."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ValueError, match="half"), whole_file(path) as file:
        _break_off(file)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_one_clear_sentence() -> None:
    """A disk that takes no more comes out as our error with a remedy, not as a traceback."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(AuditorError, match="cannot be written") as caught, whole_file(full / "a.txt"):
        pass
    assert "reports.out" in caught.value.remedy


def test_an_error_while_writing_is_told_with_the_path(tmp_path: Path) -> None:
    """What the disk refuses half way names the file."""
    with pytest.raises(AuditorError, match=r"a\.txt cannot be written: No space left"), \
            whole_file(tmp_path / "a.txt"):  # fmt: skip
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def _break_off_bytes(file: BinaryIO) -> None:
    file.write(b"new")
    raise ValueError("half way")


def test_bytes_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    """A binary file that breaks off leaves the old one and no rest; a finished one is its owner's alone."""
    path = tmp_path / "a.bin"
    with whole_binary_file(path) as file:
        file.write(b"old")
    with pytest.raises(ValueError, match="half"), whole_binary_file(path) as file:
        _break_off_bytes(file)
    assert path.read_bytes() == b"old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]
