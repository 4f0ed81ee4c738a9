"""Meta's roles and tasks as levels, and its words for states.

Meta publishes no ranking of tasks and no map from the classic ones to PROFILE_PLUS ones; this
table is ours, documented in docs/connectors/meta.md. A task that is not in it makes the level
unknown, which ranks as high as it could be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.model.estate import AccessStatus, Level, MfaRequired


@dataclass(frozen=True, slots=True)
class Power:
    """What a set of tasks comes to; None where a task is not understood."""

    level: Level | None = None
    can_message: bool | None = None
    can_grant: bool | None = None


_FULL = Power(Level.ADMIN, can_message=True, can_grant=True)
_MESSAGES = Power(Level.MODERATOR, can_message=True, can_grant=False)
_UNKNOWN = Power()


def _plain(level: Level) -> Power:
    return Power(level, can_message=False, can_grant=False)


_TASKS: dict[str, Power] = {
    "MANAGE": _FULL,
    "PROFILE_PLUS_FULL_CONTROL": _FULL,
    "PROFILE_PLUS_MANAGE": _FULL,
    "GLOBAL_STRUCTURE_MANAGEMENT": _plain(Level.MANAGER),
    "PROFILE_PLUS_GLOBAL_STRUCTURE_MANAGEMENT": _plain(Level.MANAGER),
    "CREATE_CONTENT": _plain(Level.PUBLISHER),
    "PROFILE_PLUS_CREATE_CONTENT": _plain(Level.PUBLISHER),
    "CONTENT": _plain(Level.PUBLISHER),
    "MANAGE_JOBS": _plain(Level.PUBLISHER),
    # Acts as the Page on facebook.com; whether in its inbox, the other tasks say.
    "PROFILE_PLUS_FACEBOOK_ACCESS": Power(Level.PUBLISHER, can_message=None, can_grant=False),
    "MODERATE": _plain(Level.MODERATOR),
    "PROFILE_PLUS_MODERATE": _plain(Level.MODERATOR),
    "MODERATE_COMMUNITY": _plain(Level.MODERATOR),
    "PROFILE_PLUS_MODERATE_DELEGATE_COMMUNITY": _plain(Level.MODERATOR),
    "COMMUNITY_ACTIVITY": _plain(Level.MODERATOR),
    "MANAGE_LEADS": _plain(Level.MODERATOR),
    "PROFILE_PLUS_MANAGE_LEADS": _plain(Level.MODERATOR),
    "MESSAGING": _MESSAGES,
    "PROFILE_PLUS_MESSAGING": _MESSAGES,
    "PAGES_MESSAGING": _MESSAGES,
    "PAGES_MESSAGING_SUBSCRIPTIONS": _MESSAGES,
    "READ_PAGE_MAILBOXES": _MESSAGES,
    "MESSAGES": _MESSAGES,
    "ADVERTISE": _plain(Level.ADVERTISER),
    "PROFILE_PLUS_ADVERTISE": _plain(Level.ADVERTISER),
    "ANALYZE": _plain(Level.ANALYST),
    "PROFILE_PLUS_ANALYZE": _plain(Level.ANALYST),
    "VIEW_MONETIZATION_INSIGHTS": _plain(Level.ANALYST),
    "PROFILE_PLUS_REVENUE": _plain(Level.ANALYST),
}
"""Tasks on Pages and Instagram accounts; CASHIER_ROLE is left out, nothing says what it may do."""

_PORTFOLIO_ROLES: dict[str, Power] = {
    "ADMIN": Power(Level.ADMIN, can_message=False, can_grant=True),
    "MANAGE": Power(Level.MANAGER, can_message=False, can_grant=None),
    "FINANCE_EDITOR": _plain(Level.MANAGER),
    "FINANCE_EDIT": _plain(Level.MANAGER),
    "FINANCE_ANALYST": _plain(Level.ANALYST),
    "FINANCE_VIEW": _plain(Level.ANALYST),
    "EMPLOYEE": _plain(Level.VIEWER),
    "DEFAULT": _plain(Level.VIEWER),
}
"""Roles in the portfolio itself, which has no inbox: what its people reach are grants on the Pages."""

MESSAGE_FIELDS = frozenset(
    (
        "messages",
        "message_deliveries",
        "message_echoes",
        "message_edits",
        "message_mention",
        "message_reactions",
        "message_reads",
        "messaging_handovers",
        "messaging_optins",
        "messaging_postbacks",
        "messaging_referrals",
        "standby",
        "conversations",
        "inbox_labels",
    )
)
"""Webhook fields that carry direct messages, or that messages were sent or read."""

_ON_WORDS = frozenset(
    ("on", "enabled", "active", "activated", "true", "yes", "setup", "configured", "twofactorenabled")
)
_OFF_WORDS = frozenset(
    (
        "off",
        "disabled",
        "inactive",
        "false",
        "no",
        "notenabled",
        "notset",
        "notsetup",
        "notconfigured",
        "twofactordisabled",
        "twofactorauthenticationnotsetup",
    )
)
_REQUIRED: dict[str, MfaRequired] = {
    "none": MfaRequired.NONE,
    "admin_required": MfaRequired.ADMINS,
    "all_required": MfaRequired.ALL,
}


def page_power(tasks: Iterable[str] | None) -> Power:
    """Return what ``tasks`` on a Page or an Instagram account come to."""
    return _combined(tasks, _TASKS)


def portfolio_power(role: str | None, tasks: Iterable[str] | None) -> Power:
    """Return what a portfolio role, and the finer tasks Graph may list beside it, come to."""
    words = [word for word in (role, *(tasks or ())) if word]
    return _combined(words, _PORTFOLIO_ROLES)


def _combined(words: Iterable[str] | None, table: Mapping[str, Power]) -> Power:
    powers = [table.get(word.strip().upper(), _UNKNOWN) for word in words or ()]
    if not powers:
        return _UNKNOWN
    highest = max((power.level for power in powers if power.level is not None), default=None)
    some_unknown = any(power.level is None for power in powers)
    return Power(
        # The highest level there is cannot be raised by a task we do not know.
        highest if highest is Level.ADMIN or not some_unknown else None,
        _any_true([power.can_message for power in powers]),
        _any_true([power.can_grant for power in powers]),
    )


def _any_true(values: list[bool | None]) -> bool | None:
    """Three-valued OR."""
    if True in values:
        return True
    return None if None in values else False


def mfa_state(word: object, known_words: Mapping[str, bool]) -> bool | None:
    """Return what Meta's ``two_fac_status`` says, or None where it is missing or not understood.

    Meta documents it as a string without values. ``known_words`` (in lower case) go first.
    """
    if word is None:
        return None
    text = str(word).strip().casefold()
    if text in known_words:
        return known_words[text]
    letters = re.sub(r"[^a-z0-9]", "", text)
    if letters in _ON_WORDS:
        return True
    return False if letters in _OFF_WORDS else None


def mfa_required(word: object) -> MfaRequired | None:
    """Return whom the portfolio forces to use two-factor authentication, or None where not understood."""
    return _REQUIRED.get(word.strip().casefold()) if isinstance(word, str) else None


def partner_status(word: object) -> AccessStatus | None:
    """Return the standing of a partner's access; Graph lists it without a word once it stands."""
    text = str(word or "").upper()
    if text in ("", "CONFIRMED", "ACTIVE", "APPROVED"):
        return AccessStatus.ACTIVE
    if "PENDING" in text or "REQUESTED" in text:
        return AccessStatus.INVITED
    if text in ("DECLINED", "REJECTED", "REVOKED", "EXPIRED", "CANCELLED", "CANCELED", "REMOVED"):
        return AccessStatus.REMOVED
    return None


def invitation_status(word: object) -> AccessStatus:
    """Return the standing of an invitation: open unless Graph says plainly that it is not."""
    closed = partner_status(word) is AccessStatus.REMOVED
    return AccessStatus.REMOVED if closed else AccessStatus.INVITED
