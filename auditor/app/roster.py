"""The roster's way in: whole, plausible, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.app.roster_change import compare_people, people_before, people_now, person_events
from auditor.app.roster_file import FileMark, path_of
from auditor.app.workspace import Connection, Workspace
from auditor.errors import RosterError
from auditor.model.event import Event
from auditor.model.facts import Coverage
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState
from connectors.base import Context
from connectors.hr_table.guard import roster_shrank

if TYPE_CHECKING:
    from auditor.store import Store


@dataclass(frozen=True, slots=True)
class RosterRead:
    """A roster as read."""

    people: list[Person]
    problems: list[str]
    """What is wrong with single rows."""
    run: ConnectionRun
    mark: FileMark | None
    """Of the file it was read from; None where it comes from somewhere else."""


def read_roster(
    workspace: Workspace, store: Store, roster: Connection, context: Context, *, accept: bool
) -> RosterRead:
    """Return the people of the roster, and what is wrong with single rows of it.

    Every verdict on leavers rests on this file, so unlike a platform it may not fail in part.

    Raises:
        RosterError: it cannot be read, is empty, or has shrunk by more than is plausible.
        DocumentError: its file cannot be read as a table.

    """
    started_at = context.clock()
    path = path_of(workspace, roster)
    mark = FileMark.of(path) if path else None
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
    run = ConnectionRun(
        id=roster.id,
        connector=roster.connector.name,
        state=RunState.PARTIAL if problems else RunState.COMPLETE,
        facts=len(people),
        reason="; ".join(problems[:20]),
        started_at=started_at,
        finished_at=context.clock(),
    )
    return RosterRead(people, problems, run, mark)


def was_replaced(workspace: Workspace, roster: Connection, read: RosterRead) -> bool:
    """Return whether the roster's file is another than the one read; DocumentError where it is gone."""
    path = path_of(workspace, roster)
    return path is not None and FileMark.of(path, read.mark) != read.mark


def departures(workspace: Workspace, store: Store, read: RosterRead, snapshot_id: str) -> tuple[Event, ...]:
    """Return events of the people who have left, or are gone, since the newest snapshot that is complete."""
    newest = next(iter(store.snapshots(1)), None)
    if newest is None:
        return ()
    change = compare_people(people_before(store, newest.id), people_now(read.people))
    return person_events(change, at=workspace.clock(), snapshot_id=snapshot_id, before=newest)
