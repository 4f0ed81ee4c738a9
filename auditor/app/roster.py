"""The roster's way in: whole, plausible, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.workspace import Connection, Workspace
from auditor.errors import RosterError
from auditor.model.facts import Coverage
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState
from connectors.base import Context
from connectors.hr_table.guard import roster_shrank

if TYPE_CHECKING:
    from auditor.store import Store


def read_roster(
    workspace: Workspace, store: Store, roster: Connection, context: Context, *, accept: bool
) -> tuple[list[Person], list[str]]:
    """Return the people of the roster, and what is wrong with single rows of it.

    Every verdict on leavers rests on this file, so unlike a platform it may not fail in part.

    Raises:
        RosterError: it cannot be read, is empty, or has shrunk by more than is plausible.

    """
    people: list[Person] = []
    problems: list[str] = []
    for fact in roster.connector.collect(roster.settings, context):
        if isinstance(fact, Person):
            people.append(fact)
        elif isinstance(fact, Coverage):
            problems.append(fact.reason)
    if not people:
        raise RosterError("the roster has no people in it.", remedy="Export it again and check the file.")
    before = store.people_count()
    entry = workspace.roster_entry
    if before is not None and entry is not None and not accept:
        error = roster_shrank(before[0], len(people), entry.max_shrink)
        if error is not None:
            raise error
    return people, problems


def roster_run(
    roster: Connection,
    people: Sequence[Person],
    problems: Sequence[str],
    started: datetime,
    finished: datetime,
) -> ConnectionRun:
    """Return the roster's part in a snapshot; what is wrong with single rows makes it partial."""
    return ConnectionRun(
        id=roster.id,
        connector=roster.connector.name,
        state=RunState.PARTIAL if problems else RunState.COMPLETE,
        facts=len(people),
        reason="; ".join(problems[:20]),
        started_at=started,
        finished_at=finished,
    )
