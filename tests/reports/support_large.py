"""A made-up organisation with as many findings as one asks for: the same every time, strings shared.

Twelve hundred accounts, five thousand people, sixty-three rules. Facts come in the shares a large
health system would show: most findings fail, a quarter cannot be decided, a few people have left.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
from auditor.model.finding import Basis, Severity, Verdict, fingerprint
from auditor.model.risk import Risk, RiskInput, assess
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    CoverageSplit,
    Gap,
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
SEED = 20261120
GIVEN = ("Ana", "Bo", "Chidi", "Dolores", "Elif", "Farid", "Greta", "Hana", "Ines", "Jonas", "Kofi", "Lena",
         "María-José", "Nils", "Oksana", "Priya", "Quinn", "Rosa", "Sami", "Tom", "Uma", "Vera", "Wen", "Yusuf")  # fmt: skip
FAMILY = ("Abel", "Brandt", "Castro", "Diaz", "Eriksen", "Fox", "Gallo", "Haddad", "Ibsen", "Jansen", "Kaya",
          "Lindqvist", "Mbeki", "Núñez", "Okafor", "Petrov", "Quist", "Raman", "Silva", "Tanaka", "Ueda",
          "Vance", "Whitlock", "Young", "Zhou", "Osei", "Marsh", "Berg", "Cole", "Day")  # fmt: skip
TOWNS = ("Ashford", "Brookside", "Carver", "Dunmore", "Eastlake", "Fairview", "Glenwood", "Hartley", "Ironton",
         "Juniper", "Kingsley", "Larkspur", "Milford", "Northgate", "Oakdale", "Pinecrest")  # fmt: skip
UNITS = ("Health", "Children's Hospital", "Heart Institute", "Urgent Care", "Careers", "Maternity", "Oncology",
         "Sports Medicine", "Foundation", "Pharmacy")  # fmt: skip
PLATFORMS = ("facebook", "instagram", "x", "linkedin", "youtube", "tiktok")
APP_NAMES = (
    "Postwright",
    "Caretalk Inbox",
    "Hearwell Listening",
    "GIF Party",
    "Adlane",
    "Clipforge",
    "Reviewly",
)
TOPICS = ("Former staff keep no access", "Every holder signs in with a second factor",
          "No unlisted app reads direct messages", "Full control that is not used is taken back",
          "One login for several people is not used", "A present employee answers for every account",
          "Outsiders hold no full control", "Invitations are answered within two weeks",
          "Every account has a second person with full control")  # fmt: skip
FACTS = (FactKind.ACCOUNTS, FactKind.GRANTS, FactKind.PRINCIPALS, FactKind.MFA, FactKind.MFA_REQUIRED,
         FactKind.APPS, FactKind.LOGINS, FactKind.TOKENS, FactKind.RECOVERY, FactKind.LAST_USED)  # fmt: skip
SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM, Severity.LOW)
UNDECIDED = (
    ("The platform shows no program whether a login has a second factor.",
     "Have each holder's second factor attested: 'auditor attest new mfa', once a quarter."),
    ("The platform shows connected apps only in the account's own archive.",
     "Download the data archive of each account and put it in exports/."),
    ("The platform answered 403: the token lacks a scope.",
     "Give the connection the missing scope and run 'auditor doctor'."),
    ("No exact match by declaration or e-mail.", "Review the proposed match: 'auditor identities propose'."),
)  # fmt: skip


@dataclass(slots=True)
class Builder:
    """Builds one review; every choice comes from one seeded generator."""

    accounts: int
    people: int
    rules: int
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))

    def known(self, source: str, record: str) -> HowKnown:
        """Return provenance of one raw record, as an answer's page holds many statements."""
        return HowKnown(
            basis=Basis.VERIFIED,
            source=source,
            observed_at=NOW - timedelta(minutes=self.dice.randrange(5, 180)),
            evidence_id=hashlib.sha256(record.encode()).hexdigest(),
        )

    def make_people(self) -> tuple[ReviewPerson, ...]:
        """Return the roster's part that holds access."""
        roster = self.known("roster", "roster")
        return tuple(self._person(number, roster) for number in range(self.people))

    def _person(self, number: int, roster: HowKnown) -> ReviewPerson:
        given, family = self.dice.choice(GIVEN), self.dice.choice(FAMILY)
        gone = self.dice.random() < 0.03
        return ReviewPerson(
            person_id=f"hr:{100000 + number}",
            name=f"{given} {family}-{self.dice.choice(FAMILY)}" if number % 3 else f"{given} {family}",
            known=roster,
            work_email=f"p{number}@riverside.example",
            status=PersonStatus.TERMINATED if gone else PersonStatus.ACTIVE,
            kind=PersonKind.EMPLOYEE,
            department="Marketing" if number % 2 else "Communications",
            title="Social Media Specialist" if number % 3 else "Community Manager",
            manager_name="Priya Raman",
            hired_on=date(2021, 3, 1),
            left_on=date(2026, 10, 31) if gone else None,
            matched_by={f"facebook:{number}": "email"},
        )

    def make_rules(self) -> tuple[RuleResult, ...]:
        """Return the rules, without counts yet."""
        return tuple(
            RuleResult(
                rule=f"{TOPICS[number % len(TOPICS)].lower().replace(' ', '-')[:32]}-{number:02}",
                title=f"{TOPICS[number % len(TOPICS)]}, case {number + 1}",
                pack="hipaa-social" if number % 2 else "least-privilege",
                severity=SEVERITIES[number % len(SEVERITIES)],
                counts=VerdictCounts(),
                rationale="Access that nobody needs any more is the access nobody watches.",
                references={
                    "hipaa": (f"164.312({'abcde'[number % 5]})",),
                    "nist-800-53": (f"AC-{number % 9}",),
                },
            )
            for number in range(self.rules)
        )

    def make_account(self, number: int, people: Sequence[ReviewPerson]) -> ReviewAccount:
        """Return one account with its holders, apps and coverage."""
        platform = PLATFORMS[number % len(PLATFORMS)]
        key, source = f"{platform}:{5000 + number}", f"{platform}-brand"
        known = self.known(source, f"account {key}")
        owner = people[number % 97 % len(people)]
        name = f"Riverside {self.dice.choice(TOWNS)} {self.dice.choice(UNITS)}"
        return ReviewAccount(
            account_id=key,
            platform=platform,
            kind="page" if platform in ("facebook", "linkedin") else "profile",
            known=known,
            handle=f"riverside{number}",
            name=f"{name} {number}",
            tier=1 + number % 4,
            phi_exposed=(True, False, None)[number % 3],
            owner_person_id=owner.person_id,
            owner_name=owner.name,
            owner_email=owner.work_email,
            owner_status=owner.status,
            verified=number % 2 == 0,
            mfa_required=MfaRequired.ADMINS if platform == "facebook" else None,
            followers=self.dice.randrange(200, 400_000),
            holders=tuple(self._holders(key, platform, known, people)),
            apps=tuple(self._apps(key, known, number)),
            coverage=tuple(self._coverage(key, source)),
        )

    def _holders(
        self, key: str, platform: str, known: HowKnown, people: Sequence[ReviewPerson]
    ) -> Iterable[Holder]:
        for place in range(self.dice.randrange(12, 36)):
            number = self.dice.randrange(len(people))
            person = people[number] if place % 9 else None
            principal = f"{platform}:{number}" if person else f"{platform}:guest-{number % 1500}"
            level = Level(1 + self.dice.randrange(7)) if place % 11 else None
            yield Holder(
                grant_id=f"{key}|{principal}|{place}",
                account_id=key,
                principal_id=principal,
                principal_name=person.name if person else f"Guest {number % 1500}",
                principal_kind=PrincipalKind.HUMAN,
                known=known,
                principal_status=AccessStatus.ACTIVE,
                person_id=person.person_id if person else None,
                person_name=person.name if person else None,
                person_status=person.status if person else None,
                role="MANAGE" if level and level >= 6 else "CREATE_CONTENT",
                level=level,
                via=GrantPath.PORTFOLIO if place % 2 else GrantPath.DIRECT,
                status=AccessStatus.ACTIVE,
                mfa=(True, False, None)[place % 3],
                can_message=(True, False, None)[place % 3],
                can_grant=level is not None and level >= 6,
                granted_at=datetime(2025, 1 + place % 12, 3, tzinfo=UTC),
                last_used_at=NOW - timedelta(days=place * 9) if place % 2 else None,
            )

    def _apps(self, key: str, known: HowKnown, number: int) -> Iterable[ConnectedApp]:
        for place in range(number % 4):
            name = APP_NAMES[(number + place) % len(APP_NAMES)]
            yield ConnectedApp(
                app_key=f"{key}|app-{place}", app_id=f"app-{place}", account_id=key, known=known, name=name,
                publisher=f"{name} Ltd", scopes=("read", "write"), level=Level.PUBLISHER,
                can_message=(True, False, None)[place % 3], approved_at=datetime(2024, 6, 11, tzinfo=UTC),
                in_inventory=place % 2 == 0,
            )  # fmt: skip

    def _coverage(self, key: str, source: str) -> Iterable[CoverageCell]:
        states = tuple(CoverageState)
        for place, fact in enumerate(FACTS):
            hidden = self.dice.random() < 0.3
            reason, remedy = UNDECIDED[place % 3]
            yield CoverageCell(
                account_id=key,
                fact=fact,
                state=states[2 + place % (len(states) - 2)] if hidden else CoverageState.OBSERVED,
                reason=reason if hidden else "",
                remedy=remedy if hidden else "",
                source=source,
                observed_at=NOW - timedelta(minutes=12),
            )

    def make_findings(
        self, wanted: int, accounts: Sequence[ReviewAccount], rules: Sequence[RuleResult]
    ) -> Iterable[ReviewFinding]:
        """Yield exactly ``wanted`` findings, spread over accounts; one in four hundred is at no account."""
        remediations = [
            f"Take the access back in the platform's settings, People, for rule {rule.title.split()[-1]}. "
            "Then review what could be read with it."
            for rule in rules
        ]
        for number in range(wanted):
            account = accounts[number % len(accounts)]
            place = number // len(accounts)
            rule_number = (number * 7 + place) % len(rules)
            rule = rules[rule_number]
            holder = account.holders[place % len(account.holders)]
            if number % 400 == 399:
                yield self._at_no_account(number, rule, remediations[rule_number])
                continue
            yield self._finding(number, account, holder, rule, remediations[rule_number])

    def _finding(self, number: int, account: ReviewAccount, holder: Holder, rule: RuleResult,
                 remediation: str) -> ReviewFinding:  # fmt: skip
        unknown = number % 4 == 3
        reason, remedy = UNDECIDED[number // 4 % len(UNDECIDED)] if unknown else ("", "")
        days = number % 120
        return ReviewFinding(
            fingerprint=fingerprint(rule.rule, "grant", f"{holder.grant_id}|{number}"),
            rule=rule.rule,
            rule_title=rule.title,
            pack=rule.pack,
            severity=rule.severity,
            verdict=Verdict.UNKNOWN if unknown else Verdict.FAIL,
            basis=Basis.UNKNOWN if unknown else Basis.VERIFIED,
            subject_type="grant",
            subject_id=holder.grant_id,
            message=f"{holder.principal_name} holds {holder.role} on {account.name} and has not used it"
                    f" for {days} days, case {number}",
            remediation=remediation,
            reason=reason,
            remedy=remedy,
            platform=account.platform,
            account_id=account.account_id,
            principal_id=holder.principal_id,
            person_id=holder.person_id,
            source=account.known.source,
            observed_at=account.known.observed_at,
            evidence_id=account.known.evidence_id,
            references=rule.references,
            life=Life.NEW if number % 12 == 0 else Life.OPEN,
            first_seen_at=NOW - timedelta(days=7 * (number % 12)),
            risk=_risk(rule.severity, holder.level, account, days, unknown=unknown),
        )  # fmt: skip

    def _at_no_account(self, number: int, rule: RuleResult, remediation: str) -> ReviewFinding:
        return ReviewFinding(
            fingerprint=fingerprint(rule.rule, "person", str(number)),
            rule=rule.rule, rule_title=rule.title, pack=rule.pack, severity=rule.severity, verdict=Verdict.FAIL,
            basis=Basis.VERIFIED, subject_type="person", subject_id=f"hr:{100000 + number % self.people}",
            message=f"The training of a holder lapsed, case {number}", remediation=remediation,
            person_id=f"hr:{100000 + number % self.people}", source="roster", references=rule.references,
            life=Life.OPEN, first_seen_at=NOW - timedelta(days=14), observed_at=NOW - timedelta(days=1),
        )  # fmt: skip


_RISKS: dict[tuple[object, ...], Risk] = {}


def _risk(
    severity: Severity, level: Level | None, account: ReviewAccount, days: int, *, unknown: bool
) -> Risk:
    key = (severity, level, account.account_id, days, unknown)
    if key not in _RISKS:
        _RISKS[key] = assess(
            RiskInput(severity=severity, level=level, tier=account.tier, phi_exposed=account.phi_exposed,
                      followers=account.followers, exposure_hours=days * 24.0,
                      basis=Basis.UNKNOWN if unknown else Basis.VERIFIED)
        )  # fmt: skip
    return _RISKS[key]


def large_review(
    findings: int = 121_117, *, accounts: int = 1_200, people: int = 5_000, rules: int = 63
) -> AccessReview:
    """Return a review of that size: exactly ``findings`` findings on ``accounts`` accounts, about 23 grants each."""
    builder = Builder(accounts, people, rules)
    roster = builder.make_people()
    bare_rules = builder.make_rules()
    estate = tuple(builder.make_account(number, roster) for number in range(accounts))
    found = tuple(builder.make_findings(findings, estate, bare_rules))
    _RISKS.clear()
    counted = _counted(bare_rules, found)
    platforms = tuple(dict.fromkeys(account.platform for account in estate))
    return AccessReview(
        organization="Riverside Health",
        snapshot_id="20261120T143000Z-0a11",
        as_of=NOW,
        finished_at=NOW + timedelta(minutes=41),
        timezone="America/Chicago",
        coverage=split_of(cell for account in estate for cell in account.coverage),
        coverage_by_platform={platform: _split(estate, platform) for platform in platforms},
        gaps=_gaps(estate, found),
        trend=_trend(len(found)),
        packs=(
            PackInfo(pack_id="least-privilege", title="Least privilege", version="1.0", rules=(rules + 1) // 2),
            PackInfo(pack_id="hipaa-social", title="HIPAA for social accounts", version="1.0", rules=rules // 2),
        ),
        sources=_sources(platforms, accounts),
        roster_size=people * 4,
        findings=found,
        accounts=estate,
        people=roster,
        unmatched=_unmatched(estate),
        rules=counted,
        standards=standards_of(counted),
        method=("Each connection was read once, read-only, and held against the packs of rules named above.",),
        limits=("Direct messages, posts and comments were not read.",),
        tool_version="0.1.0",
    )  # fmt: skip


def _sources(platforms: Sequence[str], accounts: int) -> tuple[Source, ...]:
    read = [
        Source(connection_id=f"{platform}-brand", connector=platform, platform=platform, observed_at=NOW,
               evidence=accounts // len(PLATFORMS))
        for platform in platforms
    ]  # fmt: skip
    return (*read, Source(connection_id="roster", connector="hr-table", observed_at=NOW, evidence=1))


def _split(estate: Sequence[ReviewAccount], platform: str) -> CoverageSplit:
    return split_of(cell for account in estate if account.platform == platform for cell in account.coverage)


def _gaps(estate: Sequence[ReviewAccount], found: Sequence[ReviewFinding]) -> tuple[Gap, ...]:
    return gaps_of((cell for account in estate for cell in account.coverage), found)


def _counted(rules: Sequence[RuleResult], found: Sequence[ReviewFinding]) -> tuple[RuleResult, ...]:
    tally = Counter((finding.rule, finding.verdict) for finding in found)
    return tuple(
        RuleResult(
            rule=rule.rule, title=rule.title, pack=rule.pack, severity=rule.severity, rationale=rule.rationale,
            references=rule.references,
            counts=VerdictCounts(passed=4000, failed=tally[rule.rule, Verdict.FAIL],
                                 unknown=tally[rule.rule, Verdict.UNKNOWN], not_applicable=17),
        )
        for rule in rules
    )  # fmt: skip


def _unmatched(estate: Sequence[ReviewAccount]) -> tuple[UnmatchedPrincipal, ...]:
    guests = {
        holder.principal_id: UnmatchedPrincipal(
            principal_id=holder.principal_id, platform=account.platform, name=holder.principal_name,
            kind=PrincipalKind.HUMAN, status=AccessStatus.ACTIVE,
        )
        for account in estate for holder in account.holders if holder.person_id is None
    }  # fmt: skip
    return tuple(guests[key] for key in sorted(guests))


def _trend(findings: int) -> Trend:
    return Trend(
        previous_id="20261113T143000Z-66b1",
        previous_at=NOW - timedelta(days=7),
        new=findings // 12,
        resolved=findings // 10,
        still_open=findings - findings // 12,
        history=tuple(
            TrendPoint(snapshot_id=f"s{week}", at=NOW - timedelta(days=7 * (7 - week)),
                       failed=findings * (120 - 6 * week) // 100, unknown=findings * (40 - 2 * week) // 100)
            for week in range(8)
        ),
    )  # fmt: skip
