"""What a list of findings is narrowed to, held against what there is: a slip must not read as "nothing found"."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.app.custody_accounts import CustodyAccount, merged
from auditor.app.findings_holders import holders_of
from auditor.app.judge import packs_in_force
from auditor.app.lookup import pick_account
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.facts import Account

if TYPE_CHECKING:
    from auditor.app.findings_list import Asked, Listed
    from auditor.store import Store


def settled(
    workspace: Workspace, store: Store, snapshot_id: str, asked: Asked, found: Sequence[Listed]
) -> Asked:
    """Return ``asked`` with the account's id in place of what a human calls it, and with its holders.

    Raises:
        UsageError: no rule, platform or account is known by that name.

    """
    accounts: tuple[CustodyAccount, ...] = ()
    is_new_account = asked.account and asked.account not in _told(found, "account_id")
    is_new_platform = asked.platform and asked.platform not in _told(found, "platform")
    if is_new_account or is_new_platform:
        facts = store.facts(snapshot_id, "accounts")
        accounts = merged([fact for fact in facts if isinstance(fact, Account)])
    if is_new_platform and asked.platform not in {account.platform for account in accounts}:
        raise _unknown("platform", asked.platform or "", {account.platform for account in accounts})
    if asked.rule and asked.rule not in _told(found, "rule"):
        known = {rule.id for pack in packs_in_force(workspace) for rule in pack.rules}
        if asked.rule not in known:
            raise _unknown("rule", asked.rule, known)
    if not asked.account:
        return asked
    account_id = pick_account(accounts, asked.account).account_id if is_new_account else asked.account
    return replace(asked, account=account_id, holders=holders_of(workspace, store, snapshot_id, account_id))


def _told(found: Sequence[Listed], column: str) -> set[str | None]:
    return {one.row.text(column) for one in found}


def _unknown(what: str, name: str, known: Collection[str]) -> UsageError:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    listed = (
        f"There are: {', '.join(sorted(known))}." if len(known) <= 12 else "'auditor rules list' shows them."
    )
    return UsageError(
        f"there is no {what} {name[:80]!r}.", remedy=f"Did you mean {close[0]!r}?" if close else listed
    )
