"""What Riverside Health's people state in tables: attestations, vendors, owners, reviewed matches."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from auditor.demo.organisation import DOMAIN, PRIVACY_OFFICER, hostile
from auditor.demo.organisation.accounts import (
    ACCOUNTS,
    FOUNDATION,
    IG_KIDS,
    LINKEDIN,
    TIKTOK,
    X_CARE,
    X_HEALTH,
    X_JOBS,
    YOUTUBE,
    DemoAccount,
)
from auditor.demo.organisation.people import who

_GRANTS = (
    "platform",
    "account",
    "principal_name",
    "principal_email",
    "principal_handle",
    "principal_kind",
    "role",
    "granted_on",
    "last_used_on",
    "mfa",
    "mfa_method",
)
_MFA = ("platform", "account", "principal_name", "principal_email", "principal_handle", "mfa", "mfa_method")
_UNMATCHED_HANDLE = "@brightfutures22"

# last name or @handle | role | granted | last used
_DELEGATES = {
    X_HEALTH: """
        Linden | Admin | 2021-02-01 | 2026-11-01
        Berg | Admin | 2021-06-28 | 2026-10-31
        Raman | Contributor | 2020-10-05 | 2026-10-28
        Whitfield | Admin | 2022-03-01 | 2026-10-30
        Gallagher | Contributor | 2020-01-13 | 2026-05-02
        Kowalczyk | Contributor | 2017-06-12 | 2026-08-12
        Fernández-Ortiz | Contributor | 2026-10-20 |
        Holm | Contributor | 2024-04-02 |
        @brightfutures22 | Contributor | 2022-11-07 | 2026-09-18
    """,
    X_CARE: """
        Jelinek | Admin | 2019-05-06 | 2026-11-01
        Linden | Admin | 2021-02-01 | 2026-10-12
        Trent | Contributor | 2022-08-15 | 2026-11-01
        Berg | Contributor | 2021-06-28 | 2026-09-29
    """,
    X_JOBS: """
        Demir | Admin | 2021-05-03 | 2026-10-29
        Kowalczyk | Admin | 2018-07-19 | 2026-08-10
    """,
}
# last name or free name | role | granted | last used | MFA | method
_MEMBERS = {
    LINKEDIN: """
        Linden | Super admin | 2019-02-04 | 2026-10-30 | yes | passkey
        Mendes | Super admin | 2023-02-20 | 2026-10-27 | yes | authenticator app
        Salcedo | Content admin | 2021-12-06 | 2026-10-22 | yes | sms
        Karim | Content admin | 2023-07-10 | 2026-10-29 | yes | sms
        Pike | Analyst | 2020-02-10 | 2026-07-03 | unknown |
        Demir | Recruiting poster | 2021-05-10 | 2026-10-30 | yes | authenticator app
        Abiodun | Sponsored content poster | 2022-09-05 | 2026-10-21 | no |
        Holm | Analyst | 2024-04-02 | 2026-10-31 | yes | authenticator app
        Faulkner | Ambassador lead | 2026-09-14 | 2026-10-01 | yes | security key
        Osgood | Analyst | 2023-03-06 | 2026-09-08 | unknown |
    """,
    YOUTUBE: """
        Zhou | Primary owner | 2020-02-03 | 2026-10-31 | yes | security key
        Linden | Owner | 2021-02-01 | 2026-08-31 | yes | passkey
        Wójcik | Editor | 2024-10-07 | 2026-10-30 | |
        Lindqvist | Manager | 2022-06-06 | 2026-04-17 | yes | push
        Karim | Viewer | 2023-08-07 | 2026-09-30 | yes | sms, authenticator app
        Achterberg | Editor (limited) | 2025-06-16 | 2026-10-02 | yes | authenticator app
    """,
    TIKTOK: """
        Kowalczyk | Admin | 2022-01-10 | 2026-06-20 | yes | sms
        Berg | Admin | 2022-01-10 | 2026-06-25 | yes | authenticator app
        Whitfield | Operator | 2022-04-04 | 2026-06-27 | yes | authenticator app
    """,
}
# last name | MFA | method: of the delegates' own X accounts
_DELEGATE_MFA = """
    Linden | yes | security key
    Berg | yes | authenticator app
    Raman | yes | sms
    Whitfield | no |
    Gallagher | unknown |
    Fernández-Ortiz | yes | authenticator app
    Holm | yes | authenticator app
"""
# last name | last active: read off the Security Center by hand
_SECURITY_CENTER = """
    Okafor | 2026-11-09
    Linden | 2026-11-11
    Berg | 2026-11-11
    Raman | 2026-11-10
    Kowalczyk | 2026-08-13
    Whitfield | 2026-11-10
    Varga | 2026-10-27
    Gallagher | 2026-05-30
    Abiodun | 2026-11-11
    Jelinek | 2026-11-11
    Trent | 2026-11-11
    Demir | 2026-11-05
"""


def delegates_csv() -> str:
    """Return the X delegates, as the owners of the accounts read them off."""
    rows = []
    for account, text in _DELEGATES.items():
        for holder, role, granted, used in _cells(text, 4):
            rows.append((*_where(account), *_x_holder(holder), "human", role, granted, used, "", ""))
    return _csv(_GRANTS, rows)


def mfa_csv() -> str:
    """Return the second factors of the X delegates, each shown by its holder."""
    rows = [
        (*_where(X_HEALTH), *_x_holder(holder), mfa, method)
        for holder, mfa, method in _cells(_DELEGATE_MFA, 3)
    ]
    rows += [
        (*_where(X_CARE), *_x_holder("Jelinek"), "yes", "passkey"),
        (*_where(X_CARE), *_x_holder("Trent"), "yes", "authenticator app"),
        (*_where(X_JOBS), *_x_holder("Demir"), "yes", "authenticator app"),
    ]
    return _csv(_MFA, rows)


def video_mfa_csv(mfa: str) -> str:
    """Return one of the two statements on the video team; they differ on Kasia Wójcik."""
    return _csv(
        _MFA, [(*_where(YOUTUBE), *_holder("Wójcik"), mfa, "authenticator app" if mfa == "yes" else "")]
    )


def members_csv(account: DemoAccount) -> str:
    """Return who holds what on an account whose platform has no interface for it."""
    rows = [
        (*_where(account), *_holder(holder), "human", role, granted, used, mfa, method)
        for holder, role, granted, used, mfa, method in _cells(_MEMBERS[account], 6)
    ]
    return _csv(_GRANTS, rows)


def passwords_csv() -> str:
    """Return the logins whose password several people know."""
    rows = [
        (
            *_where(IG_KIDS),
            "Children's ward tablet",
            "",
            "",
            "shared",
            "password",
            "",
            "2026-10-30",
            "no",
            "",
        ),
        (*_where(IG_KIDS), hostile.NEWLINES, "", "", "human", "password", "", "", "unknown", ""),
        (
            *_where(FOUNDATION),
            *_holder("Okafor"),
            "human",
            "Full control",
            "2024-01-15",
            "2026-10-19",
            "yes",
            "totp",
        ),
    ]
    return _csv(_GRANTS, rows)


def linkedin_people_csv() -> str:
    """Return the standing of people on LinkedIn, told later than who holds what."""
    columns = ("platform", "principal_name", "principal_email", "status", "last_active_on")
    osgood = who("Osgood")
    return _csv(columns, [("linkedin", osgood.name, osgood.email, "suspended", "2026-09-08")])


def security_center_csv() -> str:
    """Return when people of the portfolio were last active."""
    columns = ("platform", "principal_name", "principal_email", "last_active_on")
    rows = [("facebook", who(name).name, who(name).email, day) for name, day in _cells(_SECURITY_CENTER, 2)]
    return _csv(columns, rows)


def apps_csv() -> str:
    """Return the apps connected where no interface lists them."""
    columns = (
        "platform",
        "account",
        "app_name",
        "app_id",
        "publisher",
        "scopes",
        "approved_on",
        "last_used_on",
    )
    rows = [
        (
            *_where(YOUTUBE),
            "MetricFox Analytics",
            "mfx-yt-01",
            "MetricFox",
            "yt-analytics.readonly",
            "2025-03-10",
            "",
        ),
        (*_where(LINKEDIN), "PostPilot", "pp-li-07", "PostPilot Inc.", "", "2025-09-22", "2026-10-30"),
    ]
    return _csv(columns, rows)


def accounts_csv() -> str:
    """Return the accounts no interface shows, with where their password resets go."""
    columns = ("platform", "account", "kind", "name", "url", "mfa_required", "recovery_email")
    rows = [
        (
            *_where(LINKEDIN),
            "page",
            LINKEDIN.name,
            "https://www.linkedin.com/company/riverside-health/",
            "",
            "",
        ),
        (
            *_where(YOUTUBE),
            "channel",
            YOUTUBE.name,
            "https://www.youtube.com/@RiversideHealthTV",
            "all",
            "riversidehealth.video@gmail.com",
        ),
        (*_where(TIKTOK), "profile", TIKTOK.name, "", "none", f"nora.linden@{DOMAIN}"),
        (*_where(FOUNDATION), "portfolio", FOUNDATION.name, "", "none", ""),
    ]
    return _csv(columns, rows)


def owners_csv() -> str:
    """Return who answers for which account; one account has nobody."""
    columns = (
        "platform",
        "account",
        "owner_email",
        "tier",
        "phi_exposed",
        "last_reviewed_on",
        "mfa_required",
    )
    rows = [
        (a.platform, a.handle, a.owner_email, a.tier, a.phi_exposed, a.last_reviewed_on, a.mfa_required)
        for a in ACCOUNTS
    ]
    return _csv(columns, rows)


def vendors_csv() -> str:
    """Return the vendors as purchasing lists them."""
    nora, dana = who("Linden").email, who("Kowalczyk").email
    columns = (
        "name",
        "kind",
        "domains",
        "app_names",
        "app_ids",
        "contract_ends_on",
        "baa_signed_on",
        "baa_expires_on",
        "owner_email",
    )
    rows = [
        (
            "Brightline Social",
            "agency",
            "brightline.example",
            "",
            "",
            "2027-06-30",
            "2025-01-15",
            "2027-01-14",
            nora,
        ),
        (
            "Northwind Creative",
            "agency",
            "northwind.example",
            "",
            "",
            "2026-06-30",
            "2024-02-01",
            "2026-02-01",
            dana,
        ),
        (
            "Evergreen Outreach",
            "agency",
            "evergreen.example",
            "",
            "",
            "2031-12-31",
            "",
            "",
            who("Rossi").email,
        ),
        ("Tidewater Media", "agency", "tidewater.example", "", "", "2027-10-31", "2026-10-30", "", nora),
        ("PostPilot", "tool", "postpilot.example", "PostPilot", "7000001", "2027-09-21", "", "", nora),
        (
            "ClearQueue",
            "tool",
            "clearqueue.example",
            "ClearQueue Inbox",
            "",
            "2027-01-31",
            "2026-01-15",
            "",
            who("Jelinek").email,
        ),
        ("MetricFox", "tool", "metricfox.example", "MetricFox Analytics", "", "", "2025-03-01", "", ""),
    ]
    return _csv(columns, rows)


def identities_csv() -> str:
    """Return the matches a human has reviewed: the affiliate doctor declared the handle on paper."""
    columns = (
        "principal_id",
        "platform",
        "handle",
        "email",
        "person_id",
        "work_email",
        "reviewed_by",
        "reviewed_on",
        "note",
    )
    doctor = who("Moreau")
    row = (
        "",
        "x",
        "DrMoreauHeart",
        "",
        doctor.number,
        "",
        PRIVACY_OFFICER,
        "2026-09-14",
        "declared on form C-12",
    )
    return _csv(columns, [row])


def _where(account: DemoAccount) -> tuple[str, str]:
    return account.platform, account.handle


def _holder(last_name: str) -> tuple[str, str, str]:
    person = who(last_name)
    return person.name, person.email, ""


def _x_holder(holder: str) -> tuple[str, str, str]:
    """Return name, e-mail and handle; of a delegate X shows the handle only."""
    if holder == _UNMATCHED_HANDLE:
        return "Bright Futures 22", "", holder
    person = who(holder)
    return person.name, "", person.x_handle


def _cells(text: str, count: int) -> Iterable[list[str]]:
    for line in text.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        yield cells + [""] * (count - len(cells))


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
