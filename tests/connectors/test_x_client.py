"""The client around tweepy: every way X or the network can misbehave becomes one kind of error."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.demo.x_sandbox import Fault, FaultKind, XSandbox
from auditor.errors import ConnectorError, FailureKind
from auditor.vault import register
from connectors.x.client import LONGEST_WAIT_SECONDS, Credentials, XClient
from connectors.x.problems import XFailure
from tests.connectors.support_x import APP_TOKEN, DIALECTS, OAUTH1_SETTINGS, USER_TOKEN, Reader, riverside
from tests.support import NOW

BY = "/2/users/by"


@pytest.fixture(params=DIALECTS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    """A reader of Riverside Health, once a dialect."""
    with XSandbox(riverside(), request.param) as sandbox:
        yield Reader(sandbox, tmp_path)


def client(reader: Reader, **more: object) -> XClient:
    """Return a client on the sandbox, with its clock and a sleep that moves it."""
    return XClient(
        Credentials(bearer_token=reader.token),
        reader.sandbox.base_url,
        clock=reader.clock,
        sleep=reader.sleep,
        **more,
    )


def failure_of(reader: Reader, **more: object) -> XFailure:
    """Return the failure of a look-up."""
    with client(reader, **more) as asking, pytest.raises(XFailure) as caught:
        asking.users(["RiversideHealth"], ["verified"])
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        (FaultKind.UNAUTHORIZED, FailureKind.AUTH_INVALID, 1),
        (FaultKind.CREDITS_DEPLETED, FailureKind.LICENCE_MISSING, 1),
        (FaultKind.NOT_ENROLLED, FailureKind.LICENCE_MISSING, 1),
        (FaultKind.LEGACY_ACCESS, FailureKind.LICENCE_MISSING, 1),
        (FaultKind.USAGE_CAPPED, FailureKind.LICENCE_MISSING, 1),
        (FaultKind.FORBIDDEN_HTML, FailureKind.BAD_RESPONSE, 1),
        (FaultKind.STRING_ERROR, FailureKind.SCOPE_MISSING, 1),
        (FaultKind.NOT_FOUND, FailureKind.NOT_FOUND, 1),
        (FaultKind.RATE_LIMITED, FailureKind.RATE_LIMITED, 4),
        (FaultKind.RATE_LIMITED_NO_RESET, FailureKind.RATE_LIMITED, 4),
        (FaultKind.RATE_LIMITED_BAD_RESET, FailureKind.RATE_LIMITED, 4),
        (FaultKind.RATE_LIMITED_PAST_RESET, FailureKind.RATE_LIMITED, 4),
        (FaultKind.RATE_LIMITED_TOMORROW, FailureKind.RATE_LIMITED, 1),
        (FaultKind.BAD_GATEWAY, FailureKind.TRANSIENT, 4),
        (FaultKind.UNAVAILABLE, FailureKind.TRANSIENT, 4),
        (FaultKind.LIST_ERROR, FailureKind.TRANSIENT, 4),
        (FaultKind.CUT_SHORT, FailureKind.TRANSIENT, 4),
        (FaultKind.LIST_BODY, FailureKind.BAD_RESPONSE, 1),
        (FaultKind.EMPTY, FailureKind.BAD_RESPONSE, 1),
        (FaultKind.HTML, FailureKind.BAD_RESPONSE, 1),
        (FaultKind.DEEP, FailureKind.BAD_RESPONSE, 1),
        (FaultKind.REDIRECT, FailureKind.BAD_RESPONSE, 1),
    ],
)
def test_every_fault_has_its_kind(reader: Reader, fault: FaultKind, kind: FailureKind, attempts: int) -> None:
    """A lasting fault ends in its kind of failure, after a bounded number of requests."""
    reader.sandbox.state.faults.append(Fault(fault, path=BY, times=99))
    failure = failure_of(reader)
    assert failure.kind is kind
    assert len(reader.sandbox.requests) == attempts
    assert sum(reader.slept) <= LONGEST_WAIT_SECONDS * 1.2
    assert APP_TOKEN not in "".join(traceback.format_exception(failure))


@pytest.mark.parametrize(
    "fault",
    [
        FaultKind.RATE_LIMITED,
        FaultKind.RATE_LIMITED_NO_RESET,
        FaultKind.RATE_LIMITED_BAD_RESET,
        FaultKind.RATE_LIMITED_PAST_RESET,
        FaultKind.BAD_GATEWAY,
        FaultKind.UNAVAILABLE,
        FaultKind.CUT_SHORT,
    ],
)
def test_a_passing_fault_is_got_over(reader: Reader, fault: FaultKind) -> None:
    """After a fault that passes, the answer is read."""
    reader.sandbox.state.faults.append(Fault(fault, path=BY, times=2))
    with client(reader) as asking:
        answer = asking.users(["RiversideHealth"], ["verified"])
    assert [user["id"] for user in answer.users] == ["1001"]
    assert len(reader.slept) == 2


def test_waits_until_the_limit_opens(reader: Reader) -> None:
    """A used-up window is waited for once, to its end and no longer."""
    reader.sandbox.state.limits[BY] = 1
    told: list[str] = []
    with client(reader, progress=told.append) as asking:
        for _ in range(2):
            asking.users(["RiversideHealth"], ["verified"])
    assert len(reader.sandbox.requests) == 3
    assert reader.slept == [901.0]
    assert told == ["X asks to wait; going on in 901 s"]


def test_a_time_limit(reader: Reader) -> None:
    """A server that does not answer is given up."""
    reader.sandbox.state.faults.append(Fault(FaultKind.SLOW, path=BY, times=99, seconds=30))
    failure = failure_of(reader, timeout=0.05)
    assert failure.kind is FailureKind.TRANSIENT
    assert "Timeout" in failure.message


def test_nobody_listens(reader: Reader) -> None:
    """A host that refuses connections is a passing failure."""
    reader.sandbox.close()
    failure = failure_of(reader)
    assert failure.kind is FailureKind.TRANSIENT
    assert len(reader.slept) == 3


@pytest.mark.parametrize(
    ("fields", "served"),
    [(["verified", "no_such_field"], ["verified"]), (["no_such_field", "nor_this"], [])],
)
def test_unknown_fields_are_dropped(reader: Reader, fields: list[str], served: list[str]) -> None:
    """Fields X refuses are dropped and the call made again, and they are not sent a second time."""
    with client(reader) as asking:
        answer = asking.users(["RiversideHealth"], fields)
        asked_once = len(reader.sandbox.requests)
        asking.users(["RiversideHealth"], fields)
        assert asking.dropped_fields == set(fields) - set(served)
    assert answer.users[0]["id"] == "1001"
    assert len(reader.sandbox.requests) == asked_once + 1
    assert reader.sandbox.requests[-1].query.get("user.fields", "") == ",".join(served)


def test_a_bad_request_that_names_no_field(reader: Reader) -> None:
    """Another bad request is not tried again."""
    with client(reader) as asking, pytest.raises(XFailure) as caught:
        asking.affiliates("1001", ["verified"], "no-such-page")
    assert caught.value.kind is FailureKind.BAD_INPUT
    assert len(reader.sandbox.requests) == 1


def test_a_page_token_belongs_to_its_list(reader: Reader) -> None:
    """The next page is asked for by the token X gave, to the end."""
    reader.sandbox.state.affiliates_page = 2
    with client(reader) as asking:
        first = asking.affiliates("1001", ["verified"])
        last = asking.affiliates("1001", ["verified"], first.next_token)
    assert [user["id"] for user in (*first.users, *last.users)] == ["2001", "1002", "2002"]
    assert (first.count, last.next_token) == (2, None)


def test_netrc_does_not_replace_the_token(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A default entry in ~/.netrc neither goes to X nor takes the token's place."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login bob password a-private-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert reader.read().account("RiversideHealth").account_id == "x:1001"
    assert {request.scheme for request in reader.sandbox.requests} == {"Bearer"}


def test_the_environments_proxy_is_not_used(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not given the token; only the settings' proxies count."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert reader.read().account("RiversideHealth").account_id == "x:1001"


def test_the_settings_proxy_is_used(reader: Reader) -> None:
    """A proxy in the settings gets the requests: here it is the sandbox, and the host is not there."""
    answer = reader.read(
        base_url="http://localhost:9", proxies={"http": reader.sandbox.base_url}, affiliates=False
    )
    assert reader.sandbox.requests
    assert answer.account("RiversideHealth").account_id == "x:1001"


@pytest.mark.parametrize("how", ["app", "user", "oauth1"])
def test_debug_logging_shows_no_secret(
    reader: Reader, how: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every logger at DEBUG nothing logged holds a token, a secret or a signature."""
    names = ["tweepy", "tweepy.client", "requests_oauthlib.oauth1_auth", "oauthlib.oauth1.rfc5849", "urllib3"]
    for logger in [logging.getLogger(), *map(logging.getLogger, names)]:
        monkeypatch.setattr(logger, "level", logging.DEBUG)
    logging.getLogger().manager._clear_cache()
    secrets = [APP_TOKEN, USER_TOKEN, *reader.oauth1.values()]
    for secret in secrets:
        register(secret)
    reader.token = USER_TOKEN if how == "user" else APP_TOKEN
    with caplog.at_level(logging.DEBUG):
        reader.read(**(OAUTH1_SETTINGS if how == "oauth1" else {}))
    logging.getLogger().manager._clear_cache()
    assert "urllib3" in {record.name.partition(".")[0] for record in caplog.records}
    for leak in (*secrets, "oauth_signature", "Bearer "):
        assert leak not in caplog.text


@pytest.mark.parametrize("value", ["two words", "line\nend", "tökèn-with-accents", "\x00nul", ""])
def test_a_token_no_header_can_hold(value: str) -> None:
    """A value that cannot be sent is refused before any library can quote it."""
    with pytest.raises(ConnectorError) as caught:
        XClient(
            Credentials(bearer_token=value),
            "http://127.0.0.1:1",
            clock=lambda: NOW,
            sleep=lambda _seconds: None,
        )
    assert caught.value.kind is FailureKind.AUTH_INVALID
    assert not value or value not in str(caught.value)


def test_credentials_do_not_show_in_their_repr() -> None:
    """Printing credentials prints no secret."""
    assert APP_TOKEN not in repr(Credentials(bearer_token=APP_TOKEN))


def test_the_client_cannot_write(reader: Reader) -> None:
    """A write through tweepy is refused before it leaves the machine."""
    with client(reader) as asking, pytest.raises(ConnectorError, match="only reads"):
        asking._tweepy.request("POST", "/2/tweets", json={"text": "hello"})
    assert reader.sandbox.requests == []
