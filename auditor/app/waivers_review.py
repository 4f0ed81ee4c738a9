"""Waivers in a report: every finding with the waiver that covers it, its verdict as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.app.waivers import cover_findings, read_waivers
from auditor.app.workspace import Workspace
from auditor.model.life import Life, Seen
from policies.waivers_cover import WaiverUse
from reports.review import AccessReview, ReviewFinding
from reports.waivers import WaiverEntry

if TYPE_CHECKING:
    from auditor.store import Store


def with_waivers(
    workspace: Workspace, store: Store, review: AccessReview, lives: Mapping[str, Life]
) -> AccessReview:
    """Return the review with what the waivers of the file, as it is now, come to on its own day.

    ``lives``: those of the store, which remember what each waiver covered until now.

    Raises:
        DocumentError, RuleError: the waivers file is not usable.

    """
    waivers = read_waivers(workspace, {result.rule for result in review.rules} | _switched_off(workspace))
    if not waivers:
        return review
    held = {mark: life.waiver.key for mark, life in lives.items() if life.waiver}
    covering = cover_findings(
        workspace,
        store,
        waivers,
        [_seen(finding) for finding in review.findings],
        snapshot_id=review.snapshot_id,
        today=review.as_of.astimezone(workspace.config.organization.zone).date(),
        held=held,
    )
    covered = covering.by_finding
    return replace(
        review,
        findings=tuple(
            replace(one, waived=waiver.kind, waived_until=waiver.expires)
            if (waiver := covered.get(one.fingerprint))
            else one
            for one in review.findings
        ),
        waivers=tuple(_entry(use) for use in covering.uses),
    )


def _switched_off(workspace: Workspace) -> frozenset[str]:
    return frozenset(workspace.config.policies.disabled)


def _seen(finding: ReviewFinding) -> Seen:
    return Seen(
        finding.fingerprint,
        finding.rule,
        finding.pack,
        finding.severity.word,
        finding.verdict.value,
        finding.subject_type,
        finding.subject_id,
        finding.message,
        finding.platform,
        finding.account_id,
        finding.principal_id,
        finding.person_id,
        finding.risk.score if finding.risk else None,
    )


def _entry(use: WaiverUse) -> WaiverEntry:
    waiver = use.waiver
    return WaiverEntry(
        waiver_id=waiver.key,
        rule=waiver.rule,
        subject=waiver.subject,
        kind=waiver.kind,
        reason=waiver.reason,
        control=waiver.control,
        owner=waiver.owner,
        approver=waiver.approver,
        expires=waiver.expires,
        expired=use.is_expired,
        expect=waiver.expect,
        covers=tuple(seen.fingerprint for seen in use.covers),
        problems=use.problems,
    )
