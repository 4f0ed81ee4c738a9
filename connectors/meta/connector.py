"""Meta: a business portfolio with its Pages and Instagram accounts, through the Graph API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, field_validator

from auditor.config import SecretRef
from auditor.model.facts import Account, Fact, platform_id
from connectors.base import Check, ConnectionSettings, Context, Scope, Sight
from connectors.http import checked_base_url
from connectors.meta.coverage import SIGHTS, Ledger
from connectors.meta.edges import KEPT_FIELDS

if TYPE_CHECKING:
    from connectors.meta.client import GraphClient

NativeId = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]

_SCOPES = (
    Scope(
        "business_management", "the portfolio's people, partners and assets; Meta has no read-only variant"
    ),
    Scope("pages_show_list", "the Pages the system user was given"),
    Scope("pages_read_engagement", "a Page's name, about text and followers"),
    Scope("pages_manage_metadata", "who holds which task on a Page, and which apps receive its events"),
    Scope("instagram_basic", "names of Instagram accounts", required=False),
)


class MetaSettings(ConnectionSettings):
    """A connection to one business portfolio."""

    business_id: NativeId
    app_id: NativeId
    app_secret: SecretRef
    access_token: SecretRef
    """Of an admin system user of the portfolio, made for ``app_id``."""
    api_version: str = Field(default="v26.0", pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$")
    base_url: str = "https://graph.facebook.com"
    page_ids: tuple[NativeId, ...] = ()
    """Pages to read although the portfolio does not list them."""
    two_factor_values: dict[str, bool] = Field(default_factory=dict)
    """What Meta's words for a person's two-factor state mean, as it documents none: on or off."""
    timeout: float = Field(default=30.0, gt=0, le=600)
    """Seconds to connect, and between bytes."""
    max_wait: float = Field(default=900.0, ge=0, le=86_400)
    """Seconds one run may spend waiting for rate limits and retries."""

    @field_validator("base_url")
    @classmethod
    def _usable_base(cls, value: str) -> str:
        return checked_base_url(value)

    @field_validator("two_factor_values", mode="before")
    @classmethod
    def _on_and_off(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        meanings = {"on": True, "off": False}
        if any(meaning not in meanings for meaning in value.values() if not isinstance(meaning, bool)):
            raise ValueError("each word must be given as on or off, such as ENROLLED: on")
        return {
            str(word).strip().casefold(): meaning if isinstance(meaning, bool) else meanings[str(meaning)]
            for word, meaning in value.items()
        }


class MetaConnector:
    """Reads a business portfolio; see docs/connectors/meta.md for what Graph does not show."""

    name: ClassVar[str] = "meta"
    summary: ClassVar[str] = (
        "Facebook and Instagram: a business portfolio, its people, Pages, partners and apps"
    )
    platforms: ClassVar[tuple[str, ...]] = ("facebook", "instagram")
    settings_model: ClassVar[type[ConnectionSettings]] = MetaSettings
    scopes: ClassVar[tuple[Scope, ...]] = _SCOPES
    kept_fields: ClassVar[Mapping[str, frozenset[str]]] = KEPT_FIELDS
    sees: ClassVar[tuple[Sight, ...]] = SIGHTS
    reads_estate: ClassVar[bool] = False

    def roots(self, settings: MetaSettings) -> tuple[Fact, ...]:
        """Return the portfolio and the extra Pages named in the settings."""
        # No clock here: whoever marks them failed sets the time.
        never = datetime.fromtimestamp(0, UTC)
        portfolio = platform_id("facebook", settings.business_id)
        return (
            Account(
                source=settings.id,
                observed_at=never,
                account_id=portfolio,
                platform="facebook",
                kind="portfolio",
            ),
            *(
                Account(
                    source=settings.id,
                    observed_at=never,
                    account_id=platform_id("facebook", page_id),
                    platform="facebook",
                    kind="page",
                )
                for page_id in settings.page_ids
            ),
        )

    def check(self, settings: MetaSettings, context: Context) -> Iterator[Check]:
        """Yield what ``auditor doctor`` says, in three calls."""
        from connectors.meta.check import check_connection

        with _client(settings, context) as client:
            yield from check_connection(client, settings.business_id, self.scopes, context.clock())

    def collect(self, settings: MetaSettings, context: Context) -> Iterator[Fact]:
        """Yield the portfolio and all below it; raises `ConnectorError` where its root cannot be read."""
        from connectors.meta.facts import Scribe
        from connectors.meta.instagram import read_instagram
        from connectors.meta.pages import read_pages
        from connectors.meta.portfolio import (
            note_version,
            read_apps,
            read_own_token,
            read_partners,
            read_people,
            read_portfolio,
        )
        from connectors.meta.reading import Reader
        from connectors.meta.survey import Survey

        with _client(settings, context) as client:
            survey = Survey(
                business_id=settings.business_id,
                context=context,
                reader=Reader(client, settings.business_id),
                scribe=Scribe(settings.id, context, settings.business_id),
                ledger=Ledger(settings.id),
                two_factor_words=settings.two_factor_values,
                needed_scopes=tuple(scope.name for scope in self.scopes),
                extra_page_ids=settings.page_ids,
            )
            for step in (
                read_own_token,
                read_portfolio,
                read_people,
                read_partners,
                read_apps,
                read_pages,
                read_instagram,
            ):
                context.progress(f"{settings.id}: {(step.__doc__ or '').partition('.')[0]}")
                yield from step(survey)
            note_version(survey)
            yield from survey.ledger.rows(survey.portfolio_id, context.clock())


def _client(settings: MetaSettings, context: Context) -> GraphClient:
    from connectors.meta.client import GraphClient
    from connectors.meta.usage import Patience

    return GraphClient(
        context.secret(settings.access_token).strip(),
        app_id=settings.app_id,
        app_secret=context.secret(settings.app_secret).strip(),
        version=settings.api_version,
        base_url=settings.base_url,
        patience=Patience(context.sleep, settings.max_wait),
        timeout=settings.timeout,
    )
