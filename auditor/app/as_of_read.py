"""Reads from the snapshots around a moment what was seen of one account's grants or apps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.as_of_judge import Sight
from auditor.app.rows import Row, rows
from auditor.model.estate import CoverageState, FactKind

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

AROUND = 5
"""Snapshots looked at on a side on which nothing was read in full."""
_LISTS = frozenset({"tasks", "scopes"})
_INSTANTS = frozenset({"observed_at", "valid_until", "granted_at", "approved_at", "expires_at"})
_FLAGS = frozenset({"can_message"})
_COVERAGE = ("account_id", "fact", "state", "observed_at", "valid_until", "reason", "remedy", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of thing that can act as an account."""

    fact: FactKind
    table: str
    key: str
    columns: tuple[str, ...]


GRANTS = Kind(
    fact=FactKind.GRANTS,
    table="grants",
    key="grant_id",
    columns=(
        "grant_id", "account_id", "principal_id", "role", "level", "via", "via_id", "status", "can_message",
        "granted_at", "expires_at", "observed_at", "attested_by", "valid_until", "source", "evidence_id",
    ),
)  # fmt: skip
APPS = Kind(
    fact=FactKind.APPS,
    table="apps",
    key="app_key",
    columns=(
        "app_key", "app_id", "account_id", "name", "publisher", "scopes", "level", "can_message", "approved_at",
        "observed_at", "attested_by", "valid_until", "source", "evidence_id",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A snapshot that read everything of one kind about the account."""

    snapshot_id: str
    at: datetime
    """When it was seen so."""
    attested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What was seen around a moment."""

    before: Look | None
    """The last whole reading not later than it; None: there is none."""
    after: Look | None
    sights: Mapping[str, tuple[Sight | None, Sight | None]]
    """By key: the last sight not later than the moment, and the first later one."""
    reason: str = ""
    """Where there is no whole reading at all: why, by the newest attempt."""
    remedy: str = ""


def read_around(
    store: Store, gathered: Sequence[SnapshotInfo], account_id: str, kind: Kind, moment: datetime
) -> Around:
    """Return what the snapshots ``gathered``, oldest first, saw of the account around ``moment``."""
    places = {info.id: place for place, info in enumerate(gathered)}
    looks, reason, remedy = _looks(store, gathered, account_id, kind)
    looks.sort(key=lambda look: (look.at, places[look.snapshot_id]))
    before = next((look for look in reversed(looks) if look.at <= moment), None)
    after = next((look for look in looks if look.at > moment), None)
    middle = sum(info.finished_at <= moment for info in gathered)
    first = places[before.snapshot_id] if before else max(0, middle - AROUND)
    last = places[after.snapshot_id] if after else min(len(gathered), middle + AROUND) - 1
    window = [info.id for info in gathered[min(first, last) : max(first, last) + 1]]
    if before and after is None:
        # What is beyond the last whole reading may still have been seen in part.
        window += [info.id for info in gathered[-AROUND:] if info.id not in window]
    seen = _seen(store, window, account_id, kind)
    sights = {key: _pair(found, moment, before, after) for key, found in seen.items()}
    return Around(before=before, after=after, sights=sights, reason=reason, remedy=remedy)


def _looks(
    store: Store, gathered: Sequence[SnapshotInfo], account_id: str, kind: Kind
) -> tuple[list[Look], str, str]:
    found = store.history(
        "coverage", [info.id for info in gathered], columns=_COVERAGE,
        where={"account_id": [account_id], "fact": [kind.fact.value]},
    )  # fmt: skip
    finished = {info.id: info.finished_at for info in gathered}
    by_snapshot: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(found):
        by_snapshot[row.text("snapshot_id") or ""].append(row)
    looks: list[Look] = []
    reason = remedy = ""
    for snapshot_id, said in by_snapshot.items():
        look = _look(snapshot_id, said, finished[snapshot_id])
        if look is not None:
            looks.append(look)
        else:
            reason, remedy = next(((r.text("reason") or "", r.text("remedy") or "") for r in said), ("", ""))
    return looks, reason, remedy


def _look(snapshot_id: str, said: Iterable[Row], finished: datetime) -> Look | None:
    """Return the whole reading among what the sources said; a lapsed or half one is none."""
    current = [row for row in said if (row.instant("valid_until") or finished) >= finished]
    states: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in current:
        states[row.text("state") or ""].append(row.instant("observed_at") or finished)
    if states[CoverageState.OBSERVED]:
        return Look(snapshot_id=snapshot_id, at=max(states[CoverageState.OBSERVED]), attested=False)
    # What a source that could not be read alone knew is missing from what a person states.
    if states[CoverageState.ATTESTED] and not states[CoverageState.FAILED]:
        return Look(snapshot_id=snapshot_id, at=max(states[CoverageState.ATTESTED]), attested=True)
    return None


def _seen(store: Store, window: Sequence[str], account_id: str, kind: Kind) -> dict[str, list[Sight]]:
    """Return the sights of each thing, the best source's of each snapshot."""
    found = store.history(kind.table, window, columns=kind.columns, where={"account_id": [account_id]})
    best: dict[tuple[str, str], Sight] = {}
    for row in rows(found):
        cells = {column: _cell(row, column) for column in kind.columns}
        sight = Sight(at=cells["observed_at"], snapshot_id=row.text("snapshot_id") or "", row=cells)
        place = (cells[kind.key], sight.snapshot_id)
        if place not in best or _rank(sight) > _rank(best[place]):
            best[place] = sight
    seen: defaultdict[str, list[Sight]] = defaultdict(list)
    for (key, _snapshot), sight in best.items():
        seen[key].append(sight)
    return seen


def _rank(sight: Sight) -> tuple[bool, datetime]:
    return sight.row is None or sight.row["attested_by"] is None, sight.at


def _pair(
    found: Iterable[Sight], moment: datetime, before: Look | None, after: Look | None
) -> tuple[Sight | None, Sight | None]:
    sights = list(found)
    there = {sight.snapshot_id for sight in sights}
    sights += [
        Sight(at=look.at, snapshot_id=look.snapshot_id, row=None)
        for look in (before, after)
        if look is not None and look.snapshot_id not in there
    ]
    # Of two sights of the same moment the later snapshot's counts: the table it was read from was corrected.
    sights.sort(key=lambda sight: sight.snapshot_id, reverse=True)
    earlier = (sight for sight in sights if sight.at <= moment)
    later = (sight for sight in sights if sight.at > moment)
    return max(earlier, key=_time, default=None), min(later, key=_time, default=None)


def _time(sight: Sight) -> datetime:
    return sight.at


def _cell(row: Row, column: str) -> Any:
    if column in _INSTANTS:
        return row.instant(column)
    if column in _LISTS:
        return row.texts(column)
    return row.flag(column) if column in _FLAGS else row.text(column)
