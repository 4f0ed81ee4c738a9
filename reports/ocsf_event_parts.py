"""What events of each OCSF class say beside what all of them do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from reports.ocsf_event_kinds import (
    ACCESS,
    ACCOUNT,
    BASE,
    ENTITY,
    ERROR,
    FINDING,
    STATUS_IDS,
    Kind,
    Thing,
)
from reports.ocsf_parts import milliseconds

_APPS = frozenset(
    {EventKind.APP_ADDED, EventKind.APP_REMOVED, EventKind.SCOPE_ADDED, EventKind.SCOPE_REMOVED}
)
_WHOLE = {
    EventKind.GRANT_ADDED: "after",
    EventKind.GRANT_INVITED: "after",
    EventKind.APP_ADDED: "after",
    EventKind.GRANT_REMOVED: "before",
    EventKind.APP_REMOVED: "before",
}
"""Of these all privileges of one side are told, of other kinds what differs."""
_NOT_KNOWN = "unknown"
_REVOKED = 2


def about(event: Event, kind: Kind) -> dict[str, Any]:
    """Return what the event's class has a place for, status and doer among it."""
    told = _PARTS[kind.class_uid](event, kind)
    if kind.status is not None:
        told |= {"status_id": STATUS_IDS[kind.status], "status": kind.status.value}
    if event.actor and kind.class_uid in (ACCESS, ACCOUNT, ENTITY):
        told["actor"] = {"user": {"name": event.actor}}
    return told


def _access(event: Event, kind: Kind) -> dict[str, Any]:
    return {
        "user": _user(event),
        "privileges": _privileges(event, revoked=kind.activity_id == _REVOKED),
        "resources": [_account(event)],
    }


def _account_change(event: Event, kind: Kind) -> dict[str, Any]:
    user = _user(event)
    was, now = (event.before or {}).get("mfa"), (event.after or {}).get("mfa")
    return {
        "user": user | ({"has_mfa": was} if isinstance(was, bool) else {}),
        "user_result": user | ({"has_mfa": now} if isinstance(now, bool) else {}),
    }


def _entity(event: Event, kind: Kind) -> dict[str, Any]:
    """Return the entity as it was, and as it is where that is known."""
    if kind.thing is Thing.PERSON:
        uid = event.person_id or event.subject_id or event.key
        entity: dict[str, Any] = {"uid": uid, "type_id": 2, "type": kind.thing.value, "user": {"uid": uid}}
    else:
        # A waiver and a seed are told by their own ids, an account by the account's.
        own = event.account_id if kind.thing is Thing.BRAND_ACCOUNT else event.subject_id
        uid = own or event.subject_id or event.account_id or event.key
        entity = {"uid": uid, "type_id": 99, "type": kind.thing.value}
    told = {"entity": entity | ({"data": event.before} if event.before else {})}
    if event.after:
        told["entity_result"] = entity | {"data": event.after}
    return told


def _finding(event: Event, kind: Kind) -> dict[str, Any]:
    told: dict[str, Any] = {"finding_info": _finding_info(event), "resources": _resources(event)}
    risk = (event.after or {}).get("risk")
    if isinstance(risk, int) and not isinstance(risk, bool):
        told["risk_score"] = risk
    if kind.may_alert and event.severity is not None and event.severity >= Severity.HIGH:
        told["is_alert"] = True
    return told


def _finding_info(event: Event) -> dict[str, Any]:
    standing = event.after or {}
    told: dict[str, Any] = {
        "uid": event.fingerprint or event.subject_id or event.key,
        "title": str(standing.get("rule") or event.kind.value),
        "desc": event.message,
        "types": [event.kind.value],
        "last_seen_time": milliseconds(event.at),
    }
    first = _instant(standing.get("first_seen_at"))
    if first is not None:
        told["first_seen_time"] = first
    if rule := standing.get("rule"):
        analytic = {"uid": str(rule), "name": str(rule), "type_id": 1, "type": "Rule"}
        pack = standing.get("pack")
        told["analytic"] = analytic | ({"category": str(pack)} if pack else {})
    return told


def _nothing(event: Event, kind: Kind) -> dict[str, Any]:
    return {}


_PARTS: dict[int, Callable[[Event, Kind], dict[str, Any]]] = {
    ACCESS: _access,
    ACCOUNT: _account_change,
    ENTITY: _entity,
    FINDING: _finding,
    ERROR: _nothing,
    BASE: _nothing,
}


def _user(event: Event) -> dict[str, Any]:
    """Return whose access it is: an app's for apps, else the identity's on its platform."""
    if event.kind in _APPS:
        name = (event.after or event.before or {}).get("name")
        told: dict[str, Any] = {"uid": event.subject_id or event.key, "type_id": 99, "type": "App"}
        told |= {"name": str(name)} if name else {}
    else:
        told = {"uid": event.principal_id or event.person_id or event.subject_id or event.key}
        told |= {"uid_alt": event.person_id} if event.person_id and event.principal_id else {}
    return told | ({"domain": event.platform} if event.platform else {})


def _account(event: Event) -> dict[str, Any]:
    uid = event.account_id or event.subject_id or event.key
    told = {"uid": uid, "type": "account", "role_id": 1, "role": "Target"}
    return told | ({"namespace": event.platform} if event.platform else {})


def _resources(event: Event) -> list[dict[str, Any]]:
    """Return the account first, then whoever holds access; where there is neither, the subject."""
    found = [_account(event)] if event.account_id else []
    for kind, uid in (("principal", event.principal_id), ("person", event.person_id)):
        if uid:
            found.append({"uid": uid, "type": kind, "role_id": 2, "role": "Actor"})
    return found or [
        {"uid": event.subject_id or event.key, "type": "subject", "role_id": 1, "role": "Target"}
    ]


def _privileges(event: Event, *, revoked: bool) -> list[str]:
    """Return what was given or taken, as ``role:``, ``level:``, ``scope:`` and ``messages``."""
    was, now = _held(event.before), _held(event.after)
    side = _WHOLE.get(event.kind)
    if side is not None:
        found = was if side == "before" else now
    else:
        found = [one for one in was if one not in now] if revoked else [one for one in now if one not in was]
    # OCSF requires the list; an empty one would say that nothing was given.
    return found or [_NOT_KNOWN]


def _held(side: Mapping[str, Any] | None) -> list[str]:
    if side is None:
        return []
    found = [f"{name}:{side[name]}" for name in ("role", "level") if side.get(name) is not None]
    scopes = side.get("scopes")
    if isinstance(scopes, (list, tuple)):
        found += [f"scope:{scope}" for scope in scopes]
    return [*found, "messages"] if side.get("can_message") is True else found


def _instant(text: object) -> int | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return milliseconds(moment) if moment.tzinfo else None
