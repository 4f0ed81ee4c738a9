"""Facebook's Pages as candidates, through facebook-sdk over real HTTP to the Graph sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.demo.graph_sandbox import GraphFault, GraphPage
from auditor.errors import ConnectorError
from auditor.model.impersonation import AccountStatus, SourceState
from connectors.candidates import meta_ads, meta_instagram
from connectors.candidates.meta_pages import FIELDS, KEPT, FacebookPages, FacebookSettings, candidate_of
from tests.connectors.candidates.support_candidates import HOSTILE, flat
from tests.connectors.candidates.support_meta_sources import CLINIC, OURS, SECRET, TOKEN, Place, strangers
from tests.support import NOW


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Strangers among whom some look like us."""
    with strangers(tmp_path) as served:
        yield served


def _source(place: Place, **more: object) -> FacebookPages:
    return FacebookPages(place.settings(FacebookSettings, **more), place.context())


def test_pages_are_found_by_name_with_what_they_say(place: Place) -> None:
    """Ours and strangers' are told, hostile text unchanged, the picture and each link by its address."""
    source = _source(place)
    found = flat(source.candidates([CLINIC]))
    assert set(found) == {OURS, "9100", "9200"}
    squat = found["9100"]
    assert squat.name == f"Riverside Health {HOSTILE}"
    assert (squat.handle, squat.bio, squat.followers) == ("riversidehealth.help", "Patient help", 12)
    assert squat.links == ("https://bad.example/a", "http://wa.me/1")
    assert (squat.url, squat.avatar_url) == (
        "https://www.facebook.com/9100",
        "https://scontent.xx.fbcdn.net/p.png",
    )
    assert found["9200"].verified_type == "blue_verified"
    report = source.report()
    assert (report.state, report.asked) == (SourceState.COMPLETE, "2 names")
    assert report.requests == len(place.sandbox.graph_calls) == 3


def test_evidence_holds_what_graph_said_and_no_secret(place: Place) -> None:
    """The raw record has the fields asked for, and neither token, proof nor secret."""
    found = flat(_source(place).candidates([CLINIC]))
    (told,) = found["9100"].told
    assert told["asked"] == "pages/search"
    assert isinstance(told["record"], dict)
    assert told["record"]["website"] == "https://bad.example/a http://wa.me/1"
    for secret in (TOKEN, SECRET):
        assert secret not in repr(told)


def test_an_app_without_the_feature_is_told_so(place: Place) -> None:
    """Refused is failed, with what to do, and never 'nobody'; no token is in the words."""
    place.sandbox.state.features.clear()
    source = _source(place)
    assert flat(source.candidates([CLINIC])) == {}
    report = source.report()
    assert report.state is SourceState.FAILED
    assert "Page Public Content Access" in report.remedy
    assert TOKEN not in repr(report)
    with pytest.raises(ConnectorError) as doctor:
        next(_source(place).check())
    assert doctor.value.remedy == report.remedy


def test_an_app_in_development_is_shown_its_own_people_only(place: Place) -> None:
    """Where Meta's own Page is not to be seen, what was found is a part: partial, though nothing was refused."""
    place.sandbox.state.in_development = True
    source = _source(place)
    assert set(flat(source.candidates([CLINIC]))) == {OURS}
    assert source.report().state is SourceState.PARTIAL
    assert "role on the app" in source.report().reason


def test_the_apps_own_token_will_do(place: Place) -> None:
    """Without access_token the app asks in its own name, and doctor is content."""
    source = _source(place, access_token=None)
    assert "9100" in flat(source.candidates([CLINIC]))
    assert [one.state for one in source.check()] == ["good"]


def test_a_search_goes_on_page_by_page_as_far_as_it_may(place: Place) -> None:
    """Pages follow the cursor, empty ones too, to the number configured; more is said to be unseen."""
    place.sandbox.state.strangers += [GraphPage(str(5000 + n), f"Riverside Health {n}") for n in range(90)]
    place.sandbox.state.largest_page = 30
    place.sandbox.state.empty_pages = True
    assert len(flat(_source(place).candidates([CLINIC]))) == 30
    source = _source(place, search_pages=7)
    assert len(flat(source.candidates([CLINIC]))) == 93
    assert "more than 350 Pages of one name" in source.report().blind_to


def test_a_cursor_that_stands_still_is_a_failure(place: Place) -> None:
    """A list that does not end keeps what it told and is partial."""
    place.sandbox.state.stuck_edges.add("search")
    source = _source(place, search_pages=5)
    assert "9100" in flat(source.candidates([CLINIC]))
    assert source.report().state is SourceState.PARTIAL


def test_a_field_graph_does_not_know_is_left_out(place: Place) -> None:
    """Each denied field costs one more call and nothing else, in searches and in batches."""
    place.sandbox.state.missing_fields |= {"Page.picture", "Page.fan_count"}
    source = _source(place)
    found = flat(source.candidates([CLINIC])) | flat(source.again([("facebook", "9300")]))
    assert found["9100"].avatar_url == ""
    assert found["9300"].name == "Something else"
    assert source.report().state is SourceState.COMPLETE


def test_known_pages_are_followed_by_number(place: Place) -> None:
    """Renamed is told; gone and hidden are the same to Graph and stay open; other platforms are not asked."""
    state = place.sandbox.state
    state.strangers[0].name, state.strangers[0].username = "Totally Other", "other.page"
    state.strangers[1].is_published = False
    known = [
        ("facebook", "9100"),
        ("facebook", "9200"),
        ("facebook", "777"),
        ("x", "9300"),
        ("facebook", "a/b"),
    ]
    source = _source(place)
    found = flat(source.again(known))
    assert set(found) == {"9100"}
    assert (found["9100"].name, found["9100"].status) == ("Totally Other", AccountStatus.ACTIVE)
    report = source.report()
    assert (report.state, report.requests, report.asked) == (
        SourceState.COMPLETE,
        3,
        "3 accounts with a case",
    )
    assert any(one.startswith("whether 2 known Page(s)") for one in report.blind_to)
    assert place.sandbox.http_calls == ["POST /"]


def test_an_unpublished_page_that_is_shown_is_said_to_be_one(place: Place) -> None:
    """It is there and no removal."""
    place.sandbox.state.strangers[0].is_published = False
    place.sandbox.state.shows_unpublished = True
    source = _source(place)
    assert flat(source.again([("facebook", "9100")]))["9100"].status is AccountStatus.ACTIVE
    assert any("unpublished will come back" in one for one in source.report().blind_to)


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        (GraphFault("^/9100$", code=10, message="(#10) no", times=None), SourceState.PARTIAL, "App Review"),
        (GraphFault("^/9100$", code=190, subcode=463, message="expired"), SourceState.PARTIAL, "token"),
        (GraphFault("^/9100$", code=803, message="(#803) Some of the aliases"), SourceState.COMPLETE, ""),
        (GraphFault("^/9100$", "null"), SourceState.COMPLETE, ""),
        (GraphFault("^/9100$", "html", times=None), SourceState.PARTIAL, "later"),
        (GraphFault("^/$", code=190, subcode=460, message="password"), SourceState.FAILED, "password"),
        (GraphFault("^/$", "cut", times=None), SourceState.FAILED, "network"),
    ],
)
def test_what_hinders_a_second_look_is_told_apart(
    fault: GraphFault, state: SourceState, words: str, place: Place
) -> None:
    """No permission, a dead token, a platform that is down: the others are told, nobody is gone, the mend is said."""
    place.sandbox.state.faults.append(fault)
    source = _source(place)
    found = flat(source.again([("facebook", "9100"), ("facebook", "9200")]))
    assert all(one.status is AccountStatus.ACTIVE for one in found.values())
    assert ("9200" in found) is (state is not SourceState.FAILED)
    report = source.report()
    assert report.state is state
    assert words in report.remedy
    assert TOKEN not in repr(report)


def test_limits_are_waited_for_within_reason(place: Place) -> None:
    """A usage header slows, a refusal for too many calls is waited out, and beyond max_wait it is said."""
    state = place.sandbox.state
    state.app_usage = {"call_count": 85, "total_time": 1, "total_cputime": 1}
    state.faults.append(GraphFault("search$", code=4, message="(#4) Application request limit reached"))
    source = _source(place)
    assert "9100" in flat(source.candidates([CLINIC]))
    assert source.report().state is SourceState.COMPLETE
    assert 5.0 in place.slept
    state.business_usage = {
        "1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 60}]
    }
    impatient = _source(place)
    assert "9100" in flat(impatient.candidates([CLINIC]))
    assert impatient.report().state is SourceState.PARTIAL
    assert "quota" in impatient.report().reason


def test_calls_are_capped_and_parts_of_a_batch_count(place: Place) -> None:
    """Three calls are three known Pages in one request, and the cap is said."""
    source = _source(place, max_requests=2)
    assert set(flat(source.again([("facebook", one) for one in ("9100", "9200", "9300")]))) == {
        "9100",
        "9200",
    }
    report = source.report()
    assert (report.state, report.requests) == (SourceState.PARTIAL, 2)
    assert "max_requests" in report.remedy


def test_a_token_that_graph_repeats_is_not_told(place: Place) -> None:
    """Words of Graph's that hold the token or the secret reach the report without them."""
    place.sandbox.state.faults.append(GraphFault("search$", code=999, message=f"{TOKEN} {SECRET} {HOSTILE}"))
    source = _source(place)
    assert flat(source.candidates([CLINIC])) == {}
    assert source.report().state is SourceState.FAILED
    assert TOKEN not in repr(source.report())
    assert SECRET not in repr(source.report())


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "url", "x"]), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*KEPT, *meta_instagram.KEPT, "page_id", "page_name"]), _ODD))
def test_whatever_a_row_holds_an_account_or_nothing_comes_of_it(row: dict[str, Any]) -> None:
    """No shape of an answer is an error of ours, and every text can be stored."""
    row = {"id": "1", "page_id": "1", "username": "u", **row}
    for one in (
        candidate_of(row, "s", NOW, "a"),
        meta_ads.candidate_of(row, "s", NOW),
        meta_instagram.candidate_of(row, "s", NOW),
    ):
        if one is not None:
            assert one.id.isdigit()
            texts = (one.name, one.handle, one.bio, one.url, one.avatar_url, *one.links)
            assert "\x00" not in "".join(texts)
            "".join(texts).encode()


def test_no_more_is_asked_for_than_is_used() -> None:
    """No post, no token, no people of the Page."""
    assert set(FIELDS).isdisjoint({"access_token", "posts", "feed", "roles", "assigned_users"})
