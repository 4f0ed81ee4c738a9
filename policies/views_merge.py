"""Step two of the views: several sources tell of the same thing; one row remains, cell by cell.

Verified goes before attested. Where two verified sources, or two attestations of the same day,
contradict each other on a cell that is judged, the cell becomes NULL and ``conflicts`` says so.
All other cells take the word of
the best witness: verified before attested, the later before the earlier. Only ids that occur more than once pass through here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.model.tables import FACT_TABLES
from policies.views_staging import TABLES, TableSpec, column_types

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Of a merged row, these come together from its best witness.
_PROVENANCE = ("source", "observed_at", "evidence_id", "attested_by", "valid_until", "stale")
# Lists are compared as sets: two sources may tell the same methods in another order.
_SETS = frozenset({"mfa_methods", "scopes"})


def merge(connection: DuckDBPyConnection, tables: Iterable[str] = tuple(TABLES)) -> None:
    """Make ``t_<table>`` of each ``s_<table>``: one row an id, with its ``conflicts`` (NULL: none)."""
    for table in tables:
        spec = TABLES[table]
        key = spec.key
        # Equal ids have equal hashes, and numbers are counted much faster than texts.
        connection.execute(
            f"CREATE TEMP TABLE doubles AS SELECT {key} FROM s_{table} WHERE hash({key}) IN"  # noqa: S608 - our names, inspected terms, quoted texts
            f" (SELECT hash({key}) AS h FROM s_{table} WHERE {key} IS NOT NULL GROUP BY h HAVING count(*) > 1)"
            f" GROUP BY {key} HAVING count(*) > 1"
        )
        found = connection.execute("SELECT count(*) FROM doubles").fetchone()
        if found and found[0]:
            connection.execute(_merge_sql(table, spec))
            connection.execute(f"DROP TABLE s_{table}")
        else:
            connection.execute(f"ALTER TABLE s_{table} RENAME TO t_{table}")
        connection.execute("DROP TABLE doubles")


def _merge_sql(table: str, spec: TableSpec) -> str:
    single = f"SELECT * FROM s_{table} ANTI JOIN doubles USING ({spec.key})"  # noqa: S608 - our names, inspected terms, quoted texts
    return f"CREATE TABLE t_{table} AS {single} UNION ALL BY NAME ({_merged(table, spec)})"


def _merged(table: str, spec: TableSpec) -> str:
    columns = [name for name in column_types(FACT_TABLES[table]) if name not in (*_PROVENANCE, spec.key)]
    kinds = sorted(set((spec.cells or {}).values()))
    values = [_judged(name, spec) if name in spec.judged else _best(name) for name in columns]
    values += [f"arg_max_null({name}, witness) AS {name}" for name in _PROVENANCE if name != "attested_by"]
    values.append(_attester(spec))
    for kind in kinds:
        judged = [name for name, of in (spec.cells or {}).items() if of == kind and name in spec.judged]
        # Stale only where no source that still counts tells it; attested only where no verified one does.
        known = " OR ".join(f"{name} IS NOT NULL" for name in (judged or [_first_cell(spec, kind)]))
        values.append(f"CASE WHEN count(*) FILTER ({known}) = 0 THEN max(stale_{kind}) END AS stale_{kind}")
        values.append(
            f"count(*) FILTER (({known}) AND attested_by IS NULL) = 0"
            f" AND count(*) FILTER (attested_{kind}) > 0 AS attested_{kind}"
        )
    texts = ", ".join(_conflict(name, spec) for name in spec.judged) or "NULL"
    return (
        f"SELECT {spec.key}, {', '.join(values)}, list_filter(CAST([{texts}] AS VARCHAR[]), lambda t: t IS NOT NULL) AS conflicts"  # noqa: S608 - our names, inspected terms, quoted texts
        f" FROM ({_witnesses(table, spec)}) GROUP BY {spec.key}"
    )


def _first_cell(spec: TableSpec, kind: str) -> str:
    return next(name for name, of in (spec.cells or {}).items() if of == kind)


def _witnesses(table: str, spec: TableSpec) -> str:
    """Return the rows of the doubled ids, ranked, each judged cell with the time of its last telling."""
    times = "".join(
        f", max(CASE WHEN {name} IS NOT NULL{_fresh(name, spec)} THEN observed_at END) OVER teller AS last_{name}"
        for name in spec.judged
    )
    sets = ", ".join(
        f"CAST(list_sort(TRY(CAST(CAST({name} AS JSON) AS VARCHAR[]))) AS JSON)::VARCHAR AS {name}"
        for name in spec.judged
        if name in _SETS
    )
    replace = f" REPLACE ({sets})" if sets else ""
    return (
        f"SELECT *{times},"  # noqa: S608 - our names, inspected terms, quoted texts
        " (CASE WHEN stale IS NOT NULL THEN 0 WHEN attested_by IS NOT NULL THEN 1 ELSE 2 END)"
        " * 100000000000000000 + coalesce(epoch_us(observed_at), 0) AS witness"
        f" FROM (SELECT *{replace} FROM s_{table} SEMI JOIN doubles USING ({spec.key}))"
        f" WINDOW teller AS (PARTITION BY {spec.key}, attested_by IS NULL,"
        " CASE WHEN attested_by IS NULL THEN source END)"
    )


def _best(name: str) -> str:
    return f'arg_max("{name}", witness) AS "{name}"'


def _fresh(name: str, spec: TableSpec) -> str:
    """A cell of a kind of its own was emptied when it was too old; the others are as old as their row."""
    return "" if name in (spec.cells or {}) else " AND stale IS NULL"


def _told(name: str, spec: TableSpec, *, verified: bool) -> str:
    side = "attested_by IS NULL" if verified else "attested_by IS NOT NULL"
    return f"FILTER ({name} IS NOT NULL{_fresh(name, spec)} AND {side} AND observed_at = last_{name})"


def _judged(name: str, spec: TableSpec) -> str:
    """The one value its best witnesses agree on; NULL where they do not."""
    verified, attested = _told(name, spec, verified=True), _told(name, spec, verified=False)
    return (
        f"CASE WHEN min({name}) {verified} IS NOT NULL"
        f" THEN CASE WHEN min({name}) {verified} = max({name}) {verified} THEN max({name}) {verified} END"
        f" WHEN min({name}) {attested} = max({name}) {attested} THEN max({name}) {attested} END AS {name}"
    )


def _attester(spec: TableSpec) -> str:
    """Who vouches for the weakest judged cell: one that rests on an attestation alone makes the row attested."""
    own = [name for name in spec.judged if name not in (spec.cells or {})]
    alone = " OR ".join(
        f"(count(*) {_told(name, spec, verified=True)} = 0 AND count(*) {_told(name, spec, verified=False)} > 0)"
        for name in own
    )
    best = "arg_max_null(attested_by, witness)"
    return f"CASE WHEN {alone or 'FALSE'} THEN arg_max(attested_by, witness) ELSE {best} END AS attested_by"


def _conflict(name: str, spec: TableSpec) -> str:
    verified, attested = _told(name, spec, verified=True), _told(name, spec, verified=False)
    said = f"source || ' says ' || CAST({name} AS VARCHAR)"
    return (
        f"CASE WHEN min({name}) {verified} <> max({name}) {verified}"
        f" THEN '{name}: ' || array_to_string(list_sort(list_distinct(list({said}) {verified})), ', ')"
        f" WHEN min({name}) {verified} IS NULL AND min({name}) {attested} <> max({name}) {attested}"
        f" THEN '{name}: ' || array_to_string(list_sort(list_distinct(list({said}) {attested})), ', ') END"
    )
