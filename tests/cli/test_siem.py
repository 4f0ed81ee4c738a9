"""``auditor siem`` over the small organisation."""

from __future__ import annotations

import json

from auditor.app.workspace import Workspace
from auditor.model.event import Event, EventKind
from tests.app.support_history import START
from tests.cli.support_cli import Bench
from tests.delivery.support_syslog import syslog_server


def with_sinks(bench: Bench, sinks: str) -> None:
    """Add sinks to the configuration, and an event to the journal."""
    bench.edit("reports:", f"siem: {sinks}\nreports:")
    with Workspace.open(bench.config).store() as store:
        store.events.append([Event(key="e", kind=EventKind.MFA_OFF, at=START, message="Off.")])


def test_events_are_sent_and_the_state_is_told(bench: Bench) -> None:
    """Waiting before, sent after, in table and JSON."""
    with_sinks(bench, "[{name: log, file: events.jsonl}]")
    before = bench("siem", "status", "--format", "json")
    assert before.json[0]["waiting"] == 1
    assert before.json[0]["waiting_since"] == START.isoformat()
    sent = bench("siem", "send", "--format", "json")
    assert (sent.code, sent.json[0]["sent"]) == (0, 1)
    assert json.loads((bench.folder / "events.jsonl").read_text("utf-8"))["class_uid"] == 3001
    after = bench("siem", "status", "--check")
    assert (after.code, after.out.splitlines()[1].split("\t")) == (0, ["log", "0", "0", ""])


def test_a_sink_that_is_down_is_an_error_that_says_why(bench: Bench) -> None:
    """Exit code 1, the reason and the remedy on standard error, the state on standard output."""
    with syslog_server() as gone:
        pass
    with_sinks(bench, f"[{{name: soc, syslog: '{gone.address}'}}]")
    done = bench("siem", "send", "--format", "json")
    assert (done.code, done.json[0]["waiting"]) == (1, 1)
    assert "soc: 127.0.0.1" in done.err
    assert "waits in the store" in done.err


def test_without_a_sink_the_key_to_add_is_named(bench: Bench) -> None:
    """Nothing is sent anywhere by default, and the error shows how to begin."""
    done = bench("siem", "status")
    assert done.code == 1
    assert "siem: [{file: siem/auditor.jsonl}]" in done.err
