"""An owner's part of a review: their accounts, and nothing that tells of any other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from auditor.model.finding import Verdict
from reports.narrow_parts import (
    TREND_LIMIT,
    Recount,
    narrowed_plan,
    plan_touches,
    sources_of,
    split_by_platform,
    trend_of,
)
from reports.review import AccessReview, Holder, Reader, ReviewAccount, ReviewFinding, ReviewPerson
from reports.tally import gaps_of, split_of
from reports.veil import Veil

_ELSEWHERE = (
    "This report holds the accounts you answer for, and nothing of any other. Findings about vendors and "
    "connections as a whole, and how often each rule passed, stand in the full review."
)


def folded_address(email: str | None) -> str:
    """Return the address as it is compared; empty where there is none."""
    return (email or "").strip().casefold()


class OwnersPart:
    """Cuts an owner's part out of a review."""

    def __init__(self, review: AccessReview, about: str, own: Collection[ReviewAccount]) -> None:
        self._whole = review
        self._about = about
        self._own = own
        self._ids = frozenset(account.account_id for account in own)
        hidden = [one for one in review.accounts if one.account_id not in self._ids]
        told = (name for one in own for h in one.holders for name in (h.person_name, h.principal_name))
        self._veil = Veil(hidden, own, also_told=(review.organization, *filter(None, told)))
        self._hidden_ids = frozenset(one.account_id for one in hidden)
        self._principals = frozenset(h.principal_id for one in own for h in one.holders)
        self._holders = frozenset(h.person_id for one in own for h in one.holders if h.person_id)
        self._elsewhere = frozenset(
            key for one in hidden for h in one.holders for key in (h.principal_id, h.person_id) if key
        )

    def review(self) -> AccessReview:
        """Return the part."""
        whole = self._whole
        accounts = tuple(map(self._account, self._own))
        findings = tuple(map(self._finding, filter(self._concerns, whole.findings)))
        cells = [cell for account in accounts for cell in account.coverage]
        people = self._people(accounts, findings)
        recount = Recount(accounts, people, findings)
        resolved = map(
            self._finding, filter(self._concerns, whole.trend.resolved_findings if whole.trend else ())
        )
        return replace(
            whole,
            coverage=split_of(cells),
            coverage_by_platform=split_by_platform(accounts),
            gaps=gaps_of(cells, findings),
            trend=trend_of(whole.trend, findings, tuple(resolved)),
            sources=sources_of(whole.sources, recount),
            findings=findings,
            accounts=accounts,
            people=people,
            unmatched=tuple(
                replace(one, proposals=()) for one in whole.unmatched if one.principal_id in self._principals
            ),
            rules=(),
            standards=(),
            limits=(_ELSEWHERE, *((TREND_LIMIT,) if whole.trend else ()), *whole.limits),
            removals=tuple(
                narrowed_plan(plan, self._ids, findings, self._veil.text)
                for plan in whole.removals
                if plan_touches(plan, self._ids, findings)
            ),
            reader=Reader.OWNER,
            about=self._about,
        )

    def _account(self, account: ReviewAccount) -> ReviewAccount:
        return replace(
            account,
            parent_id=account.parent_id if account.parent_id in self._ids else None,
            holders=tuple(map(self._holder, account.holders)),
            coverage=tuple(
                replace(cell, reason=self._veil.text(cell.reason), remedy=self._veil.text(cell.remedy))
                for cell in account.coverage
            ),
        )

    def _holder(self, holder: Holder) -> Holder:
        """Return the grant without the name of the portfolio it came through, where that is another's."""
        name = holder.via_name and self._veil.text(holder.via_name)
        if holder.via_id not in self._hidden_ids and name == holder.via_name:
            return holder
        return replace(holder, via_id=None, via_name=None)

    def _concerns(self, finding: ReviewFinding) -> bool:
        if finding.account_id:
            return finding.account_id in self._ids
        if finding.subject_type == "principal":
            return finding.subject_id in self._principals
        return finding.subject_type == "person" and finding.subject_id in self._holders

    def _finding(self, finding: ReviewFinding) -> ReviewFinding:
        message = self._veil.text(finding.message)
        if not finding.account_id and finding.subject_id in self._elsewhere:
            # What a rule says of an identity as a whole may tell of what it holds elsewhere.
            message = self._plain_message(finding)
        return replace(
            finding,
            message=message,
            remediation=self._veil.text(finding.remediation),
            reason=self._veil.text(finding.reason),
            remedy=self._veil.text(finding.remedy),
        )

    def _plain_message(self, finding: ReviewFinding) -> str:
        held = (h for one in self._own for h in one.holders)
        names = (
            h.person_name or h.principal_name
            for h in held
            if finding.subject_id in (h.principal_id, h.person_id)
        )
        who = next(names, finding.subject_id)
        if finding.verdict is Verdict.FAIL:
            return f"{who} fails the check «{finding.rule_title}»"
        return f"The check «{finding.rule_title}» cannot be decided for {who}"

    def _people(
        self, accounts: Iterable[ReviewAccount], findings: Iterable[ReviewFinding]
    ) -> tuple[ReviewPerson, ...]:
        concerned = {finding.person_id for finding in findings} | self._holders
        for account in accounts:
            concerned |= {account.owner_person_id, account.recovery_person_id}
        return tuple(
            replace(
                person,
                manager_name=None,
                matched_by={key: how for key, how in person.matched_by.items() if key in self._principals},
            )
            for person in self._whole.people
            if person.person_id in concerned
        )
