"""What no interface shows, as named people of Riverside Health attest it in tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from auditor.demo.organisation import DOMAIN, hostile
from auditor.demo.organisation.accounts import (
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
    return csv_text(_GRANTS, rows)


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
    return csv_text(_MFA, rows)


def video_mfa_csv(mfa: str) -> str:
    """Return one of the two statements on the video team; they differ on Kasia Wójcik."""
    return csv_text(
        _MFA, [(*_where(YOUTUBE), *_holder("Wójcik"), mfa, "authenticator app" if mfa == "yes" else "")]
    )


def members_csv(account: DemoAccount) -> str:
    """Return who holds what on an account whose platform has no interface for it."""
    rows = [
        (*_where(account), *_holder(holder), "human", role, granted, used, mfa, method)
        for holder, role, granted, used, mfa, method in _cells(_MEMBERS[account], 6)
    ]
    return csv_text(_GRANTS, rows)


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
    return csv_text(_GRANTS, rows)


def linkedin_people_csv() -> str:
    """Return the standing of people on LinkedIn, told later than who holds what."""
    columns = ("platform", "principal_name", "principal_email", "status", "last_active_on")
    osgood = who("Osgood")
    return csv_text(columns, [("linkedin", osgood.name, osgood.email, "suspended", "2026-09-08")])


def security_center_csv() -> str:
    """Return when people of the portfolio were last active."""
    columns = ("platform", "principal_name", "principal_email", "last_active_on")
    rows = [("facebook", who(name).name, who(name).email, day) for name, day in _cells(_SECURITY_CENTER, 2)]
    return csv_text(columns, rows)


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
    return csv_text(columns, rows)


def accounts_csv() -> str:
    """Return the accounts no interface shows, with where their password resets go."""
    columns = (
        "platform",
        "account",
        "name",
        "kind",
        "url",
        "mfa_required",
        "recovery_email",
        "owner_email",
        "tier",
        "phi_exposed",
    )
    linkedin_url = "https://www.linkedin.com/company/riverside-health/"
    youtube_url = "https://www.youtube.com/@RiversideHealthTV"
    owned = (FOUNDATION.owner_email, FOUNDATION.tier, FOUNDATION.phi_exposed)
    rows = [
        (*_named(LINKEDIN), "page", linkedin_url, "", "", "", "", ""),
        (*_named(YOUTUBE), "channel", youtube_url, "all", "riversidehealth.video@gmail.com", "", "", ""),
        (*_named(TIKTOK), "profile", "", "none", f"nora.linden@{DOMAIN}", "", "", ""),
        (*_named(FOUNDATION), "portfolio", "", "none", "", *owned),
    ]
    return csv_text(columns, rows)


def _named(account: DemoAccount) -> tuple[str, str, str]:
    return (*_where(account), account.name)


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


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file's text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
