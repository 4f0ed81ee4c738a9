"""Alerts in the store: raised whole or not at all, acknowledged once, closed with their last finding."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from alembic import command
from sqlalchemy import text

from auditor.model.alert import Alert, AlertDelivery, AlertState, Channel, DeliveryState, Purpose
from auditor.model.finding import Severity
from auditor.store.alert_records import NewDelivery, RaisedAlert
from auditor.store.migrate import alembic_config
from auditor.store.records import OutboxMessage, OutboxState
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.test_outbox import mail
from tests.support import NOW

MARKS = ("a" * 32, "b" * 32)


def alert(alert_id: str = "0123456789ab", **changes: object) -> Alert:
    """Return an open alert."""
    values: dict[str, object] = {
        "alert_id": alert_id, "kind": "access", "topic": "person hr:7", "severity": Severity.HIGH,
        "subject": "Bo Fox has left\x00", "created_at": NOW,
    }  # fmt: skip
    return Alert(**(values | changes))  # type: ignore[arg-type] # what the test names


def delivery(purpose: Purpose, message: OutboxMessage | None, **changes: object) -> NewDelivery:
    """Return one receiver."""
    values: dict[str, object] = {
        "alert_id": "0123456789ab", "purpose": purpose, "channel": Channel.MAIL, "target": "recipients",
        "recipient": "lee@riverside.example", "due_at": NOW,
    }  # fmt: skip
    line = {"total": 1, "lines": []} if purpose is Purpose.DIGEST else None
    return NewDelivery(
        delivery=AlertDelivery(**(values | changes)),  # type: ignore[arg-type] # what the test names
        message=message,
        line=line,
    )


def raised(*deliveries: NewDelivery, **changes: object) -> RaisedAlert:
    """Return an alert being raised."""
    return RaisedAlert(alert=alert(**changes), fingerprints=MARKS, deliveries=deliveries)  # type: ignore[arg-type]


def record(
    store: Store, *alerts: RaisedAlert, before: int | None = None, after: int = 5, **more: object
) -> bool:
    """Keep what was made of the events up to ``after``."""
    return store.alerts.record(alerts, reader="alerts", before=before, after=after, **more)  # type: ignore[arg-type]


def test_an_alert_its_message_and_the_place_in_the_journal_are_kept_together(store: Store) -> None:
    """All is there after one call; told again with the same id nothing is added."""
    first = raised(delivery(Purpose.FIRST, mail(1)))
    assert record(store, first)
    assert store.events.cursor("alerts") == 5
    (kept,) = store.alerts.list()
    assert kept.subject == "Bo Fox has left\N{REPLACEMENT CHARACTER}"
    assert replace(kept, subject="") == replace(first.alert, subject="")
    assert [entry.key for entry in store.outbox.list()] == ["report:1"]
    (told,) = store.alerts.deliveries(kept.alert_id)
    assert (told.outbox_key, told.purpose) == ("report:1", Purpose.FIRST)
    assert record(store, first, before=5, after=6)
    assert len(store.alerts.list()) == len(store.outbox.list()) == 1
    assert [event.kind for event in store.events.after(0)] == ["alert.raised"]


def test_who_comes_too_late_keeps_nothing(store: Store) -> None:
    """Where the cursor has moved meanwhile neither alert nor message nor cursor changes."""
    assert record(store, after=5)
    assert not record(store, raised(delivery(Purpose.FIRST, mail(1))), before=None, after=7)
    assert not record(store, raised(delivery(Purpose.FIRST, mail(1))), before=4, after=7)
    assert store.alerts.list() == ()
    assert store.outbox.list() == ()
    assert store.events.cursor("alerts") == 5


def test_of_programs_at_once_one_keeps(open_store: OpenStore) -> None:
    """Eight that read from the same place keep what they made of it once."""
    stores = [open_store() for _ in range(8)]
    won: list[bool] = []

    def keep(number: int) -> None:
        won.append(record(stores[number], raised(delivery(Purpose.FIRST, mail(number))), after=5 + number))

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]
    assert len(stores[0].outbox.list()) == 1


def test_an_escalation_waits_with_its_message_and_leaves_once(open_store: OpenStore) -> None:
    """Byte for byte, at its time, over a restart; then its message is kept in the outbox alone."""
    store = open_store()
    later = NOW + timedelta(hours=4)
    record(store, raised(delivery(Purpose.ESCALATION, mail(2), due_at=later)))
    assert (store.alerts.escalate(), store.outbox.list()) == (0, ())
    after = open_store(later)
    assert (after.alerts.escalate(), after.alerts.escalate()) == (1, 0)
    (claimed,) = after.outbox.claim()
    assert (claimed.raw, claimed.message_id) == (mail(2).raw, mail(2).message_id)
    assert [event.kind for event in store.events.after(0)] == ["alert.raised", "alert.escalated"]


def test_an_acknowledged_alert_is_not_escalated(open_store: OpenStore) -> None:
    """The first word stays; the escalation is cancelled, and its message is forgotten."""
    store = open_store()
    record(store, raised(delivery(Purpose.ESCALATION, mail(2), due_at=NOW + timedelta(hours=4))))
    assert store.alerts.acknowledge("0123456789ab", by="lee", note="on it")
    assert not store.alerts.acknowledge("0123456789ab", by="dana")
    assert not store.alerts.acknowledge("ffffffffffff", by="dana")
    assert open_store(NOW + timedelta(days=1)).alerts.escalate() == 0
    (told,) = store.alerts.deliveries("0123456789ab")
    assert (told.state, told.reason) == (DeliveryState.CANCELLED, "acknowledged by lee")
    assert [one.acknowledged_by for one in store.alerts.list([AlertState.ACKNOWLEDGED])] == ["lee"]


def test_an_alert_is_resolved_with_its_last_finding(store: Store) -> None:
    """Findings of others and findings resolved twice change nothing."""
    record(store, raised())
    record(store, before=5, after=6, resolved={MARKS[0], "c" * 32})
    assert [one.state for one in store.alerts.list()] == [AlertState.OPEN]
    record(store, before=6, after=7, resolved=MARKS)
    assert [one.state for one in store.alerts.list()] == [AlertState.RESOLVED]
    assert set(store.alerts.fingerprints("0123456789ab").values()) == {NOW}


def test_a_digest_is_released_once(open_store: OpenStore) -> None:
    """Its lines come a receiver at a time; who is second puts nothing."""
    store = open_store()
    deliveries = [delivery(Purpose.DIGEST, None, recipient=to) for to in ("a@x.example", "b@x.example")]
    record(store, raised(*deliveries))
    first, second = store.alerts.due_digests()
    assert (first.recipient, second.recipient) == ("a@x.example", "b@x.example")
    assert first.lines[0].alert.alert_id == "0123456789ab"
    assert store.alerts.release_digest(first, mail(1))
    assert not open_store().alerts.release_digest(first, mail(3))
    assert [one.recipient for one in store.alerts.due_digests()] == ["b@x.example"]
    assert [entry.key for entry in store.outbox.list()] == ["report:1"]


def test_alerts_are_found_by_the_beginning_of_their_id(store: Store) -> None:
    """Nothing that is no id finds anything."""
    record(store, raised(), raised(alert_id="0123ffff0000"))
    assert len(store.alerts.find("0123")) == 2
    assert [one.alert_id for one in store.alerts.find("01234")] == ["0123456789ab"]
    assert store.alerts.find("01") == store.alerts.find("%%%%") == store.alerts.find("") == ()


def test_an_outbox_of_before_channels_holds_mails(store: Store, open_store: OpenStore) -> None:
    """Mails of the revision before leave as mail; what was for other channels does not go back with it."""
    store.outbox.enqueue(mail(1))
    store.outbox.enqueue(mail(2, channel="webhook", target="siem"))
    with store._database.write() as connection:
        command.downgrade(alembic_config(connection), "0005")
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar() == 1
    (entry,) = open_store().outbox.list([OutboxState.QUEUED])
    assert (entry.message_id, entry.channel, entry.target) == (mail(1).message_id, "mail", "")
