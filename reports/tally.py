"""Counting: coverage splits, shares in per cent, gaps by remedy, standards by paragraph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.model.estate import CoverageState, FactKind
from auditor.model.finding import Severity, Verdict
from reports.review import (
    CoverageCell,
    CoverageSplit,
    Gap,
    ReviewFinding,
    RuleResult,
    StandardReference,
    VerdictCounts,
)


def split_of(cells: Iterable[CoverageCell]) -> CoverageSplit:
    """Count ``cells``: observed is verified, attested is attested, all else is unknown."""
    counts = {CoverageState.OBSERVED: 0, CoverageState.ATTESTED: 0}
    total = 0
    for cell in cells:
        total += 1
        if cell.state in counts:
            counts[cell.state] += 1
    verified, attested = counts[CoverageState.OBSERVED], counts[CoverageState.ATTESTED]
    return CoverageSplit(verified=verified, attested=attested, unknown=total - verified - attested)


def per_cent(part: int, total: int) -> str:
    """Return a share as words that do not flatter: ``under 1 %``, never 0 % of something.

    Likewise nearly all is ``over 99 %``, never 100 %.
    """
    if total == 0:
        return "0 %"
    if 0 < part * 100 < total:
        return "under 1 %"
    if 0 < (total - part) * 100 < total:
        return "over 99 %"
    return f"{round(part * 100 / total)} %"


@dataclass(slots=True)
class _Growing:
    reasons: dict[str, None] = field(default_factory=dict)
    accounts: dict[str, None] = field(default_factory=dict)
    facts: dict[FactKind, None] = field(default_factory=dict)
    cells: int = 0
    findings: int = 0
    worst: Severity | None = None

    def add_cell(self, cell: CoverageCell) -> None:
        self.cells += 1
        self.facts[cell.fact] = None
        self._add(cell.reason, cell.account_id)

    def add_finding(self, finding: ReviewFinding) -> None:
        self.findings += 1
        self.worst = max(finding.severity, self.worst or finding.severity)
        self._add(finding.reason, finding.account_id)

    def _add(self, reason: str, account_id: str | None) -> None:
        if reason:
            self.reasons[reason] = None
        if account_id:
            self.accounts[account_id] = None


def gaps_of(cells: Iterable[CoverageCell], findings: Iterable[ReviewFinding]) -> tuple[Gap, ...]:
    """Group every unknown cell and every unknown verdict by its remedy, most closed first."""
    groups: defaultdict[str, _Growing] = defaultdict(_Growing)
    for cell in cells:
        if not cell.state.is_known:
            groups[cell.remedy].add_cell(cell)
    for finding in findings:
        if finding.verdict is Verdict.UNKNOWN:
            groups[finding.remedy].add_finding(finding)
    gaps = [
        Gap(
            remedy=remedy,
            reasons=tuple(group.reasons),
            cells=group.cells,
            findings=group.findings,
            account_ids=tuple(group.accounts),
            facts=tuple(group.facts),
            worst=group.worst,
        )
        for remedy, group in groups.items()
    ]
    # A gap without a remedy comes last: there is nothing to do about it yet.
    return tuple(sorted(gaps, key=lambda gap: (not gap.remedy, -gap.findings - gap.cells, gap.remedy)))


def standards_of(rules: Sequence[RuleResult]) -> tuple[StandardReference, ...]:
    """Turn the rules' references round: each paragraph with the rules that support evidence for it."""
    by_paragraph: defaultdict[tuple[str, str], list[RuleResult]] = defaultdict(list)
    for rule in rules:
        for standard, paragraphs in rule.references.items():
            for paragraph in paragraphs:
                by_paragraph[standard, paragraph].append(rule)
    return tuple(
        StandardReference(
            standard=standard,
            reference=paragraph,
            topics=tuple(rule.title for rule in found),
            rules=tuple(rule.rule for rule in found),
            counts=sum_counts(rule.counts for rule in found),
        )
        for (standard, paragraph), found in sorted(by_paragraph.items())
    )


def sum_counts(counts: Iterable[VerdictCounts]) -> VerdictCounts:
    """Add ``counts`` up."""
    passed = failed = unknown = not_applicable = 0
    for one in counts:
        passed += one.passed
        failed += one.failed
        unknown += one.unknown
        not_applicable += one.not_applicable
    return VerdictCounts(passed=passed, failed=failed, unknown=unknown, not_applicable=not_applicable)
