"""Which account is meant: one of the newest snapshot, or one that has a seed in custody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.app.lookup import pick_account
from auditor.errors import CustodyError
from auditor.model.facts import Account

if TYPE_CHECKING:
    from auditor.store import Store


@dataclass(frozen=True, slots=True)
class CustodyAccount:
    """An account as custody knows it."""

    account_id: str
    platform: str
    handle: str | None = None
    name: str | None = None
    url: str | None = None

    @property
    def shown(self) -> str:
        """What people call it, as the configuration's patterns do."""
        return f"{self.platform}:{self.handle}" if self.handle else self.account_id

    @property
    def names(self) -> tuple[str, ...]:
        """What a pattern of the configuration may fit."""
        return tuple(dict.fromkeys((self.shown, self.account_id)))


def merged(accounts: list[Account]) -> tuple[CustodyAccount, ...]:
    """Return each account once, with the first handle, name and address any source told."""
    found: dict[str, CustodyAccount] = {}
    for fact in accounts:
        known = found.setdefault(fact.account_id, CustodyAccount(fact.account_id, fact.platform))
        found[fact.account_id] = replace(
            known, handle=known.handle or fact.handle, name=known.name or fact.name, url=known.url or fact.url
        )
    return tuple(found.values())


def newest_accounts(store: Store) -> tuple[CustodyAccount, ...]:
    """Return the accounts of the newest snapshot; none before the first."""
    newest = store.snapshots(1)
    if not newest:
        return ()
    return merged([fact for fact in store.facts(newest[0].id, "accounts") if isinstance(fact, Account)])


def every_account(store: Store) -> tuple[CustodyAccount, ...]:
    """Return the accounts of the newest snapshot, and those beside them that have a seed in custody."""
    found = {account.account_id: account for account in newest_accounts(store)}
    for record in store.custody.seeds():
        handle = record.account_name.partition(":")[2] or None
        found.setdefault(record.account_id, CustodyAccount(record.account_id, record.platform, handle))
    return tuple(found.values())


def find(store: Store, text: str) -> CustodyAccount:
    """Return the account known as ``text``.

    Raises:
        UsageError: there is none, or there are several.
        CustodyError: no account is known yet at all.

    """
    accounts = every_account(store)
    if not accounts:
        raise CustodyError(
            "no account is known yet, so none can have a seed.", remedy="Run 'auditor collect' first."
        )
    return pick_account(accounts, text)
