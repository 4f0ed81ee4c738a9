"""Rosters written and read in one line, for the tests of the HR connector."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.model.people import Person
from connectors.hr_table import HrTableSettings, Roster, read_roster
from tests.support import NOW, make_context

TODAY = NOW.date()


def roster_of(
    folder: Path, content: str | bytes, *, name: str = "people.csv", now: datetime = NOW, **settings: Any
) -> Roster:
    """Write ``content`` as a roster and read it back through the connector's reader."""
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    options = {
        "id": "roster",
        "connector": "hr-table",
        "path": name,
        "as_of": now.astimezone(UTC).date(),
        **settings,
    }
    return read_roster(HrTableSettings(**options), make_context(folder, now=now))


def by_id(roster: Roster) -> dict[str, Person]:
    """Return the roster's people by their ids."""
    return {person.person_id: person for person in roster.people}
