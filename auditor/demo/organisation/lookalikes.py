"""Accounts that pose as Riverside Health, one of each kind, and others that only look so.

The demo's watch list, as a monitoring service would hand it over, with what a scan must say of each row:
``likely``, ``review`` (somebody has to look; never accused), ``none`` (no case) or ``ours``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from auditor.demo.organisation.accounts import X_HEALTH

SOURCE_FILE = "lookalikes/accounts.jsonl"
CONFIG = f"""
# Accounts that pose as ours: 'auditor impersonators scan' looks for them, 'list' and 'show' tell.
impersonators:
  domains: [riversidehealth.example]
  people: [{{name: Dr. Imelda Farrow-Quist}}]      # a physician whose name others have used before
  affiliates: [{{account: RiversideHealthHospice, reason: run jointly with the county}}]
  allowed: [{{account: "9000104", reason: a clinic of the same name in Tasmania, expires: 2027-06-30}}]
  sources: [{{id: watch-list, source: file, path: {SOURCE_FILE}}}]
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """One account of the watch list, and what a scan must say of it."""

    kind: str
    outcome: str
    row: dict[str, Any]

    @property
    def id(self) -> str:
        """The platform's id."""
        return str(self.row["id"])


def _x(kind: str, outcome: str, number: int, handle: str, name: str, bio: str = "", **more: Any) -> Planted:
    row: dict[str, Any] = {"platform": "x", "id": f"9000{number}", "handle": handle, "name": name, "bio": bio,
                           "url": f"https://x.example/{handle}"}  # fmt: skip
    return Planted(kind, outcome, row | more)


_NEW: dict[str, Any] = {"created_at": "2026-11-12T08:00:00Z", "followers": 4}
_OLD: dict[str, Any] = {"created_at": "2015-05-01T08:00:00Z", "followers": 900}

PLANTED: tuple[Planted, ...] = (
    # Those that pose as us.
    _x("digit for a letter", "likely", 1, "RiversideHea1th", "Riverside Health", "Patient help desk", **_NEW),
    _x("letter of another script", "likely", 2, "rh_updates", "Riverside He\u0430lth", "Updates for patients"),
    _x("invisible letter", "likely", 3, "rsh_2026", "River\u200bside Health", "Updates"),
    _x("letters of another style", "likely", 4, "rsh_alerts", "\U0001d411\U0001d422\U0001d42f\U0001d41e\U0001d42b\U0001d42c\U0001d422\U0001d41d\U0001d41e Health"),
    _x("support squat", "likely", 5, "RiversideHealthHelp", "Riverside Health Support",
       "Message us on t.me/riversidehelp to get your bill refunded", **_NEW),
    _x("swapped letters", "likely", 6, "RiversideHaelth", "Riverside Health", **_NEW),
    _x("digits at the end", "likely", 7, "RiversideHealth24", "Riverside Health"),
    _x("underscore", "likely", 8, "Riverside_Health_", "Riverside Health", "Official account"),
    _x("paid check", "likely", 9, "Riverside_Hea1th", "Riverside Health", verified_type="blue", **_NEW),
    _x("l for i", "likely", 10, "RlversideHealth", "Riverside Health"),
    _x("a physician's name", "likely", 11, "ImeldaFarrowQuist", "Dr. Imelda Farrow-Quist", "Consultations by Telegram"),
    # Those that only look so.
    _x("regional office", "review", 110, "RiversideHealthUSA", "Riverside Health", **_OLD),
    _x("affiliate", "review", 101, "RiversideHealthHospice", "Riverside Health Hospice", **_OLD),
    _x("parody that says so first", "review", 102, "NotRiversideHlth", "Parody Riverside Health", **_OLD),
    _x("fan", "none", 103, "riversidehealthfans", "Riverside Health Fans", **_OLD),
    _x("allowed namesake", "review", 104, "RiversideHealthTas", "Riverside Health", "Deloraine, Tasmania", **_OLD),
    _x("links to our own site", "review", 105, "RiversideHealthCardio", "Riverside Health Cardiology",
       "https://cardiology.riversidehealth.example", **_OLD),
    _x("employee", "none", 106, "nurse_at_riverside", "Nurse at Riverside Health", **_OLD),
    _x("gripe", "review", 107, "RiversideHealthSucks", "Riverside Health Sucks", "Billing stories", **_OLD),
    _x("carries our badge", "ours", 108, "RiversideHealthNews", "Riverside Health News", affiliation=X_HEALTH.handle),
    Planted("our own account", "ours", {"platform": "x", "id": X_HEALTH.native_id, "handle": X_HEALTH.handle,
                                        "name": X_HEALTH.name}),
    _x("another town's name", "none", 113, "riversidecycling", "Cycling Club of Riverside", **_OLD),
    _x("one of many", "none", 111, "healthy_recipes", "Healthy Recipes", **_OLD),
    _x("a person", "none", 112, "anna_riverstone", "Anna Riverstone", **_OLD),
)  # fmt: skip


def accounts_jsonl() -> str:
    """Return the watch list as the service hands it over, one account a line."""
    return "".join(json.dumps(one.row, ensure_ascii=False) + "\n" for one in PLANTED)
