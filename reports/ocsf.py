"""The review's findings as OCSF 1.8.0 events, one JSON object a line, for log stores and SIEMs.

Every finding is a Compliance Finding (class 2003). One that someone should be woken for is a
Detection Finding (class 2004) beside it, with the same uid. What was resolved since the snapshot
before is a Compliance Finding that closes. docs/report.md has the mapping; the events keep to
``schema/ocsf-events.schema.json``. Facts: the schema released as 1.8.0 in March 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from auditor.model.finding import Basis, Severity, Verdict
from reports.files import whole_binary_file
from reports.ocsf_parts import (
    REMEMBERED,
    Parts,
    evidence,
    is_plain,
    members,
    milliseconds,
    quoted,
    remediation,
    remember,
    since,
)
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
_BATCH = 100
"""Events written at a time: some 250 kB."""
_RISK_LEVELS = ((90, 4, "Critical"), (65, 3, "High"), (40, 2, "Medium"), (20, 1, "Low"), (0, 0, "Info"))
"""Lowest score, id and caption of each risk level."""


@dataclass(frozen=True, slots=True)
class OcsfFormat:
    """Events for a SIEM."""

    summary: str = "OCSF events as JSON Lines, for a SIEM or a data lake"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the file; raises AuditorError where the disk refuses."""
        path = out_dir / "access-review.ocsf.jsonl"
        left = lines(review)
        with whole_binary_file(path) as file:
            while batch := [line.encode() for line in islice(left, _BATCH)]:
                file.write(b"".join(batch))
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

    Without a snapshot before, everything is new. An unknown wakes nobody: it is in the compliance events. Nor
    does what a named person has accepted.
    """
    return (
        finding.verdict is Verdict.FAIL
        and finding.severity >= Severity.HIGH
        and finding.life is not Life.OPEN
        and finding.waived is None
    )


class _Shared(NamedTuple):
    """The text that events of one kind, rule, verdict and advice share, in the order it is written."""

    references: Mapping[str, tuple[str, ...]]
    """What the text was made for and a key cannot hold."""
    head: str
    """Up to the message."""
    metadata: str
    """From there up to the fingerprint in the event's uid."""
    info: str
    """From the fingerprint in ``correlation_uid`` up to the one in ``finding_info``."""
    compliance: str
    advice: str
    subject: str
    """The start of ``unmapped``, up to the subject's id."""


class _Events:
    """Writes the events of one review."""

    def __init__(self, review: AccessReview) -> None:
        self._parts = Parts(review)
        self._at = milliseconds(review.as_of)
        self._has_before = review.trend is not None
        self._before = milliseconds(review.trend.previous_at) if review.trend else self._at
        self._shared: dict[tuple[object, ...], _Shared] = {}

    def compliance(self, finding: ReviewFinding) -> str:
        """Return the event that tells a finding's verdict."""
        activity = UPDATE if finding.life is Life.OPEN else CREATE
        if finding.life is None and self._has_before:
            activity = UNFOLLOWED
        more = self._parts.accepted(finding) if finding.waived else ""
        return self._event(finding, COMPLIANCE_FINDING, activity, more)

    def resolved(self, finding: ReviewFinding) -> str:
        """Return the event that closes a finding of the snapshot before."""
        return self._event(finding, COMPLIANCE_FINDING, CLOSE)

    def detection(self, finding: ReviewFinding) -> str:
        """Return the alert of a finding."""
        score = finding.risk.score if finding.risk else None
        return self._event(finding, DETECTION_FINDING, CREATE, _alert(score))

    def _event(self, finding: ReviewFinding, kind: int, activity: int, more: str = "") -> str:
        """Return one event: the shared text with what is the finding's own, ``more`` too, put in between."""
        parts = self._parts
        _, head, metadata, info, compliance, advice, subject = self._shared_by(finding, kind, activity)
        message, uid, subject_id = _quoted(finding.message, finding.fingerprint, finding.subject_id)
        seen = self._before if activity == CLOSE else self._at
        return (
            f'{head}"{message}"{metadata}{uid}","correlation_uid":"{uid}{info}{uid}","desc":"{message}",'
            f'"last_seen_time":{seen}{since(finding.first_seen_at, finding.source)}}},{compliance}{more},'
            f'"resources":[{parts.resources(finding)}]{advice}'
            f"{evidence(finding.evidence_id, finding.observed_at)}"
            f'{subject}"{subject_id}"{parts.unmapped(finding)}\n'
        )

    def _shared_by(self, finding: ReviewFinding, kind: int, activity: int) -> _Shared:
        """Return the shared text, from memory if it was written before."""
        key = (
            kind,
            activity,
            finding.rule,
            finding.subject_type,
            finding.severity,
            finding.basis,
            finding.verdict,
            finding.reason,
            finding.remedy,
            finding.remediation,
            finding.waived,
        )
        shared = self._shared.get(key)
        if shared is None or (
            shared.references is not finding.references and shared.references != finding.references
        ):
            shared = remember(self._shared, key, self._share(finding, kind, activity))
        return shared

    def _share(self, finding: ReviewFinding, kind: int, activity: int) -> _Shared:
        parts = self._parts
        weight = _weight(finding.severity, finding.basis)
        compliance = ""
        if kind == COMPLIANCE_FINDING:
            compliance = f'"compliance":{{{parts.control(finding)},{_outcome_of(finding, activity)}}}'
        return _Shared(
            references=finding.references,
            head=f'{{{_class(kind, activity, finding.waived is not None)},{weight},"time":{self._at},"message":',
            metadata=f',"metadata":{{{parts.metadata(kind)}',
            info=f'"}},"finding_info":{{{parts.rule(finding)},"uid":"',
            compliance=compliance,
            advice=remediation(finding.remediation or finding.remedy),
            subject=f',"unmapped":{{"subject_type":{quoted(finding.subject_type)},"subject_id":',
        )


def _quoted(*texts: str) -> Sequence[str]:
    """Return ``texts`` as they stand between the quotes of JSON strings; joined, most are seen to need nothing."""
    return texts if is_plain("".join(texts)) else [quoted(text)[1:-1] for text in texts]


def _outcome_of(finding: ReviewFinding, activity: int) -> str:
    if activity == CLOSE:
        return _outcome(RESOLVED, "resolved", ("It failed in the snapshot before and no longer does.",))
    status = FAILED if finding.verdict is Verdict.FAIL else UNDECIDED
    return _outcome(status, finding.verdict.value, (finding.reason, finding.remedy))


@cache
def _class(kind: int, activity: int, is_waived: bool) -> str:
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
    if is_waived:
        told |= {"status_id": 3, "status": "Suppressed"}
    elif activity == CREATE:
        told |= {"status_id": 1, "status": "New"}
    elif activity == CLOSE:
        told |= {"status_id": 4, "status": "Resolved"}
    return members(told)


@lru_cache(maxsize=REMEMBERED)
def _alert(score: int | None) -> str:
    """Return what makes it an alert, and its risk where that is known."""
    told: dict[str, Any] = {"is_alert": True}
    if score is not None:
        level = next((number, word) for least, number, word in _RISK_LEVELS if score >= least)
        told |= {"risk_score": score, "risk_level_id": level[0], "risk_level": level[1]}
    return members(told)


@lru_cache(maxsize=REMEMBERED)
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
