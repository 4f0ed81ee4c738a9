"""Twenty-four months by a clock moved by hand: every slot once, held against a calendar written otherwise."""

from __future__ import annotations

import calendar
import os
import random
import shutil
import tempfile
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from auditor.daemon.plan import make_plan
from auditor.daemon.watcher import Watcher
from auditor.store.job_records import JobState
from auditor.store.schema import holders
from auditor.store.store import Store
from tests.daemon.support_daemon import ORGANIZATION, Clock, Inline, make_job, open_workspace
from tests.store.conftest import HOW, SERVER

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
END = datetime(2029, 3, 1, 12, tzinfo=UTC)
HOLIDAYS = {date(2027, 7, 5), date(2028, 1, 3), date(2028, 1, 17), date(2028, 4, 3)}
WATCH = {
    "audit": '{daily: "02:30"}',
    "reminders": '{weekly: {on: sunday, at: "01:30"}}',
    "report": '{quarterly: {business_day: 3, at: "08:00"}}',
    "follow_up": '{monthly: {day: 31, at: "23:45"}}',
    "roster": '{weekly: {on: mon, at: "06:00"}}',
    "holidays": f"[{', '.join(map(str, sorted(HOLIDAYS)))}]",
    "jitter": "0s",
}
JOBS = ("audit", "reminders", "report", "follow_up", "roster")


class Crash(BaseException):
    """Stands for the machine's power failing in the middle of a run."""


# What is expected, by the rules of Chicago's clocks as everybody knows them, without zoneinfo


def nth_sunday(year: int, month: int, nth: int) -> date:
    """Return such a day off the wall calendar."""
    return [
        week[6] for week in calendar.Calendar().monthdatescalendar(year, month) if week[6].month == month
    ][nth - 1]


def chicago(day: date, hour: int, minute: int) -> datetime:
    """Return an instant in UTC: the clocks go forward at 02:00 in March and back at 02:00 in November."""
    spring, autumn = nth_sunday(day.year, 3, 2), nth_sunday(day.year, 11, 1)
    if day == spring and hour == 2:
        hour, minute = 3, 0
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    summer = spring < day < autumn or (day == spring and hour >= 3) or (day == autumn and hour < 2)
    return at + timedelta(hours=5 if summer else 6)


def days() -> Iterator[date]:
    """Yield every day of the two years and a little around them."""
    day = date(2027, 2, 1)
    while day < date(2029, 4, 1):
        yield day
        day += timedelta(days=1)


def is_third_business_day(day: date) -> bool:
    """Whether a quarter's third business day is ``day``."""
    if day.month not in (1, 4, 7, 10):
        return False
    worked = [
        d for d in range(1, day.day + 1)
        if calendar.weekday(day.year, day.month, d) < 5 and date(day.year, day.month, d) not in HOLIDAYS
    ]  # fmt: skip
    return len(worked) == 3 and worked[-1] == day.day


EXPECTED: dict[str, list[datetime]] = {
    "audit": [chicago(day, 2, 30) for day in days()],
    "reminders": [chicago(day, 1, 30) for day in days() if day.weekday() == 6],
    "report": [chicago(day, 8, 0) for day in days() if is_third_business_day(day)],
    "follow_up": [chicago(d, 23, 45) for d in days() if d.day == calendar.monthrange(d.year, d.month)[1]],
    "roster": [chicago(day, 6, 0) for day in days() if day.weekday() == 0],
}


class Machine:
    """A daemon that is restarted, and one whose power may fail in the middle of a run."""

    def __init__(self, folder: Path, url: str, clock: Clock, dice: random.Random) -> None:
        self._workspace = open_workspace(folder, WATCH, clock)
        self._url = url
        self._clock = clock
        self._dice = dice
        self._jobs = [
            make_job(name, attempts=1, runs_at_first=False, keep=timedelta(days=9999)) for name in JOBS
        ]
        self.crashes = 0
        self.begin()

    def begin(self) -> None:
        """Start anew; nothing is known but what the store holds."""
        self.store = Store.open(self._url, organization=ORGANIZATION, clock=self._clock, patience=30)
        plan = make_plan(self._workspace.config, self._jobs)
        self._watcher = Watcher(self._workspace, self.store, plan, _Failing(self))
        self._watcher.register()

    def tick(self) -> None:
        """Look what is due."""
        try:
            self._watcher.tick()
        except Crash:
            self.crashes += 1
            dead = self.store._holder.id
            with self.store._database.write() as connection:
                gone = {"host": "elsewhere", "heartbeat_at": self._clock() - timedelta(hours=1)}
                connection.execute(update(holders).where(holders.c.holder_id == dead).values(**gone))
            self.store._holder._ending.set()
            self.store._database.close()
            self.begin()

    def restart(self) -> None:
        """End cleanly and start anew."""
        self.store.close()
        self.begin()

    def next_start(self) -> datetime:
        """Return when it would look again."""
        return self._watcher.next_start()


class _Failing(Inline):
    """Runs at once; now and then the power fails when the work is half done."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine._workspace, machine.store)
        self._machine = machine

    def start(self, planned: object, lease: object) -> None:
        if self._machine._dice.random() < 0.02:
            raise Crash
        super().start(planned, lease)  # type: ignore[arg-type]  # handed on as they came


def live(
    machines: list[Machine],
    clock: Clock,
    dice: random.Random,
    pause: Callable[[], timedelta],
    *,
    corrections: float,
    end: datetime = END,
) -> list[datetime]:
    """Let the time pass; return when somebody looked."""
    looks = []
    while clock.now < end:
        machine = dice.choice(machines)
        ahead = machine.next_start() - clock.now
        clock.move(min(ahead, timedelta(hours=30)) + pause())
        if dice.random() < 0.03:
            machine.restart()
        for one in dice.sample(machines, len(machines)):
            crashes = one.crashes
            one.tick()
            if one.crashes > crashes:
                one.tick()
        looks.append(clock.now)
        if dice.random() < corrections:
            clock.move(-timedelta(minutes=dice.randrange(1, 90)))
    return looks


def runs_of(store: Store, name: str) -> list[datetime]:
    """Return the slots that were run to their end, oldest first."""
    runs = store.jobs.runs(name, limit=10_000)
    assert {run.state for run in runs} <= {JobState.DONE, JobState.LOST}
    return sorted(run.slot for run in runs if run.state is JobState.DONE)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one: two years are thousands of transactions."""
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    yield place
    shutil.rmtree(place)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of an empty store, once on each backend."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/auditor.db"
    if not os.environ.get(SERVER):
        pytest.skip(HOW)
    return str(request.getfixturevalue("postgres_url"))


def test_every_slot_of_two_years_is_run_exactly_once(folder: Path, address: str) -> None:
    """Through clock changes, a leap day, restarts, power failures and corrections of the clock, by two
    daemons over one store: every nightly, weekly, monthly and quarterly slot once, and none else.

    The calendar knows nothing of the backend: on PostgreSQL the first of the two years is lived through.
    """
    end = END if address.startswith("sqlite") else START + timedelta(days=366)
    dice, clock = random.Random(20270301), Clock(START)
    machines = [Machine(folder, address, clock, dice) for _ in range(2)]
    live(machines, clock, dice, lambda: timedelta(seconds=dice.randrange(1, 240)), corrections=0.03, end=end)
    for name in JOBS:
        assert runs_of(machines[0].store, name) == [
            slot for slot in EXPECTED[name] if START < slot <= clock.now
        ]
    ran = len((folder / "notes").read_text().splitlines())
    assert ran == sum(len(runs_of(machines[0].store, name)) for name in JOBS)
    assert sum(machine.crashes for machine in machines) > 5
    for machine in machines:
        machine.store.close()


def test_after_days_off_the_newest_missed_slot_is_run_and_no_other(folder: Path) -> None:
    """A laptop that sleeps for up to ten days: a slot was run if somebody looked before the next one."""
    dice, clock = random.Random(7), Clock(START)
    machine = Machine(folder, f"sqlite:///{folder}/auditor.db", clock, dice)

    def pause() -> timedelta:
        return timedelta(hours=dice.randrange(1, 240)) if dice.random() < 0.1 else timedelta(minutes=1)

    looks = live([machine], clock, dice, pause, corrections=0.0, end=END - timedelta(days=366))
    for name in JOBS:
        slots = EXPECTED[name]
        seen = {slots[bisect(slots, look) - 1] for look in looks if look >= slots[0]}
        assert runs_of(machine.store, name) == sorted(slot for slot in seen if slot > START)
    nights = [slot for slot in EXPECTED["audit"] if START < slot <= clock.now]
    assert len(runs_of(machine.store, "audit")) < len(nights) - 50
    machine.store.close()
