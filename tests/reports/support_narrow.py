"""The sample estate with a name of its own for every account, and sentences that name other accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from auditor.model.estate import CoverageState
from auditor.model.finding import Verdict
from reports.removal import Breakage, Consequence, Phase, RemovalPlan, RemovalStep
from reports.review import AccessReview, ReviewAccount, ReviewFinding
from tests.reports.support_estate import NOW
from tests.reports.support_review import FINDINGS, finding, review_of, sample_review, undecided

WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel")
PRIYA, LENA, BO = "100481@riverside.example", "100560@riverside.example", "100512@riverside.example"


def named_estate() -> AccessReview:
    """Return the sample, each account under a name, handle and address that no other text holds."""
    sample = sample_review()
    accounts = tuple(_renamed(account, word) for account, word in zip(sample.accounts, WORDS, strict=True))
    everywhere = " and ".join(f"{word} Ward (@{word.lower()}ward)" for word in WORDS)
    told = [replace(one, message=f"{one.message}; seen with {everywhere}", remedy=one.remedy and f"{one.remedy} {everywhere}")
            for one in FINDINGS]  # fmt: skip
    accounts = tuple(_gossiping(account, everywhere) for account in accounts)
    review = review_of(accounts, (*told, *about_people()))
    trend = review.trend
    assert trend is not None
    return replace(
        review,
        removals=plans(),
        trend=replace(
            trend,
            resolved_findings=(
                *trend.resolved_findings,
                finding("pending-invite", "x:2244|x:old|direct", f"An old invitation at {everywhere}"),
            ),
        ),
    )


def about_people() -> tuple[ReviewFinding, ...]:
    """Return findings at no single account: of a person and of an identity that hold several."""
    return (
        finding("mfa-for-every-holder", "facebook:100481", "Priya Raman holds admin on 4 accounts without MFA",
                subject_type="principal", account_id=None, principal_id="facebook:100481", person_id="hr:100481"),
        undecided("owner-present", "hr:100560", "Lena Sørensen holds access to 2 accounts", "Nobody said.", "Ask HR.",
                  subject_type="person", account_id=None, principal_id=None, person_id="hr:100560"),
        finding("owner-present", "vendor:northlight", "Northlight Studio has no contract", subject_type="vendor",
                account_id=None, principal_id=None),
    )  # fmt: skip


def plans() -> tuple[RemovalPlan, ...]:
    """Return one plan over two owners' accounts, and one over accounts of one owner alone."""
    leaver = FINDINGS[0], FINDINGS[1]
    return (
        RemovalPlan(
            subject_type="person",
            subject_id="hr:100512",
            name="Bo Fox",
            rank=3,
            total=9,
            summary="Remove today; Lena Sørensen is away.",
            reasons=tuple(one.message for one in leaver),
            fingerprints=tuple(one.fingerprint for one in leaver),
            consequences=(
                Consequence(kind=Breakage.LAST_ADMIN, account_id="facebook:902",
                            text="Nobody is left who can give access to Elder Ward."),
                Consequence(kind=Breakage.RECOVERY, account_id="x:2244", is_certain=False,
                            text="Where password resets of Alder Ward go is not known."),
            ),
            steps=(
                RemovalStep(phase=Phase.BEFORE, text="Name a second admin of Elder Ward.", account_id="facebook:902",
                            by=("Ana Whitlock",), url="https://business.example/settings?id=birchward"),
                RemovalStep(phase=Phase.REMOVE, text="Remove the delegate from Alder Ward, as on Elder Ward.",
                            platform="x", account_id="x:2244", by=("Priya Raman", "Ana Whitlock Senior"),
                            url="https://x.com/settings/delegate"),
                RemovalStep(phase=Phase.AFTER, text="Run the audit again and see that Elder Ward is clean."),
            ),
        ),
        RemovalPlan(subject_type="app", subject_id="facebook:901|5511", name="Caretalk Inbox",
                    steps=(RemovalStep(phase=Phase.REMOVE, text="Remove the app.", account_id="facebook:901"),)),
    )  # fmt: skip


def _renamed(account: ReviewAccount, word: str) -> ReviewAccount:
    handle = f"{word.lower()}ward" if account.handle else None
    return replace(
        account,
        name=f"{word} Ward",
        handle=handle,
        url=f"https://social.example/{word.lower()}ward",
        holders=tuple(
            replace(held, via_name="Cedar Ward") if held.via_id else held for held in account.holders
        ),
    )


def _gossiping(account: ReviewAccount, everywhere: str) -> ReviewAccount:
    return replace(
        account,
        coverage=tuple(
            replace(cell, reason=f"{cell.reason} {everywhere}", remedy=f"{cell.remedy} {everywhere}")
            for cell in account.coverage
        ),
    )


def huge(accounts: int = 40, holders: int = 30, findings: int = 3_000) -> AccessReview:
    """Return the sample grown: many accounts with many holders, findings and platforms."""
    sample = sample_review()
    first = sample.accounts[0]
    many = tuple(
        replace(
            first,
            account_id=f"site{n % 14}:{n}",
            platform=f"site{n % 14}",
            name=f"Riverside Clinic {n}",
            handle=f"clinic{n}",
            holders=tuple(
                replace(first.holders[0], account_id=f"site{n % 14}:{n}", grant_id=f"{n}|{m}",
                        principal_id=f"p:{n}:{m}", principal_name=f"Holder {n}-{m}", person_id=None, person_name=None)
                for m in range(holders)
            ),
            coverage=tuple(
                replace(cell, account_id=f"site{n % 14}:{n}", reason="Not shown.", remedy=f"Attest it at site {n % 14}.",
                        state=CoverageState.NOT_EXPOSED if n % 3 else cell.state)
                for cell in first.coverage
            ),
        )
        for n in range(accounts)
    )  # fmt: skip
    grown = tuple(
        replace(
            FINDINGS[n % len(FINDINGS)],
            fingerprint=f"{n:064x}",
            message=f"{FINDINGS[n % len(FINDINGS)].message}, case {n}",
            account_id=many[n % accounts].account_id,
            platform=many[n % accounts].platform,
            person_id=f"hr:1005{n % 90:02}" if n % 2 else None,
            first_seen_at=NOW - timedelta(days=n % 300),
        )
        for n in range(findings)
    )
    return review_of(many, grown)


def fails_of(review: AccessReview) -> list[ReviewFinding]:
    """Return the findings that fail."""
    return [one for one in review.findings if one.verdict is Verdict.FAIL]
