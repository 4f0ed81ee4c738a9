"""Who and what a row speaks of: native ids where a platform connector has seen them, else stand-ins."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.model.facts import platform_id
from connectors.base import EstateLookup, unresolved_account_id
from connectors.table.rows import AccountRef, Entry


@dataclass(frozen=True, slots=True)
class Names:
    """Finds the ids behind what people write.

    What is found once stays: the estate grows while a table is read, by the table's own facts too,
    and one row must not be one holder in one fact and another in the next.
    """

    estate: EstateLookup
    _accounts: dict[AccountRef, str] = field(default_factory=dict)
    _principals: dict[int, str] = field(default_factory=dict)

    def account_id(self, account: AccountRef) -> str:
        """Return the account's native id where a platform connector has seen it, else a stand-in."""
        if account not in self._accounts:
            found = self.estate.account_id(*account)
            self._accounts[account] = found or unresolved_account_id(*account)
        return self._accounts[account]

    def principal_id(self, entry: Entry) -> str:
        """Return the holder's native id where known, else one by e-mail, handle or name."""
        if entry.line not in self._principals:
            self._principals[entry.line] = self._holder(entry)
        return self._principals[entry.line]

    def _holder(self, entry: Entry) -> str:
        platform, account_id = entry.platform, self.account_id(entry.account)
        email, name = entry.text("principal_email"), entry.text("principal_name")
        handle = (entry.text("principal_handle") or "").lstrip("@") or None
        if (email, name, handle) == (None, None, None) or self._is_own_login(entry, handle):
            return account_id
        found = self.estate.principal_id(platform, account_id, email=email, handle=handle, name=name)
        if found:
            return found
        if email:
            return platform_id(platform, f"email:{email.casefold()}")
        if handle:
            return platform_id(platform, f"@{handle.casefold()}")
        return platform_id(platform, f"name:{' '.join((name or '').casefold().split())}")

    def _is_own_login(self, entry: Entry, handle: str | None) -> bool:
        """On X a holder with the account's own handle is the account's password, held by anybody."""
        return (
            entry.platform == "x"
            and handle is not None
            and entry.text("principal_email") is None
            and handle.casefold() == entry.reference.casefold()
        )
