"""Bluesky: accounts found by name over the public AppView, and known ones by their DID.

Facts from github.com/bluesky-social/atproto, read in 2026-08 (lexicons/app/bsky/actor, packages/bsky/src):

* searchActors takes ``q``, ``limit`` (at most 100) and ``cursor``, and needs no login. The syntax of ``q`` is left
  open there and Lucene's is recommended: what has a meaning in it is taken out, so that a name is only words.
* getProfiles takes 25 actors; who is taken down, suspended, deactivated, deleted or unknown is left out of the
  answer without a word.
* getProfile tells why by a 400: ``AccountTakedown`` (taken down or suspended), ``AccountDeactivated`` (by its owner,
  who may come back), or ``InvalidRequest`` with the message "Profile not found" (deleted or unknown). The lexicon
  lists no errors, so any other answer says nothing. It serves some profiles that getProfiles hides; what one
  hides and the other shows is taken for neither.
* limits: ``RateLimit-Reset`` is a Unix time (packages/xrpc-server).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from auditor.model.impersonation import AccountStatus, Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState
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
)
from connectors.candidates.web import Web
from connectors.http import checked_base_url

PAGE, A_CALL = 100, 25
PLATFORM = "bluesky"
KEPT = frozenset(
    {"did", "handle", "displayName", "description", "website", "pronouns", "avatar", "banner", "followersCount",
     "followsCount", "postsCount", "createdAt", "indexedAt", "labels", "verification", "error", "message"}
)  # fmt: skip
"""Fields of a profile, or of a refusal, that evidence keeps."""
_XRPC = "/xrpc/app.bsky.actor."
_DID = re.compile(r"did:[a-z]{1,32}:[A-Za-z0-9._:%-]{0,2000}[A-Za-z0-9._-]")
_LUCENE = re.compile(r'[-+&|!(){}\[\]^"~*?:\\/]+')


class BlueskySettings(SourceSettings):
    """Settings of the source ``bluesky``."""

    source: Literal["bluesky"] = "bluesky"
    base_url: str = "https://public.api.bsky.app"
    pages: int = Field(default=1, ge=1, le=20)
    """Pages of 100 read of each search."""

    @field_validator("base_url")
    @classmethod
    def _is_sendable(cls, value: str) -> str:
        return checked_base_url(value)


class Bluesky(Source[BlueskySettings]):
    """Looks for candidates on Bluesky."""

    def check(self) -> Iterator[Check]:
        """Yield whether the AppView lets itself be searched."""
        web = self._web()
        try:
            records(web.get(f"{_XRPC}searchActors", {"q": "auditor", "limit": 1}).body, "actors")
        finally:
            web.close()
        yield Check(CheckState.GOOD, "reach", "the AppView lets accounts be searched.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield who is found under each name."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what known accounts are now."""
        # One that is no DID, as a list may hold, would have the whole call refused.
        dids = [did for platform, did in accounts if platform == PLATFORM and _DID.fullmatch(did)]
        yield from self._tally.guarded(self._again(dids))

    def report(self) -> SourceReport:
        """Return what came of it."""
        most = PAGE * self._settings.pages
        return self._tally.report(
            (f"more than {most:,} accounts of one name", "follower counts before a case")
        )

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        try:
            for query in _words(protected):
                self._tally.ask("names")
                yield from self._pages(web, query)
        finally:
            web.close()

    def _pages(self, web: Web, query: str) -> Iterator[Sequence[Candidate]]:
        params: dict[str, str | int] = {"q": query, "limit": PAGE}
        for _page in range(self._settings.pages):
            body = web.get(f"{_XRPC}searchActors", params).body
            yield self._told(records(body, "actors"), "searchActors")
            cursor = text(body, "cursor") if isinstance(body, Mapping) else ""
            if not cursor or cursor == params.get("cursor"):
                return
            params["cursor"] = cursor

    def _again(self, dids: Sequence[str]) -> Iterator[Sequence[Candidate]]:
        web = self._web()
        try:
            for start in range(0, len(dids), A_CALL):
                asked = dids[start : start + A_CALL]
                body = web.get(f"{_XRPC}getProfiles", {"actors": asked}).body
                self._tally.ask("accounts with a case", len(asked))
                found = self._told(records(body, "profiles"), "getProfiles")
                yield found
                there = {one.id for one in found}
                for did in asked:
                    if did not in there:
                        yield self._missing(web, did)
        finally:
            web.close()

    def _missing(self, web: Web, did: str) -> tuple[Candidate, ...]:
        """Return what the AppView says of an account it left out; nothing where it does not say."""
        answer = web.get(f"{_XRPC}getProfile", {"actor": did}, expected=(400,))
        body = answer.body if answer.status == 400 and isinstance(answer.body, Mapping) else {}
        kind = text(body, "error")
        if kind == "AccountTakedown":
            status = AccountStatus.SUSPENDED
        elif kind == "AccountDeactivated" or text(body, "message") == "Profile not found":
            status = AccountStatus.GONE
        else:
            return ()
        now = self._context.clock()
        told = said(self.id, f"{_XRPC}getProfile", body, KEPT, now)
        return (
            Candidate(platform=PLATFORM, id=did, status=status, source=self.id, observed_at=now, told=told),
        )

    def _told(self, listed: Sequence[Mapping[str, object]], method: str) -> tuple[Candidate, ...]:
        now = self._context.clock()
        found = (candidate_of(one, self.id, now, _XRPC + method) for one in listed)
        return tuple(one for one in found if one is not None)

    def _web(self) -> Web:
        return Web(self._settings.base_url, self._context, token=None, before=self._count)

    def _count(self) -> None:
        if not self._tally.may_ask():
            raise Stopped(self._tally.reason, remedy=self._tally.remedy)


def _words(protected: Sequence[ProtectedProfile]) -> Iterator[str]:
    """Yield what is searched for, without what a search engine takes for an operator; each once."""
    plain = (" ".join(_LUCENE.sub(" ", query).split()) for query in queries.queries(protected))
    return iter(dict.fromkeys(query for query in plain if len(query) >= queries.SHORTEST))


def candidate_of(record: Mapping[str, object], source: str, at: datetime, asked: str) -> Candidate | None:
    """Return the account a profile view tells of; None where it has no DID or handle."""
    did, handle = text(record, "did"), text(record, "handle")
    if not (did.startswith("did:") and handle):
        return None
    verification, website = record.get("verification"), text(record, "website")
    verified = isinstance(verification, Mapping) and verification.get("verifiedStatus") == "valid"
    return Candidate(
        platform=PLATFORM,
        id=did,
        handle=handle,
        name=text(record, "displayName"),
        bio=text(record, "description"),
        url=f"https://bsky.app/profile/{did}",
        links=(website,) if website else (),
        created_at=instant(record, "createdAt"),
        followers=count(record, "followersCount"),
        following=count(record, "followsCount"),
        posts=count(record, "postsCount"),
        verified_type="verified" if verified else "",
        avatar_url=text(record, "avatar"),
        source=source,
        observed_at=at,
        # A profile view leaves out what is empty.
        blank=blank(bio=record.get("description", "")),
        told=said(source, asked, record, KEPT, at),
    )
