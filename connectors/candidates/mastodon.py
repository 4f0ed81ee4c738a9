"""Mastodon: accounts that one server knows, found by name, and known ones by id.

Facts from docs.joinmastodon.org, methods/search (GET /api/v2/search: ``type``, ``limit`` up to 40, ``resolve``; a
token is wanted for ``resolve`` and ``offset`` only), methods/accounts (GET /api/v1/accounts/:id) and
entities/Account. ``resolve`` stays false: it would make the server reach out to others on our behalf.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from auditor.config import SecretRef
from auditor.model.impersonation import AccountStatus, Candidate, ProtectedProfile, SourceReport
from connectors.base import Context
from connectors.candidates import queries
from connectors.candidates.base import (
    SourceSettings,
    Stopped,
    Tally,
    count,
    instant,
    records,
    text,
    without_tags,
)
from connectors.candidates.web import Web
from connectors.http import checked_base_url

PAGE = 40
"""Accounts a search returns at most; without a token there is no second page."""
PLATFORM = "mastodon"


class MastodonSettings(SourceSettings):
    """Settings of the source ``mastodon``: one server each."""

    source: Literal["mastodon"] = "mastodon"
    base_url: str
    """Of the server, such as https://social.example."""
    token: SecretRef | None = None
    """With read:search and read:accounts, for servers that answer nobody else."""
    limit: int = Field(default=PAGE, ge=1, le=PAGE)

    @field_validator("base_url")
    @classmethod
    def _is_sendable(cls, value: str) -> str:
        return checked_base_url(value)


class Mastodon:
    """Looks for candidates on one Mastodon server."""

    def __init__(self, settings: MastodonSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._tally = Tally(settings.id, settings.max_requests)
        self._host = urlsplit(settings.base_url).netloc

    @property
    def id(self) -> str:
        """Its id in auditor.yaml."""
        return self._settings.id

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield who is found under each name."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what accounts known by this server are now."""
        ours = [number for platform, number in accounts if platform == PLATFORM and self._native(number)]
        yield from self._tally.guarded(self._again(ours))

    def report(self) -> SourceReport:
        """Return what came of it."""
        blind = (
            f"accounts that {self._host} has never met, and servers it blocks",
            f"more than {self._settings.limit} accounts of one name",
        )
        return self._tally.report(blind)

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        try:
            for query in queries.queries(protected):
                params = {"q": query, "type": "accounts", "limit": self._settings.limit, "resolve": "false"}
                listed = records(web.get("/api/v2/search", params).body, "accounts")
                found = (candidate_of(one, self._host, self.id, self._context.clock()) for one in listed)
                yield tuple(one for one in found if one is not None)
        finally:
            web.close()

    def _again(self, ids: Sequence[str]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        try:
            for known in ids:
                answer = web.get(f"/api/v1/accounts/{self._native(known)}", {}, expected=(404, 410))
                now = self._context.clock()
                if answer.status == 200:
                    one = candidate_of(answer.body, self._host, self.id, now)
                    yield () if one is None else (one,)
                elif isinstance(answer.body, Mapping) and "error" in answer.body:
                    gone = AccountStatus.GONE
                    yield (
                        Candidate(platform=PLATFORM, id=known, status=gone, source=self.id, observed_at=now),
                    )
        finally:
            web.close()

    def _native(self, number: str) -> str:
        """Return the server's own number in an id of ours; empty where another server gave it."""
        native, _, host = number.partition("@")
        return native if host == self._host and native.isascii() and native.isdigit() else ""

    def _web(self) -> Web:
        token = self._settings.token
        secret = self._context.secret(token) if token else None
        return Web(self._settings.base_url, self._context, token=secret, before=self._count)

    def _count(self) -> None:
        if not self._tally.may_ask():
            raise Stopped(self._tally.reason, remedy=self._tally.remedy)


def candidate_of(record: object, host: str, source: str, at: datetime) -> Candidate | None:
    """Return the account an Account entity of the server ``host`` tells of; None where it is none.

    Numbers are the server's own, so ``host`` is part of the id.
    """
    if not isinstance(record, Mapping):
        return None
    number, handle = text(record, "id"), text(record, "acct")
    if not (number.isascii() and number.isdigit() and handle):
        return None
    return Candidate(
        platform=PLATFORM,
        id=f"{number}@{host}",
        handle=handle if "@" in handle else f"{handle}@{host}",
        name=text(record, "display_name"),
        bio=without_tags(text(record, "note")),
        url=text(record, "url"),
        links=tuple(_links(record)),
        created_at=instant(record, "created_at"),
        followers=count(record, "followers_count"),
        following=count(record, "following_count"),
        posts=count(record, "statuses_count"),
        avatar_url=text(record, "avatar_static") or text(record, "avatar"),
        source=source,
        observed_at=at,
        status=AccountStatus.SUSPENDED if record.get("suspended") is True else AccountStatus.ACTIVE,
    )


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    for entry in records(record, "fields") if record.get("fields") else ():
        value = without_tags(text(entry, "value")).replace(" ", "")
        if value.startswith(("https://", "http://")):
            yield value
