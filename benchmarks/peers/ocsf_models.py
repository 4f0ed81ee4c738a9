"""The findings as models of ``py-ocsf-models``, written as one indented JSON list, as its users do."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reports.review import AccessReview, ReviewFinding

_EVENTS = "py_ocsf_models.events.findings"
_OBJECTS = "py_ocsf_models.objects"


def write(review: AccessReview, out_dir: Path) -> Path:
    """Write every finding of ``review``; return the file."""
    path = out_dir / "py-ocsf-models.json"
    model = _maker(review)
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, finding in enumerate(review.findings):
            file.write(",\n" if number else "\n")
            file.write(model(finding).model_dump_json(exclude_none=True, indent=4))
        file.write("\n]\n")
    return path


def _maker(review: AccessReview) -> Callable[[ReviewFinding], Any]:
    def load(module: str, name: str) -> Any:
        return getattr(importlib.import_module(module), name)

    compliance_finding = load(f"{_EVENTS}.compliance_finding", "ComplianceFinding")
    type_id = load(f"{_EVENTS}.compliance_finding_type_id", "ComplianceFindingTypeID").Create
    activity = load(f"{_EVENTS}.activity_id", "ActivityID").Create
    severities = load(f"{_EVENTS}.severity_id", "SeverityID")
    compliance, status = (
        load(f"{_OBJECTS}.{m}", n)
        for m, n in (("compliance", "Compliance"), ("compliance_status", "StatusID"))
    )
    information, resource = (
        load(f"{_OBJECTS}.{m}", n)
        for m, n in (("finding_info", "FindingInformation"), ("resource_details", "ResourceDetails"))
    )
    remediation, metadata, product = (
        load(f"{_OBJECTS}.{name}", name.title()) for name in ("remediation", "metadata", "product")
    )
    when = int(review.as_of.timestamp() * 1000)

    def make(finding: ReviewFinding) -> Any:
        failed = finding.verdict == "fail"
        return compliance_finding(
            activity_id=activity.value,
            activity_name=activity.name,
            compliance=compliance(
                control=finding.rule,
                requirements=list(_requirements(finding)),
                standards=list(finding.references),
                status_id=status.Fail if failed else status.Unknown,
            ),
            finding_info=information(
                uid=finding.fingerprint, title=finding.rule_title, desc=finding.message, created_time=when
            ),
            message=finding.message,
            metadata=metadata(
                event_code=finding.rule,
                product=product(name="Auditor", vendor_name="Auditor", version=review.tool_version),
            ),
            remediation=remediation(desc=finding.remediation or finding.remedy),
            resources=[resource(uid=finding.subject_id, type=finding.subject_type)],
            severity_id=severities[
                finding.severity.word.title() if finding.severity.word != "info" else "Informational"
            ],
            severity=finding.severity.word,
            status_detail=finding.reason or None,
            time=when,
            type_uid=type_id,
            type_name=f"Compliance Finding: {type_id.name}",
        )

    return make


def _requirements(finding: ReviewFinding) -> Iterable[str]:
    return (paragraph for paragraphs in finding.references.values() for paragraph in paragraphs)
