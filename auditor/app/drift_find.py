"""What differs between a snapshot and the last ones that read the same things.

The snapshot before is compared first. What it did not read (a source was down, an attestation had
lapsed) is looked up in the gathered snapshots before it, newest first, until one is found that did:
so a gap hides no change and invents none. What no earlier snapshot read is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditor.model.estate import FactKind
from auditor.store import DiffKind, DiffRow
from auditor.store.diff import WITNESS, Side, compare_sides, side_of
from auditor.store.known import known_in

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

LOOK_BACK = 100
"""Gathered snapshots looked at for what newer ones had not read."""
WATCHED: Mapping[str, tuple[str, ...]] = {
    "accounts": (
        "account_id", "platform", "handle", "name", "parent_id", "owner_email", "verified", "published",
        "mfa_required", "recovery_email", "recovery_email_domain",
    ),
    "principals": ("principal_id", "platform", "name", "handle", "email", "mfa", "status"),
    "grants": ("grant_id", "account_id", "principal_id", "role", "level", "status", "can_message"),
    "apps": ("app_key", "app_id", "account_id", "name", "publisher", "scopes", "level", "can_message",
             "first_party"),
}  # fmt: skip
"""Columns compared, or needed to tell of a change. Activity and popularity change daily and are left out."""
REPORTED: Mapping[str, frozenset[str]] = {
    "accounts": frozenset(WATCHED["accounts"]) - {"account_id", "platform", "parent_id"},
    "principals": frozenset({"mfa", "status"}),
    "grants": frozenset({"role", "level", "status", "can_message"}),
    "apps": frozenset({"scopes", "can_message", "level"}),
}
"""Columns whose change is told of; the others only name things."""
_TOLD_TOGETHER = {"grants": frozenset({"role", "level"})}
"""Columns that one reading tells as one: where one is known, an unknown other means "unmapped", not "not read"."""
_COVERAGE = ("account_id", "fact", "state", "valid_until")
_KIND_OF = {"grants": FactKind.GRANTS, "apps": FactKind.APPS, "accounts": FactKind.ACCOUNTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is otherwise than when it was last read."""

    table: str
    key: str
    before: Mapping[str, Any] | None
    """The row then; None: it was not there, which is known."""
    after: Mapping[str, Any] | None
    """The row now; None: it is gone, which is known."""
    columns: frozenset[str] = frozenset()
    """Which columns differ, both known; empty where the thing itself came or went."""
    since: SnapshotInfo
    """The snapshot that read it before."""


@dataclass(slots=True)
class _Open:
    """What the snapshots looked at so far could not settle."""

    rows: set[tuple[str, str]] = field(default_factory=set)
    """Table and key of things not read before."""
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    """Table, key and column not known before."""
    pairs: set[tuple[str, str]] = field(default_factory=set)
    """Account and kind of fact read now and not before: something may be gone from there."""

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells or self.pairs)


def read_side(store: Store, info: SnapshotInfo) -> Side:
    """Return what of a snapshot is compared."""
    frames = {
        table: store.frames(info.id, (table,), columns=(*columns, *WITNESS))[table]
        for table, columns in WATCHED.items()
    }
    return side_of(info, frames | store.frames(info.id, ("coverage",), columns=_COVERAGE))


class Finder:
    """Finds how one snapshot differs from those before it."""

    def __init__(self, store: Store, new: Side) -> None:
        self._store = store
        self._new = new
        self._open = _Open()
        self._told: set[tuple[str, str]] = set()
        self.old_sides: list[Side] = []
        """The snapshots that were compared with, newest first."""

    def differences(self, earlier: Sequence[SnapshotInfo], first: Side | None = None) -> Iterator[Difference]:
        """Yield what differs from ``earlier``, the gathered snapshots before this one, newest first.

        ``first``: the first of them, where it has been read already.
        """
        if not earlier:
            return
        self._open.pairs = set(self._pairs_known_now())
        for place, info in enumerate(earlier[:LOOK_BACK]):
            if place and not (self._open and self._may_help(info)):
                continue
            old = first if first is not None and place == 0 else read_side(self._store, info)
            self.old_sides.append(old)
            yield from self._compared(old, is_first=place == 0)

    def _pairs_known_now(self) -> Iterator[tuple[str, str]]:
        kinds = {kind.value for kind in _KIND_OF.values()}
        return (pair for pair in self._new.known.pairs if pair[1] in kinds)

    def _may_help(self, info: SnapshotInfo) -> bool:
        """Whether the snapshot ``info`` speaks of an account that something is still open about."""
        coverage = self._store.frames(info.id, ("coverage",), columns=_COVERAGE)["coverage"]
        known = known_in(coverage, has_people=False, at=pd.Timestamp(info.finished_at))
        return not self._accounts_of_open().isdisjoint(account for account, _kind in known.spoken_of)

    def _accounts_of_open(self) -> set[str]:
        accounts = {account for account, _kind in self._open.pairs}
        keys: dict[str, set[str]] = {}
        for table, key, *_column in (*self._open.rows, *self._open.cells):
            keys.setdefault(table, set()).add(key)
        holders = self._new.holders
        accounts.update(
            holders.loc[holders["principal_id"].isin(keys.pop("principals", set())), "account_id"]
        )
        for table, found in keys.items():
            rows = self._new.rows[table].loc[list(found)].reset_index()
            for column in rows.columns.intersection(["account_id", "parent_id"]):
                accounts.update(rows[column].dropna())
        return accounts

    def _compared(self, old: Side, *, is_first: bool) -> Iterator[Difference]:
        for row in compare_sides(old, self._new).rows:
            if (row.table, row.key) in self._told:
                continue
            if row.cells:
                yield from self._changed(old, row, is_first=is_first)
            elif row.kind is DiffKind.ADDED and (is_first or (row.table, row.key) in self._open.rows):
                yield self._tell(row, old, before=None, after=dict(row.row))
            elif row.kind is DiffKind.REMOVED and self._is_loss(row, is_first=is_first):
                if row.table == "accounts":
                    # All that hung on it is gone too, also what this older snapshot did not read.
                    self._open.pairs |= {(row.key, FactKind.GRANTS.value), (row.key, FactKind.APPS.value)}
                yield self._tell(row, old, before=dict(row.row), after=None)
            elif row.kind is DiffKind.FIRST_READ and is_first and _says_something(row):
                self._open.rows.add((row.table, row.key))
        self._settle(old)

    def _is_loss(self, row: DiffRow, *, is_first: bool) -> bool:
        return is_first or _pair_of(row) in self._open.pairs

    def _tell(self, row: DiffRow, old: Side, **what: Any) -> Difference:
        self._told.add((row.table, row.key))
        return Difference(table=row.table, key=row.key, since=old.info, **what)

    def _changed(self, old: Side, row: DiffRow, *, is_first: bool) -> Iterator[Difference]:
        before = {**row.row, **{cell.column: cell.before for cell in row.cells}}
        after = {**row.row, **{cell.column: cell.after for cell in row.cells}}
        together = _TOLD_TOGETHER.get(row.table, frozenset())
        was_told = any(before[name] is not None for name in together)
        is_told = any(after[name] is not None for name in together)
        wanted = is_first or (row.table, row.key) in self._open.rows
        differing: set[str] = set()
        for cell in (cell for cell in row.cells if cell.column in REPORTED[row.table]):
            place = (row.table, row.key, cell.column)
            if cell.after is None and not (cell.column in together and is_told):
                continue
            if cell.before is None and not (cell.column in together and was_told):
                if wanted:
                    self._open.cells.add(place)
            elif wanted or place in self._open.cells:
                differing.add(cell.column)
                self._open.cells.discard(place)
        if differing:
            yield Difference(
                table=row.table, key=row.key, before=before, after=after, columns=frozenset(differing),
                since=old.info,
            )  # fmt: skip

    def _settle(self, old: Side) -> None:
        """Take off what ``old`` has settled: what it read and found as it is now."""
        still = self._open
        still.pairs -= old.known.pairs
        still.rows = {
            (table, key) for table, key in still.rows - self._told if key not in old.rows[table].index
        }
        still.cells = {
            (table, key, column)
            for table, key, column in still.cells
            if key not in old.rows[table].index or _is_gap(old.rows[table].at[key, column])
        }


def _is_gap(cell: Any) -> bool:
    return bool(pd.isna(cell))


def _says_something(row: DiffRow) -> bool:
    """Whether an earlier sight of this thing could make a change of it."""
    return row.table != "principals" or any(row.row[name] is not None for name in REPORTED["principals"])


def _pair_of(row: DiffRow) -> tuple[str, str] | None:
    """Return whose list a thing is missing from, and of which kind; None: it is in no account's list."""
    kind = _KIND_OF.get(row.table)
    holder = row.row.get("parent_id" if row.table == "accounts" else "account_id")
    return (str(holder), kind.value) if kind and holder else None
