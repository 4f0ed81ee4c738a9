"""``auditor snapshots`` and ``auditor diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.audit import snapshot_json
from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table

if TYPE_CHECKING:
    from auditor.store import DiffRow

_NAMES = {
    "accounts": ("name", "handle", "account_id"),
    "principals": ("name", "handle", "email", "principal_id"),
    "grants": ("role", "grant_id"),
    "apps": ("name", "app_id"),
    "people": ("name", "person_id"),
}


def snapshots(*, limit: int = 20, format: Format = "table", common: Common = COMMON) -> None:
    """List the snapshots in the store, newest first.

    Example: auditor snapshots --limit 5
    """
    with common.workspace().store(create=False) as store:
        found = store.snapshots(limit=limit)
    if format == "json":
        put_json([snapshot_json(info) for info in found])
        return
    put_table(
        ["snapshot", "finished", "facts", "people", "read whole", "in part", "failed", "judged"],
        [
            (
                info.id,
                info.finished_at,
                sum(info.counts.values()),
                info.counts.get("people", 0),
                *(
                    sum(run.state == state for run in info.connections)
                    for state in ("complete", "partial", "failed")
                ),
                info.judged_at is not None,
            )
            for info in found
        ],
    )


def diff(
    before: Annotated[str, Parameter(help="The earlier snapshot: an id or its beginning.")],
    after: Annotated[str, Parameter(help="The later one; 'latest' will do.")] = "latest",
    *,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show what changed between two snapshots.

    What the later snapshot could not read is listed as 'not read', never as removed; what the
    earlier one could not read is 'first read', never added.

    Example: auditor diff 20260820 latest
    """
    with common.workspace().store(create=False) as store:
        found = store.diff(before, after)
    if format == "json":
        put_json(
            {
                "before": found.before.id,
                "after": found.after.id,
                "changes": [
                    {
                        "table": row.table,
                        "key": row.key,
                        "change": row.kind.value,
                        "row": dict(row.row),
                        "cells": [
                            {"column": c.column, "before": c.before, "after": c.after} for c in row.cells
                        ],
                    }
                    for row in found.rows
                ],
            }
        )
        return
    if not found.rows:
        put_line("Nothing changed.")
        return
    put_table(
        ["what", "change", "which", "from", "to"],
        [line for row in found.rows for line in _lines(row)],
        title=f"{found.before.id} → {found.after.id}",
    )


def _lines(row: DiffRow) -> list[tuple[Any, ...]]:
    name = next((row.row[c] for c in _NAMES.get(row.table, ()) if row.row.get(c)), row.key)
    where = row.row.get("account_id") if row.table in {"grants", "apps"} else None
    label = f"{name} on {where}" if where else name
    kind = row.kind.value.replace("_", " ")
    if not row.cells:
        return [(row.table, kind, label, "", "")]
    return [(row.table, f"{kind}: {c.column}", label, _shown(c.before), _shown(c.after)) for c in row.cells]


def _shown(value: object) -> object:
    return "not known" if value is None else value
