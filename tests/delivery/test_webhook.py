"""Webhooks, sent to real receivers on loopback."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.delivery.webhook import LARGEST_BODY, Webhook
from auditor.errors import DeliveryError
from tests.delivery.support_webhook import Answer, Receiver, documented_receiver, webhook_server

SECRET, OLDER = "new-secret-of-32-characters-okay", "old-secret-of-32-characters-okay"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BODY = '{"text":"Zoë still has access"}'.encode()
KEY = "alert:x:1:finding"


def hook(receiver: Receiver, secret: str = SECRET, **options: object) -> Webhook:
    """Return a webhook to the receiver, with leave to reach this machine."""
    given: dict[str, object] = {"allow_private": True, "clock": lambda: NOW, "ca_file": receiver.authority}
    return Webhook(receiver.url, secret, **(given | options))  # type: ignore[arg-type]


def failure(webhook: Webhook) -> DeliveryError:
    """Return how sending fails."""
    with pytest.raises(DeliveryError) as caught:
        webhook.send(BODY, key=KEY)
    return caught.value


def test_the_documented_receiver_takes_a_message_once() -> None:
    """Signed, fresh and new it is taken; tried again it is known; changed, late or under another key refused."""
    inbox = documented_receiver()["Inbox"]([SECRET])
    with webhook_server() as receiver:
        hook(receiver).send(BODY, key=KEY)
        hook(receiver, clock=lambda: NOW + timedelta(minutes=10)).send(BODY, key=KEY)
    first, second = receiver.requests
    now = NOW.timestamp()
    assert first.path == "/hook"
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["Idempotency-Key"] == KEY
    assert inbox.take(first.headers, first.body, now) == 200
    assert inbox.take(second.headers, second.body, now + 600) == 200
    assert inbox.messages == [BODY]
    assert inbox.take(first.headers, first.body + b" ", now) == 401
    assert inbox.take(first.headers, first.body, now + 301) == 401
    assert inbox.take({**first.headers, "Idempotency-Key": "another"}, first.body, now) == 401
    assert inbox.take({**first.headers, "Auditor-Timestamp": str(int(now) + 1)}, first.body, now) == 401


def test_a_secret_is_replaced_without_losing_a_message() -> None:
    """While two secrets are kept, receivers with either take the message; a stranger's does not."""
    is_genuine = documented_receiver()["is_genuine"]
    with webhook_server() as receiver:
        hook(receiver, f"{SECRET}\n{OLDER}").send(BODY, key=KEY)
    (got,) = receiver.requests
    for secret, taken in ((SECRET, True), (OLDER, True), ("another-secret-of-32-characters-", False)):
        assert is_genuine(got.headers, got.body, [secret], NOW.timestamp()) is taken


def test_a_key_of_any_letters_is_carried_and_signed() -> None:
    """Spaces, line breaks and letters beyond ASCII neither break the headers nor the signature."""
    is_genuine = documented_receiver()["is_genuine"]
    with webhook_server() as receiver:
        hook(receiver).send(BODY, key="alert:Zoë\r\nX-Evil: 1")
    (got,) = receiver.requests
    assert got.headers["Idempotency-Key"] == "alert:Zo%C3%AB%0D%0AX-Evil:%201"
    assert "X-Evil" not in got.headers
    assert is_genuine(got.headers, got.body, [SECRET], NOW.timestamp())


@pytest.mark.parametrize(
    ("status", "temporary"),
    [(500, True), (503, True), (429, True), (408, True), (425, True),
     (400, False), (401, False), (404, False), (410, False), (301, False), (307, False)],
)  # fmt: skip
def test_the_status_says_whether_to_try_again(status: int, temporary: bool) -> None:
    """Server errors and rate limits pass; refusals and redirects last, and none is followed."""
    with webhook_server() as receiver:
        receiver.answers.append(Answer(status, {"Location": receiver.url}, b"token=hunter2hunter2"))
        error = failure(hook(receiver))
    assert (error.temporary, len(receiver.requests)) == (temporary, 1)
    assert str(status) in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Mon, 02 Nov 2026 12:05:00 GMT", 300), ("Mon, 02 Nov 2026 11:00:00 GMT", 0), ("99999999999", 86_400),
     ("soon", None), ("-5", None), (None, None)],
)  # fmt: skip
def test_a_receiver_may_ask_for_time(header: str | None, seconds: float | None) -> None:
    """Retry-After is read as seconds or as an instant, bounded by a day; nonsense is nothing."""
    with webhook_server() as receiver:
        receiver.answers.append(Answer(429, {} if header is None else {"Retry-After": header}))
        assert failure(hook(receiver)).retry_after == seconds


def test_private_addresses_are_refused_before_anything_is_sent() -> None:
    """A public-looking name that leads to this machine gets no connection, unless that is allowed."""
    with webhook_server() as receiver:
        url = f"https://hooks.riverside.example:{receiver.port}/hook"
        lured = Webhook(url, SECRET, resolver=lambda host, port: ["127.0.0.1"])
        assert "this machine" in str(failure(lured))
        assert receiver.connections == []


def test_the_connection_goes_to_the_address_that_was_looked_at(tmp_path: Path) -> None:
    """The name is asked once, so a second answer cannot lead elsewhere; TLS still verifies the name."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    with webhook_server(tmp_path, "hooks.riverside.example") as receiver:
        hook(receiver, resolver=lambda host, port: answers.pop(0)).send(BODY, key=KEY)
    (got,) = receiver.requests
    assert got.headers["Host"] == f"hooks.riverside.example:{receiver.port}"
    assert answers == [["169.254.169.254"]]


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    """Whoever answers at the right address under a wrong name gets nothing, and it is tried again later."""
    with webhook_server(tmp_path, "other.example") as receiver:
        error = failure(
            Webhook(f"https://hooks.riverside.example:{receiver.port}/", SECRET, allow_private=True,
                    ca_file=receiver.authority, resolver=lambda host, port: ["127.0.0.1"])
        )  # fmt: skip
    assert "certificate of hooks.riverside.example is not to be trusted" in str(error)
    assert error.temporary
    assert receiver.requests == []


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    """A certificate signed by nobody we know is not trusted."""
    with webhook_server(tmp_path) as receiver:
        assert "not to be trusted" in str(failure(hook(receiver, ca_file=None)))
    assert receiver.requests == []


def test_the_next_address_is_tried_where_one_is_dead() -> None:
    """Of several addresses the first that answers is used."""
    with webhook_server() as receiver:
        hook(receiver, resolver=lambda host, port: ["::1", "127.0.0.1"]).send(BODY, key=KEY)
    assert len(receiver.requests) == 1


def test_a_receiver_that_dawdles_is_hung_up_on() -> None:
    """One byte now and then does not hold the line beyond the limit for the whole exchange."""
    with webhook_server() as receiver:
        receiver.answers.append(Answer(drip=0.1))
        began = time.monotonic()
        error = failure(hook(receiver, timeout=0.4))
    assert time.monotonic() - began < 1.2
    assert error.temporary
    assert "took too long" in str(error)


def test_nobody_there_is_temporary() -> None:
    """A refused connection is said as such and tried again."""
    with webhook_server() as receiver:
        pass
    error = failure(hook(receiver))
    assert error.temporary
    assert "connection refused" in str(error)


def test_a_large_answer_is_not_read_to_its_end() -> None:
    """A receiver that answers with megabytes has taken the message all the same."""
    with webhook_server() as receiver:
        receiver.answers.append(Answer(200, {}, b"x" * 5_000_000))
        hook(receiver).send(BODY, key=KEY)
    assert len(receiver.requests) == 1


def test_an_oversized_message_is_not_sent() -> None:
    """What no receiver would take is refused here, for good."""
    with webhook_server() as receiver, pytest.raises(DeliveryError, match="larger than") as caught:
        hook(receiver).send(b"x" * (LARGEST_BODY + 1), key=KEY)
    assert not caught.value.temporary
    assert receiver.connections == []


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example", "ftp://hooks.example/", "https:///hunter2", "https://u:hunter2@hooks.example/",
     "https://hooks.example/#hunter2", "https://hooks.example:0/hunter2", "https://hooks.example:99999/hunter2",
     "https://hooks.example/hun ter2", "https://hooks.example/\r\nX: hunter2", "http://hooks.example/hunter2",
     "http://127.0.0.1.evil.example/hunter2", "https://[broken/hunter2"],
)  # fmt: skip
def test_an_unusable_url_is_refused_and_not_repeated(url: str) -> None:
    """At once, for good, and without showing a path that may be secret."""
    with pytest.raises(DeliveryError) as caught:
        Webhook(url, SECRET, allow_private=True)
    assert not caught.value.temporary
    assert "hunter2" not in str(caught.value)


def test_plain_http_to_this_machine_needs_leave() -> None:
    """Even to loopback nothing travels unencrypted unless that is said."""
    with pytest.raises(DeliveryError, match="in the open"):
        Webhook("http://127.0.0.1/", SECRET)


@pytest.mark.parametrize(
    "secret", ["", " \n ", "short-hunter2", f"{SECRET}\nhunter2", "\n".join([SECRET] * 4)]
)
def test_an_unusable_secret_is_refused_and_not_repeated(secret: str) -> None:
    """None, too short or too many: said without a letter of it."""
    with pytest.raises(DeliveryError, match="cannot be signed") as caught:
        Webhook("https://hooks.example/", secret)
    assert "hunter2" not in str(caught.value)


def test_neither_secret_nor_path_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level nothing of the URL's path, the secret or the body is logged."""
    caplog.set_level(logging.DEBUG)
    with webhook_server() as receiver:
        receiver.url += "/hunter2hunter2"
        receiver.answers.append(Answer(500, {}, b"hunter2hunter2"))
        error = failure(hook(receiver))
    for secret in ("hunter2", SECRET, "Zo"):
        assert secret not in caplog.text + str(error)
