"""Carrying one snapshot's facts into another: what a roster poll does instead of asking the platforms.

A carried snapshot is complete, and is judged like any other. It holds

* the platform facts, coverage, vendors and owners of an earlier snapshot, row by row as they were, each with
  its own ``observed_at`` and evidence: they age by these, and coverage with them;
* people that were read now.

**How to tell.** `ConnectionRun.carried_from` names the snapshot for which a connection was really asked; it is
empty where the run itself asked. `SnapshotInfo.carried_from` is the same for the whole snapshot: empty for one
that was gathered, else the gathered snapshot whose platform facts these are, however many carried ones lie
between. So:

* a carried row is **no new sighting**: access seen in a carried snapshot was last seen in ``carried_from``;
* a row that is not there is **no proof of removal**: it was gone in ``carried_from`` already, or never there;
* the people of a carried snapshot are a reading of the roster like any other, as of its end;
* a comparison of two snapshots with the same ``carried_from or id`` can differ in people alone, and in what
  time alone does (facts that have lapsed or aged).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Table, insert, literal, select
from sqlalchemy.sql.dml import Insert

from auditor.store.database import Database
from auditor.store.schema import evidence_uses, fact_tables

CHUNK_ROWS = 50_000
"""Rows copied in one transaction: others who want to write wait a fraction of a second, however large the whole."""

Claim = Callable[[Connection], None]
"""Makes sure, first in each transaction, that the target is still ours to write to."""


def carry_table(
    database: Database, claim: Claim, table: str, *, source: int, target: int, count: int
) -> None:
    """Copy the ``count`` rows of one fact table from snapshot number ``source`` to ``target``, inside the database.

    Rows keep their numbers, which run from 0 to ``count - 1``.

    Raises:
        StoreError: the store cannot take them, or ``claim`` says that the snapshot is no longer ours.

    """
    facts = fact_tables[table]
    for start in range(0, count, CHUNK_ROWS):
        within = facts.c.row_no >= start, facts.c.row_no < start + CHUNK_ROWS
        with database.write() as connection:
            claim(connection)
            statement = _copied(facts, target).where(facts.c.snapshot_no == source, *within)
            connection.execute(_into(facts, statement.order_by(facts.c.row_no)))


def carry_evidence(connection: Connection, tables: tuple[str, ...], *, source: int, target: int) -> None:
    """Note that ``target`` refers to the evidence of ``source``, but for what only ``tables`` refer to."""
    left_behind = [
        select(fact_tables[name].c.evidence_id).where(
            fact_tables[name].c.snapshot_no == source, fact_tables[name].c.evidence_id.is_not(None)
        )
        for name in tables
    ]
    statement = _copied(evidence_uses, target).where(
        evidence_uses.c.snapshot_no == source,
        *(evidence_uses.c.evidence_id.not_in(ids) for ids in left_behind),
    )
    connection.execute(_into(evidence_uses, statement.order_by(evidence_uses.c.evidence_id)))


def _copied(table: Table, target: int) -> Select[Any]:
    return select(
        *(
            literal(target, BigInteger).label(column.name) if column.name == "snapshot_no" else column
            for column in table.c
        )
    )


def _into(table: Table, statement: Select[Any]) -> Insert:
    return insert(table).from_select([column.name for column in table.c], statement)
