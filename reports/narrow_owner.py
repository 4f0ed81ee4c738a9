"""An owner's part of a review: their accounts, and nothing that tells of any other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from auditor.model.finding import Verdict
from reports.exposure import at_accounts
from reports.impersonators import at_brands
from reports.narrow_parts import (
    TREND_LIMIT,
    Recount,
    narrowed_plan,
    plan_touches,
    sources_of,
    split_by_platform,
    trend_of,
)
from reports.removal import RemovalPlan
from reports.review import AccessReview, Holder, Reader, ReviewAccount, ReviewFinding, ReviewPerson
from reports.tally import gaps_of, split_of
from reports.veil import Veil, hidden_accounts, hidden_people, names_of
from reports.waivers import covering

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
        self._hidden_ids = frozenset(one.account_id for one in hidden)
        self._principals = frozenset(h.principal_id for one in own for h in one.holders)
        self._holders = frozenset(h.person_id for one in own for h in one.holders if h.person_id)
        self._elsewhere = frozenset(
            key for one in hidden for h in one.holders for key in (h.principal_id, h.person_id) if key
        )
        self._concerned = self._concerned_people()
        self._told = frozenset(self._told_names())
        unconcerned = (one for one in review.people if one.person_id not in self._concerned)
        self._veil = Veil((*hidden_accounts(hidden), *hidden_people(unconcerned)), self._told)

    def _concerned_people(self) -> frozenset[str]:
        """Return who has a tie to the accounts: holds, answers, receives, or is found fault with there."""
        people = set(self._holders)
        for account in self._own:
            people |= {one for one in (account.owner_person_id, account.recovery_person_id) if one}
        found = (one.person_id for one in self._whole.findings if self._concerns(one))
        return frozenset(people.union(one for one in found if one))

    def _told_names(self) -> Iterator[str]:
        """Yield every name that the owner's part tells anyway."""
        yield self._whole.organization
        for account in self._own:
            yield from names_of(account)
            yield from (one for h in account.holders for one in (h.person_name, h.principal_name) if one)
        yield from (one.name for one in self._whole.people if one.person_id in self._concerned)

    def review(self) -> AccessReview:
        """Return the part."""
        whole = self._whole
        accounts = tuple(map(self._account, self._own))
        findings = tuple(map(self._finding, filter(self._concerns, whole.findings)))
        cells = [cell for account in accounts for cell in account.coverage]
        people = self._people()
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
            removals=self._plans(findings),
            exposure=at_accounts(whole.exposure, self._ids, self._veil.text),
            impersonation=at_brands(whole.impersonation, self._ids, self._veil.text),
            waivers=covering(whole.waivers, {one.fingerprint for one in findings}, self._veil.text),
            reader=Reader.OWNER,
            about=self._about,
        )

    def veiled(self, sentence: str) -> str:
        """Return a sentence from outside the review as the owner may read it."""
        return self._veil.text(sentence)

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

    def _people(self) -> tuple[ReviewPerson, ...]:
        return tuple(
            replace(
                person,
                manager_name=None,
                matched_by={key: how for key, how in person.matched_by.items() if key in self._principals},
            )
            for person in self._whole.people
            if person.person_id in self._concerned
        )

    def _plans(self, findings: tuple[ReviewFinding, ...]) -> tuple[RemovalPlan, ...]:
        plans = [plan for plan in self._whole.removals if plan_touches(plan, self._ids, findings)]
        return tuple(
            replace(
                narrowed_plan(plan, self._ids, findings, self._told, self._veil.text),
                rank=place,
                total=len(plans),
            )
            for place, plan in enumerate(plans, start=1)
        )
