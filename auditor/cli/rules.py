"""``auditor rules``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table
from auditor.errors import UsageError

if TYPE_CHECKING:
    from policies.rule import Pack, Rule


def list_rules(
    *,
    pack: Annotated[str | None, Parameter(help="Only this pack's.")] = None,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the rules in force: those of the configuration, or the built-in packs where there is none.

    Example: auditor rules list --pack hipaa-social
    """
    packs = _packs(common)
    if pack is not None and pack not in {one.id for one in packs}:
        raise UsageError(
            f"there is no pack {pack!r} in force.", remedy=f"There are: {', '.join(p.id for p in packs)}."
        )
    rules = [rule for one in packs for rule in one.rules if pack in (None, one.id)]
    if format == "json":
        put_json([_as_json(rule) for rule in rules])
        return
    put_table(
        ["rule", "severity", "over", "title", "pack"],
        [(rule.id, rule.severity.word, rule.over, rule.title, rule.pack) for rule in rules],
    )


def show(rule: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one rule whole: why it is there, when it fails, what to do, what it supports evidence for.

    Example: auditor rules show former-staff-access
    """
    from policies.expressions import nearest

    known = {one.id: one for pack in _packs(common) for one in pack.rules}
    if rule not in known:
        raise UsageError(
            f"there is no rule {rule!r}.", remedy=nearest(rule, known) or "See 'auditor rules list'."
        )
    found = known[rule]
    if format == "json":
        put_json(_as_json(found))
        return
    put_fields(
        {
            "Rule": found.id,
            "Title": found.title,
            "Severity": found.severity.word,
            "Pack": found.pack,
            "Over": found.over,
            "Applies when": found.applies_when.text if found.applies_when else None,
            "Fails when": found.fails_when.text,
            "Parameters": [f"{name} = {value}" for name, value in found.params.items()],
            "Why": found.rationale,
            "What to do": found.remediation.text,
            "Takes away": found.removes,
            "Supports evidence for": [
                f"{standard} {', '.join(ids)}" for standard, ids in found.references.items()
            ],
            "Reads": [kind.value for kind in found.kinds],
            "Written in": f"{found.path}:{found.line}" if found.path else None,
        }
    )


def columns(
    view: Annotated[str | None, Parameter(help="grants, accounts, apps, ...")] = None,
    *,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the columns of VIEW that a rule may be written against, or the views.

    A column that is not known is NULL, and a rule that comes out NULL is unknown, never a pass.

    Example: auditor rules columns grants
    """
    from policies.columns import VIEWS
    from policies.expressions import nearest

    if view is None:
        found = [{"view": v.name, "subject": v.subject, "columns": len(v.columns)} for v in VIEWS.values()]
        if format == "json":
            put_json(found)
        else:
            put_table(["view", "one row a", "columns"], [list(row.values()) for row in found])
        return
    if view not in VIEWS:
        raise UsageError(
            f"there is no view {view!r}.", remedy=nearest(view, VIEWS) or f"Views: {', '.join(VIEWS)}."
        )
    listed = [
        {"column": c.name, "type": c.type, "meaning": c.meaning, "needs": c.fact.value if c.fact else None}
        for c in VIEWS[view].columns
    ]
    if format == "json":
        put_json(listed)
    else:
        put_table(["column", "type", "meaning", "needs coverage of"], [list(row.values()) for row in listed])


def run_tests(
    files: Annotated[
        tuple[str, ...], Parameter(help="Rule files, or names of built-in packs; default: those in force.")
    ] = (),
    *,
    format: Format = "table",
    common: Common = COMMON,
) -> int:
    """Run the examples that rule files carry; exit 1 if one comes out otherwise than it says.

    Examples: auditor rules test; auditor rules test policies/house.yaml
    """
    from policies.examples import run_examples
    from policies.loader import load_packs

    packs = load_packs(files, base_dir=Path.cwd()) if files else _packs(common)
    results = [result for pack in packs for result in run_examples(pack)]
    wrong = [result for result in results if not result.ok]
    if format == "json":
        put_json(
            [
                {"rule": r.rule, "example": r.index, "expected": r.expected, "got": r.got, "ok": r.ok}
                for r in results
            ]
        )
    else:
        for result in wrong:
            put_line(
                f"{result.rule}, example {result.index + 1}: expected {result.expected}, got {result.got}"
            )
        put_line(f"{len(results) - len(wrong)} of {len(results)} examples come out as they say.")
        bare = [rule.id for pack in packs for rule in pack.rules if not rule.examples]
        if bare:
            put_line(f"Without any example: {', '.join(bare)}")
    return 1 if wrong else 0


def backtest(
    file: Annotated[str, Parameter(help="A rule file, or the name of a built-in pack.")],
    *,
    snapshots: Annotated[int, Parameter(help="Only so many snapshots, the newest; 0 for all.")] = 0,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show what the rules of FILE would have found in the snapshots kept; nothing is recorded.

    Each snapshot is judged as of its own end. new, gone and unreadable are against the snapshot before:
    what could not be judged any more is neither open nor resolved.

    Examples: auditor rules backtest policies/house.yaml; auditor rules backtest new.yaml --snapshots 8
    """
    from auditor.app.backtest import backtest as run_backtest
    from auditor.cli.rules_backtest import put_backtest
    from auditor.cli.screen import Screen

    if snapshots < 0:
        raise UsageError("--snapshots takes a number from 0.", remedy="Leave it out for all of them.")
    workspace = common.workspace()
    with workspace.store(create=False) as store, Screen() as screen:
        found = run_backtest(workspace, store, file, screen, newest=snapshots or None)
    put_backtest(found, format)


def _packs(common: Common) -> tuple[Pack, ...]:
    """Return the packs in force; the built-in ones where there is no configuration and none was named."""
    from auditor.config import find_config
    from auditor.errors import ConfigError
    from policies.loader import built_in_packs, load_packs

    try:
        find_config(common.config)
    except ConfigError:
        if common.config:
            raise
        return load_packs(built_in_packs(), base_dir=Path.cwd())
    from auditor.app.judge import packs_in_force

    return packs_in_force(common.workspace())


def _as_json(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.word,
        "pack": rule.pack,
        "over": rule.over,
        "applies_when": rule.applies_when.text if rule.applies_when else None,
        "fails_when": rule.fails_when.text,
        "params": dict(rule.params),
        "rationale": rule.rationale,
        "remediation": rule.remediation.text,
        "removes": rule.removes,
        "references": {standard: list(ids) for standard, ids in rule.references.items()},
        "reads": [kind.value for kind in rule.kinds],
    }
