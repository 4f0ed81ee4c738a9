"""Accounts that pose as Riverside Health, one of each kind, and others that only look so.

Some are told of by X, when it is asked for handles like ours; the rest is the list of a monitoring service. What
a scan must say of each: ``likely``, ``review`` (somebody has to look; never accused), ``none`` (no case), ``ours``
or ``removed`` (its platform has suspended it since last week). Handles, names and addresses are invented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auditor.demo.organisation.accounts import X_CARE, X_HEALTH, X_JOBS
from auditor.demo.organisation.portraits import picture
from auditor.demo.x_sandbox.state import XUser

SOURCE_FILE = "lookalikes/accounts.jsonl"
PICTURES_HOST = "pictures.example"
"""Where the demo's platforms keep profile pictures; played by a sandbox on this machine."""
_PLATFORMS = ("x", "instagram", "facebook", "bluesky", "mastodon")
_CONFIG = """
# Accounts that pose as ours: 'auditor impersonators scan' looks for them, 'list', 'show' and 'dossier' tell.
impersonators:
  domains: [riversidehealth.example]
  names:                                           # names of ours that no account in the store bears
    - {name: Elmwood Urgent Care, legal_name: Elmwood Urgent Care LLC}
    - {name: Riverside Health Plan, handle: RvrsHealthPlan, platform: x}
  people: [{name: Dr. Imelda Farrow-Quist}]        # a physician whose name others have used before
  affiliates:
    - {account: riversidehealth.hospice, reason: run jointly with the county}
    - {account: riversidehealth.northvalley, reason: our office in the north valley}
  allowed: [{account: "9000104", reason: a clinic of the same name in Tasmania, expires: 2027-06-30}]
  sources:
    - {id: x-handles, source: x, bearer_token: "env:DEMO_X_BRAND_TOKEN", handles: 1500, base_url: "@X@"}
    - {id: watch-list, source: file, path: @FILE@}
"""


def config(x_base_url: str, media_base_url: str) -> str:
    """Return the part of auditor.yaml; without a media sandbox no picture is fetched."""
    pictures = "  pictures: {fetch: false}\n"
    if media_base_url:
        hosts = ", ".join(f"{platform}: [{PICTURES_HOST}]" for platform in _PLATFORMS)
        pictures = f'  pictures: {{hosts: {{{hosts}}}, base_url: "{media_base_url}"}}\n'
    return _CONFIG.replace("@X@", x_base_url).replace("@FILE@", SOURCE_FILE) + pictures


def picture_url(drawn: str, whose: str) -> str:
    """Return the address of a picture, as X gives it: the small one, beside which a larger one is."""
    return f"https://{PICTURES_HOST}/profile_images/{whose}/{drawn}_normal.png"


OURS = ((X_HEALTH, "logo"), (X_CARE, "desk"), (X_JOBS, "case"))
"""Our accounts on X and their pictures."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One account, and what a scan must say of it."""

    kind: str
    outcome: str
    row: dict[str, Any]
    drawn: str = ""
    """Its picture; empty: none is told of."""
    on_x: bool = False
    """X alone tells of it, found by its handle; else it is in the list, and X tells what has become of it."""
    was: Mapping[str, Any] | None = field(default_factory=dict)
    """What of it was otherwise a week ago; None: it was not there."""

    @property
    def id(self) -> str:
        """The platform's id."""
        return str(self.row["id"])

    def at(self, *, week_before: bool) -> dict[str, Any] | None:
        """Return the row as it is, or was."""
        if week_before and self.was is None:
            return None
        row = self.row | (dict(self.was) if week_before and self.was else {})
        drawn = row.pop("drawn", self.drawn)
        return row | ({"avatar": picture_url(drawn, self.id)} if drawn else {})


def _row(platform: str, number: int, handle: str, name: str, bio: str = "", **more: Any) -> dict[str, Any]:
    row = {"platform": platform, "id": f"9000{number}", "handle": handle, "name": name, "bio": bio,
           "url": f"https://{platform}.example/{handle}"}  # fmt: skip
    return row | more


_NEW: dict[str, Any] = {"created_at": "2026-11-12T08:00:00Z", "followers": 4}
_OLD: dict[str, Any] = {"created_at": "2015-05-01T08:00:00Z", "followers": 900}
_SINCE = "2026-02-09T17:30:00Z"
"""When accounts were made of which the list does not say it."""
_BOLD = "\U0001d411\U0001d422\U0001d42f\U0001d41e\U0001d42b\U0001d42c\U0001d422\U0001d41d\U0001d41e Health"

IMPERSONATORS: tuple[Planted, ...] = (
    Planted("digit for a letter", "likely", _row("x", 1, "RiversideHea1th", "Riverside Health",
            "Patient help desk. Write to riverside.billing@gmail.com", **_NEW), "badged", on_x=True),
    Planted("l for i", "likely", _row("x", 2, "RlversideHealth", "Riverside Health", **_NEW), "logo", on_x=True),
    Planted("swapped letters, paid check", "likely", _row("x", 3, "RiversideHaelth", "Riverside Health",
            verified_type="blue", **_NEW), "padded", on_x=True, was=None),
    Planted("digits at the end", "likely", _row("x", 4, "RiversideCare24", "Riverside Care Desk",
            "We are here to help around the clock", **_NEW), "desk", on_x=True),
    Planted("corporate word at the end", "likely", _row("x", 5, "RiversideCareHQ", "Riverside Care Desk",
            "Official account", followers=61), "desk", on_x=True),
    Planted("region at the end, our picture", "likely", _row("x", 6, "RiversideCareUS", "Riverside Health",
            followers=17), "mirrored", on_x=True),
    Planted("letter of another script", "likely", _row("x", 7, "rh_updates", "Riverside He\u0430lth",
            "Updates for patients"), "logo"),
    Planted("invisible letter", "likely", _row("x", 8, "rsh_2026", "River\u200bside Health", "Updates"), "logo"),
    Planted("letters of another style", "likely", _row("x", 9, "rsh_alerts", _BOLD), "heart"),
    Planted("reversed run", "likely", _row("x", 10, "rsh_info", "\u202ehtlaeH edisreviR\u202c"), "logo", was=None),
    Planted("rn for m", "likely", _row("facebook", 11, "elrnwoodurgentcare", "Elrnwood Urgent Care",
            "Book by WhatsApp", **_NEW)),
    Planted("display name and picture copied", "likely", _row("x", 12, "mk_77120", "Riverside Health",
            followers=9), "cropped"),
    Planted("our picture under another name", "likely", _row("instagram", 13, "riversidehealth.portal",
            "Patient Portal", **_NEW), "badged"),
    Planted("support word", "likely", _row("instagram", 14, "riversidehealth.support", "Riverside Health Support",
            "Message us on t.me/riversidehelp to get your bill refunded", **_NEW), "logo"),
    Planted("claims to be official", "likely", _row("facebook", 15, "official.riversidehealth",
            "Riverside Health Official", "The official page", followers=230), "hills"),
    Planted("underscores", "likely", _row("instagram", 16, "_riverside_health_", "Riverside Health", **_NEW), "padded"),
    Planted("handle on a network where we are not", "likely", _row("bluesky", 17, "riversidehealth.bsky.social",
            "Riverside Health", "Care for the whole river valley. Not monitored at night."), "logo"),
    Planted("domain that bears our name", "likely", _row("mastodon", 18, "riversidehealth@social.example",
            "Riverside Health", "Pay your bill at riversidehealth-billing.example", **_NEW), "logo", was=None),
    Planted("a physician's name", "likely", _row("x", 19, "DrFarrowQuist", "Dr. Imelda Farrow-Quist",
            "Official account, consultations by Telegram")),
    Planted("parody that shows our picture", "likely", _row("instagram", 20, "riversidehealth_",
            "Fake Riverside Health", followers=310), "logo"),
    Planted("renamed since last week", "likely", _row("x", 21, "RiversideCareRx", "Riverside Care Desk",
            "No prescription needed: +1 555 010 0142", **_NEW), "desk", on_x=True,
            was={"handle": "RiversideCare01", "bio": ""}),
    Planted("suspended since last week", "removed", _row("x", 22, "RiversideHeaIth", "Riverside Health", **_NEW),
            "logo", on_x=True),
)  # fmt: skip
BENIGN: tuple[Planted, ...] = (
    Planted("affiliate", "review", _row("facebook", 101, "riversidehealth.hospice", "Riverside Health",
            "Official page of the hospice", **_OLD), "candle"),
    Planted("regional office, declared", "review", _row("instagram", 110, "riversidehealth.northvalley",
            "Riverside Health", "Official account of the north valley", **_OLD), "logo"),
    Planted("parody that says so first", "review", _row("instagram", 102, "riversidehealth__",
            "Parody Riverside Health", "Not the official page of anybody", **_OLD), "mask"),
    Planted("labelled as parody by X", "review", _row("x", 114, "MyRiversideJobs", "Riverside Jobs", **_OLD), "mask", on_x=True),
    Planted("fan", "review", _row("instagram", 103, "riverside_health", "Riverside Health Fan Club",
            "The official page of the fan club", **_OLD), "heart"),
    Planted("allowed namesake", "review", _row("facebook", 104, "riversidehealthtas", "Riverside Health",
            "Deloraine, Tasmania. Official page", **_OLD), "hills"),
    Planted("links to our own site", "review", _row("instagram", 105, "riversidehealth.cardio", "Riverside Health",
            "Official: https://cardiology.riversidehealth.example", **_OLD), "recoloured"),
    Planted("employee", "review", _row("instagram", 106, "riverside__health", "Nurse at Riverside Health",
            "Support team, fourth floor", **_OLD), "tubes"),
    Planted("gripe", "review", _row("facebook", 107, "riversidehealthsucks", "Riverside Health", "Stories of their customer service", **_OLD), "thumb"),
    Planted("news", "review", _row("facebook", 115, "theriversidehealth", "Riverside Health plans a clinic",
            "Official account of the Valley Ledger", **_OLD), "paper"),
    Planted("another brand's own account", "review", _row("x", 116, "RvrsHealthPlan", "Riverside Health Plan",
            "Insurance for the river valley", **_OLD), "logo"),
    Planted("right-to-left name", "review", _row("instagram", 117, "riverside.health.sa", "\u0639\u064a\u0627\u062f\u0629 Riverside Health", **_OLD), "tooth"),
    Planted("dismissed, and changed since", "review", _row("instagram", 118, "riversidehealth.run", "Riverside Health Tickets",
            "Race tickets: bit.ly/rh-run", **_OLD), "wheel", was={"name": "Riverside Health Runners", "bio": "Tuesdays at six"}),
    Planted("carries our badge", "ours", _row("x", 108, "RvrsHealthNews", "Riverside Health News", affiliation=X_HEALTH.handle)),
    Planted("our own account", "ours", {"platform": "x", "id": X_HEALTH.native_id, "handle": X_HEALTH.handle,
                                        "name": X_HEALTH.name}),
    Planted("namesake in another trade", "none", _row("x", 119, "riversidedental", "Riverside Dental", **_OLD), "tooth"),
    Planted("another town's name", "none", _row("x", 113, "riverside_bikes", "Cycling Club of Riverside", **_OLD), "wheel"),
    Planted("one of many", "none", _row("x", 111, "healthy_recipes", "Healthy Recipes", **_OLD)),
    Planted("a person", "none", _row("x", 112, "anna_riverstone", "Anna Riverstone", **_OLD)),
)  # fmt: skip
PLANTED: tuple[Planted, ...] = (*IMPERSONATORS, *BENIGN)


def accounts_jsonl(*, week_before: bool = False) -> str:
    """Return the watch list as the service hands it over, one account a line."""
    rows = (one.at(week_before=week_before) for one in PLANTED if not one.on_x)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows if row)


def users_on_x(*, week_before: bool = False) -> list[XUser]:
    """Return the accounts that are on X, whoever tells of them first."""
    found = []
    for one in PLANTED:
        row = one.at(week_before=week_before)
        if row is None or row["platform"] != "x" or one.outcome == "ours":
            continue
        user = XUser(
            row["id"],
            row["handle"],
            row["name"],
            description=row["bio"],
            verified_type=row.get("verified_type", "none"),
            followers=row.get("followers", 140),
            profile_image_url=row.get("avatar", ""),
            parody="labelled" in one.kind,
            status="suspended" if one.outcome == "removed" and not week_before else "active",
        )
        user.created_at = datetime.fromisoformat(row.get("created_at", _SINCE))
        found.append(user)
    return found


def pictures() -> dict[str, bytes]:
    """Return every picture of the demo by its addresses: as told of, and the larger one that X has beside it."""
    ours = [(account.native_id, drawn) for account, drawn in OURS]
    named = [*ours, *((one.id, one.drawn) for one in PLANTED if one.drawn)]
    small = {picture_url(drawn, whose): picture(drawn) for whose, drawn in named}
    return small | {url.replace("_normal.", "_400x400."): content for url, content in small.items()}


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody at Riverside Health decided of a case a week ago."""

    account: str
    """The platform's id."""
    state: str
    actor: str
    reason: str = ""
    reference: str = ""
    days: int = 0


DECIDED: tuple[Decided, ...] = (
    Decided("90001", "reported", "Nora Linden", reference="0418772903"),
    Decided(
        "9000107",
        "dismissed",
        "Benedikt Faulkner",
        "complaints are allowed; no copy of our picture",
        days=180,
    ),
    Decided("9000118", "dismissed", "Nora Linden", "a running club of patients", days=365),
    Decided("9000117", "watching", "Wanda Jelinek", "asked the clinic whether it is one of our partners"),
)
