"""Jobs: a slot is run once, the dead lose what they ran, and who lost it records nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from auditor.model.event import EventKind
from auditor.store.job_records import JobState, Lease, LeaseLost
from auditor.store.processes import STALE_AFTER
from auditor.store.schema import holders
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.support import NOW

HOUR = timedelta(hours=1)
SLOT = NOW - timedelta(minutes=5)


def registered(store: Store, seed: timedelta = HOUR, name: str = "audit") -> Store:
    """Return the store with a job whose slots are owed since ``seed`` before now."""
    store.jobs.register(name, "daily", seed=NOW - seed, next_due=None)
    return store


def claimed(store: Store, name: str = "audit") -> Lease:
    """Return the lease of the slot, which must be free."""
    lease = store.jobs.claim(name, SLOT, until=NOW + HOUR)
    assert lease is not None
    return lease


def move_away(store: Store, age: timedelta) -> None:
    """Make every holder one of another machine whose last sign of life is ``age`` old."""
    with store._database.write() as connection:
        connection.execute(update(holders).values(host="elsewhere", heartbeat_at=NOW - age))


def test_a_slot_is_claimed_once(open_store: OpenStore) -> None:
    """Neither while it runs nor after it is done may a second daemon have it."""
    first, second = registered(open_store()), open_store()
    assert second.jobs.may_be_due("audit", SLOT)
    lease = claimed(first)
    assert second.jobs.claim("audit", SLOT, until=NOW + HOUR) is None
    first.jobs.finish(lease, JobState.DONE, "12 findings")
    assert second.jobs.claim("audit", SLOT, until=NOW + HOUR) is None
    assert not second.jobs.may_be_due("audit", SLOT)
    run = second.jobs.run("audit", SLOT)
    assert run is not None
    assert (run.state, run.attempt, run.outcome) == (JobState.DONE, 1, "12 findings")


def test_many_claim_at_once_and_one_gets_it(open_store: OpenStore) -> None:
    """Eight daemons in a race for one slot: one lease."""
    registered(open_store())
    stores = [open_store(patience=30.0) for _ in range(8)]
    barrier = threading.Barrier(len(stores))
    leases: list[Lease | None] = []

    def claim(store: Store) -> None:
        barrier.wait()
        leases.append(store.jobs.claim("audit", SLOT, until=NOW + HOUR))

    threads = [threading.Thread(target=claim, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(lease is not None for lease in leases) == 1
    assert len(leases) == len(stores)


def test_a_job_does_not_overtake_itself(open_store: OpenStore) -> None:
    """While an earlier slot is still run, a later one waits."""
    store = registered(open_store())
    lease = claimed(store)
    later = open_store(NOW + timedelta(minutes=10))
    assert later.jobs.claim("audit", NOW, until=NOW + HOUR) is None
    store.jobs.finish(lease, JobState.DONE)
    assert later.jobs.claim("audit", NOW, until=NOW + HOUR) is not None


def test_slots_before_the_job_came_are_not_owed(store: Store) -> None:
    """A new job owes nothing of the time before it."""
    registered(store, timedelta(0))
    assert not store.jobs.may_be_due("audit", SLOT)
    assert store.jobs.claim("audit", SLOT, until=NOW + HOUR) is None
    assert store.jobs.claim("audit", NOW + timedelta(seconds=1), until=NOW + HOUR) is not None


def test_a_job_nobody_registered_is_not_run(store: Store) -> None:
    """A name the store does not know is owed nothing."""
    assert not store.jobs.may_be_due("audit", SLOT)
    assert store.jobs.claim("audit", SLOT, until=NOW + HOUR) is None


def test_a_changed_cadence_owes_nothing_of_the_past(store: Store) -> None:
    """What the new cadence would have had earlier today is not made up for; the words are kept."""
    registered(store)
    info = store.jobs.register("audit", "hourly", seed=NOW - HOUR, next_due=NOW + HOUR)
    assert (info.cadence, info.seeded_at, info.next_due_at) == ("hourly", NOW, NOW + HOUR)
    assert not store.jobs.may_be_due("audit", SLOT)


def test_registering_again_changes_nothing(store: Store) -> None:
    """A restart does not move what is owed."""
    registered(store)
    assert store.jobs.register("audit", "daily", seed=NOW, next_due=None).seeded_at == NOW - HOUR
    assert store.jobs.may_be_due("audit", SLOT)


def test_an_older_slot_is_not_run_after_a_newer_one(store: Store) -> None:
    """The newest made up for the older ones, also where the clock steps back."""
    registered(store)
    store.jobs.finish(claimed(store), JobState.DONE)
    older = SLOT - timedelta(minutes=10)
    assert not store.jobs.may_be_due("audit", older)
    assert store.jobs.claim("audit", older, until=NOW + HOUR) is None


def test_a_run_of_a_clock_gone_wrong_does_not_stop_the_job_for_years(open_store: OpenStore) -> None:
    """A slot claimed by a clock ten years ahead counts for nothing once the clock is right."""
    wrong = NOW + timedelta(days=3650)
    ahead = open_store(wrong)
    registered(ahead)
    ahead.jobs.register("report", "daily", seed=wrong, next_due=None)
    lease = ahead.jobs.claim("audit", wrong, until=wrong + HOUR)
    assert lease is not None
    ahead.jobs.finish(lease, JobState.DONE)
    store = open_store(NOW)
    assert store.jobs.claim("audit", SLOT, until=NOW + HOUR) is not None
    assert not store.jobs.may_be_due("report", SLOT)
    assert store.jobs.may_be_due("report", NOW + timedelta(minutes=1))


@pytest.mark.parametrize("age", [STALE_AFTER, timedelta(days=1)])
def test_a_dead_machines_run_is_taken_over_and_it_records_nothing(
    open_store: OpenStore, age: timedelta
) -> None:
    """The next claim has a greater token; with the old one neither result nor check nor adoption passes."""
    first, second = registered(open_store()), open_store()
    old = claimed(first)
    assert not second.jobs.may_be_due("audit", SLOT)
    move_away(first, age)
    assert second.jobs.may_be_due("audit", SLOT)
    new = claimed(second)
    assert new.fence > old.fence
    assert new.attempt == 2
    for act in (
        lambda: first.jobs.finish(old, JobState.DONE, "of a ghost"),
        lambda: first.jobs.check(old),
        lambda: first.jobs.adopt(old),
        lambda: first.jobs.release(old, "stopped"),
    ):
        with pytest.raises(LeaseLost, match="taken over"):
            act()
    second.jobs.check(new)
    second.jobs.finish(new, JobState.DONE, "of the living")
    run = first.jobs.run("audit", SLOT)
    assert run is not None
    assert run.outcome == "of the living"


def test_a_dead_machines_older_slot_is_lost_to_a_newer_one(open_store: OpenStore) -> None:
    """The newer slot is run, the older one is told as lost; the ghost records nothing."""
    first = registered(open_store())
    old = claimed(first)
    move_away(first, STALE_AFTER)
    second = open_store(NOW + timedelta(minutes=1))
    assert second.jobs.claim("audit", NOW, until=NOW + HOUR) is not None
    run = second.jobs.run("audit", SLOT)
    assert run is not None
    assert run.state is JobState.LOST
    with pytest.raises(LeaseLost):
        first.jobs.finish(old, JobState.DONE)


def test_a_run_long_past_its_limit_is_taken_over_though_its_machine_lives(open_store: OpenStore) -> None:
    """Nobody watches over it any more, or it would have been ended at its limit."""
    first = registered(open_store())
    claimed(first)
    assert not open_store(NOW + HOUR).jobs.may_be_due("audit", SLOT)
    assert open_store(NOW + HOUR + STALE_AFTER).jobs.may_be_due("audit", SLOT)


def test_the_process_that_works_adopts_the_claim(open_store: OpenStore) -> None:
    """Adopted, the run is the worker's: that the one who claimed it leaves does not free it."""
    parent, worker, other = registered(open_store()), open_store(), open_store()
    lease = claimed(parent)
    worker.jobs.adopt(lease)
    parent.close()
    assert not other.jobs.may_be_due("audit", SLOT)
    worker.jobs.finish(lease, JobState.DONE)


def test_a_failure_is_tried_again_when_its_time_has_come(open_store: OpenStore) -> None:
    """Before that nobody may claim it; then the attempt counts up."""
    store = registered(open_store())
    store.jobs.finish(claimed(store), JobState.WAITING, "no network", retry_at=NOW + timedelta(minutes=5))
    assert not store.jobs.may_be_due("audit", SLOT)
    assert store.jobs.claim("audit", SLOT, until=NOW + HOUR) is None
    later = open_store(NOW + timedelta(minutes=5))
    assert later.jobs.may_be_due("audit", SLOT)
    again = later.jobs.claim("audit", SLOT, until=NOW + HOUR)
    assert again is not None
    assert again.attempt == 2
    assert store.events.after(0) == ()


def test_a_newer_slot_makes_up_for_one_that_waits(open_store: OpenStore) -> None:
    """What waited to be tried again has failed once a newer slot is claimed."""
    store = registered(open_store())
    store.jobs.finish(claimed(store), JobState.WAITING, "no network", retry_at=NOW + HOUR)
    later = open_store(NOW + timedelta(minutes=1))
    assert later.jobs.claim("audit", NOW, until=NOW + HOUR) is not None
    run = later.jobs.run("audit", SLOT)
    assert run is not None
    assert (run.state, run.outcome) == (JobState.FAILED, "no network")


def test_a_run_asked_to_stop_is_given_back(open_store: OpenStore) -> None:
    """Another may have it at once, and it does not count as an attempt."""
    first, second = registered(open_store()), open_store()
    first.jobs.release(claimed(first), "the daemon was asked to stop")
    again = claimed(second)
    assert again.attempt == 1


def test_failing_is_told_once_a_day_and_recovery_once(open_store: OpenStore) -> None:
    """Ninety-six failed polls a day are one event, and the run that went well again another."""
    for minute in range(3):
        store = open_store(NOW + timedelta(minutes=minute))
        registered(store)
        lease = store.jobs.claim("audit", store._clock(), until=NOW + HOUR)
        assert lease is not None
        store.jobs.finish(lease, JobState.STUCK if minute == 1 else JobState.FAILED, f"reason {minute}")
    tomorrow = open_store(NOW + timedelta(days=1))
    for state in (JobState.FAILED, JobState.DONE, JobState.DONE):
        lease = tomorrow.jobs.claim("audit", tomorrow._clock() + minute * HOUR, until=NOW + HOUR)
        minute += 1
        assert lease is not None
        tomorrow.jobs.finish(lease, state, "reason")
    told = [(event.kind, event.message) for event in tomorrow.events.after(0)]
    assert [kind for kind, _message in told] == [
        EventKind.JOB_FAILED, EventKind.JOB_STUCK, EventKind.JOB_FAILED, EventKind.JOB_RECOVERED,
    ]  # fmt: skip
    assert told[0][1] == "The job audit failed: reason 0"
    assert "since 2026-11-20 09:00 UTC" in told[3][1]
    assert tomorrow.jobs.list()[0].failing_since is None


def test_a_missed_slot_can_be_settled_without_running(store: Store) -> None:
    """It shows as skipped, once, and nobody runs it."""
    registered(store)
    assert store.jobs.skip("audit", SLOT, "missed")
    assert not store.jobs.skip("audit", SLOT, "missed")
    assert store.jobs.claim("audit", SLOT, until=NOW + HOUR) is None


def test_old_runs_are_forgotten_but_never_the_newest(store: Store) -> None:
    """What says that the newest slot was run stays, however old."""
    registered(store, timedelta(days=9))
    for days in (3, 2, 1):
        slot = NOW - timedelta(days=days)
        lease = store.jobs.claim("audit", slot, until=NOW + HOUR)
        assert lease is not None
        store.jobs.finish(lease, JobState.DONE)
    assert store.jobs.prune({"audit": NOW}) == 2
    assert [run.slot for run in store.jobs.runs("audit")] == [NOW - timedelta(days=1)]
    assert not store.jobs.may_be_due("audit", NOW - timedelta(days=2))


def test_secrets_do_not_reach_an_outcome(store: Store) -> None:
    """A platform's error text may quote a token."""
    from auditor.vault import register

    register("hunter2-token-value")
    registered(store)
    store.jobs.finish(claimed(store), JobState.FAILED, "401 for hunter2-token-value")
    run = store.jobs.run("audit", SLOT)
    assert run is not None
    assert "hunter2" not in run.outcome
    assert "hunter2" not in store.events.after(0)[0].message
