"""Drift: what changed between two looks at the platforms, put into the journal of events.

Each gathered snapshot is compared once, with the last ones that read the same things, and marked as
done. A run that was killed between gathering and following up is caught up by the next: events have
keys of their own, so telling them twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from auditor.app.drift_events import Teller
from auditor.app.drift_find import LOOK_BACK, Difference, Finder, read_side
from auditor.app.drift_words import Names
from auditor.app.judge import match_people
from auditor.app.progress import Progress
from auditor.app.workspace import Workspace
from auditor.model.estate import AccessStatus, Level
from auditor.model.event import Event, EventKind
from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store
    from auditor.store.diff import Side

DRIFT = frozenset(kind for kind in EventKind if kind.value.startswith("drift."))
"""The kinds of event told here."""
_MARK = "drift/"
"""Before a snapshot's id: the name under which it is noted that the snapshot was compared."""


def follow_drift(workspace: Workspace, store: Store, progress: Progress | None = None) -> int:
    """Compare every snapshot that was not compared yet; return how many events are new in the journal.

    Raises:
        StoreError: the store cannot be read or written now.
        DocumentError: the file of reviewed matches is not usable.

    """
    unread = store.snapshots_unread(_MARK)
    # Carried ones have nothing to compare; marked all the same, so that the list of what is due stays short.
    store.events.advance_all({_MARK + info.id: 1 for info in unread if info.carried_from})
    due = [info for info in unread if not info.carried_from]
    told = 0
    newest: Side | None = None
    for number, info in enumerate(due, 1):
        if progress is not None:
            progress.step(f"Comparing snapshot {number} of {len(due)}")
        older = (one for one in store.snapshots_before(info) if not one.carried_from)
        earlier = list(islice(older, LOOK_BACK))
        first = newest if newest is not None and earlier and newest.info.id == earlier[0].id else None
        newest = read_side(store, info)
        told += store.events.append(_events(workspace, store, newest, earlier, first))
        store.events.advance(_MARK + info.id, 1)
    return told


def drift_since(
    store: Store, *, since: datetime | None = None, snapshot_id: str | None = None
) -> tuple[Event, ...]:
    """Return the changes in the journal later than ``since``, or those one snapshot brought; oldest first."""
    return store.events.of_kinds(DRIFT, since=since, snapshot_id=snapshot_id)


def _events(
    workspace: Workspace, store: Store, new: Side, earlier: list[SnapshotInfo], first: Side | None
) -> list[Event]:
    finder = Finder(store, new)
    differences = list(finder.differences(earlier, first))
    if not differences:
        return []
    sides = (new, *finder.old_sides)
    teller = Teller(
        new.info,
        Names(sides),
        admins=_admins(new),
        persons=_persons(workspace, store, sides, differences),
    )
    return list(teller.events(differences))


def _admins(side: Side) -> frozenset[str]:
    grants = side.rows["grants"]
    full = grants["level"].isna() | (grants["level"] == Level.ADMIN.word)
    gone = grants["status"].isin([AccessStatus.REMOVED.value, AccessStatus.SUSPENDED.value])
    return frozenset(grants.loc[full & ~gone, "principal_id"])


def _persons(
    workspace: Workspace, store: Store, sides: Iterable[Side], differences: Iterable[Difference]
) -> dict[str, str]:
    """Return who is behind the principals that ``differences`` speak of, by exact matches alone."""
    import pandas as pd

    wanted = {(one.after or one.before or {}).get("principal_id") for one in differences} - {None}
    seen: list[pd.DataFrame] = []
    newest: Side | None = None
    for side in sides:
        newest = newest or side
        rows = side.rows["principals"]
        seen.append(rows[rows.index.isin(wanted)].reset_index()[list(PRINCIPAL_COLUMNS)])
    if newest is None or not wanted:
        return {}
    people = store.frames(newest.info.id, ("people",), columns=PERSON_COLUMNS)["people"]
    if people.empty:
        return {}
    principals = pd.concat(seen, ignore_index=True).drop_duplicates("principal_id")
    matches = match_people(workspace, {"principals": principals, "people": people}).matches
    return dict(zip(matches["principal_id"], matches["person_id"], strict=True))
