"""Takes one snapshot after the other into what the exposure clocks remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.app.exposure_memory import Memory, Said, micros
from auditor.app.exposure_read import COVERAGE, KINDS, WholeReadings, acting_grants
from auditor.app.rows import Row, rows
from auditor.model.estate import FactKind, PersonStatus
from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import SnapshotInfo, Store

NAMES = ("name", "preferred_name")
_LIFE = ("person_id", "status", "left_on", "hired_on", "observed_at")
ROSTER = (*_LIFE, *NAMES, *PERSON_COLUMNS)
"""Columns read of a roster."""
_ACCOUNTS = ("account_id", "platform", "name", "handle", "parent_id")
_AT_WORK = (PersonStatus.ACTIVE, PersonStatus.LEAVE)


def follow(store: Store, memory: Memory, info: SnapshotInfo) -> None:
    """Take in the snapshot ``info``, the next after those known.

    Raises:
        StoreError: the store cannot be read now.

    """
    if info.counts.get("people"):
        _follow_roster(store, memory, info)
        memory.rosters.append(info.id)
    if not info.carried_from:
        place = len(memory.gathered)
        memory.gathered.append(info.id)
        memory.finished.append(micros(info.finished_at))
        _follow_names(store, memory, info)
        _follow_readings(store, memory, info, 1 << place)
    memory.known.append(info.id)


def _follow_roster(store: Store, memory: Memory, info: SnapshotInfo) -> None:
    """Take in who has left or is to leave, and what is said of those who once had."""
    people = store.frames(info.id, ("people",), columns=ROSTER)["people"]
    is_marked = (people["status"] == PersonStatus.TERMINATED) | people["left_on"].notna()
    marked = people[is_marked | people["person_id"].isin(memory.lives)]
    _recall_before(store, memory, {*marked["person_id"]} - memory.lives.keys())
    for row in rows(marked):
        _say(memory, row, info)


def _recall_before(store: Store, memory: Memory, new: set[str]) -> None:
    """Look up when those who leave were last at work; the roster before has nearly all of them."""
    looked_at: dict[str, list[Row]] = {}
    if memory.rosters and new:
        for row in _said_of(store, memory.rosters[-1:], new):
            looked_at.setdefault(row.text("person_id") or "", []).append(row)
    found = {one for one, said in looked_at.items() if all(row.text("status") in _AT_WORK for row in said)}
    other = _said_of(store, memory.rosters, new - found) if memory.rosters and new - found else []
    for row in (*(row for one in found for row in looked_at[one]), *other):
        _say(memory, row, store.snapshot(row.text("snapshot_id") or ""))


def _said_of(store: Store, snapshot_ids: list[str], people: set[str]) -> list[Row]:
    where = {"person_id": sorted(people)}
    return list(rows(store.history("people", snapshot_ids, columns=ROSTER, where=where)))


def _say(memory: Memory, row: Row, info: SnapshotInfo) -> None:
    """Take in one row of a roster: of a stretch that says the same, the first and the last are kept."""
    person_id = row.text("person_id") or ""
    at = min(row.instant("observed_at") or info.finished_at, info.finished_at)
    said = Said(micros(at), row.text("status"), row.text("left_on"), row.text("hired_on"))
    life = memory.lives.setdefault(person_id, [])
    if len(life) > 1 and life[-1][1:] == life[-2][1:] == said[1:]:
        life.pop()
    life.append(said)
    told = {name: row.text(name) for name in (*NAMES, *PERSON_COLUMNS)}
    memory.people[person_id] = {name: text for name, text in told.items() if text is not None}


def _follow_names(store: Store, memory: Memory, info: SnapshotInfo) -> None:
    for table, key, columns, known in (
        ("principals", "principal_id", PRINCIPAL_COLUMNS, memory.identities),
        ("accounts", "account_id", _ACCOUNTS, memory.accounts),
    ):
        frame = store.frames(info.id, (table,), columns=columns)[table]
        cells = (frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in columns)
        for row in zip(*cells, strict=True):
            told = dict(zip(columns, row, strict=True))
            # Of each cell the newest word that is known.
            known.setdefault(told[key], {}).update({name: text for name, text in told.items() if text})


def _follow_readings(store: Store, memory: Memory, info: SnapshotInfo, bit: int) -> None:
    coverage = store.history(
        "coverage", [info.id], columns=COVERAGE, where={"fact": [kind.value for kind in KINDS]}
    )
    seen = WholeReadings(coverage, {}, {info.id: info.finished_at})
    for bits, accounts in (
        (memory.whole, seen.accounts_of(FactKind.GRANTS)),
        (memory.lists, seen.accounts_of(FactKind.ACCOUNTS)),
        (memory.spoken, seen.spoken_accounts),
    ):
        for account_id in accounts:
            bits[account_id] = bits.get(account_id, 0) | bit
    _follow_partly(store, memory, info, bit)


def _follow_partly(store: Store, memory: Memory, info: SnapshotInfo, bit: int) -> None:
    """Note who was seen on accounts of which not everybody was: nothing else will say that they were there."""
    held = store.distinct("grants", [info.id], columns=("account_id",))["account_id"]
    partly = sorted(one for one in held if not memory.whole.get(one, 0) & bit)
    if not partly:
        return
    acting = acting_grants(store, [info.id], {"account_id": partly})
    for account_id, principal_id in zip(acting["account_id"], acting["principal_id"], strict=True):
        seen = memory.partly.setdefault(account_id, {})
        seen[principal_id] = seen.get(principal_id, 0) | bit


def roster_of(store: Store, memory: Memory) -> pd.DataFrame:
    """Return the newest roster; there is one."""
    return store.frames(memory.rosters[-1], ("people",), columns=ROSTER)["people"]
