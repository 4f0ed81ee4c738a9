"""Names and reasons as the sentences of a removal plan say them: short, and harmless."""

from __future__ import annotations

from reports import names
from reports.review import CoverageCell, Holder, ReviewAccount
from reports.text import clean, cut

_NAME = 60


def cleaned(name: str) -> str:
    """Return a name on one line, every character visible, not longer than a name."""
    return cut(clean(name).strip() or "[blank]", _NAME)


def called(account: ReviewAccount) -> str:
    """Return the account's name with its platform: ``@RiversideHealth (X)``."""
    return f"{cleaned(names.account(account))} ({names.platform(account.platform)})"


def cell_reason(cell: CoverageCell | None, what: str) -> str:
    """Return why ``what`` is not known, and what would tell."""
    if cell is None:
        return f"Nobody has read {what}."
    reason = (
        _sentence(cell.reason)
        if cell.reason
        else f"{what[:1].upper()}{what[1:]}: {cell.state.replace('_', ' ')}."
    )
    return f"{reason} {_sentence(cell.remedy)}".strip() if cell.remedy else reason


def _sentence(text: str) -> str:
    told = cut(clean(text).strip(), 240)
    return told[:1].upper() + told[1:] + ("" if told.endswith((".", "?", "!", "…")) else ".")


def filled(
    account: ReviewAccount, above: ReviewAccount | None, holder: Holder | None
) -> tuple[dict[str, str], dict[str, str | None]]:
    """Return what fills the holes of a step's text, and the ids for its link, as the platform gave them."""
    native = account.account_id.partition(":")[2]
    portfolio = account.account_id if account.kind == "portfolio" else account.parent_id or ""
    values = {
        "account": cleaned(names.account(account)),
        "platform": names.platform(account.platform),
        "role": cleaned((holder.role if holder else None) or "role not known"),
        "portfolio": cleaned(names.account(above)) if above else "the portfolio",
        "recovery": cleaned(account.recovery_email or "not known"),
    }
    ids = {
        "account_id": native,
        "portfolio_id": portfolio.partition(":")[2],
        "handle": account.handle,
        "channel_id": native,
    }
    return values, ids
