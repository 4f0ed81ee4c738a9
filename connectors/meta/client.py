"""facebook-sdk, with its gaps closed: version, proof, time limits, no leaks, one kind of error.

facebook-sdk 3.1.0 (2018, unmaintained) refuses every version Meta still serves, sends no
``appsecret_proof``, never times out, puts the token into the text of network errors, throws away
headers and subcodes, and trips over an answer whose content type is not the one it expects. Here
it makes the request; every answer is then judged from the response itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import warnings
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import requests

from auditor.errors import ConnectorError, FailureKind
from auditor.vault import redact, register
from connectors.http import GuardedAdapter, harden
from connectors.meta.errors import GraphError, bad_answer, graph_error
from connectors.meta.usage import Patience, Usage

with warnings.catch_warnings():
    # Its first, uncompiled import warns of an escape in a pattern.
    warnings.simplefilter("ignore")
    import facebook

LARGEST_BATCH = 50
_TRANSIENTS_TILL_PROBE = 3
"""Calls in a row that fail for good on a transient error before Graph itself is suspected."""

_WHAT_THE_SDK_RAISES = (
    facebook.GraphAPIError,
    requests.RequestException,
    KeyError,
    ValueError,
    RecursionError,
)


class GraphClient(facebook.GraphAPI):  # type: ignore[misc]  # facebook-sdk is untyped
    """Reads Graph with one token. Raises `ConnectorError`, `GraphError` above all, and nothing else.

    Once nothing more can be read (token dead, quota gone beyond our patience, platform down) every
    further call raises that same error without being sent.

    Attributes:
        served_versions: versions named in the answers' headers.
        calls: HTTP requests sent.

    """

    def __init__(
        self,
        access_token: str,
        *,
        app_id: str,
        app_secret: str,
        version: str,
        base_url: str,
        patience: Patience,
        timeout: float = 30.0,
    ) -> None:
        session = requests.Session()
        super().__init__(access_token=access_token, timeout=timeout, session=session)
        self.version = version
        self._app_id = app_id
        self._app_secret = app_secret
        self._patience = patience
        self._usage = Usage({})
        self._received: requests.Response | None = None
        self._gave_up: ConnectorError | None = None
        self._failed_in_a_row = 0
        self._sent_own_token = True
        self.served_versions: set[str] = set()
        self.calls = 0
        adapter = GuardedAdapter(base_url, timeout=timeout, may_post=frozenset({"/"}))
        harden(session, facebook.FACEBOOK_GRAPH_URL, adapter)
        session.hooks["response"].append(self._receive)
        for secret in (access_token, app_secret):
            register(secret)
        _hush(logging.getLogger("urllib3"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    @property
    def gave_up(self) -> ConnectorError | None:
        """Why nothing more can be read, if so."""
        return self._gave_up

    def node(self, node_id: str, *, token: str | None = None, **args: str) -> Mapping[str, Any]:
        """Return the node or the page of an edge (``id/edge``) at ``node_id``."""
        if token is not None:
            args["access_token"] = token
        answer = self.request(f"{self.version}/{node_id}", args)
        if not isinstance(answer, Mapping):
            raise bad_answer(node_id, "it is not an object")
        return answer

    def inspect_own_token(self) -> Mapping[str, Any]:
        """Return what ``debug_token`` says of our own token."""
        answer = self.debug_access_token(self.access_token, self._app_id, self._app_secret)
        data = answer.get("data") if isinstance(answer, Mapping) else None
        if not isinstance(data, Mapping):
            raise bad_answer("debug_token", "it holds no data")
        return data

    def batch(self, addresses: Sequence[str]) -> list[Mapping[str, Any] | None]:
        """Return the parts' answers to at most 50 GETs, in order; None where Graph left one out.

        Addresses are relative, without version: ``id/edge?args``.
        """
        members = [{"method": "GET", "relative_url": f"{self.version}/{address}"} for address in addresses]
        answer = self.request("", post_args={"batch": json.dumps(members)})
        if not isinstance(answer, list) or len(answer) != len(addresses):
            raise bad_answer("a batch", "it has not one part for each call")
        for part in answer:
            self._note_version(_part_headers(part))
        return [part if isinstance(part, Mapping) else None for part in answer]

    def proof(self, token: str) -> str:
        """Return the ``appsecret_proof`` of ``token``."""
        return hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: object = None,
        method: str | None = None,
    ) -> Any:
        """Send one GET, or one batch of GETs, and return its JSON; every method of the SDK ends here.

        Raises:
            ConnectorError: see the class.

        """
        self._refuse_writes(path, post_args, files, method)
        attempt = 1
        while True:
            if self._gave_up is not None:
                raise self._gave_up
            try:
                answer = self._once(path, args, post_args)
            except ConnectorError as error:
                self._wait_or_raise(error, attempt)
                attempt += 1
            else:
                self._failed_in_a_row = 0
                self._slow_down()
                return answer

    def _once(self, path: str, args: Mapping[str, Any] | None, post_args: Mapping[str, Any] | None) -> Any:
        place = path.partition("/")[2] or "a batch"
        sent = dict(post_args if post_args is not None else args or {})
        token = str(sent.get("access_token", self.access_token))
        sent["appsecret_proof"] = self.proof(token)
        self._sent_own_token = token == self.access_token
        self._received = None
        self.calls += 1
        try:
            if post_args is None:
                super().request(path, sent)
            else:
                # Without a token here: the SDK then adds ours to the body, else it puts it in the address.
                super().request(path, {}, post_args=sent)
        except _WHAT_THE_SDK_RAISES as error:
            # What the SDK made of an answer does not matter: it is judged below.
            if self._received is None:
                raise _unreachable(place, error) from None
        return self._understand(place, self._received)

    def _understand(self, place: str, response: requests.Response | None) -> Any:
        if response is None:
            raise bad_answer(place, "there is none", transient=True)
        self._usage = Usage(response.headers)
        try:
            answer = json.loads(response.content)
        except (ValueError, RecursionError):
            why = f"HTTP {response.status_code} with a body that is not JSON"
            raise bad_answer(
                place, why, transient=response.status_code in (200, 429, 500, 502, 503, 504)
            ) from None
        if place != "a batch":
            self._note_version(response.headers)
        problem = answer.get("error") if isinstance(answer, Mapping) else None
        if isinstance(problem, Mapping):
            raise graph_error(problem, place, response.status_code)
        if response.status_code >= 400 or problem:
            why = f"HTTP {response.status_code} without a reason"
            raise bad_answer(place, why, transient=response.status_code >= 500)
        return answer

    def _wait_or_raise(self, error: ConnectorError, attempt: int) -> None:
        pause = self._patience.pause_after(error, attempt, self._usage)
        if pause is not None and self._patience.wait(pause):
            return
        token_is_dead = isinstance(error, GraphError) and error.stops and self._sent_own_token
        if token_is_dead or error.kind is FailureKind.RATE_LIMITED:
            self._gave_up = error
        if error.kind is FailureKind.TRANSIENT and self._is_down():
            self._gave_up = error
        raise error

    def _is_down(self) -> bool:
        """Tell Graph being down from one list being broken: after a few failures in a row, ask it for
        the least there is.
        """
        self._failed_in_a_row += 1
        if self._failed_in_a_row < _TRANSIENTS_TILL_PROBE:
            return False
        try:
            self._once(f"{self.version}/me", {"fields": "id"}, None)
        except ConnectorError:
            return True
        self._failed_in_a_row = 0
        return False

    def _slow_down(self) -> None:
        if not self._patience.wait(self._usage.pause) and self._usage.is_throttled:
            self._gave_up = ConnectorError(
                "Graph's quota for this app is used up, and waiting for it would take too long.",
                kind=FailureKind.RATE_LIMITED,
                remedy="Run again in an hour, or less often; see the app's usage in the Dashboard.",
            )

    def _receive(self, response: requests.Response, **_: object) -> None:
        self._received = response

    def _note_version(self, headers: Mapping[str, str]) -> None:
        served = headers.get("facebook-api-version")
        if served:
            self.served_versions.add(redact(served)[:12])

    def _refuse_writes(
        self, path: str, post_args: Mapping[str, Any] | None, files: object, method: str | None
    ) -> None:
        members = json.loads(post_args["batch"]) if post_args and set(post_args) == {"batch"} else []
        is_batch = path == "" and bool(members) and all(set(m) <= {"method", "relative_url"} for m in members)
        reads = is_batch and len(members) <= LARGEST_BATCH and all(m["method"] == "GET" for m in members)
        if files or method not in (None, "GET") or (post_args is not None and not reads):
            raise ConnectorError(
                f"refused to send a write to {path or 'Graph'}: this tool only reads.",
                kind=FailureKind.BAD_INPUT,
            )


def _part_headers(part: object) -> Mapping[str, str]:
    rows = part.get("headers") if isinstance(part, Mapping) else None
    return {
        str(row.get("name")).lower(): str(row.get("value"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping)
    }


def _unreachable(place: str, error: Exception) -> ConnectorError:
    return ConnectorError(
        f"Graph could not be reached for {place}: {type(error).__name__}.",
        kind=FailureKind.TRANSIENT,
        remedy="Check the network and any proxy in between, then run again.",
    )


def _hush(logger: logging.Logger) -> None:
    """Keep urllib3 from writing addresses, and the token in them, to a debug log."""
    logger.setLevel(max(logger.level, logging.INFO))
