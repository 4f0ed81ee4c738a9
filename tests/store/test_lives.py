"""Lives in the store: what was written comes back, once, and never over somebody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from alembic import command

from auditor.model.event import Event, EventKind
from auditor.model.life import FAIL, Life, Lives, Look, Seen, Unread, advance
from auditor.model.waiver import Waiver, WaiverKind, WaiverMark
from auditor.store.lives import Overtaken, Pending
from auditor.store.migrate import alembic_config
from auditor.store.store import Store
from auditor.store.waiver_terms import Terms
from tests.store.conftest import OpenStore
from tests.store.support_store import findings_frame, results_frame, snapshot
from tests.support import NOW

RESULTS = results_frame(("former-staff-access", "hipaa-social", "critical", 0, 1, 0, 0, 0, 0))
HOSTILE = ("\x00\ud800 <b>", "=1+1\u202e", "'; DROP TABLE finding_lives; --", "x" * 10_000)
WAIVER = Waiver(
    rule="former-staff-access", subject="g1", kind=WaiverKind.FALSE_POSITIVE, reason="Not hers",
    owner="sam.poe@riverside.example", approver="lee.ray@riverside.example", expires=date(2027, 3, 31),
)  # fmt: skip


def mark(number: int) -> str:
    """Return a fingerprint."""
    return f"{number:032x}"


def judged(store: Store, day: int, *numbers: int, record: bool = True) -> str:
    """Record a snapshot of a day, judged to show these findings; return its id."""
    info = snapshot(store, [], at=NOW + timedelta(days=day))
    if record:
        rows = [{"fingerprint": mark(n), "subject_id": f"g{n}"} for n in numbers]
        store.record_judgement(info.id, findings=findings_frame(*rows), rule_results=RESULTS, summary={})
    return info.id


def follow(store: Store, *, events: tuple[Event, ...] = ()) -> Lives:
    """Follow what is pending; return the lives as they are then kept."""
    for pending in store.lives.pending():
        ledger = store.lives.ledger()
        rules = store.lives.judged_rules(pending.look)
        found = store.lives.seen(pending.look)
        after = advance(ledger.lives, pending.look, found, rules=rules, unread=Unread())
        store.lives.write(ledger, after, followed=pending, events=events)
        assert store.lives.ledger().lives == after
    return store.lives.ledger().lives


def test_what_was_written_comes_back(store: Store) -> None:
    """Looks, states, owners, days and waivers survive, hostile text as both backends can hold it."""
    judged(store, 0, 1, 2)
    life = follow(store)[mark(1)]
    ledger = store.lives.ledger()
    texts = dict(zip(("message", "subject_id", "account_id", "person_id"), HOSTILE, strict=True))
    full = life._replace(
        seen=life.seen._replace(**texts, risk=None),
        owner="a@riverside.example",
        assigned="b@riverside.example",
        due_on=date(2026, 12, 1),
        unknown=life.last,
        waiver=WaiverMark(WAIVER.key, WAIVER.kind, WAIVER.expires),
    )
    store.lives.write(ledger, {mark(1): full})
    kept = store.lives.ledger().lives
    assert set(kept) == {mark(1), mark(2)}
    assert kept[mark(1)].seen.message == "\ufffd\ufffd <b>"
    assert kept[mark(1)]._replace(seen=full.seen) == full
    assert store.lives.find(mark(1)) == (kept[mark(1)],)


def test_snapshots_are_followed_in_their_order_each_once(store: Store) -> None:
    """What a killed run left is first; judged anew, the newest comes again and an older one does not."""
    old, middle, newest = judged(store, 0, 1), judged(store, 1, record=False), judged(store, 2, 1, 2)
    assert [pending.look.snapshot_id for pending in store.lives.pending()] == [old, newest]
    follow(store)
    assert store.lives.pending() == ()
    for late in (middle, old):
        store.record_judgement(late, findings=findings_frame(), rule_results=RESULTS, summary={})
    assert store.lives.pending() == ()


def test_the_newest_judged_anew_comes_again(store: Store, open_store: OpenStore) -> None:
    """A second judgement of the newest snapshot is pending until it has been followed."""
    newest = judged(store, 0, 1)
    before = follow(store)
    later = open_store(NOW + timedelta(hours=1))
    later.record_judgement(
        newest,
        findings=findings_frame({"fingerprint": mark(1), "subject_id": "g1"}),
        rule_results=RESULTS,
        summary={},
    )
    assert [pending.look.snapshot_id for pending in later.lives.pending()] == [newest]
    assert follow(later) == before


def test_of_two_that_follow_only_one_writes(store: Store, open_store: OpenStore) -> None:
    """The slower is refused, and neither its lives nor its events are kept."""
    judged(store, 0, 1)
    (pending,) = store.lives.pending()
    slow = open_store()
    stale = slow.lives.ledger()
    follow(store)
    event = Event(key="k", kind=EventKind.FINDING_NEW, at=NOW, message="told twice")
    with pytest.raises(Overtaken):
        slow.lives.write(stale, {}, followed=pending, events=[event])
    assert store.events.last() == 0
    assert set(store.lives.ledger().lives) == {mark(1)}


def test_since_when_a_finding_fails_is_asked_of_all_or_of_some(store: Store) -> None:
    """The first look of the present stretch is told; what is resolved is not."""
    judged(store, 0, 1, 3)
    judged(store, 1, 1, 2)
    follow(store)
    first = NOW + timedelta(minutes=1)
    assert store.lives.failing_since() == {mark(1): first, mark(2): first + timedelta(days=1)}
    assert store.lives.failing_since([mark(2), mark(3)]) == {mark(2): first + timedelta(days=1)}
    assert store.lives.failing_since([]) == {}


def test_a_write_that_fails_keeps_nothing(store: Store) -> None:
    """Lives, events, terms and cursor are one transaction."""
    judged(store, 0, 1)
    (pending,) = store.lives.pending()
    ledger = store.lives.ledger()
    look = Look(pending.look.number, pending.look.snapshot_id, pending.look.at)
    broken = Life(Seen(*(None for _ in Seen._fields)), *("new",), look, look, look)  # type: ignore[arg-type] # a row no backend takes
    with pytest.raises(Exception):  # noqa: B017, PT011 - which of the driver's errors does not matter
        store.lives.write(ledger, {"x": broken}, followed=pending, terms=[Terms(WAIVER)])
    assert store.lives.ledger() == ledger
    assert store.waiver_trail.newest() == {}
    assert store.lives.pending() == (Pending(look, pending.judged_at),)


def test_terms_are_kept_in_order(store: Store) -> None:
    """Each version of a waiver's terms stays, and the last says whether it stands."""
    ledger = store.lives.ledger()
    store.lives.write(ledger, {}, terms=[Terms(WAIVER)])
    store.lives.write(store.lives.ledger(), {}, terms=[Terms(WAIVER, withdrawn=True)])
    assert [(kept.waiver, kept.withdrawn) for kept in store.waiver_trail.of(WAIVER.key)] == [
        (WAIVER, False),
        (WAIVER, True),
    ]
    assert store.waiver_trail.newest()[WAIVER.key].withdrawn


def test_a_store_without_lives_is_brought_up_and_followed_from_its_first_judgement(
    store: Store, open_store: OpenStore
) -> None:
    """After an upgrade the lives are worked out from the snapshots judged before there were any."""
    judged(store, 0, 1, 2)
    judged(store, 1, 2)
    with store._database.write() as connection:
        command.downgrade(alembic_config(connection), "0003")
    lives = follow(open_store())
    assert [lives[mark(n)].state.value for n in (1, 2)] == ["resolved", "open"]
    assert lives[mark(2)].seen.verdict == FAIL
