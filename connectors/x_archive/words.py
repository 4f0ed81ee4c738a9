"""The words of an X data archive: which fields are kept, which apps are X's own, what scopes mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.model.estate import Level
from connectors.x_archive.members import text

FIRST_PARTY_APPS = frozenset(
    {
        "129032",
        "258901",
        "191841",
        "557701",
        "268278",
        "3033300",
        "49152",
        "55902",
        "8036141",
        "2873808",
        "4401955",
        "5490299",
        "12165736",
    }
)
"""X's own clients: iPhone, Android, iPad, Mac, Web Client, Web App, Mobile Web, TweetDeck, Periscope,
Vine. By id, never by name or organisation: those are free text that anyone may write."""

KEPT_FIELDS: Mapping[str, frozenset[str]] = {
    "x.archive.account": frozenset(
        {"accountId", "username", "accountDisplayName", "createdAt", "createdVia", "email", "verified"}
    ),
    "x.archive.app": frozenset(
        {"id", "name", "description", "organization", "organization_url", "permissions", "approvedAt"}
    ),
    "x.archive.login": frozenset({"createdAt", "address_hash"}),
    "x.archive.session": frozenset(
        {"clientApplicationId", "clientApplicationName", "createdAt", "lastSeenAt"}
    ),
    "x.archive.device": frozenset({"deviceType", "deviceVersion", "createdDate", "updatedDate", "use"}),
    "x.archive.message_device": frozenset({"userAgent", "createdAt"}),
    "x.archive.sso": frozenset({"ssoEmail", "associationMethodType", "createdAt"}),
    "x.archive.change": frozenset(
        {"changedAt", "changedFrom", "changedTo", "protectedAt", "action", "number_ends"}
    ),
}
_SCOPE_LEVELS: Mapping[str, Level] = {
    "read": Level.VIEWER,
    "emailaddress": Level.VIEWER,
    "directmessages": Level.VIEWER,
    "write": Level.PUBLISHER,
}
_MESSAGES = "directmessages"
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}")


def plain(value: object) -> object:
    """Return an evidence value as storable text, flag or list of texts; anything else as None."""
    if isinstance(value, list):
        return [found for found in map(text, value) if found is not None]
    return value if isinstance(value, bool) else text(value)


def scopes_of(value: object) -> tuple[str, ...] | None:
    """Return the permissions of an app as listed; None where there is no list."""
    if not isinstance(value, list):
        return None
    # Something in the list that is no text is still a permission, of a kind we cannot name.
    return tuple(text(item) or "unknown" for item in value)


def level_of(scopes: tuple[str, ...] | None) -> Level | None:
    """Return the highest level of ``scopes``; None where one is not known, for it may be higher."""
    levels = [_SCOPE_LEVELS.get(scope.casefold()) for scope in scopes or ()]
    known = [level for level in levels if level is not None]
    return max(known) if known and len(known) == len(levels) else None


def can_message(scopes: tuple[str, ...] | None) -> bool | None:
    """Return whether the permissions reach direct messages; None where one is not known."""
    if scopes and any(scope.casefold() == _MESSAGES for scope in scopes):
        return True
    return False if level_of(scopes) is not None else None


def email_of(value: object) -> str | None:
    """Return ``value`` where it is one e-mail address; else None."""
    shown = text(value)
    return shown if shown is not None and _EMAIL.fullmatch(shown) else None


def domain_of(email: str | None) -> str | None:
    """Return the domain of an e-mail address."""
    return email.rpartition("@")[2].casefold() if email else None


def sso_client(email: str | None) -> str:
    """Name the single sign-on; the archive does not say whether it is Google's or Apple's."""
    if email is None:
        return "single sign-on through another service"
    service = {"privaterelay.appleid.com": "Apple", "gmail.com": "Google", "googlemail.com": "Google"}.get(
        domain_of(email) or ""
    )
    return f"single sign-on through {service or 'another service'}, address at {domain_of(email)}"


def phone_use(native: str | None) -> str:
    """Say what X uses a phone for, from the device type in the archive."""
    use = (native or "").casefold()
    if use == "auth":
        return "SMS second-factor phone"
    return "SMS notification phone" if use == "full" else "phone"
