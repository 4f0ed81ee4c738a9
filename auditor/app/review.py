"""From a judged snapshot to the report's own values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.app.judge import Judged
from auditor.app.removal import plans
from auditor.app.removal_vendors import vendor_holdings
from auditor.app.review_estate import ReviewEstate
from auditor.app.review_findings import review_findings
from auditor.app.review_words import LIMITS, METHOD, risk_words
from auditor.app.risk import RiskOf, risk_scale
from auditor.app.rows import Row, rows
from auditor.app.workspace import Workspace
from auditor.model.estate import CoverageState, FactKind
from policies.rule import Rule
from policies.standards import topic
from reports.review import (
    AccessReview,
    CoverageCell,
    CoverageSplit,
    PackInfo,
    RuleResult,
    Source,
    StandardReference,
    Trend,
    TrendPoint,
    VerdictCounts,
)
from reports.tally import gaps_of, split_of, standards_of

if TYPE_CHECKING:
    from auditor.store import ConnectionRun


def build_review(workspace: Workspace, judged: Judged, *, everyone: bool = False) -> AccessReview:
    """Return everything a report of ``judged`` says; ``everyone``: also people who hold and own nothing."""
    rules = {rule.id: rule for pack in judged.packs for rule in pack.rules}
    cells = coverage_cells(judged)
    results = tuple(_result(row, rules) for row in rows(judged.judgement.rule_results))
    estate = ReviewEstate(judged.views, judged.frames["people"], cells, everyone=everyone)
    scale = risk_scale(workspace.config.policies.risk)
    risk = RiskOf(
        estate.accounts,
        estate.people,
        as_of=judged.snapshot.finished_at,
        timezone=workspace.config.organization.timezone,
        scale=scale,
    )
    findings = review_findings(judged.judgement.findings, rules, judged.comparison, risk)
    platforms = {account.account_id: account.platform for account in estate.accounts}
    snapshot = judged.snapshot
    review = AccessReview(
        organization=workspace.config.organization.name,
        snapshot_id=snapshot.id,
        as_of=snapshot.finished_at,
        finished_at=snapshot.finished_at,
        timezone=workspace.config.organization.timezone,
        coverage=split_of(cells),
        coverage_by_platform=_by_platform(cells, platforms),
        gaps=tuple(gaps_of(cells, findings)),
        trend=_trend(judged, rules, risk),
        packs=tuple(
            PackInfo(pack_id=p.id, title=p.title, version=p.version, rules=len(p.rules)) for p in judged.packs
        ),
        sources=tuple(_source(run, judged) for run in snapshot.connections),
        roster_size=len(judged.frames["people"]) or None,
        findings=findings,
        accounts=estate.accounts,
        people=estate.people,
        unmatched=estate.unmatched,
        rules=results,
        standards=tuple(_with_topics(reference) for reference in standards_of(results)),
        method=(*METHOD, risk_words(scale)),
        limits=LIMITS,
        tool_version=__version__,
    )
    return replace(review, removals=plans(review, vendor_holdings(judged.views)))


def coverage_cells(judged: Judged, accounts: Collection[str] | None = None) -> tuple[CoverageCell, ...]:
    """Return what is known of each account, one cell a kind of fact the rules in force read.

    ``accounts``: ids of those wanted; None: all.
    """
    table = judged.judgement.coverage
    return tuple(
        CoverageCell(
            account_id=row.text("account_id") or "",
            fact=FactKind(row.text("fact") or ""),
            state=_state(row.text("state")),
            reason=row.text("reason") or "",
            remedy=row.text("remedy") or "",
            source=row.text("source") or "",
            observed_at=row.instant("observed_at"),
        )
        for row in rows(table if accounts is None else table[table["account_id"].isin(accounts)])
    )


def _state(word: str | None) -> CoverageState:
    """Return the state; what no source spoke of has not been read."""
    return CoverageState(word) if word in set(CoverageState) else CoverageState.FAILED


def _by_platform(cells: Iterable[CoverageCell], platforms: dict[str, str]) -> dict[str, CoverageSplit]:
    grouped: defaultdict[str, list[CoverageCell]] = defaultdict(list)
    for cell in cells:
        grouped[platforms.get(cell.account_id, cell.account_id.partition(":")[0])].append(cell)
    return {platform: split_of(grouped[platform]) for platform in sorted(grouped)}


def _result(row: Row, rules: dict[str, Rule]) -> RuleResult:
    rule = rules[row.text("rule") or ""]
    return RuleResult(
        rule=rule.id,
        title=rule.title,
        pack=rule.pack,
        severity=rule.severity,
        counts=VerdictCounts(
            passed=row.number("passed") or 0,
            failed=row.number("failed") or 0,
            unknown=row.number("unknown") or 0,
            not_applicable=row.number("not_applicable") or 0,
        ),
        rationale=rule.rationale,
        references=rule.references,
    )


def _with_topics(reference: StandardReference) -> StandardReference:
    return StandardReference(
        standard=reference.standard,
        reference=reference.reference,
        topics=(topic(reference.standard, reference.reference),),
        rules=reference.rules,
        counts=reference.counts,
    )


def _trend(judged: Judged, rules: dict[str, Rule], risk: RiskOf) -> Trend | None:
    comparison = judged.comparison
    if comparison is None:
        return None
    return Trend(
        previous_id=comparison.previous.id,
        previous_at=comparison.previous.finished_at,
        new=len(comparison.new),
        resolved=len(comparison.resolved),
        still_open=len(comparison.still_open),
        unreadable=len(comparison.unreadable),
        history=tuple(
            TrendPoint(snapshot_id=p.snapshot_id, at=p.at, failed=p.failed, unknown=p.unknown)
            for p in comparison.history
        ),
        resolved_findings=review_findings(comparison.resolved_findings, rules, None, risk),
    )


def _source(run: ConnectionRun, judged: Judged) -> Source:
    """Return what came of one connection, with the age of what it said."""
    seen_at: datetime | None = None
    valid_until: datetime | None = None
    attested_by: str | None = None
    evidence: set[str] = set()
    platforms: set[str] = set()
    for table, frame in judged.frames.provenance.items():
        if table == "coverage" or frame.empty:
            continue
        own = frame[frame["source"] == run.id]
        if own.empty:
            continue
        newest = Row({"at": own["observed_at"].max(), "until": own["valid_until"].min()})
        seen_at = max(filter(None, (seen_at, newest.instant("at"))), default=None)
        valid_until = min(filter(None, (valid_until, newest.instant("until"))), default=None)
        evidence.update(own["evidence_id"].dropna())
        attested_by = next(iter(own["attested_by"].dropna()), attested_by)
        if "platform" in own:
            platforms.update(own["platform"].dropna())
    return Source(
        connection_id=run.id,
        connector=run.connector,
        platform=platforms.pop() if len(platforms) == 1 else None,
        state=run.state.value,
        observed_at=seen_at,
        attested_by=attested_by,
        valid_until=valid_until,
        evidence=len(evidence),
        problems=(run.reason,) if run.reason else (),
    )
