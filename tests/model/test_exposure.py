"""The exposure clock's arithmetic: what is certain, what is possible, and what polling adds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.exposure import Reading, against, hours, measure
from auditor.model.finding import Verdict

END = datetime(2026, 9, 1, tzinfo=UTC)


def read(at: float, *, held: bool, begun: float | None = None) -> Reading:
    """Return a reading ``at`` hours after the end of work."""
    return Reading(
        at=END + timedelta(hours=at),
        snapshot_id=f"s{at}",
        held=held,
        begun_at=None if begun is None else END + timedelta(hours=begun),
    )


CASES = [
    ("seen, then gone", [read(-5, held=True), read(10, held=True), read(14, held=False)], (10, 14, 4, 0)),
    ("gone at the first reading", [read(-5, held=True), read(14, held=False)], (0, 14, 14, 0)),
    ("still there", [read(-5, held=True), read(10, held=True)], (10, 100, 0, 0)),
    ("first read after leaving", [read(10, held=True), read(14, held=False)], (10, 14, 4, 0)),
    ("given after leaving, by its date", [read(10, held=True, begun=6), read(14, held=False)], (4, 8, 4, 0)),
    ("given after leaving", [read(-5, held=False), read(10, held=True), read(14, held=False)], (0, 14, 4, 0)),
    (
        "taken away and given back",
        [
            read(-5, held=True),
            read(10, held=False),
            read(20, held=True),
            read(30, held=True),
            read(31, held=False),
        ],
        (10, 31, 11, 1),
    ),
    ("not read since", [read(-5, held=True)], (0, 100, 0, 0)),
    ("a reading after the stop says nothing", [read(10, held=True), read(200, held=False)], (10, 100, 0, 0)),
]


@pytest.mark.parametrize(("_what", "readings", "expected"), CASES)
def test_readings_bound_the_hours(_what: str, readings: list[Reading], expected: tuple[float, ...]) -> None:
    """Certain, possible and polling hours, and how often access was given back."""
    found = measure(END, END + timedelta(hours=100), readings)
    assert found is not None
    assert (hours(found.at_least), hours(found.at_most), hours(found.polling), found.given_back) == expected


@pytest.mark.parametrize("readings", [[], [read(-5, held=False)], [read(-9, held=True), read(-5, held=False)],
                                      [read(5, held=False)]])  # fmt: skip
def test_access_that_ended_before_sets_no_clock(readings: list[Reading]) -> None:
    """Who held nothing when they left, as far as was read, is not exposed."""
    assert measure(END, END + timedelta(hours=100), readings) is None


@pytest.mark.parametrize(
    ("at_least", "at_most", "is_over", "verdict"),
    [
        (0, 24, True, Verdict.PASS),
        (0, 24.01, True, Verdict.UNKNOWN),
        (24, 30, True, Verdict.UNKNOWN),
        (24.01, 30, True, Verdict.FAIL),
        (0, 2, False, Verdict.UNKNOWN),
        (30, None, False, Verdict.FAIL),
        (0, None, True, Verdict.UNKNOWN),
    ],
)
def test_only_what_is_certain_is_within_or_over(
    at_least: float, at_most: float | None, is_over: bool, verdict: Verdict
) -> None:
    """A range that holds the limit is unknown, and so is a clock that runs."""
    assert against(24, at_least, at_most, is_over=is_over) is verdict


TIMELINES = st.lists(
    st.tuples(st.integers(-50, 150), st.booleans()), max_size=8, unique_by=lambda one: one[0]
)
TRUTHS = st.lists(st.integers(-60, 160), max_size=4, unique=True).map(sorted)


@given(TRUTHS, st.booleans(), st.sets(st.integers(-50, 150), max_size=10))
def test_the_truth_lies_within_the_range(turns: list[int], starts: bool, polls: set[int]) -> None:
    """Whenever access came and went, and whenever it was read: the hours it lasted are within the bounds, but for
    what came and went unseen between two readings.
    """

    def held_at(hour: float) -> bool:
        return starts ^ (sum(turn <= hour for turn in turns) % 2 == 1)

    at = sorted(polls) or [1]
    # Between two readings the truth may turn once at most, and something was read before the end.
    once = all(sum(a < turn <= b for turn in turns) <= 1 for a, b in zip(at, [*at[1:], 1000], strict=True))
    if at[0] > 0 or not once:
        return
    found = measure(END, END + timedelta(hours=100), [read(hour, held=held_at(hour)) for hour in at])
    truth = sum(held_at(hour) for hour in range(100))
    if found is None:
        before = max(hour for hour in at if hour <= 0)
        last = max((hour for hour in at if hour <= 100), default=before)
        assert truth <= 100 - max(last, 0)
        return
    after_last = 100 - max(0, *(hour for hour in at if hour <= 100))
    assert hours(found.at_least) <= truth
    assert truth <= hours(found.at_most) + (0 if found.is_open else after_last)
    assert found.at_least <= found.at_most
    assert timedelta() <= found.polling <= found.at_most


@given(TIMELINES, st.integers(1, 99))
def test_more_readings_never_widen_the_range(timeline: list[tuple[int, bool]], hour: int) -> None:
    """A further reading that confirms the state just before it can only narrow what is possible."""
    readings = [read(at, held=held) for at, held in timeline]
    found = measure(END, END + timedelta(hours=100), readings)
    earlier = [(at, held) for at, held in timeline if at < hour]
    if found is None or not earlier or any(at == hour for at, _held in timeline):
        return
    confirmed = measure(END, END + timedelta(hours=100), [*readings, read(hour, held=max(earlier)[1])])
    assert confirmed is not None
    assert confirmed.at_least >= found.at_least
    assert confirmed.at_most <= found.at_most
