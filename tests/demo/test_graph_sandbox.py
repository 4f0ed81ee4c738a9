"""The Graph sandbox keeps Graph's contract, and names only what Meta's schema has."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from auditor.demo.graph_sandbox import GraphFault, GraphSandbox, GraphToken
from auditor.demo.graph_sandbox.answers import split_fields
from auditor.demo.graph_sandbox.schema import EDGES, NODE_FIELDS
from connectors.candidates import meta_instagram, meta_pages
from connectors.meta.edges import (
    ASSIGNED_PAGES,
    BUSINESS_FIELDS,
    INSTAGRAM_EDGES,
    PAGE_EDGES,
    PORTFOLIO_EDGES,
    Edge,
)
from tests.connectors.support_meta import BUSINESS, TOKEN, portfolio

BESIDE_THE_SPEC = {
    "Page.picture": "an edge in the specification, read as a field as every edge may be",
    "SystemUser.role": "served to some, documented for writing only: the connector must live without it",
    "User.id": "the specification folder has no User",
    "User.name": "the specification folder has no User",
}
EDGES_BESIDE_THE_SPEC = {
    "Page.picture": "an edge in the specification, read as a field as every edge may be",
    "Page.subscribed_apps": "reading it is documented in the Page reference, the specification has its writes",
}


@pytest.fixture
def sandbox() -> Iterator[GraphSandbox]:
    """Serve a small portfolio."""
    with GraphSandbox(portfolio()) as server:
        yield server


def get(sandbox: GraphSandbox, path: str, **args: str) -> requests.Response:
    """Send one signed GET."""
    args.setdefault("access_token", TOKEN)
    secret = sandbox.state.app_secret.encode()
    proof = hmac.new(secret, args["access_token"].encode(), hashlib.sha256).hexdigest()
    args.setdefault("appsecret_proof", proof)
    return requests.get(f"{sandbox.base_url}/v26.0/{path}", params=args, timeout=5)


def error_of(response: requests.Response) -> dict[str, Any]:
    """Return the error in an answer."""
    error: dict[str, Any] = response.json()["error"]
    return error


def test_default_fields_are_few(sandbox: GraphSandbox) -> None:
    """Without ``fields`` only the default ones come."""
    assert set(get(sandbox, BUSINESS).json()) == {"id", "name"}
    rows = get(sandbox, f"{BUSINESS}/business_users").json()["data"]
    assert set(rows[0]) == {"id", "name", "business"}


def test_an_unknown_field_fails_the_whole_request(sandbox: GraphSandbox) -> None:
    """One field Graph does not know is code 100 and names the field."""
    error = error_of(get(sandbox, BUSINESS, fields="id,shoe_size"))
    assert error["code"] == 100
    assert "nonexisting field (shoe_size)" in error["message"]


def test_the_proof_is_checked(sandbox: GraphSandbox) -> None:
    """A missing and a wrong appsecret_proof are both refused."""
    bare = requests.get(f"{sandbox.base_url}/v26.0/{BUSINESS}", params={"access_token": TOKEN}, timeout=5)
    assert "require an appsecret_proof" in error_of(bare)["message"]
    assert "Invalid appsecret_proof" in error_of(get(sandbox, BUSINESS, appsecret_proof="0" * 64))["message"]


def test_assigned_users_needs_the_business(sandbox: GraphSandbox) -> None:
    """The required parameter is required."""
    assert error_of(get(sandbox, "2000000000000001/assigned_users"))["code"] == 100


def test_paging_ends_without_next_but_with_a_cursor(sandbox: GraphSandbox) -> None:
    """The last page has cursors.after and no next; a next address embeds the token, not the proof."""
    first = get(sandbox, f"{BUSINESS}/business_users", limit="2", summary="total_count").json()
    assert first["summary"] == {"total_count": 3}
    assert f"access_token={TOKEN}" in first["paging"]["next"]
    assert "appsecret_proof" not in first["paging"]["next"]
    last = get(
        sandbox, f"{BUSINESS}/business_users", limit="2", after=first["paging"]["cursors"]["after"]
    ).json()
    assert len(last["data"]) == 1
    assert "next" not in last["paging"]
    assert last["paging"]["cursors"]["after"]


@pytest.mark.parametrize("dead", ["ids", "date_format"])
def test_what_meta_removed_is_gone(sandbox: GraphSandbox, dead: str) -> None:
    """Parameters removed for all versions are errors."""
    assert error_of(get(sandbox, BUSINESS, **{dead: "1"}))["code"] == 100


def test_subscribed_apps_needs_a_page_token(sandbox: GraphSandbox) -> None:
    """A system user's token is refused with 210; the Page's own token is served."""
    path = "2000000000000001/subscribed_apps"
    assert error_of(get(sandbox, path))["code"] == 210
    token = get(sandbox, "2000000000000001", fields="access_token").json()["access_token"]
    assert get(sandbox, path, access_token=token).json()["data"][0]["name"] == "Inbox Helper"


def test_tokens_and_permissions(sandbox: GraphSandbox) -> None:
    """A token unknown, expired, lesser or narrower is refused with Graph's own code."""
    assert error_of(get(sandbox, BUSINESS, access_token="nobody"))["code"] == 190
    sandbox.state.tokens += [
        GraphToken("expired", invalid_subcode=463),
        GraphToken("lesser", is_admin=False),
        GraphToken("narrow", scopes=[]),
    ]
    assert error_of(get(sandbox, BUSINESS, access_token="expired"))["error_subcode"] == 463
    for token in ("lesser", "narrow"):
        assert error_of(get(sandbox, f"{BUSINESS}/business_users", access_token=token))["code"] == 10


def test_an_ended_version_is_served_by_the_oldest_live_one(sandbox: GraphSandbox) -> None:
    """No error, only the header tells."""
    answer = requests.get(f"{sandbox.base_url}/v8.0/me", timeout=5)
    assert answer.headers["facebook-api-version"] == "v21.0"


def test_a_batch_answers_part_by_part(sandbox: GraphSandbox) -> None:
    """Parts carry their own code, headers and body as text; one may be null."""
    sandbox.state.faults.append(GraphFault("/agencies$", "null"))
    token = TOKEN.encode()
    proof = hmac.new(sandbox.state.app_secret.encode(), token, hashlib.sha256).hexdigest()
    members = [
        {"method": "GET", "relative_url": f"v26.0/{path}?appsecret_proof={proof}"}
        for path in (BUSINESS, f"{BUSINESS}/agencies", "404")
    ]
    form = {"batch": json.dumps(members), "access_token": TOKEN, "appsecret_proof": proof}
    good, null, missing = requests.post(f"{sandbox.base_url}/", data=form, timeout=5).json()
    assert json.loads(good["body"])["name"] == "Riverside Health"
    assert {"name": "Content-Type", "value": "text/javascript; charset=UTF-8"} in good["headers"]
    assert null is None
    assert missing["code"] == 400
    form["batch"] = json.dumps(members * 20)
    assert error_of(requests.post(f"{sandbox.base_url}/", data=form, timeout=5))["code"] == 100


def test_it_cannot_be_written_to(sandbox: GraphSandbox) -> None:
    """A POST that is no batch is refused."""
    answer = requests.post(f"{sandbox.base_url}/v26.0/me/feed", data={"message": "x"}, timeout=5)
    assert error_of(answer)["code"] == 3


def test_fields_are_split_outside_braces() -> None:
    """Nested fields stay with their name."""
    assert split_fields("id,owner_business{id,name}, name") == [
        ("id", ""),
        ("owner_business", "id,name"),
        ("name", ""),
    ]


def spec_of(node: str) -> dict[str, Any]:
    """Return Meta's specification of a node; skip where the specifications are not at hand."""
    folder = os.environ.get("AUDITOR_SPECS")
    path = Path(folder or "") / "meta" / f"{node}.json"
    if not folder or not path.is_file():
        pytest.skip("set AUDITOR_SPECS to a folder with meta/*.json to hold the names against Meta's schema")
    spec: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return spec


@pytest.mark.parametrize("node", sorted(set(NODE_FIELDS) - {"User"}))
def test_every_field_exists_in_metas_schema(node: str) -> None:
    """The sandbox serves no field that Meta does not have."""
    known = {field["name"] for field in spec_of(node)["fields"]}
    invented = {name for name in NODE_FIELDS[node] - known if f"{node}.{name}" not in BESIDE_THE_SPEC}
    assert invented == set()


@pytest.mark.parametrize("node", sorted({node for node, _ in EDGES}))
def test_every_edge_exists_in_metas_schema(node: str) -> None:
    """The sandbox has no list that Meta does not have, and each returns the node Meta says."""
    apis = {api.get("endpoint"): api for api in spec_of(node)["apis"] if api["method"] == "GET"}
    for (owner, name), edge in EDGES.items():
        if owner == node and f"{node}.{name}" not in EDGES_BESIDE_THE_SPEC:
            assert apis[name]["return"] == edge.returns
            assert set(edge.requires) <= {parameter["name"] for parameter in apis[name]["params"]}


def asked() -> list[tuple[str, Edge]]:
    """Return every list the connector asks for, with the node it hangs on."""
    return [
        *(("Business", edge) for edge in PORTFOLIO_EDGES),
        *(("Page", edge) for edge in PAGE_EDGES),
        *(("InstagramBusinessAsset", edge) for edge in INSTAGRAM_EDGES),
        ("SystemUser", ASSIGNED_PAGES),
    ]


def test_sources_of_candidates_ask_only_for_names_checked_here() -> None:
    """Each field asked of strangers is one the sandbox knows, and so is held against the schema."""
    assert NODE_FIELDS["Page"] >= meta_pages.KEPT
    assert NODE_FIELDS["IGUser"] >= meta_instagram.KEPT


def test_the_connector_asks_only_for_names_checked_here() -> None:
    """Each list and field the connector asks for is one the sandbox knows, and so is held against the schema."""
    assert set(BUSINESS_FIELDS) <= NODE_FIELDS["Business"]
    for owner, edge in asked():
        served = EDGES[owner, edge.name]
        assert set(edge.fields) <= NODE_FIELDS[served.returns] | set(served.extra)
        assert edge.counts <= served.counts
        assert edge.of_business is ("business" in served.requires)
