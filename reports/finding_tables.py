"""Rows of what was judged: findings, removals, rules and the paragraphs of standards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

from reports import names, risk_words
from reports.cells import Row, Table, Value, judged
from reports.removal import Breakage, Consequence, RemovalStep
from reports.review import AccessReview, ReviewAccount, ReviewFinding, VerdictCounts
from reports.standing import state_of

BREAKAGE_NAMES = {
    Breakage.LAST_ADMIN: "last one who can give access",
    Breakage.ORPHANED: "none of your own people left in full control",
    Breakage.NO_SECOND_PERSON: "one person left in full control",
    Breakage.DIES_WITH_IT: "stops working",
    Breakage.RECOVERY: "receives password resets",
}
_FACTORS = attrgetter("level", "level_known", "reach", "reach_known", "exposure_hours", "certainty")
"""What the words for a risk's factors are made of; the score, which differs more, is not."""
_REMEMBERED = 10_000
"""Risks whose factors are kept in words."""


def _of_finding(review: AccessReview) -> dict[str, Callable[[ReviewFinding], Value]]:
    """Return how the columns of a finding are told that are not its attributes."""
    accounts = {account.account_id: names.account(account).lstrip("@") for account in review.accounts}
    people = {person.person_id: person.name for person in review.people}
    return {
        "platform": lambda finding: names.platform(finding.platform) if finding.platform else None,
        "account": lambda finding: accounts.get(finding.account_id or ""),
        "person": lambda finding: people.get(finding.person_id or ""),
        "risk": lambda finding: finding.risk.score if finding.risk else None,
        "risk_factors": _by_factors(),
        "life": state_of,
        "unknown_since": lambda finding: finding.standing.unknown_since if finding.standing else None,
        "due_on": lambda finding: finding.standing.due_on if finding.standing else None,
        "overdue": _overdue,
        "supports_evidence_for": _by_rule(),
    }


def _overdue(finding: ReviewFinding) -> str | None:
    """Return yes or no; nothing where it has no last day."""
    standing = finding.standing
    return judged(standing.overdue) if standing and standing.due_on else None


def _by_factors() -> Callable[[ReviewFinding], str | None]:
    """Return what tells the factors of a finding's risk; the same factors are told once."""
    told: dict[tuple[object, ...], str] = {}

    def factors(finding: ReviewFinding) -> str | None:
        if not finding.risk:
            return None
        key = _FACTORS(finding.risk)
        words = told.get(key)
        if words is None:
            if len(told) >= _REMEMBERED:
                told.clear()
            words = told[key] = "; ".join(
                f"{name}: {words}" for name, words in risk_words.factors(finding.risk)
            )
        return words

    return factors


def _by_rule() -> Callable[[ReviewFinding], str]:
    """Return what tells a finding's paragraphs; those of one rule are told once."""
    told: dict[str, tuple[Mapping[str, tuple[str, ...]], str]] = {}

    def paragraphs(finding: ReviewFinding) -> str:
        known = told.get(finding.rule)
        if known is None or (known[0] is not finding.references and known[0] != finding.references):
            known = told[finding.rule] = finding.references, _paragraphs(finding.references)
        return known[1]

    return paragraphs


def _paragraphs(references: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(
        f"{names.standard(standard)} {paragraph}"
        for standard, found in references.items()
        for paragraph in found
    )


def _removals(review: AccessReview) -> Iterator[Row]:
    accounts = {account.account_id: account for account in review.accounts}
    for plan in review.removals:
        has_step = {step.account_id for step in plan.steps}
        for order, step in enumerate(plan.steps or (None,), start=1):
            row = _step(step, accounts.get(step.account_id or "") if step else None)
            yield row | {
                "urgency": plan.rank or None,
                "who": plan.name,
                "order": order,
                "breaks": [
                    _breaks(one)
                    for one in plan.consequences
                    # Of an account that no step speaks of, the first row tells.
                    if one.account_id == row["account_id"] or (order == 1 and one.account_id not in has_step)
                ],
                "reasons": plan.reasons,
                "subject_type": plan.subject_type,
                "subject_id": plan.subject_id,
                "fingerprints": plan.fingerprints,
            }


def _step(step: RemovalStep | None, account: ReviewAccount | None) -> Row:
    return {
        "phase": step.phase if step else None,
        "step": step.text if step else "No step is known; see what it would break.",
        "platform": names.platform(step.platform) if step and step.platform else None,
        "account": names.account(account).lstrip("@") if account else None,
        "link": step.url if step else None,
        "account_id": step.account_id if step else None,
        "by": step.by if step else None,
    }


def _breaks(one: Consequence) -> str:
    sure = "" if one.is_certain else " (not known for certain)"
    return f"{BREAKAGE_NAMES[one.kind]}{sure}: {one.text.rstrip('.')}"


def _rules(review: AccessReview) -> Iterator[Row]:
    for rule in review.rules:
        yield {
            "severity": rule.severity,
            "rule": rule.rule,
            "title": rule.title,
            "pack": rule.pack,
            **_counts(rule.counts),
            "rationale": rule.rationale,
            "supports_evidence_for": _paragraphs(rule.references),
        }


def _standards(review: AccessReview) -> Iterator[Row]:
    for one in review.standards:
        yield {
            "standard": names.standard(one.standard),
            "paragraph": one.reference,
            **_counts(one.counts),
            "supported_by": one.topics,
            "rules": one.rules,
        }


def _counts(counts: VerdictCounts) -> Row:
    return {
        "failed": counts.failed,
        "unknown": counts.unknown,
        "passed": counts.passed,
        "not_applicable": counts.not_applicable,
    }


FINDINGS = Table.of_items(
    "findings",
    "One finding a row, the riskiest first: a rule that fails, or that cannot be decided, on one subject.",
    (
        "severity verdict risk life message waived waived_until due_on overdue platform account person remediation"
        " reason remedy rule rule_title pack risk_factors supports_evidence_for first_seen_at unknown_since basis"
        " source observed_at evidence_id removes subject_type subject_id account_id principal_id person_id"
        " fingerprint"
    ),
    lambda review: review.findings,
    _of_finding,
)
REMOVALS = Table.of(
    "removals",
    "One step a row, in order: how to take access away without breaking what depends on it.",
    (
        "urgency who order phase step by platform account link breaks reasons subject_type subject_id account_id"
        " fingerprints"
    ),
    _removals,
)
RULES = Table.of(
    "rules",
    "One rule a row with how often each verdict was given, passes included.",
    "severity rule title pack failed unknown passed not_applicable rationale supports_evidence_for",
    _rules,
)
STANDARDS = Table.of(
    "standards",
    "One paragraph of a standard a row, with the rules that support evidence for it.",
    "standard paragraph failed unknown passed not_applicable supported_by rules",
    _standards,
)
