"""What X says, as facts: user objects to accounts and affiliates, and what X never shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.model.estate import AccessStatus, GrantPath, Level
from auditor.model.facts import Account, Grant, Principal, grant_key, platform_id
from connectors.base import keep, unresolved_account_id

PLATFORM = "x"
USER_KIND, AFFILIATE_KIND, PROBLEM_KIND, TOKEN_KIND = "x.user", "x.affiliate", "x.problem", "x.token"

USER_FIELDS = (
    "created_at",
    "description",
    "profile_image_url",
    "protected",
    "public_metrics",
    "verified",
    "verified_type",
    "withheld",
)
OWN_FIELDS = (*USER_FIELDS, "confirmed_email")
AFFILIATE_FIELDS = ("created_at", "verified", "verified_type")

KEPT_FIELDS: Mapping[str, frozenset[str]] = {
    USER_KIND: frozenset({"id", "name", "username", *OWN_FIELDS}),
    # affiliate_of is ours: the id of the organisation that was asked for its affiliates.
    AFFILIATE_KIND: frozenset({"id", "name", "username", *AFFILIATE_FIELDS, "affiliate_of"}),
    PROBLEM_KIND: frozenset(
        {"detail", "field", "parameter", "resource_id", "resource_type", "section", "title", "type", "value"}
    ),
    TOKEN_KIND: frozenset({"access_level", "kind", "user_id"}),
}

ROLE_AFFILIATE = "affiliate"

_NATIVE_ID = re.compile(r"[0-9]{1,19}")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


def user_record(record: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Return the allow-listed part of a user object, each value of the expected shape only.

    None where it is no user: without a well-formed id and handle nothing can be said of it.
    """
    kept: dict[str, Any] = {}
    for key, value in keep(record, KEPT_FIELDS[kind]).items():
        if key == "public_metrics":
            followers = value.get("followers_count") if isinstance(value, Mapping) else None
            if isinstance(followers, int) and not isinstance(followers, bool) and 0 <= followers < 2**63:
                kept[key] = {"followers_count": followers}
        elif key == "withheld":
            kept[key] = {"country_codes": _country_codes(value)}
        elif isinstance(value, bool):
            kept[key] = value
        elif isinstance(value, str):
            kept[key] = storable(value)
    if not (
        _NATIVE_ID.fullmatch(str(kept.get("id", ""))) and _HANDLE.fullmatch(str(kept.get("username", "")))
    ):
        return None
    return kept


def problem_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the allow-listed texts of a problem object."""
    kept = keep(record, KEPT_FIELDS[PROBLEM_KIND])
    return {key: storable(value) for key, value in kept.items() if isinstance(value, str)}


def storable(text: str) -> str:
    """Return ``text`` without what a database or UTF-8 cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def account_of(user: Mapping[str, Any], *, source: str, at: datetime, evidence_id: str) -> Account:
    """Return the account a kept user object tells of.

    Args:
        user: as `user_record` returns it.
        source: id of the connection.
        at: when it was read.
        evidence_id: of the record.

    """
    email = confirmed_email(user)
    return Account(
        source=source,
        observed_at=at,
        evidence_id=evidence_id,
        account_id=platform_id(PLATFORM, user["id"]),
        platform=PLATFORM,
        kind="profile",
        handle=user["username"],
        name=_text(user, "name"),
        url=profile_url(user["username"]),
        verified=is_verified(user),
        published=_published(user),
        created_at=_instant(user.get("created_at")),
        followers=user.get("public_metrics", {}).get("followers_count"),
        bio=_text(user, "description"),
        avatar_url=_https(user.get("profile_image_url")),
        recovery_email=email,
        recovery_email_domain=email.rpartition("@")[2].casefold() if email else None,
    )


def account_by_handle(
    handle: str, *, source: str, at: datetime, published: bool | None = None, evidence_id: str | None = None
) -> Account:
    """Return an account of which nothing but its handle is known."""
    return Account(
        source=source,
        observed_at=at,
        evidence_id=evidence_id,
        account_id=unresolved_account_id(PLATFORM, handle),
        platform=PLATFORM,
        kind="profile",
        handle=handle,
        url=profile_url(handle),
        published=published,
    )


def affiliate_of(
    user: Mapping[str, Any], account: Account, *, source: str, at: datetime, evidence_id: str
) -> tuple[Principal, Grant]:
    """Return an account that carries the organisation's badge, as holder and grant.

    The badge opens nothing: the lowest level, no messages, no right to invite. It is kept as a
    grant because it lets its bearer speak in the organisation's name.
    """
    principal_id = platform_id(PLATFORM, user["id"])
    principal = Principal(
        source=source,
        observed_at=at,
        evidence_id=evidence_id,
        principal_id=principal_id,
        platform=PLATFORM,
        name=_text(user, "name"),
        handle=user["username"],
        created_at=_instant(user.get("created_at")),
    )
    grant = Grant(
        source=source,
        observed_at=at,
        evidence_id=evidence_id,
        grant_id=grant_key(account.account_id, principal_id, GrantPath.DIRECT),
        account_id=account.account_id,
        principal_id=principal_id,
        role=ROLE_AFFILIATE,
        level=Level.VIEWER,
        can_message=False,
        can_grant=False,
        via=GrantPath.DIRECT,
        status=AccessStatus.ACTIVE,
    )
    return principal, grant


def profile_url(handle: str) -> str:
    """Return the address of a profile."""
    return f"https://x.com/{handle}"


def is_verified(user: Mapping[str, Any]) -> bool | None:
    """Return whether X vouches for who is behind the account.

    A blue check is bought and vouches for nobody, so only the business and government marks
    count; where X does not tell the kind of mark, a mark may be either.
    """
    kind = user.get("verified_type")
    if kind in ("business", "government"):
        return True
    if kind in ("blue", "none"):
        return False
    return False if user.get("verified") is False else None


def may_have_affiliates(user: Mapping[str, Any]) -> bool:
    """Whether it may be a Verified Organization: only those have affiliates."""
    return user.get("verified_type") not in ("blue", "none")


def confirmed_email(user: Mapping[str, Any]) -> str | None:
    """Return the e-mail address X sends password resets to, where X told it."""
    value = user.get("confirmed_email")
    return value if isinstance(value, str) and _EMAIL.fullmatch(value) and len(value) <= 254 else None


def withheld_in(user: Mapping[str, Any]) -> list[str]:
    """Return the countries in which the whole account is withheld."""
    codes: list[str] = user.get("withheld", {}).get("country_codes", [])
    return codes


def _published(user: Mapping[str, Any]) -> bool | None:
    protected = user.get("protected")
    # XX and XY: withheld everywhere.
    if protected is True or {"XX", "XY"} & set(withheld_in(user)):
        return False
    return True if protected is False else None


def _country_codes(value: object) -> list[str]:
    codes = value.get("country_codes") if isinstance(value, Mapping) else None
    return [
        code
        for code in (codes if isinstance(codes, list) else [])
        if isinstance(code, str) and re.fullmatch("[A-Z]{2}", code)
    ]


def _text(user: Mapping[str, Any], key: str) -> str | None:
    value = user.get(key)
    return value if isinstance(value, str) else None


def _https(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith("https://") else None


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if instant is None or instant.tzinfo is None:
        return None
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return None
