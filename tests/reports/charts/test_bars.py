"""Coverage and levels as stacked bars."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.estate import AccessStatus, Level
from reports.charts import (
    coverage_bar,
    coverage_by_platform,
    level_counts,
    level_words,
    levels_bar,
    levels_by_account,
)
from reports.charts.bars import LEAST, stacked
from reports.review import CoverageSplit
from tests.reports.charts.support_svg import account, boxes, described, parsed, texts
from tests.reports.support_estate import HOLDERS
from tests.reports.support_review import sample_review

COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=8)


@settings(deadline=None)
@given(COUNTS, st.floats(80, 900))
def test_the_parts_of_a_bar_fill_it_and_none_that_exists_is_invisible(
    counts: list[int], width: float
) -> None:
    """Parts are as many as counts above zero, side by side, wide enough to see, and sum to the width."""
    parts = stacked([(f"s{n}", "label", count) for n, count in enumerate(counts)], width)
    assert [part.count for part in parts] == [count for count in counts if count]
    edge = 0.0
    for part in parts:
        assert abs(part.x - edge) < 1e-6
        assert part.width >= LEAST / 2
        edge += part.width
    assert not parts or abs(edge - width) < 1e-6


@settings(deadline=None)
@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_the_larger_part_is_never_the_narrower(one: int, other: int) -> None:
    """Widths keep the order of the counts."""
    first, second = stacked([("a", "a", one), ("b", "b", other)], 400)
    assert (first.width >= second.width) or one < other


def test_coverage_tells_counts_and_shares_in_words_and_numbers() -> None:
    """Each part has its count on it and in the description, with its share."""
    picture = coverage_bar(CoverageSplit(verified=58, attested=8, unknown=34))
    assert picture is not None
    assert texts(picture) == ["58", "8", "34"]
    assert described(picture) == "58 verified (58 %), 8 attested (8 %), 34 unknown (34 %), of 100 asked."
    assert coverage_bar(CoverageSplit()) is None


def test_unknown_is_hatched_and_attested_dotted() -> None:
    """The fills differ in texture, so that the parts can be told apart without colour."""
    picture = coverage_bar(CoverageSplit(verified=1, attested=1, unknown=1))
    assert picture is not None
    classes = [element.get("class") for element in parsed(picture)]
    assert classes.index("hatch") == classes.index("fill-unknown") + 1
    assert classes.index("dots") == classes.index("fill-attested") + 1


def test_platforms_come_least_known_first_and_one_never_asked_is_all_unknown() -> None:
    """A platform of which nothing was asked has a whole hatched bar, above those that are known."""
    picture = coverage_by_platform(
        {
            "x": CoverageSplit(verified=9, unknown=1),
            "instagram": CoverageSplit(),
            "facebook": CoverageSplit(unknown=4),
        }
    )
    assert picture is not None
    written = texts(picture)
    order = [written.index(name) for name in ("Facebook", "Instagram", "X")]
    assert order == sorted(order)
    assert "nothing was asked" in written
    assert "Instagram: nothing was asked, so all is unknown." in described(picture)
    assert "10 % of 10 unknown" in written
    assert [round(box[2]) for box in boxes(picture, "fill-unknown")][1:3] == [419, 419]
    assert coverage_by_platform({}) is None


def test_removed_grants_are_not_drawn_and_unmapped_levels_are() -> None:
    """What is removed counts for nobody; a role of unknown level is a part of its own."""
    unmapped = replace(HOLDERS[0], level=None)
    removed = replace(HOLDERS[0], status=AccessStatus.REMOVED)
    held = (unmapped, removed, HOLDERS[1])
    assert level_words(held) == "1 speaking as us, 1 level unknown"
    assert level_counts([removed])[Level.ADMIN] == 0
    picture = levels_bar(account(held))
    assert picture is not None
    assert described(picture) == "2 holders: 1 of unknown level and 1 publisher."
    assert levels_bar(account((removed,))) is None


def test_holders_read_in_part_leave_room_for_more() -> None:
    """Where the holders could not all be seen the bar ends hatched, and the words say so."""
    whole, part = (
        levels_by_account([account(HOLDERS[:2], state=state)]) for state in ("observed", "partial")
    )
    assert whole is not None
    assert part is not None
    assert len(boxes(part, "fill-unknown")) == len(boxes(whole, "fill-unknown")) + 1
    assert "2" in texts(whole)
    assert "2 or more" in texts(part)
    assert "more may hold it than were seen" in described(part)


def test_an_account_nobody_could_read_is_not_shown_as_empty() -> None:
    """Nobody seen and nobody there are told apart."""
    (unread, empty) = (levels_by_account([account(state=state)]) for state in ("denied", "observed"))
    assert unread is not None
    assert empty is not None
    assert "not known" in texts(unread)
    assert "who holds it is not known" in described(unread)
    assert "nobody" in texts(empty)
    assert len(boxes(empty, "fill-unknown")) == 1, "the legend alone"


def test_the_overview_draws_the_most_critical_and_counts_the_rest() -> None:
    """Of forty accounts fifteen are drawn, tier first, then followers; the picture says how many are not."""
    many = [account(HOLDERS[:1], name=f"Page {n}", key=f"facebook:{n}", tier=3) for n in range(38)]
    tier_one = account(HOLDERS[:1], name="Main", key="facebook:m", tier=1)
    followed = replace(account(HOLDERS[:1], name="Loved", key="facebook:l", tier=3), followers=10)
    picture = levels_by_account([*many, followed, tier_one])
    assert picture is not None
    written = texts(picture)
    drawn = [text for text in written if "(Facebook)" in text]
    assert drawn[:2] == ["Main (Facebook)", "Loved (Facebook)"]
    assert len(drawn) == 15
    assert "and 25 more accounts, in the table" in written
    assert "25 more accounts" in described(picture)


def test_the_description_names_every_account_and_count_of_the_sample() -> None:
    """What the drawing shows of the sample can be read without seeing it."""
    picture = levels_by_account(sample_review().accounts)
    assert picture is not None
    assert (
        "Riverside Health (Facebook): 5 holders: 1 of unknown level, 1 admin, 1 publisher, 1 moderator and 1 analyst."
        in described(picture)
    )
    assert "Riverside Health (LinkedIn): who holds it is not known." in described(picture)
