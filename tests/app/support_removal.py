"""Small reviews to plan removals on: accounts, holders and findings in a line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.finding import Basis, Severity, Verdict, fingerprint
from auditor.model.risk import RiskInput, assess
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    CoverageSplit,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
KNOWN = HowKnown(basis=Basis.VERIFIED, source="test", observed_at=NOW)
_KNOWN_FACTS = (FactKind.GRANTS, FactKind.APPS, FactKind.RECOVERY)


def coverage(account_id: str, fact: FactKind, state: CoverageState) -> CoverageCell:
    """Return one cell; what is not known says so and how it would be."""
    known = state.is_known
    return CoverageCell(
        account_id=account_id,
        fact=fact,
        state=state,
        reason="" if known else "The platform refused",
        remedy="" if known else "Ask again",
    )


def account(account_id: str, *holders: Holder, **more: object) -> ReviewAccount:
    """Return an account of which everything is known, its password resets going to somebody who is here."""
    made = ReviewAccount(
        account_id=account_id,
        platform=account_id.partition(":")[0],
        kind="profile",
        known=KNOWN,
        name=f"Account {account_id}",
        tier=1,
        recovery_email="team@riverside.example",
        recovery_person_id="keeper",
        holders=tuple(replace(holder, account_id=account_id) for holder in holders),
        coverage=tuple(coverage(account_id, fact, CoverageState.OBSERVED) for fact in _KNOWN_FACTS),
    )
    return replace(made, **more)  # type: ignore[arg-type] # whichever fields the test names


def holder(grant_id: str, who: str | None, level: Level | None = Level.ADMIN, **more: object) -> Holder:
    """Return an active grant of the person ``who`` (None: of an identity matched to nobody)."""
    made = Holder(
        grant_id=grant_id,
        account_id="",
        principal_id=f"x:{who or grant_id}",
        principal_name=f"Identity {who or grant_id}",
        principal_kind=PrincipalKind.HUMAN,
        known=KNOWN,
        principal_status=AccessStatus.ACTIVE,
        person_id=who,
        person_name=f"Person {who}" if who else None,
        person_status=PersonStatus.ACTIVE if who else None,
        role=level.word if level else "wizard",
        level=level,
        via=GrantPath.DIRECT,
        status=AccessStatus.ACTIVE,
        can_message=True,
        can_grant=None if level is None else level is Level.ADMIN,
    )
    return replace(made, **more)  # type: ignore[arg-type] # whichever fields the test names


def app(key: str, account_id: str, **more: object) -> ConnectedApp:
    """Return an app of which it is known who let it in, and that it is used."""
    made = ConnectedApp(
        app_key=key,
        app_id=key.partition("|")[0],
        account_id=account_id,
        known=KNOWN,
        name=f"App {key}",
        approved_by="keeper@riverside.example",
        last_used_at=NOW,
    )
    return replace(made, **more)  # type: ignore[arg-type] # whichever fields the test names


def finding(
    subject_type: str, subject_id: str, removes: str | None = "access", **more: object
) -> ReviewFinding:
    """Return a fail that calls for a removal."""
    severity = more.pop("severity", Severity.HIGH)
    assert isinstance(severity, Severity)
    made = ReviewFinding(
        fingerprint=fingerprint("rule", subject_type, subject_id),
        rule="rule",
        rule_title="A rule",
        pack="pack",
        severity=severity,
        verdict=Verdict.FAIL,
        basis=Basis.VERIFIED,
        subject_type=subject_type,
        subject_id=subject_id,
        message=f"{subject_id} should not be there",
        removes=removes,
        risk=assess(RiskInput(severity=severity)),
    )
    return replace(made, **more)  # type: ignore[arg-type] # whichever fields the test names


def person(person_id: str, status: PersonStatus | None = PersonStatus.ACTIVE, **more: object) -> ReviewPerson:
    """Return a person of the roster."""
    made = ReviewPerson(
        person_id=person_id,
        name=f"Person {person_id}",
        known=KNOWN,
        work_email=f"{person_id}@riverside.example",
        status=status,
    )
    return replace(made, **more)  # type: ignore[arg-type] # whichever fields the test names


def review(
    *accounts: ReviewAccount, findings: tuple[ReviewFinding, ...] = (), people: tuple[ReviewPerson, ...] = ()
) -> AccessReview:
    """Return a review of the accounts."""
    return AccessReview(
        organization="Riverside Health",
        snapshot_id="s1",
        as_of=NOW,
        finished_at=NOW,
        timezone="UTC",
        coverage=CoverageSplit(),
        accounts=accounts,
        findings=findings,
        people=people,
    )
