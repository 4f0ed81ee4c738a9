"""A rich made-up review: a fictional health system, every state and shape a report must show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum

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
from auditor.model.finding import Basis, Severity, Verdict, fingerprint
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    Holder,
    HowKnown,
    Life,
    PackInfo,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
    RuleResult,
    Source,
    Trend,
    TrendPoint,
    UnmatchedPrincipal,
    VerdictCounts,
)
from reports.tally import gaps_of, split_of, standards_of

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


def _account(
    row: tuple[str, str, str, str, str | None, int, bool | None, str | None, str | None],
) -> ReviewAccount:
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


HIPAA = {"hipaa": ("164.308(a)(3)(ii)(C)",), "nist-800-53": ("AC-2(3)", "PS-4"), "iso-27001": ("A.5.18",)}
MFA_REFS = {"hipaa": ("164.312(d)",), "nist-800-53": ("IA-2(1)",), "cis": ("6.3", "6.5")}
RULES = (
    ("former-staff-access", "Nobody who has left keeps access", "hipaa-social", Severity.CRITICAL, HIPAA),
    ("mfa-for-every-holder", "Every holder signs in with a second factor", "hipaa-social", Severity.HIGH, MFA_REFS),
    ("app-reads-messages", "No unlisted app reads direct messages", "hipaa-social", Severity.HIGH,
     {"hipaa": ("164.312(a)(1)",), "soc2": ("CC9.2",)}),
    ("sms-only-mfa", "The second factor is stronger than a text message", "hipaa-social", Severity.MEDIUM, MFA_REFS),
    ("dormant-admin", "Full control that is not used is taken back", "least-privilege", Severity.MEDIUM,
     {"nist-800-53": ("AC-2(3)",), "cis": ("5.3",)}),
    ("shared-login", "One login for several people is not used", "least-privilege", Severity.HIGH,
     {"hipaa": ("164.312(a)(2)(i)",), "nist-800-53": ("IA-2", "AC-2(9)")}),
    ("owner-present", "A present employee answers for every account", "hipaa-social", Severity.MEDIUM,
     {"hipaa": ("164.308(a)(2)",)}),
    ("pending-invite", "Invitations are answered within two weeks", "least-privilege", Severity.LOW, {}),
)  # fmt: skip


def finding(rule: str, subject: str, message: str, **more: object) -> ReviewFinding:
    """Return a finding of one of the sample's rules."""
    title, pack, severity, references = next((t, p, s, r) for key, t, p, s, r in RULES if key == rule)
    made = ReviewFinding(
        fingerprint=fingerprint(rule, "grant", subject),
        rule=rule,
        rule_title=title,
        pack=pack,
        severity=severity,
        verdict=Verdict.FAIL,
        basis=Basis.VERIFIED,
        subject_type="grant",
        subject_id=subject,
        message=message,
        platform=subject.split(":")[0],
        account_id=subject.split("|")[0],
        principal_id=subject.split("|")[1] if "|" in subject else None,
        source="meta" if subject.startswith("facebook") else "x-delegates",
        observed_at=NOW - timedelta(minutes=12),
        evidence_id=hashlib.sha256(subject.encode()).hexdigest(),
        references=references,
        life=Life.OPEN,
        first_seen_at=PREVIOUS - timedelta(days=14),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def undecided(
    rule: str, subject: str, message: str, reason: str, remedy: str, **more: object
) -> ReviewFinding:
    """Return an unknown verdict."""
    return finding(rule, subject, message, verdict=Verdict.UNKNOWN, basis=Basis.UNKNOWN, reason=reason,
                   remedy=remedy, **more)  # fmt: skip


X_GONE = (
    "Remove the delegate in X: Settings, Delegate, Members you've delegated. Then change the shared password."
)
FB_GONE = "Remove the person in Meta Business Suite: Settings, People. Then review what they could read."
NO_MFA = (
    "Ask the holder to turn on a security key or an authenticator app. Then enforce it for the portfolio."
)

FINDINGS = (
    finding("former-staff-access", "x:2244|x:100512|delegate",
            "Bo Fox left on 31 Oct 2026 and can still post as @RiversideHealth", remediation=X_GONE,
            person_id="hr:100512", basis=Basis.ATTESTED, evidence_id=None, life=Life.NEW, first_seen_at=NOW),
    finding("former-staff-access", "facebook:902|facebook:100512|portfolio",
            "Bo Fox left on 31 Oct 2026 and still has full control of Riverside Children's Hospital",
            remediation=FB_GONE, person_id="hr:100512", life=Life.NEW, first_seen_at=NOW),
    finding("mfa-for-every-holder", "facebook:bm-71|facebook:100599|direct",
            "Ana Whitlock has full control of Riverside Health System without a second factor",
            remediation=NO_MFA, person_id="hr:100599"),
    finding("app-reads-messages", "x:2244|258901",
            "Postwright can read direct messages of @RiversideHealth and its BAA has expired",
            remediation="Renew the BAA with Postwright Ltd or disconnect the app in X: Settings, Connected apps.",
            subject_type="app", principal_id=None, source="x-archive"),
    finding("shared-login", "x:2244|x:Riverside social team|direct",
            "Several people sign in to @RiversideHealth with one login",
            remediation="Give each person a delegate role. Then change the password and keep it with one custodian.",
            basis=Basis.ATTESTED),
    finding("sms-only-mfa", "facebook:901|facebook:100571|portfolio",
            "سلمى الحداد signs in to Riverside Health with text messages alone", remediation=NO_MFA,
            person_id="hr:100571"),
    finding("dormant-admin", "facebook:bm-71|facebook:100599|direct",
            "Ana Whitlock has not used full control of Riverside Health System for 214 days",
            remediation="Lower the role to what is used. Keep two admins.", person_id="hr:100599"),
    finding("owner-present", "facebook:902", "Bo Fox answers for Riverside Children's Hospital and has left",
            remediation="Name another responsible person in owners.csv.", subject_type="account",
            principal_id=None, person_id="hr:100512", life=Life.NEW, first_seen_at=NOW),
    finding("pending-invite", "facebook:903|facebook:kay.l@mail.example|portfolio",
            "The invitation of kay.l@mail.example to Riverside Careers has waited 41 days",
            remediation="Withdraw the invitation in Meta Business Suite."),
    *(undecided("mfa-for-every-holder", holder.grant_id,
                f"Whether {holder.person_name or holder.principal_name} uses a second factor",
                "X shows no program whether a login has a second factor.", ATTEST_MFA,
                person_id=holder.person_id)
      for holder in HOLDERS if holder.account_id.startswith("x:")),
    undecided("app-reads-messages", "x:2245", "Whether an app reads direct messages of @RiversideJobs",
              "X shows connected apps only in the account's own archive.", FETCH_ARCHIVE, subject_type="account",
              principal_id=None),
    *(undecided(rule, "linkedin:33", f"{title}: Riverside Health on LinkedIn",
                "LinkedIn answered 403: the token lacks r_organization_admin.", SCOPE, subject_type="account",
                principal_id=None, source="linkedin")
      for rule, title, *_rest in RULES[:3]),
    undecided("former-staff-access", "x:2245|x:Kay Lindqvist|delegate",
              "Kay Lindqvist is matched to nobody in the roster", "No exact match by declaration or e-mail.",
              "Review the proposed match: 'auditor identities propose'."),
)  # fmt: skip


def sample_review() -> AccessReview:
    """Return the whole sample."""
    accounts = tuple(_account(row) for row in ACCOUNTS)
    return review_of(accounts, FINDINGS)


def review_of(accounts: Iterable[ReviewAccount], findings: Iterable[ReviewFinding]) -> AccessReview:
    """Return a review of ``accounts`` and ``findings`` with everything else from the sample."""
    accounts, findings = tuple(accounts), tuple(findings)
    cells = [cell for account in accounts for cell in account.coverage]
    platforms = dict.fromkeys(account.platform for account in accounts)
    rules = tuple(
        RuleResult(
            rule=rule, title=title, pack=pack, severity=severity, references=references,
            rationale="Access that nobody needs any more is the access nobody watches.",
            counts=VerdictCounts(
                passed=14,
                failed=sum(one.rule == rule and one.verdict is Verdict.FAIL for one in findings),
                unknown=sum(one.rule == rule and one.verdict is Verdict.UNKNOWN for one in findings),
                not_applicable=3,
            ),
        )
        for rule, title, pack, severity, references in RULES
    )  # fmt: skip
    return AccessReview(
        organization="Riverside Health",
        snapshot_id="20261120T143000Z-7f3a",
        as_of=NOW,
        finished_at=NOW + timedelta(minutes=2),
        timezone="America/Chicago",
        coverage=split_of(cells),
        coverage_by_platform={
            platform: split_of(c for a in accounts if a.platform == platform for c in a.coverage)
            for platform in platforms
        },
        gaps=gaps_of(cells, findings),
        trend=_trend(),
        packs=(
            PackInfo(pack_id="least-privilege", title="Least privilege", version="1.0", rules=14),
            PackInfo(pack_id="hipaa-social", title="HIPAA for social accounts", version="1.0", rules=17),
        ),
        sources=SOURCES,
        roster_size=61,
        findings=findings,
        accounts=accounts,
        people=PEOPLE,
        unmatched=UNMATCHED,
        rules=rules,
        standards=standards_of(rules),
        method=(
            (
                "Each connection was read once, read-only. What it said was kept as evidence, secrets removed, and "
                "held against the packs of rules named above as of one instant."
            ),
            (
                "Identities were matched to people by exact keys alone: the person's own declaration, a reviewed "
                "mapping, the work e-mail address, the identity provider."
            ),
        ),
        limits=("Direct messages, posts and comments were not read.",),
        tool_version="0.1.0",
    )


def _trend() -> Trend:
    history = [(21, 30), (19, 30), (18, 26), (18, 22), (14, 22), (15, 16), (11, 15), (9, 11)]
    return Trend(
        previous_id="20261113T143000Z-66b1",
        previous_at=PREVIOUS,
        new=3,
        resolved=5,
        still_open=6,
        unreadable=2,
        history=tuple(
            TrendPoint(snapshot_id=f"s{i}", at=NOW - timedelta(days=7 * (7 - i)), failed=failed, unknown=unknown)
            for i, (failed, unknown) in enumerate(history)
        ),
        resolved_findings=(
            finding("pending-invite", "facebook:901|facebook:old|portfolio",
                    "The invitation of Dana Cole to Riverside Health has waited 30 days"),
        ),
    )  # fmt: skip


SOURCES = (
    Source(connection_id="meta", connector="meta", platform="facebook", state="partial",
           observed_at=NOW - timedelta(minutes=12), evidence=96,
           problems=("The platform's limit was reached while reading Riverside Children's Hospital.",)),
    Source(connection_id="x-brand", connector="x", platform="x", observed_at=NOW - timedelta(minutes=12), evidence=4),
    Source(connection_id="x-archive", connector="x-archive", platform="x", observed_at=NOW - timedelta(days=6),
           evidence=41),
    Source(connection_id="x-delegates", connector="table", platform="x", observed_at=NOW - timedelta(days=18),
           attested_by="privacy@riverside.example", valid_until=NOW + timedelta(days=74), evidence=6),
    Source(connection_id="linkedin", connector="table", platform="linkedin", state="failed",
           problems=("LinkedIn answered 403: the token lacks r_organization_admin.",)),
    Source(connection_id="roster", connector="hr-table", observed_at=NOW - timedelta(days=1), evidence=61),
)  # fmt: skip

UNMATCHED = (
    UnmatchedPrincipal(principal_id="x:Riverside social team", platform="x", name="Riverside social team",
                       kind=PrincipalKind.SHARED, handle="RiversideHealth"),
    UnmatchedPrincipal(principal_id="x:Kay Lindqvist", platform="x", name="Kay Lindqvist", kind=PrincipalKind.HUMAN,
                       handle="kaylind", proposals=("Kaye Lindquist (similar surname, same initial)",)),
    UnmatchedPrincipal(principal_id="facebook:Northlight Studio", platform="facebook", name="Northlight Studio",
                       kind=PrincipalKind.AGENCY),
    UnmatchedPrincipal(principal_id="facebook:kay.l@mail.example", platform="facebook", name="kay.l@mail.example",
                       kind=PrincipalKind.HUMAN, email="kay.l@mail.example", status=AccessStatus.INVITED),
)  # fmt: skip


HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=alert(1) x='",
    "template": "{{ 7 * 7 }}{% raw %}",
    "style": "</style><style>*{display:none}</style>",
    "formula": '=HYPERLINK("https://evil.example","x")',
    "plus": "+1+1",
    "at": "@SUM(1,1)",
    "full-width formula": "\uff1d1+1",
    "bidi": "\u202egpj.exe\u2066\u2069",
    "long": "W" * 10_000,
    "emoji": "\U0001f469\u200d\u2695\ufe0f\U0001f1fa\U0001f1f8\U0001f44d\U0001f3fd",
    "arabic": "سلمى الحداد",
    "header": "Bo\r\nBcc: thief@evil.example\r\n\r\nhello",
    "controls": "a\x00b\x1b[31mc\x7f\u0085d\u2028e\u200b",
    "marks": "z" + "\u0301" * 400,
    "surrogate": "lone \ud800 half",
}
"""Names as a platform or a file may send them."""

_KEPT = frozenset({"timezone", "state", "fingerprint", "evidence_id", "snapshot_id", "tool_version"})


def poisoned(review: AccessReview, text: str) -> AccessReview:
    """Return ``review`` with ``text`` in front of every free text in it, ids and names alike."""
    result = _poisoned(review, text)
    assert isinstance(result, AccessReview)
    return result


def _poisoned(value: object, text: str) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text + value
    if isinstance(value, tuple):
        return tuple(_poisoned(one, text) for one in value)
    if isinstance(value, dict):
        return {_poisoned(key, text): _poisoned(one, text) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _poisoned(getattr(value, field.name), text)
            for field in fields(value)
            if field.name not in _KEPT
        }
        return replace(value, **changed)
    return value
