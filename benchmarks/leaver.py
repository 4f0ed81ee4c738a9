"""From a roster edited to the alert in the mail server: the whole way, with real processes and real SMTP."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from auditor.app.audit import run_audit
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.daemon.duties import deliver
from auditor.daemon.roster_watch import EVERY_SECONDS
from auditor.demo.mailbox import Mailbox
from auditor.model.facts import Fact
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState, Store
from benchmarks import house, synthetic
from benchmarks.leaver_poll import workspace_at
from benchmarks.measure import Timing, say, seconds
from benchmarks.result import Goal, Result, Table
from connectors.base import Context

SIZES = {False: (100_000, 10_000), True: (2_000, 200)}
RUNS = {False: 5, True: 1}
_LIMIT_S = 5.0
_PATIENCE_S = 120.0
_FIELDS = {
    "Employee ID": "person_id", "Name": "name", "Work Email": "work_email", "Status": "status",
    "Termination Date": "left_on", "Hire Date": "hired_on", "Department": "department", "Title": "title",
    "Worker Type": "kind", "Manager ID": "manager_id",
}  # fmt: skip
_MAIL = """reports:
  recipients: [privacy@riverside.example]
  mail: {{smtp: "{smtp}", sender: auditor@riverside.example}}
"""


def run(*, quick: bool) -> Result:
    """Measure."""
    grants, people = SIZES[quick]
    with TemporaryDirectory() as folder, Mailbox(Path(folder) / "mails") as post:
        place = Path(folder)
        say(f"an organisation of {grants:,} grants, audited once")
        leavers = _prepare(place, grants, people, post.url)
        took, whole, idle = Timing("from look to mail"), Timing("from start to mail"), Timing("idle")
        for number, person_id in enumerate(leavers[: RUNS[quick]]):
            say(f"leaver {number + 1} of {RUNS[quick]}")
            from_look, from_start = _one(place, person_id, number)
            took.seconds.append(from_look)
            whole.seconds.append(from_start)
            idle.seconds.append(_idle(place, number))
    return Result(
        name="leaver",
        title="A leaver, from the roster to the alert",
        what=(
            f"{grants:,} grants, {people:,} people, SQLite. One person is set to terminated in the roster's CSV; then a fresh process"
            " polls it, as the daemon's job does: reads the roster, writes the snapshot that carries the platform facts, judges all of it"
            " by every built-in rule, records, follows up, writes the alert with its removal plan and hands it to a real SMTP server."
            " Every poll is such a process, so one looks at the file an interval after the other. Who is set to terminated right after"
            " a poll has looked is seen by the next look; so the time from the edit to the mail is at most one poll interval and the"
            " time from a look to the mail, which the goal is about. What a process does before it looks (imports, opening the store,"
            " the rules) passes within the interval; it is in the second row, and in what a poll costs that finds nothing."
            f" For a roster in a file nobody waits for the interval: every {EVERY_SECONDS:.0f} s the daemon looks whether another file"
            " lies there, and begins such a process at once; that is the third row, the second at its slowest and those seconds."
        ),
        tables=[
            Table(
                ("", "median (range)"),
                [
                    ("from the poll's look at the file to the mail", took.shown),
                    ("from the start of the poll's process to the mail", whole.shown),
                    (
                        "at most, from an edit of the file to the mail, as the daemon looks whether there is another",
                        seconds(EVERY_SECONDS + max(whole.seconds)),
                    ),
                    ("a poll that finds nothing changed, its whole process", idle.shown),
                ],
            )
        ],
        goals=[
            Goal("The slowest of them, beyond the poll interval", max(took.seconds), _LIMIT_S, "s"),
        ],
        figures={
            "leaver_s": took.median,
            "slowest_s": max(took.seconds),
            "from_start_s": whole.median,
            "from_edit_s": EVERY_SECONDS + max(whole.seconds),
            "idle_poll_s": idle.median,
        },
        peers=("duckdb", "pandas", "sqlalchemy"),
    )


def _one(place: Path, person_id: str, number: int) -> tuple[float, float]:
    """Return the seconds until the mail about ``person_id``, who left, is there: from the look, and from the start."""
    seen = set((place / "mails").iterdir())
    name = _leaves(place / "people.csv", person_id)
    words = f"{name} left on".lower().replace(" ", "-")
    began = time.time()
    polling = _poll(place, 15 * (number + 1))
    while time.time() - began < _PATIENCE_S:
        # The mailbox names a mail by its subject.
        if any(words in path.name for path in set((place / "mails").iterdir()) - seen):
            told = time.time()
            looked, _space, _said = polling.communicate()[0].partition(" ")
            if polling.returncode == 0:
                return told - float(looked), told - began
        time.sleep(0.01)
    polling.kill()
    raise RuntimeError(f"no mail about {name} within {seconds(_PATIENCE_S)}")


def _idle(place: Path, number: int) -> float:
    """Return the seconds a poll takes, from the start of its process to the end, that finds nothing changed."""
    began = time.time()
    polling = _poll(place, 15 * (number + 1) + 5)
    said = polling.communicate()[0]
    if polling.returncode or "Nobody" not in said:
        raise RuntimeError(f"the poll was to find nothing: {said}")
    return time.time() - began


def _poll(place: Path, minutes: int) -> subprocess.Popen[str]:
    now = synthetic.NOW + timedelta(minutes=minutes)
    command = [sys.executable, "-m", "benchmarks.leaver_poll", str(place), now.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _prepare(place: Path, grants: int, people: int, smtp: str) -> list[str]:
    """Write the organisation and audit it; return people who hold access and could leave."""
    house.configure(place)
    with (place / "auditor.yaml").open("a", encoding="utf-8") as config:
        config.write(_MAIL.format(smtp=smtp))
    frames = synthetic.frames(grants, people)
    _write_roster(place / "people.csv", frames["people"])
    workspace = workspace_at(place, synthetic.NOW)
    with workspace.store() as store:
        _gather(workspace, store, frames)
        run_audit(workspace, store, Silent(), snapshot_ref="latest")
        deliver(workspace, store, lambda: None)
    roster, matches = frames["people"], synthetic.identities(frames)
    here = roster[(roster["status"] == "active") & roster["left_on"].isna()]
    active = frames["grants"].loc[frames["grants"]["status"] == "active", "principal_id"]
    held = matches.loc[matches["principal_id"].isin(active), "person_id"]
    return list(here.loc[here["person_id"].isin(held), "person_id"])


def _gather(workspace: Workspace, store: Store, frames: dict[str, pd.DataFrame]) -> None:
    """Keep a snapshot: the platforms' facts as made up, the people as the roster's connector reads them."""
    roster = workspace.roster
    assert roster is not None
    run = ConnectionRun(id="made-up", connector="table", state=RunState.COMPLETE)
    with store.begin_snapshot(synthetic.NOW - timedelta(minutes=1)) as writer:
        context = Context(
            clock=workspace.clock,
            evidence=writer.evidence,
            secret=workspace.secrets.resolve,
            base_dir=workspace.loaded.base_dir,
        )
        told: list[Fact] = [
            one for one in roster.connector.collect(roster.settings, context) if isinstance(one, Person)
        ]
        writer.add(told)
        writer.add(one for one in synthetic.facts(frames) if not isinstance(one, Person))
        writer.finish(
            synthetic.NOW, [run, ConnectionRun(id="roster", connector="hr-table", state=RunState.COMPLETE)]
        )


def _write_roster(path: Path, people: pd.DataFrame) -> None:
    columns = [people[field].astype(object).where(people[field].notna(), "") for field in _FIELDS.values()]
    _write(path, [list(_FIELDS), *map(list, zip(*columns, strict=True))])


def _leaves(path: Path, person_id: str) -> str:
    """Have a person leave; return their name."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    (row,) = [one for one in rows if one[0] == person_id]
    row[3], row[4] = "Terminated", f"{synthetic.NOW.date() - timedelta(days=1)}"
    _write(path, rows)
    return row[1]


def _write(path: Path, rows: list[list[Any]]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    fresh.replace(path)
