"""Mastodon: accounts that one server knows, found by name, and known ones by id.

Facts from Mastodon's documentation (github.com/mastodon/documentation, content/en):

* methods/search: ``GET /api/v2/search`` takes ``type``, ``resolve`` and ``limit`` (at most 40 of a kind). Since
  4.0.0 it needs no token; without a user's token ``resolve`` and ``offset`` are refused with 401, so that there is
  no second page. With one it needs ``read:search``. ``resolve`` stays false here, token or not: it would make the
  server reach out to others on our behalf.
* methods/accounts: ``GET /api/v1/accounts`` takes ``id[]`` since 4.3.0, is public, and leaves out who is not there
  or not confirmed without a word; more than 40 at once are refused with 422 (mastodon/mastodon, pull request 27871).
  Who is left out is asked for alone, and a server that knows no such list is asked for each.
* methods/accounts: ``GET /api/v1/accounts/:id`` is public. A suspended account is served with ``suspended: true``
  since 3.3.0 and was a 410 from 2.4.0 until then; 404 is an account that the server does not have. A server in
  limited federation mode answers 401 to whoever has no token.
* entities/Account: ``acct`` has a domain for accounts of other servers alone; ``created_at`` is a day since 3.4.0.
* api/rate-limits: 300 requests in 5 minutes for an account or an address; ``X-RateLimit-Reset`` is a timestamp.

A server speaks with authority of its own accounts. One of another server that it has suspended or forgotten may
well be alive at home (moderators block accounts and whole servers), so nothing is said of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from auditor.config import SecretRef
from auditor.errors import FailureKind
from auditor.model.impersonation import AccountStatus, Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState, Context
from connectors.candidates import queries
from connectors.candidates.base import (
    Source,
    SourceSettings,
    Stopped,
    blank,
    count,
    instant,
    records,
    said,
    text,
    without_tags,
)
from connectors.candidates.web import Told, Web, WebFailure
from connectors.http import checked_base_url

PAGE = 40
"""Accounts a search returns at most; without a token there is no second page."""
A_CALL = 40
"""Accounts asked for by id at once, at most."""
PLATFORM = "mastodon"
KEPT = frozenset(
    {"id", "username", "acct", "url", "uri", "display_name", "note", "created_at", "last_status_at", "avatar",
     "avatar_static", "header", "followers_count", "following_count", "statuses_count", "fields", "bot", "group",
     "locked", "discoverable", "suspended", "limited", "moved", "error"}
)  # fmt: skip
"""Fields of an account, or of a refusal, that evidence keeps."""
_LONGEST_NUMBER = 19
_ELSEWHERE = "+"
"""Stands in an id before the server that an account of another server is at home on."""
_SEARCH, _ACCOUNTS, _ACCOUNT = "/api/v2/search", "/api/v1/accounts", "/api/v1/accounts/"
_NO_LIST = frozenset({FailureKind.BAD_RESPONSE, FailureKind.SCOPE_MISSING})
"""How a server fails that has no list of accounts by id; what else it fails by would fail one by one too."""


class MastodonSettings(SourceSettings):
    """Settings of the source ``mastodon``: one server each."""

    source: Literal["mastodon"] = "mastodon"
    base_url: str
    """Of the server, such as https://social.example."""
    token: SecretRef | None = None
    """Of a user, with read:search and read:accounts, for servers that answer nobody else."""
    limit: int = Field(default=PAGE, ge=1, le=PAGE)

    @field_validator("base_url")
    @classmethod
    def _is_sendable(cls, value: str) -> str:
        return checked_base_url(value)


class Mastodon(Source[MastodonSettings]):
    """Looks for candidates on one Mastodon server."""

    def __init__(self, settings: MastodonSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._host = urlsplit(settings.base_url).netloc
        self._unsaid = 0

    def check(self) -> Iterator[Check]:
        """Yield whether the server lets itself be searched."""
        web = self._web()
        try:
            records(web.get(_SEARCH, self._search_for("auditor", 1)).body, "accounts")
        finally:
            web.close()
        how = "with the token" if self._settings.token else "without a token"
        yield Check(CheckState.GOOD, "reach", f"{self._host} lets accounts be searched {how}.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield who is found under each name."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what accounts known by this server are now."""
        ours = [number for platform, number in accounts if platform == PLATFORM and self._native(number)]
        yield from self._tally.guarded(self._again(ours))

    def report(self) -> SourceReport:
        """Return what came of it."""
        blind = [
            f"accounts that {self._host} has never met, and servers it blocks",
            f"more than {self._settings.limit} accounts of one name",
        ]
        if self._unsaid:
            blind.append(
                f"whether {self._unsaid:,} accounts of other servers, which {self._host} shows no more, are gone"
            )
        return self._tally.report(tuple(blind))

    def _search_for(self, query: str, limit: int) -> dict[str, str | int]:
        return {"q": query, "type": "accounts", "limit": limit, "resolve": "false"}

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        try:
            for query in queries.queries(protected):
                answer = web.get(_SEARCH, self._search_for(query, self._settings.limit))
                self._tally.ask("names")
                listed = records(answer.body, "accounts")
                found = (self._told(one, _SEARCH) for one in listed)
                yield tuple(one for one in found if one is not None and self._is_certain(one))
        finally:
            web.close()

    def _again(self, ids: Sequence[str]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        lists = True
        try:
            for start in range(0, len(ids), A_CALL):
                asked = ids[start : start + A_CALL]
                listed = self._listed(web, asked) if lists and len(asked) > 1 else None
                lists = lists and (listed is not None or len(asked) == 1)
                found = [one for record in listed or () if (one := self._told(record, _ACCOUNTS))]
                there = {self._native(one.id) for one in found}
                if there:
                    self._tally.ask("accounts with a case", len(there))
                yield tuple(one for one in found if self._is_certain(one))
                for known in asked:
                    if self._native(known) not in there:
                        yield self._one(web, known)
        finally:
            web.close()

    def _listed(self, web: Web, ids: Sequence[str]) -> Sequence[object] | None:
        """Return what the server tells of several accounts at once; None where it has no such list."""
        wanted = [self._native(known) for known in ids]
        try:
            answer = web.get(_ACCOUNTS, {"id[]": wanted}, expected=(422,))
        except WebFailure as error:
            if error.kind in _NO_LIST:
                return None
            raise
        if answer.status != 200 or not isinstance(answer.body, list):
            return None
        return [one for one in answer.body if isinstance(one, Mapping) and text(one, "id") in wanted]

    def _one(self, web: Web, known: str) -> tuple[Candidate, ...]:
        """Return what the server says of one account; nothing where it does not say."""
        answer = web.get(f"{_ACCOUNT}{self._native(known)}", {}, expected=(404, 410))
        self._tally.ask("accounts with a case")
        one = None
        if answer.status == 200:
            one = self._told(answer.body, _ACCOUNT)
        elif isinstance(answer.body, Mapping) and "error" in answer.body:
            one = self._missing(known, answer)
        return (one,) if one is not None and self._is_certain(one) else ()

    def _told(self, record: object, asked: str) -> Candidate | None:
        return candidate_of(record, self._host, self.id, self._context.clock(), asked)

    def _missing(self, known: str, answer: Told) -> Candidate:
        now = self._context.clock()
        status = AccountStatus.SUSPENDED if answer.status == 410 else AccountStatus.GONE
        told = said(self.id, f"{_ACCOUNT} ({answer.status})", answer.body, KEPT, now)
        return Candidate(
            platform=PLATFORM, id=known, status=status, source=self.id, observed_at=now, told=told
        )

    def _is_certain(self, one: Candidate) -> bool:
        """Return whether it is there, or it is this server's own to say that it is not."""
        certain = one.status is AccountStatus.ACTIVE or _ELSEWHERE not in one.id
        self._unsaid += not certain
        return certain

    def _native(self, known: str) -> str:
        """Return the server's own number in an id of ours; empty where another server gave it."""
        native, _, rest = known.partition("@")
        host = rest.partition(_ELSEWHERE)[0]
        usable = native.isascii() and native.isdigit() and len(native) <= _LONGEST_NUMBER
        return native if host == self._host and usable else ""

    def _web(self) -> Web:
        token = self._settings.token
        secret = self._context.secret(token) if token else None
        return Web(self._settings.base_url, self._context, token=secret, before=self._count)

    def _count(self) -> None:
        if not self._tally.may_ask():
            raise Stopped(self._tally.reason, remedy=self._tally.remedy)


def candidate_of(record: object, host: str, source: str, at: datetime, asked: str) -> Candidate | None:
    """Return the account an Account entity of the server ``host`` tells of; None where it is none.

    Numbers are the server's own, so ``host`` is part of the id; of an account of another server its home is too.
    """
    if not isinstance(record, Mapping):
        return None
    number, handle = text(record, "id"), text(record, "acct")
    if not (number.isascii() and number.isdigit() and handle):
        return None
    home, bio, links = handle.partition("@")[2], without_tags(text(record, "note")), tuple(_links(record))
    return Candidate(
        platform=PLATFORM,
        id=f"{number}@{host}{_ELSEWHERE}{home}" if home else f"{number}@{host}",
        handle=handle if "@" in handle else f"{handle}@{host}",
        name=text(record, "display_name"),
        bio=bio,
        url=text(record, "url"),
        links=links,
        created_at=instant(record, "created_at"),
        followers=count(record, "followers_count"),
        following=count(record, "following_count"),
        posts=count(record, "statuses_count"),
        avatar_url=text(record, "avatar_static") or text(record, "avatar"),
        source=source,
        observed_at=at,
        status=AccountStatus.SUSPENDED if record.get("suspended") is True else AccountStatus.ACTIVE,
        blank=blank(
            bio=bio if "note" in record else None, links=links if record.get("fields") is not None else None
        ),
        told=said(source, asked, record, KEPT, at),
    )


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    for entry in records(record, "fields") if record.get("fields") else ():
        value = without_tags(text(entry, "value")).replace(" ", "")
        if value.startswith(("https://", "http://")):
            yield value
