"""Finding complete snapshots. One that is not complete is never returned from here."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, distinct, func, literal, select, text, tuple_

from auditor.errors import StoreError
from auditor.store.columns import from_microseconds, to_microseconds
from auditor.store.records import JSON, ConnectionRun, RunState, SnapshotInfo
from auditor.store.schema import fact_tables, snapshots
from auditor.store.schema_events import event_cursors

COMPLETE = "complete"
OPEN = "open"
LATEST = "latest"
_NEAREST = 3
_FEW = 100
"""Ids asked for by name; of more the whole list is read."""
_ADVISORY_LOCK = 0x736E61707368
"""On PostgreSQL one snapshot at a time becomes complete."""
_SET_BACK_AT_MOST = timedelta(hours=1)
"""A clock further behind the newest snapshot was not merely corrected."""
_COMPLETE_NEWEST_FIRST = (
    select(snapshots)
    .where(snapshots.c.status == COMPLETE)
    # By their ends: a roster poll may begin and end while a longer run is under way.
    .order_by(snapshots.c.finished_at.desc(), snapshots.c.snapshot_no.desc())
)


def list_snapshots(connection: Connection, limit: int | None = None) -> tuple[SnapshotInfo, ...]:
    """Return the complete snapshots, newest first."""
    return tuple(_info(row) for row in connection.execute(_COMPLETE_NEWEST_FIRST.limit(limit)))


def list_before(connection: Connection, before: SnapshotInfo | None, limit: int) -> tuple[SnapshotInfo, ...]:
    """Return up to ``limit`` complete snapshots, newest first, that are older than ``before``; None: than none."""
    statement = _COMPLETE_NEWEST_FIRST.limit(limit)
    if before is not None:
        (number,) = numbers_of(connection, [before.id])
        place = tuple_(snapshots.c.finished_at, snapshots.c.snapshot_no)
        statement = statement.where(place < (before.finished_at, number))
    return tuple(_info(row) for row in connection.execute(statement))


def ids_until(connection: Connection, finished_at: datetime) -> list[str]:
    """Return the ids of the complete snapshots that ended by then, oldest first."""
    statement = _COMPLETE_NEWEST_FIRST.with_only_columns(snapshots.c.snapshot_id)
    return list(connection.execute(statement.where(snapshots.c.finished_at <= finished_at)).scalars())[::-1]


def list_unread(connection: Connection, mark: str) -> tuple[SnapshotInfo, ...]:
    """Return the complete snapshots, oldest first, of which no reader called ``mark`` and their id is known."""
    reader = literal(mark) + snapshots.c.snapshot_id
    read = select(event_cursors.c.reader).where(event_cursors.c.reader == reader).exists()
    statement = _COMPLETE_NEWEST_FIRST.where(~read)
    return tuple(_info(row) for row in reversed(connection.execute(statement).all()))


def find_snapshot(connection: Connection, ref: str) -> tuple[int, SnapshotInfo]:
    """Return the number and description of the snapshot ``ref``: ``latest``, an id or its beginning.

    Raises:
        StoreError: there is none, or the beginning fits several; names the nearest.

    """
    exact = select(snapshots).where(snapshots.c.snapshot_id == ref.strip(), snapshots.c.status == COMPLETE)
    if ref.strip() == LATEST:
        exact = _COMPLETE_NEWEST_FIRST.limit(1)
    known = connection.execute(exact).one_or_none()
    if known is not None:
        return known.snapshot_no, _info(known)
    ids = list(
        connection.execute(_COMPLETE_NEWEST_FIRST.with_only_columns(snapshots.c.snapshot_id)).scalars()
    )
    if not ids:
        raise StoreError("There is no snapshot yet.", remedy="Run 'auditor collect' or 'auditor audit'.")
    found = _match(ids, ref.strip())
    row = connection.execute(select(snapshots).where(snapshots.c.snapshot_id == found)).one()
    return row.snapshot_no, _info(row)


class SnapshotOvertaken(StoreError):
    """Another snapshot became the newest while this one was being written."""


def end_of_line(connection: Connection, finished_at: datetime, *, after: str | None) -> datetime:
    """Return when a snapshot that becomes complete in this transaction ends; nobody else's does meanwhile.

    That is ``finished_at``, or just after the newest snapshot where the clock was set back a little since.

    Raises:
        SnapshotOvertaken: the newest snapshot is not ``after``.

    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    newest = connection.execute(_COMPLETE_NEWEST_FIRST.limit(1)).one_or_none()
    if after is not None and (newest is None or newest.snapshot_id != after):
        raise SnapshotOvertaken(f"The snapshot {after} is no longer the newest.", remedy="Begin again.")
    if newest is None or not timedelta() < newest.finished_at - finished_at <= _SET_BACK_AT_MOST:
        return finished_at
    ended: datetime = newest.finished_at + timedelta(microseconds=1)
    return ended


def numbers_of(connection: Connection, ids: Collection[str]) -> dict[int, str]:
    """Return the number of each of these complete snapshots, with its id."""
    wanted = set(ids)
    listed = select(snapshots.c.snapshot_no, snapshots.c.snapshot_id).where(snapshots.c.status == COMPLETE)
    if len(wanted) <= _FEW:
        listed = listed.where(snapshots.c.snapshot_id.in_(wanted))
    return {number: name for number, name in connection.execute(listed) if name in wanted}


def count_people(connection: Connection) -> tuple[int, str] | None:
    """Return how many people the newest snapshot that has a roster holds, and that snapshot's id."""
    for row in connection.execute(_COMPLETE_NEWEST_FIRST):
        if row.counts.get("people"):
            people = fact_tables["people"]
            count = connection.execute(
                select(func.count(distinct(people.c.person_id))).where(
                    people.c.snapshot_no == row.snapshot_no
                )
            ).scalar_one()
            return count, row.snapshot_id
    return None


def runs_to_json(runs: Iterable[ConnectionRun]) -> list[JSON]:
    """Return connection runs as JSON."""
    return [
        {
            name: to_microseconds(value) if isinstance(value, datetime) else value
            for name, value in asdict(run).items()
        }
        for run in runs
    ]


def runs_from_json(data: Iterable[dict[str, Any]]) -> tuple[ConnectionRun, ...]:
    """Return the connection runs kept as ``data``."""
    runs = []
    for entry in data:
        times = {
            name: None if entry[name] is None else from_microseconds(entry[name])
            for name in ("started_at", "finished_at")
        }
        runs.append(ConnectionRun(**{**entry, **times, "state": RunState(entry["state"])}))
    return tuple(runs)


def _match(ids: list[str], ref: str) -> str:
    fitting = [known for known in ids if ref and known.lower().startswith(ref.lower())]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise StoreError(
            f"{len(fitting)} snapshots begin with {ref[:80]!r}.",
            remedy=f"Write more of the id, such as {' or '.join(fitting[:_NEAREST])}.",
        )
    nearest = difflib.get_close_matches(ref, ids, n=_NEAREST, cutoff=0) or ids[:_NEAREST]
    raise StoreError(
        f"There is no snapshot {ref[:80]!r}.", remedy=f"Nearest: {', '.join(nearest)}. Or write 'latest'."
    )


def _info(row: Row[Any]) -> SnapshotInfo:
    return SnapshotInfo(
        id=row.snapshot_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        connections=runs_from_json(row.connections),
        counts=row.counts,
        judged_at=row.judged_at,
    )
