"""Riverside Health on X: the state of the X sandbox, and the data archives of its accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from auditor.demo import x_archive_writer as archive
from auditor.demo.organisation import DOMAIN, NOW, hostile
from auditor.demo.organisation.accounts import X_CARE, X_HEALTH, X_JOBS, DemoAccount
from auditor.demo.organisation.lookalikes import picture_url, users_on_x
from auditor.demo.organisation.people import who
from auditor.demo.x_sandbox.state import XState, XToken, XUser

BRAND_TOKEN = "demo-x-app-only-token"  # noqa: S105 - opens nothing but the sandbox
CARE_TOKEN = "demo-x-care-user-token"  # noqa: S105 - likewise


def x_state(*, week_before: bool = False) -> XState:
    """Return a fresh sandbox state, of today or a week earlier; the caller may change it."""
    state = XState(now=NOW)
    state.add(
        XUser(
            X_HEALTH.native_id,
            X_HEALTH.handle,
            X_HEALTH.name,
            description="Care for the whole river valley. Not monitored at night.",
            verified_type="business",
            followers=30411,
            posts=9120,
            profile_image_url=picture_url("logo", X_HEALTH.native_id),
        )
    )
    state.add(
        XUser(
            X_CARE.native_id,
            X_CARE.handle,
            X_CARE.name,
            description="Questions about your visit? Write to us; please leave out anything private.",
            followers=4120,
            posts=15800,
            confirmed_email="riversidecare.team@gmail.com",
            profile_image_url=picture_url("desk", X_CARE.native_id),
        )
    )
    case = picture_url("case", X_JOBS.native_id)
    state.add(
        XUser(X_JOBS.native_id, X_JOBS.handle, X_JOBS.name, followers=1875, posts=640, profile_image_url=case)
    )
    state.add(XUser("1001090", "RiversideFound", "Riverside Foundation", verified_type="business"))
    state.add(XUser("1001091", "DrMoreauHeart", "Yannick Moreau, MD", verified_type="business"))
    state.users += users_on_x(week_before=week_before)
    state.affiliates[X_HEALTH.native_id] = ["1001090", "1001091", X_JOBS.native_id]
    state.tokens[BRAND_TOKEN] = XToken()
    state.tokens[CARE_TOKEN] = XToken(
        user_id=X_CARE.native_id, access_level="read-write-directmessages", may_read_email=True
    )
    return state


def write_archives(folder: Path) -> list[Path]:
    """Write the data archives the owners of the three accounts requested; return their paths."""
    return [archive.write_current(folder, made) for made in (_health(), _care(), _jobs())]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _archive(
    account: DemoAccount, email: str, generated_at: str, members: dict[str, tuple[dict[str, object], ...]]
) -> archive.XArchive:
    return archive.XArchive(
        account_id=account.native_id,
        handle=account.handle,
        name=account.name,
        email=email,
        created_at=_at("2014-03-02T09:30:00"),
        generated_at=_at(generated_at),
        members={"verified": ({"accountId": account.native_id, "verified": False},), **members},
    )


def _health() -> archive.XArchive:
    account_id = X_HEALTH.native_id
    return _archive(
        X_HEALTH,
        f"social@{DOMAIN}",
        "2026-11-08T07:12:00",
        {
            "verified": ({"accountId": account_id, "verified": True},),
            "connected-application": (
                archive.app(
                    "129032",
                    "Twitter for iPhone",
                    ("read", "write", "directmessages"),
                    _at("2016-05-03T10:00:00"),
                ),
                archive.app(
                    "7000001",
                    "PostPilot",
                    ("read", "write", "directmessages"),
                    _at("2025-09-22T13:05:00"),
                    organization="PostPilot Inc.",
                ),
                archive.app(
                    "7000001",
                    "PostPilot",
                    ("read", "write", "directmessages"),
                    _at("2019-03-11T09:40:00"),
                    organization="PostPilot Inc.",
                ),
                archive.app("7000002", "MetricFox Analytics", ("read",), _at("2026-02-03T11:30:00")),
                archive.app("7000003", hostile.HOMOGLYPH, ("read", "write"), _at("2026-10-28T23:50:00")),
                archive.app(
                    "7000004", hostile.EMOJI, ("read", "astral_projection"), _at("2026-06-18T08:00:00")
                ),
            ),
            "ip-audit": (
                archive.login(account_id, _at("2026-11-07T16:20:00"), "192.0.2.10"),
                archive.login(account_id, _at("2026-11-01T03:41:00"), "198.51.100.77"),
            ),
            "device-token": (
                archive.session(
                    "3033300", "Twitter Web App", _at("2026-01-12T09:00:00"), _at("2026-11-07T16:20:00")
                ),
                archive.session(
                    "129032", "Twitter for iPhone", _at("2023-08-01T09:00:00"), _at("2025-02-14T18:30:00")
                ),
            ),
            "ni-devices": (
                archive.push_device("Twitter for iOS", date(2024, 6, 30)),
                archive.second_factor_phone("+15550100", date(2019, 4, 2)),
            ),
        },
    )


def _care() -> archive.XArchive:
    account_id = X_CARE.native_id
    return _archive(
        X_CARE,
        f"care.desk@{DOMAIN}",
        "2026-11-10T08:00:00",
        {
            "connected-application": (
                archive.app(
                    "7000005",
                    "ClearQueue Inbox",
                    ("read", "write", "directmessages"),
                    _at("2026-01-20T15:00:00"),
                    organization="ClearQueue",
                ),
            ),
            "ip-audit": (archive.login(account_id, _at("2026-11-09T19:02:00"), "192.0.2.11"),),
            "device-token": (
                archive.session(
                    "3033300", "Twitter Web App", _at("2026-03-01T09:00:00"), _at("2026-11-09T19:02:00")
                ),
            ),
            "email-address-change": (
                archive.email_change(
                    account_id, _at("2026-11-05T22:14:00"), f"care@{DOMAIN}", f"care.desk@{DOMAIN}"
                ),
                archive.email_change(account_id, _at("2014-03-02T09:30:00"), None, f"care@{DOMAIN}"),
            ),
            "phone-number": ({"phoneNumber": "+15550142"},),
        },
    )


def _jobs() -> archive.XArchive:
    account_id = X_JOBS.native_id
    return _archive(
        X_JOBS,
        who("Kowalczyk").email,
        "2026-11-09T10:45:00",
        {
            "connected-application": (
                archive.app("7000006", "Chirpdeck Classic", ("read", "write"), _at("2013-02-20T17:15:00")),
            ),
            "ip-audit": (archive.login(account_id, _at("2026-10-30T12:00:00"), "203.0.113.5"),),
            "sso": (archive.single_sign_on("dana.kowalczyk.home@gmail.com", _at("2018-07-19T20:00:00")),),
            "screen-name-change": (
                archive.handle_change(
                    account_id, _at("2026-11-02T09:10:00"), "RiversideCareers", X_JOBS.handle
                ),
                archive.handle_change(account_id, _at("2016-01-05T09:10:00"), "RvrJobs", "RiversideCareers"),
            ),
        },
    )
