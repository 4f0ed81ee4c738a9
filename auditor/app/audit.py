"""The main job: gather, judge, record, report, mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from auditor.app.collect import collect
from auditor.app.drift import follow_drift
from auditor.app.exposure import exposure_of
from auditor.app.impersonators.review import impersonation_of
from auditor.app.judge import check_policies, evaluate, record
from auditor.app.lives import follow_up
from auditor.app.lives_review import with_lives
from auditor.app.mailing import (
    Sent,
    enqueue_owner_report,
    enqueue_report,
    mail_section,
    recipients_of,
    send_due,
)
from auditor.app.progress import Progress
from auditor.app.reporting import Wanted, Written, check_wanted
from auditor.app.review import build_review
from auditor.app.rows import Row, rows
from auditor.app.waivers import read_waivers
from auditor.app.waivers_review import with_waivers
from auditor.app.workspace import Workspace
from auditor.model.estate import PersonStatus
from auditor.model.finding import Severity
from reports.narrow import for_owner, owners
from reports.narrow_owner import folded_address
from reports.review import AccessReview, Reader

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
        """Whether a rule failed at ``severity`` or above, and no waiver covers it."""
        return any(
            f.verdict == "fail" and f.severity >= severity and f.waived is None for f in self.review.findings
        )

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
    everyone: bool = False,
) -> Audited:
    """Gather and judge, or judge the snapshot ``snapshot_ref`` again.

    ``everyone``: the review also lists people who hold and own nothing.

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
        review = replace(
            build_review(workspace, judged, everyone=everyone),
            exposure=exposure_of(workspace, store, snapshot),
            impersonation=impersonation_of(workspace, store, snapshot.id),
        )
        progress.step("Recording")
        findings = _with_risk(judged.judgement.findings, review)
        record(store, judged, findings)
        follow_drift(workspace, store)
        ledger = follow_up(workspace, store).ledger
        review = with_waivers(workspace, store, review, ledger.lives)
        review = with_lives(review, ledger, workspace.config.organization.zone)
        return Audited(snapshot, judged.counts, findings, review, abandoned)


def _with_risk(findings: pd.DataFrame, review: AccessReview) -> pd.DataFrame:
    scores = {finding.fingerprint: finding.risk.score for finding in review.findings if finding.risk}
    return findings.assign(risk=findings["fingerprint"].map(scores))


def check_before(workspace: Workspace, *, wanted: Wanted | None = None, email: bool = False) -> None:
    """Raise what is wrong with the configuration before anything is gathered, written or sent.

    Raises:
        ConfigError, RuleError, DocumentError, UsageError: as the part that would stumble raises it.

    """
    _ = workspace.connections, workspace.roster
    packs = check_policies(workspace)
    read_waivers(workspace, {rule.id for pack in packs for rule in pack.rules})
    check_wanted(workspace, wanted or Wanted())
    if email:
        mail_section(workspace)
        recipients_of(workspace)


def mail_reports(
    workspace: Workspace,
    store: Store,
    review: AccessReview,
    written: Sequence[Written],
    progress: Progress,
    *,
    to_recipients: bool = True,
    to_owners: bool = False,
) -> Sent:
    """Put the report's mails into the outbox and send what is due.

    The recipients of the configuration get the whole review's; with ``to_owners`` each responsible
    person gets one of their accounts alone.
    """
    progress.step("Sending mail")
    if to_recipients:
        everything = [path for one in written if one.review.about is None for path in one.attachable]
        enqueue_report(workspace, store, review, everything)
    if to_owners:
        own = {one.review.about: one for one in written if one.review.reader is Reader.OWNER}
        for address in present_owners(review):
            one = own.get(address) or Written(for_owner(review, address), ())
            enqueue_owner_report(workspace, store, one.review, one.attachable)
    return send_due(workspace, store)


def present_owners(review: AccessReview) -> tuple[str, ...]:
    """Return the responsible persons a report may be mailed to: nobody who has left or not yet come.

    A leaver's mailbox may be read by anybody or nobody. Where there is a roster, an address that it
    does not know may still be a team's mailbox and is kept.
    """
    absent = {
        folded_address(account.owner_email)
        for account in review.accounts
        if account.owner_status in (PersonStatus.TERMINATED, PersonStatus.FUTURE)
    }
    return tuple(address for address in owners(review) if address not in absent)


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
        "risk": row.number("risk"),
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
