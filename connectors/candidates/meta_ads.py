"""Facebook's Ad Library: Pages that advertise with the brand's name.

Facts from Meta's reference of ``ads_archive``: ``ad_reached_countries`` is required, ``search_terms`` holds up
to 100 characters and is looked for in an ad's text, pictures and sound. Ads that reached nobody in the European
Union are there only where they are about politics or issues. Whoever the token stands for must have confirmed
identity and country, else code 10, subcode 2332002. No text of an ad is asked for, nor ``ad_snapshot_url``,
whose address holds the token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from auditor.config import SecretRef
from auditor.model.impersonation import Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState
from connectors.candidates import queries
from connectors.candidates.base import Source, said, text
from connectors.candidates.meta import Asker, MetaSourceSettings, Row, client_of, with_remedy
from connectors.meta.errors import GraphError

FIELDS = ("page_id", "page_name")
KEPT = frozenset(FIELDS)
"""Fields of an ad that evidence keeps: nothing of what it says."""
_ARCHIVE = "ads_archive"
_LONGEST_TERMS = 100
_ROWS = 100
_REMEDY = (
    "Whoever the token stands for confirms identity and country at facebook.com/ID and accepts the terms at"
    " facebook.com/ads/library/api; or take this source out."
)


class FacebookAdsSettings(MetaSourceSettings):
    """Settings of the source ``facebook_ads``."""

    source: Literal["facebook_ads"] = "facebook_ads"
    access_token: SecretRef
    """A user's, made for ``app_id``, of somebody whose identity Meta has confirmed."""
    countries: tuple[Annotated[str, Field(pattern=r"^([A-Z]{2}|ALL)$")], ...] = Field(("ALL",), min_length=1)
    """Where the ads were shown: ISO 3166 codes, or ALL."""
    ad_pages: int = Field(default=2, ge=1, le=50)
    """Pages of 100 ads read of each name."""


class FacebookAds(Source[FacebookAdsSettings]):
    """Looks for candidates among advertisers."""

    def check(self) -> Iterator[Check]:
        """Yield whether the Ad Library answers the person the token stands for."""
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            next(self._search(Asker(client, self._tally, FIELDS), "auditor"), None)
        yield Check(CheckState.GOOD, "reach", "the Ad Library may be searched.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield each Page once that advertises with one of the names."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield nothing: an ad tells who paid for it, and not what became of them."""
        return iter(())

    def report(self) -> SourceReport:
        """Return what came of it."""
        return self._tally.report(
            (
                "ads that reached nobody in the European Union, unless about politics or issues",
                f"more than {_ROWS * self._settings.ad_pages:,} ads of one name",
                "what an advertiser's Page says of itself, and whether a known one is gone",
            )
        )

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        seen: set[str] = set()
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            asker = Asker(client, self._tally, FIELDS)
            for query in queries.queries(protected):
                self._tally.ask("names")
                for rows in self._search(asker, query):
                    yield self._new(rows, seen)

    def _search(self, asker: Asker, query: str) -> Iterator[Sequence[Row]]:
        try:
            yield from asker.pages(_ARCHIVE, self._args(query), self._settings.ad_pages, ends_empty=True)
        except GraphError as error:
            raise with_remedy(error, _REMEDY) from None

    def _args(self, query: str) -> dict[str, str]:
        return {
            "search_terms": query[:_LONGEST_TERMS].strip(),
            "search_type": "KEYWORD_EXACT_PHRASE",
            "ad_reached_countries": json.dumps(self._settings.countries),
            "ad_active_status": "ALL",
            "ad_type": "ALL",
            "limit": str(_ROWS),
        }

    def _new(self, rows: Sequence[Row], seen: set[str]) -> tuple[Candidate, ...]:
        now = self._context.clock()
        told = {}
        for row in rows:
            one = candidate_of(row, self.id, now)
            if one is not None and one.id not in seen:
                told[one.id] = one
                seen.add(one.id)
        return tuple(told.values())


def candidate_of(row: Row, source: str, at: datetime) -> Candidate | None:
    """Return the Page that paid for an ad; None where it has no number."""
    number = text(row, "page_id")
    if not (number.isascii() and number.isdigit() and len(number) <= 32):
        return None
    return Candidate(
        platform="facebook",
        id=number,
        name=text(row, "page_name"),
        url=f"https://www.facebook.com/{number}",
        source=source,
        observed_at=at,
        told=said(source, _ARCHIVE, row, KEPT, at),
    )
