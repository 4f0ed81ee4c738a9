"""A small organisation that needs no network: a roster and an X archive, and the command line over it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import run
from auditor.demo.x_archive_writer import XArchive, app, current_members, login, write_archive

ROSTER = """\
Employee ID,Full Name,Work Email,Status,Termination Date,Department,Job Title,Hire Date
0007,Bo Fox,bo.fox@riverside.example,Terminated,2026-10-31,Marketing,Social Media Manager,2019-01-02
0008,Dana Cole,dana.cole@riverside.example,Active,,Marketing,Social Media Manager,2020-03-04
0009,Sam Poe,sam.poe@riverside.example,Active,,Marketing,Director of Digital,2018-05-06
0010,Lee Ray,lee.ray@riverside.example,Active,,Compliance,Privacy Officer,2017-07-08
0011,Kim Oak,kim.oak@riverside.example,Active,,Compliance,Analyst,2017-07-08
"""
DELEGATES = """\
platform,account,principal_name,principal_email,principal_kind,role,mfa
x,RiversideHealth,Bo Fox,bo.fox@riverside.example,human,contributor,yes
x,RiversideHealth,Dana Cole,dana.cole@riverside.example,human,admin,yes
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Bench:
    """A folder with a configuration, and commands run in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "auditor.yaml"

    def __call__(self, *arguments: str) -> Done:
        """Run one command with this folder's configuration."""
        self._capsys.readouterr()
        code = run([*arguments, "--config", str(self.config)])
        said = self._capsys.readouterr()
        return Done(code, said.out, said.err)

    def edit(self, old: str, new: str, name: str = "auditor.yaml") -> None:
        """Replace a text in one of the files; it must be there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def fill(folder: Path) -> None:
    """Write the small organisation into ``folder``; everything in it is of yesterday."""
    yesterday = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    archive = XArchive(
        account_id="1001",
        handle="RiversideHealth",
        name="Riverside Health",
        email="bo.fox@riverside.example",
        created_at=datetime(2012, 1, 1, tzinfo=UTC),
        generated_at=yesterday,
        members={
            "connected-application": (
                app("77", "PostPilot", ("read", "write", "directmessages"), datetime(2021, 1, 1, tzinfo=UTC)),
            ),
            "ip-audit": (login("1001", yesterday, "203.0.113.9"),),
        },
    )
    (folder / "exports").mkdir(parents=True)
    write_archive(folder / "exports" / "x.zip", current_members(archive), yesterday)
    (folder / "people.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "delegates.csv").write_text(DELEGATES, encoding="utf-8")
    (folder / "auditor.yaml").write_text(
        f"""\
organization: {{name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}}
connections:
  - {{id: x-archive, connector: x-archive, path: exports/}}
  - {{id: delegates, connector: table, path: delegates.csv, attested_by: lee.ray@riverside.example, attested_on: {yesterday:%Y-%m-%d}, valid_days: 30}}
roster: {{connector: hr-table, path: people.csv}}
reports: {{formats: [html, csv, json]}}
""",
        encoding="utf-8",
    )
