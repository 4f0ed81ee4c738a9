"""From a roster edited to the alert in the mail server: the whole way, with real processes and real SMTP."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.daemon.roster_watch import EVERY_SECONDS
from auditor.demo.mailbox import Mailbox
from benchmarks import synthetic
from benchmarks.leaver_house import House
from benchmarks.leaver_watch import watching
from benchmarks.measure import Timing, say
from benchmarks.result import Goal, Result, Table

SIZES = {False: (100_000, 10_000), True: (2_000, 200)}
RUNS = {False: 5, True: 1}
INTERVAL = timedelta(minutes=1)
_ALLOWED_S = 5.0
"""Beyond the poll interval."""


def run(*, quick: bool) -> Result:
    """Measure."""
    grants, people = SIZES[quick]
    runs = RUNS[quick]
    with TemporaryDirectory() as folder, Mailbox(Path(folder) / "mails") as post:
        place = Path(folder)
        house = House(place)
        say(f"an organisation of {grants:,} grants, audited once")
        leavers = house.prepare(grants, people, smtp=post.url, interval=INTERVAL)
        polls = _polls(place, house, leavers[:runs])
        edited = _edits(place, house, leavers[runs : 2 * runs + 1])
    limit = INTERVAL.total_seconds() + _ALLOWED_S
    return Result(
        name="leaver",
        title="A leaver, from the roster to the alert",
        what=(
            f"{grants:,} grants, {people:,} people, SQLite. One person is set to terminated in the roster's CSV, which is replaced as"
            " an export does it. The first row is `auditor watch` itself, in a process of its own, which polls every"
            f" {INTERVAL.total_seconds():.0f} s and looks every {EVERY_SECONDS:.0f} s whether another file lies there; edits come at"
            " different moments between two looks. The organisation was audited by the data's clock and the daemon has the real one;"
            " what the time between has changed comes with one more leaver, whose mails are not timed. A poll reads the roster, writes the snapshot that carries the platform facts,"
            " judges all of it by every built-in rule, records, follows up, writes the alert with its removal plan and hands it to a"
            " real SMTP server, where the clock stops. The other rows are single polls, each a fresh process that imports what the"
            " daemon's child does, and tell where the time goes."
        ),
        tables=[
            Table(
                ("", "median (range)"),
                [
                    ("the daemon: from the edit of the file to the mail", edited.shown),
                    ("one poll: from the start of its process to the mail", polls.from_start.shown),
                    ("one poll: from its look at the file to the mail", polls.from_look.shown),
                    ("one poll that finds nothing changed, its whole process", polls.idle.shown),
                ],
            )
        ],
        goals=[
            Goal(
                f"From the edit to the mail, the slowest; one poll interval ({INTERVAL.total_seconds():.0f} s) and"
                f" {_ALLOWED_S:.0f} s",
                max(edited.seconds),
                limit,
                "s",
            )
        ],
        figures={
            "edit_to_mail_s": edited.median,
            "slowest_s": max(edited.seconds),
            "start_to_mail_s": polls.from_start.median,
            "look_to_mail_s": polls.from_look.median,
            "idle_poll_s": polls.idle.median,
        },
        peers=("duckdb", "pandas", "sqlalchemy"),
    )


def _edits(place: Path, house: House, leavers: Sequence[str]) -> Timing:
    """Have one person after the other leave while the daemon watches; all but the first are timed."""
    took = Timing("from the edit to the mail")
    with watching(place) as daemon:
        since = 0.0
        for number, person_id in enumerate(leavers):
            say(f"the daemon, leaver {number + 1} of {len(leavers)}")
            daemon.rests(since)
            time.sleep(EVERY_SECONDS * number / len(leavers))
            words = house.leaves(person_id)
            since = time.time()
            took.seconds.append(house.mailed(words) - since)
        daemon.rests(since)
    return Timing(took.name, took.seconds[1:])


@dataclass(frozen=True, slots=True)
class Polls:
    """What single polls took."""

    from_start: Timing
    from_look: Timing
    idle: Timing


def _polls(place: Path, house: House, leavers: Sequence[str]) -> Polls:
    """Have one person after the other leave, each found by a poll of its own; each followed by one that finds nobody."""
    timings = Polls(Timing("from start"), Timing("from look"), Timing("idle"))
    for number, person_id in enumerate(leavers):
        say(f"one poll, leaver {number + 1} of {len(leavers)}")
        words = house.leaves(person_id)
        began = time.time()
        polling = _poll(place, 15 * (number + 1))
        told = house.mailed(words)
        looked, _said = _ended(polling)
        timings.from_start.seconds.append(told - began)
        timings.from_look.seconds.append(told - looked)
        began = time.time()
        _looked, said = _ended(_poll(place, 15 * (number + 1) + 5))
        if "Nobody" not in said:
            raise RuntimeError(f"the poll was to find nothing: {said}")
        timings.idle.seconds.append(time.time() - began)
    return timings


def _poll(place: Path, minutes: int) -> subprocess.Popen[str]:
    now = synthetic.NOW + timedelta(minutes=minutes)
    command = [sys.executable, "-m", "benchmarks.leaver_poll", str(place), now.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _ended(polling: subprocess.Popen[str]) -> tuple[float, str]:
    """Return when the poll looked at the file (Unix time) and what it said; raises RuntimeError where it failed."""
    looked, _space, said = polling.communicate()[0].partition(" ")
    if polling.returncode:
        raise RuntimeError(f"the poll failed with code {polling.returncode}")
    return float(looked), said
