"""A house whose roster is a file that tests edit: forty people, six of whom hold access that was gathered for real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.app.audit import run_audit
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.store import SnapshotInfo, Store

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOLDERS = 6
PEOPLE = 40
_CONFIG = """organization: {name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}
store: sqlite:///auditor.db
connections:
  - {id: linkedin, connector: table, path: members.csv, attested_by: privacy@riverside.example, attested_on: 2026-11-19, valid_days: 92}
roster: {connector: hr-table, path: people.csv}
policies: {packs: [hipaa-social]}
"""
_MEMBERS = "platform,account,principal_name,principal_email,principal_kind,role,granted_on,last_used_on,mfa,mfa_method\n"
_HEADER = "Employee ID,Name,Work Email,Status,Termination Date,Hire Date\n"


@dataclass(slots=True)
class Roster:
    """The file as HR writes it; `write` puts it on the disk, by rename as exports should."""

    path: Path
    status: dict[int, str] = field(default_factory=dict)
    left_on: dict[int, str] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    written_at: datetime = MORNING - timedelta(hours=3)

    def text(self) -> str:
        """Return the export."""
        lines = [
            f"E{number:03d},Person {number},p{number}@riverside.example,{self.status.get(number, 'Active')},"
            f"{self.left_on.get(number, '')},2020-01-{1 + number % 28:02d}\n"
            for number in range(PEOPLE)
            if number not in self.missing
        ]
        return _HEADER + "".join(lines)

    def write(self, text: str | None = None) -> None:
        """Write the export, or ``text`` in its place."""
        self.written_at += timedelta(minutes=1)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(self.text() if text is None else text, encoding="utf-8")
        os.utime(fresh, (self.written_at.timestamp(), self.written_at.timestamp()))
        fresh.replace(self.path)

    def leaves(self, *numbers: int, on: str = "2026-11-19") -> None:
        """Have people leave, and write it."""
        for number in numbers:
            self.status[number], self.left_on[number] = "Terminated", on
        self.write()


@dataclass(slots=True)
class House:
    """The organisation with its store, its clock and its roster."""

    workspace: Workspace
    roster: Roster
    store: Store = field(init=False)
    now: datetime = MORNING
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        """Return the present instant of the test."""
        return self.now

    def later(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)

    def audit(self) -> SnapshotInfo:
        """Gather, judge and record, as every night."""
        return run_audit(self.workspace, self.store, Silent()).snapshot

    def failed(self, snapshot_id: str, rule: str = "former-staff-access") -> set[str]:
        """Return the people a rule failed for in a snapshot, as recorded."""
        found = self.store.recorded_findings(snapshot_id)
        return set(found.loc[(found["rule"] == rule) & (found["verdict"] == "fail"), "person_id"])


def write_house(folder: Path, extra: str = "") -> None:
    """Write the house's files; ``extra`` is added to its configuration."""
    (folder / "auditor.yaml").write_text(_CONFIG + extra, encoding="utf-8")
    members = "".join(
        f"linkedin,riverside-health,Person {number},p{number}@riverside.example,human,Content admin,2024-01-02,2026-11-01,yes,passkey\n"
        for number in range(HOLDERS)
    )
    (folder / "members.csv").write_text(_MEMBERS + members, encoding="utf-8")
    Roster(folder / "people.csv").write()


@contextmanager
def house(folder: Path, extra: str = "") -> Iterator[House]:
    """Open a house; nothing is gathered yet."""
    write_house(folder, extra)
    with opened(folder) as here:
        yield here


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    """Open the house that stands in ``folder``."""
    roster = Roster(folder / "people.csv")
    here = House(Workspace(load_config(folder / "auditor.yaml")), roster)
    here.workspace.clock = here.clock
    here.workspace.sleep = here.slept.append
    with here.workspace.store() as here.store:
        yield here
