"""The rules as SARIF's reporting descriptors: what was checked, and what it supports evidence for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.model.finding import Severity
from reports import names
from reports.review import AccessReview
from reports.sarif_text import said, shown
from reports.text import cut

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.5",
}
"""Code-scanning screens read: over 9.0 critical, from 7.0 high, from 4.0 medium, below that low."""
_TAGS = 10
"""Tags shown; screens refuse more than 20."""


def rules_of(review: AccessReview) -> list[dict[str, Any]]:
    """Return every rule once, those without a finding included; a result names its place in the list."""
    rules = {
        rule.rule: _rule(rule.rule, rule.title, rule.pack, rule.severity, rule.references, rule.rationale)
        for rule in review.rules
    }
    for one in review.findings:
        if one.rule not in rules:
            rules[one.rule] = _rule(one.rule, one.rule_title, one.pack, one.severity, one.references, "")
    return list(rules.values())


def _rule(
    uid: str,
    title: str,
    pack: str,
    severity: Severity,
    references: Mapping[str, tuple[str, ...]],
    rationale: str,
) -> dict[str, Any]:
    tags = ("security", "access-review", pack, *references)
    return {
        "id": shown(uid),
        "name": cut(shown(title), 255),
        "shortDescription": {"text": said(title)},
        "fullDescription": {"text": said(rationale or title)},
        "help": {"text": _help(title, rationale, references)},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "tags": [*dict.fromkeys(shown(tag) for tag in tags)][:_TAGS],
            "security-severity": _SCORES[severity],
            "precision": "high",
        },
    }


def _help(title: str, rationale: str, references: Mapping[str, tuple[str, ...]]) -> str:
    told = [said(title) + ".", said(rationale)]
    paragraphs = [
        f"{names.standard(one)} {paragraph}" for one, found in references.items() for paragraph in found
    ]
    if paragraphs:
        told.append(f"Supports evidence for {said('; '.join(paragraphs))}.")
    return " ".join(text for text in told if text)
