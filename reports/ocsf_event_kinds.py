"""Which class and activity of OCSF 1.8.0 each kind of event is.

Facts: the schema as released in March 2026. 3001 and 3005 stand in 1.8.0 and are marked as deprecated in
the drafts of 1.9.0, in favour of a class that is not released yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.event import EventKind as E

BASE, FINDING, ACCOUNT, ENTITY, ACCESS, ERROR = 0, 2004, 3001, 3004, 3005, 6008
CLASSES = {
    BASE: ("Base Event", 0),
    FINDING: ("Detection Finding", 2),
    ACCOUNT: ("Account Change", 3),
    ENTITY: ("Entity Management", 3),
    ACCESS: ("User Access Management", 3),
    ERROR: ("Application Error", 6),
}
"""Class to its caption and category."""


class Thing(StrEnum):
    """What an event of Entity Management is about."""

    BRAND_ACCOUNT = "Brand account"
    PERSON = "User"
    WAIVER = "Waiver"
    SEED = "TOTP seed"
    LOOKALIKE = "Look-alike account"


class Status(StrEnum):
    """What an event says of the outcome, or of where a finding stands; each with OCSF's id."""

    SUCCESS = "Success"
    FAILURE = "Failure"
    NEW = "New"
    IN_PROGRESS = "In Progress"
    RESOLVED = "Resolved"


STATUS_IDS = {Status.SUCCESS: 1, Status.FAILURE: 2, Status.NEW: 1, Status.IN_PROGRESS: 2, Status.RESOLVED: 4}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of event is told."""

    class_uid: int
    activity_id: int
    activity_name: str
    status: Status | None = None
    """None: nothing is said, so that what the receiver has set meanwhile stands."""
    thing: Thing = Thing.BRAND_ACCOUNT
    may_alert: bool = False
    """Whether it is an alert when it is high or critical."""


def _finding(activity: int, status: Status | None = None, *, may_alert: bool = False) -> Kind:
    name = {1: "Create", 2: "Update", 3: "Close"}[activity]
    return Kind(FINDING, activity, name, status, may_alert=may_alert)


_ENTITY_ACTIVITIES = {
    1: "Create",
    2: "Read",
    3: "Update",
    4: "Delete",
    5: "Move",
    6: "Enroll",
    7: "Unenroll",
    8: "Enable",
    9: "Disable",
}


def _entity(activity: int, thing: Thing = Thing.BRAND_ACCOUNT, status: Status = Status.SUCCESS) -> Kind:
    return Kind(ENTITY, activity, _ENTITY_ACTIVITIES[activity], status, thing)


def _other(class_uid: int, name: str, thing: Thing = Thing.BRAND_ACCOUNT) -> Kind:
    """Return an activity that OCSF has no number for, by a name of ours."""
    return Kind(class_uid, 99, name, thing=thing)


_ASSIGN = Kind(ACCESS, 1, "Assign Privileges", Status.SUCCESS)
_REVOKE = Kind(ACCESS, 2, "Revoke Privileges", Status.SUCCESS)
_ERROR = Kind(ERROR, 1, "General Error", Status.FAILURE)
OTHER = _other(BASE, "Other")

KINDS: dict[E, Kind] = {
    E.FINDING_NEW: _finding(1, Status.NEW, may_alert=True),
    E.FINDING_REOPENED: _finding(2, Status.NEW, may_alert=True),
    E.FINDING_WORSENED: _finding(2, may_alert=True),
    E.FINDING_RESOLVED: _finding(3, Status.RESOLVED),
    E.FINDING_UNKNOWN: _finding(2),
    E.FINDING_NOTED: _finding(2),
    E.FINDING_ASSIGNED: _finding(2),
    E.FINDING_OVERDUE: _finding(2),
    E.ALERT_RAISED: _finding(1, Status.NEW),
    E.ALERT_ACKNOWLEDGED: _finding(2, Status.IN_PROGRESS),
    E.ALERT_ESCALATED: _finding(2),
    E.ALERT_UNDELIVERED: _ERROR,
    E.WAIVER_GRANTED: _entity(1, Thing.WAIVER),
    E.WAIVER_RENEWED: _entity(3, Thing.WAIVER),
    E.WAIVER_EXPIRING: _other(ENTITY, "Expiring", Thing.WAIVER),
    E.WAIVER_EXPIRED: _entity(9, Thing.WAIVER),
    E.WAIVER_WITHDRAWN: _entity(4, Thing.WAIVER),
    E.WAIVER_AMISS: _other(ENTITY, "Amiss", Thing.WAIVER),
    E.ACCOUNT_ADDED: _entity(1),
    E.ACCOUNT_GONE: _entity(4),
    E.GRANT_ADDED: _ASSIGN,
    E.GRANT_INVITED: _other(ACCESS, "Invite"),
    E.GRANT_REMOVED: _REVOKE,
    E.LEVEL_RAISED: _ASSIGN,
    E.LEVEL_LOWERED: _REVOKE,
    # More or less is not known, so it is neither assigned nor revoked.
    E.ROLE_CHANGED: _other(ACCESS, "Change Role"),
    E.MESSAGES_OPENED: _ASSIGN,
    E.APP_ADDED: _ASSIGN,
    E.APP_REMOVED: _REVOKE,
    E.SCOPE_ADDED: _ASSIGN,
    E.SCOPE_REMOVED: _REVOKE,
    E.HOLDER_SUSPENDED: Kind(ACCOUNT, 5, "Disable", Status.SUCCESS),
    E.HOLDER_REACTIVATED: Kind(ACCOUNT, 2, "Enable", Status.SUCCESS),
    E.MFA_ON: Kind(ACCOUNT, 10, "MFA Factor Enable", Status.SUCCESS),
    E.MFA_OFF: Kind(ACCOUNT, 11, "MFA Factor Disable", Status.SUCCESS),
    E.MFA_RULE_WEAKENED: _entity(3),
    E.MFA_RULE_STRENGTHENED: _entity(3),
    E.OWNER_CHANGED: _entity(3),
    E.HANDLE_CHANGED: _entity(5),
    E.NAME_CHANGED: _entity(5),
    E.RECOVERY_CHANGED: _entity(3),
    E.UNPUBLISHED: _entity(9),
    E.PUBLISHED: _entity(8),
    E.VERIFICATION_LOST: _entity(3),
    E.VERIFICATION_GAINED: _entity(3),
    E.PERSON_LEFT: _entity(3, Thing.PERSON),
    E.PERSON_GONE: _entity(3, Thing.PERSON),
    E.ROSTER_UNUSABLE: _ERROR,
    E.JOB_FAILED: _ERROR,
    E.JOB_STUCK: _ERROR,
    E.JOB_RECOVERED: _other(BASE, "Recovered"),
    E.SEED_ENROLLED: _entity(6, Thing.SEED),
    E.SEED_ROTATED: _entity(3, Thing.SEED),
    E.SEED_USED: _entity(2, Thing.SEED),
    E.SEED_RETIRED: _entity(7, Thing.SEED),
    E.SEED_REFUSED: _entity(2, Thing.SEED, Status.FAILURE),
    E.IMPERSONATOR_LIKELY: _entity(1, Thing.LOOKALIKE),
    E.IMPERSONATOR_CHANGED: _entity(3, Thing.LOOKALIKE),
    E.IMPERSONATOR_REMOVED: _entity(4, Thing.LOOKALIKE),
    E.IMPERSONATOR_REOPENED: _entity(8, Thing.LOOKALIKE),
    E.IMPERSONATOR_FORGOTTEN: _entity(3, Thing.LOOKALIKE),
    E.EXPIRING: _other(BASE, "Expiring"),
}
