"""Findings of a judgement as the report's own values, the riskiest first.

A report may hold a hundred thousand: rows are read column by column, what a rule says is made once,
and equal texts are one object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.risk import RiskOf
from auditor.app.trend import Ages, Comparison
from auditor.model.finding import Basis, Severity, Verdict
from policies.rule import Rule
from reports.review import Life, ReviewFinding

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = (
    "fingerprint",
    "subject_type",
    "subject_id",
    "message",
    "remediation",
    "reason",
    "remedy",
    "platform",
    "account_id",
    "principal_id",
    "person_id",
    "evidence_id",
)
_DISTINCT = frozenset({"fingerprint", "subject_id", "message"})
"""Nearly all different, so that remembering them would only cost."""
_ALWAYS_TEXT = frozenset(
    {"fingerprint", "subject_type", "subject_id", "message", "remediation", "reason", "remedy"}
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a rule says of each of its findings."""

    title: str
    references: Mapping[str, tuple[str, ...]]
    removes: str | None


def review_findings(
    frame: pd.DataFrame, rules: Mapping[str, Rule], comparison: Comparison | Ages | None, risk: RiskOf
) -> tuple[ReviewFinding, ...]:
    """Return the rows of ``frame`` (columns of `policies.engine.Judgement.findings`), the riskiest first.

    Fails stand before unknowns; of equal scores the order of the frame is kept.
    """
    made = list(_made(frame, rules, comparison, risk))
    made.sort(key=_order)
    return tuple(made)


def _order(finding: ReviewFinding) -> tuple[bool, int, int]:
    score = finding.risk.score if finding.risk else 0
    return (finding.verdict is not Verdict.FAIL, -score, -finding.severity)


def _made(
    frame: pd.DataFrame, rules: Mapping[str, Rule], comparison: Comparison | Ages | None, risk: RiskOf
) -> Iterator[ReviewFinding]:
    said: dict[str, _Said] = {}
    shared: dict[Any, Any] = {}
    words = [_column(frame, name) for name in ("rule", "references", "pack", "severity", "verdict", "basis")]
    texts = [_column(frame, name) for name in _TEXTS]
    for (rule, references, pack, *judged), *cells in zip(zip(*words, strict=True), *texts, strict=True):
        if rule not in said:
            said[rule] = _said(rules.get(rule), rule, references)
        own = {
            name: cell if name in _DISTINCT else shared.setdefault(cell, cell)
            for name, cell in zip(_TEXTS, cells, strict=True)
        }
        severity, verdict, basis = Severity.parse(judged[0]), Verdict(judged[1]), Basis(judged[2])
        life, first_seen_at = _life(own["fingerprint"], verdict, comparison)
        yield ReviewFinding(
            **own,
            rule=shared.setdefault(rule, rule),
            rule_title=said[rule].title,
            pack=shared.setdefault(pack, pack),
            severity=severity,
            verdict=verdict,
            basis=basis,
            references=said[rule].references,
            removes=said[rule].removes if verdict is Verdict.FAIL else None,
            life=life,
            first_seen_at=first_seen_at,
            risk=risk.assess(
                (own["subject_type"], own["subject_id"]),
                severity=severity,
                verdict=verdict,
                basis=basis,
                account_id=own["account_id"],
                person_id=own["person_id"],
                first_seen_at=first_seen_at,
            ),
        )


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    blank = "" if name in _ALWAYS_TEXT else None
    column = frame[name]
    return column.astype(object).where(column.notna(), blank).tolist()


def _said(rule: Rule | None, rule_id: str, references: str | None) -> _Said:
    """Return what the rule says; of one that is no longer in force, what was recorded with the finding."""
    kept = {standard: tuple(ids) for standard, ids in json.loads(references or "{}").items()}
    if rule is None:
        return _Said(rule_id, kept, None)
    return _Said(rule.title, kept, rule.removes)


def _life(
    fingerprint: str, verdict: Verdict, comparison: Comparison | Ages | None
) -> tuple[Life | None, datetime | None]:
    if comparison is None or verdict is not Verdict.FAIL:
        return None, None
    is_new = fingerprint in comparison.new
    return (Life.NEW if is_new else Life.OPEN), comparison.first_seen.get(fingerprint)
