"""The journal to a SIEM: at least once, in order, whatever is down or killed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.app.siem import siem_due, siem_status
from auditor.config import load_config
from auditor.errors import ConfigError
from auditor.model.event import Event, EventKind
from auditor.store import Store
from tests.app.support_history import START, house
from tests.delivery.support_syslog import SyslogServer, syslog_server

FILE = "siem: [{name: file, file: siem/events.jsonl}]"
ROOT = Path(__file__).parents[2]


def happen(store: Store, *numbers: int) -> None:
    """Let events of these numbers happen."""
    store.events.append(
        Event(key=f"e{number}", kind=EventKind.GRANT_ADDED, at=START + timedelta(minutes=number), message=f"No. {number}")
        for number in numbers
    )  # fmt: skip


def in_file(folder: Path) -> list[str]:
    """Return the keys of the events in the file, each a valid line."""
    return [
        json.loads(line)["metadata"]["uid"]
        for line in (folder / "siem" / "events.jsonl").read_bytes().splitlines()
    ]


def at(server: SyslogServer) -> list[str]:
    """Return the keys of the events a receiver has got."""
    told: list[Any] = [json.loads(got[got.index(b"{") :]) for got in server.messages]
    return [one["metadata"]["uid"] for one in told]


def keys(*numbers: int) -> list[str]:
    """Return the keys of events."""
    return [f"e{number}" for number in numbers]


def test_each_event_is_written_once_and_in_order(tmp_path: Path) -> None:
    """What a sink has got is not sent again; what has happened since is."""
    with house(tmp_path, FILE) as (workspace, store):
        happen(store, *range(1_200))
        (state,) = siem_due(workspace, store)
        assert (state.name, state.sent, state.waiting, state.trouble) == ("file", 1_200, 0, "")
        happen(store, 1_200)
        assert [one.sent for one in siem_due(workspace, store)] == [1]
        assert [one.sent for one in siem_due(workspace, store)] == [0]
    assert in_file(tmp_path) == keys(*range(1_201))


def test_a_sink_that_is_down_keeps_its_place_and_holds_up_no_other(tmp_path: Path) -> None:
    """The other sink gets everything; the one that was away gets all of it, once, when it is back."""
    with syslog_server() as gone:
        pass
    with house(tmp_path, f"siem: [{{name: soc, syslog: '{gone.address}'}}, {{name: file, file: siem/events.jsonl}}]") as (
        workspace,
        store,
    ):  # fmt: skip
        happen(store, 0, 1)
        soc, file = siem_due(workspace, store)
        assert (soc.sent, soc.waiting, soc.waiting_since) == (0, 2, START)
        assert "refused" in soc.trouble
        assert "waits in the store" in soc.remedy
        assert (file.sent, file.waiting) == (2, 0)
        happen(store, 2)
        with syslog_server(port=gone.port) as back:
            assert [one.sent for one in siem_due(workspace, store)] == [3, 1]
        assert at(back) == keys(0, 1, 2)
    assert in_file(tmp_path) == keys(0, 1, 2)


def test_a_receiver_that_dies_over_a_batch_gets_it_again(tmp_path: Path) -> None:
    """Events that were written to a lost connection are not held to be delivered."""
    with (
        syslog_server() as server,
        house(tmp_path, f"siem: [{{syslog: '{server.address}'}}]") as (workspace, store),
    ):
        happen(store, 0, 1)
        server.mood = "reset"
        (state,) = siem_due(workspace, store)
        assert (state.name, state.sent, state.waiting) == (server.address, 0, 2)
        server.mood = "kind"
        assert siem_due(workspace, store)[0].sent == 2
    assert at(server) == keys(0, 1)


def test_events_arrive_over_tls(tmp_path: Path) -> None:
    """With the authority named beside the configuration, the whole way is protected."""
    with syslog_server(tmp_path) as server:
        assert server.authority is not None
        sink = f"siem: [{{syslog: '{server.address}', ca_file: {server.authority.name}}}]"
        with house(tmp_path, sink) as (workspace, store):
            happen(store, 0)
            assert siem_due(workspace, store)[0].sent == 1
    assert at(server) == keys(0)


def test_killed_at_any_moment_no_event_is_lost(tmp_path: Path) -> None:
    """After kill -9 in mid-work the next run goes on: nothing is missing, torn or before its time."""
    with house(tmp_path, FILE) as (workspace, store):
        happen(store, *range(3_000))
        code = (
            "import sys, auditor.app.siem as siem; from pathlib import Path; from auditor.app.workspace import Workspace\n"
            "siem.BATCH = 10; workspace = Workspace.open(Path(sys.argv[1]))\n"
            "with workspace.store() as store:\n"
            "    print('ready', flush=True); siem.siem_due(workspace, store)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "auditor.yaml")]
        for wait in (0.05, 0.15):
            with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as running:
                assert running.stdout is not None
                running.stdout.readline()
                with pytest.raises(subprocess.TimeoutExpired):
                    running.wait(wait)
                running.kill()
        siem_due(workspace, store)
        assert siem_status(workspace, store)[0].waiting == 0
    got = in_file(tmp_path)
    assert list(dict.fromkeys(got)) == keys(*range(3_000))
    assert len(got) <= 3_000 + 2 * 10


def test_two_runs_at_once_send_nothing_twice(tmp_path: Path) -> None:
    """While one sends, the other leaves the sink alone and says so."""
    with house(tmp_path, FILE) as (workspace, store):
        happen(store, 0)
        with store.lock("siem:file", owner="auditor siem"), workspace.store() as other:
            (state,) = siem_due(workspace, other)
        assert (state.sent, state.waiting) == (0, 1)
        assert "under way" in state.trouble
        assert siem_due(workspace, store)[0].sent == 1


def test_who_is_told_to_stop_stops_between_batches(tmp_path: Path) -> None:
    """What was handed over is noted; the rest waits."""
    with house(tmp_path, FILE) as (workspace, store):
        happen(store, *range(700))
        asked = iter([False, True])
        (state,) = siem_due(workspace, store, stop=lambda: next(asked))
        assert (state.sent, state.waiting) == (500, 200)


def test_a_check_says_what_would_go_wrong_and_sends_nothing(tmp_path: Path) -> None:
    """A wrong authority, a file that is a folder: each is told of its sink alone."""
    (tmp_path / "ca.pem").write_text("nonsense")
    sinks = "siem: [{name: a, syslog: tls://localhost:1, ca_file: ca.pem}, {name: b, file: .}, {name: c, file: ok.jsonl}]"
    with house(tmp_path, sinks) as (workspace, store):
        happen(store, 0)
        a, b, c = siem_status(workspace, store, check=True)
        assert "no readable certificate authority" in a.trouble
        assert "cannot be written" in b.trouble
        assert (c.trouble, c.waiting) == ("", 1)
        assert [one.trouble for one in siem_status(workspace, store)] == ["", "", ""]
    assert (tmp_path / "ok.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("sinks", "words"),
    [
        ("[{name: a}]", "either a file or a syslog address"),
        ("[{file: a, syslog: 'tls://h'}]", "either a file or a syslog address"),
        ("[{syslog: 'udp://h'}]", "siem.0.syslog"),
        ("[{syslog: 'tls://user:hunter2@h'}]", "siem.0.syslog"),
        ("[{file: a, allow_plain: true}]", "are for syslog"),
        ("[{file: a}, {file: a}]", "same name"),
        ("[{file: a, nmae: b}]", "Did you mean 'name'"),
    ],
)
def test_a_sink_that_makes_no_sense_is_refused(tmp_path: Path, sinks: str, words: str) -> None:
    """With file and line, and without repeating what may be a secret."""
    path = tmp_path / "auditor.yaml"
    path.write_text(f"organization: {{name: Riverside Health}}\nsiem: {sinks}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"auditor\.yaml:2") as caught:
        load_config(path)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
