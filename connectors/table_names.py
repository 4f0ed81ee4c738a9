"""Who and what a row speaks of: native ids where a platform connector has seen them, else stand-ins."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import platform_id
from connectors.base import EstateLookup, unresolved_account_id
from connectors.table_rows import AccountRef, Entry


@dataclass(frozen=True, slots=True)
class Names:
    """Finds the ids behind what people write."""

    estate: EstateLookup

    def account_id(self, account: AccountRef) -> str:
        """Return the account's native id where a platform connector has seen it, else a stand-in."""
        platform, reference = account
        found = self.estate.account_id(platform, reference)
        return found or unresolved_account_id(platform, reference)

    def principal_id(self, entry: Entry) -> str:
        """Return the holder's native id where known, else one by e-mail, handle or name."""
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
