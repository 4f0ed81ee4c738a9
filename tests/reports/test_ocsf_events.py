"""The journal as OCSF events, each held against the schema we publish for them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from reports.ocsf_event_kinds import KINDS
from reports.ocsf_events import LARGEST, Origin, event_line, uid_of
from tests.reports.support_hostile import HOSTILE

SCHEMA = json.loads((resources.files("reports") / "schema" / "siem-events.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ORIGIN = Origin("Riverside Health", "0.4.0")
FULL: dict[str, Any] = {
    "severity": Severity.CRITICAL,
    "snapshot_id": "s2",
    "before_snapshot_id": "s1",
    "platform": "x",
    "account_id": "x:1",
    "principal_id": "x:u7",
    "person_id": "hr:7",
    "subject_id": "x:g1",
    "seq": 12,
}


def event(kind: EventKind, **values: Any) -> Event:
    """Return an event of ``kind``."""
    given: dict[str, Any] = {"key": f"{kind}:s2:1", "kind": kind, "at": NOON, "message": "Ada did it."}
    return Event(**(given | values))


def told(kind: EventKind, **values: Any) -> dict[str, Any]:
    """Return the OCSF event, which is valid."""
    line = event_line(event(kind, **(FULL | values)), ORIGIN)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    VALIDATOR.validate(found)
    return found


def test_every_kind_has_its_row() -> None:
    """No kind of event falls back to what OCSF has no class for by forgetfulness."""
    Draft202012Validator.check_schema(SCHEMA)
    assert set(KINDS) == set(EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_is_valid_with_all_and_with_nothing_it_may_say(kind: EventKind) -> None:
    """Whatever a producer leaves out, the line keeps to the schema."""
    rich = told(
        kind,
        before={"role": "Editor"},
        after={"role": "Admin", "scopes": ["a"]},
        actor="ada",
        fingerprint="f",
    )
    VALIDATOR.validate(json.loads(event_line(event(kind), ORIGIN)))
    assert rich["metadata"]["uid"] == f"{kind}:s2:1"
    assert rich["metadata"]["event_code"] == kind.value
    assert rich["metadata"]["sequence"] == 12
    assert rich["time"] == 1_793_620_800_000


def test_a_grant_is_user_access_management() -> None:
    """Who was given what on which account."""
    held = {"role": "ADMIN", "level": "full", "status": "active", "can_message": True}
    added = told(EventKind.GRANT_ADDED, after=held)
    assert (added["class_uid"], added["activity_id"], added["type_uid"]) == (3005, 1, 300501)
    assert added["privileges"] == ["role:ADMIN", "level:full", "messages"]
    assert added["user"] == {"uid": "x:u7", "uid_alt": "hr:7", "domain": "x"}
    assert added["resources"][0]["uid"] == "x:1"
    removed = told(EventKind.GRANT_REMOVED, before=held, after=held | {"status": "suspended"})
    assert (removed["activity_name"], removed["privileges"]) == ("Revoke Privileges", added["privileges"])


def test_a_level_tells_what_is_more_or_less() -> None:
    """Of a raised level what came, of a lowered one what went, of an unmapped role neither more nor less."""
    low, high = {"role": "Analyst", "level": "view"}, {"role": "Admin", "level": "full"}
    raised = told(EventKind.LEVEL_RAISED, before=low, after=high)
    lowered = told(EventKind.LEVEL_LOWERED, before=high, after=low)
    assert (raised["activity_id"], raised["privileges"]) == (1, ["role:Admin", "level:full"])
    assert (lowered["activity_id"], lowered["privileges"]) == (2, ["role:Admin", "level:full"])
    assert told(EventKind.ROLE_CHANGED, before=low, after={"role": "Unmapped"})["activity_id"] == 99
    scopes = told(
        EventKind.SCOPE_ADDED, before={"scopes": ["a"]}, after={"scopes": ["a", "b"], "name": "Planner"}
    )
    assert scopes["privileges"] == ["scope:b"]
    assert scopes["user"] == {"uid": "x:g1", "type_id": 99, "type": "App", "name": "Planner", "domain": "x"}


def test_what_was_given_is_never_nothing() -> None:
    """Where it is not known which privileges, that is said."""
    assert told(EventKind.GRANT_ADDED)["privileges"] == ["unknown"]


def test_a_second_factor_is_an_account_change() -> None:
    """Off and on have OCSF's own activities, with what was and what is."""
    off = told(EventKind.MFA_OFF, before={"mfa": True}, after={"mfa": False})
    assert (off["class_uid"], off["activity_id"], off["activity_name"]) == (3001, 11, "MFA Factor Disable")
    assert (off["user"]["has_mfa"], off["user_result"]["has_mfa"]) == (True, False)
    assert told(EventKind.MFA_ON)["activity_id"] == 10
    assert "has_mfa" not in told(EventKind.MFA_ON, before={"mfa": None})["user"]


def test_a_finding_is_a_detection_with_a_life() -> None:
    """New, worse and resolved keep one uid; only what somebody should be woken for is an alert."""
    standing = {
        "rule": "former-staff-access",
        "pack": "least-privilege",
        "risk": 88,
        "first_seen_at": "2026-11-01T00:00:00+00:00",
    }
    values: dict[str, Any] = {"fingerprint": "f" * 32, "after": standing}
    new = told(EventKind.FINDING_NEW, **values)
    assert (new["type_uid"], new["status"], new["is_alert"], new["risk_score"]) == (200401, "New", True, 88)
    assert new["finding_info"]["analytic"]["uid"] == "former-staff-access"
    assert new["finding_info"]["first_seen_time"] == 1_793_491_200_000
    resolved = told(EventKind.FINDING_RESOLVED, **values)
    assert (resolved["activity_name"], resolved["status"], resolved["status_id"]) == ("Close", "Resolved", 4)
    assert "is_alert" not in resolved
    assert resolved["finding_info"]["uid"] == new["finding_info"]["uid"] == new["metadata"]["correlation_uid"]
    assert "is_alert" not in told(EventKind.FINDING_NEW, **values | {"severity": Severity.MEDIUM})


def test_unknown_closes_nothing() -> None:
    """A finding that can no longer be judged is updated, and the receiver's status stands."""
    unknown = told(EventKind.FINDING_UNKNOWN, fingerprint="f")
    assert unknown["activity_name"] == "Update"
    assert "status" not in unknown


def test_whoever_was_refused_a_code_is_named() -> None:
    """The doer and the failure are told of what happened at our own desk."""
    refused = told(EventKind.SEED_REFUSED, actor="mallory")
    assert (refused["status"], refused["actor"]) == ("Failure", {"user": {"name": "mallory"}})
    assert refused["entity"]["type"] == "TOTP seed"


def test_the_schema_refuses_what_we_do_not_write() -> None:
    """A member that is not described, a caption of another id, an empty list of privileges."""
    found = told(EventKind.GRANT_ADDED)
    changes: tuple[dict[str, Any], ...] = (
        {"surprise": 1},
        {"severity": "Low"},
        {"privileges": []},
        {"activity_name": "Revoke Privileges"},
    )
    for change in changes:
        assert not VALIDATOR.is_valid(found | change)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_come_back_as_they_are_and_harm_nobody(text: str) -> None:
    """One printable line; a parser gets the very text, unless it is a lone surrogate or had to be cut."""
    line = event_line(
        event(EventKind.GRANT_ADDED, **(FULL | {"message": text, "after": {"role": text}})), ORIGIN
    )
    assert line.isprintable()
    found = json.loads(line)
    VALIDATOR.validate(found)
    if not found["metadata"].get("is_truncated") and text.encode("utf-8", "replace").decode() == text:
        assert found["message"] == text


texts = st.text(max_size=2_000) | st.text("\U0001f600é", max_size=2_000) | st.just("n" * 10_000)
sides = st.none() | st.dictionaries(
    texts, texts | st.none() | st.booleans() | st.lists(texts, max_size=30), max_size=20
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EventKind), texts, texts.filter(bool), sides, sides, st.none() | texts.filter(bool))
def test_a_line_fits_into_a_message_whatever_it_tells(
    kind: EventKind, message: str, key: str, before: Any, after: Any, uid: str | None
) -> None:
    """Valid, in ASCII no longer than a syslog receiver takes, and under the same uid each time."""
    whole = event(
        kind, key=key, message=message, before=before, after=after, account_id=uid, principal_id=uid, person_id=uid,
        subject_id=uid, platform=uid, fingerprint=None, actor=uid or "",
    )  # fmt: skip
    line = event_line(whole, ORIGIN)
    found = json.loads(line)
    VALIDATOR.validate(found)
    assert len(json.dumps(found, separators=(",", ":"))) <= LARGEST
    assert line == event_line(whole, ORIGIN)


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_keys_have_two_uids(one: str, other: str) -> None:
    """However long keys are, what tells them apart survives."""
    long, longer = one * 300, other * 300
    assert (uid_of(long) == uid_of(longer)) is (long == longer)
    assert uid_of("finding.new:abc:1") == "finding.new:abc:1"
