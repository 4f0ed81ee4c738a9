"""Facebook: Pages found by name, and known ones by id.

Facts from Meta's "Search for a Page" (Pages API, 2026-04-17) and "Page Public Content Access": ``pages/search``
takes ``q`` and any field of a Page, from a user's token with the app's proof or from the app's own. An app that
was not granted the feature is refused with code 10, or, while in development, shown only Pages of people with a
role on it, without a word. So a Page of Meta's own is asked for as well: who may not see that one sees no stranger's.

Of a known Page that is no longer shown Graph says one thing (100/33, 803, 21): it does not exist, or may not be
seen, or was merged. Deleted, unpublished and restricted to a country are not told apart, and so nothing is made
of it; only a person can look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from auditor.config import SecretRef
from auditor.errors import ConnectorError, FailureKind
from auditor.model.impersonation import Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState, Context
from connectors.candidates import queries
from connectors.candidates.base import Source, blank, count, said, text
from connectors.candidates.meta import (
    Asker,
    MetaSourceSettings,
    Row,
    client_of,
    lacks_permission,
    with_remedy,
)
from connectors.meta.errors import GraphError

PLATFORM = "facebook"
A_PAGE_OF_META = "20531316728"
"""The Page of the Facebook app itself, public everywhere."""
FIELDS = ("id", "name", "username", "about", "website", "verification_status", "followers_count", "fan_count",
          "is_published", "picture{url,is_silhouette}")  # fmt: skip
KEPT = frozenset(one.partition("{")[0] for one in FIELDS)
"""Fields of a Page that evidence keeps."""
_SEARCH = "pages/search"
_ROWS = 50
_REMEDY = (
    "Have Meta grant the app the feature Page Public Content Access (App Review and business verification), or take"
    " this source out and bring a list as a file."
)
_NOT_SHOWN = frozenset({21, 803})


class FacebookSettings(MetaSourceSettings):
    """Settings of the source ``facebook``."""

    source: Literal["facebook"] = "facebook"
    access_token: SecretRef | None = None
    """A user's or system user's; without one the app's own is used."""
    search_pages: int = Field(default=1, ge=1, le=20)
    """Pages of 50 read of each search."""


class FacebookPages(Source[FacebookSettings]):
    """Looks for candidates among Facebook's Pages."""

    def __init__(self, settings: FacebookSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._not_shown = 0
        self._unpublished = 0

    def check(self) -> Iterator[Check]:
        """Yield whether the app may search, and is shown strangers' Pages."""
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            asker = Asker(client, self._tally, ("id",))
            next(self._search(asker, "Facebook"), None)
            self._sees_strangers(asker)
        yield Check(
            CheckState.GOOD, "reach", "the app may search Facebook's Pages, and is shown those of strangers."
        )

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield the Pages found under each name."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what known Pages are now, whatever they are called; of those not shown, nothing."""
        ids = [
            number
            for platform, number in accounts
            if platform == PLATFORM and number.isascii() and number.isdigit() and len(number) <= 32
        ]
        yield from self._tally.guarded(self._again(ids))

    def report(self) -> SourceReport:
        """Return what came of it."""
        blind = [
            f"more than {_ROWS * self._settings.search_pages:,} Pages of one name",
            "people's profiles, groups, and when a Page was made",
        ]
        if self._not_shown:
            blind.append(
                f"whether {self._not_shown:,} known Page(s) that Graph no longer shows are deleted, unpublished, merged"
                " or restricted to a country: look at them on facebook.com"
            )
        if self._unpublished:
            blind.append(f"whether {self._unpublished:,} known Page(s) that are unpublished will come back")
        return self._tally.report(tuple(blind))

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            asker = Asker(client, self._tally, FIELDS)
            seen: set[str] = set()
            for query in queries.queries(protected):
                self._tally.ask("names")
                for rows in self._search(asker, query):
                    told = [one for one in self._told(rows, _SEARCH) if one.id not in seen]
                    seen.update(one.id for one in told)
                    yield told
            self._sees_strangers(asker)

    def _search(self, asker: Asker, query: str) -> Iterator[Sequence[Row]]:
        try:
            yield from asker.pages(_SEARCH, {"q": query, "limit": str(_ROWS)}, self._settings.search_pages)
        except GraphError as error:
            raise with_remedy(error, _REMEDY) from None

    def _sees_strangers(self, asker: Asker) -> None:
        """Raise `ConnectorError` where the app turns out to be shown no Page but its own people's."""
        try:
            asker.one(A_PAGE_OF_META)
        except GraphError as error:
            if not (lacks_permission(error) or _is_not_shown(error)):
                raise
            raise ConnectorError(
                f"{self.id} may be shown only Pages of people with a role on the app: {error.message}",
                kind=FailureKind.SCOPE_MISSING,
                remedy=_REMEDY,
            ) from None

    def _again(self, ids: Sequence[str]) -> Iterator[Sequence[Candidate]]:
        refused: GraphError | None = None
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            for answers in Asker(client, self._tally, FIELDS).each(ids):
                self._tally.ask("accounts with a case", len(answers))
                rows = [said for _one, said in answers if not isinstance(said, GraphError)]
                errors = [said for _one, said in answers if isinstance(said, GraphError)]
                yield self._told(rows, "a batch")
                self._unpublished += sum(row.get("is_published") is False for row in rows)
                self._not_shown += sum(map(_is_not_shown, errors))
                refused = next((one for one in (refused, *errors) if one and not _is_not_shown(one)), None)
                if refused is not None and not lacks_permission(refused):
                    break
        if refused is not None:
            raise with_remedy(refused, _REMEDY)

    def _told(self, rows: Sequence[Row], asked: str) -> tuple[Candidate, ...]:
        now = self._context.clock()
        found = (candidate_of(row, self.id, now, asked) for row in rows)
        return tuple(one for one in found if one is not None)


def _is_not_shown(error: GraphError) -> bool:
    missing = error.code == 100 and (error.subcode == 33 or "does not exist" in error.message)
    return missing or error.code in _NOT_SHOWN


def candidate_of(row: Row, source: str, at: datetime, asked: str) -> Candidate | None:
    """Return the account a Page tells of; None where it has no number."""
    number = text(row, "id")
    if not (number.isascii() and number.isdigit() and len(number) <= 32):
        return None
    followers = count(row, "followers_count")
    verified = text(row, "verification_status")
    mark = "" if verified == "not_verified" else verified
    return Candidate(
        platform=PLATFORM,
        id=number,
        handle=text(row, "username"),
        name=text(row, "name"),
        bio=text(row, "about"),
        url=f"https://www.facebook.com/{number}",
        links=tuple(text(row, "website").split()),
        followers=count(row, "fan_count") if followers is None else followers,
        verified_type=mark,
        avatar_url=_picture(row),
        source=source,
        observed_at=at,
        blank=blank(bio=row.get("about"), links=row.get("website"), verified_type=mark if verified else None),
        told=said(source, asked, row, KEPT, at),
    )


def _picture(row: Row) -> str:
    """Return the address of the Page's picture; empty where it is the grey stand-in."""
    picture = row.get("picture")
    data = picture.get("data") if isinstance(picture, Mapping) else None
    if not isinstance(data, Mapping) or data.get("is_silhouette") is True:
        return ""
    return text(data, "url")
