"""What is played: a small house for the tests, the demo organisation for the long run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation import NOW, WEEK_BEFORE
from auditor.demo.organisation.folder import EXPORTED_ON, SECRETS, write_demo
from auditor.demo.organisation.meta_state import graph_state, state_week_before
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from tests.app.support_roster import MORNING, Roster, write_house
from tests.chaos.support_chaos import PostOffice, Step

_MAIL = """reports:
  recipients: [privacy@riverside.example]
  mail: {{smtp: "{smtp}", sender: auditor@riverside.example}}
alerts:
  operators: [engineer@riverside.example]
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A house, ready to be played."""

    config: Path
    steps: tuple[Step, ...]
    post: PostOffice
    environ: dict[str, str]


@contextmanager
def small_house(folder: Path) -> Iterator[Scenario]:
    """A night, a leaver at noon, another night with a second one."""
    with PostOffice() as post:
        folder.mkdir()
        write_house(folder, _MAIL.format(smtp=post.url))
        roster = Roster(folder / "people.csv")
        yield Scenario(
            folder / "auditor.yaml",
            (
                Step("audit"),
                Step("deliver"),
                Step("poll", lambda: roster.leaves(2)),
                Step("deliver"),
                Step("audit", lambda: roster.leaves(3)),
                Step("deliver"),
            ),
            post,
            {},
        )


@contextmanager
def demo(folder: Path) -> Iterator[Scenario]:
    """The demo organisation: an audit, one a week later, a leaver at noon, the report to everybody, another night."""
    with (
        XSandbox(x_state()) as x,
        GraphSandbox(state_week_before()) as before,
        GraphSandbox(graph_state()) as graph,
        PostOffice() as post,
    ):

        def write(graph_url: str, exported_on: date) -> None:
            write_demo(
                folder,
                x_base_url=x.base_url,
                graph_base_url=graph_url,
                exported_on=exported_on,
                mail=post.url,
            )

        write(before.base_url, EXPORTED_ON - timedelta(days=7))
        yield Scenario(
            folder / "auditor.yaml",
            (
                Step("audit", at=WEEK_BEFORE),
                Step("deliver"),
                Step("audit", lambda: write(graph.base_url, EXPORTED_ON), at=NOW),
                Step("deliver"),
                Step("poll", lambda: leaves(folder / "hr" / "people.csv", _LEAVER)),
                Step("deliver"),
                Step("report"),
                Step("audit"),
                Step("deliver"),
            ),
            post,
            dict(SECRETS),
        )


def leaves(roster: Path, number: str) -> None:
    """Have somebody leave on the day before the export."""
    lines = roster.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = [place for place, line in enumerate(lines) if line.startswith(number)]
    cells = next(csv.reader([lines[at]]))
    cells[5], cells[8] = "Terminated", "11/18/2026"
    row = io.StringIO()
    csv.writer(row).writerow(cells)
    lines[at] = row.getvalue()
    roster.write_text("".join(lines), encoding="utf-8", newline="")


_LEAVER = "010003"
"""Tomas Berg, Social Media Manager."""
START = MORNING + timedelta(hours=1)
