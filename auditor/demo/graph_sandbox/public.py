"""What the sandboxed Graph tells of strangers: their Pages, their ads, their professional Instagram accounts.

Refused as Graph refuses: Pages without the feature Page Public Content Access, the Ad Library to a person
whose identity is not confirmed, Business Discovery without its permissions.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from auditor.demo.graph_sandbox.answers import Call, Refusal, page_of_rows, select
from auditor.demo.graph_sandbox.state import (
    PAGE_PUBLIC_CONTENT_ACCESS,
    GraphAd,
    GraphPage,
    GraphState,
    GraphToken,
)
from auditor.demo.graph_sandbox.world import Row, World

LISTS = ("/pages/search", "/ads_archive")
_PAGE_OF_META = GraphPage("20531316728", "Facebook App", username="facebookapp")
_AD_FIELDS = ("id", "page_id", "page_name", "ad_creative_bodies", "ad_snapshot_url")
_DISCOVERY = re.compile(r"business_discovery\.username\(([^()]*)\)")
_DISCOVERY_SCOPES = ("instagram_basic", "instagram_manage_insights", "pages_read_engagement")


def listed(call: Call, token: GraphToken, state: GraphState) -> dict[str, Any]:
    """Return a page of the search for Pages or of the Ad Library."""
    return _pages(call, state) if call.path == "/pages/search" else _ads(call, token, state)


def page(page_id: str, state: GraphState) -> tuple[str, Row] | None:
    """Return another's Page, or None where it is not shown."""
    found = next((one for one in _strangers(state) if one.id == page_id), None)
    if found is None or not (found.is_published or state.shows_unpublished):
        return None
    _needs_feature(state)
    return "Page", World(state).page(found)


def discovered(call: Call, token: GraphToken, state: GraphState) -> Row:
    """Return the field business_discovery where it is asked for: the account of that very name."""
    asked = _DISCOVERY.search(call.args.get("fields", ""))
    if asked is None:
        return {}
    for scope in _DISCOVERY_SCOPES:
        if scope not in token.scopes:
            raise Refusal(10, f"(#10) Application does not have permission for this action: {scope}")
    for one in state.instagram_strangers:
        if one.username == asked[1] and one.is_professional:
            told = asdict(one)
            del told["is_professional"]
            return {"business_discovery": {name: value for name, value in told.items() if value is not None}}
    raise Refusal(110, "Invalid user id", subcode=2207013)


def _pages(call: Call, state: GraphState) -> dict[str, Any]:
    _needs_feature(state)
    wanted = call.args.get("q", "").casefold()
    if not wanted:
        raise Refusal(100, "(#100) The parameter q is required")
    shown = [one for one in _public(state) if wanted in f"{one.name} {one.username}".casefold()]
    rows = [select(World(state).page(one), "Page", call.args.get("fields"), state) for one in shown]
    return page_of_rows(rows, call, "search", state)


def _ads(call: Call, token: GraphToken, state: GraphState) -> dict[str, Any]:
    if not token.identity_confirmed:
        message = "Application does not have permission for this action"
        raise Refusal(10, message, subcode=2332002)
    try:
        countries = set(json.loads(call.args.get("ad_reached_countries", "[]")))
    except (ValueError, TypeError):
        countries = set()
    if not countries:
        raise Refusal(100, "(#100) The parameter ad_reached_countries is required")
    wanted = call.args.get("search_terms", "").casefold()
    if not wanted or len(wanted) > 100:
        raise Refusal(100, "(#100) Param search_terms must be a text of at most 100 characters")
    names = (call.args.get("fields") or "id").split(",")
    if unknown := [name for name in names if name not in _AD_FIELDS]:
        raise Refusal(
            100, f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type (ArchivedAd)"
        )
    rows = [
        {name: value for name, value in _ad(one, token).items() if name in names}
        for one in state.ads
        if wanted in one.text.casefold() and ("ALL" in countries or countries & set(one.countries))
    ]
    return page_of_rows(rows, call, "ads_archive", state)


def _ad(one: GraphAd, token: GraphToken) -> Row:
    address = f"https://www.facebook.com/ads/archive/render_ad/?id={one.id}&access_token={token.value}"
    return {
        "id": one.id,
        "page_id": one.page_id,
        "page_name": one.page_name,
        "ad_creative_bodies": [one.text],
        "ad_snapshot_url": address,
    }


def _public(state: GraphState) -> list[GraphPage]:
    """Return every published Page, ours among them, as a search does."""
    return [one for one in (*World(state).pages, *_strangers(state)) if one.is_published]


def _strangers(state: GraphState) -> list[GraphPage]:
    """Return the Pages of others that the app is shown, Meta's own among them."""
    return [] if state.in_development else [*state.strangers, _PAGE_OF_META]


def _needs_feature(state: GraphState) -> None:
    if PAGE_PUBLIC_CONTENT_ACCESS not in state.features:
        message = (
            "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content"
            " Access' feature."
        )
        raise Refusal(10, message)
