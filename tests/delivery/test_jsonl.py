"""The file of events: whole lines only, whatever happens."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.delivery.jsonl import JsonLinesFile
from auditor.errors import DeliveryError


def lines(path: Path) -> list[object]:
    """Return every line of the file as JSON; fails where one is not."""
    data = path.read_bytes()
    assert not data or data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def test_events_are_appended_line_by_line_for_the_owner_alone(tmp_path: Path) -> None:
    """One line an event, in order, in a file and folder that others cannot read."""
    path = tmp_path / "siem" / "events.jsonl"
    file = JsonLinesFile(path)
    file.check()
    file.append([b'{"n":0}', b'{"n":1}'])
    file.send(b'{"n":2}', key="k")
    assert lines(path) == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("size", [3, 64 * 1024, 200_000])
def test_half_a_line_of_a_crash_is_cut_off(tmp_path: Path, size: int) -> None:
    """However long the torn piece is, the next batch starts on a line of its own."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"n":0}\n' + b"x" * size)
    JsonLinesFile(path).append([b'{"n":1}'])
    assert lines(path) == [{"n": 0}, {"n": 1}]


def test_a_file_of_nothing_but_half_a_line_starts_anew(tmp_path: Path) -> None:
    """Without any whole line everything goes."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"n"')
    JsonLinesFile(path).append([b'{"n":1}'])
    assert lines(path) == [{"n": 1}]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda raw: raw.hex().encode()), max_size=5), st.integers(0, 200))
def test_whatever_a_crash_leaves_lines_stay_whole(
    tmp_path_factory: pytest.TempPathFactory, events: list[bytes], cut: int
) -> None:
    """Cut anywhere, the file holds the events whose line feed survived, then the new ones."""
    path = tmp_path_factory.mktemp("jsonl") / "events.jsonl"
    file = JsonLinesFile(path)
    file.append(events)
    left = path.read_bytes()[:cut]
    path.write_bytes(left)
    file.append([b"new"])
    whole = left[: left.rfind(b"\n") + 1].splitlines()
    assert path.read_bytes().splitlines() == [*whole, b"new"]


def test_a_rotated_file_begins_anew(tmp_path: Path) -> None:
    """The file may be renamed or cut between batches; nothing follows the old one."""
    path = tmp_path / "events.jsonl"
    file = JsonLinesFile(path)
    file.append([b"1"])
    path.rename(tmp_path / "events.jsonl.1")
    file.append([b"2"])
    assert lines(tmp_path / "events.jsonl.1") == [1]
    assert lines(path) == [2]
    path.write_bytes(b"")
    file.append([b"3"])
    assert lines(path) == [3]


def test_a_line_break_in_an_event_is_refused(tmp_path: Path) -> None:
    """It would make two lines of one event; nothing of the batch is written."""
    path = tmp_path / "events.jsonl"
    with pytest.raises(DeliveryError, match="line break") as caught:
        JsonLinesFile(path).append([b"1", b'{"a":\n1}'])
    assert not caught.value.temporary
    assert not path.exists()


def test_neither_a_link_nor_a_pipe_is_followed(tmp_path: Path) -> None:
    """Whoever can put one there cannot have us write elsewhere."""
    (tmp_path / "elsewhere").write_bytes(b"precious\n")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(DeliveryError, match="cannot be written"):
            JsonLinesFile(tmp_path / name).append([b"1"])
    assert (tmp_path / "elsewhere").read_bytes() == b"precious\n"


def test_of_a_batch_that_the_disk_refuses_nothing_stays(tmp_path: Path) -> None:
    """At the limit of what may be written the file is as before, and it is worth another try."""
    path = tmp_path / "events.jsonl"
    file = JsonLinesFile(path)
    file.append([b"1"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    held = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(DeliveryError, match="cannot be written") as caught:
            file.append([b"2" * 600, b"3" * 600])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, held)
    assert caught.value.temporary
    assert lines(path) == [1]


def test_two_writers_neither_mix_nor_cut_each_other_off(tmp_path: Path) -> None:
    """What one process is writing is not taken by another for what a crash has left."""
    path = tmp_path / "events.jsonl"
    code = (
        "import sys; from pathlib import Path; from auditor.delivery.jsonl import JsonLinesFile\n"
        "for n in range(40): JsonLinesFile(Path(sys.argv[1])).append([sys.argv[2].encode() * 20_000] * 5)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), letter]) for letter in "12"]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    told = path.read_bytes().splitlines()
    assert sorted(told) == [b"1" * 20_000] * 200 + [b"2" * 20_000] * 200


def test_killed_in_mid_write_loses_no_line_and_tears_none(tmp_path: Path) -> None:
    """After kill -9 at any moment every line that was acknowledged is there, and the next batch is whole."""
    path = tmp_path / "events.jsonl"
    code = (
        "import sys; from pathlib import Path; from auditor.delivery.jsonl import JsonLinesFile\n"
        "file = JsonLinesFile(Path(sys.argv[1]))\n"
        "for n in range(10**6):\n"
        "    file.append([b'%d' % n for _ in range(50)]); print(n, flush=True)"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            said = [running.stdout.readline() for _ in range(20)]
            running.kill()
            said += running.stdout.readlines()
        JsonLinesFile(path).append([b'"after"'])
        told = lines(path)
        assert told.count(int(said[-1])) == 50
        assert told[-1] == "after"
        path.unlink()
