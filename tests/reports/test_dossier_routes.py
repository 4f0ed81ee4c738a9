"""Where to report an impersonator: the routes are whole, and each says what it was read in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.model.impersonation import Candidate, Case, case_id_of
from reports.dossier import MOST_POINTS, Dossier, Side, code_points, comparison
from reports.dossier_routes import known_platforms, routes

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


def _dossier(platform: str) -> Dossier:
    account = Candidate(
        platform=platform, id="11", handle="RiversideHea1th", url="https://x.example/r", parody=False
    )
    case = Case(case_id=case_id_of(platform, "11"), candidate=account, brand="RiversideHealth", brand_account_id=None,
                tier="likely", score=0.9, first_seen=AT, last_seen=AT, changed_at=AT)  # fmt: skip
    return Dossier(organization="Riverside Health", timezone="UTC", made_at=AT, made_by="Dana", tool_version="1",
                   case=case, timeline=(), ours=Side(handle="RiversideHealth", url="https://x.example/ours"),
                   theirs=Side(id="11", handle="RiversideHea1th", url="https://x.example/r"),
                   website="riversidehealth.example")  # fmt: skip


def test_every_platform_of_the_brief_is_known() -> None:
    """X, Meta's two, LinkedIn, YouTube, TikTok, Mastodon and Bluesky each have a route of their own."""
    wanted = {"x", "facebook", "instagram", "linkedin", "youtube", "tiktok", "mastodon", "bluesky"}
    assert known_platforms() == wanted


@pytest.mark.parametrize("platform", ["any", *sorted(known_platforms())])
def test_each_route_is_whole(platform: str) -> None:
    """Each says who may use it, where, what it asks for and what that was read in; no sentence was cut by YAML."""
    for route in routes(platform):
        assert all((route.title, route.where, route.known_from, route.needs)), route
        assert route.who.endswith("."), route
        assert all(note.endswith(".") for note in route.notes), route


@pytest.mark.parametrize("platform", sorted(known_platforms()))
def test_what_the_dossier_knows_is_filled_in(platform: str) -> None:
    """Handle and address of the account reported on are never left to type; every source named is one there is."""
    dossier = _dossier(platform)
    answers = {need.source: dossier.answer(need) for route in dossier.routes for need in route.needs}
    assert answers["url"] == "https://x.example/r"
    sources = {"", "handle", "id", "url", "ours", "website", "organisation", "elements", "parody"}
    assert set(answers) <= sources
    assert answers.get("parody") in (None, "It is not labelled as parody.")


def test_a_notice_is_open_on_every_platform() -> None:
    """Where nothing is known of a platform, the notice of the Digital Services Act is offered."""
    assert [route.title for route in routes("somewhere")] == [route.title for route in routes("any")]
    assert "Article 16" in routes("somewhere")[0].title


def test_what_is_not_known_is_none_and_the_same_is_said() -> None:
    """The sheet tells an empty answer from an equal one."""
    dossier = _dossier("x")
    same = replace(dossier, theirs=replace(dossier.theirs, handle="riversidehealth"))
    lines = {line.label: line for line in comparison(same)}
    assert lines["Handle"].same
    assert not lines["Name"].same
    assert (lines["Name"].ours, lines["Followers"].theirs) == (None, None)


def test_code_points_are_named_and_counted() -> None:
    """Characters beyond ASCII are named in order, and those beyond the bound are counted."""
    assert code_points("R\u0456ver\u200bside") == (
        "U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I",
        "U+200B ZERO WIDTH SPACE",
    )
    assert code_points("plain ~ ASCII") == ()
    assert code_points("\u0430" * (MOST_POINTS + 7))[-1] == "and 7 more"
    assert code_points("\ud800") == ("U+D800 unnamed",)
