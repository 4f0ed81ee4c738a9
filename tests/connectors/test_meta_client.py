"""The facebook-sdk subclass: what it sends, what it refuses to send, and what it never lets out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import facebook
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.demo.graph_sandbox import GraphFault, GraphSandbox
from auditor.demo.loopback import LoopbackServer, Reply, Request
from auditor.errors import ConnectorError, FailureKind
from connectors.meta.client import GraphClient
from connectors.meta.errors import GraphError, graph_error
from connectors.meta.usage import Patience, Usage
from tests.connectors.support_meta import BUSINESS, TOKEN, portfolio


def client_of(base_url: str, *, token: str = TOKEN, secret: str = "sandbox-app-secret") -> GraphClient:
    """Return a client for a sandbox, which waits for nothing."""
    return GraphClient(
        token,
        app_id="900000000000001",
        app_secret=secret,
        version="v26.0",
        base_url=base_url,
        patience=Patience(lambda _seconds: None, 10_000),
    )


@pytest.fixture
def sandbox() -> Iterator[GraphSandbox]:
    """Serve a small portfolio."""
    with GraphSandbox(portfolio()) as server:
        yield server


def test_the_proof_is_metas() -> None:
    """appsecret_proof is the HMAC-SHA256 of the token under the app secret, in hex."""
    with client_of("http://127.0.0.1:9", secret="xyz789") as client:
        assert client.proof("abc123") == "4dad02ff1693df832f9c183fe400fc4f601360be06514acb4a73edb783eec345"


def test_facebook_sdk_does_the_asking(sandbox: GraphSandbox) -> None:
    """The client is a facebook-sdk GraphAPI, and the SDK's own methods go through the guarded way."""
    with client_of(sandbox.base_url) as client:
        assert isinstance(client, facebook.GraphAPI)
        assert client.get_object(BUSINESS, fields="name")["name"] == "Riverside Health"
        assert client.get_connections(BUSINESS, "business_users")["data"]
        assert client.served_versions == {"v26.0"}


@pytest.mark.parametrize(
    "write",
    [
        lambda c: c.put_object(BUSINESS, "feed", message="x"),
        lambda c: c.delete_object(BUSINESS),
        lambda c: c.put_photo(b"", "me/photos"),
        lambda c: c.request("", post_args={"batch": json.dumps([{"method": "POST", "relative_url": "me"}])}),
        lambda c: c.request(
            "", post_args={"batch": json.dumps([{"method": "GET", "relative_url": "me", "body": "a=b"}])}
        ),
        lambda c: c.request("", post_args={"batch": json.dumps([])}),
        lambda c: c.request("me", method="DELETE"),
        lambda c: c.request("v26.0/me", post_args={"batch": json.dumps([{"method": "GET"}])}),
    ],
)
def test_nothing_is_ever_written(sandbox: GraphSandbox, write: Callable[[GraphClient], object]) -> None:
    """Every way to write, batches with a write inside among them, is refused before anything is sent."""
    with client_of(sandbox.base_url) as client, pytest.raises(ConnectorError) as caught:
        write(client)
    assert caught.value.kind is FailureKind.BAD_INPUT
    assert sandbox.http_calls == []


def test_a_batchs_token_travels_in_the_body() -> None:
    """The address of a batch holds neither token nor proof."""
    seen: list[Request] = []

    class Recorder:
        def answer(self, request: Request) -> Reply:
            seen.append(request)
            part = {"code": 200, "headers": [], "body": "{}"}
            return Reply(200, json.dumps([part]).encode(), {"Content-Type": "text/javascript"})

    with LoopbackServer(Recorder()) as server, client_of(server.base_url) as client:
        client.batch([f"{BUSINESS}?fields=id"])
    (request,) = seen
    assert (request.method, request.path, request.query) == ("POST", "/", {})
    assert b"appsecret_proof=" in request.body
    assert b"access_token=" in request.body


def test_no_debug_log_shows_the_token(sandbox: GraphSandbox, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 writes addresses at DEBUG; ours is not among them."""
    with caplog.at_level(logging.DEBUG), client_of(sandbox.base_url) as client:
        client.node(BUSINESS)
    assert TOKEN not in caplog.text


def test_a_redirect_is_not_followed() -> None:
    """A redirect could carry the token to another host."""

    class Elsewhere:
        def answer(self, request: Request) -> Reply:
            return Reply(302, b"", {"Location": "http://127.0.0.1:9/steal", "Content-Type": "text/html"})

    with (
        LoopbackServer(Elsewhere()) as server,
        client_of(server.base_url) as client,
        pytest.raises(ConnectorError) as caught,
    ):
        client.node("1")
    assert caught.value.kind is FailureKind.BAD_RESPONSE


class Parrot:
    """Answers every request with the reply it was given last."""

    reply = Reply()

    def answer(self, request: Request) -> Reply:
        """Answer as told."""
        return self.reply


@pytest.fixture(scope="module")
def parrot() -> Iterator[tuple[Parrot, str]]:
    """Serve a parrot; return it and its address."""
    application = Parrot()
    with LoopbackServer(application) as server:
        yield application, server.base_url


@given(body=st.binary(max_size=200), status=st.sampled_from([200, 400, 404, 500, 502]))
def test_any_answer_ends_in_a_mapping_or_our_error(
    parrot: tuple[Parrot, str], body: bytes, status: int
) -> None:
    """Whatever bytes come back, only a mapping or a ConnectorError leaves the client."""
    application, base_url = parrot
    application.reply = Reply(status, body, {"Content-Type": "application/json"})
    with client_of(base_url) as client:
        try:
            answer = client.node("1")
        except ConnectorError as error:
            answer = {"said": str(error)}
    assert isinstance(answer, dict)
    assert TOKEN not in repr(answer)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"error": "text"}', b"[]", b"null", b'{"error": {}}', b"1" * 5000]
)
def test_odd_bodies_are_our_error(body: bytes) -> None:
    """Nesting too deep to parse, an error that is no object, and no object at all are told plainly."""

    class Odd:
        def answer(self, request: Request) -> Reply:
            return Reply(200, body, {"Content-Type": "application/json"})

    with LoopbackServer(Odd()) as server, client_of(server.base_url) as client, pytest.raises(ConnectorError):
        client.node("1")


@pytest.mark.parametrize(
    ("payload", "kind", "stops", "denied"),
    [
        ({"code": 190, "error_subcode": 463}, FailureKind.AUTH_INVALID, True, False),
        ({"code": 190, "error_subcode": 492}, FailureKind.AUTH_INVALID, False, True),
        (
            {"code": 190, "message": "This method must be called with a Page Access Token"},
            FailureKind.ROLE_MISSING,
            False,
            True,
        ),
        ({"code": 102}, FailureKind.AUTH_INVALID, True, False),
        ({"code": 10}, FailureKind.SCOPE_MISSING, False, True),
        ({"code": 210}, FailureKind.ROLE_MISSING, False, True),
        ({"code": 283}, FailureKind.SCOPE_MISSING, False, True),
        ({"code": 368}, FailureKind.ROLE_MISSING, True, True),
        ({"code": 415, "error_subcode": 2859009}, FailureKind.AUTH_INVALID, False, True),
        ({"code": 104, "message": "Incorrect signature"}, FailureKind.AUTH_INVALID, True, False),
        (
            {"code": 100, "message": "API calls from the server require an appsecret_proof argument"},
            FailureKind.AUTH_INVALID,
            True,
            False,
        ),
        ({"code": 100, "error_subcode": 33}, FailureKind.NOT_FOUND, False, False),
        ({"code": 1}, FailureKind.TRANSIENT, False, False),
        ({"code": 99, "is_transient": True}, FailureKind.TRANSIENT, False, False),
        ({"code": 4, "is_transient": True}, FailureKind.RATE_LIMITED, False, False),
        *(
            ({"code": code}, FailureKind.RATE_LIMITED, False, False)
            for code in (17, 32, 341, 613, 80001, 80014)
        ),
        ({"code": 999_999}, FailureKind.BAD_RESPONSE, False, False),
        ({}, FailureKind.BAD_RESPONSE, False, False),
    ],
)
def test_errors_are_told_apart_by_code_and_subcode(
    payload: dict[str, object], kind: FailureKind, stops: bool, denied: bool
) -> None:
    """Each code and subcode has its kind, whether it ends the run, and a remedy."""
    error = graph_error(payload, "1/roles", 400)
    assert (error.kind, error.stops, error.is_denied) == (kind, stops, denied)
    assert error.remedy


def test_a_token_in_metas_message_is_masked() -> None:
    """Graph may quote what was sent; the quote is masked and cut."""
    error = graph_error({"code": 1, "message": f"bad access_token={TOKEN} " + "x" * 5000}, "p", 400)
    assert TOKEN not in str(error)
    assert len(str(error)) < 600


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.integers(), st.text(), st.booleans())))
def test_any_error_payload_is_an_error(payload: dict[str, object]) -> None:
    """Whatever stands under error, it becomes one of our errors."""
    assert isinstance(graph_error(payload, "p", 400), GraphError)


@given(st.dictionaries(st.sampled_from(["X-App-Usage", "X-Business-Use-Case-Usage"]), st.text()))
def test_any_usage_header_is_read_without_harm(headers: dict[str, str]) -> None:
    """An unreadable usage header asks for no pause."""
    assert Usage(headers).pause >= 0


def test_usage_takes_the_worst_of_all_businesses() -> None:
    """The header names many objects; the fullest and the longest wait count."""
    value = {
        "1": [{"type": "pages", "call_count": 20, "total_time": 96, "estimated_time_to_regain_access": 0}],
        "2": [{"type": "instagram", "call_count": 5, "estimated_time_to_regain_access": 7}],
    }
    usage = Usage({"X-Business-Use-Case-Usage": json.dumps(value)})
    assert (usage.percent, usage.regain_seconds, usage.is_throttled) == (96.0, 420.0, True)


def test_after_giving_up_nothing_is_sent(sandbox: GraphSandbox) -> None:
    """Once the token is dead every further call raises the same error without a request."""
    sandbox.state.faults.append(GraphFault("roles$", code=190, subcode=467, times=None))
    with client_of(sandbox.base_url) as client:
        with pytest.raises(GraphError) as first:
            client.node("2000000000000001/roles")
        with pytest.raises(GraphError) as second:
            client.node(BUSINESS)
    assert second.value is first.value
    assert len(sandbox.http_calls) == 1
