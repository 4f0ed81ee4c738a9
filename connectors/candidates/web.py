"""JSON over the guarded session: read-only, patient with limits, one kind of error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from auditor.errors import ConnectorError, FailureKind
from connectors.base import Context
from connectors.http import backoff, with_retries

LONGEST_WAIT_SECONDS = 330.0
"""Five minutes, the window of Mastodon's limits, and a little."""


class WebFailure(ConnectorError):
    """The platform refused, or answered what cannot be used; ``pause`` seconds until it may be asked again."""

    def __init__(
        self, message: str, *, kind: FailureKind, remedy: str = "", pause: float | None = None
    ) -> None:
        super().__init__(message, kind=kind, remedy=remedy)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its status, and its JSON."""

    status: int
    body: Any


class Web:
    """Asks one host.

    Args:
        base_url: scheme and host.
        context: clock, sleep and session.
        token: sent as a bearer token, where there is one.
        before: called before each request is sent, to count it.

    """

    def __init__(
        self, base_url: str, context: Context, *, token: str | None, before: Callable[[], None]
    ) -> None:
        self._base = base_url.rstrip("/")
        self._context = context
        self._session = context.session(self._base)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._before = before

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, path: str, params: Mapping[str, Any], *, expected: tuple[int, ...] = ()) -> Told:
        """Return the JSON answer to a GET.

        Args:
            path: from the host on.
            params: of the query.
            expected: statuses beside 200 that are an answer and no failure, such as 404.

        Raises:
            WebFailure: refused, unreachable, limited for too long, or no JSON.

        """
        return with_retries(
            lambda: self._once(path, params, expected), wait_for=self._wait_for, sleep=self._context.sleep
        )

    def _once(self, path: str, params: Mapping[str, Any], expected: tuple[int, ...]) -> Told:
        self._before()
        try:
            answer = self._session.get(self._base + path, params=dict(params), headers=self._headers)
        except requests.RequestException as error:
            # The cause may quote headers: only its kind is told.
            raise WebFailure(
                f"{path} could not be reached ({type(error).__name__}).",
                kind=FailureKind.TRANSIENT,
                remedy="Check the network and base_url, then run it again.",
            ) from None
        if answer.status_code != 200 and answer.status_code not in expected:
            raise self._failure(answer, path)
        try:
            return Told(answer.status_code, json.loads(answer.content))
        except (ValueError, RecursionError):
            raise WebFailure(
                f"{path} answered {answer.status_code} with no JSON.",
                kind=FailureKind.BAD_RESPONSE,
                remedy="Check base_url: the answer does not look like the platform's.",
            ) from None

    def _failure(self, answer: requests.Response, path: str) -> WebFailure:
        status = answer.status_code
        said = f"{path} was refused with {status}."
        if status == 429:
            return WebFailure(
                f"{path} may not be asked more often for now (429).",
                kind=FailureKind.RATE_LIMITED,
                remedy="Run it again later, or protect fewer names.",
                pause=self._pause(answer.headers),
            )
        if status >= 500:
            return WebFailure(said, kind=FailureKind.TRANSIENT, remedy="Run it again later.")
        if status in (401, 422):
            # Mastodon answers 422 to a token that belongs to no user.
            return WebFailure(
                said, kind=FailureKind.AUTH_INVALID, remedy="Give this source a valid token of a user."
            )
        if status == 403:
            return WebFailure(
                said, kind=FailureKind.SCOPE_MISSING, remedy="Give this source a token that may search."
            )
        return WebFailure(said, kind=FailureKind.BAD_RESPONSE, remedy="Check base_url of this source.")

    def _pause(self, headers: Mapping[str, str]) -> float | None:
        """Return the seconds to wait: Retry-After, Mastodon's ISO time or Bluesky's Unix time."""
        after = headers.get("Retry-After", "")
        if after.isascii() and after.isdigit():
            return float(after[:9])
        reset = headers.get("X-RateLimit-Reset") or headers.get("RateLimit-Reset") or ""
        try:
            at = (
                datetime.fromtimestamp(int(reset[:12]), UTC)
                if reset.isdigit()
                else datetime.fromisoformat(reset)
            )
        except (ValueError, OverflowError, OSError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - self._context.clock()).total_seconds()) + 1.0

    @staticmethod
    def _wait_for(error: Exception, attempt: int) -> float | None:
        if not isinstance(error, WebFailure):
            return None
        if error.kind is FailureKind.TRANSIENT:
            return backoff(attempt)
        if error.kind is not FailureKind.RATE_LIMITED:
            return None
        pause = backoff(attempt, base=15.0) if error.pause is None else error.pause
        return None if pause > LONGEST_WAIT_SECONDS else pause
