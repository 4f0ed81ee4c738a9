"""The X sandbox holds to X's own specification, in both dialects.

The specifications are not part of this project; name their folder in AUDITOR_SPECS to check
answers against them. The other tests here need none.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest
import requests

from auditor.demo.x_sandbox import Dialect, Fault, FaultKind, XSandbox, XState, XToken, XUser
from auditor.demo.x_sandbox.dialect import USER_FIELDS
from tests.demo.support_specification import Specification, document_of, specification_of

DIALECTS: tuple[Dialect, ...] = ("2.166", "2.167")
FIELDS = (
    "confirmed_email,created_at,description,entities,location,parody,url,profile_image_url,protected,public_metrics,verified,"
    "verified_type,withheld"
)
APP, USER = "app-token-1", "user-token-1"


@pytest.fixture(params=DIALECTS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[XSandbox]:
    """A sandbox with active, suspended and withheld users, once a dialect."""
    state = XState()
    state.add(XUser("1", "Brand", verified_type="government", confirmed_email="a@brand.example", posts=4))
    state.add(XUser("2", "Gone", status="suspended"))
    state.add(XUser("3", "Staff", withheld_in=("DE", "FR"), protected=True, website="https://brand.example"))
    state.affiliates["1"] = ["3", "2", "4", "3"]
    state.tokens[APP] = XToken()
    state.tokens[USER] = XToken(user_id="1", may_read_email=True)
    with XSandbox(state, request.param) as opened:
        yield opened


def get(sandbox: XSandbox, path: str, token: str = APP, **query: str) -> requests.Response:
    """Ask the sandbox; underscores of names are kept."""
    params = {name.replace("__", "."): value for name, value in query.items()}
    return requests.get(
        sandbox.base_url + path, params=params, headers={"Authorization": f"Bearer {token}"}, timeout=5
    )


@pytest.fixture
def specification(sandbox: XSandbox) -> Specification:
    """The specification of the sandbox's dialect."""
    return specification_of(sandbox.dialect)


CASES = [
    ("/2/users/me", "/2/users/me", USER, {"user__fields": FIELDS}),
    ("/2/users/me", "/2/users/me", USER, {}),
    ("/2/users/by", "/2/users/by", APP, {"usernames": "Brand,Staff", "user__fields": FIELDS}),
    ("/2/users/by", "/2/users/by", APP, {"usernames": "Brand,Gone,Free", "user__fields": "public_metrics"}),
    ("/2/users/by", "/2/users/by", APP, {"usernames": "Gone,Free"}),
    (
        "/2/users/{id}/affiliates",
        "/2/users/1/affiliates",
        APP,
        {"max_results": "1000", "user__fields": FIELDS},
    ),
    ("/2/users/{id}/affiliates", "/2/users/1/affiliates", APP, {"max_results": "1"}),
    ("/2/users/{id}/affiliates", "/2/users/3/affiliates", APP, {}),
    ("/2/users", "/2/users", APP, {"ids": "1,2,3,777", "user__fields": FIELDS}),
    ("/2/users", "/2/users", APP, {"ids": "2,777"}),
    ("/2/users/search", "/2/users/search", USER, {"query": "Brand", "user__fields": FIELDS}),
    ("/2/users/search", "/2/users/search", USER, {"query": "a", "max_results": "1"}),
    ("/2/users/search", "/2/users/search", USER, {"query": "nobody at all"}),
]


@pytest.mark.parametrize(("template", "path", "token", "query"), CASES)
def test_answers_hold_to_the_specification(
    sandbox: XSandbox,
    specification: Specification,
    template: str,
    path: str,
    token: str,
    query: dict[str, str],
) -> None:
    """Every 200 is what X's own document promises, problems included."""
    answer = get(sandbox, path, token, **query)
    assert answer.status_code == 200
    assert specification.errors(template, answer.json()) == []


def test_a_badge_and_a_paid_check_hold_to_the_specification(
    sandbox: XSandbox, specification: Specification
) -> None:
    """Affiliation, where the dialect serves it, is a list of ids; each kind of verification is one X knows."""
    sandbox.state.add(XUser("4", "Badge", badge_of="1", verified_type="business"))
    sandbox.state.add(XUser("5", "Paid", verified_type="blue"))
    fields = "verified_type,verified" + (",affiliation" if sandbox.dialect == "2.166" else "")
    body = get(sandbox, "/2/users", ids="4,5,1", user__fields=fields).json()
    assert specification.errors("/2/users", body) == []
    assert [one["verified_type"] for one in body["data"]] == ["business", "blue", "government"]
    assert ("affiliation" in body["data"][0]) is (sandbox.dialect == "2.166")


def test_the_other_dialect_does_not_pass(sandbox: XSandbox, specification: Specification) -> None:
    """The check can fail: an answer in the other dialect's words is not accepted."""
    body = get(sandbox, "/2/users/me", USER, user__fields=FIELDS).json()
    spoilt = copy.deepcopy(body)
    metrics = spoilt["data"]["public_metrics"]
    count = "tweet_count" if sandbox.dialect == "2.166" else "post_count"
    metrics["statuses_count"] = metrics.pop(count)
    assert specification.errors("/2/users/me", body) == []
    assert any(count in error for error in specification.errors("/2/users/me", spoilt))


def test_field_names_of_the_specification(sandbox: XSandbox) -> None:
    """The user.fields the sandbox accepts are the document's own list."""
    document = document_of(sandbox.dialect)
    parameter = document["components"]["parameters"]["UserFieldsParameter"]
    assert set(parameter["schema"]["items"]["enum"]) == USER_FIELDS[sandbox.dialect]


def test_dialects_differ(sandbox: XSandbox) -> None:
    """Each dialect has its own name for posts, its own problem types, its own parameters."""
    body = get(sandbox, "/2/users/by", usernames="Brand,Free", user__fields="public_metrics").json()
    old = sandbox.dialect == "2.166"
    assert ("tweet_count" in body["data"][0]["public_metrics"]) is old
    assert ("post_count" in body["data"][0]["public_metrics"]) is not old
    host = "api.twitter.com" if old else "api.x.com"
    assert body["errors"][0]["type"] == f"https://{host}/2/problems/resource-not-found"
    assert get(sandbox, "/2/users/by", usernames="Brand", tweet__fields="id").status_code == (
        200 if old else 400
    )
    assert get(sandbox, "/2/users/by", usernames="Brand", post__fields="id").status_code == (
        400 if old else 200
    )
    assert get(sandbox, "/2/users/by", usernames="Brand", user__fields="affiliation").status_code == (
        200 if old else 400
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/2/users/by", {"usernames": ",".join(f"n{number}" for number in range(101))}),
        ("/2/users/by", {"usernames": "not-a-handle"}),
        ("/2/users/by", {}),
        ("/2/users/by", {"usernames": "Brand", "surprise": "1"}),
        ("/2/users/1/affiliates", {"max_results": "1001"}),
        ("/2/users/1/affiliates", {"max_results": "0"}),
        ("/2/users/1/affiliates", {"pagination_token": "made-up"}),
        ("/2/users/1/affiliates", {"next_token": "x"}),
    ],
)
def test_what_is_refused(sandbox: XSandbox, path: str, query: dict[str, str]) -> None:
    """Requests X would refuse are refused, with a problem that names the parameter."""
    answer = get(sandbox, path, **query)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/invalid-request")


def test_tokens(sandbox: XSandbox) -> None:
    """Unknown and revoked tokens are 401, an app-only one cannot ask who it is."""
    assert get(sandbox, "/2/users/me", "unknown").status_code == 401
    assert get(sandbox, "/2/users/me", APP).json()["type"].endswith("/unsupported-authentication")
    sandbox.state.tokens[USER].is_revoked = True
    assert get(sandbox, "/2/users/me", USER).status_code == 401


def test_email_needs_its_permission(sandbox: XSandbox) -> None:
    """Only the token's own account shows its address, and only with the permission."""
    assert get(sandbox, "/2/users/me", USER, user__fields="confirmed_email").json()["data"]["confirmed_email"]
    sandbox.state.tokens[USER].may_read_email = False
    body = get(sandbox, "/2/users/me", USER, user__fields="confirmed_email").json()
    assert "confirmed_email" not in body["data"]
    assert body["errors"][0]["field"] == "confirmed_email"


def test_rate_limits(sandbox: XSandbox) -> None:
    """Each token has its window of each endpoint; used up it is a 429, and it opens again in time."""
    sandbox.state.limits["/2/users/by"] = 2
    left = [
        get(sandbox, "/2/users/by", usernames="Brand").headers["x-rate-limit-remaining"] for _ in range(2)
    ]
    refused = get(sandbox, "/2/users/by", usernames="Brand")
    assert (left, refused.status_code) == (["1", "0"], 429)
    assert get(sandbox, "/2/users/by", USER, usernames="Brand").status_code == 200
    sandbox.state.now = datetime.fromtimestamp(int(refused.headers["x-rate-limit-reset"]), UTC)
    assert get(sandbox, "/2/users/by", usernames="Brand").status_code == 200


def test_pages(sandbox: XSandbox) -> None:
    """Paging by its tokens gives every affiliate once and ends; a token is good for its own list only."""
    sandbox.state.affiliates["3"] = ["1"]
    seen: list[str] = []
    query: dict[str, str] = {"max_results": "1"}
    while True:
        body = get(sandbox, "/2/users/1/affiliates", **query).json()
        seen += [user["id"] for user in body.get("data", [])] + [e["value"] for e in body.get("errors", [])]
        token = cast("str | None", body["meta"].get("next_token"))
        if token is None:
            break
        query["pagination_token"] = token
    assert seen == ["3", "2", "4", "3"]
    assert (
        get(sandbox, "/2/users/3/affiliates", pagination_token=query["pagination_token"]).status_code == 400
    )


def test_faults_come_when_planned(sandbox: XSandbox) -> None:
    """A fault lets the requests before it pass, strikes as often as told, on its path alone."""
    sandbox.state.faults.append(Fault(FaultKind.BAD_GATEWAY, path="/2/users/by", after=1, times=2))
    assert get(sandbox, "/2/users/me", USER).status_code == 200
    codes = [get(sandbox, "/2/users/by", usernames="Brand").status_code for _ in range(4)]
    assert codes == [200, 502, 502, 200]


def test_the_log_holds_no_secret(sandbox: XSandbox) -> None:
    """The log tells what was asked, but no token."""
    get(sandbox, "/2/users/by", usernames="Brand")
    assert [(entry.path, entry.scheme) for entry in sandbox.requests] == [("/2/users/by", "Bearer")]
    assert APP not in repr(sandbox.requests) + repr(sandbox.state)


def test_nothing_else_is_there(sandbox: XSandbox) -> None:
    """Other paths and writes are not found."""
    assert get(sandbox, "/2/tweets").status_code == 404
    headers = {"Authorization": f"Bearer {APP}"}
    assert requests.post(sandbox.base_url + "/2/users/me", headers=headers, timeout=5).status_code == 404
