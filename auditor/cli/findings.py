"""``auditor findings``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from auditor.cli.audit import SeverityWord
from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.rows import Row
    from auditor.store import Store, StoredJudgement

_ORDER = ("critical", "high", "medium", "low", "info")
SnapshotRef = Annotated[str, Parameter(help="'latest', an id or its beginning.")]


def list_findings(
    *,
    snapshot: SnapshotRef = "latest",
    severity: Annotated[SeverityWord, Parameter(help="This severity and above.")] = "info",
    verdict: Annotated[Literal["fail", "unknown"] | None, Parameter(help="Only these.")] = None,
    rule: Annotated[str | None, Parameter(help="Only this rule's.")] = None,
    platform: Annotated[str | None, Parameter(help="Only this platform's.")] = None,
    account: Annotated[str | None, Parameter(help="Only this account's; its id.")] = None,
    limit: Annotated[int, Parameter(help="At most so many; 0 for all.")] = 0,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List what the rules found in a snapshot, fails before unknowns, the riskiest first.

    Examples: auditor findings list --severity high --verdict fail; auditor findings list --format json
    """
    from auditor.app.audit import finding_json
    from auditor.app.rows import rows

    with common.workspace().store(create=False) as store:
        found = [
            row
            for row in rows(_judgement(store, snapshot).findings)
            if _ORDER.index(row.text("severity") or "info") <= _ORDER.index(severity)
            and verdict in (None, row.text("verdict"))
            and rule in (None, row.text("rule"))
            and platform in (None, row.text("platform"))
            and account in (None, row.text("account_id"))
        ]
    found.sort(key=_weight)
    found = found[:limit] if limit else found
    if format == "json":
        put_json([finding_json(row) for row in found])
        return
    put_table(
        ["id", "severity", "risk", "verdict", "rule", "what"],
        [
            (
                (row.text("fingerprint") or "")[:10],
                row.text("severity"),
                row.number("risk"),
                row.text("verdict"),
                row.text("rule"),
                row.text("message"),
            )
            for row in found
        ],
    )


def show(fingerprint: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one finding whole, with its history over the snapshots. Its id or the beginning of it will do.

    Example: auditor findings show 3fa9c1
    """
    from auditor.app.audit import finding_json
    from auditor.app.rows import rows

    with common.workspace().store(create=False) as store:
        sightings = store.findings(fingerprint)
        marks = {sighting.fingerprint for sighting in sightings}
        if not marks:
            raise UsageError(
                f"there is no finding {fingerprint!r}.", remedy="'auditor findings list' shows them."
            )
        if len(marks) > 1:
            raise UsageError(f"{fingerprint!r} fits {len(marks)} findings.", remedy="Give more of its id.")
        mark, newest = marks.pop(), max(sighting.snapshot_id for sighting in sightings)
        judgement = _judgement(store, newest)
        row = next(row for row in rows(judgement.findings) if row.text("fingerprint") == mark)
    history = [
        {"snapshot": s.snapshot_id, "verdict": s.verdict, "severity": s.severity, "message": s.message}
        for s in sorted(sightings, key=lambda s: s.snapshot_id)
    ]
    if format == "json":
        put_json(
            finding_json(row)
            | {"snapshot": newest, "evidence_id": row.text("evidence_id"), "history": history}
        )
        return
    references = json.loads(row.text("references") or "{}")
    put_fields(
        {
            "Finding": mark,
            "Rule": row.text("rule"),
            "Severity": row.text("severity"),
            "Risk": row.number("risk"),
            "Verdict": f"{row.text('verdict')} ({row.text('basis')})",
            "What": row.text("message"),
            "Why unknown": row.text("reason"),
            "Would close it": row.text("remedy"),
            "What to do": row.text("remediation"),
            "Account": row.text("account_id"),
            "Principal": row.text("principal_id"),
            "Person": row.text("person_id"),
            "Evidence": row.text("evidence_id"),
            "Supports evidence for": [f"{standard} {', '.join(ids)}" for standard, ids in references.items()],
        }
    )
    put_line("")
    put_table(
        ["snapshot", "verdict", "message"], [(h["snapshot"], h["verdict"], h["message"]) for h in history]
    )


def _judgement(store: Store, ref: str) -> StoredJudgement:
    info = store.snapshot(ref)
    judgement = store.judgement(info.id)
    if judgement is None:
        raise UsageError(
            f"the snapshot {info.id} has not been judged.", remedy=f"Run: auditor audit --snapshot {info.id}"
        )
    return judgement


def _weight(row: Row) -> tuple[bool, int, int, str, str]:
    return (
        row.text("verdict") != "fail",
        -(row.number("risk") or 0),
        _ORDER.index(row.text("severity") or "info"),
        row.text("rule") or "",
        row.text("message") or "",
    )
