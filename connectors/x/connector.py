"""The `x` connector: brand accounts, their affiliates and our own token, by X's API v2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from auditor.config import SecretRef
from auditor.errors import AuditorError
from auditor.model.estate import FactKind
from auditor.model.facts import Fact
from connectors.base import Check, CheckState, ConnectionSettings, Context, Scope, Sight
from connectors.http import checked_base_url
from connectors.x import facts, gaps, reading

if TYPE_CHECKING:
    from connectors.x.client import XClient

BEARER_HOST = "https://api.x.com"
OAUTH1_HOST = "https://api.twitter.com"
"""tweepy signs OAuth 1.0a requests for this host, so they must go there."""
MAX_ACCOUNTS = 1000

_NEVER_SEEN_AT = datetime.fromtimestamp(0, UTC)
_OAUTH1_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


def _without_at(value: object) -> object:
    return value.strip().removeprefix("@") if isinstance(value, str) else value


Handle = Annotated[str, BeforeValidator(_without_at), StringConstraints(pattern=r"^[A-Za-z0-9_]{1,15}$")]
"""An X handle; a leading @ is taken off."""


class XSettings(ConnectionSettings):
    """Settings of a connection to X."""

    connector: Literal["x"] = "x"
    accounts: tuple[Handle, ...] = Field(min_length=1, max_length=MAX_ACCOUNTS)
    bearer_token: SecretRef | None = None
    """An app-only bearer token, or an OAuth 2.0 user token."""
    consumer_key: SecretRef | None = None
    consumer_secret: SecretRef | None = None
    access_token: SecretRef | None = None
    access_token_secret: SecretRef | None = None
    base_url: str | None = None
    """Where requests go; by default api.x.com, and api.twitter.com for OAuth 1.0a."""
    affiliates: bool = True
    """Whether to list who carries the badge of a Verified Organization."""
    proxies: dict[Literal["http", "https"], str] = Field(default_factory=dict)

    @field_validator("accounts")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        first: dict[str, str] = {}
        for handle in value:
            first.setdefault(handle.casefold(), handle)
        return tuple(first.values())

    @field_validator("base_url")
    @classmethod
    def _only_a_host(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(checked_base_url(value))
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be a scheme and a host only, such as https://api.x.com")
        return value

    @field_validator("proxies")
    @classmethod
    def _no_password(cls, value: dict[str, str]) -> dict[str, str]:
        if any("@" in proxy for proxy in value.values()):
            raise ValueError("a secret must not stand in this file; use a proxy that needs no password")
        return value

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        given = [getattr(self, key) is not None for key in _OAUTH1_KEYS]
        if self.bearer_token is None and not all(given):
            raise ValueError(
                f"bearer_token is missing (or, for OAuth 1.0a, all of {', '.join(_OAUTH1_KEYS)})"
            )
        if self.bearer_token is not None and any(given):
            raise ValueError(
                "bearer_token and the keys of OAuth 1.0a exclude each other; make two connections"
            )
        return self

    @property
    def is_oauth1(self) -> bool:
        """Whether requests are signed with OAuth 1.0a."""
        return self.bearer_token is None

    @property
    def host(self) -> str:
        """Scheme and authority requests go to."""
        return self.base_url or (OAUTH1_HOST if self.is_oauth1 else BEARER_HOST)


class XConnector:
    """Reads brand accounts on X. See docs/connectors/x.md for what X shows and what it does not."""

    name: ClassVar[str] = "x"
    summary: ClassVar[str] = "X accounts, their affiliates and the token in use, by X's API"
    platforms: ClassVar[tuple[str, ...]] = (facts.PLATFORM,)
    settings_model: ClassVar[type[ConnectionSettings]] = XSettings
    scopes: ClassVar[tuple[Scope, ...]] = (
        Scope("users.read", "look the accounts up"),
        Scope("tweet.read", "X demands it beside users.read; no post is read"),
        Scope("users.email", "see the e-mail address of the token's own account", required=False),
    )
    kept_fields: ClassVar[Mapping[str, frozenset[str]]] = facts.KEPT_FIELDS
    sees: ClassVar[tuple[Sight, ...]] = (
        Sight(FactKind.ACCOUNTS, can=True),
        Sight(FactKind.TOKENS, can=True, remedy="Only the token in use; the data archive lists the others."),
        Sight(FactKind.GRANTS, can=False, remedy=gaps.DELEGATES_REMEDY),
        Sight(FactKind.PRINCIPALS, can=False, remedy=gaps.DELEGATES_REMEDY),
        Sight(FactKind.RECOVERY, can=False, remedy=gaps.ARCHIVE_REMEDY),
        *(Sight(fact, can=False, remedy=hidden.remedy) for fact, hidden in gaps.NEVER_SHOWN.items()),
    )
    reads_estate: ClassVar[bool] = False

    def roots(self, settings: XSettings) -> tuple[Fact, ...]:
        """Return the accounts named, by handle."""
        return tuple(
            facts.account_by_handle(handle, source=settings.id, at=_NEVER_SEEN_AT)
            for handle in settings.accounts
        )

    def check(self, settings: XSettings, context: Context) -> Iterator[Check]:
        """Yield what doctor should say, by one call to users/me and one to users/by."""
        try:
            with _connect(settings, context) as client:
                bearer = reading.identify(client)
                yield _check_bearer(settings, bearer)
                yield from _check_accounts(settings, client)
                yield _check_access(settings, client.access_level)
        except AuditorError as error:
            yield Check(CheckState.BAD, settings.id, error.message, error.remedy)
            return
        yield from _check_sight(settings)

    def collect(self, settings: XSettings, context: Context) -> Iterator[Fact]:
        """Yield accounts, affiliates, the token, and coverage of what X does not show.

        Raises:
            ConnectorError: the token is not valid, or not one account could be read.
            SecretUnavailable: a secret reference cannot be resolved.

        """
        with _connect(settings, context) as client:
            yield from reading.Reading(
                settings,
                settings.accounts,
                with_affiliates=settings.affiliates,
                is_oauth1=settings.is_oauth1,
                context=context,
                client=client,
            ).facts()


def _connect(settings: XSettings, context: Context) -> XClient:
    from connectors.x.client import Credentials, XClient

    def value(reference: str | None) -> str | None:
        return None if reference is None else context.secret(reference).strip()

    credentials = Credentials(
        bearer_token=value(settings.bearer_token),
        **{key: value(getattr(settings, key)) for key in _OAUTH1_KEYS},
    )
    return XClient(
        credentials,
        settings.host,
        clock=context.clock,
        sleep=context.sleep,
        progress=context.progress,
        proxies={str(scheme): proxy for scheme, proxy in settings.proxies.items()},
    )


def _check_bearer(settings: XSettings, bearer: gaps.Bearer) -> Check:
    if bearer.failure is not None:
        message = f"whom the token belongs to is not known: {bearer.failure.message}"
        return Check(CheckState.WARNING, settings.id, message, bearer.failure.remedy)
    if bearer.handle is None:
        return Check(CheckState.GOOD, settings.id, "the token is an app-only bearer token.")
    if bearer.is_named_in(settings.accounts):
        message = f"the token is valid and belongs to @{bearer.handle}."
        return Check(CheckState.GOOD, settings.id, message)
    return Check(
        CheckState.WARNING,
        settings.id,
        f"the token is valid but belongs to @{bearer.handle}, which accounts: does not name.",
        "Use a token of one of the accounts named, or add it to accounts:.",
    )


def _check_accounts(settings: XSettings, client: XClient) -> Iterator[Check]:
    handles = settings.accounts[: reading.HANDLES_A_CALL]
    answer = client.users(handles, facts.USER_FIELDS)
    found = {str(user.get("username", "")).casefold() for user in answer.users}
    for handle in handles:
        if handle.casefold() in found:
            continue
        problem = next((problem for problem in answer.problems if problem.concerns(handle)), None)
        if problem is None:
            yield Check(CheckState.BAD, settings.id, f"X's answer says nothing of @{handle}.")
        else:
            _published, gap = gaps.absence(handle, problem)
            yield Check(CheckState.BAD, settings.id, gap.reason, gap.remedy)
    shown = sum(handle.casefold() in found for handle in handles)
    state = CheckState.GOOD if shown == len(handles) else CheckState.WARNING
    yield Check(state, settings.id, f"X shows {shown} of {len(handles)} accounts.")
    if client.dropped_fields:
        lost = ", ".join(sorted(client.dropped_fields))
        yield Check(CheckState.WARNING, settings.id, f"X does not serve to this token: {lost}.")


def _check_access(settings: XSettings, level: str | None) -> Check:
    if level is None:
        return Check(
            CheckState.WARNING,
            settings.id,
            "X does not tell the token's access level.",
            "Look at the app's permissions in X's developer console: it needs 'Read' only.",
        )
    if level == "read":
        return Check(CheckState.GOOD, settings.id, "the token can only read.")
    return Check(
        CheckState.WARNING,
        settings.id,
        f"the token's access level is {level}; this tool needs read.",
        "Set the app to 'Read' in X's developer console, then make the token anew.",
    )


def _check_sight(settings: XSettings) -> Iterator[Check]:
    """Say what this connection will not show, once a remedy."""
    by_remedy: dict[str, list[str]] = {}
    for sight in XConnector.sees:
        if not sight.can:
            by_remedy.setdefault(sight.remedy, []).append(sight.fact)
    for remedy, kinds in by_remedy.items():
        yield Check(CheckState.WARNING, settings.id, f"X's API does not show: {', '.join(kinds)}.", remedy)
