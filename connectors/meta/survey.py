"""What the steps of one reading of a portfolio share: the tools, and what was learnt so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from auditor.model.estate import CoverageState, FactKind, GrantPath, PrincipalKind
from auditor.model.facts import Fact, Grant, Principal, platform_id
from connectors.base import Context
from connectors.meta.coverage import ATTEST_MFA, Ledger, count
from connectors.meta.edges import ASSET_AGENCIES, ASSIGNED_USERS, PAGE_ROLES, Edge
from connectors.meta.facts import Provenance, Scribe, merged
from connectors.meta.reading import Ask, EdgeRead, Reader
from connectors.meta.roles import partner_status
from connectors.meta.values import Row, moment, native_id, words

PEOPLE = (FactKind.GRANTS, FactKind.PRINCIPALS)
_ADD_WORDS = "Say what the words mean under two_factor_values in the connection."
_LONGEST_WORD = 40


@dataclass(slots=True)
class Holders:
    """The grants on one asset, each once, however many lists it stood in."""

    account_id: str
    grants: dict[str, Grant] = field(default_factory=dict)

    def add(self, grant: Grant) -> None:
        """Add a grant, or what a second list says of it."""
        known = self.grants.get(grant.grant_id)
        self.grants[grant.grant_id] = merged(known, grant) if known else grant

    @property
    def principal_ids(self) -> set[str]:
        """Everybody who holds one."""
        return {grant.principal_id for grant in self.grants.values()}


@dataclass(slots=True)
class Survey:
    """One reading of one portfolio."""

    business_id: str
    context: Context
    reader: Reader
    scribe: Scribe
    ledger: Ledger
    two_factor_words: dict[str, bool]
    """Raw word of Meta, in lower case, to what it means."""
    needed_scopes: tuple[str, ...]
    extra_page_ids: tuple[str, ...]
    organization: str | None = None
    requires_mfa_known: bool = False
    kinds: dict[str, PrincipalKind | None] = field(default_factory=dict)
    """Principals already yielded."""
    mfa: dict[str, bool | None] = field(default_factory=dict)
    """Two-factor state of the portfolio's people."""
    odd_words: Counter[str] = field(default_factory=Counter)
    """Words for the two-factor state that were not understood."""
    partner_pages: dict[str, list[tuple[Row, Row]]] = field(default_factory=dict)
    """Page id to partners and their permission there, as the portfolio lists them."""
    machine_pages: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    """Page id to system users' native ids and their row there."""
    page_rows: dict[str, Row] = field(default_factory=dict)
    """Pages read, by their native id."""

    @property
    def portfolio_id(self) -> str:
        """Account id of the portfolio."""
        return self.scribe.business

    def rows(self, account_ids: Iterable[str], read: EdgeRead, facts: tuple[FactKind, ...]) -> list[Row]:
        """Return the rows that have an id; the others are counted as missing for the accounts."""
        good = [row for row in read.rows if native_id(row) is not None]
        if len(good) < len(read.rows):
            for account_id in account_ids:
                for fact in facts:
                    reason = f"{count(len(read.rows) - len(good), 'row')} of Graph had no usable id."
                    self.ledger.note(account_id, fact, CoverageState.PARTIAL, reason)
        return good

    def listed(self, edge: Edge) -> list[Row]:
        """Read one of the portfolio's lists of accounts."""
        facts = (FactKind.ACCOUNTS,)
        read = self.reader.edge(Ask(self.business_id, edge))
        self.ledger.note_read(self.portfolio_id, facts, read, edge.shows)
        return self.rows([self.portfolio_id], read, facts)

    def once(self, principal: Principal) -> Iterator[Fact]:
        """Yield a principal unless it was yielded already."""
        if principal.principal_id not in self.kinds:
            self.kinds[principal.principal_id] = principal.kind
            yield principal

    def assigned(self, read: EdgeRead, holders: Holders, asset_id: str) -> Iterator[Fact]:
        """Take the list of those given tasks on an asset through a portfolio."""
        for row in self.rows([holders.account_id], read, PEOPLE):
            yield from self._assigned(row, holders, asset_id)

    def partners(self, read: EdgeRead, holders: Holders, asset_id: str) -> Iterator[Fact]:
        """Take the list of partners with access to an asset."""
        for row in self.rows([holders.account_id], read, PEOPLE):
            yield from self._partner(row, holders, asset_id)

    def _assigned(self, row: Row, holders: Holders, asset_id: str) -> Iterator[Fact]:
        stamp = self.scribe.stamp(row, ASSIGNED_USERS.evidence, asset_id)
        principal_id = platform_id("facebook", row["id"])
        yield from self.once(self.scribe.holder(stamp, row, _user_kind(row)))
        business = native_id(row.get("business")) or self.business_id
        own = business == self.business_id
        holders.add(
            self.scribe.task_grant(
                stamp,
                holders.account_id,
                principal_id,
                words(row, "tasks"),
                via=GrantPath.PORTFOLIO if own else GrantPath.AGENCY,
                via_id=platform_id("facebook", business),
            )
        )

    def page_role(self, row: Row, holders: Holders, asset_id: str) -> Iterator[Fact]:
        """Take a row of roles: somebody on the Page itself, in no portfolio."""
        stamp = self.scribe.stamp(row, PAGE_ROLES.evidence, asset_id)
        yield from self.once(self.scribe.holder(stamp, row, PrincipalKind.HUMAN))
        principal_id = platform_id("facebook", row["id"])
        grant = self.scribe.task_grant(
            stamp, holders.account_id, principal_id, words(row, "tasks"), via=GrantPath.DIRECT
        )
        holders.add(grant)

    def _partner(self, row: Row, holders: Holders, asset_id: str) -> Iterator[Fact]:
        if native_id(row) == self.business_id:
            # On a shared asset we are the partner; our people there are listed one by one.
            return
        stamp = self.scribe.stamp(row, ASSET_AGENCIES.evidence, asset_id)
        status = partner_status(row.get("access_status"))
        yield from self.once(self.scribe.agency(stamp, row, status))
        holders.add(self._partner_grant(stamp, row, row, holders))

    def known_partner(self, row: Row, permission: Row, holders: Holders) -> None:
        """Take what the portfolio's own list says of a partner on a Page."""
        stamp = self.scribe.stamp({**row, "page_permissions": [permission]}, "meta.agency")
        holders.add(self._partner_grant(stamp, row, permission, holders))

    def _partner_grant(self, stamp: Provenance, row: Row, permission: Row, holders: Holders) -> Grant:
        partner_id = platform_id("facebook", row["id"])
        return self.scribe.task_grant(
            stamp,
            holders.account_id,
            partner_id,
            words(permission, "permitted_tasks"),
            via=GrantPath.AGENCY,
            via_id=partner_id,
            status=partner_status(permission.get("access_status")),
            granted_at=moment(permission.get("access_requested_time")),
        )

    def note_mfa(self, account_id: str, holders: Collection[str]) -> None:
        """Note for how many of an account's human holders the two-factor state is known."""
        people = {
            p for p in holders if self.kinds.get(p) not in (PrincipalKind.SERVICE, PrincipalKind.AGENCY)
        }
        partners = sum(self.kinds.get(p) is PrincipalKind.AGENCY for p in holders)
        dark = [p for p in people if self.mfa.get(p) is None]
        reason = f"Two-factor state known of {len(people) - len(dark)} of {count(len(people), 'person', 'people')}."
        if not dark and not partners:
            self.ledger.note(account_id, FactKind.MFA, CoverageState.OBSERVED, reason)
            return
        if any(p not in self.mfa for p in dark):
            reason += " Graph does not show it for people outside the portfolio."
        if partners:
            reason += f" Nor for the staff of {count(partners, 'partner')}."
        if self.odd_words and any(p in self.mfa for p in dark):
            reason += f" Words of Meta not understood: {self._odd_words()}."
        outside = partners or any(p not in self.mfa for p in dark)
        remedy = _ADD_WORDS if self.odd_words and not outside else ATTEST_MFA
        self.ledger.note(account_id, FactKind.MFA, CoverageState.PARTIAL, reason, remedy)

    def _odd_words(self) -> str:
        return ", ".join(f"{word[:_LONGEST_WORD]!r} ({n})" for word, n in self.odd_words.most_common(5))


def _user_kind(row: Row) -> PrincipalKind | None:
    said = str(row.get("user_type") or "").upper()
    if "SYSTEM" in said:
        return PrincipalKind.SERVICE
    return PrincipalKind.HUMAN if said else None
