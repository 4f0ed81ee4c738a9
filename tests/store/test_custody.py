"""Seeds' lives in the store: one in force an account, nothing lost of the trail, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from auditor.errors import CustodyError, StoreError
from auditor.model.custody import SeedRecord, SeedState, SeedUse
from auditor.model.event import Event, EventKind
from auditor.store.schema_custody import custody_seeds
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.support import NOW


def record(number: int, **changes: Any) -> SeedRecord:
    """Return a seed of ``x:1`` as it is when it comes in."""
    values: dict[str, Any] = {
        "seed_id": f"seed-{number}",
        "account_id": "x:1",
        "platform": "x",
        "account_name": "x:RiversideHealth",
        "label": "<b>riverside</b>\u202e",
        "issuer": "X",
        "digits": 6,
        "period": 30,
        "algorithm": "SHA1",
        "bits": 80,
        "place": "",
        "state": SeedState.PENDING,
        "enrolled_at": NOW + timedelta(minutes=number),
        "enrolled_by": "dana.cole@riverside.example",
    }
    return SeedRecord(**(values | changes))


def told(number: int, kind: EventKind = EventKind.SEED_ENROLLED) -> Event:
    """Return an event about a seed."""
    return Event(key=f"{kind.value}:seed-{number}", kind=kind, at=NOW, message="a seed came in")


def in_force(store: Store, number: int, **changes: Any) -> SeedRecord:
    """Bring a seed into force."""
    seed = record(number, **changes)
    store.custody.begin(seed)
    store.custody.placed(seed.seed_id, "vault file on desk-1")
    store.custody.activate(seed, confirmed_at=NOW, reason="", by="dana", at=NOW, event=told(number))
    return seed


def states(store: Store) -> dict[str, SeedState]:
    """Return each seed's state."""
    return {seed.seed_id: seed.state for seed in store.custody.seeds()}


def use(number: int, step: int, **changes: Any) -> SeedUse:
    """Return a code given out."""
    values: dict[str, Any] = {
        "use_id": f"use-{number}",
        "seed_id": "seed-1",
        "account_id": "x:1",
        "at": NOW + timedelta(seconds=number),
        "who": "dana.cole@riverside.example",
        "os_user": "dana",
        "host": "desk-1",
        "reason": "post the opening hours",
        "step": step,
    }
    return SeedUse(**(values | changes))


def test_a_seed_comes_in_and_into_force(store: Store) -> None:
    """It is kept as handed in, and the journal tells of it once it is in force."""
    seed = in_force(store, 1)
    (kept,) = store.custody.seeds("x:1")
    assert kept == replace(seed, state=SeedState.ACTIVE, place="vault file on desk-1", confirmed_at=NOW)
    assert kept.is_weak
    assert [event.kind for event in store.events.after(0)] == [EventKind.SEED_ENROLLED]
    assert store.custody.seeds("x:2") == ()


def test_the_old_seed_stays_until_the_new_one_is_in_force(store: Store) -> None:
    """While the new one waits the old one counts; then it is retired, and both records are there."""
    in_force(store, 1)
    new = record(2, replaces="seed-1", bits=160)
    store.custody.begin(new)
    assert states(store) == {"seed-1": SeedState.ACTIVE, "seed-2": SeedState.PENDING}
    store.custody.activate(new, confirmed_at=None, reason="moved", by="dana", at=NOW, event=told(2))
    assert states(store) == {"seed-1": SeedState.RETIRED, "seed-2": SeedState.ACTIVE}
    newest, oldest = store.custody.seeds("x:1")
    assert (oldest.retired_by, oldest.retired_reason) == ("dana", "replaced by a new seed")
    assert (newest.confirmed_at, newest.unconfirmed_reason, newest.replaces) == (None, "moved", "seed-1")


def test_a_new_seed_takes_the_place_of_one_that_waited(store: Store) -> None:
    """Of seeds that never came into force the record stays, and says so."""
    in_force(store, 1)
    assert store.custody.begin(record(2, replaces="seed-1")) == ()
    assert store.custody.begin(record(3, replaces="seed-1")) == ("seed-2",)
    assert states(store)["seed-2"] is SeedState.RETIRED
    with pytest.raises(CustodyError, match="given up meanwhile"):
        store.custody.activate(
            record(2, replaces="seed-1"), confirmed_at=NOW, reason="", by="d", at=NOW, event=told(2)
        )
    assert states(store)["seed-1"] is SeedState.ACTIVE


def test_two_people_renewing_one_seed_do_not_both_win(store: Store) -> None:
    """Who comes second is told to look again; nothing of theirs is half done."""
    in_force(store, 1)
    with pytest.raises(CustodyError, match="no longer the one"):
        store.custody.begin(record(5))
    first = record(2, replaces="seed-1")
    store.custody.begin(first)
    store.custody.activate(first, confirmed_at=NOW, reason="", by="d", at=NOW, event=told(2))
    with pytest.raises(CustodyError, match="no longer the one"):
        store.custody.activate(first, confirmed_at=NOW, reason="", by="d", at=NOW, event=told(9))
    assert states(store) == {"seed-1": SeedState.RETIRED, "seed-2": SeedState.ACTIVE}
    assert len(store.events.after(0)) == 2


def test_the_database_itself_holds_one_seed_in_force_an_account(store: Store) -> None:
    """Even past our own checks a second seed in force is refused; another account has its own."""
    in_force(store, 1)
    in_force(store, 2, account_id="x:2")
    with store._database.read() as connection:
        slot = connection.execute(
            select(custody_seeds.c.slot).where(custody_seeds.c.seed_id == "seed-1")
        ).scalar_one()
    with pytest.raises(StoreError), store._database.write() as connection:
        connection.execute(
            custody_seeds.update().where(custody_seeds.c.seed_id == "seed-2").values(slot=slot)
        )


def test_a_retired_account_can_have_a_seed_again(store: Store) -> None:
    """A seed that left makes room; when the vault forgot it is noted."""
    in_force(store, 1)
    store.custody.retire("seed-1", by="dana", at=NOW, reason="keys", event=told(1, EventKind.SEED_RETIRED))
    store.custody.forgotten("seed-1", NOW + timedelta(hours=1))
    in_force(store, 2)
    newest, oldest = store.custody.seeds("x:1")
    assert (newest.state, oldest.state) == (SeedState.ACTIVE, SeedState.RETIRED)
    assert oldest.forgotten_at == NOW + timedelta(hours=1)


def test_a_use_is_recorded_with_its_event_and_the_same_code_is_known_again(store: Store) -> None:
    """Who, when and why stay; a second code of the same period tells who had it before."""
    in_force(store, 1)
    used = told(7, EventKind.SEED_USED)
    assert store.custody.record_use(use(1, 100), used) is None
    before = store.custody.record_use(use(2, 100, who="sam@riverside.example"), replace(used, key="second"))
    assert before == use(1, 100)
    assert store.custody.record_use(use(3, 101), replace(used, key="third")) is None
    assert [found.use_id for found in store.custody.uses("x:1")] == ["use-3", "use-2", "use-1"]
    assert store.custody.uses("x:2") == ()
    assert sum(event.kind is EventKind.SEED_USED for event in store.events.after(0)) == 3


def test_a_use_of_no_seed_is_not_recorded(store: Store) -> None:
    """The trail hangs on seeds that exist, and its event goes with it."""
    with pytest.raises(StoreError):
        store.custody.record_use(use(1, 100), told(7, EventKind.SEED_USED))
    assert store.custody.uses() == ()
    assert store.events.last() == 0


def test_a_reader_stays_noted_after_they_were_struck_out(store: Store) -> None:
    """What somebody could read once they may still know."""
    in_force(store, 1)
    later = NOW + timedelta(days=30)
    store.custody.note_readers({"seed-1": ["bo@riverside.example", "dana@riverside.example"]}, NOW)
    store.custody.note_readers({"seed-1": ["dana@riverside.example"], "seed-none": []}, later)
    store.custody.note_readers({"seed-1": ["dana@riverside.example"]}, NOW)
    readers = store.custody.readers()["seed-1"]
    assert [(one.email, one.first_at, one.last_at) for one in readers] == [
        ("bo@riverside.example", NOW, NOW),
        ("dana@riverside.example", NOW, later),
    ]
    assert store.custody.readers().keys() == {"seed-1"}


def test_what_is_kept_survives_a_restart_and_a_very_long_account(open_store: OpenStore) -> None:
    """An account's id may be longer than an index takes."""
    long = "x:" + "9" * 20_000
    in_force(open_store(), 1, account_id=long)
    (kept,) = open_store().custody.seeds(long)
    assert kept.account_id == long
