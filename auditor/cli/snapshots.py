"""``auditor snapshots`` and ``auditor diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.audit import snapshot_json
from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.store import DiffRow, Store

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
    if limit < 1:
        raise UsageError("--limit takes a number from 1.", remedy="Leave it out for the newest 20.")
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
    before: Annotated[
        str, Parameter(help="The earlier snapshot: an id or its beginning; default: the one before.")
    ] = "",
    after: Annotated[str, Parameter(help="The later one; default: the latest.")] = "latest",
    *,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show what changed between two snapshots.

    What the later snapshot could not read is listed as 'not read', never as removed; what the
    earlier one could not read is 'first read', never added.

    Examples: auditor diff; auditor diff 20260820 latest
    """
    with common.workspace().store(create=False) as store:
        found = store.diff(before or _one_before(store, after), after)
        names = _names_in(store, found.before.id, found.after.id)
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
        [line for row in found.rows for line in _lines(row, names)],
        title=f"{found.before.id} → {found.after.id}",
    )


def _one_before(store: Store, after: str) -> str:
    before = next(store.snapshots_before(store.snapshot(after)), None)
    if before is None:
        raise UsageError(
            "there is no snapshot before this one to compare with.", remedy="See 'auditor snapshots'."
        )
    return before.id


def _names_in(store: Store, *snapshots: str) -> dict[str, str]:
    """Return the names of accounts and principals by id, the later snapshot's word last."""
    names: dict[str, str] = {}
    for snapshot in snapshots:
        for table, key in (("accounts", "account_id"), ("principals", "principal_id")):
            frame = store.frames(snapshot, (table,))[table]
            called = frame["name"].fillna(frame["handle"]).dropna()
            names.update(zip(frame.loc[called.index, key], called, strict=True))
    return names


def _lines(row: DiffRow, names: dict[str, str]) -> list[tuple[Any, ...]]:
    label = next((row.row[c] for c in _NAMES.get(row.table, ()) if row.row.get(c)), row.key)
    account_id = str(row.row.get("account_id") or "")
    where = f"{names.get(account_id, account_id)} ({account_id.partition(':')[0]})"
    if row.table == "grants":
        holder = str(row.row.get("principal_id") or "")
        label = f"{names.get(holder, holder)}: {label} on {where}"
    elif row.table == "apps":
        label = f"{label} on {where}"
    kind = row.kind.value.replace("_", " ")
    if not row.cells:
        return [(row.table, kind, label, "", "")]
    return [(row.table, f"{kind}: {c.column}", label, _shown(c.before), _shown(c.after)) for c in row.cells]


def _shown(value: object) -> object:
    return "not known" if value is None else value
