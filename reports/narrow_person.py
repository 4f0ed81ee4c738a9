"""One person's part of a review: all they hold, answer for, approved or receive, and what is not known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.model.estate import FactKind
from reports.exposure import of_person
from reports.narrow_parts import TREND_LIMIT, Recount, covers, sources_of, split_by_platform, trend_of
from reports.review import (
    AccessReview,
    ConnectedApp,
    Reader,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
    UnmatchedPrincipal,
)
from reports.tally import gaps_of, split_of
from reports.text import plural
from reports.waivers import covering

_OF_A_PERSON = frozenset(
    {FactKind.ACCOUNTS, FactKind.GRANTS, FactKind.PRINCIPALS, FactKind.MFA, FactKind.APPS, FactKind.RECOVERY}
)
"""What is asked of an account on a person's behalf."""


def sees_holders(account: ReviewAccount) -> bool:
    """Whether all who hold access to ``account`` are known."""
    return any(cell.fact is FactKind.GRANTS and cell.state.is_known for cell in account.coverage)


@dataclass(frozen=True, slots=True)
class _Approver:
    """Tells whether it was the person who let an app in; platforms name the approver in many ways."""

    names: frozenset[str]

    def __call__(self, app: ConnectedApp) -> bool:
        return bool(app.approved_by) and (app.approved_by or "").strip().lstrip("@").casefold() in self.names


class PersonsPart:
    """Cuts one person's part out of a review."""

    def __init__(self, review: AccessReview, person: ReviewPerson) -> None:
        self._whole = review
        self._person = person
        self._guessed = tuple(filter(None, map(self._guess, review.unmatched)))
        self._approved = _Approver(self._names())

    def review(self) -> AccessReview:
        """Return the part."""
        whole = self._whole
        findings = tuple(one for one in whole.findings if self._is_about(one))
        accounts = tuple(filter(None, map(self._account, whole.accounts)))
        cells = [cell for account in accounts for cell in account.coverage]
        resolved = tuple(
            one for one in (whole.trend.resolved_findings if whole.trend else ()) if self._is_about(one)
        )
        recount = Recount(accounts, (self._person,), findings)
        return replace(
            whole,
            coverage=split_of(cells),
            coverage_by_platform=split_by_platform(accounts),
            gaps=gaps_of(cells, findings),
            trend=trend_of(whole.trend, findings, resolved),
            sources=sources_of(whole.sources, recount),
            findings=findings,
            accounts=accounts,
            people=(self._person,),
            unmatched=self._guessed,
            rules=(),
            standards=(),
            limits=(*self._unmatched_limit(), *((TREND_LIMIT,) if whole.trend else ()), *whole.limits),
            removals=tuple(
                plan for plan in whole.removals if self._removes(plan.subject_type, plan.subject_id)
            ),
            exposure=of_person(whole.exposure, self._person.person_id),
            impersonation=None,
            waivers=covering(whole.waivers, {one.fingerprint for one in findings}),
            reader=Reader.PERSON,
            about=self._person.person_id,
        )

    def _names(self) -> frozenset[str]:
        """Return all the names by which a platform may call the person."""
        names = {self._person.name, self._person.work_email, self._person.person_id}
        for account in self._whole.accounts:
            for held in account.holders:
                if held.person_id == self._person.person_id:
                    names |= {
                        held.principal_id,
                        held.principal_name,
                        held.principal_email,
                        held.principal_handle,
                    }
        return frozenset(name.strip().lstrip("@").casefold() for name in names if name and name.strip())

    def _guess(self, principal: UnmatchedPrincipal) -> UnmatchedPrincipal | None:
        """Return the identity where a guess says that it could be the person's."""
        own = tuple(
            guess
            for guess in principal.proposals
            if guess.casefold().startswith(self._person.name.casefold())
        )
        return replace(principal, proposals=own) if own else None

    def _is_about(self, finding: ReviewFinding) -> bool:
        return finding.person_id == self._person.person_id or (
            finding.subject_type == "person" and finding.subject_id == self._person.person_id
        )

    def _account(self, account: ReviewAccount) -> ReviewAccount | None:
        person = self._person.person_id
        guessed = {one.principal_id for one in self._guessed}
        holders = tuple(h for h in account.holders if h.person_id == person or h.principal_id in guessed)
        apps = tuple(filter(self._approved, account.apps))
        answers = person in (account.owner_person_id, account.recovery_person_id)
        if holders or apps or answers:
            return replace(account, holders=holders, apps=apps, coverage=covers(account, _OF_A_PERSON))
        if sees_holders(account):
            return None
        return replace(account, holders=(), apps=(), coverage=covers(account, {FactKind.GRANTS}))

    def _removes(self, subject_type: str, subject_id: str) -> bool:
        if subject_type == "principal":
            return subject_id in self._person.matched_by
        return subject_type == "person" and subject_id == self._person.person_id

    def _unmatched_limit(self) -> tuple[str, ...]:
        count = len(self._whole.unmatched) - len(self._guessed)
        if not count:
            return ()
        further = plural(count, "further identity", "further identities")
        return (f"{further} of this review, matched to nobody, may be this person's; that is not known.",)
