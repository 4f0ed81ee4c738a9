"""An organisation that has been audited once, whose people leave by its roster's CSV, and whose mail is kept."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.app.audit import run_audit
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.daemon.duties import deliver
from auditor.model.facts import Fact
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState, Store
from benchmarks import house, synthetic
from benchmarks.leaver_poll import workspace_at
from benchmarks.measure import seconds
from connectors.base import Context

_PATIENCE_S = 120.0
_FIELDS = {
    "Employee ID": "person_id", "Name": "name", "Work Email": "work_email", "Status": "status",
    "Termination Date": "left_on", "Hire Date": "hired_on", "Department": "department", "Title": "title",
    "Worker Type": "kind", "Manager ID": "manager_id",
}  # fmt: skip
_CONFIG = """reports:
  recipients: [privacy@riverside.example]
  mail: {{smtp: "{smtp}", sender: auditor@riverside.example}}
watch: {{audit: off, report: off, reminders: off, impersonators: off, roster: {{every: {interval}s}}}}
"""


class House:
    """The organisation in a folder."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._roster = place / "people.csv"
        self._mails = place / "mails"
        self._had: frozenset[Path] = frozenset()

    def prepare(self, grants: int, people: int, *, smtp: str, interval: timedelta) -> Sequence[str]:
        """Write the organisation and audit it; return people who hold access and could leave.

        ``interval`` is that of the daemon's polls; its other jobs that ask platforms or send reports are off.
        """
        house.configure(self._place)
        with (self._place / "auditor.yaml").open("a", encoding="utf-8") as config:
            config.write(_CONFIG.format(smtp=smtp, interval=round(interval.total_seconds())))
        frames = synthetic.frames(grants, people)
        self._write_roster(frames["people"])
        workspace = workspace_at(self._place, synthetic.NOW)
        with workspace.store() as store:
            _gather(workspace, store, frames)
            run_audit(workspace, store, Silent(), snapshot_ref="latest")
            deliver(workspace, store, lambda: None)
        return _could_leave(frames)

    def leaves(self, person_id: str) -> str:
        """Have a person leave, by a new file in the old one's place; return the words their mail's name has."""
        with self._roster.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        (row,) = [one for one in rows if one[0] == person_id]
        row[3], row[4] = "Terminated", f"{synthetic.NOW.date() - timedelta(days=1)}"
        self._had = frozenset(self._mails.iterdir())
        self._write(rows)
        return f"{row[1]} left on".lower().replace(" ", "-")

    def mailed(self, words: str) -> float:
        """Wait for a mail named by ``words``, new since somebody left last; return when it was there (Unix time).

        Raises RuntimeError where it does not come.
        """
        began = time.time()
        while time.time() - began < _PATIENCE_S:
            if any(words in path.name for path in frozenset(self._mails.iterdir()) - self._had):
                return time.time()
            time.sleep(0.01)
        raise RuntimeError(f"no mail {words!r} within {seconds(_PATIENCE_S)}")

    def _write_roster(self, people: pd.DataFrame) -> None:
        columns = [
            people[field].astype(object).where(people[field].notna(), "") for field in _FIELDS.values()
        ]
        self._write([list(_FIELDS), *map(list, zip(*columns, strict=True))])

    def _write(self, rows: Sequence[Sequence[Any]]) -> None:
        fresh = self._roster.with_suffix(".new")
        with fresh.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        fresh.replace(self._roster)


def _could_leave(frames: dict[str, pd.DataFrame]) -> list[str]:
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
    began: datetime = synthetic.NOW - timedelta(minutes=1)
    with store.begin_snapshot(began) as writer:
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
