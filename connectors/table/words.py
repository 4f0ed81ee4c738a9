"""The words people write in attestation tables, and what they mean. docs/connectors/table.md lists them.

A word that is not here means nothing is known: a role has no level, an MFA cell is neither yes nor no.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from auditor.model.estate import AccessStatus, Level, MfaRequired, PrincipalKind
from connectors.tabular import normalise_header


class Role(NamedTuple):
    """What a role lets its holder do; None: not known."""

    level: Level | None
    can_message: bool | None = None
    can_grant: bool | None = None


_FULL = Role(Level.ADMIN, can_message=True, can_grant=True)
_ANALYST = Role(Level.ANALYST, can_message=False, can_grant=False)
_ADVERTISER = Role(Level.ADVERTISER, can_message=False, can_grant=False)
_LOGIN_WORDS = ("login", "owner login", "password", "password holder", "shared login", "shared password")

ROLES: Mapping[str, Mapping[str, Role]] = {
    "x": {
        "owner": _FULL,
        "admin": _FULL,
        # Contributors act as the account, direct messages included, but invite nobody.
        "contributor": Role(Level.PUBLISHER, can_message=True, can_grant=False),
    },
    "facebook": {
        "full control": _FULL,
        "facebook access with full control": _FULL,
        "admin": _FULL,
        "partial control": Role(Level.MANAGER, can_message=None, can_grant=False),
        "facebook access with partial control": Role(Level.MANAGER, can_message=None, can_grant=False),
        "editor": Role(Level.PUBLISHER, can_message=True, can_grant=False),
        "content": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "moderator": Role(Level.MODERATOR, can_message=True, can_grant=False),
        "community manager": Role(Level.MODERATOR, can_message=None, can_grant=False),
        "messages": Role(Level.MODERATOR, can_message=True, can_grant=False),
        "advertiser": _ADVERTISER,
        "ads": _ADVERTISER,
        "analyst": _ANALYST,
        "insights": _ANALYST,
    },
    "instagram": {
        "full control": _FULL,
        "admin": _FULL,
        "content": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "messages": Role(Level.MODERATOR, can_message=True, can_grant=False),
        "community activity": Role(Level.MODERATOR, can_message=False, can_grant=False),
        "ads": _ADVERTISER,
        "insights": _ANALYST,
    },
    "linkedin": {
        "super admin": _FULL,
        "administrator": _FULL,
        "content admin": Role(Level.PUBLISHER, can_message=None, can_grant=False),
        "content administrator": Role(Level.PUBLISHER, can_message=None, can_grant=False),
        "curator": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "sponsored content poster": _ADVERTISER,
        "direct sponsored content poster": _ADVERTISER,
        "recruiting poster": _ADVERTISER,
        "lead gen forms manager": _ADVERTISER,
        "analyst": _ANALYST,
    },
    "youtube": {
        "primary owner": Role(Level.ADMIN, can_message=False, can_grant=True),
        "owner": Role(Level.ADMIN, can_message=False, can_grant=True),
        "manager": Role(Level.MANAGER, can_message=False, can_grant=True),
        "editor": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "editor limited": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "subtitle editor": Role(Level.PUBLISHER, can_message=False, can_grant=False),
        "viewer": _ANALYST,
        "viewer limited": _ANALYST,
        "communications manager": Role(Level.MODERATOR, can_message=False, can_grant=False),
    },
    "tiktok": {
        "admin": _FULL,
        "operator": Role(Level.PUBLISHER, can_message=None, can_grant=False),
        "analyst": _ANALYST,
    },
}
"""Platform to role word to what it opens; any platform also knows our own level words and
`_LOGIN_WORDS`: whoever has the password can do everything."""

NOBODY = frozenset({"none", "nobody", "noone", "nodelegates", "noapps"})
"""Words, normalised, for a row that says there is none."""

_PLATFORMS = {
    "twitter": "x",
    "xtwitter": "x",
    "fb": "facebook",
    "facebookpage": "facebook",
    "ig": "instagram",
    "insta": "instagram",
    "yt": "youtube",
}
_YES = frozenset({"yes", "y", "true", "on", "enabled", "active", "1", "enrolled"})
_NO = frozenset({"no", "n", "false", "off", "disabled", "inactive", "0", "notenrolled"})
_NOT_KNOWN = frozenset({"", "unknown", "notknown", "na", "notsure", "tbd"})
_METHODS = {
    **dict.fromkeys(
        ("securitykey", "hardwarekey", "yubikey", "fido", "fido2", "webauthn", "u2f"), "security_key"
    ),
    **dict.fromkeys(("passkey", "passkeys"), "passkey"),
    **dict.fromkeys(
        ("totp", "authenticator", "authenticatorapp", "authenticationapp", "authapp", "googleauthenticator"),
        "totp",
    ),
    **dict.fromkeys(("push", "pushnotification", "duopush"), "push"),
    **dict.fromkeys(("sms", "text", "textmessage", "phone"), "sms"),
    **dict.fromkeys(("email", "mail", "emailcode"), "email"),
}
_KINDS = {
    **dict.fromkeys(("human", "person", "employee", "staff"), PrincipalKind.HUMAN),
    **dict.fromkeys(("service", "serviceaccount", "systemuser", "bot"), PrincipalKind.SERVICE),
    **dict.fromkeys(("agency", "partner"), PrincipalKind.AGENCY),
    **dict.fromkeys(("shared", "sharedlogin", "sharedaccount", "team"), PrincipalKind.SHARED),
}
_STATUSES = {
    **dict.fromkeys(("", "active", "accepted"), AccessStatus.ACTIVE),
    **dict.fromkeys(("invited", "pending", "invitationpending"), AccessStatus.INVITED),
    **dict.fromkeys(("suspended", "disabled"), AccessStatus.SUSPENDED),
    **dict.fromkeys(("removed", "revoked"), AccessStatus.REMOVED),
}
_X_SCOPES = {
    "read": Level.VIEWER,
    "emailaddress": Level.VIEWER,
    "directmessages": Level.VIEWER,
    "write": Level.PUBLISHER,
}
_WRITTEN_DATES = ("%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}")


def role_of(platform: str, word: str) -> Role:
    """Return what ``word`` opens on ``platform``; all None where it is not known."""
    wanted = normalise_header(word)
    for spelling, role in ROLES.get(platform, {}).items():
        if normalise_header(spelling) == wanted:
            return role
    if wanted in {normalise_header(login) for login in _LOGIN_WORDS}:
        return _FULL
    return Role(Level.parse(word))


def is_password_holder(word: str) -> bool:
    """Whether the role word means that its holder knows the account's password."""
    wanted = normalise_header(word)
    return wanted == "owner" or wanted in {normalise_header(login) for login in _LOGIN_WORDS}


def platform_of(word: str) -> str:
    """Return the platform named; ValueError where it is no name."""
    wanted = normalise_header(word)
    found = _PLATFORMS.get(wanted, wanted)
    if not re.fullmatch(r"[a-z0-9]{1,32}", found):
        raise ValueError("platform is not the name of a platform")
    return found


def yes_or_no(word: str) -> bool | None:
    """Return True, False, or None for not known; ValueError for a word that is none of them."""
    wanted = normalise_header(word)
    if wanted in _YES:
        return True
    if wanted in _NO:
        return False
    if wanted in _NOT_KNOWN:
        return None
    raise ValueError("is not yes, no or unknown")


def methods_of(words: str) -> tuple[str, ...] | None:
    """Return the second factors named; one we do not know counts as ``unknown``."""
    parts = [normalise_header(part) for part in re.split(r"[,;/+&]|\band\b", words)]
    found = [_METHODS.get(part, "unknown") for part in parts if part and part not in ("none", "na")]
    return tuple(dict.fromkeys(found)) or None


def kind_of(word: str) -> PrincipalKind | None:
    """Return the kind of principal; None where blank; ValueError for an unknown word."""
    if not word:
        return None
    found = _KINDS.get(normalise_header(word))
    if found is None:
        raise ValueError("is not human, service, agency or shared")
    return found


def status_of(word: str) -> AccessStatus:
    """Return the standing, active where blank; ValueError for an unknown word."""
    found = _STATUSES.get(normalise_header(word))
    if found is None:
        raise ValueError("is not active, invited, suspended or removed")
    return found


def mfa_required_of(word: str) -> MfaRequired | None:
    """Return whom the container makes use MFA; None where blank; ValueError for an unknown word."""
    wanted = normalise_header(word)
    if wanted in _NOT_KNOWN:
        return None
    words = {
        "none": "none",
        "no": "none",
        "nobody": "none",
        "admins": "admins",
        "all": "all",
        "everyone": "all",
    }
    if wanted not in words:
        raise ValueError("is not none, admins or all")
    return MfaRequired(words[wanted])


def tier_of(word: str) -> int | None:
    """Return the tier, 1 to 9; None where blank; ValueError otherwise."""
    if not word:
        return None
    if not re.fullmatch(r"[1-9]", word):
        raise ValueError("is not a number from 1 to 9")
    return int(word)


def day_of(word: str) -> date | None:
    """Return the day written; None where blank; ValueError for any form that could be two days."""
    if not word or normalise_header(word) in _NOT_KNOWN:
        return None
    try:
        return datetime.fromisoformat(word).date() if re.match(r"[0-9]{4}-", word) else _spelt_out(word)
    except ValueError:
        raise ValueError("is not a date such as 2026-11-02") from None


def _spelt_out(word: str) -> date:
    for form in _WRITTEN_DATES:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError


def email_of(word: str) -> str | None:
    """Return the address; None where blank; ValueError where it is none."""
    if word and not _EMAIL.fullmatch(word):
        raise ValueError("is not an e-mail address")
    return word or None


def url_of(word: str) -> str | None:
    """Return the web address; None where blank; ValueError for any other scheme."""
    if word and not re.match(r"https?://[^\s/]", word, re.IGNORECASE):
        raise ValueError("is not an https:// address")
    return word or None


def scopes_of(words: str) -> tuple[str, ...] | None:
    """Return the permissions listed; None where blank."""
    return tuple(dict.fromkeys(part for part in re.split(r"[,;|\s]+", words) if part)) or None


def app_reach(platform: str, scopes: tuple[str, ...] | None) -> Role:
    """Return what an app's scopes open; level None where one of them is not known."""
    levels = [_X_SCOPES.get(scope.casefold()) if platform == "x" else None for scope in scopes or ()]
    known = [level for level in levels if level is not None]
    whole = bool(known) and len(known) == len(levels)
    if platform == "x" and "directmessages" in {scope.casefold() for scope in scopes or ()}:
        return Role(max(known) if whole else None, can_message=True)
    return Role(max(known), can_message=False) if whole else Role(None)


def reference_of(word: str) -> str:
    """Return how an account is called: the last part of an address, else as written, without @."""
    if re.match(r"https?://", word, re.IGNORECASE):
        try:
            word = urlsplit(word).path.rstrip("/").rpartition("/")[2] or word
        except ValueError:
            return word
    return word.strip().lstrip("@")
