"""From Graph's rows to apps and to the token we read with."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.model.facts import App, Token, app_key, platform_id
from connectors.meta.facts import Scribe
from connectors.meta.roles import MESSAGE_FIELDS
from connectors.meta.values import Row, instant, native_id, number, text, words

_TOKEN_KINDS = {"USER": "user", "PAGE": "page", "APP": "app", "SYSTEM_USER": "system_user"}


def portfolio_app(scribe: Scribe, row: Row, *, owned: bool, organization: str | None) -> App:
    """Return an app the portfolio owns or was given a share of."""
    app_id = platform_id("facebook", row["id"])
    publisher = text(row, "company") or _name_of(row.get("owner_business"))
    return App(
        **scribe.stamp(row, "meta.app"),
        app_key=app_key(scribe.business, app_id),
        app_id=app_id,
        account_id=scribe.business,
        name=text(row, "name"),
        publisher=publisher or (organization if owned else None),
        scopes=words(row, "permitted_tasks"),
        first_party=False,
    )


def subscribed_app(scribe: Scribe, row: Row, account_id: str, page_id: str) -> App:
    """Return an app that receives a Page's events; that it receives no messages does not
    mean that it may not read them.
    """
    app_id = platform_id("facebook", row["id"])
    events = words(row, "subscribed_fields")
    return App(
        **scribe.stamp(row, "meta.subscribed_app", page_id),
        app_key=app_key(account_id, app_id),
        app_id=app_id,
        account_id=account_id,
        name=text(row, "name"),
        scopes=events,
        can_message=True if MESSAGE_FIELDS & set(events or ()) else None,
        first_party=False,
    )


def own_token(scribe: Scribe, data: Row, needed: tuple[str, ...]) -> Token:
    """Return the token we read with; its value is in no field."""
    app_id = native_id(data.get("app_id")) or "unknown"
    holder = native_id(data.get("user_id")) or native_id(data.get("profile_id")) or "app"
    return Token(
        **scribe.stamp(data, "meta.debug_token"),
        token_id=platform_id("facebook", f"token:{app_id}:{holder}"),
        kind=_TOKEN_KINDS.get(str(data.get("type")), "unknown"),
        account_id=scribe.business,
        app_id=platform_id("facebook", app_id),
        scopes=words(data, "scopes"),
        scopes_needed=needed,
        issued_at=instant(data.get("issued_at")),
        expires_at=instant(data.get("expires_at")),
        never_expires=None if number(data, "expires_at") is None else data["expires_at"] == 0,
        data_access_expires_at=instant(data.get("data_access_expires_at")),
    )


def _name_of(record: object) -> str | None:
    return text(record, "name") if isinstance(record, Mapping) else None
