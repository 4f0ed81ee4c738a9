"""Chat services through the real apprise, its generic JSON service pointed at a receiver on loopback."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from auditor.delivery.apprise_channel import LONGEST_TEXT, AppriseChannel
from auditor.errors import ConfigError, DeliveryError
from tests.delivery.support_webhook import Answer, webhook_server

MESSAGE = json.dumps(
    {"subject": "Leaver still holds access", "text": "Remove Ada.", "severity": "critical"}
).encode()


def test_a_message_arrives_with_subject_and_text() -> None:
    """What the service gets is the subject, the text and how grave it is."""
    with webhook_server() as receiver:
        channel = AppriseChannel(f"json://127.0.0.1:{receiver.port}/hook")
        channel.send(MESSAGE, key="a", content_type="application/json")
        channel.send(b"Subject\nZo\xc3\xab\n", key="b", content_type="text/plain; charset=utf-8")
    first, second = (json.loads(request.body) for request in receiver.requests)
    assert (first["title"], first["message"], first["type"]) == (
        "Leaver still holds access",
        "Remove Ada.",
        "failure",
    )
    assert (second["title"], second["message"], second["type"]) == ("Subject", "Zoë", "info")


def test_a_name_neither_calls_everybody_nor_poses_as_a_link() -> None:
    """Mentions of a whole channel and Markdown links in hostile names lose their effect."""
    with webhook_server() as receiver:
        channel = AppriseChannel(f"json://127.0.0.1:{receiver.port}/hook")
        channel.send(b"@Everyone\n@here @channel [safe](https://evil.example) ada@here.example", key="a")
        channel.send(b"s\n" + b"x" * 50_000, key="b")
    first, second = (json.loads(request.body) for request in receiver.requests)
    assert first["title"] == "(at)Everyone"
    assert "@channel" not in first["message"]
    assert "](" not in first["message"]
    assert len(second["message"]) == LONGEST_TEXT


def test_a_refusal_is_tried_again() -> None:
    """A service that answers with an error has not taken the message."""
    with webhook_server() as receiver:
        receiver.answers.append(Answer(500))
        channel = AppriseChannel(f"json://127.0.0.1:{receiver.port}/hook")
        with pytest.raises(DeliveryError, match="has not taken the message") as caught:
            channel.send(MESSAGE, key="a", content_type="application/json")
    assert caught.value.temporary


@pytest.mark.parametrize("url", ["", "hunter2hunter2", "nosuch://hunter2hunter2/", "slack://hunter2hunter2/"])
def test_a_wrong_url_is_told_without_the_url(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the error nor any log or stream repeats it."""
    caplog.set_level(1)
    with pytest.raises(ConfigError, match="none that apprise knows") as caught:
        AppriseChannel(url)
    assert "hunter2" not in str(caught.value) + caplog.text + "".join(capfd.readouterr())


def test_the_url_reaches_no_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Loading, sending and failing, at the most talkative level, say nothing of password or path."""
    caplog.set_level(1)
    with webhook_server() as receiver:
        receiver.answers += [Answer(200), Answer(500)]
        channel = AppriseChannel(f"json://user:hunter2hunter2@127.0.0.1:{receiver.port}/hunter2path")
        channel.send(MESSAGE, key="a", content_type="application/json")
        with pytest.raises(DeliveryError) as caught:
            channel.send(MESSAGE, key="b", content_type="application/json")
    with pytest.raises(DeliveryError):
        channel.send(MESSAGE, key="c", content_type="application/json")
    logging.getLogger("test").debug("the log itself works")
    assert "the log itself works" in caplog.text
    assert "hunter2" not in str(caught.value) + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [(b"\xff", "text/plain"), (b"{", "application/json"), (b"[]", "application/json"), (b"{}", "application/json"),
     (b"3", "application/json")],
)  # fmt: skip
def test_what_is_no_message_is_given_up(payload: bytes, content_type: str) -> None:
    """A payload that can be read neither way is never sent, and not tried again."""
    with pytest.raises(DeliveryError, match="neither text nor JSON") as caught:
        AppriseChannel("json://127.0.0.1:9/").send(payload, key="a", content_type=content_type)
    assert not caught.value.temporary


def test_without_apprise_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is missing, the error says what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"\[notify\]"):
        AppriseChannel("json://127.0.0.1:9/")
