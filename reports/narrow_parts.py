"""What both ways of narrowing a review need: counts, sources, trend and plans of a part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.model.estate import FactKind
from auditor.model.finding import Verdict
from reports.removal import RemovalPlan, RemovalStep
from reports.review import (
    CoverageCell,
    CoverageSplit,
    HowKnown,
    Life,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
    Source,
    Trend,
)
from reports.tally import split_of

TREND_LIMIT = (
    "The comparison with the snapshot before counts the findings of this document alone. What failed then and "
    "cannot be judged now stands among the unknown; it is counted as neither resolved nor open."
)
_SOMEBODY = "somebody who is not named here"
_TOLD_BELOW = "Not everything could be read; what that leaves unknown here is told at each account."


@dataclass(frozen=True, slots=True)
class Recount:
    """All statements of a part, to count its sources' records by."""

    accounts: Collection[ReviewAccount]
    people: Collection[ReviewPerson]
    findings: Collection[ReviewFinding]

    def records(self) -> Mapping[str, set[str]]:
        """Return the sources that statements of the part name, each with the evidence they rest on."""
        records: defaultdict[str, set[str]] = defaultdict(set)
        for source, evidence_id in self._named():
            records[source].update((evidence_id,) if evidence_id else ())
        return records

    def _named(self) -> Iterator[tuple[str, str | None]]:
        for how in self._known():
            yield how.source, how.evidence_id
        for account in self.accounts:
            yield from ((cell.source, None) for cell in account.coverage)
        for finding in self.findings:
            if finding.source:
                yield finding.source, finding.evidence_id

    def _known(self) -> Iterator[HowKnown]:
        yield from (person.known for person in self.people)
        for account in self.accounts:
            yield account.known
            yield from (holder.known for holder in account.holders)
            yield from (app.known for app in account.apps)


def sources_of(sources: Iterable[Source], recount: Recount) -> tuple[Source, ...]:
    """Return the sources the part rests on.

    Their problems are told by a sentence of ours: the platform's own words may name other accounts.
    """
    records = recount.records()
    return tuple(
        replace(
            source,
            evidence=len(records[source.connection_id]),
            problems=() if source.state == "complete" else (_TOLD_BELOW,),
        )
        for source in sources
        if source.connection_id in records
    )


def split_by_platform(accounts: Iterable[ReviewAccount]) -> dict[str, CoverageSplit]:
    """Return how much is known, a platform at a time."""
    cells: defaultdict[str, list[CoverageCell]] = defaultdict(list)
    for account in accounts:
        cells[account.platform] += account.coverage
    return {platform: split_of(cells[platform]) for platform in sorted(cells)}


def trend_of(
    trend: Trend | None, findings: Iterable[ReviewFinding], resolved: tuple[ReviewFinding, ...]
) -> Trend | None:
    """Return the comparison with the snapshot before, recounted.

    The snapshots before that are left out: their findings are not at hand to be counted again.
    """
    if trend is None:
        return None
    lives = [finding.life for finding in findings if finding.verdict is Verdict.FAIL]
    return replace(
        trend,
        new=lives.count(Life.NEW),
        resolved=len(resolved),
        still_open=lives.count(Life.OPEN),
        unreadable=0,
        history=(),
        resolved_findings=resolved,
    )


def covers(account: ReviewAccount, facts: Collection[FactKind]) -> tuple[CoverageCell, ...]:
    """Return the account's coverage of ``facts``."""
    return tuple(cell for cell in account.coverage if cell.fact in facts)


def plan_touches(plan: RemovalPlan, accounts: Collection[str], findings: Iterable[ReviewFinding]) -> bool:
    """Whether the plan does something at ``accounts``, or one of ``findings`` calls for it."""
    if any(step.account_id in accounts for step in plan.steps):
        return True
    called_for = set(plan.fingerprints)
    return any(finding.account_id and finding.fingerprint in called_for for finding in findings)


def narrowed_plan(
    plan: RemovalPlan,
    accounts: Collection[str],
    findings: Iterable[ReviewFinding],
    told: Collection[str],
    veiled: Callable[[str], str],
) -> RemovalPlan:
    """Return what the plan does and breaks at ``accounts``, and those of ``findings`` that call for it.

    Args:
        plan: the whole plan.
        accounts: ids of the accounts that may be seen.
        findings: the findings that may be seen.
        told: names that may be seen.
        veiled: hides every other name in a sentence.

    """
    called_for = set(plan.fingerprints)
    calls = [finding for finding in findings if finding.fingerprint in called_for]
    return replace(
        plan,
        summary=veiled(plan.summary),
        reasons=tuple(finding.message for finding in calls),
        fingerprints=tuple(finding.fingerprint for finding in calls),
        consequences=tuple(
            replace(one, text=veiled(one.text)) for one in plan.consequences if one.account_id in accounts
        ),
        steps=tuple(_step(step, told, veiled) for step in plan.steps if step.account_id in accounts),
    )


def _step(step: RemovalStep, told: Collection[str], veiled: Callable[[str], str]) -> RemovalStep:
    """Return the step without what it tells of others; that somebody else can do it stays."""
    by = tuple(name for name in step.by if name in told)
    # The page of a portfolio's settings has the portfolio's id in its address.
    url = step.url if step.url and veiled(step.url) == step.url else None
    return replace(step, text=veiled(step.text), by=by or ((_SOMEBODY,) if step.by else ()), url=url)
