"""Verdicts recorded for a snapshot, all of them in one transaction; a later judgement replaces them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import repeat
from operator import itemgetter
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, delete, select, update

from auditor.errors import StoreError
from auditor.model.finding import Finding
from auditor.model.life import Seen
from auditor.store.bulk import insert_rows
from auditor.store.database import Database
from auditor.store.records import JSON, RULE_RESULT_COLUMNS, FindingSighting, StoredJudgement
from auditor.store.schema import findings, rule_results, snapshots
from auditor.store.snapshots import COMPLETE, find_snapshot
from auditor.store.text import clean_text

RISK = "risk"
FINDING_COLUMNS = (*(field.name for field in fields(Finding)), RISK)
"""Columns of a frame of findings; ``severity`` as its word, ``references`` as JSON text, ``risk`` as the
score from 0 to 100, or nothing where none was given."""
_BATCH = 5_000
"""Findings written at a time: all of them as rows would be in memory a second time."""
_AT_ONCE = 500
"""Values in one statement, rows fetched at a time."""
_OWN = frozenset({"row_no", "fingerprint", "subject_id", "message"})
"""Columns whose values differ from row to row."""
_SEEN_OF = itemgetter(*(2 + FINDING_COLUMNS.index(name) for name in Seen._fields))
"""Takes from a row as it is written, after its two numbers, what a life is told."""
_PREFIX = re.compile("[0-9a-f]{4,32}")


def record(
    database: Database,
    snapshot_id: str,
    *,
    found: pd.DataFrame,
    results: pd.DataFrame,
    summary: Mapping[str, JSON],
    now: datetime,
    shown: list[Seen] | None = None,
) -> None:
    """Record what was judged of a complete snapshot, in place of what was judged of it before.

    ``shown``: what findings' lives are told of each is added to it, as it has been kept.

    Raises:
        StoreError: there is no such snapshot, or the store cannot take it.
        ValueError: a frame lacks a column or has one too many.

    """
    if RISK not in found.columns:
        found = found.assign(**{RISK: None})
    frames = ((findings, FINDING_COLUMNS, found), (rule_results, RULE_RESULT_COLUMNS, results))
    for table, names, frame in frames:
        if set(frame.columns) != set(names):
            raise ValueError(
                f"{table.name}: missing {set(names) - set(frame.columns)}, unknown {set(frame.columns) - set(names)}"
            )
    with database.write() as connection:
        number, _info = find_snapshot(connection, snapshot_id)
        for table, names, frame in frames:
            connection.execute(delete(table).where(table.c.snapshot_no == number))
            for rows in _batches(frame, table, names, number):
                insert_rows(connection, table, ("snapshot_no", "row_no", *names), rows)
                if shown is not None and table is findings:
                    shown += map(Seen._make, map(_SEEN_OF, rows))
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


def read_findings(
    database: Database,
    snapshot_id: str,
    *,
    columns: Sequence[str] = FINDING_COLUMNS,
    fingerprints: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the findings recorded for a snapshot in their order, or those with these fingerprints."""
    with database.read() as connection:
        number, _info = find_snapshot(connection, snapshot_id)
        if fingerprints is None:
            return _frame(connection, findings, columns, number)
        wanted = sorted(fingerprints)
        # No backend takes any number of values in one statement.
        chunks = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
        parts = [
            _frame(connection, findings, ("row_no", *columns), number, findings.c.fingerprint.in_(chunk))
            for chunk in chunks or [[]]
        ]
    return pd.concat(parts).sort_values("row_no", ignore_index=True).drop(columns="row_no")


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
        .order_by(snapshots.c.finished_at, snapshots.c.snapshot_no, findings.c.row_no)
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


def _batches(
    frame: pd.DataFrame, table: Table, names: Sequence[str], number: int
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of ``frame`` as the table holds them, some thousand at a time."""
    for start in range(0, len(frame), _BATCH):
        part = frame.iloc[start : start + _BATCH]
        columns = [_values(part[name], table.c[name]) for name in names]
        positions = range(start, start + len(part))
        yield list(zip(repeat(number, len(part)), positions, *columns, strict=True))


def _values(series: pd.Series[Any], column: Column[Any]) -> list[Any]:
    values: list[Any] = series.tolist()
    missing = series.isna().to_numpy()
    if missing.any():
        values = [None if gone else value for gone, value in zip(missing.tolist(), values, strict=True)]
    if isinstance(column.type, BigInteger):
        return [None if value is None else int(value) for value in values]
    texts = [value for value in values if value is not None]
    try:
        joined = "\n".join(texts)
    except TypeError:
        raise ValueError(f"the column {column.name} must hold text") from None
    if not _is_clean(joined):
        values = [None if value is None else clean_text(value) for value in values]
    if column.nullable or len(texts) == len(values):
        return values
    return ["" if value is None else value for value in values]


def _is_clean(text: str) -> bool:
    """Return whether `clean_text` would leave ``text`` as it is; asked of many texts at once, for speed."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _frame(
    connection: Connection, table: Table, names: Sequence[str], number: int, *conditions: ColumnElement[bool]
) -> pd.DataFrame:
    statement = (
        select(*(table.c[name] for name in names))
        .where(table.c.snapshot_no == number, *conditions)
        .order_by(table.c.row_no)
    )
    columns: list[list[Any]] = [[] for _ in names]
    # Rules, accounts and their like stand in many rows: one object each, not one a row.
    seen: dict[Any, Any] = {}
    for rows in connection.execution_options(yield_per=_AT_ONCE).execute(statement).partitions():
        for name, column, values in zip(names, columns, zip(*rows, strict=True), strict=True):
            column += values if name in _OWN else map(seen.setdefault, values, values)
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=_dtype(table.c[name]))
            for name, values in zip(names, columns, strict=True)
        }
    )


def _dtype(column: Column[Any]) -> str:
    if not isinstance(column.type, BigInteger):
        return "str"
    return "Int64" if column.nullable else "int64"
