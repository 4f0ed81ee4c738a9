"""Advertisers of the Ad Library as candidates, through facebook-sdk over real HTTP to the Graph sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from auditor.demo.graph_sandbox import GraphAd, GraphFault
from auditor.errors import ConnectorError
from auditor.model.impersonation import ProtectedProfile, SourceState
from connectors.candidates.meta_ads import FacebookAds, FacebookAdsSettings
from tests.connectors.candidates.support_candidates import HOSTILE, flat
from tests.connectors.candidates.support_meta_sources import CLINIC, TOKEN, Place, strangers


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Strangers who advertise with our name."""
    with strangers(tmp_path) as served:
        yield served


def _source(place: Place, **more: object) -> FacebookAds:
    return FacebookAds(place.settings(FacebookAdsSettings, **more), place.context())


def test_each_advertiser_is_told_once_and_no_ad(place: Place) -> None:
    """Page and name are told however many ads there are; neither the ad's words nor its address are asked for."""
    source = _source(place)
    batches = list(source.candidates([CLINIC]))
    assert [one.id for batch in batches for one in batch] == ["9100", "9400"]
    found = flat(iter(batches))
    assert (found["9100"].name, found["9400"].name) == ("Riverside Health Rewards", f"Deals {HOSTILE}")
    records = [told["record"] for one in found.values() for told in one.told]
    assert records == [{"page_id": one.id, "page_name": one.name} for one in (found["9100"], found["9400"])]
    assert TOKEN not in repr([one.told for one in found.values()])
    assert source.report().state is SourceState.COMPLETE
    assert "European Union" in source.report().blind_to[0]


def test_countries_are_asked_for(place: Place) -> None:
    """Only ads shown there are found; a word that is no country is an error of the settings."""
    assert set(flat(_source(place, countries=["FR"]).candidates([CLINIC]))) == {"9400"}
    for wrong in (["France"], []):
        with pytest.raises(ValidationError):
            _source(place, countries=wrong)


def test_who_has_not_confirmed_their_identity_is_told_how(place: Place) -> None:
    """The Ad Library's refusal is failed with the address to go to, in the scan and in doctor."""
    place.token.identity_confirmed = False
    source = _source(place)
    assert flat(source.candidates([CLINIC])) == {}
    assert source.report().state is SourceState.FAILED
    assert "facebook.com/ID" in source.report().remedy
    with pytest.raises(ConnectorError) as doctor:
        next(source.check())
    assert "facebook.com/ID" in doctor.value.remedy


def test_a_long_list_is_read_as_far_as_it_may_be(place: Place) -> None:
    """Pages of 100 follow the cursor; an empty one is the end; a page with another error keeps what was told."""
    place.sandbox.state.ads = [GraphAd(str(n), str(8000 + n), "Shop", "Riverside Health") for n in range(250)]
    assert len(flat(_source(place).candidates([CLINIC]))) == 200
    assert len(flat(_source(place, ad_pages=9).candidates([CLINIC]))) == 250
    place.sandbox.state.empty_pages = True
    assert len(flat(_source(place, ad_pages=9).candidates([CLINIC]))) == 100
    place.sandbox.state.faults.append(
        GraphFault("ads_archive$", code=613, message="(#613)", skip=1, times=None)
    )
    halted = _source(place, ad_pages=9, max_wait=0)
    assert len(flat(halted.candidates([CLINIC]))) == 100
    assert halted.report().state is SourceState.PARTIAL


def test_terms_are_no_longer_than_meta_takes(place: Place) -> None:
    """A name of 150 letters is cut to 100, and the search is not refused."""
    long = ProtectedProfile(key="long", name="Riverside " * 15)
    source = _source(place)
    assert flat(source.candidates([long])) == {}
    assert source.report().state is SourceState.COMPLETE


def test_it_says_nothing_of_known_accounts(place: Place) -> None:
    """A case is not followed by ads, and no call is sent for it."""
    assert list(_source(place).again([("facebook", "9100")])) == []
    assert place.sandbox.http_calls == []
