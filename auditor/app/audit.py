"""The main job: gather, judge, record, report, mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.collect import collect
from auditor.app.judge import check_policies, evaluate, record
from auditor.app.mailing import Sent, enqueue_report, mail_section, recipients_of, send_due
from auditor.app.progress import Progress
from auditor.app.review import build_review
from auditor.app.rows import Row, rows
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.finding import Severity
from reports.formats import choose
from reports.review import AccessReview

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import AbandonedSnapshot, SnapshotInfo, Store


@dataclass(frozen=True, slots=True)
class Audited:
    """A finished audit."""

    snapshot: SnapshotInfo
    counts: dict[str, dict[str, int]]
    """Severity to its number of fails and unknowns."""
    findings: pd.DataFrame
    review: AccessReview
    abandoned: tuple[AbandonedSnapshot, ...] = ()

    def has_fails_at(self, severity: Severity) -> bool:
        """Whether a rule failed at ``severity`` or above."""
        return any(f.verdict == "fail" and f.severity >= severity for f in self.review.findings)

    @property
    def has_unread_evidence(self) -> bool:
        """Whether part of the evidence could not be gathered, counted as unknown coverage."""
        return self.review.coverage.unknown > 0


def run_audit(
    workspace: Workspace,
    store: Store,
    progress: Progress,
    *,
    snapshot_ref: str | None = None,
    accept_roster: bool = False,
) -> Audited:
    """Gather and judge, or judge the snapshot ``snapshot_ref`` again.

    Raises:
        AuditorError: as the steps raise it.

    """
    abandoned: tuple[AbandonedSnapshot, ...] = ()
    if snapshot_ref is None:
        progress.step("Gathering")
        collected = collect(workspace, store, progress, accept_roster=accept_roster)
        snapshot, abandoned = collected.snapshot, collected.abandoned
    else:
        snapshot = store.snapshot(snapshot_ref)
    progress.step("Judging")
    with evaluate(workspace, store, snapshot) as judged:
        progress.step("Recording")
        record(store, judged)
        return Audited(
            snapshot, judged.counts, judged.judgement.findings, build_review(workspace, judged), abandoned
        )


def check_before(workspace: Workspace, *, formats: Sequence[str] = (), email: bool = False) -> None:
    """Raise what is wrong with the configuration before anything is gathered, written or sent.

    Raises:
        ConfigError, RuleError, DocumentError, UsageError: as the part that would stumble raises it.

    """
    _ = workspace.connections, workspace.roster
    check_policies(workspace)
    choose(formats or workspace.config.reports.formats)
    if email:
        mail_section(workspace)
        recipients_of(workspace)


def write_report(
    workspace: Workspace,
    review: AccessReview,
    progress: Progress,
    *,
    out: Path | None = None,
    formats: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write ``review`` in the formats asked for; return the files, the one to open first."""
    progress.step("Writing the report")
    folder = out or workspace.loaded.resolve(workspace.config.reports.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the report cannot be written to {folder}: {error.strerror}.",
            remedy="Name a folder that can be written to.",
        ) from error
    written: list[Path] = []
    for one in choose(formats or workspace.config.reports.formats).values():
        written += one.write(review, folder)
    return tuple(written)


def mail_report(
    workspace: Workspace, store: Store, review: AccessReview, files: Sequence[Path], progress: Progress
) -> Sent:
    """Put the report's mail into the outbox and send what is due."""
    progress.step("Sending mail")
    enqueue_report(workspace, store, review, [path for path in files if path.suffix == ".html"])
    return send_due(workspace, store)


def audit_json(audited: Audited) -> dict[str, Any]:
    """Return the audit as ``auditor audit --format json`` prints it."""
    review, snapshot = audited.review, audited.snapshot
    total = review.coverage.total or 1
    share = {
        name: round(100 * count / total, 1)
        for name, count in (
            ("verified", review.coverage.verified),
            ("attested", review.coverage.attested),
            ("unknown", review.coverage.unknown),
        )
    }
    return {
        "snapshot": snapshot.id,
        "started_at": snapshot.started_at.isoformat(),
        "finished_at": snapshot.finished_at.isoformat(),
        "coverage": share,
        "counts": audited.counts,
        "findings": [finding_json(row) for row in rows(audited.findings)],
        "connections": [
            {
                "id": run.id,
                "state": run.state.value,
                "facts": run.facts,
                "reason": run.reason,
                "remedy": run.remedy,
            }
            for run in snapshot.connections
        ],
    }


def finding_json(row: Row) -> dict[str, Any]:
    """Return one finding as JSON lists it."""
    return {
        "fingerprint": row.text("fingerprint"),
        "rule": row.text("rule"),
        "severity": row.text("severity"),
        "verdict": row.text("verdict"),
        "basis": row.text("basis"),
        "subject": {"type": row.text("subject_type"), "id": row.text("subject_id")},
        "platform": row.text("platform"),
        "account_id": row.text("account_id"),
        "principal_id": row.text("principal_id"),
        "person_id": row.text("person_id"),
        "message": row.text("message"),
        "reason": row.text("reason"),
        "remedy": row.text("remedy"),
        "remediation": row.text("remediation"),
        "references": json.loads(row.text("references") or "{}"),
    }
