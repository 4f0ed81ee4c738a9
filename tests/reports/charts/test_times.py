"""Pictures over time: the trend, and the days of access after the last day of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.estate import AccessStatus, PersonStatus
from reports.charts import Exposure, exposure, exposures, trend
from reports.review import AccessReview, TrendPoint
from tests.reports.charts.support_svg import boxes, described, parsed, texts
from tests.reports.support_estate import NOW
from tests.reports.support_review import sample_review


def _point(day: int, failed: int, unknown: int) -> TrendPoint:
    return TrendPoint(snapshot_id=str(day), at=NOW + timedelta(days=day), failed=failed, unknown=unknown)


def test_a_trend_needs_two_snapshots_and_marks_each() -> None:
    """One point makes no line; each of three has its circle, its square and its day in words."""
    assert trend([_point(0, 4, 2)], "UTC") is None
    picture = trend([_point(0, 4, 2), _point(7, 2, 2), _point(14, 0, 2)], "UTC")
    assert picture is not None
    root = parsed(picture)
    circles = [float(e.get("cy", 0)) for e in root.iter("circle")]
    assert circles == sorted(circles)
    assert len(circles) == len(boxes(picture, "end-unknown")) == 3
    assert texts(picture) == ["0 failed", "2 unknown", "20 Nov 2026", "4 Dec 2026"]
    assert described(picture) == (
        "20 Nov 2026: 4 failed, 2 unknown. 27 Nov 2026: 2 failed, 2 unknown. 4 Dec 2026: 0 failed, 2 unknown."
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=2, max_size=8))
def test_the_labels_of_a_trend_never_cover_each_other(counts: list[tuple[int, int]]) -> None:
    """However close the ends, the two labels keep a line's height apart, and stay inside."""
    picture = trend([_point(n, *both) for n, both in enumerate(counts)], "UTC")
    assert picture is not None
    failed, unknown = [float(e.get("y", 0)) for e in parsed(picture).iter("text")][:2]
    assert abs(failed - unknown) >= 15.5
    assert min(failed, unknown) > 0
    assert max(failed, unknown) < picture.height - 6


def _with_leavers(*changes: dict[str, object]) -> AccessReview:
    """Return the sample with its first people changed as told."""
    review = sample_review()
    people = list(review.people)
    for index, change in enumerate(changes):
        people[index] = replace(people[index], **change)  # type: ignore[arg-type] - fields by name
    return replace(review, people=tuple(people))


def test_days_count_from_the_last_day_to_the_day_judged() -> None:
    """Bo Fox left on 31 October and is judged on 20 November: twenty days, on both accounts."""
    (bo,) = exposures(sample_review())
    assert (bo.name, bo.left_on, bo.days) == ("Bo Fox", date(2026, 10, 31), 20)
    assert bo.accounts == ("@RiversideHealth (X)", "Riverside Children's Hospital (Facebook)")
    picture = exposure([bo])
    assert picture is not None
    assert described(picture) == (
        "Bo Fox left on 31 Oct 2026 and still holds access 20 days later, to @RiversideHealth (X) and "
        "Riverside Children's Hospital (Facebook)."
    )
    assert {"Bo Fox", "left 31 Oct 2026", "20 days", "1 day"} <= set(texts(picture))


def test_the_day_judged_is_a_day_in_the_organisations_zone() -> None:
    """An hour after midnight in UTC it is still the day before in Chicago."""
    review = replace(sample_review(), as_of=datetime(2026, 11, 20, 1, 0, tzinfo=UTC))
    assert [one.days for one in exposures(review)] == [19]


def test_an_unknown_last_day_is_listed_first_and_never_dropped() -> None:
    """Someone who has left on an unknown day stands before all, hatched, with the word."""
    review = _with_leavers({"status": PersonStatus.TERMINATED, "left_on": None})
    found = exposures(review)
    assert [(one.name, one.days) for one in found] == [("Priya Raman", None), ("Bo Fox", 20)]
    picture = exposure(found)
    assert picture is not None
    assert {"has left, day not known", "unknown"} <= set(texts(picture))
    assert len(boxes(picture, "fill-unknown")) == 1
    assert "Priya Raman has left on a day that is not known, and still holds access to" in described(picture)


def test_only_those_who_left_and_still_hold_are_shown() -> None:
    """Present people, leavers without access, people to come and those who came back are no exposure."""
    review = _with_leavers(
        {"left_on": date(2026, 12, 31)},
        {"status": PersonStatus.ACTIVE, "left_on": date(2024, 1, 1), "hired_on": date(2025, 1, 1)},
    )
    assert exposures(review) == ()
    assert exposure(()) is None
    gone = tuple(
        replace(one, holders=tuple(replace(h, status=AccessStatus.REMOVED) for h in one.holders))
        for one in sample_review().accounts
    )
    assert exposures(replace(sample_review(), accounts=gone)) == ()


def test_a_last_day_in_the_past_counts_although_the_word_was_not_changed() -> None:
    """A roster that still says employed but knows a past last day shows an exposure."""
    review = _with_leavers({"status": PersonStatus.ACTIVE, "left_on": date(2026, 11, 18), "hired_on": None})
    assert [(one.name, one.days) for one in exposures(review)] == [("Bo Fox", 20), ("Priya Raman", 2)]


def _leaver(number: int, days: int | None) -> Exposure:
    left = None if days is None else NOW.date() - timedelta(days=days)
    return Exposure(str(number), f"Person {number}", left, days, ("a",), ("Page (Facebook)",))


def test_more_leavers_than_fit_are_counted_with_their_unknowns() -> None:
    """Of twenty, fifteen are drawn; the words tell how many are not and how many of those have no day."""
    people = [*(_leaver(n, 30 - n) for n in range(18)), _leaver(18, None), _leaver(19, None)]
    picture = exposure(people)
    assert picture is not None
    rest = "and 5 more people who left and still hold access, 2 of them with no known day"
    assert rest in texts(picture)
    assert rest in described(picture)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=15))
def test_bars_of_days_keep_their_order_and_a_day_has_its_mark(days: list[int]) -> None:
    """The longer exposure has the longer bar, none is invisible, and the one-day line crosses each row."""
    picture = exposure([_leaver(n, one) for n, one in enumerate(days)])
    assert picture is not None
    widths = [box[2] for box in boxes(picture, "fill-control")]
    assert min(widths) > 0
    in_order = [width for _days, width in sorted(zip(days, widths, strict=True))]
    assert in_order == sorted(in_order)
    lines = [e for e in parsed(picture).iter("path") if e.get("class") == "mark-line"]
    assert len(lines) == len(days)
