"""Writes X data archives, in the current layout and in that of 2019, for the demo and the tests.

The content is records as X writes them, wrapped and named by X's rules; the private members that
an auditor must never open (posts, messages) are there too, so that a test can prove it does not.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

WRAPPERS = {
    "account": "account",
    "verified": "verified",
    "connected-application": "connectedApplication",
    "ip-audit": "ipAudit",
    "device-token": "deviceToken",
    "ni-devices": "niDeviceResponse",
    "sso": "singleSignOnMetaValues",
    "key-registry": "registeredDevices",
    "email-address-change": "emailAddressChange",
    "phone-number": "device",
    "screen-name-change": "screenNameChange",
    "protected-history": "protectedHistory",
    "direct-messages": "dmConversation",
    "tweets": "tweet",
}
"""Member name to the key its records are wrapped in."""
_UNDERSCORED_IN_2019 = frozenset({"phone-number"})


@dataclass(frozen=True, slots=True, kw_only=True)
class XArchive:
    """An account and what its archive holds: member name to unwrapped records."""

    account_id: str
    handle: str
    name: str
    email: str
    created_at: datetime
    generated_at: datetime
    members: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)

    def records(self, member: str) -> tuple[dict[str, Any], ...]:
        """Return the records of ``member``; those of ``account`` are made from the fields."""
        if member != "account" or member in self.members:
            return self.members.get(member, ())
        return (
            {
                "email": self.email,
                "createdVia": "web",
                "username": self.handle,
                "accountId": self.account_id,
                "createdAt": stamp(self.created_at),
                "accountDisplayName": self.name,
            },
        )


def stamp(at: datetime) -> str:
    """Return ``at`` as X writes instants: UTC with milliseconds and a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def app(
    native_id: str, name: str, permissions: tuple[str, ...], approved_at: datetime, *, organization: str = ""
) -> dict[str, Any]:
    """Return a record of ``connected-application``."""
    return {
        "organization": {"name": organization, "url": "", "privacyPolicyUrl": ""},
        "name": name,
        "description": f"{name} for teams",
        "permissions": list(permissions),
        "approvedAt": stamp(approved_at),
        "id": native_id,
    }


def login(account_id: str, at: datetime, address: str) -> dict[str, Any]:
    """Return a record of ``ip-audit``."""
    return {"accountId": account_id, "createdAt": stamp(at), "loginIp": address, "loginPortNumber": "49152"}


def session(native_id: str, client: str, created_at: datetime, last_seen_at: datetime) -> dict[str, Any]:
    """Return a record of ``device-token``."""
    return {
        "clientApplicationId": native_id,
        "token": "DEVICE-TOKEN-OF-NO-WORTH",
        "createdAt": stamp(created_at),
        "lastSeenAt": stamp(last_seen_at),
        "clientApplicationName": client,
    }


def second_factor_phone(number: str, enrolled_on: date) -> dict[str, Any]:
    """Return a record of ``ni-devices``: a phone used for SMS codes only."""
    return {
        "messagingDevice": {
            "deviceType": "Auth",
            "carrier": "us.carrier",
            "phoneNumber": number,
            "createdDate": enrolled_on.strftime("%Y.%m.%d"),
        }
    }


def push_device(kind: str, updated_on: date) -> dict[str, Any]:
    """Return a record of ``ni-devices``: a phone with the X app."""
    day = updated_on.strftime("%Y.%m.%d")
    return {
        "pushDevice": {
            "deviceVersion": "10.1",
            "udid": "UDID-OF-NO-WORTH",
            "deviceType": kind,
            "token": "PUSH-TOKEN-OF-NO-WORTH",
            "updatedDate": day,
            "createdDate": day,
        }
    }


def single_sign_on(email: str, created_at: datetime) -> dict[str, Any]:
    """Return a record of ``sso``."""
    return {
        "ssoId": "1000200030004000500",
        "ssoEmail": email,
        "associationMethodType": "Login",
        "createdAt": stamp(created_at),
    }


def email_change(account_id: str, at: datetime, before: str | None, after: str) -> dict[str, Any]:
    """Return a record of ``email-address-change``."""
    change = {"changedAt": stamp(at), "changedTo": after, **({"changedFrom": before} if before else {})}
    return {"accountId": account_id, "emailChange": change}


def handle_change(account_id: str, at: datetime, before: str, after: str) -> dict[str, Any]:
    """Return a record of ``screen-name-change``."""
    change = {"changedAt": stamp(at), "changedFrom": before, "changedTo": after}
    return {"accountId": account_id, "screenNameChange": change}


def member_text(member: str, records: tuple[dict[str, Any], ...], *, part: int = 0) -> str:
    """Return the text of one member, as X writes it."""
    wrapped = [{WRAPPERS[member]: record} for record in records]
    name = member.replace("-", "_")
    return f"window.YTD.{name}.part{part} = {json.dumps(wrapped, indent=2, ensure_ascii=False)}"


def manifest_text(
    archive: XArchive, *, counts: Mapping[str, int] | None = None, is_partial: bool = False
) -> str:
    """Return ``manifest.js``; ``counts`` overrides what it says of single members."""
    types = {}
    for member in WRAPPERS:
        count = (counts or {}).get(member, len(archive.records(member)))
        name = member.replace("-", "_")
        head, *rest = name.split("_")
        types[head + "".join(word.title() for word in rest)] = {
            "files": [
                {"fileName": f"data/{member}.js", "globalName": f"YTD.{name}.part0", "count": str(count)}
            ]
        }
    manifest = {
        "userInfo": {
            "accountId": archive.account_id,
            "userName": archive.handle,
            "displayName": archive.name,
        },
        "archiveInfo": {
            "sizeBytes": "1048576",
            "generationDate": stamp(archive.generated_at),
            "isPartialArchive": is_partial,
            "maxPartSizeBytes": "53687091200",
        },
        "dataTypes": types,
    }
    return f"window.__THAR_CONFIG = {json.dumps(manifest, indent=2, ensure_ascii=False)}"


def current_members(
    archive: XArchive, *, counts: Mapping[str, int] | None = None, is_partial: bool = False
) -> dict[str, str]:
    """Return member name to text, in the current layout."""
    members = {"Your archive.html": "<!doctype html>", "data/README.txt": "About your archive"}
    members["data/manifest.js"] = manifest_text(archive, counts=counts, is_partial=is_partial)
    for member in WRAPPERS:
        members[f"data/{member}.js"] = member_text(member, archive.records(member))
    return members


def members_of_2019(archive: XArchive) -> dict[str, str]:
    """Return member name to text, in the layout of 2019: no manifest, and no file without data."""
    members = {"README.txt": "About your archive"}
    for member in WRAPPERS:
        records = archive.records(member)
        if records:
            name = member.replace("-", "_") if member in _UNDERSCORED_IN_2019 else member
            members[f"{name}.js"] = member_text(member, records)
    return members


def write_archive(path: Path, members: Mapping[str, str | bytes], generated_at: datetime) -> Path:
    """Write ``members`` as a zip to ``path``; the same input gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, generated_at.timetuple()[:6])
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def archive_name(archive: XArchive) -> str:
    """Return the file name X would give the archive."""
    return f"twitter-{archive.generated_at:%Y-%m-%d}-{'0' * 8}{archive.account_id[-8:]}.zip"


def write_current(folder: Path, archive: XArchive) -> Path:
    """Write ``archive`` into ``folder`` in the current layout."""
    return write_archive(folder / archive_name(archive), current_members(archive), archive.generated_at)


def write_2019(folder: Path, archive: XArchive) -> Path:
    """Write ``archive`` into ``folder`` in the layout of 2019."""
    return write_archive(folder / archive_name(archive), members_of_2019(archive), archive.generated_at)
