"""The review as the readers' documents show it: bounded lists, and what each of them leaves out.

A document to hand over ends somewhere. The caps below keep the largest review at a length that a person
may page through and that is made in seconds; `Part.left` says how much is elsewhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from auditor.model.estate import FactKind, PersonStatus
from auditor.model.finding import Severity, Verdict
from reports import names
from reports.narrow_person import sees_holders
from reports.page import Evidence, Page
from reports.removal import RemovalPlan
from reports.review import (
    ConnectedApp,
    CoverageCell,
    CoverageSplit,
    Gap,
    Holder,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
    StandardReference,
)
from reports.text import clean, cut, listed, plural

T = TypeVar("T")

FINDINGS = 200
"""Findings told one by one in the full review's PDF; the rest is counted by rule."""
HOLDERS = 150
"""Rows of who holds what in the full review's PDF, over all accounts."""
ROWS = 40
"""Rows of any other table in a PDF."""
PLANS = 8
"""Plans of removal told in the full review's PDF; each takes most of a page."""
PLATFORMS = 7
"""Platforms on the page of one side."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """The beginning of a list, and how much of it is left out."""

    shown: tuple[T, ...]
    left: int


def part(items: Sequence[T], at_most: int) -> Part[T]:
    """Return the first ``at_most`` of ``items``."""
    return Part(tuple(items[:at_most]), max(0, len(items) - at_most))


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule failed and was undecided."""

    rule: str
    title: str
    severity: Severity
    failed: int
    unknown: int


class Sheet:
    """Answers the questions that only the readers' documents ask."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.review = page.review
        self.rows = ROWS
        """Rows of a table whose rows need no choosing."""

    @cached_property
    def findings(self) -> Part[ReviewFinding]:
        """Fails to tell one by one, most urgent first."""
        return part(self.page.fails, FINDINGS)

    @cached_property
    def by_rule(self) -> tuple[RuleCount, ...]:
        """Every rule that failed or was undecided somewhere, the gravest first."""
        counts = Counter((one.rule, one.verdict) for one in self.review.findings)
        first = {one.rule: one for one in reversed(self.review.findings)}
        made = (
            RuleCount(
                rule, one.rule_title, one.severity, counts[rule, Verdict.FAIL], counts[rule, Verdict.UNKNOWN]
            )
            for rule, one in first.items()
        )
        return tuple(sorted(made, key=lambda row: (-row.severity, -row.failed, -row.unknown, row.rule)))

    @cached_property
    def gaps(self) -> Part[Gap]:
        """What is not known, by what would close it."""
        return part(self.page.gaps, ROWS)

    @cached_property
    def accounts(self) -> Part[ReviewAccount]:
        """Accounts whose holders the full review's PDF tells, as many as the rows allow."""
        shown: list[ReviewAccount] = []
        room = HOLDERS
        for account in self.page.in_order:
            room -= max(1, len(account.holders))
            if room < 0 and shown:
                break
            shown.append(account)
        return Part(tuple(shown), len(self.review.accounts) - len(shown))

    @cached_property
    def ownerless(self) -> tuple[ReviewAccount, ...]:
        """Accounts that nobody answers for."""
        return tuple(one for one in self.page.in_order if not (one.owner_person_id or one.owner_email))

    def holders(self, account: ReviewAccount) -> Part[Holder]:
        """Return the account's holders, the highest level first."""
        return part(self.page.ranked(account.holders), HOLDERS)

    @cached_property
    def undecided_gaps(self) -> Part[Gap]:
        """What would decide the checks that are unknown; unanswered questions alone are told elsewhere."""
        return part([gap for gap in self.page.gaps if gap.findings], ROWS // 4)

    def level(self, holder: Holder) -> str:
        """Return the level's word, for a place where nothing else says that it is one."""
        return names.level(holder.level) if holder.level else "level unknown"

    def sees_holders(self, account: ReviewAccount) -> bool:
        """Whether all who hold access to the account are known."""
        return sees_holders(account)

    def sees(self, account: ReviewAccount, fact: str) -> bool:
        """Whether this kind of fact is known of the account."""
        return any(cell.fact == fact and cell.state.is_known for cell in account.coverage)

    def apps_of(self, account: ReviewAccount) -> tuple[tuple[ReviewAccount, ConnectedApp], ...]:
        """Return the account's apps, each with the account."""
        return tuple((account, app) for app in account.apps)

    @cached_property
    def supported(self) -> str:
        """The paragraphs that the findings support evidence for, in words."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for finding in self.review.findings:
            for standard, paragraphs in finding.references.items():
                found[standard].update(dict.fromkeys(paragraphs))
        return "; ".join(f"{names.standard(one)} {', '.join(found[one])}" for one in sorted(found))

    @cached_property
    def apps(self) -> Part[tuple[ReviewAccount, ConnectedApp]]:
        """App authorisations; those of an unknown level or that read messages first."""
        ranked = sorted(
            self.page.apps, key=lambda pair: (pair[1].can_message is False, -(pair[1].level or 8))
        )
        return part(ranked, ROWS)

    @cached_property
    def leaving(self) -> Part[ReviewPerson]:
        """People with access or accounts who have left, are on leave, not started, or of unknown standing."""
        people = [one for one in self.page.people_in_order if one.status is not PersonStatus.ACTIVE]
        return part(sorted(people, key=lambda one: one.status is not PersonStatus.TERMINATED), ROWS)

    @cached_property
    def plans(self) -> Part[RemovalPlan]:
        """Plans of removal, the most urgent first as they were given."""
        return part(self.review.removals, PLANS)

    @cached_property
    def platforms(self) -> Part[tuple[str, CoverageSplit]]:
        """Coverage by platform, the least known first."""
        ranked = sorted(
            self.review.coverage_by_platform.items(),
            key=lambda item: (-item[1].unknown / max(1, item[1].total), names.platform(item[0])),
        )
        return part(ranked, PLATFORMS)

    @cached_property
    def standards(self) -> Mapping[str, tuple[StandardReference, ...]]:
        """Standards with the paragraphs the rules support evidence for."""
        found: defaultdict[str, list[StandardReference]] = defaultdict(list)
        for row in self.page.standards:
            found[row.standard].append(row)
        return {standard: tuple(rows) for standard, rows in found.items()}

    @cached_property
    def facts(self) -> tuple[FactKind, ...]:
        """The kinds of fact that were asked of any account."""
        asked = {cell.fact for account in self.review.accounts for cell in account.coverage}
        return tuple(fact for fact in FactKind if fact in asked)

    def cells(self, account: ReviewAccount) -> Mapping[FactKind, CoverageCell]:
        """Return the account's coverage by kind of fact."""
        return {cell.fact: cell for cell in account.coverage}

    @cached_property
    def matrix(self) -> Part[ReviewAccount]:
        """Accounts whose coverage the method appendix tells."""
        return part(self.page.in_order, ROWS * 3)

    @cached_property
    def evidence(self) -> Part[Evidence]:
        """Raw records, those that most statements rest on first."""
        ranked = sorted(self.page.evidence, key=lambda one: (-one.statements, one.evidence_id))
        return part(ranked, ROWS)

    @cached_property
    def person(self) -> ReviewPerson | None:
        """Whom the document is about."""
        return self.page.people.get(self.review.about or "")

    @cached_property
    def owner_name(self) -> str:
        """The responsible person the document is written for: their name, else their address."""
        named = (one.owner_name for one in self.review.accounts if one.owner_name)
        return next(named, self.review.about or "")

    @cached_property
    def accounts_in_words(self) -> str:
        """The accounts as a sentence names them, five at most."""
        told = [cut(clean(names.account_with_platform(one)), 80) for one in self.page.in_order[:5]]
        more = len(self.review.accounts) - len(told)
        return listed([*told, plural(more, "more account")] if more else told)

    @cached_property
    def held(self) -> tuple[Holder, ...]:
        """The person's grants, the most critical account's first."""
        grants = [h for account in self.page.in_order for h in self.page.ranked(account.holders)]
        return tuple(h for h in grants if h.person_id == self.review.about)

    @cached_property
    def held_accounts(self) -> int:
        """On how many accounts the person holds access."""
        return len({holder.account_id for holder in self.held})

    @cached_property
    def identities(self) -> tuple[Holder, ...]:
        """One grant of each identity that is matched to the person."""
        return tuple({holder.principal_id: holder for holder in reversed(self.held)}.values())[::-1]

    @cached_property
    def approved(self) -> tuple[tuple[ReviewAccount, ConnectedApp], ...]:
        """Apps of a person's sheet: those they let in."""
        return self.page.apps

    @cached_property
    def answered_for(self) -> tuple[ReviewAccount, ...]:
        """Accounts the person answers for."""
        return tuple(one for one in self.page.in_order if one.owner_person_id == self.review.about)

    @cached_property
    def received(self) -> tuple[ReviewAccount, ...]:
        """Accounts whose password resets the person receives."""
        return tuple(one for one in self.page.in_order if one.recovery_person_id == self.review.about)

    @cached_property
    def unseen(self) -> tuple[tuple[ReviewAccount, CoverageCell | None], ...]:
        """Accounts whose holders are not all known, with why."""
        blind = (one for one in self.page.in_order if not sees_holders(one))
        return tuple((one, self.cells(one).get(FactKind.GRANTS)) for one in blind)

    @cached_property
    def recovery_unseen(self) -> tuple[ReviewAccount, ...]:
        """Accounts of which the recovery address is not known."""
        return tuple(one for one in self.page.in_order if not (one.recovery_email or one.recovery_person_id))
