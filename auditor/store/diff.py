"""What changed between two snapshots, never taking "not read" for "not there".

Rows are compared by the thing they tell of, sources merged as rules see them: verified before
attested, newer before older, cell by cell. Provenance is not compared. A thing that one side lacks
is only called added or removed where that side's coverage knows it would have been seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.store.cells import cell_value, changed_mask, same_cell
from auditor.store.columns import PROVENANCE, columns_of
from auditor.store.known import Known, known_in
from auditor.store.records import CellChange, Diff, DiffKind, DiffRow, SnapshotInfo

KEYS = {
    "accounts": "account_id",
    "principals": "principal_id",
    "grants": "grant_id",
    "apps": "app_key",
    "tokens": "token_id",
    "people": "person_id",
}
"""Tables compared, and the column that says which thing a row is of."""
TABLES = (*KEYS, "coverage")
"""Tables that `compare` needs of each snapshot."""
WITNESS = ("attested_by", "observed_at")
"""Columns by which the best of several sources is told."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two snapshots, ready to be compared with any other."""

    info: SnapshotInfo
    rows: Mapping[str, pd.DataFrame]
    """By table: one row a thing, indexed by its key."""
    known: Known
    parents: Mapping[str, str]
    holders: pd.DataFrame
    """Columns ``principal_id`` and ``account_id``: who held what."""

    def held_by(self, principals: pd.Index[Any]) -> dict[str, list[str]]:
        """Return the accounts each of ``principals`` held."""
        mine = self.holders[self.holders["principal_id"].isin(principals)]
        held: dict[str, list[str]] = {}
        for principal_id, account_id in zip(mine["principal_id"], mine["account_id"], strict=True):
            held.setdefault(principal_id, []).append(account_id)
        return held


def compare(
    before: tuple[SnapshotInfo, Mapping[str, pd.DataFrame]],
    after: tuple[SnapshotInfo, Mapping[str, pd.DataFrame]],
) -> Diff:
    """Return what changed from ``before`` to ``after``, each given with its frames of `TABLES`."""
    return compare_sides(side_of(*before), side_of(*after))


def compare_sides(old: Side, new: Side) -> Diff:
    """Return what changed from ``old`` to ``new``, in the tables and columns both have."""
    rows: list[DiffRow] = []
    for table in (name for name in KEYS if name in old.rows and name in new.rows):
        rows += _missing(table, old, new, DiffKind.REMOVED, DiffKind.NOT_READ)
        rows += _missing(table, new, old, DiffKind.ADDED, DiffKind.FIRST_READ)
        rows += _changed(table, old.rows[table], new.rows[table])
    return Diff(old.info, new.info, tuple(rows))


def side_of(info: SnapshotInfo, frames: Mapping[str, pd.DataFrame]) -> Side:
    """Return a snapshot ready to be compared.

    ``frames``: coverage, accounts, grants, and of the other `TABLES` those that are to be compared; a
    frame needs its key, ``account_id`` and `WITNESS`, the rest of its columns may be left out.
    """
    rows = {table: _merged(frames[table], key) for table, key in KEYS.items() if table in frames}
    parents = rows["accounts"]["parent_id"].dropna()
    return Side(
        info=info,
        rows=rows,
        known=known_in(
            frames["coverage"],
            has_people=len(frames.get("people", ())) > 0,
            at=pd.Timestamp(info.finished_at),
        ),
        parents=dict(zip(parents.index, parents, strict=True)),
        holders=frames["grants"][["principal_id", "account_id"]].drop_duplicates(),
    )


def _merged(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return one row a thing, each cell from the best source that knows it."""
    several = frame[key].duplicated(keep=False)
    best_first = frame[several].assign(_attested=frame["attested_by"].notna())
    best_first = best_first.sort_values(
        ["_attested", "observed_at"], ascending=[True, False], kind="stable"
    ).drop(columns="_attested")
    merged = best_first.groupby(key, sort=False, as_index=False).first()
    whole = frame[~several] if merged.empty else pd.concat([frame[~several], merged], ignore_index=True)
    return whole.drop(columns=list(PROVENANCE), errors="ignore").set_index(key)


def _missing(table: str, has: Side, lacks: Side, certain: DiffKind, unread: DiffKind) -> Iterator[DiffRow]:
    """Yield the rows one side has and the other lacks."""
    rows = has.rows[table]
    missing = rows[~rows.index.isin(lacks.rows[table].index)]
    held = has.held_by(missing.index) if table == "principals" else {}
    for key, row in _records(table, missing):
        absent = lacks.known.shows_absence(table, row, has.parents, held.get(key, ()))
        yield DiffRow(table=table, key=key, kind=certain if absent else unread, row=row)


def _changed(table: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[DiffRow]:
    common = old.index.intersection(new.index, sort=False)
    left, right = old.loc[common], new.loc[common]
    masks = {name: changed_mask(left[name], right[name]) for name in left.columns}
    touched = pd.Series(data=False, index=common)
    for mask in masks.values():
        touched |= mask.to_numpy()
    pairs = zip(_records(table, left[touched]), _records(table, right[touched]), strict=True)
    for (key, before), (_key, after) in pairs:
        cells = tuple(
            CellChange(name, before[name], after[name])
            for name in left.columns
            if not same_cell(before[name], after[name])
        )
        if cells:
            yield DiffRow(
                table=table, key=key, kind=_kind(cells), row={**before, **_known(after)}, cells=cells
            )


def _kind(cells: Iterable[CellChange]) -> DiffKind:
    """Return what the cells amount to: a change only where both sides know something."""
    if any(cell.before is not None and cell.after is not None for cell in cells):
        return DiffKind.CHANGED
    return DiffKind.NOT_READ if any(cell.after is None for cell in cells) else DiffKind.FIRST_READ


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _records(table: str, rows: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    kinds = {column.name: column.kind for column in columns_of(table)}
    key = KEYS[table]
    for values in rows.reset_index().to_dict("records"):
        row = {str(name): cell_value(kinds[str(name)], value) for name, value in values.items()}
        yield row[key], row
