"""``auditor waivers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table

if TYPE_CHECKING:
    from datetime import date

    from policies.waivers_cover import Covering, WaiverUse


def list_waivers(*, format: Format = "table", common: Common = COMMON) -> None:
    """List the waivers of the file: what each covers today, until when, and whether anything is amiss.

    Examples: auditor waivers list; auditor waivers list --format json
    """
    from auditor.app.waivers_desk import kind_counts, use_json

    covering, today = _uses(common)
    if format == "json":
        put_json(
            {"covered": kind_counts(covering), "waivers": [use_json(use, today) for use in covering.uses]}
        )
        return
    put_table(
        ["id", "state", "kind", "rule", "subject", "covers", "expires", "owner", "approver"],
        [_cells(use, today) for use in covering.uses],
    )
    put_line("")
    put_fields({f"Covered as {kind}": count for kind, count in kind_counts(covering).items()})


def check(*, format: Format = "table", common: Common = COMMON) -> int:
    """Check the waivers file; exit 1 where a waiver has expired or is amiss. Anything written wrong is an error.

    Amiss is a waiver that fits no open finding, or another number than it expects, or whose approver may
    not approve it.

    Example: auditor waivers check
    """
    from auditor.app.waivers_desk import state_of, use_json

    covering, today = _uses(common)
    wrong = [use for use in covering.uses if state_of(use, today) in ("expired", "amiss")]
    if format == "json":
        put_json([use_json(use, today) for use in wrong])
    else:
        for use in wrong:
            told = "; ".join(use.problems) or f"it expired on {use.waiver.expires}"
            put_line(f"line {use.waiver.line}: {use.waiver.rule} on {use.waiver.subject}: {told}.")
        number = len(covering.uses)
        put_line(f"{number} waiver{'s' * (number != 1)}, {len(wrong)} of them expired or amiss.")
    return 1 if wrong else 0


def show(waiver: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one waiver whole: its terms, what it covers, and every version of its terms. The beginning of its id will do.

    Example: auditor waivers show 8c1f02
    """
    from auditor.app.waivers import today_of
    from auditor.app.waivers_desk import find_use, state_of, use_json, uses_now

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        use = find_use(uses_now(workspace, store), waiver)
        trail = store.waiver_trail.of(use.waiver.key)
    today = today_of(workspace)
    if format == "json":
        versions: list[dict[str, Any]] = [
            kept.waiver.terms | {"recorded_at": kept.recorded_at, "withdrawn": kept.withdrawn}
            for kept in trail
        ]
        put_json(use_json(use, today) | {"trail": versions})
        return
    put_fields(
        {"Waiver": use.waiver.key, "State": state_of(use, today)}
        | {key.capitalize(): value for key, value in use.waiver.terms.items()}
        | {"Amiss": list(use.problems)}
    )
    put_line("")
    put_table(
        ["finding", "severity", "verdict", "what"],
        [(seen.fingerprint[:10], seen.severity, seen.verdict, seen.message) for seen in use.covers],
    )
    put_line("")
    put_table(
        ["recorded", "kind", "until", "owner", "approver", "reason"],
        [
            (
                kept.recorded_at,
                "withdrawn" if kept.withdrawn else kept.waiver.kind.value,
                kept.waiver.expires,
                kept.waiver.owner,
                kept.waiver.approver,
                kept.waiver.reason,
            )
            for kept in trail
        ],
    )


def _uses(common: Common) -> tuple[Covering, date]:
    from auditor.app.waivers import today_of
    from auditor.app.waivers_desk import uses_now

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        return uses_now(workspace, store), today_of(workspace)


def _cells(use: WaiverUse, today: date) -> tuple[object, ...]:
    from auditor.app.waivers_desk import state_of

    waiver = use.waiver
    covers = f"{len(use.covers)} of {waiver.expect}"
    place = (waiver.rule, waiver.subject, covers, waiver.expires, waiver.owner, waiver.approver)
    return (waiver.key[:10], state_of(use, today), waiver.kind.value, *place)
