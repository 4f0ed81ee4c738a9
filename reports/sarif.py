"""The review as SARIF 2.1.0, for those who live in code-scanning screens.

There are no files in an access review, yet those screens take no result without one. So each account
is given a path that stands for it, ``accounts/<platform>/<id>``, the same in every review; its name is
in the logical location. Texts are shown by those screens, so hidden characters are named and nothing
in a text becomes a link. The file keeps to ``schema/sarif-subset.schema.json``. Facts: the OASIS
standard, sections 3.11 and 3.27, and the documentation of the best-known such screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.model.finding import Verdict
from reports import names
from reports.files import whole_file
from reports.review import AccessReview, Life, ReviewFinding
from reports.sarif_rules import LEVELS, rules_of
from reports.sarif_text import said, shown
from reports.sarif_waiver import suppression
from reports.standing import state_of
from reports.text import json_line
from reports.waivers import by_finding
from reports.when import iso

RESULTS = 25_000
"""Results of one run; code-scanning screens refuse a run with more."""
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
BASE = "REVIEW"
_BASE_MEANS = "No folder: a path below it stands for a brand account, by its platform and the platform's id."
_STATES = {Life.NEW: "new", Life.OPEN: "unchanged"}
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")
# An access review has no lines and columns; the screens want some.
_REGION = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}


@dataclass(frozen=True, slots=True)
class SarifFormat:
    """Results for a code-scanning screen."""

    summary: str = "SARIF 2.1.0 for code-scanning screens"
    results: int = RESULTS
    """Results of one run; more go to a further run, the riskiest come first."""

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the file; raises AuditorError where the disk refuses."""
        path = out_dir / "access-review.sarif"
        with whole_file(path) as file:
            file.writelines(pieces(review, self.results))
        return [path]


def pieces(review: AccessReview, limit: int = RESULTS) -> Iterator[str]:
    """Yield the file's text in order, a result a line, at most ``limit`` results a run."""
    rules = rules_of(review)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    accounts = _locations(review)
    waivers = by_finding(review.waivers)
    yield f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[\n'
    findings = review.findings
    for number, start in enumerate(range(0, len(findings), limit) or (0,), start=1):
        yield (",\n" if start else "") + json_line(_run(review, rules, number), compact=True)[:-1]
        yield ',"results":['
        for index, finding in enumerate(findings[start : start + limit]):
            result = _result(finding, places, accounts)
            if finding.waived:
                one = waivers.get((finding.fingerprint, finding.waived, finding.waived_until))
                result["suppressions"] = [suppression(finding, one)]
            yield (",\n" if index else "\n") + json_line(result, compact=True)
        yield "\n]}"
    yield "\n]}\n"


def _run(review: AccessReview, rules: Sequence[Mapping[str, Any]], number: int) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "Auditor", "rules": rules}
    if review.tool_version:
        driver["version"] = review.tool_version
    return {
        "tool": {"driver": driver},
        # What stands before the last slash tells runs of one file apart; the snapshot is the run's own id.
        "automationDetails": {"id": f"access-review/{number}/{shown(review.snapshot_id)}"},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": iso(review.finished_at),
                "toolExecutionNotifications": _problems(review),
            }
        ],
        "originalUriBaseIds": {BASE: {"description": {"text": _BASE_MEANS}}},
    }


def _problems(review: AccessReview) -> list[dict[str, Any]]:
    """Return what could not be read, so that a short list of results is not taken for a clean one."""
    return [
        {"level": "warning", "message": {"text": said(f"{source.connection_id}: {problem}")}}
        for source in review.sources
        for problem in source.problems
    ]


def _result(
    finding: ReviewFinding, rules: Mapping[str, int], accounts: Mapping[str | None, Mapping[str, Any]]
) -> dict[str, Any]:
    fails = finding.verdict is Verdict.FAIL
    result: dict[str, Any] = {
        "ruleId": shown(finding.rule),
        "ruleIndex": rules[shown(finding.rule)],
        # The standard's word for: evaluated, but not enough information to decide.
        "kind": "fail" if fails else "open",
        "level": LEVELS[finding.severity] if fails else "none",
        "message": {"text": _message(finding)},
        "locations": [_location(finding, accounts)],
        "fingerprints": {"auditor/v1": finding.fingerprint},
        # The one that screens follow a result by from upload to upload.
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        "properties": _properties(finding),
    }
    if finding.life:
        result["baselineState"] = _STATES[finding.life]
    if finding.risk:
        result["rank"] = finding.risk.score
    return result


def _message(finding: ReviewFinding) -> str:
    if finding.verdict is Verdict.FAIL:
        parts = [finding.message, finding.remediation]
    else:
        parts = [f"Unknown: {finding.message}", finding.reason, finding.remedy]
    return " ".join(said(part).rstrip(".") + "." for part in parts if part)


def _properties(finding: ReviewFinding) -> dict[str, Any]:
    names_of = ("platform", "account_id", "principal_id", "person_id", "source", "evidence_id", "removes")
    told: dict[str, Any] = {
        "severity": finding.severity.word,
        "verdict": finding.verdict.value,
        "basis": finding.basis.value,
        "subjectType": shown(finding.subject_type),
        "subject": shown(finding.subject_id),
    }
    for name in names_of:
        value = getattr(finding, name)
        if value:
            told[_camel(name)] = shown(value)
    state, standing = state_of(finding), finding.standing
    if state:
        told["state"] = state.value
    if finding.first_seen_at:
        told["firstSeenAt"] = iso(finding.first_seen_at)
    if standing and standing.unknown_since:
        told["unknownSince"] = iso(standing.unknown_since)
    if standing and standing.due_on:
        told |= {"dueOn": standing.due_on.isoformat(), "overdue": standing.overdue}
    return told


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _locations(review: AccessReview) -> dict[str | None, dict[str, Any]]:
    """Return each account's location; that of None is for what is about no account."""
    found: dict[str | None, dict[str, Any]] = {
        account.account_id: _place(account.account_id, names.account_with_platform(account), account.platform)
        for account in review.accounts
    }
    found[None] = _place("organisation", review.organization, None)
    return found


def _place(uid: str, name: str, platform: str | None) -> dict[str, Any]:
    uri = f"accounts/{_path(uid)}" if platform else "organisation"
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": BASE}, "region": _REGION},
        "logicalLocations": [{"name": shown(name), "fullyQualifiedName": shown(uid), "kind": "resource"}],
    }


def _path(uid: str) -> str:
    """Return ``uid`` as a relative path that stays where it is, whatever the platform sends."""
    parts = uid.split(":", 1)
    if all(_SEGMENT.fullmatch(part) for part in parts):
        return "/".join(parts)
    return names.anchor("account", uid)


def _location(finding: ReviewFinding, accounts: Mapping[str | None, Mapping[str, Any]]) -> Mapping[str, Any]:
    uid = finding.account_id
    place = accounts.get(uid) or (_place(uid, uid, finding.platform or "other") if uid else accounts[None])
    if not finding.principal_id:
        return place
    holder = {"fullyQualifiedName": shown(finding.principal_id), "kind": "member"}
    return {**place, "logicalLocations": [*place["logicalLocations"], holder]}
