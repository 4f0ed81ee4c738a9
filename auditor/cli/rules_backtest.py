"""How ``auditor rules backtest`` prints what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.cli.common import Format
from auditor.cli.console import put_json, put_line, put_table

if TYPE_CHECKING:
    from auditor.app.backtest import RuleThen, Tested


def put_backtest(found: Sequence[Tested], format: Format) -> None:
    """Print what the rules would have found, oldest snapshot first; examples of the newest one judged."""
    if format == "json":
        put_json([_as_json(one) for one in found])
        return
    put_table(
        ["snapshot", "of", "rule", "fail", "unknown", "pass", "not applicable", "new", "gone", "unreadable"],
        [
            (one.snapshot.id, one.snapshot.finished_at, rule.rule, rule.failed, rule.unknown, rule.passed,
             rule.not_applicable, rule.new, rule.gone, rule.unreadable)
            for one in found
            for rule in one.rules
        ],
    )  # fmt: skip
    put_line("")
    for one in found:
        if one.reason:
            put_line(f"Not judged: snapshot {one.snapshot.id}; {one.reason}")
    newest = next((one for one in reversed(found) if one.rules), None)
    for rule in newest.rules if newest else ():
        for message in rule.examples:
            put_line(f"[{rule.severity}] {rule.rule}: {message}")
        if rule.failed > len(rule.examples):
            put_line(f"         and {rule.failed - len(rule.examples):,} more fails of {rule.rule}")


def _as_json(one: Tested) -> dict[str, object]:
    return {
        "snapshot": one.snapshot.id,
        "finished_at": one.snapshot.finished_at,
        "judged": not one.reason,
        "reason": one.reason,
        "rules": [_rule_json(rule) for rule in one.rules],
    }


def _rule_json(rule: RuleThen) -> dict[str, object]:
    return {
        "rule": rule.rule,
        "severity": rule.severity,
        "failed": rule.failed,
        "unknown": rule.unknown,
        "passed": rule.passed,
        "not_applicable": rule.not_applicable,
        "since_snapshot_before": {"new": rule.new, "gone": rule.gone, "unreadable": rule.unreadable},
        "examples": list(rule.examples),
    }
