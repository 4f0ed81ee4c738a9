"""A rich made-up review: a fictional health system, every state and shape a report must show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from auditor.model.estate import (
    AccessStatus,
    PrincipalKind,
)
from auditor.model.finding import Basis, Severity, Verdict, fingerprint
from reports.review import (
    AccessReview,
    Life,
    PackInfo,
    ReviewAccount,
    ReviewFinding,
    RuleResult,
    Source,
    Trend,
    TrendPoint,
    UnmatchedPrincipal,
    VerdictCounts,
)
from reports.tally import gaps_of, split_of, standards_of
from tests.reports.support_estate import (
    ACCOUNTS,
    ATTEST_MFA,
    FETCH_ARCHIVE,
    HOLDERS,
    NOW,
    PEOPLE,
    PREVIOUS,
    SCOPE,
    account,
)
from tests.reports.support_exposure import EXPOSURE

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
    accounts = tuple(account(row) for row in ACCOUNTS)
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
        exposure=EXPOSURE,
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
