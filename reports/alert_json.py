"""Alerts and digests as JSON for webhooks, and as short text for chat services.

Names stay as platforms wrote them, written so that no hidden character is obeyed by whoever shows the
JSON; docs/alerts.md describes every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.alert import AlertChange, AlertPage, DigestLine, DigestPage
from reports.removal import RemovalPlan
from reports.review import Gap, ReviewAccount, ReviewFinding
from reports.text import clean, cut, json_line, plural
from reports.when import iso

VERSION = 1
_LISTED = 100
"""Findings, changes and steps of one message at most; the counts are always whole."""
_TEXT = 300


def alert_json(page: AlertPage) -> bytes:
    """Return an alert as a JSON document."""
    plan = page.plan
    return _dumped(
        _head(page, "alert", page.alert_id)
        | {
            "kind": page.kind,
            "action": page.action,
            "counts": {"findings": len(page.findings), "changes": len(page.changes)},
            "findings": [_finding(one) for one in page.findings[:_LISTED]],
            "changes": [_change(one) for one in page.changes[:_LISTED]],
            "accounts": [_account(one) for one in page.accounts[:_LISTED]],
            "removal": _plan(plan) if plan else None,
            "coverage": _split(page),
            "unknown": [_gap(one) for one in page.gaps[:_LISTED]],
        }
    )


def digest_json(page: DigestPage) -> bytes:
    """Return a digest, or a storm told at once, as a JSON document."""
    return _dumped(
        _head(page, "storm" if page.is_storm or page.is_first else "digest", page.alert_id)
        | {"total": page.total, "alerts": [_line(one) for one in page.lines]}
    )


def alert_text(page: AlertPage) -> bytes:
    """Return an alert as subject and a few lines of text, for people in a chat."""
    lines = [f"Do now: {cut(clean(page.action), 500)}"]
    lines += [f"- {_short(one.message)} ({one.basis})" for one in page.findings[1:5]]
    lines += [f"- {_short(one.message)}" for one in page.changes[: 4 if page.findings else 5]]
    if page.plan and len(page.plan.steps) > 1:
        steps = plural(len(page.plan.steps), "step")
        lines.append(f"{steps} in all: auditor removal {_short(page.plan.subject_id)}")
    split = page.coverage
    if page.accounts:
        known = f"{split.verified} verified, {split.attested} attested, {split.unknown} unknown"
        lines.append(f"What is known of the accounts: {known}." if split.total else "Nothing is known.")
        lines += [f"Unknown: {_short(page.facts_of(gap))}" for gap in page.gaps[:2]]
    lines.append(f"Say that you see to it: auditor alerts ack {page.alert_id}")
    return _text(page, lines)


def digest_text(page: DigestPage) -> bytes:
    """Return a digest as subject and a few lines of text."""
    lines = [f"Do first: {_short(page.first_step)}"]
    lines += [f"- [{one.severity.word}] {_short(one.subject)}" for one in page.lines[:15]]
    more = page.total - min(len(page.lines), 15)
    if more > 0:
        lines.append(f"and {more:,} more.")
    if page.alert_id:
        lines.append(f"Say that you see to it: auditor alerts ack {page.alert_id}")
    return _text(page, lines)


def _head(page: AlertPage | DigestPage, what: str, alert_id: str) -> dict[str, Any]:
    return {
        "type": f"auditor.{what}",
        "version": VERSION,
        "id": alert_id or None,
        "severity": page.severity.word,
        "subject": page.subject,
        "first_step": page.first_step,
        "organization": page.organization,
        "snapshot": page.snapshot_id or None,
        "as_of": iso(page.as_of),
        "unacknowledged_for": page.unacknowledged_for or None,
    }


def _finding(one: ReviewFinding) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "rule": one.rule,
        "severity": one.severity.word,
        "message": one.message,
        "basis": str(one.basis),
        "first_seen_at": iso(one.first_seen_at),
        "observed_at": iso(one.observed_at),
        "source": one.source,
        "evidence_id": one.evidence_id,
        "account_id": one.account_id,
        "principal_id": one.principal_id,
        "person_id": one.person_id,
        "remediation": one.remediation,
        "references": {standard: list(ids) for standard, ids in one.references.items()},
    }


def _change(one: AlertChange) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "at": iso(one.at),
        "severity": one.severity.word if one.severity else None,
        "message": one.message,
        "account_id": one.account_id,
        "snapshot": one.snapshot_id,
        "before_snapshot": one.before_snapshot_id,
    }


def _account(one: ReviewAccount) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "platform": one.platform,
        "name": one.name,
        "handle": one.handle,
        "tier": one.tier,
        "owner": one.owner_email,
    }


def _plan(plan: RemovalPlan) -> dict[str, Any]:
    return {
        "subject": {"type": plan.subject_type, "id": plan.subject_id, "name": plan.name},
        "summary": plan.summary,
        "breaks": [one.text for one in plan.certain[:_LISTED]],
        "not_ruled_out": [one.text for one in plan.not_ruled_out[:_LISTED]],
        "steps": [
            {"phase": str(one.phase), "text": one.text, "account_id": one.account_id, "url": one.url,
             "by": list(one.by)}
            for one in plan.steps[:_LISTED]
        ],
        "steps_in_all": len(plan.steps),
    }  # fmt: skip


def _split(page: AlertPage) -> dict[str, int]:
    split = page.coverage
    return {"verified": split.verified, "attested": split.attested, "unknown": split.unknown}


def _gap(one: Gap) -> dict[str, Any]:
    return {
        "facts": [str(fact) for fact in one.facts],
        "account_ids": list(one.account_ids[:_LISTED]),
        "reasons": list(one.reasons[:5]),
        "remedy": one.remedy,
        "checks": one.findings,
    }


def _line(one: DigestLine) -> dict[str, Any]:
    return {
        "id": one.alert_id or None,
        "severity": one.severity.word,
        "subject": one.subject,
        "first_step": one.first_step,
        "since": iso(one.since),
        "seen_to": one.seen_to or None,
    }


def _text(page: AlertPage | DigestPage, lines: list[str]) -> bytes:
    return _dumped({"subject": page.subject, "text": "\n".join(lines), "severity": page.severity.word})


def _short(text: str) -> str:
    return cut(clean(text), _TEXT)


def _dumped(value: Mapping[str, Any]) -> bytes:
    return json_line(value).encode()
