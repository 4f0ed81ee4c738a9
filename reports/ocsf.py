"""The review's findings as OCSF 1.8.0 events, one JSON object a line, for log stores and SIEMs.

Every finding is a Compliance Finding (class 2003). One that someone should be woken for is a
Detection Finding (class 2004) beside it, with the same uid. What was resolved since the snapshot
before is a Compliance Finding that closes. docs/report.md has the mapping; the events keep to
``schema/ocsf-events.schema.json``. Facts: the schema released as 1.8.0 in March 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from auditor.model.finding import Basis, Severity, Verdict
from reports.files import whole_file
from reports.ocsf_parts import Parts, members, milliseconds, quoted
from reports.review import AccessReview, Life, ReviewFinding

COMPLIANCE_FINDING = 2003
DETECTION_FINDING = 2004
UNFOLLOWED, CREATE, UPDATE, CLOSE = 0, 1, 2, 3
"""The life of fails is followed from snapshot to snapshot; whether an unknown is new is not known."""
_ACTIVITIES = {UNFOLLOWED: "Unknown", CREATE: "Create", UPDATE: "Update", CLOSE: "Close"}
_CLASSES = {COMPLIANCE_FINDING: "Compliance Finding", DETECTION_FINDING: "Detection Finding"}
_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_CONFIDENCE = {Basis.VERIFIED: (3, "High"), Basis.ATTESTED: (2, "Medium"), Basis.UNKNOWN: (0, "Unknown")}
FAILED, UNDECIDED, RESOLVED = (3, "Fail"), (2, "Warning"), (99, "Resolved")
"""OCSF defines Warning as a check that did not yield a result due to missing information."""
_RISK_LEVELS = ((90, 4, "Critical"), (65, 3, "High"), (40, 2, "Medium"), (20, 1, "Low"), (0, 0, "Info"))
"""Lowest score, id and caption of each risk level."""


@dataclass(frozen=True, slots=True)
class OcsfFormat:
    """Events for a SIEM."""

    summary: str = "OCSF events as JSON Lines, for a SIEM or a data lake"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the file; raises AuditorError where the disk refuses."""
        path = out_dir / "access-review.ocsf.jsonl"
        with whole_file(path) as file:
            file.writelines(lines(review))
        return [path]


def lines(review: AccessReview) -> Iterator[str]:
    """Yield each event as one line; what many events share is put into JSON once."""
    events = _Events(review)
    for finding in review.findings:
        yield events.compliance(finding)
        if is_alert(finding):
            yield events.detection(finding)
    for finding in review.trend.resolved_findings if review.trend else ():
        yield events.resolved(finding)


def is_alert(finding: ReviewFinding) -> bool:
    """Whether someone should be woken: a critical or high fail that the snapshot before did not show.

    Without a snapshot before, everything is new. An unknown wakes nobody: it is in the compliance events.
    """
    return (
        finding.verdict is Verdict.FAIL
        and finding.severity >= Severity.HIGH
        and finding.life is not Life.OPEN
    )


class _Events:
    """Writes the events of one review."""

    def __init__(self, review: AccessReview) -> None:
        self._parts = Parts(review)
        self._at = milliseconds(review.as_of)
        self._has_before = review.trend is not None
        self._before = milliseconds(review.trend.previous_at) if review.trend else self._at

    def compliance(self, finding: ReviewFinding) -> str:
        """Return the event that tells a finding's verdict."""
        activity = UPDATE if finding.life is Life.OPEN else CREATE
        if finding.life is None and self._has_before:
            activity = UNFOLLOWED
        status = FAILED if finding.verdict is Verdict.FAIL else UNDECIDED
        return self._compliance(finding, activity, status, (finding.reason, finding.remedy))

    def resolved(self, finding: ReviewFinding) -> str:
        """Return the event that closes a finding of the snapshot before."""
        return self._compliance(
            finding, CLOSE, RESOLVED, ("It failed in the snapshot before and no longer does.",)
        )

    def detection(self, finding: ReviewFinding) -> str:
        """Return the alert of a finding."""
        own: dict[str, Any] = {"is_alert": True}
        if finding.risk:
            score = finding.risk.score
            level = next((number, word) for least, number, word in _RISK_LEVELS if score >= least)
            own |= {"risk_score": score, "risk_level_id": level[0], "risk_level": level[1]}
        return self._event(finding, DETECTION_FINDING, CREATE, members(own))

    def _compliance(
        self, finding: ReviewFinding, activity: int, status: tuple[int, str], details: Iterable[str]
    ) -> str:
        code = finding.verdict.value if activity != CLOSE else "resolved"
        own = _outcome(status, code, tuple(details))
        compliance = f'"compliance":{{{self._parts.control(finding)},{own}}}'
        return self._event(finding, COMPLIANCE_FINDING, activity, compliance)

    def _event(self, finding: ReviewFinding, kind: int, activity: int, own: str) -> str:
        parts = self._parts
        seen = self._before if activity == CLOSE else self._at
        pieces = (
            _class(kind, activity),
            _weight(finding.severity, finding.basis),
            f'"time":{self._at},"message":{quoted(finding.message)}',
            parts.metadata(finding, kind),
            parts.info(finding, seen),
            own,
            parts.resources(finding),
            parts.remediation(finding),
            parts.evidence(finding),
            parts.unmapped(finding),
        )
        return "{" + ",".join(piece for piece in pieces if piece) + "}\n"


@cache
def _class(kind: int, activity: int) -> str:
    """Return what sort of event it is."""
    told: dict[str, Any] = {
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "category_uid": 2,
        "class_uid": kind,
        "class_name": _CLASSES[kind],
        "type_uid": kind * 100 + activity,
    }
    # Of one that is not new no status is told: what the receiver has set meanwhile must stand.
    if activity == CREATE:
        told |= {"status_id": 1, "status": "New"}
    elif activity == CLOSE:
        told |= {"status_id": 4, "status": "Resolved"}
    return members(told)


@lru_cache(maxsize=4_096)
def _outcome(status: tuple[int, str], code: str, details: tuple[str, ...]) -> str:
    """Return what came of the check, and for an unknown why, and what would decide it."""
    told: dict[str, Any] = {"status_id": status[0], "status": status[1], "status_code": code}
    if any(details):
        told["status_details"] = [text for text in details if text]
    return members(told)


@cache
def _weight(severity: Severity, basis: Basis) -> str:
    """Return how grave it is and how sure."""
    (grave, grave_word), (sure, sure_word) = _SEVERITIES[severity], _CONFIDENCE[basis]
    return members(
        {"severity_id": grave, "severity": grave_word, "confidence_id": sure, "confidence": sure_word}
    )
