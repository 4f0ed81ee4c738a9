"""Step one of the views: frames become typed tables, and cells too old to count become NULL.

Every staged table has, beside the fact's own columns, ``conflicts`` (the merging fills it) and
``stale``: NULL where the row still counts, else a sentence that says why it does not. A cell that answers to another kind of fact than its row
(MFA on a principal) has a ``stale_<kind>`` of its own.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

import pandas as pd

from auditor.model.bundle import Bundle
from auditor.model.estate import FactKind, Level
from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from policies.sandbox import quote

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SIMPLE = {
    str: "VARCHAR",
    int: "BIGINT",
    bool: "BOOLEAN",
    float: "DOUBLE",
    datetime: "TIMESTAMPTZ",
    date: "DATE",
}
_KEPT_AS = {"BOOLEAN": "BIGINT", "TIMESTAMPTZ": "BIGINT", "DATE": "VARCHAR"}
"""Types of a bundle's cells, where they are not those of the staged columns."""
_OF_KEPT = {
    "BOOLEAN": "CAST({} AS BOOLEAN)",
    "TIMESTAMPTZ": "make_timestamptz({})",
    "DATE": "TRY_CAST({} AS DATE)",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A table whose rows are in the room already, see `take`; it is emptied as it is staged."""

    name: str


Frame: TypeAlias = pd.DataFrame | Iterable[pd.DataFrame | Bundle] | Taken
"""A table whole, or its parts one after the other, none of which is kept; or one taken in before."""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What the staging and the merging need to know of a table."""

    key: str
    kind: FactKind | None = None
    """Whose maximum age its rows answer to."""
    cells: Mapping[str, FactKind] | None = None
    """Cells that answer to another kind."""
    judged: tuple[str, ...] = ()
    """Cells on which a contradiction between sources must not be settled by chance."""


TABLES: dict[str, TableSpec] = {
    "accounts": TableSpec(
        "account_id",
        FactKind.ACCOUNTS,
        {
            "mfa_required": FactKind.MFA_REQUIRED,
            "recovery_email": FactKind.RECOVERY,
            "recovery_email_domain": FactKind.RECOVERY,
        },
        ("verified", "published", "mfa_required", "recovery_email", "recovery_email_domain"),
    ),
    "principals": TableSpec(
        "principal_id",
        FactKind.PRINCIPALS,
        {"mfa": FactKind.MFA, "mfa_methods": FactKind.MFA, "last_active_at": FactKind.LAST_USED},
        ("kind", "status", "mfa", "mfa_methods"),
    ),
    "grants": TableSpec(
        "grant_id",
        FactKind.GRANTS,
        {"last_used_at": FactKind.LAST_USED},
        ("level", "can_message", "can_grant", "status"),
    ),
    "apps": TableSpec(
        "app_key",
        FactKind.APPS,
        {"last_used_at": FactKind.LAST_USED},
        ("scopes", "level", "can_message", "first_party"),
    ),
    "logins": TableSpec("login_key", FactKind.LOGINS),
    "tokens": TableSpec("token_id", FactKind.TOKENS, judged=("scopes", "expires_at", "never_expires")),
    "changes": TableSpec("change_key"),
    "seeds": TableSpec("account_id", FactKind.SEEDS),
    "people": TableSpec("person_id", judged=("status", "left_on")),
    "vendors": TableSpec("vendor_id", judged=("contract_ends_on", "baa_signed_on", "baa_expires_on")),
}
# Cells of a joined table turn NULL with their row; of a row that is itself judged, `is_current` does it.
_NULLED = {
    "accounts": ("verified", "published"),
    "principals": ("status", "kind"),
    "people": ("status", "kind", "department", "title", "left_on"),
    "vendors": ("contract_ends_on", "baa_signed_on", "baa_expires_on"),
}


def column_types(fact: type[Fact]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return every field's staged SQL type, and the words it accepts where it is an enumeration.

    Lists and mappings stay JSON text until a view needs them.
    """
    return {name: _sql_type(hint) for name, hint in get_type_hints(fact).items()}


def _sql_type(hint: Any) -> tuple[str, tuple[str, ...]]:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint is Level:
        return "VARCHAR", tuple(level.word for level in Level)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "VARCHAR", tuple(word.value for word in hint)
    return _SIMPLE.get(hint, "VARCHAR"), ()


def stage(
    connection: DuckDBPyConnection,
    frames: Mapping[str, Frame],
    ages: Mapping[FactKind, int],
    tables: Iterable[str] = tuple(FACT_TABLES),
) -> None:
    """Make ``s_<table>`` for each of ``tables``; a frame or a column that is not there is NULL throughout."""
    for table in tables:
        columns = column_types(FACT_TABLES[table])
        aged = _aged(table, TABLES.get(table, TableSpec("")), columns, ages)
        frame = frames.get(table)
        if isinstance(frame, Taken):
            connection.execute(f"CREATE TABLE s_{table} AS SELECT {aged} FROM {frame.name} raw")  # noqa: S608 - our names, inspected terms, quoted texts
            connection.execute(f"DROP TABLE {frame.name}")
        else:
            _make(connection, f"s_{table}", aged, columns, frame)


def take(connection: DuckDBPyConnection, frames: Mapping[str, Frame]) -> dict[str, Taken]:
    """Take in tables before it is known as of when they are judged; return them as `stage` takes them."""
    taken = {}
    for table, frame in frames.items():
        taken[table] = Taken(f"r_{table}")
        _make(connection, f"r_{table}", "*", column_types(FACT_TABLES[table]), frame)
    return taken


def _make(
    connection: DuckDBPyConnection,
    name: str,
    selected: str,
    columns: Mapping[str, tuple[str, tuple[str, ...]]],
    frame: Frame | None,
) -> None:
    """Make the table ``name`` of the rows of ``frame``, as ``selected`` tells them."""
    begun = False
    for part in _parts(frame):
        incoming = _register(connection, part, columns)
        # The first part makes the table: what is inserted into one that is there is copied once more.
        into = f"INSERT INTO {name}" if begun else f"CREATE TABLE {name} AS"
        connection.execute(f"{into} SELECT {selected} FROM ({incoming}) raw")  # noqa: S608 - our names, inspected terms, quoted texts
        connection.unregister("incoming")
        begun = True
    if not begun:
        cells = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, (kind, _) in columns.items())
        connection.execute(f"CREATE TABLE {name} AS SELECT {selected} FROM (SELECT {cells} LIMIT 0) raw")  # noqa: S608 - our names, inspected terms, quoted texts


def _typed(name: str, kind: str) -> str:
    return _OF_KEPT.get(kind, "{}").format(f'"{name}"')


def _parts(frame: Frame | None) -> Iterable[pd.DataFrame | Bundle]:
    if isinstance(frame, Taken):
        raise TypeError(f"{frame.name} has been taken in already")
    parts = (frame,) if isinstance(frame, pd.DataFrame) else frame or ()
    return (part for part in parts if isinstance(part, Bundle) or not part.empty)


def _register(
    connection: DuckDBPyConnection,
    part: pd.DataFrame | Bundle,
    columns: Mapping[str, tuple[str, tuple[str, ...]]],
) -> str:
    """Show ``part`` to DuckDB as ``incoming``; return the query that reads it with every column of its type."""
    if isinstance(part, Bundle):
        texts = {name: pd.Series(arrays, dtype="str") for name, arrays in part.columns.items()}
        connection.register("incoming", pd.DataFrame(texts, copy=False))
        return _unpacked(columns)
    connection.register("incoming", _presentable(part, columns))
    return f"SELECT {_casts(connection, columns)} FROM incoming"  # noqa: S608 - our names, inspected terms, quoted texts


def _unpacked(columns: Mapping[str, tuple[str, tuple[str, ...]]]) -> str:
    """Return the query that makes rows of the arrays of a bundle; a cell of another type than its column's fails."""
    cells = ", ".join(
        f'unnest(from_json_strict("{name}", \'["{_KEPT_AS.get(kind, kind)}"]\')) AS "{name}"'
        for name, (kind, _words) in columns.items()
    )
    typed = ", ".join(
        f'{_known_words(_typed(name, kind), words)} AS "{name}"' for name, (kind, words) in columns.items()
    )
    return f"SELECT {typed} FROM (SELECT {cells} FROM incoming)"  # noqa: S608 - our names, quoted texts


def _presentable(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the known columns of ``frame``, those of mixed Python objects as text."""
    kept = frame.loc[:, [name for name in columns if name in frame.columns]]
    texts = {name: _as_text(kept[name]) for name in kept.columns if kept[name].dtype == object}
    return kept.assign(**texts) if texts else kept


def _as_text(series: pd.Series[Any]) -> pd.Series[Any]:
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred in ("string", "empty"):
        return series.astype("str")
    return series.map(_cell_text).astype("str")


def _cell_text(value: Any) -> str | None:
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, default=str)
    return None if value is None or value is pd.NaT or value is pd.NA or value != value else str(value)


def _casts(connection: DuckDBPyConnection, columns: Mapping[str, tuple[str, tuple[str, ...]]]) -> str:
    present = {row[0]: row[1] for row in connection.execute("DESCRIBE incoming").fetchall()}
    parts = []
    for name, (kind, words) in columns.items():
        if name not in present:
            value = f"CAST(NULL AS {kind})"
        elif present[name] == kind or (kind, present[name]) == ("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"):
            value = f'"{name}"'
        else:
            value = f'TRY_CAST("{name}" AS {kind})'
        parts.append(f'{_known_words(value, words)} AS "{name}"')
    return ", ".join(parts)


def _known_words(value: str, words: tuple[str, ...]) -> str:
    """Return SQL for ``value``, where it is one of ``words``; of no words, for any value."""
    if not words:
        return value
    listed = ", ".join(quote(word) for word in words)
    return f"CASE WHEN {value} IN ({listed}) THEN {value} END"


def _aged(table: str, spec: TableSpec, columns: Mapping[str, Any], ages: Mapping[FactKind, int]) -> str:
    """Return the select list that adds the reasons of staleness and empties the stale cells."""
    cells = spec.cells or {}
    nulled = _NULLED.get(table, ())
    parts = []
    for name in columns:
        if name in cells:
            parts.append(f"CASE WHEN ({_stale(ages.get(cells[name]))}) IS NULL THEN {name} END AS {name}")
        elif name in nulled:
            parts.append(f"CASE WHEN ({_stale(_age(spec.kind, ages))}) IS NULL THEN {name} END AS {name}")
        else:
            parts.append(f'"{name}"')
    parts.append(f"{_stale(_age(spec.kind, ages))} AS stale")
    parts.append("CAST(NULL AS VARCHAR[]) AS conflicts")
    for kind in sorted(set(cells.values())):
        names = [name for name in cells if cells[name] == kind]
        known = " OR ".join(f"{name} IS NOT NULL" for name in names)
        parts.append(f"CASE WHEN {known} THEN {_stale(ages.get(kind))} END AS stale_{kind}")
        parts.append(f"attested_by IS NOT NULL AND ({known}) AS attested_{kind}")
    return ", ".join(parts)


def _age(kind: FactKind | None, ages: Mapping[FactKind, int]) -> int | None:
    return ages.get(kind) if kind else None


def _stale(days: int | None) -> str:
    """Return SQL for why a row no longer counts, or NULL; ``days`` is the maximum age of its kind."""
    lapsed = (
        "WHEN valid_until < getvariable('as_of') THEN CASE WHEN attested_by IS NULL"
        " THEN source || ', seen on ' || day_of(observed_at) || ', was good until ' || day_of(valid_until)"
        " ELSE attested_by || ' attested it on ' || day_of(observed_at) || '; that lapsed on '"
        " || day_of(valid_until) END"
    )
    cases = [lapsed]
    if days is not None:
        cases.append(
            f"WHEN observed_at IS NULL OR observed_at < getvariable('as_of') - to_days({days})"
            " THEN coalesce(attested_by, source) || ' told it as of ' || coalesce(day_of(observed_at), 'no known day')"
            f" || '; that is older than {days} days'"
        )
    return f"CASE {' '.join(cases)} END"
