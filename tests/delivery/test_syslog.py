"""Syslog, handed to real receivers on loopback."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.delivery.syslog import Syslog
from auditor.delivery.syslog_address import SyslogAddress, parse_syslog_address
from auditor.delivery.syslog_format import SyslogMessage, as_ascii, as_text, framed
from auditor.errors import DeliveryError
from auditor.model.finding import Severity
from tests.delivery.support_syslog import SyslogServer, frames, syslog_server

NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)
HEADER = re.compile(rb"<(\d{1,3})>1 (\S+) (\S+) auditor (\d+) (\S{1,32}) - ")


def message(text: str = '{"a":"Zo\u00eb"}', **values: Any) -> SyslogMessage:
    """Return a message; ``values`` replace what it says by default."""
    return SyslogMessage(text, values.pop("at", NOON), values.pop("kind", "drift.grant-added"), **values)


def failure(server: SyslogServer, **options: Any) -> DeliveryError:
    """Return how sending fails."""
    with pytest.raises(DeliveryError) as caught:
        Syslog(server.address, **{"timeout": 0.5, **options}).send_all([message()])
    return caught.value


@pytest.mark.parametrize("protected", [False, True])
def test_messages_arrive_in_order_each_with_its_length(protected: bool, tmp_path: Path) -> None:
    """Over TCP and TLS the receiver reads every message of a batch, framed, in the order sent."""
    with syslog_server(tmp_path if protected else None) as server:
        syslog = Syslog(server.address, ca_file=server.authority)
        syslog.send_all([message(f'{{"n":{number}}}') for number in range(500)])
        syslog.send_all([message('{"n":500}')])
    assert [json.loads(HEADER.sub(b"", got))["n"] for got in server.messages] == list(range(501))
    assert server.connections == 2


def test_the_header_is_that_of_rfc_5424() -> None:
    """Priority, version, UTC instant, host, program, process, kind, no structured data."""
    moment = NOON.astimezone(timezone(timedelta(hours=-6)))
    (whole,) = frames(framed(message(at=moment, severity=Severity.CRITICAL)))
    found = HEADER.match(whole)
    assert found is not None
    assert found[1] == b"106"  # facility 13 (log audit), level 2 (critical)
    assert found[2] == b"2026-11-02T12:00:00.123Z"
    assert found[5] == b"drift.grant-added"
    assert whole.endswith(b' - {"a":"Zo\\u00eb"}')


@pytest.mark.parametrize(
    ("severity", "priority"),
    [(Severity.HIGH, b"107"), (Severity.MEDIUM, b"108"), (Severity.LOW, b"109"), (Severity.INFO, b"110"), (None, b"110")],
)  # fmt: skip
def test_the_priority_tells_how_grave_it_is(severity: Severity | None, priority: bytes) -> None:
    """Each severity has its level; what has none is informational."""
    found = HEADER.search(framed(message(severity=severity)))
    assert found is not None
    assert found[1] == priority


@given(st.dictionaries(st.text(), st.text()))
def test_json_survives_in_ascii(told: dict[str, str]) -> None:
    """Whatever letters it holds, JSON goes as ASCII without control characters and reads the same."""
    sent = as_ascii(json.dumps(told, ensure_ascii=False))
    assert sent.isascii()
    assert sent.decode().isprintable()
    assert json.loads(sent) == told


@given(st.text(), st.text())
def test_text_holds_no_control_character(text: str, kind: str) -> None:
    """Plain text is ASCII, or UTF-8 behind its byte order mark; neither it nor the kind breaks the frame."""
    (whole,) = frames(framed(message(text, kind=kind, is_json=False)))
    assert HEADER.match(whole)
    sent = as_text(text)
    assert sent.startswith(b"\xef\xbb\xbf") is not sent.isascii()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", sent.decode("utf-8"))


def test_one_alert_is_sent_as_one_message() -> None:
    """A JSON payload, however laid out, is one line of JSON with its own severity; text stays text."""
    with syslog_server() as server:
        syslog = Syslog(server.address, clock=lambda: NOON)
        pretty = json.dumps({"kind": "access", "severity": "high", "subject": "Zoë"}, indent=2)
        syslog.send(pretty.encode(), key="a")
        syslog.send(b"one\ntwo", key="b", content_type="text/plain")
        syslog.send(b"not json", key="c")
    first, second, third = server.messages
    assert first.startswith(b"<107>1 2026-11-02T12:00:00.123Z ")
    assert b" access - " in first
    assert json.loads(HEADER.sub(b"", first))["subject"] == "Zoë"
    assert second.endswith(b" alert - one\\u000atwo")
    assert third.endswith(b" alert - not json")


def test_a_receiver_that_dies_with_messages_unread_has_not_got_them(tmp_path: Path) -> None:
    """Writing succeeds all the same; the reset instead of an orderly end tells."""
    for folder in (None, tmp_path):
        with syslog_server(folder) as server:
            server.mood = "reset"
            assert failure(server, ca_file=server.authority).temporary


def test_a_receiver_that_never_closes_has_not_confirmed() -> None:
    """The batch counts as not delivered, and the error names the setting; with it, it is taken as sent."""
    with syslog_server() as server:
        server.mood = "silent"
        error = failure(server, timeout=0.2)
        assert error.temporary
        assert "wait_for_close: false" in error.remedy
        Syslog(server.address, timeout=0.2, wait_for_close=False).send_all([message()])


def test_a_receiver_without_farewell_has_taken_all(tmp_path: Path) -> None:
    """One that reads to the end and closes TCP without TLS's own farewell is believed."""
    with syslog_server(tmp_path) as server:
        server.mood = "curt"
        Syslog(server.address, ca_file=server.authority).send_all([message()])
    assert len(server.messages) == 1


def test_a_receiver_that_was_away_gets_the_next_batch() -> None:
    """Nothing is kept of a dead connection: what comes after it returns arrives."""
    with syslog_server() as server:
        pass
    syslog = Syslog(server.address)
    with pytest.raises(DeliveryError, match="refused"):
        syslog.send_all([message()])
    with syslog_server(port=server.port) as again:
        syslog.send_all([message()])
    assert len(again.messages) == 1


def test_a_certificate_for_another_name_or_of_a_stranger_is_refused(tmp_path: Path) -> None:
    """Both the name and the authority are checked, and nothing is sent."""
    (tmp_path / "a").mkdir()
    with syslog_server(tmp_path / "a", "other.example") as server:
        server.address = f"tls://127.0.0.1:{server.port}"
        assert "not to be trusted" in str(failure(server, ca_file=server.authority))
        assert "not to be trusted" in str(failure(server))
    assert server.messages == []


def test_tls_to_a_server_without_it_is_said() -> None:
    """A receiver that speaks plain TCP on a TLS address gets nothing."""
    with syslog_server() as server:
        server.address = f"tls://127.0.0.1:{server.port}"
        server.mood = "reset"
        assert failure(server).temporary
    assert server.messages == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tls://siem.riverside.example", SyslogAddress("siem.riverside.example", 6514, True)),
        ("tcp://127.0.0.1", SyslogAddress("127.0.0.1", 601, False)),
        ("tls://[::1]:10514/", SyslogAddress("::1", 10514, True)),
    ],
)
def test_addresses_are_read(text: str, address: SyslogAddress) -> None:
    """Scheme, host and port; each scheme has its own port."""
    assert parse_syslog_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "siem:6514", "udp://siem.example", "tls://", "tls://siem.example:0", "tls://siem.example:99999",
     "tls://u:hunter2@siem.example", "tls://siem.example/hunter2", "tls://siem.example?hunter2", "tls://[broken"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    """For good, with a right one in the remedy, and repeating nothing."""
    with pytest.raises(DeliveryError, match="tls://host:6514") as caught:
        Syslog(text)
    assert not caught.value.temporary
    assert "hunter2" not in str(caught.value)


def test_plain_tcp_leaves_this_machine_only_when_told_to() -> None:
    """Names would travel in the open, so it must be allowed in so many words."""
    with pytest.raises(DeliveryError, match="in the open"):
        Syslog("tcp://siem.riverside.example:601")
    Syslog("tcp://siem.riverside.example:601", allow_plain=True)


def test_an_unreadable_authority_is_refused(tmp_path: Path) -> None:
    """A file that is no certificate is named."""
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(DeliveryError, match=r"ca\.pem is no readable certificate authority"):
        Syslog("tls://siem.example", ca_file=tmp_path / "ca.pem")
