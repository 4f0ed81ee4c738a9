"""The one way out: what a session refuses to send, and what it refuses to take in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from auditor.demo.loopback import LoopbackServer, Reply, Request
from auditor.errors import ConnectorError, FailureKind
from connectors.http import GuardedAdapter, backoff, build_session, checked_base_url, harden, with_retries
from tests.support import make_context


class Echo:
    """Answers by path: a redirect, a flood, or what it was sent."""

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def answer(self, request: Request) -> Reply:
        """Answer ``request``."""
        self.seen.append(request)
        if request.path == "/away":
            return Reply(302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
        if request.path == "/flood":
            return Reply(200, b"x" * 200_000)
        return Reply(200, b"{}", {"Content-Type": "application/json"})


@pytest.fixture
def echo() -> Echo:
    """Return the server's application."""
    return Echo()


@pytest.fixture
def server(echo: Echo) -> Iterator[LoopbackServer]:
    """Return a running server."""
    with LoopbackServer(echo) as running:
        yield running


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writes_never_leave(server: LoopbackServer, echo: Echo, method: str) -> None:
    """Whatever code asks for, only reads are sent."""
    with pytest.raises(ConnectorError, match="only reads"):
        build_session(server.base_url).request(method, f"{server.base_url}/page")
    assert echo.seen == []


def test_a_redirect_is_not_followed(server: LoopbackServer, echo: Echo) -> None:
    """Another host never gets our token by a redirect."""
    with pytest.raises(ConnectorError, match="redirect") as caught:
        build_session(server.base_url).get(f"{server.base_url}/away")
    assert caught.value.kind is FailureKind.BAD_RESPONSE
    assert [request.path for request in echo.seen] == ["/away"]


def test_an_endless_body_is_cut_off(server: LoopbackServer) -> None:
    """A body over the limit is an error, not memory."""
    session = requests.Session()
    harden(session, server.base_url, GuardedAdapter(server.base_url, max_body_bytes=100_000))
    with pytest.raises(ConnectorError, match="more than 100,000 bytes"):
        session.get(f"{server.base_url}/flood")


def test_another_host_cannot_be_reached(server: LoopbackServer) -> None:
    """A session is for one host; an address elsewhere has no way out."""
    with pytest.raises(requests.exceptions.InvalidSchema):
        build_session(server.base_url).get("https://elsewhere.example/")


def test_a_connector_is_handed_such_a_session(server: LoopbackServer, echo: Echo, tmp_path: Path) -> None:
    """What a third party's connector gets from its context is guarded likewise, and says who we are."""
    make_context(tmp_path).session(server.base_url).get(f"{server.base_url}/page")
    assert echo.seen[0].headers["user-agent"].startswith("brand-account-auditor/")


@pytest.mark.parametrize(
    "url", ["http://graph.example", "ftp://127.0.0.1", "file:///etc/passwd", "", "https://"]
)
def test_only_https_or_this_machine(url: str) -> None:
    """A base address is https, or http to loopback."""
    with pytest.raises(ValueError, match="https"):
        checked_base_url(url)


def test_retries_end_by_count_and_by_time() -> None:
    """A call is repeated as often as allowed, and never beyond the time set aside for waiting."""
    calls: list[float] = []

    def fails() -> None:
        calls.append(1)
        raise ConnectorError("busy.", kind=FailureKind.TRANSIENT)

    waits: list[float] = []
    with pytest.raises(ConnectorError):
        with_retries(fails, wait_for=lambda _error, _attempt: 10.0, sleep=waits.append, attempts=4)
    assert (len(calls), waits) == (4, [10.0, 10.0, 10.0])
    calls.clear()
    with pytest.raises(ConnectorError):
        with_retries(
            fails, wait_for=lambda _error, _attempt: 10.0, sleep=waits.append, attempts=9, budget_seconds=25
        )
    assert len(calls) == 3


@given(st.integers(1, 40))
def test_backoff_grows_and_stays_bounded(attempt: int) -> None:
    """A wait is never negative, never over the cap, and jittered below its step."""
    assert 0 < backoff(attempt) <= min(60.0, 2.0 ** (attempt - 1))
