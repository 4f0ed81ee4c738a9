"""The desk: who may hand in seeds and have codes, and that every use is on record before it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.app.custody_codes import give_code
from auditor.app.custody_entry import Confirmation, Entered, enroll, finish, retire, rotate
from auditor.app.custody_list import list_custody
from auditor.app.custody_people import os_user
from auditor.errors import CustodyError, SecretUnavailable, StoreError, UsageError
from auditor.model.custody import SeedState
from auditor.model.event import EventKind
from auditor.model.finding import Severity
from auditor.vault.seeds import Seed
from tests.app.support_custody import (
    ACCOUNTS,
    BO,
    CUSTODY,
    DANA,
    PEOPLE,
    SAM,
    Office,
    office,
)
from tests.vault.support_seeds import (
    OTHER,
    STRONG,
    WEAK,
    Ring,
    no_keyring,
    on_machine_with,
    scrubber_of_its_own,
)

UNCONFIRMED = Confirmation(reason="moved from a phone that is gone")


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    """Return the machine's keyring."""
    found = Ring()
    with on_machine_with(found), scrubber_of_its_own():
        yield found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Office]:
    """Return the desk with a snapshot read."""
    with office(tmp_path) as opened:
        yield opened


def take_in(bench: Office, secret: str = STRONG, name: str = "x:RiversideHealth") -> Entered:
    """Enroll a seed, confirmed by its own code."""
    seed = Seed(secret)
    return enroll(bench.desk, bench.desk.account(name), seed, Confirmation(bench.code(seed)))


def kinds(bench: Office) -> list[EventKind]:
    """Return what the journal was told, in order."""
    return [event.kind for event in bench.store.events.after(0)]


def test_a_seed_is_enrolled_and_gives_the_codes_of_the_platform(bench: Office) -> None:
    """The code given is the one another authenticator shows, with the seconds it still holds."""
    entered = take_in(bench)
    assert entered.in_force
    assert entered.notes == ()
    bench.clock.sleep(47)
    given = give_code(bench.desk, bench.desk.account("@riversidehealth"), "post the hours")
    assert given.code == bench.code(Seed(STRONG))
    assert given.seconds_left == 13
    assert given.before is None
    assert STRONG not in repr(given)
    assert given.code not in repr(given)
    (use,) = bench.store.custody.uses()
    assert (use.who, use.os_user, use.reason, use.at) == (DANA, os_user(), "post the hours", bench.clock.now)
    assert kinds(bench) == [EventKind.SEED_ENROLLED, EventKind.SEED_USED]
    assert bench.store.events.after(1)[0].person_id == "0008"


def test_a_wrong_code_keeps_nothing(bench: Office, ring: Ring) -> None:
    """A seed that is not the platform's is seen at once, and no trace of it stays."""
    account = bench.desk.account("x:RiversideHealth")
    with pytest.raises(CustodyError, match="no code of this seed"):
        enroll(bench.desk, account, Seed(STRONG), Confirmation(bench.code(Seed(OTHER))))
    assert bench.store.custody.seeds() == ()
    assert ring.kept == {}


def test_without_a_code_a_reason_is_asked_and_kept(bench: Office) -> None:
    """An unconfirmed seed counts, and is known to be unconfirmed and why."""
    account = bench.desk.account("x:RiversideHealth")
    with pytest.raises(UsageError, match="a reason is missing"):
        enroll(bench.desk, account, Seed(STRONG), Confirmation(reason=" "))
    entered = enroll(bench.desk, account, Seed(STRONG), UNCONFIRMED)
    assert "not confirmed" in entered.notes[0]
    (seed,) = bench.store.custody.seeds()
    assert seed.confirmed_at is None
    assert seed.unconfirmed_reason == UNCONFIRMED.reason


def test_a_code_of_the_next_period_confirms_and_hints_at_the_clock(bench: Office) -> None:
    """Clocks that are a little apart are told of before a platform refuses codes for it."""
    seed = Seed(STRONG)
    account = bench.desk.account("x:RiversideHealth")
    entered = enroll(bench.desk, account, seed, Confirmation(bench.code(seed, off=1)))
    assert "ahead of this one" in entered.notes[0]


def test_a_weak_seed_is_taken_and_told(bench: Office) -> None:
    """80 bits work, are called weak, and weigh more in the journal."""
    entered = take_in(bench, WEAK)
    assert "It is weak: 80 bits" in entered.notes[0]
    assert give_code(bench.desk, bench.desk.account("x:1001"), "try").code == bench.code(Seed(WEAK))
    assert bench.store.events.after(0)[0].severity is Severity.MEDIUM


def test_a_second_enrolment_is_refused(bench: Office) -> None:
    """An account's seed is renewed, never silently overwritten."""
    take_in(bench)
    with pytest.raises(CustodyError, match="already") as caught:
        take_in(bench, OTHER)
    assert "rotate" in caught.value.remedy


def test_the_same_code_twice_is_told(bench: Office) -> None:
    """Within one period the second person learns who had this code; in the next one nobody had it."""
    take_in(bench)
    account = bench.desk.account("x:RiversideHealth")
    first = give_code(bench.desk, account, "first")
    second = give_code(bench.desk, account, "second")
    assert second.code == first.code
    assert second.before is not None
    assert second.before.reason == "first"
    bench.clock.sleep(30)
    assert give_code(bench.desk, account, "third").before is None


def test_fresh_waits_for_the_next_code(bench: Office) -> None:
    """The code given is the one that begins, with its whole time left."""
    take_in(bench)
    bench.clock.sleep(12.25)
    old = bench.code(Seed(STRONG))
    given = give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "now", fresh=True)
    assert bench.clock.slept[-1] == pytest.approx(17.75)
    assert given.seconds_left == 30
    assert given.code == bench.code(Seed(STRONG))
    assert given.code != old


def test_no_code_without_its_record(bench: Office) -> None:
    """Where the use cannot be recorded, no code is given."""
    take_in(bench)
    with bench.store._database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON custody_uses BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(StoreError):
        give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "post")
    assert bench.store.custody.uses() == ()
    assert kinds(bench) == [EventKind.SEED_ENROLLED]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_code_needs_a_reason(bench: Office, reason: str) -> None:
    """Nobody can tell a year later what a code without a reason was for."""
    take_in(bench)
    with pytest.raises(UsageError, match="a reason is missing"):
        give_code(bench.desk, bench.desk.account("x:RiversideHealth"), reason)


def test_renewing_keeps_the_old_seed_until_the_platform_took_the_new_one(bench: Office, ring: Ring) -> None:
    """Both give codes while the new one waits; then the old one is gone from the vault, its trail kept."""
    take_in(bench, WEAK)
    account = bench.desk.account("x:RiversideHealth")
    give_code(bench.desk, account, "before")
    with pytest.raises(CustodyError, match="no new seed awaiting"):
        give_code(bench.desk, account, "too soon", waiting=True)
    bench.clock.sleep(3600)
    assert not rotate(bench.desk, account, Seed(STRONG), None).in_force
    assert give_code(bench.desk, account, "old still counts").code == bench.code(Seed(WEAK))
    with pytest.raises(CustodyError, match="can have taken none"):
        finish(bench.desk, account, Confirmation(accepted=True))
    ours = give_code(bench.desk, account, "set up at X", waiting=True).code
    assert ours == bench.code(Seed(STRONG))
    with pytest.raises(CustodyError, match="given out here"):
        finish(bench.desk, account, Confirmation(ours))
    finish(bench.desk, account, Confirmation(accepted=True))
    assert give_code(bench.desk, account, "after").code == bench.code(Seed(STRONG))
    new, old = bench.store.custody.seeds()
    assert (new.state, old.state) == (SeedState.ACTIVE, SeedState.RETIRED)
    assert old.forgotten_at == bench.clock.now
    with pytest.raises(SecretUnavailable):
        bench.desk.box.read(old.seed_id, account.account_id)
    assert len(ring.kept) == 1
    assert {use.seed_id for use in bench.store.custody.uses()} == {old.seed_id, new.seed_id}
    assert EventKind.SEED_ROTATED in kinds(bench)


def test_renewing_with_a_code_is_one_step(bench: Office) -> None:
    """A confirmed new seed is in force at once."""
    take_in(bench, WEAK)
    account = bench.desk.account("x:RiversideHealth")
    seed = Seed(STRONG)
    assert rotate(bench.desk, account, seed, Confirmation(bench.code(seed))).in_force
    assert bench.desk.waiting(account) is None


def test_renewing_with_the_old_seed_or_without_one_is_refused(bench: Office) -> None:
    """A rotation that changes nothing is no rotation."""
    account = bench.desk.account("x:RiversideHealth")
    with pytest.raises(CustodyError, match="no seed in custody"):
        rotate(bench.desk, account, Seed(STRONG), None)
    take_in(bench)
    with pytest.raises(CustodyError, match="in custody already"):
        rotate(bench.desk, account, Seed(STRONG), None)
    with pytest.raises(CustodyError, match="no new seed"):
        finish(bench.desk, account, UNCONFIRMED)


def test_retiring_forgets_the_seed_and_keeps_its_record(bench: Office) -> None:
    """Afterwards no code can be given; who had which stays."""
    take_in(bench)
    account = bench.desk.account("x:RiversideHealth")
    give_code(bench.desk, account, "once")
    (record,) = retire(bench.desk, account, "replaced by security keys")
    with pytest.raises(CustodyError, match="no seed in custody"):
        give_code(bench.desk, account, "again")
    (kept,) = bench.store.custody.seeds()
    assert (kept.seed_id, kept.retired_reason) == (record.seed_id, "replaced by security keys")
    assert kept.forgotten_at is not None
    assert len(bench.store.custody.uses()) == 1


def test_a_vault_that_does_not_take_the_seed_leaves_nothing_in_force(bench: Office) -> None:
    """The attempt is on record, and the next one starts afresh."""
    with no_keyring():
        (bench.folder / "auditor.vault").write_text("another program's file", encoding="utf-8")
        with pytest.raises(SecretUnavailable):
            take_in(bench)
    (failed,) = bench.store.custody.seeds()
    assert failed.retired_reason == "the vault did not take it"
    assert take_in(bench).in_force


def test_what_a_kill_left_waiting_gives_way(bench: Office) -> None:
    """A seed entered and never in force is given up by the next enrolment, and swept from the vault."""
    account = bench.desk.account("x:RiversideHealth")
    take_in(bench)
    rotate(bench.desk, account, Seed(OTHER), None)
    waiting = bench.desk.waiting(account)
    assert waiting is not None
    rotate(bench.desk, account, Seed(WEAK), None)
    with pytest.raises(SecretUnavailable):
        bench.desk.box.read(waiting.seed_id, account.account_id)
    assert give_code(bench.desk, account, "new", waiting=True).code == bench.code(Seed(WEAK))


def test_a_row_of_the_store_that_points_to_anothers_seed_gives_no_code(bench: Office) -> None:
    """Who can write to the store cannot have the codes of an account that is not theirs."""
    with office_of_sam(bench) as theirs:
        seed = Seed(OTHER)
        kids = theirs.desk.account("instagram:riversidekids")
        stolen = enroll(theirs.desk, kids, seed, Confirmation(theirs.code(seed))).record.seed_id
    take_in(bench)
    with bench.store._database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("DELETE FROM custody_readers")
        connection.exec_driver_sql("DELETE FROM custody_seeds WHERE seed_id = ?", (stolen,))
        connection.exec_driver_sql("UPDATE custody_seeds SET seed_id = ?", (stolen,))
    with pytest.raises(CustodyError, match="not this account's"):
        give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "post")


def office_of_sam(bench: Office) -> AbstractContextManager[Office]:
    """Open the same desk as Sam."""
    custody = CUSTODY.replace(f"{os_user()}: {DANA}", f"{os_user()}: {SAM}")
    return office(bench.folder, custody, read=False)


def test_the_list_shows_age_readers_uses_and_accounts_without(bench: Office) -> None:
    """Everything but the seed: also who could once read it, and which accounts should have one."""
    take_in(bench, WEAK)
    bench.store.custody.note_readers(
        {bench.store.custody.seeds()[0].seed_id: ["gone@riverside.example"]}, bench.clock.now
    )
    give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "post")
    bench.clock.now += timedelta(days=40)
    listing = list_custody(bench.desk)
    (seed,) = listing.seeds
    assert (seed.age_days, seed.uses, seed.record.is_weak) == (40, 1, True)
    assert seed.readers == (DANA, BO)
    assert seed.readers_before == ("gone@riverside.example",)
    assert seed.last_use is not None
    assert seed.last_use.who == DANA
    assert [one.shown for one in listing.without] == [
        "instagram:riversidekids",
        "x:OtherBrand",
        "x:RiversideCare",
    ]


def test_an_account_that_is_gone_from_the_platform_keeps_its_seed(bench: Office) -> None:
    """A snapshot that could not see the account does not lock anybody out of its codes."""
    take_in(bench)
    bench.clock.sleep(60)
    bench.snapshot(ACCOUNTS[1], *PEOPLE)
    assert give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "post").code == bench.code(
        Seed(STRONG)
    )


def test_two_enrolments_at_once_do_not_spoil_the_vault(bench: Office) -> None:
    """The second is told that the first is under way."""
    with (
        bench.store.lock("custody", owner="somebody"),
        pytest.raises(StoreError, match="under way"),
    ):
        take_in(bench)


def test_a_secret_in_a_reason_is_masked(bench: Office) -> None:
    """What is registered as a secret is not kept in the trail, whatever it is pasted into."""
    from auditor.vault.seed_uri import read_seed

    take_in(bench)
    read_seed(OTHER)
    give_code(bench.desk, bench.desk.account("x:RiversideHealth"), f"instead of {OTHER}")
    (use,) = bench.store.custody.uses()
    assert use.reason == "instead of ***"
