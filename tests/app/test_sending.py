"""Sending: what is due leaves once, a dead end holds up no other, and an outage costs no message."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from auditor.app.sending import GIVE_UP_AFTER, Sent, send_due
from auditor.errors import ConfigError, SecretUnavailable
from auditor.model.event import EventKind
from auditor.store.records import OutboxMessage, OutboxState
from tests.app.support_alerts import House, event, event_of, leaver, seen
from tests.delivery.support_smtp import Mood, Running, smtp_server
from tests.delivery.support_webhook import webhook_server

SECRET = "0123456789abcdef0123456789abcdef"
PRIVACY = "privacy@riverside.example"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house without mail."""
    made = House(tmp_path, config="")
    yield made
    made.close()


def mail_by(port: int, more: str = "") -> str:
    """Return the configuration of mail by a server on this machine."""
    return (
        f"reports: {{recipients: [{PRIVACY}], mail: {{smtp: 'smtp://127.0.0.1:{port}',"
        f" sender: auditor@riverside.example, timeout: 5}}}}\n{more}"
    )


@contextmanager
def post_office(house: House, mood: Mood | None = None, more: str = "") -> Iterator[Running]:
    """Run an SMTP server that the house's mail goes to."""
    with smtp_server(house.folder, tls="none", sign_in=False, mood=mood) as running:
        house.config = mail_by(running.port, more)
        yield running


def send(house: House) -> Sent:
    """Send what is due, as a process of its own would."""
    return send_due(house.workspace(), house.store())


def put(house: House, number: int, **more: object) -> None:
    """Put a plain mail into the outbox."""
    raw = f"Subject: {number}\r\nMessage-ID: <{number}@riverside.example>\r\n\r\nbody\r\n".encode()
    values: dict[str, object] = {
        "message_id": f"<{number}@riverside.example>", "key": f"k{number}", "kind": "report", "raw": raw,
        "recipients": (f"r{number}@riverside.example",), "subject": str(number), "created_at": house.now,
    }  # fmt: skip
    assert house.store().outbox.enqueue(OutboxMessage(**(values | more)))  # type: ignore[arg-type] # the test's


def ids(running: Running) -> Counter[str]:
    """Return how often each Message-ID came in."""
    mails = (message_from_bytes(one.raw, policy=policy.default) for one in running.desk.mails)
    return Counter(str(mail["Message-ID"]) for mail in mails)


def test_an_outage_of_an_hour_costs_no_mail_and_doubles_none(house: House) -> None:
    """While the server is down one mail at a time is tried; when it is back all leave within five minutes."""
    house.config = mail_by(9)
    for number in range(30):
        put(house, number)
    for _minute in range(60):
        send(house)
        house.later(minutes=1)
    entries = house.store().outbox.list()
    assert {entry.state for entry in entries} == {OutboxState.QUEUED}
    assert sum(entry.attempts for entry in entries) <= 20
    with post_office(house) as running:
        sent = 0
        for _minute in range(6):
            sent += send(house).sent
            house.later(minutes=1)
        assert sent == 30
        assert ids(running) == Counter({f"<{number}@riverside.example>": 1 for number in range(30)})
    assert house.store().outbox.pauses() == ()


def test_one_address_that_is_refused_for_now_holds_up_nobody(house: House) -> None:
    """The others leave at once; it is tried again later, longer apart each time."""
    mood = Mood(recipients={"r0@riverside.example": "451 4.7.1 greylisted"})
    with post_office(house, mood) as running:
        for number in range(5):
            put(house, number)
        assert (send(house).sent, send(house).sent) == (4, 0)
        mood.recipients.clear()
        house.later(minutes=5)
        assert send(house).sent == 1
        assert len(ids(running)) == 5


def test_an_address_that_does_not_exist_is_given_up_at_once(house: House) -> None:
    """A refusal for good is not tried again, and is told."""
    with post_office(house, Mood(recipients={"r0@riverside.example": "550 no such user"})):
        put(house, 0)
        put(house, 1)
        sent = send(house)
    assert (sent.sent, len(sent.failed), sent.untried) == (1, 1, 0)
    assert "no such user" in sent.failed[0]


def test_a_server_that_distrusts_us_costs_nothing_for_three_days(house: House) -> None:
    """A sign-in that is refused pauses all mail; the mails wait, and are given up by their age, not by count."""
    with smtp_server(house.folder, mood=Mood(sign_in="535 5.7.8 no")) as running:
        house.config = (
            "reports: {mail: {smtp: 'smtp+starttls://mailer@localhost:" + str(running.port) + "', "
            f"password: 'file:pw', ca_file: '{running.authority}', sender: auditor@riverside.example}}}}\n"
        )
        (house.folder / "pw").write_text("wrong password")
        (house.folder / "pw").chmod(0o600)
        put(house, 0)
        put(house, 1)
        for _time in range(20):
            assert send(house).failed == ()
            house.later(minutes=5)
        assert house.store().outbox.pauses()[0].failures == 20
        house.later(hours=72)
        for _time in range(4):
            send(house)
            house.later(minutes=5)
    states = {entry.state for entry in house.store().outbox.list()}
    assert states == {OutboxState.FAILED}


def test_a_machine_that_slept_for_days_tries_a_few_times_more(house: House) -> None:
    """Age alone gives up nothing that was hardly tried."""
    house.config = mail_by(9)
    put(house, 0)
    house.now += GIVE_UP_AFTER * 2
    assert send(house).failed == ()
    with post_office(house) as running:
        house.later(minutes=5)
        assert send(house).sent == 1
        assert len(ids(running)) == 1


def test_a_dead_mail_server_does_not_hold_up_a_webhook(house: House) -> None:
    """The signed alert arrives though mail cannot leave, and once; nothing of it needs the mail server."""
    with webhook_server() as hook:
        more = (
            "alerts: {routes: [{to: [recipients, siem]}], targets: {siem: {webhook:"
            f" {{url: 'http://localhost:{hook.port}/in', secret: 'file:hook', allow_private: true}}}}}}}}\n"
        )
        house.config = mail_by(9, more)
        (house.folder / "hook").write_text(SECRET)
        (house.folder / "hook").chmod(0o600)
        held, found = leaver(("x:1", None))
        house.judge(seen(held, found))
        house.begin()
        (alert,) = house.tell(event_of(found[0])).alerts
        sent = send(house)
        assert (sent.sent, len(sent.waiting) + sent.untried) == (1, 1)
        assert send(house).sent == 0
    (received,) = hook.requests
    assert json.loads(received.body)["id"] == alert.alert_id
    assert received.headers["Idempotency-Key"].startswith(f"alert:first:{alert.alert_id}")


def test_a_target_taken_from_the_configuration_keeps_its_messages_and_says_so(house: House) -> None:
    """Others are sent; its own wait with the reason, and leave when it is back."""
    with post_office(house) as running:
        put(house, 0, channel="webhook", target="gone", content_type="application/json")
        put(house, 1)
        sent = send(house)
        assert sent.sent == 1
        assert "'gone'" in sent.waiting[0]
        assert list(ids(running)) == ["<1@riverside.example>"]


def test_what_cannot_be_mailed_is_said_to_the_caller(house: House) -> None:
    """No mail section, or a password that does not resolve: the mail stays, the caller hears why."""
    put(house, 0)
    with pytest.raises(ConfigError, match=r"reports\.mail"):
        send(house)
    house.later(minutes=5)
    house.config = (
        "reports: {mail: {smtp: 'smtp+starttls://me@localhost:1', password: 'env:NOT_THERE_EITHER',"
        " sender: a@riverside.example}}\n"
    )
    with pytest.raises(SecretUnavailable):
        send(house)
    assert [entry.state for entry in house.store().outbox.list()] == [OutboxState.QUEUED]


def test_an_alert_that_is_given_up_is_told_to_the_operators_once(house: House) -> None:
    """They hear which alert reached whom not; that the telling itself is refused starts no circle."""
    mood = Mood(recipients={PRIVACY: "550 gone"})
    with post_office(house, mood, "alerts: {operators: [it@riverside.example]}\n") as running:
        held, found = leaver(("x:1", None))
        house.judge(seen(held, found))
        house.begin()
        house.tell(event_of(found[0]))
        assert len(send(house).failed) == 1
        mood.recipients["it@riverside.example"] = "550 gone too"
        (told,) = house.raise_alerts().alerts
        assert told.kind == "delivery"
        assert PRIVACY in told.subject
        assert len(send(house).failed) == 1
        assert house.raise_alerts().alerts == ()
        assert running.desk.mails == []


def test_a_sender_that_is_stopped_gives_the_rest_back(house: House) -> None:
    """What was claimed and not tried is free at once for the next, and counts for no attempt."""
    with post_office(house) as running:
        for number in range(6):
            put(house, number)
        asked = iter([False] * 4 + [True] * 100)
        sent = send_due(house.workspace(), house.store(), stop=lambda: next(asked))
        assert sent.sent < 6
        rest = house.store().outbox.list([OutboxState.QUEUED])
        assert len(rest) == 6 - sent.sent
        assert {entry.attempts for entry in rest} == {0}
        assert send(house).sent == len(rest)
        assert set(ids(running).values()) == {1}


def test_an_interrupt_gives_back_what_was_not_tried(house: House) -> None:
    """An exception in the midst leaves only the mail under way claimed."""

    def interrupted() -> bool:
        calls.append(None)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return False

    calls: list[None] = []
    with post_office(house):
        for number in range(4):
            put(house, number)
        with pytest.raises(KeyboardInterrupt):
            send_due(house.workspace(), house.store(), stop=interrupted)
        counted = Counter(entry.state for entry in house.store().outbox.list())
    assert counted == {OutboxState.SENT: 1, OutboxState.QUEUED: 3}


def test_alerts_held_for_their_time_are_not_old_when_it_comes(house: House) -> None:
    """The age a message is given up by counts from when it was due."""
    house.config = mail_by(9)
    put(house, 0, due_at=house.now + timedelta(days=4))
    assert send(house).untried == 1
    house.later(days=4)
    for _time in range(5):
        assert send(house).failed == ()
        house.later(minutes=5)


def test_nothing_is_sent_twice_by_two_who_raise_and_send(house: House) -> None:
    """Two whole rounds over the same journal deliver each alert once."""
    with post_office(house) as running:
        held, found = leaver(("x:1", "sam@riverside.example"))
        house.judge(seen([replace(one) for one in held], found))
        house.begin()
        house.tell(event_of(found[0]), event(EventKind.JOB_STUCK, "stuck", subject_id="roster"))
        for _round in range(2):
            house.raise_alerts()
            send(house)
        assert sorted(ids(running).values()) == [1, 1, 1]
