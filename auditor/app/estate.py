"""What platform connectors have enumerated in this run, for those that refer to it by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from auditor.model.facts import Account, Fact, Grant, Principal


class Estate:
    """Native ids by id, handle, URL or name. A key that fits two things fits neither."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        """As told by each source, in the order they came."""
        self._accounts: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._principals: dict[str, Principal] = {}
        self._holders: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[tuple[str, str, str], set[str]] = defaultdict(set)

    def add(self, facts: Iterable[Fact]) -> None:
        """Take note of accounts, principals and who holds what."""
        for fact in facts:
            if isinstance(fact, Account):
                self._add_account(fact)
            elif isinstance(fact, Principal):
                self._add_principal(fact)
            elif isinstance(fact, Grant):
                self._holders[fact.account_id].add(fact.principal_id)

    def account_id(self, platform: str, reference: str) -> str | None:
        """Return the account known by this id, handle, URL or unique name; None where not exactly one is."""
        key = _account_key(reference)
        return _only(self._accounts.get((platform, key), set())) if key else None

    def principal_id(
        self, platform: str, account_id: str, *, email: str | None, handle: str | None, name: str | None
    ) -> str | None:
        """Return the principal known by exactly this e-mail, else handle, else a name unique among the holders."""
        for kind, value in (("email", email), ("handle", handle)):
            found = _only(self._by_key.get((platform, kind, _fold(value)), set())) if value else None
            if found:
                return found
        if not name:
            return None
        holders = self._holders.get(account_id, set())
        return _only(
            {p for p in holders if p in self._principals and _fold(self._principals[p].name) == _fold(name)}
        )

    def _add_account(self, account: Account) -> None:
        self.accounts.append(account)
        native = account.account_id.partition(":")[2]
        for reference in (account.account_id, native, account.handle, account.url, account.name):
            if reference:
                self._accounts[account.platform, _account_key(reference)].add(account.account_id)

    def _add_principal(self, principal: Principal) -> None:
        self._principals[principal.principal_id] = principal
        for kind, value in (("email", principal.email), ("handle", principal.handle)):
            if value:
                self._by_key[principal.platform, kind, _fold(value)].add(principal.principal_id)


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None


def _fold(text: str | None) -> str:
    return (text or "").strip().lstrip("@").casefold()


def _account_key(reference: str) -> str:
    text = reference.strip()
    if "://" in text:
        parts = urlsplit(text)
        return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}".casefold()
    return _fold(text)
