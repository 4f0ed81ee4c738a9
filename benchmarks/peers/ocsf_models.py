"""The findings as models of ``py-ocsf-models``, written as one indented JSON list, as its users do."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from reports.review import AccessReview, ReviewFinding

_FINDINGS = "py_ocsf_models.events.findings"
_OBJECTS = "py_ocsf_models.objects"


def write(review: AccessReview, out_dir: Path) -> Path:
    """Write every finding of ``review``; return the file."""
    path = out_dir / "py-ocsf-models.json"
    models = Models(review)
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, finding in enumerate(review.findings):
            file.write(",\n" if number else "\n")
            file.write(models.event(finding).model_dump_json(exclude_none=True, indent=4))
        file.write("\n]\n")
    return path


class Models:
    """Builds a Compliance Finding for each finding of a review."""

    def __init__(self, review: AccessReview) -> None:
        self._when = int(review.as_of.timestamp() * 1000)
        self._version = review.tool_version
        self._event = _load(_FINDINGS, "compliance_finding", "ComplianceFinding")
        self._created = _load(_FINDINGS, "compliance_finding_type_id", "ComplianceFindingTypeID").Create
        self._activity = _load(_FINDINGS, "activity_id", "ActivityID").Create
        self._severities = _load(_FINDINGS, "severity_id", "SeverityID")
        self._status = _load(_OBJECTS, "compliance_status", "StatusID")
        self._compliance = _load(_OBJECTS, "compliance", "Compliance")
        self._information = _load(_OBJECTS, "finding_info", "FindingInformation")
        self._resource = _load(_OBJECTS, "resource_details", "ResourceDetails")
        self._remediation = _load(_OBJECTS, "remediation", "Remediation")
        self._metadata = _load(_OBJECTS, "metadata", "Metadata")
        self._product = _load(_OBJECTS, "product", "Product")

    def event(self, finding: ReviewFinding) -> Any:
        """Return the finding as the peer's model."""
        word = finding.severity.word.title()
        return self._event(
            activity_id=self._activity.value,
            activity_name=self._activity.name,
            compliance=self._of_compliance(finding),
            finding_info=self._information(
                uid=finding.fingerprint,
                title=finding.rule_title,
                desc=finding.message,
                created_time=self._when,
            ),
            message=finding.message,
            metadata=self._metadata(
                event_code=finding.rule,
                product=self._product(name="Auditor", vendor_name="Auditor", version=self._version),
            ),
            remediation=self._remediation(desc=finding.remediation or finding.remedy),
            resources=[self._resource(uid=finding.subject_id, type=finding.subject_type)],
            severity_id=self._severities["Informational" if word == "Info" else word],
            severity=word,
            status_detail=finding.reason or None,
            time=self._when,
            type_uid=self._created,
            type_name=f"Compliance Finding: {self._created.name}",
        )

    def _of_compliance(self, finding: ReviewFinding) -> Any:
        return self._compliance(
            control=finding.rule,
            requirements=[name for names in finding.references.values() for name in names],
            standards=list(finding.references),
            status_id=self._status.Fail if finding.verdict == "fail" else self._status.Unknown,
        )


def _load(package: str, module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{package}.{module}"), name)
