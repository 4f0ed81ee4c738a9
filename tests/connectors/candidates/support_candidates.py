"""A Mastodon server and a Bluesky AppView on loopback, and what is protected from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from auditor.demo.loopback import LoopbackServer, Reply, Request
from auditor.model.impersonation import Candidate, ProtectedProfile

HEALTH = ProtectedProfile(
    key="RiversideHealth", name="Riverside Health", handle="RiversideHealth", platform="x"
)
HOSTILE = "<script>alert(1)</script> =HYPERLINK(1) \u202eevil"


def flat(batches: Iterator[Sequence[Candidate]]) -> dict[str, Candidate]:
    """Return every candidate of ``batches`` by its id."""
    return {one.id: one for batch in batches for one in batch}


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})


@dataclass
class MastodonSandbox:
    """Answers search and accounts/:id as docs.joinmastodon.org describes them."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    suspended_of_old: set[str] = field(default_factory=set)
    """Numbers answered with 410, as until 3.3.0."""
    token: str | None = None
    lists: bool = True
    """Whether it has lists of accounts by id, as since 4.3.0."""
    unconfirmed: set[str] = field(default_factory=set)
    """Numbers that a list leaves out, and that are answered alone."""
    planned: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def add(self, number: str, acct: str, name: str, **more: Any) -> None:
        """Add an account."""
        self.accounts[number] = {
            "id": number,
            "username": acct.partition("@")[0],
            "acct": acct,
            "display_name": name,
            "note": "<p>Care &amp; more</p>",
            "url": f"https://social.example/@{acct}",
            "avatar": "https://media.example/a.png",
            "avatar_static": "https://media.example/a.png",
            "followers_count": 3,
            "following_count": 90,
            "statuses_count": 1,
            "created_at": "2026-11-01T00:00:00.000Z",
            "bot": False,
            "fields": [{"name": "Web", "value": '<a href="https://x.example">https://x.example</a>'}],
            **more,
        }

    def answer(self, request: Request) -> Reply:
        """Answer ``request``."""
        self.requests.append(request)
        if self.planned:
            return self.planned.pop(0)
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return _json(401, {"error": "This method requires an authenticated user"})
        if request.path == "/api/v2/search":
            return self._search(request)
        if request.path == "/api/v1/accounts":
            return self._list(request)
        number = request.path.removeprefix("/api/v1/accounts/")
        if number in self.suspended_of_old:
            return _json(410, {"error": "Gone"})
        if number not in self.accounts:
            return _json(404, {"error": "Record not found"})
        return _json(200, self.accounts[number])

    def _list(self, request: Request) -> Reply:
        if not self.lists:
            return Reply(404, b"<html>The page you are looking for isn't here.</html>")
        wanted = [value for name, value in request.pairs if name == "id[]"]
        if len(wanted) > 40:
            return _json(422, {"error": "Validation failed"})
        there = [number for number in wanted if number in self.accounts and number not in self.unconfirmed]
        return _json(200, [self.accounts[number] for number in reversed(there)])

    def _search(self, request: Request) -> Reply:
        wanted = request.query["q"].casefold()
        assert request.query["resolve"] == "false"
        found = [a for a in self.accounts.values() if wanted in f"{a['display_name']} {a['acct']}".casefold()]
        limit = int(request.query["limit"])
        return _json(200, {"accounts": found[:limit], "statuses": [], "hashtags": []})


@dataclass
class BlueskySandbox:
    """Answers searchActors, getProfiles and getProfile by their lexicons."""

    actors: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, tuple[str, str]] = field(default_factory=dict)
    """DID to the error and message of getProfile."""
    left_out: set[str] = field(default_factory=set)
    """DIDs that getProfiles hides and getProfile shows."""
    planned: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def add(self, did: str, handle: str, name: str) -> None:
        """Add an account."""
        self.actors[did] = {
            "did": did,
            "handle": handle,
            "displayName": name,
            "createdAt": "2026-11-01T00:00:00Z",
        }

    def answer(self, request: Request) -> Reply:
        """Answer ``request``."""
        self.requests.append(request)
        if self.planned:
            return self.planned.pop(0)
        method = request.path.removeprefix("/xrpc/app.bsky.actor.")
        if method == "searchActors":
            wanted = request.query["q"].casefold()
            found = [
                a for a in self.actors.values() if wanted in f"{a['displayName']} {a['handle']}".casefold()
            ]
            start, limit = int(request.query.get("cursor", "0")), int(request.query["limit"])
            more = {"cursor": str(start + limit)} if start + limit < len(found) else {}
            return _json(200, {"actors": found[start : start + limit], **more})
        if method == "getProfiles":
            dids = [value for name, value in request.pairs if name == "actors"]
            assert 1 <= len(dids) <= 25
            hidden = self.errors.keys() | self.left_out
            there = [self.actors[did] for did in dids if did in self.actors.keys() - hidden]
            return _json(200, {"profiles": there})
        did = request.query["actor"]
        if did in self.errors:
            error, message = self.errors[did]
            return _json(400, {"error": error, "message": message})
        return _json(200, self.actors[did])


@contextmanager
def served(sandbox: MastodonSandbox | BlueskySandbox) -> Iterator[str]:
    """Serve ``sandbox``; yield its base URL."""
    with LoopbackServer(sandbox) as server:
        yield server.base_url
