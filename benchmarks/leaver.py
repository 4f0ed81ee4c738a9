"""From a roster edited to the alert in the mail server: the whole way, with real processes and real SMTP."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from auditor.app.audit import run_audit
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.daemon.duties import deliver, poll_roster
from auditor.demo.mailbox import Mailbox
from auditor.model.facts import Fact
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState, Store
from benchmarks import house, synthetic
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
        taken = []
        for number, person_id in enumerate(leavers[: RUNS[quick]]):
            say(f"leaver {number + 1} of {RUNS[quick]}")
            taken.append(_one(place, person_id, number))
    timing = Timing("leaver", taken)
    return Result(
        name="leaver",
        title="A leaver, from the roster to the alert",
        what=(
            f"{grants:,} grants, {people:,} people, SQLite. One person is set to terminated in the roster's CSV; then a fresh process"
            " polls it, as the daemon's job does: reads the roster, writes the snapshot that carries the platform facts, judges all of it"
            " by every built-in rule, records, follows up, writes the alert with its removal plan and hands it to a real SMTP server."
            " The clock runs from the start of that process until the mail is there. A person who is set to terminated right after a"
            " poll is told of by the next, so this comes on top of at most one poll interval."
        ),
        tables=[Table(("", "median (range)"), [("from the poll's start to the mail", timing.shown)])],
        goals=[Goal("The slowest of them", max(taken), _LIMIT_S, "s")],
        figures={"leaver_s": timing.median, "slowest_s": max(taken)},
        peers=("duckdb", "pandas", "sqlalchemy"),
    )


def poll(folder: str, now: str) -> None:
    """Poll the roster once, as the daemon's job does, at the instant ``now``."""
    workspace = _workspace(Path(folder), datetime.fromisoformat(now))
    with workspace.store(create=False) as store:
        print(poll_roster(workspace, store, lambda: None))


def _one(place: Path, person_id: str, number: int) -> float:
    """Return the seconds from the start of the poll after ``person_id`` left until the mail about it is there."""
    seen = set((place / "mails").iterdir())
    name = _leaves(place / "people.csv", person_id)
    words = f"{name} left on".lower().replace(" ", "-")
    now = synthetic.NOW + timedelta(minutes=15 * (number + 1))
    began = time.perf_counter()
    task = f"from benchmarks.leaver import poll; poll({str(place)!r}, {now.isoformat()!r})"
    polling = subprocess.Popen([sys.executable, "-c", task], stdout=subprocess.DEVNULL)
    while time.perf_counter() - began < _PATIENCE_S:
        # The mailbox names a mail by its subject.
        if any(words in path.name for path in set((place / "mails").iterdir()) - seen):
            taken = time.perf_counter() - began
            if polling.wait() == 0:
                return taken
        time.sleep(0.01)
    polling.kill()
    raise RuntimeError(f"no mail about {name} within {seconds(_PATIENCE_S)}")


def _prepare(place: Path, grants: int, people: int, smtp: str) -> list[str]:
    """Write the organisation and audit it; return people who hold access and could leave."""
    house.configure(place)
    with (place / "auditor.yaml").open("a", encoding="utf-8") as config:
        config.write(_MAIL.format(smtp=smtp))
    frames = synthetic.frames(grants, people)
    _write_roster(place / "people.csv", frames["people"])
    workspace = _workspace(place, synthetic.NOW)
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


def _workspace(place: Path, now: datetime) -> Workspace:
    workspace = Workspace.open(place / "auditor.yaml")
    began = datetime.now(UTC)
    workspace.clock = lambda: now + (datetime.now(UTC) - began)
    return workspace
