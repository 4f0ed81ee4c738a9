"""Verdicts recorded for a snapshot, all of them in one transaction; a later judgement replaces them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Column, Connection, Table, delete, select, update

from auditor.errors import StoreError
from auditor.model.finding import Finding
from auditor.store.bulk import insert_rows
from auditor.store.database import Database
from auditor.store.records import JSON, RULE_RESULT_COLUMNS, FindingSighting, StoredJudgement
from auditor.store.schema import findings, rule_results, snapshots
from auditor.store.snapshots import COMPLETE, find_snapshot
from auditor.store.text import clean_text

FINDING_COLUMNS = tuple(field.name for field in fields(Finding))
"""Columns of a frame of findings; ``severity`` as its word, ``references`` as JSON text."""
_PREFIX = re.compile("[0-9a-f]{4,32}")


def record(
    database: Database,
    snapshot_id: str,
    *,
    found: pd.DataFrame,
    results: pd.DataFrame,
    summary: Mapping[str, JSON],
    now: datetime,
) -> None:
    """Record what was judged of a complete snapshot, in place of what was judged of it before.

    Raises:
        StoreError: there is no such snapshot, or the store cannot take it.
        ValueError: a frame lacks a column or has one too many.

    """
    finding_rows = _rows(found, findings, FINDING_COLUMNS)
    result_rows = _rows(results, rule_results, RULE_RESULT_COLUMNS)
    with database.write() as connection:
        number, _info = find_snapshot(connection, snapshot_id)
        for table, names, rows in (
            (findings, FINDING_COLUMNS, finding_rows),
            (rule_results, RULE_RESULT_COLUMNS, result_rows),
        ):
            connection.execute(delete(table).where(table.c.snapshot_no == number))
            numbered = [(number, position, *row) for position, row in enumerate(rows)]
            insert_rows(connection, table, ("snapshot_no", "row_no", *names), numbered)
        connection.execute(
            update(snapshots)
            .where(snapshots.c.snapshot_no == number)
            .values(summary=dict(summary), judged_at=now)
        )


def read(database: Database, snapshot_id: str) -> StoredJudgement | None:
    """Return what was judged of a snapshot; None where nothing was yet."""
    with database.read() as connection:
        number, info = find_snapshot(connection, snapshot_id)
        if info.judged_at is None:
            return None
        summary = connection.execute(
            select(snapshots.c.summary).where(snapshots.c.snapshot_no == number)
        ).scalar_one()
        return StoredJudgement(
            findings=_frame(connection, findings, FINDING_COLUMNS, number),
            rule_results=_frame(connection, rule_results, RULE_RESULT_COLUMNS, number),
            summary=summary,
            judged_at=info.judged_at,
        )


def history(database: Database, fingerprint_prefix: str) -> tuple[FindingSighting, ...]:
    """Return one finding as it stood in each complete snapshot that has it, oldest first.

    Raises:
        StoreError: no finding begins so, or several do.

    """
    prefix = fingerprint_prefix.strip().lower()
    if not _PREFIX.fullmatch(prefix):
        raise StoreError(
            f"{prefix[:80]!r} is not the beginning of a finding's fingerprint.",
            remedy="Write 4 to 32 of its digits (0-9, a-f), as 'auditor findings list' shows them.",
        )
    names = [name for name in FindingSighting.__dataclass_fields__ if name in findings.c]
    statement = (
        select(snapshots.c.snapshot_id, snapshots.c.started_at, *(findings.c[name] for name in names))
        .join(snapshots, snapshots.c.snapshot_no == findings.c.snapshot_no)
        .where(findings.c.fingerprint >= prefix, findings.c.fingerprint < prefix + "g")
        .where(snapshots.c.status == COMPLETE)
        .order_by(snapshots.c.started_at, snapshots.c.snapshot_no, findings.c.row_no)
    )
    with database.read() as connection:
        sightings = tuple(FindingSighting(**row._asdict()) for row in connection.execute(statement))
    distinct = sorted({sighting.fingerprint for sighting in sightings})
    if not distinct:
        raise StoreError(
            f"There is no finding {prefix[:80]!r}.", remedy="Run 'auditor findings list' for those there are."
        )
    if len(distinct) > 1:
        raise StoreError(
            f"{len(distinct)} findings begin with {prefix[:80]!r}: {', '.join(distinct[:3])} ...",
            remedy="Write more of the fingerprint.",
        )
    return sightings


def _rows(frame: pd.DataFrame, table: Table, names: Sequence[str]) -> list[tuple[Any, ...]]:
    given = set(frame.columns)
    if given != set(names):
        raise ValueError(f"{table.name}: missing {set(names) - given}, unknown {given - set(names)}")
    columns = [_values(frame[name], table.c[name]) for name in names]
    return list(zip(*columns, strict=True))


def _values(series: pd.Series[Any], column: Column[Any]) -> list[Any]:
    values = series.astype(object).where(series.notna(), None).tolist()
    if isinstance(column.type, BigInteger):
        return [int(value) for value in values]
    absent = None if column.nullable else ""
    if not all(value is None or isinstance(value, str) for value in values):
        raise ValueError(f"the column {column.name} must hold text")
    return [absent if value is None else clean_text(value) for value in values]


def _frame(connection: Connection, table: Table, names: Sequence[str], number: int) -> pd.DataFrame:
    rows = connection.execute(
        select(*(table.c[name] for name in names))
        .where(table.c.snapshot_no == number)
        .order_by(table.c.row_no)
    ).all()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame(
        {
            name: pd.Series(
                list(values), dtype="int64" if isinstance(table.c[name].type, BigInteger) else "str"
            )
            for name, values in zip(names, columns, strict=True)
        }
    )
