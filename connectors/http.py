"""The one way out: HTTP with a time limit, a size limit, no redirects and no writes.

Both platform SDKs get a `GuardedAdapter` mounted on their own ``requests.Session``; everything
else uses `build_session`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

from auditor import __version__
from auditor.errors import ConnectorError, FailureKind

USER_AGENT = f"brand-account-auditor/{__version__}"
MAX_BODY_BYTES = 32 * 1024 * 1024
ResultT = TypeVar("ResultT")


class GuardedAdapter(HTTPAdapter):
    """Sends to one host only: rewrites the base, bounds time and size, refuses redirects and writes.

    Args:
        base_url: scheme and authority requests really go to, such as ``https://api.x.com`` or a
            loopback sandbox. Plain http is accepted for loopback alone.
        timeout: seconds to connect, and seconds between bytes.
        may_post: paths that may be POSTed to (a batch of reads), none by default.

    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        max_body_bytes: int = MAX_BODY_BYTES,
        may_post: frozenset[str] = frozenset(),
    ) -> None:
        self._base = urlsplit(checked_base_url(base_url))
        self._timeout = timeout
        self._max_body_bytes = max_body_bytes
        self._may_post = may_post
        super().__init__(max_retries=0)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send ``request`` to the configured base.

        Raises:
            ConnectorError: a write, a redirect, or a body over the limit.
            requests.RequestException: as the transport raises it; callers redact and wrap.

        """
        parts = urlsplit(request.url or "")
        if request.method != "GET" and not (request.method == "POST" and parts.path in self._may_post):
            raise ConnectorError(
                f"refused to send {request.method} {parts.path}: this tool only reads.",
                kind=FailureKind.BAD_INPUT,
            )
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        request.headers["User-Agent"] = USER_AGENT
        response = super().send(
            request, stream=True, timeout=timeout or self._timeout, verify=verify, cert=cert, proxies=proxies
        )
        if response.is_redirect:
            response.close()
            raise ConnectorError(
                f"{self._base.hostname} answered {parts.path} with a redirect, which is not followed.",
                kind=FailureKind.BAD_RESPONSE,
            )
        self._read_bounded(response, parts.path)
        return response

    def _read_bounded(self, response: requests.Response, path: str) -> None:
        body = bytearray()
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > self._max_body_bytes:
                response.close()
                raise ConnectorError(
                    f"{self._base.hostname} answered {path} with more than {self._max_body_bytes:,} bytes.",
                    kind=FailureKind.BAD_RESPONSE,
                )
        response._content = bytes(body)  # noqa: SLF001 - the only way to hand requests a body already read


def checked_base_url(base_url: str) -> str:
    """Return ``base_url`` if it is https, or http to loopback; ValueError otherwise."""
    parts = urlsplit(base_url)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise ValueError("must be an https:// address (http:// only on this machine)")
    return base_url


def harden(
    session: requests.Session, prefix: str, adapter: GuardedAdapter, proxies: Mapping[str, str] | None = None
) -> None:
    """Make ``session`` send only through ``adapter`` for ``prefix``, and nowhere else.

    ``trust_env`` is off: an entry in ~/.netrc would replace our token by another credential.
    """
    session.trust_env = False
    session.max_redirects = 0
    session.proxies = dict(proxies or {})
    for mounted in list(session.adapters):
        session.adapters.pop(mounted).close()
    session.mount(prefix, adapter)


def build_session(
    base_url: str, *, timeout: float = 30.0, proxies: Mapping[str, str] | None = None
) -> requests.Session:
    """Return a GET-only session for ``base_url``."""
    session = requests.Session()
    harden(session, base_url, GuardedAdapter(base_url, timeout=timeout), proxies)
    return session


def with_retries(
    call: Callable[[], ResultT],
    *,
    wait_for: Callable[[Exception, int], float | None],
    sleep: Callable[[float], None],
    attempts: int = 4,
    budget_seconds: float = 300.0,
) -> ResultT:
    """Call until it succeeds, ``wait_for`` says None, the attempts or the time budget end.

    Args:
        wait_for: the error and the attempt's number (from 1) to the seconds to wait, or None to
            give up. See `backoff`.

    """
    waited = 0.0
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except (ConnectorError, requests.RequestException) as error:
            pause = wait_for(error, attempt) if attempt < attempts else None
            if pause is None or waited + pause > budget_seconds:
                raise
            waited += pause
            sleep(pause)
    raise AssertionError("unreachable: the last attempt returns or raises")


def backoff(attempt: int, *, base: float = 1.0, cap: float = 60.0) -> float:
    """Return seconds to wait before the next attempt: exponential with full jitter."""
    return random.uniform(0.5, 1.0) * min(cap, base * 2.0 ** (attempt - 1))  # noqa: S311 - jitter, not a secret
