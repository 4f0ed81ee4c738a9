"""The access map: every way or its number, the highest level first."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from auditor.model.estate import AccessStatus, GrantPath, Level, PersonStatus
from reports import names
from reports.charts import account_map, person_map
from reports.charts.ways import AT_MOST, ways_of_account, words_of_rest
from reports.review import ReviewAccount
from tests.reports.charts.support_svg import account, accounts, described, parsed, texts
from tests.reports.support_estate import APPS, HOLDERS
from tests.reports.support_review import sample_review

PERSON, LEFT = HOLDERS[0], replace(HOLDERS[1], person_status=PersonStatus.TERMINATED)


def _many(count: int, level: Level | None = Level.VIEWER) -> ReviewAccount:
    return account(
        tuple(
            replace(PERSON, grant_id=str(n), person_id=f"hr:{n}", person_name=f"Person {n:03}", level=level)
            for n in range(count)
        )
    )


@settings(deadline=None)
@given(accounts())
def test_every_way_is_drawn_or_counted(held: ReviewAccount) -> None:
    """Ways in the drawing and ways in the words beside it are all the ways there are."""
    ways = ways_of_account(held)
    still = sum(not names.is_gone(holder) for holder in held.holders)
    assert len(ways) == still + len(held.apps)
    picture = account_map(held)
    assert (picture is None) == (len(ways) < 2)
    if picture:
        assert (
            described(picture).count(" on Facebook ") >= min(len(ways), AT_MOST)
            or len(described(picture)) == 6000
        )
        assert ("and " + f"{len(ways) - AT_MOST} more" in " ".join(texts(picture))) == (len(ways) > AT_MOST)


@settings(deadline=None)
@given(accounts())
def test_the_highest_level_comes_first_and_an_unknown_one_before_all(held: ReviewAccount) -> None:
    """Nothing that is left out could do more than what is drawn."""
    ranks = [way.level or 8 for way in ways_of_account(held)]
    assert ranks == sorted(ranks, reverse=True)


def test_what_is_not_drawn_is_told_by_level() -> None:
    """Sixty-one viewers: twenty-four are drawn, thirty-seven are a sentence, in the drawing and in words."""
    picture = account_map(_many(61))
    assert picture is not None
    assert "and 37 more at level viewer" in texts(picture)
    assert "and 37 more at level viewer." in described(picture)
    mixed = [
        *ways_of_account(_many(3, Level.ADMIN)),
        *ways_of_account(_many(2)),
        *ways_of_account(_many(1, None)),
    ]
    assert words_of_rest(mixed) == "and 6 more, by level: 1 unknown, 3 admin and 2 viewer"


def test_an_unknown_level_is_dashed_and_said() -> None:
    """The line of a role that maps to no level is broken, and the word stands beside the name."""
    picture = account_map(account((replace(PERSON, level=None), LEFT)))
    assert picture is not None
    dashed = [e for e in parsed(picture).iter("path") if e.get("class") == "way-unknown"]
    assert len(dashed) >= 2
    assert all(e.get("stroke-dasharray") for e in dashed)
    assert "level unknown" in texts(picture)
    assert "at an unknown level" in described(picture)


def test_those_who_left_are_marked_by_shape_and_word() -> None:
    """A cross and the words, never colour alone; in the map of the person too."""
    picture = account_map(account((PERSON, LEFT)))
    assert picture is not None
    assert any("has left" in text for text in texts(picture))
    assert [e for e in parsed(picture).iter("path") if e.get("class") == "mark-cross"]
    assert "Bo Fox (has left)" in described(picture)
    review = sample_review()
    by_id = {one.account_id: one for one in review.accounts}
    held = [h for one in review.accounts for h in one.holders if h.person_id == "hr:100512"]
    own = person_map("Bo Fox", held, by_id)
    assert own is not None
    assert "has left" in texts(own)
    assert [e for e in parsed(own).iter("path") if e.get("class") == "mark-cross"]


def test_people_and_apps_stand_on_one_map() -> None:
    """An app is a square of its own and said to be an app."""
    app = replace(APPS[0], account_id="facebook:1")
    picture = account_map(account((PERSON,), (app,)))
    assert picture is not None
    assert "connected app" in texts(picture)
    assert [e for e in parsed(picture).iter("rect") if e.get("class") == "mark"]
    assert "The app Postwright, connected app, to Riverside on Facebook as publisher." in described(picture)


def test_one_path_is_one_box_and_one_person_one_line() -> None:
    """Two grants of a person through one portfolio meet in one box beside one name with both levels."""
    via = {"via": GrantPath.PORTFOLIO, "via_id": "bm-1", "via_name": "Riverside Group"}
    low = replace(PERSON, grant_id="b", level=Level.VIEWER, **via)  # type: ignore[arg-type] - fields by name
    picture = account_map(account((replace(PERSON, **via), low)))  # type: ignore[arg-type] - fields by name
    assert picture is not None
    assert texts(picture).count("Riverside Group") == 1
    assert texts(picture).count("Priya Raman") == 1
    assert "admin, viewer" in texts(picture)


def test_a_portfolio_over_two_platforms_is_one_path() -> None:
    """Grants on a Facebook page and an Instagram profile through one portfolio meet in one box."""
    via = {"via": GrantPath.PORTFOLIO, "via_id": "bm-1", "via_name": "Riverside Group"}
    one, other = account(), replace(account(key="instagram:2", name="Kids"), platform="instagram")
    held = [replace(PERSON, grant_id=at.account_id, account_id=at.account_id, **via) for at in (one, other)]  # type: ignore[arg-type] - fields by name
    picture = person_map("Priya Raman", held, {at.account_id: at for at in (one, other)})
    assert picture is not None
    assert texts(picture).count("Riverside Group") == 1
    assert {"Riverside", "admin, Facebook", "Kids", "admin, Instagram"} <= set(texts(picture))


def test_one_way_needs_no_picture_and_removed_access_is_no_way() -> None:
    """A sentence is quicker than a drawing of one line."""
    assert account_map(account((PERSON,))) is None
    gone = replace(LEFT, status=AccessStatus.REMOVED)
    assert account_map(account((PERSON, gone))) is None
    assert person_map("Priya", [PERSON], {PERSON.account_id: account()}) is None


def test_a_long_name_is_cut_where_it_is_drawn_and_told_in_the_description() -> None:
    """The drawing shows the beginning; the description has the whole."""
    long = "Doctor " + "Maximiliana " * 8 + "Featherstonehaugh"
    picture = account_map(account((replace(PERSON, person_name=long), LEFT)))
    assert picture is not None
    assert any(text.startswith("Doctor Max") and text.endswith("…") for text in texts(picture))
    assert long in described(picture)
