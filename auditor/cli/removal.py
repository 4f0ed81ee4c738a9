"""``auditor removal``: how to take access away without breaking what depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table

if TYPE_CHECKING:
    from reports.removal import Consequence, RemovalPlan, RemovalStep

_PHASES = {"before": "Before", "remove": "Remove", "after": "After"}


def removal(
    who: Annotated[
        str | None, Parameter(help="Id, e-mail, handle or name of a person, an identity or an app.")
    ] = None,
    *,
    snapshot: Annotated[str, Parameter(help="'latest', an id or its beginning.")] = "latest",
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List whose removal the findings call for, or print the whole plan to remove WHO.

    A plan tells what would break (the last admin, an orphaned account, a tool that works in their name,
    a recovery address), then every step in order with a link to the settings page. WHO needs no
    finding: plan an offboarding ahead of time. Nothing is changed anywhere; Auditor only reads.

    Examples: auditor removal; auditor removal bo.fox@riverside.example; auditor removal x:7000001 --format json
    """
    from auditor.app.judge import evaluate
    from auditor.app.removal import plan_for, plans
    from auditor.app.removal_vendors import vendor_holdings
    from auditor.app.review import build_review

    workspace = common.workspace()
    with (
        workspace.store(create=False) as store,
        evaluate(workspace, store, store.snapshot(snapshot)) as judged,
    ):
        review = build_review(workspace, judged, everyone=True)
        vendors = vendor_holdings(judged.views)
    if who is None:
        found = plans(review, vendors, at_most=None)
        if format == "json":
            put_json({"snapshot": review.snapshot_id, "removals": [_plan(plan) for plan in found]})
        else:
            _list(found)
        return
    plan = plan_for(review, who, vendors)
    if format == "json":
        put_json({"snapshot": review.snapshot_id} | _plan(plan))
    else:
        _print(plan)


def _list(found: tuple[RemovalPlan, ...]) -> None:
    if not found:
        put_line("No finding calls for a removal.")
        return
    put_table(
        ["who", "what", "why", "breaks", "not ruled out", "steps", "first"],
        [
            (
                plan.name,
                plan.subject_type,
                plan.reasons[0] if plan.reasons else "",
                len(plan.certain),
                len(plan.not_ruled_out),
                len(plan.steps),
                plan.summary,
            )
            for plan in found
        ],
    )
    put_line("")
    put_line("The whole of one: auditor removal WHO")


def _print(plan: RemovalPlan) -> None:
    put_fields(
        {
            "Who": plan.name,
            "What": f"{plan.subject_type} {plan.subject_id}",
            "Place": f"{plan.rank} of {plan.total} that findings call for"
            if plan.rank
            else "no finding calls for it",
        }
    )
    put_line("")
    put_line(plan.summary)
    _consequences("What breaks", plan.certain)
    _consequences("What could not be ruled out", plan.not_ruled_out)
    number = 0
    for phase, title in _PHASES.items():
        steps = [step for step in plan.steps if step.phase == phase]
        if steps:
            put_line(f"\n{title}")
        for step in steps:
            number += 1
            put_line(f"{number:>3}. [ ] {step.text}")
            for line in (step.url, f"Can do it: {', '.join(step.by)}" if step.by else None):
                if line:
                    put_line(f"         {line}")
    if plan.reasons:
        put_line("\nWhy")
    for reason in plan.reasons:
        put_line(f"  - {reason}")


def _consequences(title: str, found: tuple[Consequence, ...]) -> None:
    if found:
        put_line(f"\n{title}")
    for one in found:
        put_line(f"  - {one.text}")


def _plan(plan: RemovalPlan) -> dict[str, Any]:
    return {
        "subject_type": plan.subject_type,
        "subject_id": plan.subject_id,
        "name": plan.name,
        "summary": plan.summary,
        "rank": plan.rank,
        "total": plan.total,
        "reasons": plan.reasons,
        "fingerprints": plan.fingerprints,
        "consequences": [
            {"kind": one.kind, "account_id": one.account_id, "text": one.text, "is_certain": one.is_certain}
            for one in plan.consequences
        ],
        "steps": [_step(step) for step in plan.steps],
    }


def _step(step: RemovalStep) -> dict[str, Any]:
    return {
        "phase": step.phase,
        "text": step.text,
        "platform": step.platform,
        "account_id": step.account_id,
        "url": step.url,
        "by": step.by,
    }
