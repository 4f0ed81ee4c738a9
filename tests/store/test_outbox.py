"""The outbox neither loses a mail nor takes the same one twice."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import update

from auditor.store.outbox import LEASE
from auditor.store.records import OutboxMessage, OutboxState
from auditor.store.schema import holders
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.support import NOW


def mail(number: int, **changes: object) -> OutboxMessage:
    """Return a made-up mail."""
    values: dict[str, object] = {
        "message_id": f"<{number}@auditor.example>",
        "key": f"report:{number}",
        "kind": "report",
        "recipients": ("privacy@riverside.example",),
        "subject": f"Access review {number}",
        "raw": b"Subject: x\r\n\r\n\x00\xff",
        "created_at": NOW,
    }
    return OutboxMessage(**(values | changes))  # type: ignore[arg-type]


def claimed(store: Store) -> tuple[OutboxMessage, ...]:
    """Claim what is due, and hold against it what was said to be due before."""
    was_due = store.outbox.is_due()
    found = store.outbox.claim()
    assert was_due == bool(found)
    return found


def test_a_mail_goes_from_queued_to_sent(store: Store) -> None:
    """A mail taken is claimed byte for byte, marked sent, and never handed out again."""
    assert store.outbox.enqueue(mail(1)) is True
    assert store.outbox.claim() == (mail(1),)
    assert store.outbox.claim() == ()
    store.outbox.mark_sent(mail(1).message_id)
    (entry,) = store.outbox.list()
    assert (entry.state, entry.attempts, entry.sent_at) == (OutboxState.SENT, 1, NOW)
    assert store.outbox.claim() == ()


def test_one_mail_a_matter(store: Store) -> None:
    """A second mail with the same key or the same Message-ID is not taken."""
    assert store.outbox.enqueue(mail(1))
    assert not store.outbox.enqueue(mail(2, key="report:1"))
    assert not store.outbox.enqueue(mail(1, key="other"))
    assert [entry.message_id for entry in store.outbox.list()] == [mail(1).message_id]


def test_mails_are_claimed_oldest_first_up_to_the_limit(store: Store) -> None:
    """The rest waits for the next claim."""
    for number in range(3):
        store.outbox.enqueue(mail(number))
    assert store.outbox.claim(limit=2) == (mail(0), mail(1))
    assert store.outbox.claim(limit=2) == (mail(2),)


def test_a_failure_is_retried_when_its_time_has_come(open_store: OpenStore) -> None:
    """Until then the mail rests; its Message-ID stays, and the error is kept without secrets."""
    store = open_store()
    store.outbox.enqueue(mail(1))
    store.outbox.claim()
    store.outbox.mark_failed(
        mail(1).message_id, "421 busy password=hunter2hunter2", NOW + timedelta(minutes=5)
    )
    assert claimed(store) == ()
    (entry,) = store.outbox.list([OutboxState.QUEUED])
    assert "421 busy" in entry.last_error
    assert "hunter2" not in entry.last_error
    assert claimed(open_store(NOW + timedelta(minutes=5))) == (mail(1),)


def test_a_mail_given_up_stays_listed(store: Store) -> None:
    """Without a time to retry the mail is failed, and nobody claims it."""
    store.outbox.enqueue(mail(1))
    store.outbox.claim()
    store.outbox.mark_failed(mail(1).message_id, "550 no such user", None)
    assert store.outbox.claim() == ()
    assert [entry.state for entry in store.outbox.list([OutboxState.FAILED])] == [OutboxState.FAILED]


def test_a_claim_by_a_dead_process_is_claimed_again(open_store: OpenStore) -> None:
    """A crash between SMTP and the mark sends the very same message once more."""
    dead, alive = open_store(), open_store()
    alive.outbox.enqueue(mail(1))
    dead.outbox.claim()
    assert claimed(alive) == ()
    with alive._database.write() as connection:
        connection.execute(update(holders).values(pid=2**22 + 1))
    assert claimed(alive) == (mail(1),)
    assert [entry.attempts for entry in alive.outbox.list()] == [2]


def test_a_claim_lapses(open_store: OpenStore) -> None:
    """A process that lives but hangs does not keep a mail for ever."""
    open_store().outbox.enqueue(mail(1))
    open_store().outbox.claim()
    assert claimed(open_store(NOW + LEASE - timedelta(seconds=1))) == ()
    assert claimed(open_store(NOW + LEASE)) == (mail(1),)


def test_a_late_failure_does_not_unsend(store: Store) -> None:
    """What was sent stays sent, whatever an earlier claimer says afterwards."""
    store.outbox.enqueue(mail(1))
    store.outbox.claim()
    store.outbox.mark_sent(mail(1).message_id)
    store.outbox.mark_failed(mail(1).message_id, "timeout", NOW)
    assert claimed(store) == ()


def test_senders_at_once_never_share_a_mail(open_store: OpenStore) -> None:
    """Several programs emptying one outbox each get mails of their own."""
    first = open_store()
    for number in range(40):
        first.outbox.enqueue(mail(number))
    claimed: list[str] = []

    def send(store: Store) -> None:
        while mails := store.outbox.claim(limit=3):
            claimed.extend(message.message_id for message in mails)

    threads = [threading.Thread(target=send, args=(open_store(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A sender may leave while another still looks at rows it skipped; whoever comes next takes those.
    send(first)
    assert sorted(claimed) == sorted(mail(number).message_id for number in range(40))


def test_a_paused_way_holds_its_own_messages_alone(open_store: OpenStore) -> None:
    """Until the pause ends nothing leaves by it; then it comes last, and a success lifts it."""
    store = open_store()
    store.outbox.enqueue(mail(1, channel="webhook", target="siem"))
    store.outbox.enqueue(mail(2, channel="webhook", target="other"))
    store.outbox.enqueue(mail(3))
    until = NOW + timedelta(minutes=1)
    pause = store.outbox.pause(("webhook", "siem"), "down password=hunter2hunter2", lambda _times: until)
    assert (pause.failures, pause.until) == (1, until)
    assert "hunter2" not in pause.reason
    assert claimed(store) == (
        mail(2, channel="webhook", target="other"),
        mail(3),
    )
    store.outbox.release([mail(3).message_id])
    later = open_store(until)
    assert claimed(later) == (mail(3), mail(1, channel="webhook", target="siem"))
    assert store.outbox.pause(("webhook", "siem"), "still", lambda _times: NOW).failures == 2
    store.outbox.resume(("webhook", "siem"))
    assert store.outbox.pauses() == ()


def test_what_is_not_due_yet_is_not_claimed(open_store: OpenStore) -> None:
    """A message held for its time leaves then, over restarts."""
    due_at = NOW + timedelta(hours=8)
    open_store().outbox.enqueue(mail(1, due_at=due_at))
    assert claimed(open_store(due_at - timedelta(seconds=1))) == ()
    assert claimed(open_store(due_at)) == (mail(1, due_at=due_at),)


def test_what_is_given_back_counts_for_no_attempt(store: Store) -> None:
    """Only our own claims are given back, and what was tried least comes first."""
    for number in range(2):
        store.outbox.enqueue(mail(number))
    (first,) = store.outbox.claim(limit=1)
    store.outbox.mark_failed(first.message_id, "later", NOW)
    claimed = store.outbox.claim()
    assert [(one.message_id, one.attempts) for one in claimed] == [
        (mail(1).message_id, 1),
        (mail(0).message_id, 2),
    ]
    store.outbox.release([one.message_id for one in claimed])
    assert sorted(entry.attempts for entry in store.outbox.list([OutboxState.QUEUED])) == [0, 1]
    assert store.outbox.waiting() == 2
