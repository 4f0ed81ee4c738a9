"""The made-up estate of a fictional health system: every state and shape a report must show."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    MfaRequired,
    PersonKind,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.finding import Basis
from reports.review import (
    ConnectedApp,
    CoverageCell,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewPerson,
)

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
PREVIOUS = NOW - timedelta(days=7)


def known(source: str, about: str, *, attested_by: str | None = None) -> HowKnown:
    """Return provenance with an evidence id made from ``about``."""
    return HowKnown(
        basis=Basis.ATTESTED if attested_by else Basis.VERIFIED,
        source=source,
        observed_at=NOW - timedelta(days=18 if attested_by else 0, minutes=12),
        evidence_id=None if attested_by else hashlib.sha256(about.encode()).hexdigest(),
        attested_by=attested_by,
        valid_until=NOW + timedelta(days=74) if attested_by else None,
    )


def person(
    key: str, name: str, title: str, department: str, status: str = "active", **more: object
) -> ReviewPerson:
    """Return one person of the roster."""
    return replace(
        ReviewPerson(
            person_id=f"hr:{key}",
            name=name,
            known=known("roster", key),
            work_email=f"{key}@riverside.example",
            status=PersonStatus(status),
            kind=PersonKind.EMPLOYEE,
            department=department,
            title=title,
            manager_name="Priya Raman",
            hired_on=date(2021, 3, 1),
        ),
        **more,  # type: ignore[arg-type]
    )


PEOPLE = (
    person("100481", "Priya Raman", "Director, Digital Marketing", "Marketing", manager_name="Ana Whitlock"),
    person(
        "100512", "Bo Fox", "Social Media Specialist", "Marketing", "terminated", left_on=date(2026, 10, 31)
    ),
    person("100533", "María-José Núñez", "Community Manager", "Marketing"),
    person("100547", "Tom Okafor", "Web Producer", "Marketing", "leave"),
    person("100560", "Lena Sørensen", "Recruiting Partner", "Human Resources"),
    person("100571", "سلمى الحداد", "Patient Education Lead", "Patient Experience"),
    person("100588", "Chris Abel", "Paid Media Analyst", "Marketing", kind=PersonKind.CONTRACTOR),
    person("100599", "Ana Whitlock", "Chief Communications Officer", "Communications", manager_name=None),
)

ACCOUNTS: tuple[tuple[str, str, str, str, str | None, int, bool | None, str | None, str | None], ...] = (
    # id, platform, kind, name, handle, tier, patients' data, owner, parent
    ("x:2244", "x", "profile", "Riverside Health", "RiversideHealth", 1, True, "hr:100481", None),
    ("x:2245", "x", "profile", "Riverside Careers", "RiversideJobs", 3, False, "hr:100560", None),
    ("facebook:bm-71", "facebook", "portfolio", "Riverside Health System", None, 1, True, "hr:100481", None),
    ("facebook:901", "facebook", "page", "Riverside Health", None, 1, True, "hr:100481", "facebook:bm-71"),
    (
        "facebook:902",
        "facebook",
        "page",
        "Riverside Children's Hospital",
        None,
        2,
        True,
        "hr:100512",
        "facebook:bm-71",
    ),
    ("facebook:903", "facebook", "page", "Riverside Careers", None, 3, None, "hr:100560", "facebook:bm-71"),
    (
        "instagram:17",
        "instagram",
        "profile",
        "Riverside Health",
        "riversidehealth",
        2,
        True,
        "hr:100533",
        "facebook:bm-71",
    ),
    ("linkedin:33", "linkedin", "page", "Riverside Health", "riverside-health", 2, None, None, None),
)


def _holder(
    account: str, who: str, level: str | None, role: str, via: str = "direct", **more: object
) -> Holder:
    people = {one.person_id: one for one in PEOPLE}
    platform = account.split(":")[0]
    match = people.get(f"hr:{who}")
    name = match.name if match else who
    made = Holder(
        grant_id=f"{account}|{platform}:{who}|{via}",
        account_id=account,
        principal_id=f"{platform}:{who}",
        principal_name=name,
        principal_kind=PrincipalKind.HUMAN,
        principal_email=f"{who}@riverside.example" if match else None,
        principal_status=AccessStatus.ACTIVE,
        person_id=match.person_id if match else None,
        person_name=match.name if match else None,
        person_status=match.status if match else None,
        role=role,
        level=Level.parse(level),
        via=GrantPath(via),
        via_id="facebook:bm-71" if via == "portfolio" else None,
        via_name="Riverside Health System" if via == "portfolio" else None,
        status=AccessStatus.ACTIVE,
        mfa=True if platform == "facebook" else None,
        mfa_methods=("totp",) if platform == "facebook" else None,
        can_message=level != "analyst",
        can_grant=level == "admin",
        granted_at=datetime(2025, 2, 3, tzinfo=UTC),
        last_used_at=NOW - timedelta(days=3) if platform == "facebook" else None,
        known=known("meta" if platform in ("facebook", "instagram") else "x-delegates", account + who,
                    attested_by=None if platform in ("facebook", "instagram") else "privacy@riverside.example"),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


HOLDERS = (
    _holder("x:2244", "100481", "admin", "Owner login"),
    _holder("x:2244", "100512", "publisher", "Contributor", "delegate"),
    _holder("x:2244", "100533", "publisher", "Contributor", "delegate"),
    _holder("x:2244", "Riverside social team", "admin", "Shared login",
            principal_kind=PrincipalKind.SHARED, can_grant=True),
    _holder("x:2245", "100560", "admin", "Owner login"),
    _holder("x:2245", "Kay Lindqvist", "publisher", "Contributor", "delegate"),
    _holder("facebook:bm-71", "100481", "admin", "ADMIN", mfa_methods=("security_key",)),
    _holder("facebook:bm-71", "100599", "admin", "ADMIN", mfa=False, mfa_methods=None,
            last_used_at=NOW - timedelta(days=214)),
    _holder("facebook:901", "100481", "admin", "Full control", "portfolio"),
    _holder("facebook:901", "100533", "moderator", "MODERATE, MESSAGING", "portfolio"),
    _holder("facebook:901", "100571", "publisher", "CREATE_CONTENT", "portfolio", mfa_methods=("sms",)),
    _holder("facebook:901", "100588", "analyst", "ANALYZE", "portfolio", can_message=False),
    _holder("facebook:901", "Northlight Studio", None, "PROFILE_PLUS_PARTNER", "agency",
            principal_kind=PrincipalKind.AGENCY, can_message=None, can_grant=None, mfa=None, mfa_methods=None),
    _holder("facebook:902", "100512", "admin", "Full control", "portfolio"),
    _holder("facebook:902", "100547", "publisher", "CREATE_CONTENT", "portfolio"),
    _holder("facebook:902", "100571", "manager", "MANAGE", "portfolio", mfa=None, mfa_methods=None),
    _holder("facebook:903", "100560", "manager", "MANAGE", "portfolio"),
    _holder("facebook:903", "kay.l@mail.example", "publisher", "CREATE_CONTENT", "portfolio",
            status=AccessStatus.INVITED, mfa=None, mfa_methods=None, last_used_at=None),
    _holder("instagram:17", "100533", "admin", "MANAGE", "portfolio"),
    _holder("instagram:17", "100588", "analyst", "ANALYZE", "portfolio", can_message=False),
)  # fmt: skip


def _app(account: str, key: str, name: str, publisher: str, scopes: tuple[str, ...] | None,
         level: str | None, *, message: bool | None, **more: object) -> ConnectedApp:  # fmt: skip
    return replace(
        ConnectedApp(
            app_key=f"{account}|{key}",
            app_id=key,
            account_id=account,
            known=known("x-archive" if account.startswith("x:") else "meta", account + key),
            name=name,
            publisher=publisher,
            scopes=scopes,
            level=Level.parse(level),
            can_message=message,
            approved_at=datetime(2024, 6, 11, 8, 0, tzinfo=UTC),
            in_inventory=True,
        ),
        **more,  # type: ignore[arg-type]
    )


APPS = (
    _app("x:2244", "258901", "Postwright", "Postwright Ltd", ("read", "write", "dm.read"), "publisher",
         message=True, vendor_name="Postwright Ltd"),
    _app("x:2244", "99", "GIF Party", "unknown developer", None, None, message=None, in_inventory=False),
    _app("facebook:901", "5511", "Caretalk Inbox", "Caretalk Inc", ("pages_messaging", "pages_manage_posts"),
         "moderator", message=True, vendor_name="Caretalk Inc", last_used_at=NOW - timedelta(days=1)),
    _app("instagram:17", "5511", "Caretalk Inbox", "Caretalk Inc", ("instagram_basic",), "analyst", message=False),
)  # fmt: skip


ATTEST_MFA = "Have each holder's second factor attested: 'auditor attest new mfa', once a quarter."
FETCH_ARCHIVE = "Download the X data archive of each account and put it in exports/x/."
SCOPE = "Give the LinkedIn connection the scope r_organization_admin and run 'auditor doctor'."


def _coverage(account: str, platform: str) -> tuple[CoverageCell, ...]:
    def cell(
        fact: FactKind, state: str, reason: str = "", remedy: str = "", source: str = "meta"
    ) -> CoverageCell:
        return CoverageCell(account_id=account, fact=fact, state=CoverageState(state), reason=reason,
                            remedy=remedy, source=source, observed_at=NOW - timedelta(minutes=12))  # fmt: skip

    if platform == "x":
        return (
            cell(FactKind.ACCOUNTS, "observed", source="x-brand"),
            cell(FactKind.GRANTS, "attested", source="x-delegates"),
            cell(FactKind.MFA, "not_exposed", "X shows no program whether a login has a second factor.",
                 ATTEST_MFA, "x-brand"),
            cell(FactKind.APPS, "observed" if account == "x:2244" else "not_exposed",
                 "" if account == "x:2244" else "X shows connected apps only in the account's own archive.",
                 FETCH_ARCHIVE, "x-archive"),
            cell(FactKind.LOGINS, "observed" if account == "x:2244" else "stale",
                 "" if account == "x:2244" else "The archive is 121 days old; logins count for 31.",
                 FETCH_ARCHIVE, "x-archive"),
        )  # fmt: skip
    if platform == "linkedin":
        return tuple(
            cell(
                fact,
                "denied",
                "LinkedIn answered 403: the token lacks r_organization_admin.",
                SCOPE,
                "linkedin",
            )
            for fact in (FactKind.ACCOUNTS, FactKind.GRANTS, FactKind.MFA)
        )
    return (
        cell(FactKind.ACCOUNTS, "observed"),
        cell(FactKind.GRANTS, "observed"),
        cell(FactKind.MFA, "partial" if account == "facebook:902" else "observed",
             "2 of 3 holders read before the platform's limit." if account == "facebook:902" else "",
             "Run the audit again after the hour is over."),
        cell(FactKind.APPS, "observed"),
        cell(FactKind.RECOVERY, "not_exposed", "Meta shows no program the recovery address.",
             "Attest the recovery address once a year: 'auditor attest new recovery'."),
    )  # fmt: skip


def account(
    row: tuple[str, str, str, str, str | None, int, bool | None, str | None, str | None],
) -> ReviewAccount:
    """Return one account of the estate with all that belongs to it."""
    key, platform, kind, name, handle, tier, exposed, owner, parent = row
    owners = {one.person_id: one for one in PEOPLE}
    responsible = owners.get(owner or "")
    return ReviewAccount(
        account_id=key,
        platform=platform,
        kind=kind,
        known=known({"x": "x-brand", "linkedin": "linkedin"}.get(platform, "meta"), key),
        handle=handle,
        name=name,
        url=f"https://social.example/{handle}" if handle else None,
        parent_id=parent,
        tier=tier,
        phi_exposed=exposed,
        owner_person_id=owner,
        owner_name=responsible.name if responsible else None,
        owner_email=responsible.work_email if responsible else None,
        owner_status=responsible.status if responsible else None,
        verified=True if platform == "x" else None,
        mfa_required=MfaRequired.ADMINS if platform in ("facebook", "instagram") else None,
        last_reviewed_on=date(2026, 8, 14) if tier == 1 else None,
        holders=tuple(holder for holder in HOLDERS if holder.account_id == key),
        apps=tuple(app for app in APPS if app.account_id == key),
        coverage=_coverage(key, platform),
    )
