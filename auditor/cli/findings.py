"""``auditor findings list`` and ``show``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from auditor.cli.audit import SeverityWord
from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import cell_text, put_fields, put_json, put_line, put_table, say
from auditor.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from auditor.app.findings_list import Listed
    from auditor.app.rows import Row
    from auditor.model.event import Event
    from auditor.model.life import Life
    from auditor.store import Store
    from auditor.store.waiver_terms import KeptTerms

SnapshotRef = Annotated[str, Parameter(help="'latest', an id or its beginning.")]
StateWord = Literal["new", "open", "reopened", "resolved", "waived"]


def list_findings(
    *,
    snapshot: SnapshotRef = "latest",
    severity: Annotated[SeverityWord, Parameter(help="This severity and above.")] = "info",
    verdict: Annotated[Literal["fail", "unknown"] | None, Parameter(help="Only these.")] = None,
    rule: Annotated[str | None, Parameter(help="Only this rule's.")] = None,
    platform: Annotated[str | None, Parameter(help="Only this platform's.")] = None,
    account: Annotated[
        str | None,
        Parameter(
            help="Only this account's and those about who holds access to it; a handle, name, URL or id."
        ),
    ] = None,
    state: Annotated[
        tuple[StateWord, ...], Parameter(help="Only these states; give it again for several.")
    ] = (),
    waived: Annotated[bool, Parameter(help="Only those that a waiver covers.", negative=())] = False,
    owner: Annotated[str | None, Parameter(help="Only those this e-mail address answers for.")] = None,
    overdue: Annotated[bool, Parameter(help="Only those whose last day has passed.", negative=())] = False,
    since: Annotated[
        str | None, Parameter(help="Only those opened on this day or later, such as 2026-11-01.")
    ] = None,
    limit: Annotated[int, Parameter(help="At most so many; 0 for all.")] = 0,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the findings that stand, fails before unknowns, the riskiest first, waived ones last.

    Those that the newest snapshot could not see stand open all the same. Resolved ones are listed
    with --state resolved.

    Examples: auditor findings list --severity high --verdict fail; auditor findings list --overdue
    --owner dana.cole@riverside.example; auditor findings list --state new --state reopened --format
    json; auditor findings list --waived
    """
    from auditor.app.findings_list import Asked
    from auditor.app.findings_list import list_findings as listed
    from auditor.app.waivers import today_of

    asked = Asked(
        severity=severity,
        verdict=verdict,
        rule=rule,
        platform=platform,
        account=account,
        states=frozenset({"waived"} if waived else state),
        owner=owner,
        overdue=overdue,
        since=_day(since),
    )
    workspace = common.workspace()
    with workspace.store(create=False) as store:
        found = listed(workspace, store, snapshot, asked)
    shown = found.wanted[:limit] if limit else found.wanted
    today = today_of(workspace)
    if not shown:
        say(f"No finding is as asked; {found.standing} stand in all.")
    if format == "json":
        put_json([_json(one, today) for one in shown])
        return
    put_table(
        ["id", "severity", "risk", "verdict", "state", "due", "rule", "what"],
        [_cells(one, today) for one in shown],
    )


def show(fingerprint: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one finding whole: its life, its waiver beside the original verdict, everything that happened.

    Its id or the beginning of it will do.

    Example: auditor findings show 3fa9c1
    """
    from auditor.app.audit import finding_json
    from auditor.app.findings_list import life_json
    from auditor.app.rows import rows
    from auditor.app.waivers import today_of

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        sightings = store.findings(fingerprint)
        mark, newest = sightings[-1].fingerprint, sightings[-1].snapshot_id
        row = next(rows(store.recorded_findings(newest, fingerprints=[mark])))
        life = next(iter(store.lives.find(mark)), None)
        events = store.events.of_finding(mark)
        trail = _trail(store, life)
    today = today_of(workspace)
    history = [
        {"snapshot": s.snapshot_id, "verdict": s.verdict, "severity": s.severity, "message": s.message}
        for s in sightings
    ]
    if format == "json":
        put_json(
            finding_json(row)
            | {
                "snapshot": newest,
                "evidence_id": row.text("evidence_id"),
                "life": life_json(life, today),
                "waiver_terms": [_terms_json(kept) for kept in trail],
                "events": [_event_json(event) for event in events],
                "history": history,
            }
        )
        return
    put_fields(_fields(row, life, today) | _waiver_fields(life, trail))
    put_line("")
    put_table(
        ["snapshot", "verdict", "message"], [(h["snapshot"], h["verdict"], h["message"]) for h in history]
    )
    if events:
        put_line("")
        put_table(["when", "what", "by", "told"], [(e.at, e.kind.value, e.actor, e.message) for e in events])


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"{text!r} is not a day.", remedy="Such as --since 2026-11-01.") from None


def _json(one: Listed, today: date) -> dict[str, Any]:
    from auditor.app.audit import finding_json
    from auditor.app.findings_list import life_json

    return finding_json(one.row) | {"life": life_json(one.life, today)}


def _cells(one: Listed, today: date) -> tuple[object, ...]:
    row, life = one.row, one.life
    state = life.standing(today).value if life else ""
    if life is not None and life.unknown is not None and life.failed is not None and life.is_open:
        state += f", unknown since {cell_text(life.unknown.at)[:10]}"
    due = "" if life is None or life.due_on is None or not life.is_open else life.due_on.isoformat()
    return (
        (row.text("fingerprint") or "")[:10],
        row.text("severity"),
        row.number("risk"),
        row.text("verdict"),
        state,
        f"{due} OVERDUE" if life is not None and life.is_overdue(today) else due,
        row.text("rule"),
        _what(row),
    )


def _what(row: Row) -> str:
    """Return what is found; of what is not known also why."""
    message, reason = row.text("message") or "", row.text("reason")
    return message if not reason or row.text("verdict") != "unknown" else f"{message}: {reason}"


def _fields(row: Row, life: Life | None, today: date) -> dict[str, object]:
    references = json.loads(row.text("references") or "{}")
    lived = {} if life is None else _life_fields(life, today)
    return {
        "Finding": row.text("fingerprint"),
        "Rule": row.text("rule"),
        "Severity": row.text("severity"),
        "Risk": row.number("risk"),
        "Verdict": f"{row.text('verdict')} ({row.text('basis')})",
        "What": row.text("message"),
        "Why unknown": row.text("reason"),
        "Would close it": row.text("remedy"),
        "What to do": row.text("remediation"),
        "Account": row.text("account_id"),
        "Subject": row.text("subject_id"),
        "Principal": row.text("principal_id"),
        "Person": row.text("person_id"),
        "Evidence": row.text("evidence_id"),
        "Supports evidence for": [f"{standard} {', '.join(ids)}" for standard, ids in references.items()],
        **lived,
    }


def _life_fields(life: Life, today: date) -> dict[str, object]:
    late = " (overdue)" if life.is_overdue(today) else ""
    closing = " (its rule is not in force any more)" if life.closing.value else ""
    return {
        "State": life.standing(today).value,
        "First seen": life.first.at,
        "Last seen": life.last.at,
        "Unknown since": life.unknown and life.unknown.at,
        "Resolved": life.resolved
        and f"{cell_text(life.resolved.at)} by {life.resolved.snapshot_id}{closing}",
        "Opened": f"{life.openings} times" if life.openings > 1 else "",
        "Owner": life.responsible,
        "Due": f"{life.due_on}{late}" if life.due_on and life.is_open else "",
    }


def _waiver_fields(life: Life | None, trail: tuple[KeptTerms, ...]) -> dict[str, object]:
    if life is None or life.waiver is None or not trail:
        return {}
    terms = trail[-1].waiver
    return {
        "Waived as": f"{terms.kind.value} until {terms.expires}; the verdict above stands",
        "Reason": terms.reason,
        "Control": terms.control,
        "Risk owner": terms.owner,
        "Approved by": terms.approver,
        "Terms": f"{len(trail)} version{'s' * (len(trail) != 1)}: auditor waivers show {terms.key[:10]}",
    }


def _trail(store: Store, life: Life | None) -> tuple[KeptTerms, ...]:
    return () if life is None or life.waiver is None else store.waiver_trail.of(life.waiver.key)


def _terms_json(kept: KeptTerms) -> dict[str, Any]:
    return kept.waiver.terms | {"recorded_at": kept.recorded_at, "withdrawn": kept.withdrawn}


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "kind": event.kind.value,
        "by": event.actor or None,
        "message": event.message,
        "snapshot": event.snapshot_id,
    }
