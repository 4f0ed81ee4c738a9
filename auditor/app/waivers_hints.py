"""Why a waiver is written for no open finding: the likeliest slip, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.app.custody_accounts import CustodyAccount, newest_accounts
from policies.waivers_cover import Covering, WaiverUse
from policies.waivers_match import match_waivers

if TYPE_CHECKING:
    from auditor.model.life import Seen
    from auditor.model.waiver import Waiver
    from auditor.store import Store


def explained(store: Store, covering: Covering, found: Sequence[Seen]) -> Covering:
    """Return ``covering`` with the reason beside each waiver that fits none of the open findings ``found``."""
    idle = [use for use in covering.uses if not use.matches and not use.is_expired]
    if not idle:
        return covering
    accounts = newest_accounts(store)
    of_any_rule = match_waivers([replace(use.waiver, rule="*") for use in idle], found)
    told = {
        use.waiver.key: _with_reason(use, _reason(use.waiver, accounts, is_known=bool(hits)))
        for use, hits in zip(idle, of_any_rule, strict=True)
    }
    return replace(covering, uses=tuple(told.get(use.waiver.key, use) for use in covering.uses))


def _reason(waiver: Waiver, accounts: Sequence[CustodyAccount], *, is_known: bool) -> str:
    if is_known:
        return "what it names has no open finding of that rule"
    meant = waiver.subject.casefold()
    for account in accounts:
        if meant in {
            (name or "").casefold() for name in (account.shown, account.handle, account.name, account.url)
        }:
            return f"handles and names change, so write the account's id, {account.account_id}"
    return "no open finding is about what it names; 'auditor findings show' tells a finding's subject and account"


def _with_reason(use: WaiverUse, reason: str) -> WaiverUse:
    first, *more = use.problems
    return replace(use, problems=(f"{first}: {reason}", *more))
