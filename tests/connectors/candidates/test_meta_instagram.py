"""Instagram accounts by exact name, through facebook-sdk over real HTTP to the Graph sandbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from auditor.demo.graph_sandbox import GraphFault
from auditor.model.impersonation import AccountStatus, Candidate, ProtectedProfile, SourceState
from connectors.candidates.meta_instagram import Instagram, InstagramSettings, names
from tests.connectors.candidates.support_candidates import HOSTILE, flat
from tests.connectors.candidates.support_meta_sources import CLINIC, TOKEN, Place, strangers

ME = "17840000000000001"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Strangers with names like ours."""
    with strangers(tmp_path) as served:
        yield served


def _source(place: Place, **more: object) -> Instagram:
    return Instagram(place.settings(InstagramSettings, **{"ig_user_id": ME, **more}), place.context())


def test_professional_accounts_are_found_by_generated_names(place: Place) -> None:
    """One with an underscore and one with a dot are told; a private person's is not to be seen, which is said."""
    source = _source(place, handles=120)
    found = flat(source.candidates([CLINIC]))
    assert {one.handle for one in found.values()} == {"riversidehealth_support", "riversidehealth.official"}
    squat = found["17841409000000001"]
    assert (squat.name, squat.bio, squat.links) == ("Riverside Health", "Help", ("https://bad.example",))
    assert (squat.followers, squat.following, squat.posts) == (3, 90, 1)
    assert squat.url == "https://www.instagram.com/riversidehealth_support/"
    assert HOSTILE in found["17841409000000002"].name
    report = source.report()
    assert (report.state, report.requests, report.asked) == (SourceState.PARTIAL, 120, "120 names")
    assert "120 names" in report.reason
    assert "private persons' accounts" in report.blind_to[0]
    assert TOKEN not in repr([one.told for one in found.values()])


def test_a_missing_permission_is_told_with_its_name(place: Place) -> None:
    """Refused is failed; the scopes to ask for are named."""
    place.token.scopes.remove("instagram_manage_insights")
    source = _source(place)
    assert flat(source.candidates([CLINIC])) == {}
    assert source.report().state is SourceState.FAILED
    assert "instagram_manage_insights" in source.report().remedy


def test_an_account_that_is_not_ours_cannot_ask(place: Place) -> None:
    """A wrong ig_user_id fails and is no lack of impersonators; a wrong setting is refused before."""
    source = _source(place, ig_user_id="999")
    assert flat(source.candidates([CLINIC])) == {}
    assert source.report().state is SourceState.FAILED
    with pytest.raises(ValidationError):
        _source(place, ig_user_id="riversidehealth")


def test_a_limit_half_way_keeps_what_was_told(place: Place) -> None:
    """Instagram's own limit (80002), not waited for, leaves a partial source."""
    place.sandbox.state.faults.append(
        GraphFault(ME, code=80002, message="(#80002) too many calls", skip=40, times=None)
    )
    source = _source(place, max_wait=0)
    assert flat(source.candidates([CLINIC]))
    assert source.report().state is SourceState.PARTIAL
    assert len(place.calls(ME)) == 41


def test_known_accounts_are_followed_by_the_name_they_had(place: Place) -> None:
    """One that is there is told; one whose name another has, or nobody, is not said to be gone; none is asked twice."""
    known = [
        Candidate(platform="instagram", id="17841409000000001", handle="riversidehealth_support"),
        Candidate(platform="instagram", id="555", handle="riversidehealth.official"),
        Candidate(platform="instagram", id="556", handle="riversidehealth_"),
        Candidate(platform="instagram", id="557", handle="a){id},me{id"),
        Candidate(platform="x", id="558", handle="riversidehealth"),
    ]
    source = _source(place, handles=40)
    found = flat(source.again_by_name(known))
    assert set(found) == {"17841409000000001", "17841409000000002"}
    assert all(one.status is AccountStatus.ACTIVE for one in found.values())
    assert len(place.calls(ME)) == 3
    assert "17841409000000001" not in flat(source.candidates([CLINIC]))
    report = source.report()
    assert report.asked == "3 accounts with a case, 40 names"
    assert any("2 known account(s)" in one for one in report.blind_to)


def test_doctor_asks_for_nobody(place: Place) -> None:
    """One call for a name that nobody has says that names may be asked for."""
    assert [one.state for one in _source(place).check()] == ["good"]
    assert len(place.sandbox.graph_calls) == 1


def test_our_handle_of_another_platform_is_asked_for_first() -> None:
    """Whoever holds it on Instagram is the first to look at; what is ours there is never asked for."""
    there = ProtectedProfile(key="k", handle="Oakmere_Kids", platform="x")
    here = ProtectedProfile(key="i", handle="oakmere", platform="instagram")
    assert list(islice(names([there, here]), 2)) == ["oakmere_kids", "oakmere.kids"]
    assert "oakmere" not in list(names([there, here]))


@given(handle=st.text(max_size=20), name=st.text(max_size=30))
def test_every_name_is_one_that_instagram_takes(handle: str, name: str) -> None:
    """Whatever a profile is called, nothing but a name can stand in the field asked for, each once."""
    asked = list(names([ProtectedProfile(key="k", handle=handle, name=name)]))
    assert len(set(asked)) == len(asked)
    assert all(
        re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?", one) and ".." not in one for one in asked
    )
