"""An X archive of a fictional account, with one of everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from auditor.demo import x_archive_writer as writer
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Coverage, Fact
from connectors.base import Context
from connectors.x_archive import XArchiveConnector, XArchiveSettings

ID = "770000000000000001"
MADE = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
PHONE = "+15550100142"
ADDRESS = "203.0.113.77"
SECRETS = (
    PHONE,
    PHONE[1:],
    ADDRESS,
    "DEVICE-TOKEN",
    "PUSH-TOKEN",
    "UDID-OF",
    "REGISTRATION-TOKEN",
    "IDENTITY-KEY",
    "private words",
)
"""What must never leave the archive."""


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MEMBERS: dict[str, tuple[dict[str, Any], ...]] = {
    "verified": ({"accountId": ID, "verified": False},),
    "connected-application": (
        writer.app("129032", "Twitter for iPhone", ("read", "write", "directmessages"), at("2015-05-01")),
        writer.app("129032", "Twitter for iPhone", ("read", "write", "directmessages"), at("2019-05-01")),
        writer.app("70001", "  Chirp Planner", ("read", "write"), at("2020-02-03"), organization="Chirp Inc"),
        writer.app("70002", "Twitter Web App", ("read",), at("2021-02-03"), organization="Twitter, Inc."),
        writer.app("70003", "New Thing", ("read", "timetravel"), at("2022-02-03")),
        writer.app("70004", "Mailer", ("directmessages", "read", "timetravel"), at("2022-02-04")),
    ),
    "ip-audit": (
        writer.login(ID, at("2026-10-30T08:00:00"), ADDRESS),
        writer.login(ID, at("2026-10-30T08:00:00"), ADDRESS),
        writer.login(ID, at("2026-10-29T08:00:00"), "2001:db8::1"),
    ),
    "device-token": (
        writer.session("129032", "Twitter for iPhone", at("2025-01-01"), at("2026-10-01")),
        {"token": "DEVICE-TOKEN-2", "createdAt": "2024-01-01T00:00:00.000Z"},
    ),
    "ni-devices": (
        writer.second_factor_phone(PHONE, date(2015, 7, 1)),
        writer.push_device("Twitter for iOS", date(2026, 9, 9)),
    ),
    "sso": (writer.single_sign_on("Jane.Roe@gmail.com", at("2023-03-03")),),
    "key-registry": (
        {
            "deviceMetadataList": [
                {
                    "userAgent": "TwitterAndroid/10",
                    "registrationToken": "REGISTRATION-TOKEN",
                    "identityKey": "IDENTITY-KEY",
                    "createdAt": "2026-01-05T10:00:00.000Z",
                    "deviceId": "9",
                }
            ]
        },
    ),
    "email-address-change": (
        writer.email_change(ID, at("2014-01-01"), None, "old@harbor.example"),
        writer.email_change(ID, at("2020-01-01"), "old@harbor.example", "social@harbor.example"),
    ),
    "phone-number": ({"phoneNumber": PHONE},),
    "screen-name-change": (writer.handle_change(ID, at("2018-08-08"), "HarborNews", "HarborHealth"),),
    "protected-history": ({"protectedAt": "2026-08-01T00:00:00.000Z", "action": "Unprotect"},),
    "direct-messages": ({"conversationId": "1", "messages": ["private words"]},),
    "tweets": ({"full_text": "private words"},),
}


def archive(**changes: Any) -> writer.XArchive:
    """Return the archive, with single members changed: ``archive(ip_audit=())``."""
    members: Mapping[str, Any] = {
        **MEMBERS,
        **{name.replace("_", "-"): value for name, value in changes.items() if name not in _FIELDS},
    }
    given = {name: value for name, value in changes.items() if name in _FIELDS}
    return writer.XArchive(
        **{
            "account_id": ID,
            "handle": "HarborHealth",
            "name": "Harbor Health",
            "email": "social@harbor.example",
            "created_at": at("2012-12-12"),
            "generated_at": MADE,
            **given,
        },
        members=members,
    )


_FIELDS = {"account_id", "handle", "name", "email", "created_at", "generated_at"}


def collect(path: Path, context: Context, **options: Any) -> list[Fact]:
    """Run the connector over ``path``."""
    settings = XArchiveSettings(id="arc", path=str(path), **options)
    return list(XArchiveConnector().collect(settings, context))


def states(facts: list[Fact]) -> dict[FactKind, CoverageState]:
    """Return the state of each kind of fact."""
    return {fact.fact: fact.state for fact in facts if isinstance(fact, Coverage)}


def reason(facts: list[Fact], kind: FactKind) -> str:
    """Return the reason and remedy told for ``kind``."""
    (found,) = [fact for fact in facts if isinstance(fact, Coverage) and fact.fact is kind]
    return f"{found.reason} {found.remedy}"
