"""X: generated handles asked for in hundreds, a search where the token may, and known accounts by id.

Facts from X's specification 2.166 and 2.167: ``/2/users/by`` and ``/2/users`` take 100 a call and any token;
``/2/users/search`` wants a user's token and a query of ASCII alone. From docs.x.com, x-api/getting-started/pricing:
each user returned is billed once a UTC day, and a name that nobody has is no billed read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from auditor.config import SecretRef
from auditor.model.impersonation import AccountStatus, Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState, Context
from connectors.candidates import handles, queries
from connectors.candidates.base import Source, SourceSettings, Stopped, blank, count, instant, said, text
from connectors.http import checked_base_url

if TYPE_CHECKING:
    from connectors.x.client import Answer, XClient

A_CALL = 100
FIELDS = ("affiliation", "created_at", "description", "entities", "location", "parody", "profile_image_url",
          "public_metrics", "url", "verified_type")  # fmt: skip
KEPT = frozenset({*FIELDS, "id", "name", "username", "verified"})
"""Fields of a user that evidence keeps."""
KEPT_OF_PROBLEM = frozenset({"title", "detail", "type", "value", "parameter", "resource_id", "resource_type"})
_SEARCH_PAGE = 100
_NOBODY = "auditor doctor asks for nobody 5d7c1e"
_LONGEST_ID = 19
_BY, _BY_ID, _SEARCH = "/2/users/by", "/2/users", "/2/users/search"


class XUsersSettings(SourceSettings):
    """Settings of the source ``x``."""

    source: Literal["x"] = "x"
    bearer_token: SecretRef
    """App-only, or an OAuth 2.0 user token where ``search`` is on."""
    base_url: str = "https://api.x.com"
    handles: int = Field(default=5000, ge=0, le=1_000_000)
    """Generated handles asked for in a scan, at most."""
    search: bool = False
    """Whether names are searched for too."""
    search_pages: int = Field(default=1, ge=1, le=20)
    """Pages of 100 read of each search."""
    max_users: int = Field(default=500, ge=1, le=1_000_000)
    """Users that handles and search return in a scan, at most: X bills each one. Those with a case come on top."""
    price_per_user: float | None = Field(default=0.010, ge=0)
    """US dollars; X's list price since 2026-02-06. null: do not count."""

    @field_validator("base_url")
    @classmethod
    def _is_sendable(cls, value: str) -> str:
        return checked_base_url(value)


class XUsers(Source[XUsersSettings]):
    """Looks for candidates on X."""

    def __init__(self, settings: XUsersSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._billed: set[str] = set()
        self._known: set[str] = set()
        self._refused: set[str] = set()
        """Fields that X does not serve; asked for once a scan, not once a client."""

    @property
    def _shows_badges(self) -> bool:
        return "affiliation" not in self._refused

    def check(self) -> Iterator[Check]:
        """Yield whether X answers and the token may; asks only for what nobody is, which is not billed."""
        with self._client() as client:
            client.users_by_id(["0"], ())
            yield Check(CheckState.GOOD, "reach", "X answers, and the token may look users up.")
            if self._settings.search:
                client.search(_NOBODY, (), 1)
                yield Check(CheckState.GOOD, "search", "the token may search users by name.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield who holds a generated handle, then who is found by name."""
        yield from self._tally.guarded(self._handles(protected))
        if self._settings.search:
            yield from self._tally.guarded(self._search(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what known accounts of X are now; of those X does not answer for, nothing.

        They are billed too, and looked up even where ``max_users`` is reached: a case is followed.
        """
        ids = [
            number
            for platform, number in accounts
            if platform == "x" and number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID
        ]
        self._known |= set(ids)
        yield from self._tally.guarded(self._again(ids))

    def report(self) -> SourceReport:
        """Return what came of it."""
        price = self._settings.price_per_user
        blind = ["handles that are not generated", "accounts whose handle is not like ours"]
        if self._settings.search:
            blind = ["names that X's search does not rank high enough, or that are not in ASCII"]
        if not self._shows_badges:
            blind.append("who carries our badge")
        return self._tally.report(
            tuple(blind), None if price is None else round(len(self._billed) * price, 4)
        )

    def _handles(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        stream = (handle for _kind, handle in handles.handles(protected))
        wanted = islice(stream, self._settings.handles)
        with self._client() as client:
            while asked := list(islice(wanted, min(A_CALL, self._left()))):
                answer = client.users(asked, FIELDS)
                self._tally.ask("handles", len(asked))
                yield self._told(answer, _BY)
        if self._left() and next(stream, None) is not None:
            self._tally.stop(
                f"{self.id} asked for {self._settings.handles:,} handles, the most it may; there are less likely ones.",
                "Raise 'handles' of this source to ask for more.",
            )

    def _search(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        unaskable = 0
        with self._client() as client:
            for query in queries.queries(protected):
                asked = queries.for_x(query)
                unaskable += asked is None
                if asked is not None:
                    self._tally.ask("names")
                    yield from self._pages(client, asked)
        if unaskable:
            self._tally.stop(
                f"{self.id} could not search for {unaskable:,} name(s): X takes ASCII letters and digits alone.",
                "Give those names a short_name in ASCII under impersonators.names.",
            )

    def _pages(self, client: XClient, query: str) -> Iterator[Sequence[Candidate]]:
        token: str | None = None
        for _page in range(self._settings.search_pages):
            size = min(_SEARCH_PAGE, self._left())
            if not size:
                return
            answer = client.search(query, FIELDS, size, token)
            yield self._told(answer, _SEARCH)
            if answer.next_token is None or answer.next_token == token:
                return
            token = answer.next_token

    def _again(self, ids: Sequence[str]) -> Iterator[Sequence[Candidate]]:
        with self._client() as client:
            for start in range(0, len(ids), A_CALL):
                asked = ids[start : start + A_CALL]
                answer = client.users_by_id(asked, FIELDS)
                self._tally.ask("accounts with a case", len(asked))
                yield (*self._told(answer, _BY_ID), *self._missing(answer, asked))

    def _missing(self, answer: Answer, asked: Sequence[str]) -> Iterator[Candidate]:
        there = {user.get("id") for user in answer.users}
        for problem, raw in zip(answer.problems, answer.raw_problems, strict=True):
            number = next((one for one in asked if problem.concerns(one) and one not in there), None)
            if number is None or problem.is_about_a_field:
                continue
            if problem.says_suspended:
                yield self._without_look(number, AccountStatus.SUSPENDED, raw)
            elif problem.kind == "resource-not-found":
                yield self._without_look(number, AccountStatus.GONE, raw)

    def _without_look(self, number: str, status: AccountStatus, raw: Mapping[str, Any]) -> Candidate:
        now = self._context.clock()
        told = said(self.id, _BY_ID, raw, KEPT_OF_PROBLEM, now)
        return Candidate(platform="x", id=number, status=status, source=self.id, observed_at=now, told=told)

    def _left(self) -> int:
        found = len(self._billed - self._known)
        left = self._settings.max_users - found
        if left <= 0:
            self._tally.stop(
                f"{self.id} stopped at {found:,} users, the most it may be billed for in a scan.",
                "Raise max_users of this source.",
            )
        return max(0, left)

    def _told(self, answer: Answer, asked: str) -> tuple[Candidate, ...]:
        self._billed |= {str(user.get("id")) for user in answer.users}
        now = self._context.clock()
        found = (candidate_of(user, self.id, now, asked) for user in answer.users)
        return tuple(one for one in found if one is not None)

    def _client(self) -> XClient:
        from connectors.x.client import Credentials, XClient

        token = self._context.secret(self._settings.bearer_token).strip()
        client = XClient(
            Credentials(bearer_token=token),
            self._settings.base_url,
            clock=self._context.clock,
            sleep=self._context.sleep,
            progress=self._context.progress,
            before=self._count,
        )
        client.dropped_fields = self._refused
        return client

    def _count(self) -> None:
        if not self._tally.may_ask():
            raise Stopped(self._tally.reason, remedy=self._tally.remedy)


def candidate_of(user: Mapping[str, Any], source: str, at: datetime, asked: str) -> Candidate | None:
    """Return the account a user object of X tells of; None where it has no usable id and handle."""
    number, handle = text(user, "id"), text(user, "username")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID and handle):
        return None
    metrics, badge = _part(user, "public_metrics"), _part(user, "affiliation")
    owners = badge.get("user_id")
    posts = count(metrics, "post_count")
    kind, links = text(user, "verified_type"), tuple(_links(user))
    mark = "" if kind == "none" else kind
    return Candidate(
        platform="x",
        id=number,
        handle=handle,
        name=text(user, "name"),
        bio=text(user, "description"),
        url=f"https://x.com/{handle}",
        links=links,
        location=text(user, "location"),
        created_at=instant(user, "created_at"),
        followers=count(metrics, "followers_count"),
        following=count(metrics, "following_count"),
        posts=count(metrics, "tweet_count") if posts is None else posts,
        verified_type=mark,
        affiliations=tuple(
            one for one in (owners if isinstance(owners, list) else ()) if isinstance(one, str)
        ),
        parody=user["parody"] if isinstance(user.get("parody"), bool) else None,
        avatar_url=text(user, "profile_image_url"),
        source=source,
        observed_at=at,
        blank=blank(
            bio=user.get("description"),
            links=links if "url" in user else None,
            verified_type=mark if kind else None,
        ),
        told=said(source, asked, user, KEPT, at),
    )


def _links(user: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses in website and bio, as X resolves its own shortener."""
    entities = _part(user, "entities")
    for place in ("url", "description"):
        listed = _part(entities, place).get("urls")
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, Mapping):
                address = text(entry, "expanded_url") or text(entry, "url")
                if address:
                    yield address


def _part(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}
