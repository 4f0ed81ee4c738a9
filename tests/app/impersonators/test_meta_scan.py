"""Facebook and Instagram in a scan: from auditor.yaml over HTTP to the cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.app.impersonators.summary import summary
from auditor.errors import DocumentError
from auditor.model.impersonation import CaseState, SourceState
from tests.app.impersonators.support_impersonators import Office
from tests.connectors.candidates.support_candidates import HOSTILE
from tests.connectors.candidates.support_meta_sources import SECRET, TOKEN, Place, strangers

SUPPORT = "17841409000000001"


@pytest.fixture
def place(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Serve strangers; the office asks for them by all three ways."""
    monkeypatch.setenv("META_SECRET", SECRET)
    monkeypatch.setenv("META_TOKEN", TOKEN)
    with strangers(tmp_path) as served:
        app = (
            f"app_id: '900000000000001', app_secret: 'env:META_SECRET', access_token: 'env:META_TOKEN',"
            f" base_url: '{served.sandbox.base_url}'"
        )
        office.config += f"""\
  pictures: {{fetch: false}}
  sources:
    - {{id: ads, source: facebook_ads, {app}, countries: [DE, FR]}}
    - {{id: pages, source: facebook, {app}}}
    - {{id: insta, source: instagram, {app}, ig_user_id: '17840000000000001', handles: 90}}
"""
        yield served


def test_meta_is_looked_through_and_cases_are_followed(office: Office, place: Place) -> None:
    """Likely ones become cases with their raw records; a new name is followed, and a Page no longer shown stays open."""
    first = office.scan()
    cases = office.cases()
    assert {"9100", "9200", SUPPORT} <= set(cases)
    assert cases[SUPPORT].is_likely
    assert {one.source: one.state for one in first.reports} == {
        "ads": SourceState.COMPLETE,
        "pages": SourceState.COMPLETE,
        "insta": SourceState.PARTIAL,
    }
    place.sandbox.state.strangers[0].name = f"Totally Other {HOSTILE}"
    place.sandbox.state.strangers[1].is_published = False
    place.sandbox.state.ads.clear()
    office.later(hours=1)
    place.sandbox.state.instagram_strangers[0].biography = "Call 0800 1"
    second = office.scan()
    assert office.story("9100")[:2] == ["found", "changed"]
    assert office.cases()["9100"].candidate.name.startswith("Totally Other")
    assert office.cases()[SUPPORT].candidate.bio == "Call 0800 1"
    assert [one.asked for one in second.reports if one.source == "insta"] == [
        "1 account with a case, 90 names"
    ]
    assert office.cases()["9200"].state is CaseState.NEW
    blind = next(one.blind_to for one in second.reports if one.source == "pages")
    assert any(one.startswith("whether 1 known Page(s)") for one in blind)
    assert TOKEN not in " ".join((*summary(first), *summary(second)))


def test_what_one_source_tells_speaks_for_what_another_found(office: Office, place: Place) -> None:
    """A Page that links to our domain is not accused because an ad told of its name alone."""
    place.sandbox.state.strangers[0].website = "https://riversidehealth.example/"
    office.scan()
    case = office.cases()["9100"]
    assert case.candidate.links == ("https://riversidehealth.example/",)
    assert any("domain" in why for why in case.suppressed_by)
    assert not case.is_likely


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("countries: [DE, FR]", "countries: [Germany]"), ("app_id: '900000000000001'", "app_id: 'my app'")],
)
def test_a_wrong_setting_is_named_with_its_line(wrong: str, said: str, office: Office, place: Place) -> None:
    """The error says which key of which source."""
    office.config = office.config.replace(wrong, said, 1)
    with pytest.raises(DocumentError, match=said.partition(":")[0]):
        office.scan()
    assert place.sandbox.http_calls == []
