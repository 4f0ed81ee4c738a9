"""One look: what is due is started, lanes wait for themselves alone, and ends are recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.daemon.executors import Ended
from auditor.daemon.idle import DELIVERED
from auditor.daemon.jobs import Job
from auditor.daemon.plan import Planned, make_plan
from auditor.daemon.watcher import Watcher
from auditor.model.event import EventKind
from auditor.store.job_records import JobState, Lease
from auditor.store.records import OutboxMessage
from auditor.store.store import Store
from tests.daemon.support_daemon import ORGANIZATION, Clock, Inline, make_job, open_workspace, utc

NOW = utc(2026, 11, 20, 9)
MINUTE = timedelta(minutes=1)


class Held:
    """An executor whose runs last until they are told to end."""

    def __init__(self) -> None:
        self.begun: list[tuple[Planned, Lease]] = []
        self.ended: list[Ended] = []

    def start(self, planned: Planned, lease: Lease) -> None:
        """Note it."""
        self.begun.append((planned, lease))

    def end(self, name: str, how: str = "", *, was_stuck: bool = False) -> Lease:
        """Let the run of a job end without a record; return its lease."""
        planned, lease = next(one for one in self.begun if one[0].name == name)
        self.begun.remove((planned, lease))
        self.ended.append(Ended(planned, lease, how, was_stuck))
        return lease

    def reap(self) -> Sequence[Ended]:
        """Return what ended."""
        ended, self.ended = self.ended, []
        return ended

    def running(self) -> Sequence[Planned]:
        """Return what was begun."""
        return [planned for planned, _lease in self.begun]

    def stop(self, grace: timedelta, hurry: object) -> Sequence[Ended]:
        """End all."""
        for planned in self.running():
            self.end(planned.name, "killed")
        return self.reap()


class Bench:
    """A store, a clock moved by hand, and a watcher."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOW)
        self.store = Store.open(f"sqlite:///{folder / 'a.db'}", organization=ORGANIZATION, clock=self.clock)

    def watcher(self, watch: Mapping[str, str], *jobs: Job, held: Held | None = None) -> Watcher:
        """Return a watcher that has entered its jobs."""
        workspace = open_workspace(self.folder, {"jitter": "0s", **watch}, self.clock)
        executor = held or Inline(workspace, self.store)
        watcher = Watcher(workspace, self.store, make_plan(workspace.config, jobs), executor)
        watcher.register()
        return watcher

    def states(self, name: str) -> list[JobState]:
        """Return how a job's runs stand, the newest first."""
        return [run.state for run in self.store.jobs.runs(name)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return an empty store with a clock."""
    made = Bench(tmp_path)
    yield made
    made.store.close()


def test_a_fresh_install_polls_and_audits_at_once_and_reports_nothing(bench: Bench) -> None:
    """What runs at first runs now; last quarter's review is nobody's due."""
    watch = {
        "roster": "{every: 15m}",
        "audit": "{daily: 02:00}",
        "report": "{quarterly: {day: 1, at: 08:00}}",
    }
    watcher = bench.watcher(watch, make_job("roster"), make_job("audit"), make_job("report"))
    assert watcher.tick() == 2
    assert watcher.is_settled()
    assert bench.states("report") == []
    bench.clock.now = utc(2027, 1, 1, 14, 0)
    assert watcher.tick() == 3
    assert bench.states("report") == [JobState.DONE]


def test_a_long_audit_keeps_nobody_from_the_roster(bench: Bench) -> None:
    """The audit's lane is busy for three hours; the roster is polled every quarter of an hour all the same."""
    held = Held()
    watch = {"roster": "{every: 15m}", "audit": "{daily: 02:00}", "report": "{every: 1h}"}
    watcher = bench.watcher(watch, make_job("roster"), make_job("audit"), make_job("report"), held=held)
    watcher.tick()
    for _quarter in range(12):
        bench.store.jobs.finish(held.end("roster"), JobState.DONE)
        bench.clock.move(15 * MINUTE)
        watcher.tick()
    assert bench.states("roster") == [JobState.RUNNING] + [JobState.DONE] * 12
    assert bench.states("audit") == [JobState.RUNNING]
    assert bench.states("report") == []
    bench.store.jobs.finish(held.end("audit"), JobState.DONE)
    watcher.tick()
    assert bench.states("report") == [JobState.RUNNING]


def test_what_only_waited_for_its_lane_is_not_missed(bench: Bench) -> None:
    """``catch_up: skip`` leaves out what nobody was there for, not what had to queue."""
    held = Held()
    watch = {"audit": "{every: 24h}", "report": "{every: 2h, catch_up: skip}"}
    watcher = bench.watcher(watch, make_job("audit"), make_job("report"), held=held)
    watcher.tick()
    bench.clock.now = utc(2026, 11, 20, 10)
    watcher.tick()
    bench.clock.move(50 * MINUTE)
    bench.store.jobs.finish(held.end("audit"), JobState.DONE)
    watcher.tick()
    assert bench.states("report") == [JobState.RUNNING]


def test_a_missed_slot_is_skipped_where_that_is_asked_for(bench: Bench) -> None:
    """Down over 02:00 with ``catch_up: skip``: it shows as skipped, and the next night's is run."""
    watcher = bench.watcher(
        {"audit": "{daily: 02:00, catch_up: skip}"}, make_job("audit", runs_at_first=False)
    )
    bench.clock.now = utc(2026, 11, 21, 15)
    assert watcher.tick() == 0
    assert bench.states("audit") == [JobState.SKIPPED]
    bench.clock.now = utc(2026, 11, 22, 8, 1)
    watcher.tick()
    assert bench.states("audit") == [JobState.DONE, JobState.SKIPPED]


def test_a_failed_night_is_tried_again_that_night_and_told_once_it_is_given_up(bench: Bench) -> None:
    """Three tries some minutes apart; the event comes with the last."""
    watcher = bench.watcher({"audit": "{daily: 02:00}"}, make_job("audit", "fail", attempts=3))
    tries = []
    for minute in range(60):
        if watcher.tick():
            tries.append(minute)
        bench.clock.move(MINUTE)
    assert tries == [0, 2, 12]
    run = bench.store.jobs.runs("audit")[0]
    assert (run.state, run.attempt, run.outcome) == (JobState.FAILED, 3, "the platform is down. Wait.")
    assert [event.kind for event in bench.store.events.after(0)] == [EventKind.JOB_FAILED]


def test_a_fault_of_the_program_ends_one_job_and_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told by its kind, without what it may quote; the traceback is in the log."""
    watch = {"audit": "{daily: 02:00}", "report": "{every: 1h}"}
    watcher = bench.watcher(
        watch, make_job("audit", "break_down", attempts=1), make_job("report", runs_at_first=True)
    )
    assert watcher.tick() == 2
    assert bench.states("report") == [JobState.DONE]
    assert "a fault of the program (ZeroDivisionError)" in bench.store.jobs.runs("audit")[0].outcome
    assert "ZeroDivisionError" in caplog.text


def test_a_run_whose_process_is_gone_is_recorded_by_the_daemon(bench: Bench) -> None:
    """Killed by the system: it failed, with the signal; stopped at its limit: it is stuck, and told."""
    held = Held()
    watch = {"audit": "{daily: 02:00}", "roster": "{every: 15m}"}
    watcher = bench.watcher(watch, make_job("audit", attempts=1), make_job("roster"), held=held)
    watcher.tick()
    held.end("audit", "its process was ended by signal 9")
    held.end("roster", "it had run for 0:10:00 and was stopped", was_stuck=True)
    watcher.tick()
    assert bench.states("audit") == [JobState.FAILED]
    assert bench.states("roster") == [JobState.STUCK]
    assert {event.message for event in bench.store.events.after(0)} == {
        "The job audit failed: its process was ended by signal 9",
        "The job roster was stopped at its time limit: it had run for 0:10:00 and was stopped",
    }
    assert watcher.ended == {("audit", JobState.FAILED): 1, ("roster", JobState.STUCK): 1}


def test_what_cannot_be_recorded_now_is_recorded_later(bench: Bench) -> None:
    """The database is away for a minute just as a run ends: nothing is lost and nothing raised."""
    held = Held()
    watcher = bench.watcher({"audit": "{daily: 02:00}"}, make_job("audit", attempts=1), held=held)
    watcher.tick()
    held.end("audit", "its process ended with code 1")
    place = bench.folder / "a.db"
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (bench.folder / name).rename(bench.folder / f"away-{name}")
    bench.store._database.engine.dispose()
    place.mkdir()
    watcher.reap()
    place.rmdir()
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (bench.folder / f"away-{name}").rename(bench.folder / name)
    assert bench.states("audit") == [JobState.RUNNING]
    watcher.reap()
    assert bench.states("audit") == [JobState.FAILED]


def test_stopping_gives_back_what_was_killed(bench: Bench) -> None:
    """The next daemon takes it up at once, and it does not count as a try."""
    held = Held()
    job = make_job("audit")
    watcher = bench.watcher({"audit": "{daily: 02:00}"}, job, held=held)
    watcher.tick()
    watcher.stop(MINUTE, lambda: False)
    assert bench.states("audit") == [JobState.WAITING]
    assert bench.watcher({"audit": "{daily: 02:00}"}, job).tick() == 1
    run = bench.store.jobs.runs("audit")[0]
    assert (run.state, run.attempt) == (JobState.DONE, 1)


def test_an_idle_job_starts_no_process_and_leaves_no_run(bench: Bench) -> None:
    """Without a roster in the configuration nothing is polled."""
    job = make_job("roster", idle="auditor.daemon.idle:without_roster")
    watcher = bench.watcher({"roster": "{every: 15m}"}, job)
    assert watcher.tick() == 0
    assert watcher.is_settled()
    assert bench.states("roster") == []
    assert not watcher.run_now("roster")


def test_a_message_that_waits_for_its_time_starts_no_delivery(bench: Bench) -> None:
    """While nothing is due no process is begun; once it is, one is."""
    job = make_job("deliver", idle="auditor.daemon.idle:nothing_to_send")
    watcher = bench.watcher({"deliver": "{every: 1m}"}, job)
    assert watcher.tick() == 1
    message = OutboxMessage(
        message_id="<1@riverside.example>", key="one", kind="report", subject="Access review",
        recipients=("lee.ray@riverside.example",), raw=b"x", created_at=NOW, due_at=NOW + 3 * MINUTE,
    )  # fmt: skip
    bench.store.outbox.enqueue(message)
    bench.store.events.advance(DELIVERED, bench.store.events.last())
    begun = []
    for _minute in range(4):
        bench.clock.move(MINUTE)
        begun.append(watcher.tick())
    assert begun == [0, 0, 1, 1]


def test_jitter_delays_a_little_the_same_everywhere_and_never_past_the_next_slot(bench: Bench) -> None:
    """Two machines agree on the delay; two organisations do not begin at one second."""
    plans = [
        make_plan(
            open_workspace(bench.folder, {"jitter": "1h", "audit": "{every: 5m}"}, bench.clock).config,
            [make_job("audit")],
        )[0]
        for _machine in range(2)
    ]
    slots = [plans[0].cadence.latest(NOW + number * 5 * MINUTE) for number in range(50)]
    delays = [plans[0].starts_at(slot) - slot for slot in slots]
    assert delays == [plans[1].starts_at(slot) - slot for slot in slots]
    assert max(delays) < timedelta(seconds=30)
    assert len(set(delays)) > 40


def test_jobs_that_are_off_are_not_in_the_plan(bench: Bench) -> None:
    """``off`` means never; a changed calendar shows in the words the store keeps."""
    config = open_workspace(bench.folder, {"audit": "off", "report": "{daily: 02:00}"}, bench.clock).config
    assert [planned.name for planned in make_plan(config)] == ["report"]
    other = {"report": "{daily: 02:00}", "holidays": "[2026-12-25]"}
    changed = open_workspace(bench.folder, other, bench.clock).config
    assert make_plan(config)[0].told != make_plan(changed)[0].told


def test_old_runs_are_forgotten_once_a_week(bench: Bench) -> None:
    """Polls of three days are kept; older ones are gone within the week."""
    watcher = bench.watcher({"roster": "{every: 12h}"}, make_job("roster", keep=timedelta(days=3)))
    for _half_day in range(60):
        watcher.tick()
        bench.clock.move(timedelta(hours=12))
    assert 6 <= len(bench.states("roster")) <= 21
