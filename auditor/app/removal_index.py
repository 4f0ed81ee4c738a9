"""A review as the removal plans ask it: who holds what, what stands above what, what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from auditor.model.estate import AccessStatus, CoverageState, FactKind, Level
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    Holder,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
)

Thing = TypeVar("Thing")
_HEIGHT = 5
"""Containers above an account; a loop written by mistake ends here, as in the rules' views."""


class RemovalIndex:
    """Answers questions about one review; every index is built once."""

    def __init__(self, review: AccessReview) -> None:
        self.review = review
        self.accounts: dict[str, ReviewAccount] = {one.account_id: one for one in review.accounts}
        self.people: dict[str, ReviewPerson] = {one.person_id: one for one in review.people}
        self._controllers: dict[str, tuple[Holder, ...]] = {}
        self._gaps: dict[str, tuple[CoverageCell | None, ...]] = {}

    @cached_property
    def live(self) -> tuple[Holder, ...]:
        """Every grant that is still there: also invitations, and those of suspended identities."""
        return tuple(holder for holder in self._holders() if holder.status is not AccessStatus.REMOVED)

    @cached_property
    def by_grant(self) -> dict[str, Holder]:
        """Grants by their id."""
        return {holder.grant_id: holder for holder in self.live}

    @cached_property
    def by_principal(self) -> dict[str, list[Holder]]:
        """Grants by identity."""
        return _grouped((holder.principal_id, holder) for holder in self.live)

    @cached_property
    def by_person(self) -> dict[str, list[Holder]]:
        """Grants by the person behind the identity."""
        return _grouped((holder.person_id or "", holder) for holder in self.live)

    @cached_property
    def by_way(self) -> dict[str, list[Holder]]:
        """Grants by what they came through: a portfolio, an agency, a suite."""
        return _grouped((holder.via_id or "", holder) for holder in self.live)

    @cached_property
    def apps(self) -> dict[str, ConnectedApp]:
        """Authorisations by their key."""
        return {app.app_key: app for account in self.review.accounts for app in account.apps}

    @cached_property
    def apps_by_id(self) -> dict[str, list[ConnectedApp]]:
        """Authorisations by app."""
        return _grouped((app.app_id, app) for app in self.apps.values())

    @cached_property
    def apps_by_approver(self) -> dict[str, list[ConnectedApp]]:
        """Authorisations by the word for who let them in."""
        return _grouped((folded(app.approved_by), app) for app in self.apps.values() if app.approved_by)

    @cached_property
    def below(self) -> dict[str, list[ReviewAccount]]:
        """Accounts by their container."""
        return _grouped((one.parent_id or "", one) for one in self.review.accounts)

    @cached_property
    def by_owner(self) -> dict[str, list[ReviewAccount]]:
        """Accounts by the person who answers for them."""
        return _grouped((one.owner_person_id or "", one) for one in self.review.accounts)

    @cached_property
    def by_recovery(self) -> dict[str, list[ReviewAccount]]:
        """Accounts by the person or the address that receives their password resets."""
        accounts = self.review.accounts
        people = ((f"person {one.recovery_person_id}", one) for one in accounts if one.recovery_person_id)
        addresses = ((folded(one.recovery_email), one) for one in accounts if one.recovery_email)
        return _grouped((*people, *addresses))

    @cached_property
    def token_findings(self) -> dict[str, ReviewFinding]:
        """A finding on each token that one speaks of, by the token's id."""
        tokens = (one for one in self.review.findings if one.subject_type == "token")
        return {finding.subject_id: finding for finding in tokens}

    def above(self, account_id: str) -> tuple[str, ...]:
        """Return the ids of the account's containers, the nearest first; the last may not have been read."""
        found: list[str] = []
        account = self.accounts.get(account_id)
        while account and account.parent_id and account.parent_id not in found and len(found) < _HEIGHT:
            found.append(account.parent_id)
            account = self.accounts.get(account.parent_id)
        return tuple(found)

    def controllers(self, account_id: str) -> tuple[Holder, ...]:
        """Return all grants that give, or may give, control of the account; its containers' count too."""
        if account_id not in self._controllers:
            places = (account_id, *self.above(account_id))
            self._controllers[account_id] = tuple(
                holder
                for place in places
                if place in self.accounts
                for holder in self.accounts[place].holders
                if may_control(holder)
            )
        return self._controllers[account_id]

    def gaps(self, account_id: str) -> tuple[CoverageCell | None, ...]:
        """Return why the list of controllers is not known to be whole; None stands for "nobody read it"."""
        if account_id not in self._gaps:
            cells = [self.coverage(place, FactKind.GRANTS) for place in (account_id, *self.above(account_id))]
            self._gaps[account_id] = tuple(cell for cell in cells if cell is None or not cell.state.is_known)
        return self._gaps[account_id]

    def coverage(self, account_id: str, fact: FactKind) -> CoverageCell | None:
        """Return what became of the attempt to learn ``fact`` of the account."""
        return self._cells.get((account_id, fact))

    @cached_property
    def _cells(self) -> dict[tuple[str, FactKind], CoverageCell]:
        return {(one.account_id, cell.fact): cell for one in self.review.accounts for cell in one.coverage}

    def is_seen(self, account_id: str) -> bool:
        """Whether a grant that is listed on the account is known to be there still."""
        cell = self.coverage(account_id, FactKind.GRANTS)
        return cell is None or cell.state.is_known or cell.state is CoverageState.PARTIAL

    def _holders(self) -> Iterator[Holder]:
        return (holder for account in self.review.accounts for holder in account.holders)


def may_control(holder: Holder) -> bool:
    """Whether the grant, as far as is known, could be used to decide who has access."""
    return holder.level is None or holder.level >= Level.ADMIN or holder.can_grant is not False


def folded(text: str | None) -> str:
    """Return ``text`` as names and addresses are compared."""
    return (text or "").strip().removeprefix("@").casefold()


def _grouped(pairs: Iterable[tuple[str, Thing]]) -> dict[str, list[Thing]]:
    found: defaultdict[str, list[Thing]] = defaultdict(list)
    for key, thing in pairs:
        if key:
            found[key].append(thing)
    return dict(found)
