"""Events: what happened between two looks, said once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auditor.model.finding import Severity


class EventKind(StrEnum):
    """What an event tells of. The part before the dot says of what: a finding, a drift, a waiver ..."""

    FINDING_NEW = "finding.new"
    FINDING_REOPENED = "finding.reopened"
    FINDING_RESOLVED = "finding.resolved"
    FINDING_UNKNOWN = "finding.unknown"
    """It was a fail and can no longer be judged; it stays open."""
    FINDING_WORSENED = "finding.worsened"
    FINDING_NOTED = "finding.noted"
    FINDING_ASSIGNED = "finding.assigned"
    FINDING_OVERDUE = "finding.overdue"
    WAIVER_GRANTED = "waiver.granted"
    WAIVER_RENEWED = "waiver.renewed"
    WAIVER_EXPIRING = "waiver.expiring"
    WAIVER_EXPIRED = "waiver.expired"
    WAIVER_WITHDRAWN = "waiver.withdrawn"
    WAIVER_AMISS = "waiver.amiss"
    """It matches nothing, or another number of findings than it says it should."""
    ACCOUNT_ADDED = "drift.account-added"
    ACCOUNT_GONE = "drift.account-gone"
    GRANT_ADDED = "drift.grant-added"
    GRANT_INVITED = "drift.grant-invited"
    GRANT_REMOVED = "drift.grant-removed"
    LEVEL_RAISED = "drift.level-raised"
    LEVEL_LOWERED = "drift.level-lowered"
    ROLE_CHANGED = "drift.role-changed"
    """A role became another and one of the two maps to no level: whether that is more is not known."""
    MESSAGES_OPENED = "drift.messages-opened"
    APP_ADDED = "drift.app-added"
    APP_REMOVED = "drift.app-removed"
    SCOPE_ADDED = "drift.scope-added"
    SCOPE_REMOVED = "drift.scope-removed"
    HOLDER_SUSPENDED = "drift.holder-suspended"
    """The identity itself can act nowhere any more."""
    HOLDER_REACTIVATED = "drift.holder-reactivated"
    MFA_OFF = "drift.mfa-off"
    MFA_ON = "drift.mfa-on"
    MFA_RULE_WEAKENED = "drift.mfa-rule-weakened"
    MFA_RULE_STRENGTHENED = "drift.mfa-rule-strengthened"
    OWNER_CHANGED = "drift.owner-changed"
    HANDLE_CHANGED = "drift.handle-changed"
    NAME_CHANGED = "drift.name-changed"
    RECOVERY_CHANGED = "drift.recovery-changed"
    UNPUBLISHED = "drift.unpublished"
    PUBLISHED = "drift.published"
    VERIFICATION_LOST = "drift.verification-lost"
    VERIFICATION_GAINED = "drift.verification-gained"
    PERSON_LEFT = "roster.person-left"
    PERSON_GONE = "roster.person-gone"
    """The roster does not have them any more and does not say why."""
    ROSTER_UNUSABLE = "roster.unusable"
    """It cannot be read, or nobody should be alarmed by it; what was known before stands."""
    JOB_FAILED = "job.failed"
    JOB_STUCK = "job.stuck"
    JOB_RECOVERED = "job.recovered"
    SEED_ENROLLED = "seed.enrolled"
    SEED_ROTATED = "seed.rotated"
    SEED_USED = "seed.used"
    SEED_RETIRED = "seed.retired"
    SEED_REFUSED = "seed.refused"
    """Somebody asked for a code who may not have one."""
    ALERT_RAISED = "alert.raised"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_ESCALATED = "alert.escalated"
    ALERT_UNDELIVERED = "alert.undelivered"
    """An alert's message was given up."""
    IMPERSONATOR_LIKELY = "impersonator.likely"
    """An account poses as ours by two elements or one disguise; nobody has looked at it yet."""
    IMPERSONATOR_CHANGED = "impersonator.changed"
    IMPERSONATOR_REMOVED = "impersonator.removed"
    """The platform says that it is suspended or gone."""
    IMPERSONATOR_REOPENED = "impersonator.reopened"
    """It was dismissed or removed before, and has changed or come back."""
    IMPERSONATOR_FORGOTTEN = "impersonator.forgotten"
    """Somebody removed the raw records and pictures of a case."""
    EXPIRING = "expiring"
    """A credential, an attestation or the like is about to lapse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. ``key`` makes it the same event however often it is told."""

    key: str
    kind: EventKind
    at: datetime
    message: str
    """One sentence in plain words, with the names a reader knows."""
    severity: Severity | None = None
    snapshot_id: str | None = None
    before_snapshot_id: str | None = None
    fingerprint: str | None = None
    platform: str | None = None
    account_id: str | None = None
    principal_id: str | None = None
    person_id: str | None = None
    subject_id: str | None = None
    actor: str = ""
    """Who did it, where a person did."""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    seq: int | None = None
    """Its place in the journal, once it is in it."""
