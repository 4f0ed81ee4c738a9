"""tweepy, with its gaps closed: one host, time limits, no leaks, no endless waits, one kind of error.

tweepy 4.17 has a fixed host, no time limit, prints the token at DEBUG, lets ~/.netrc replace it,
waits for ever on a 429 without a reset, and lets five kinds of foreign exception escape. Here every
answer is judged from the raw response, whatever tweepy made of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import requests
import tweepy

from auditor.errors import ConnectorError, FailureKind
from connectors.http import GuardedAdapter, backoff, harden, with_retries
from connectors.x.hush import hush_libraries
from connectors.x.problems import Problem, XFailure, failure_of, read_problems

AFFILIATES_A_PAGE = 1000
LONGEST_WAIT_SECONDS = 960.0
"""A rate-limit window of X and a minute; a daily bucket is not waited for."""
ATTEMPTS = 4

_TWEEPY_HOST = "https://api.twitter.com"
_SENDABLE = re.compile(r"[\x21-\x7e]+")
_ACCESS_LEVEL = re.compile(r"[a-z]+(?:-[a-z]+){0,5}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Either a bearer token (app-only or OAuth 2.0 user) or the four keys of OAuth 1.0a."""

    bearer_token: str | None = field(default=None, repr=False)
    consumer_key: str | None = field(default=None, repr=False)
    consumer_secret: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    access_token_secret: str | None = field(default=None, repr=False)

    @property
    def is_oauth1(self) -> bool:
        """Whether requests are signed with OAuth 1.0a."""
        return self.bearer_token is None

    def check_sendable(self) -> None:
        """Refuse a value that cannot stand in a header, before a library quotes it in its error.

        Raises:
            ConnectorError: one of them holds blanks, line ends or characters that are not ASCII.

        """
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and not _SENDABLE.fullmatch(value):
                raise ConnectorError(
                    f"the secret under {name} is not a token: it holds blanks or unusual characters.",
                    kind=FailureKind.AUTH_INVALID,
                    remedy="Store it again with 'auditor secrets set', the token alone.",
                )


@dataclass(frozen=True, slots=True)
class Answer:
    """A usable answer: user records, what X says it left out, and paging."""

    users: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...]
    raw_problems: tuple[Mapping[str, Any], ...]
    """The same as X wrote them, in the same order, for evidence."""
    next_token: str | None = None
    count: int | None = None
    """How many records X says the page holds."""


class XClient:
    """Reads users and affiliates. Raises `XFailure` or `ConnectorError`, and nothing else of its own.

    Args:
        before: called before each request, a repeated one too; what it raises is let through.

    Attributes:
        dropped_fields: ``user.fields`` values X refused; they are not asked for again.
        access_level: the ``x-access-level`` header of the first answer that had it.

    """

    def __init__(
        self,
        credentials: Credentials,
        base_url: str,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        progress: Callable[[str], None] = lambda _text: None,
        proxies: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        credentials.check_sendable()
        hush_libraries()
        self._clock = clock
        self._sleep = sleep
        self._progress = progress
        self._before = before
        self._signed = credentials.is_oauth1
        self._received: requests.Response | None = None
        self._tweepy = tweepy.Client(
            bearer_token=credentials.bearer_token,
            consumer_key=credentials.consumer_key,
            consumer_secret=credentials.consumer_secret,
            access_token=credentials.access_token,
            access_token_secret=credentials.access_token_secret,
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        self._session: requests.Session = self._tweepy.session
        harden(self._session, _TWEEPY_HOST, GuardedAdapter(base_url, timeout=timeout), proxies)
        self._session.hooks["response"].append(self._remember)
        self.dropped_fields: set[str] = set()
        self.access_level: str | None = None

    def me(self, fields: Sequence[str]) -> Answer:
        """Return the user the token belongs to."""
        return self._read(
            "/2/users/me",
            lambda asked: self._tweepy.get_me(user_fields=asked or None, user_auth=self._signed),
            fields,
        )

    def users(self, handles: Sequence[str], fields: Sequence[str]) -> Answer:
        """Return the users of these handles, at most 100, each a valid handle."""
        return self._read(
            "/2/users/by",
            lambda asked: self._tweepy.get_users(
                usernames=list(handles), user_fields=asked or None, user_auth=self._signed
            ),
            fields,
        )

    def users_by_id(self, ids: Sequence[str], fields: Sequence[str]) -> Answer:
        """Return the users with these ids, at most 100, whatever they are called by now."""
        return self._read(
            "/2/users",
            lambda asked: self._tweepy.get_users(
                ids=list(ids), user_fields=asked or None, user_auth=self._signed
            ),
            fields,
        )

    def search(self, query: str, fields: Sequence[str], size: int, page_token: str | None = None) -> Answer:
        """Return a page of at most ``size`` users found by name; a user's token is needed.

        tweepy has no method for it, and its paging parameter is next_token.
        """
        path = "/2/users/search"

        def ask(asked: list[str]) -> Any:
            params: dict[str, str | int] = {"query": query, "max_results": size}
            if asked:
                params["user.fields"] = ",".join(asked)
            if page_token is not None:
                params["next_token"] = page_token
            return self._tweepy.request("GET", path, params=params, user_auth=self._signed)

        return self._read(path, ask, fields)

    def affiliates(self, user_id: str, fields: Sequence[str], page_token: str | None = None) -> Answer:
        """Return a page of the accounts that carry the badge of the organisation ``user_id``."""
        path = f"/2/users/{user_id}/affiliates"

        def ask(asked: list[str]) -> Any:
            params: dict[str, str | int] = {"max_results": AFFILIATES_A_PAGE}
            if asked:
                params["user.fields"] = ",".join(asked)
            if page_token is not None:
                params["pagination_token"] = page_token
            return self._tweepy.request("GET", path, params=params, user_auth=self._signed)

        return self._read(path, ask, fields)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, path: str, ask: Callable[[list[str]], Any], fields: Sequence[str]) -> Answer:
        # Ends: each turn but the last takes at least one name off the list.
        while True:
            asked = [name for name in fields if name not in self.dropped_fields]
            try:
                body = with_retries(
                    lambda asked=asked: self._once(path, lambda: ask(asked)),  # type: ignore[misc] # bound on purpose
                    wait_for=self._wait_for,
                    sleep=self._wait,
                    attempts=ATTEMPTS,
                    budget_seconds=LONGEST_WAIT_SECONDS * 1.2,
                )
            except XFailure as failure:
                refused = failure.refused_fields(asked)
                if not refused:
                    raise
                self.dropped_fields |= refused
            else:
                return _answer(body, path)

    def _once(self, path: str, call: Callable[[], Any]) -> dict[str, Any]:
        """Make one request; return the body of a usable answer."""
        self._before()
        failure = self._send(path, call)
        response = self._received
        if response is None:
            raise failure or XFailure(f"X did not answer {path}.", kind=FailureKind.TRANSIENT)
        body = _decode(response.content)
        if not 200 <= response.status_code < 300:
            raise failure_of(response.status_code, response.headers, body, path)
        self._note_access_level(response)
        if failure is not None:
            raise failure
        if not isinstance(body, dict):
            raise XFailure(
                f"X answered {path} with {response.status_code} and no JSON object.",
                kind=FailureKind.BAD_RESPONSE,
                remedy="Check base_url and proxies: the answer does not look like X's.",
            )
        return body

    def _send(self, path: str, call: Callable[[], Any]) -> XFailure | None:
        """Let tweepy make one request; return what went wrong, in our words.

        What tweepy made of an answer does not matter: `_remember` keeps the answer itself.
        """
        self._received = None
        try:
            call()
        except ConnectorError as error:
            return XFailure(error.message, kind=error.kind, remedy=error.remedy)
        except requests.RequestException as error:
            return _transport_failure(error, path)
        except (
            tweepy.TweepyException,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            return XFailure(
                f"X's answer to {path} could not be read ({type(error).__name__}).",
                kind=FailureKind.BAD_RESPONSE,
            )
        return None

    def _remember(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self._received = response

    def _note_access_level(self, response: requests.Response) -> None:
        value = response.headers.get("x-access-level", "").strip().casefold()
        if self.access_level is None and _ACCESS_LEVEL.fullmatch(value):
            self.access_level = value

    def _wait_for(self, error: Exception, attempt: int) -> float | None:
        if not isinstance(error, XFailure):
            return None
        if error.kind is FailureKind.TRANSIENT:
            return backoff(attempt)
        if error.kind is not FailureKind.RATE_LIMITED:
            return None
        if error.resets_at is None:
            return backoff(attempt, base=15.0)
        seconds = (error.resets_at - self._clock()).total_seconds() + 1.0
        return None if seconds > LONGEST_WAIT_SECONDS else max(seconds, backoff(attempt))

    def _wait(self, seconds: float) -> None:
        if seconds >= 5:
            self._progress(f"X asks to wait; going on in {seconds:.0f} s")
        self._sleep(seconds)


def _transport_failure(error: requests.RequestException, path: str) -> XFailure:
    if isinstance(error, requests.exceptions.SSLError):
        return XFailure(
            f"the TLS certificate of X's host could not be trusted when asking {path}.",
            kind=FailureKind.BAD_RESPONSE,
            remedy="Check base_url, proxies, and the machine's certificate authorities and clock.",
        )
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)):
        return XFailure(f"the request for {path} could not be built.", kind=FailureKind.BAD_INPUT)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return XFailure(f"X's answer to {path} could not be decoded.", kind=FailureKind.BAD_RESPONSE)
    return XFailure(
        f"X could not be reached for {path} ({type(error).__name__}).",
        kind=FailureKind.TRANSIENT,
        remedy="Check the network, then run it again.",
    )


def _decode(content: bytes) -> object | None:
    try:
        decoded: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return decoded


def _answer(body: Mapping[str, Any], path: str) -> Answer:
    data, errors, meta = body.get("data"), body.get("errors"), body.get("meta")
    if data is None and not errors and not isinstance(meta, Mapping):
        raise XFailure(f"X answered {path} with neither data nor a reason.", kind=FailureKind.BAD_RESPONSE)
    listed = data if isinstance(data, list) else [data] if data is not None else []
    if not all(isinstance(user, Mapping) for user in listed):
        raise XFailure(f"X answered {path} with data of an unknown shape.", kind=FailureKind.BAD_RESPONSE)
    meta = meta if isinstance(meta, Mapping) else {}
    raw = tuple(entry for entry in (errors if isinstance(errors, list) else []) if isinstance(entry, Mapping))
    token, count = meta.get("next_token"), meta.get("result_count")
    return Answer(
        users=tuple(listed),
        problems=read_problems({"errors": list(raw)}),
        raw_problems=raw,
        next_token=token if isinstance(token, str) and token else None,
        count=count if isinstance(count, int) else None,
    )
