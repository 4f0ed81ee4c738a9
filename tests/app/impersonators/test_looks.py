"""Pictures in a scan: they turn a name alone into a likely impersonator, are fetched sparingly, and missed aloud."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from auditor.app.impersonators.review import impersonation_of
from auditor.app.impersonators.summary import summary
from auditor.demo.loopback import LoopbackServer
from tests.app.impersonators.support_impersonators import MediaHost, Office
from tests.lookalikes.support_pictures import COPIES, logo, png

NAMED = {"id": "21", "platform": "x", "handle": "xq_77120", "name": "Riverside Health"}


SERVED = {
    "/ours.png": png(logo(5)),
    "/copy.png": COPIES["cropped by 10 %"](logo(5)),
    "/other.png": png(logo(9)),
}


@pytest.fixture
def media(office: Office) -> Iterator[tuple[MediaHost, str]]:
    """A media host on this machine, where our own account has its picture."""
    application = MediaHost(SERVED)
    with LoopbackServer(application) as server:
        office.config += f"  pictures: {{base_url: {server.base_url}}}\n"
        office.show_picture(server.base_url)
        yield application, server.base_url


def _account(base: str, path: str, **more: Any) -> dict[str, Any]:
    return {**NAMED, "avatar": f"{base}{path}", **more}


def test_a_copied_picture_makes_the_second_element(office: Office, media: tuple[MediaHost, str]) -> None:
    """The same name with our picture is likely; with a picture of its own it is for review."""
    _application, base = media
    office.scan(_account(base, "/copy.png"), _account(base, "/other.png", id="22", handle="zz_41"))
    cases = office.cases()
    assert (cases["21"].tier, cases["22"].tier) == ("likely", "review")
    assert [one.kind for one in cases["21"].elements].count("IMAGE") == 1
    assert len(cases["21"].candidate.avatar_hash) == 96


def test_pictures_are_fetched_once(office: Office, media: tuple[MediaHost, str]) -> None:
    """Ours is fetched once a scan, theirs once as long as its address stays, and strangers' never."""
    application, base = media
    stranger = {
        "id": "30",
        "platform": "x",
        "handle": "cycling_news",
        "name": "Cycling",
        "avatar": f"{base}/other.png",
    }
    for _ in range(2):
        office.scan(
            _account(base, "/copy.png"), _account(base, "/copy.png", id="23", handle="zz_42"), stranger
        )
        office.now += timedelta(hours=1)
    assert application.asked == {"/ours.png": 2, "/copy.png": 2}
    assert office.story("21") == ["found", "noted", "noted"]


def test_a_report_shows_the_pictures_small(office: Office, media: tuple[MediaHost, str]) -> None:
    """Both pictures of a likely case are in the review as small PNGs, though their host has lost them since."""
    application, base = media
    office.scan(_account(base, "/copy.png"), _account(base, "/other.png", id="22", handle="zz_41"))
    application.served.clear()
    newest = office.store().snapshots(1)[0].id
    shown = impersonation_of(office.workspace(), office.store(), newest)
    assert shown is not None
    assert set(shown.pictures) == {office.cases()[one].case_id for one in ("21", "22")}
    for uri in shown.pictures[office.cases()["21"].case_id]:
        content = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
        with Image.open(io.BytesIO(content)) as opened:
            assert max(opened.size) == 96


@pytest.mark.parametrize(
    ("extra", "path"), [("", "/none.png"), (", fetch: false", "/copy.png"), (", most: 0", "/copy.png")]
)
def test_a_picture_that_was_not_seen_is_said(
    office: Office, media: tuple[MediaHost, str], extra: str, path: str
) -> None:
    """Missing, switched off or beyond the bound: the case stays for review, and the scan says what it did not see."""
    _application, base = media
    office.config = office.config.replace(f"{base}}}", f"{base}{extra}}}")
    scanned = office.scan(_account(base, path))
    assert scanned.pictures_unseen == 1
    assert office.cases()["21"].tier == "review"
    assert any("could not be compared" in line for line in summary(scanned))


def test_what_was_seen_stays_known_until_another_picture_is(
    office: Office, media: tuple[MediaHost, str]
) -> None:
    """A new address that cannot be looked at takes no evidence away: the old hash stands with its moment, and that is said."""
    application, base = media
    office.scan(_account(base, "/copy.png"))
    seen_at, before = office.now, office.cases()["21"]
    office.later(days=1)
    office.scan(_account(base, "/new.png"))
    office.later(days=1)
    scanned = office.scan(_account(base, "/new.png"))
    case = office.cases()["21"]
    assert (case.tier, case.candidate.avatar_hash) == ("likely", before.candidate.avatar_hash)
    assert (case.candidate.avatar_seen_at, case.candidate.avatar_unseen) == (seen_at, True)
    (image,) = [one.sentence for one in case.elements if one.kind == "IMAGE"]
    assert "could not be looked at" in image
    assert seen_at.date().isoformat() in image
    assert office.story("21") == ["found", "noted", "noted", "noted"], "told once, however often it is met"
    assert scanned.pictures_unseen == 1
    shown = impersonation_of(office.workspace(), office.store(), office.store().snapshots(1)[0].id)
    assert shown is not None
    assert (shown.cases[0].picture_unseen, shown.cases[0].picture_seen_at) == (True, seen_at)
    application.served["/new.png"] = png(logo(9))
    office.scan(_account(base, "/new.png"))
    case = office.cases()["21"]
    assert (case.tier, case.candidate.avatar_unseen) == ("review", False)
    assert case.candidate.avatar_hash != before.candidate.avatar_hash


def test_a_source_that_tells_no_picture_takes_none_away(office: Office, media: tuple[MediaHost, str]) -> None:
    """The platform told of it, the list does not: what was seen counts as before."""
    _application, base = media
    office.scan(_account(base, "/copy.png"))
    office.scan(NAMED)
    case = office.cases()["21"]
    assert (case.tier, case.candidate.avatar_unseen) == ("likely", False)
    assert office.story("21") == ["found", "noted", "noted"]


def test_our_own_picture_is_remembered(office: Office, media: tuple[MediaHost, str]) -> None:
    """While its host is down nobody looks less like us, nobody is news once it is back, and the scan says so."""
    application, base = media
    office.scan(_account(base, "/copy.png"))
    ours = application.served.pop("/ours.png")
    scanned = office.scan(_account(base, "/copy.png"))
    assert office.cases()["21"].tier == "likely"
    assert scanned.own_pictures_unseen == 1
    assert any("own picture of 1 protected name" in line for line in summary(scanned))
    application.served["/ours.png"] = ours
    office.scan(_account(base, "/copy.png"))
    assert [one.kind.value for one in office.events()] == ["impersonator.likely"]


def test_a_picture_that_shows_nothing_is_another_picture(
    office: Office, media: tuple[MediaHost, str]
) -> None:
    """It was looked at: what was known of the one before is over, and that is a change."""
    application, base = media
    office.scan(_account(base, "/copy.png"))
    application.served["/grey.png"] = png(Image.new("RGB", (80, 80), (128, 128, 128)))
    office.scan(_account(base, "/grey.png"))
    case = office.cases()["21"]
    assert (case.tier, case.candidate.avatar_hash) == ("review", "")
    told = [one.message for one in office.store().cases.timeline([case.case_id])]
    assert "The picture became one that shows next to nothing." in told


def test_the_same_picture_at_another_address_is_kept_once(
    office: Office, media: tuple[MediaHost, str]
) -> None:
    """Some platforms give pictures a new address each day: the timeline does not grow by it."""
    application, base = media
    for day in range(3):
        application.served[f"/copy-{day}.png"] = application.served["/copy.png"]
        office.scan(_account(base, f"/copy-{day}.png"))
    assert office.story("21") == ["found", "noted", "noted"]
