"""Slots: strictly increasing, found from anywhere, one for each period, on the day the calendar says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.cadence import (
    BusinessDay,
    Cadence,
    Calendar,
    Daily,
    DayOfMonth,
    Every,
    NthWeekday,
    Periodic,
    Weekly,
)

CHICAGO = ZoneInfo("America/Chicago")
HOLIDAYS = frozenset(
    {date(2026, 1, 1), date(2026, 12, 25), date(2027, 1, 1), date(2026, 4, 2), date(2026, 4, 3)}
)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis asks for naive bounds
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from(["America/Chicago", "Europe/Berlin", "Pacific/Apia", "UTC"]).map(ZoneInfo),
    workdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2020, 1, 1), date(2021, 1, 1)), max_size=40),
    fiscal_start=st.integers(1, 12),
)
RULES = st.one_of(
    st.builds(DayOfMonth, st.integers(1, 31) | st.just(-1)),
    st.builds(BusinessDay, st.integers(1, 15) | st.integers(-15, -1)),
    st.builds(NthWeekday, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6)),
)
CADENCES: st.SearchStrategy[Cadence] = st.one_of(
    st.builds(Every, st.timedeltas(timedelta(seconds=1), timedelta(days=40))),
    st.builds(Daily, TIMES, CALENDARS, st.booleans()),
    st.builds(Weekly, st.frozensets(st.integers(0, 6), min_size=1), TIMES, CALENDARS),
    st.builds(Periodic, st.sampled_from([1, 3, 12]), RULES, TIMES, CALENDARS),
)


def slots(cadence: Cadence, start: datetime, end: datetime) -> list[datetime]:
    """Return the slots later than ``start`` and not later than ``end``."""
    found = []
    slot = cadence.after(start)
    while slot <= end:
        found.append(slot)
        slot = cadence.after(slot)
    return found


@settings(deadline=None)
@given(CADENCES, INSTANTS)
def test_slots_increase_and_are_found_from_either_side(cadence: Cadence, instant: datetime) -> None:
    """The next slot is later, the latest is not; between the two lies none; each is its own latest."""
    before, after = cadence.latest(instant), cadence.after(instant)
    assert before <= instant < after
    assert cadence.after(before) == after
    assert cadence.latest(after - timedelta(microseconds=1)) == before
    assert cadence.latest(before) == before
    assert before.utcoffset() == after.utcoffset() == timedelta(0)


@settings(max_examples=40, deadline=None)
@given(RULES, TIMES, CALENDARS, st.sampled_from([1, 3, 12]), st.integers(2015, 2035))
def test_each_month_quarter_and_year_has_exactly_one_slot(
    rule: BusinessDay, at: time, calendar: Calendar, months: int, year: int
) -> None:
    """Whatever the rule, the holidays and the fiscal year: ten years have their number of slots."""
    start = datetime(year, calendar.fiscal_start, 1, tzinfo=calendar.zone)
    end = start.replace(year=year + 10)
    found = slots(
        Periodic(months, rule, at, calendar), start - timedelta(seconds=1), end - timedelta(seconds=1)
    )
    local = [slot.astimezone(calendar.zone) for slot in found]
    assert len(found) == 120 // months
    periods = [((day.year * 12 + day.month - calendar.fiscal_start) // months) for day in local]
    assert all(later == earlier + 1 for earlier, later in pairwise(periods))


def local_days(cadence: Cadence, year: int) -> list[str]:
    """Return a year's slots as they stand in Chicago."""
    start = datetime(year, 1, 1, tzinfo=CHICAGO) - timedelta(seconds=1)
    found = slots(cadence, start, datetime(year + 1, 1, 1, tzinfo=CHICAGO) - timedelta(seconds=1))
    return [f"{slot.astimezone(CHICAGO):%m-%d %H:%M}" for slot in found]


@pytest.mark.parametrize(
    ("months", "rule", "year", "days"),
    [
        (3, BusinessDay(3), 2026, ["01-06 08:00", "04-07 08:00", "07-03 08:00", "10-05 08:00"]),
        (3, BusinessDay(-1), 2026, ["03-31 08:00", "06-30 08:00", "09-30 08:00", "12-31 08:00"]),
        (3, DayOfMonth(31), 2028, ["01-31 08:00", "04-30 08:00", "07-31 08:00", "10-31 08:00"]),
        (3, NthWeekday(-1, 4), 2026, ["03-27 08:00", "06-26 08:00", "09-25 08:00", "12-25 08:00"]),
        (12, DayOfMonth(-1), 2028, ["12-31 08:00"]),
        (12, NthWeekday(2, 1), 2026, ["01-13 08:00"]),
    ],
)
def test_days_read_off_a_wall_calendar(months: int, rule: BusinessDay, year: int, days: list[str]) -> None:
    """Quarter days of 2026 and 2028, read off a printed calendar with New Year and two April days off."""
    calendar = Calendar(CHICAGO, holidays=HOLIDAYS)
    assert local_days(Periodic(months, rule, time(8), calendar), year) == days


def test_the_last_day_of_february_in_a_leap_year_and_another() -> None:
    """Day 31 is each month's last."""
    monthly = Periodic(1, DayOfMonth(31), time(8), Calendar(CHICAGO))
    assert local_days(monthly, 2028)[1] == "02-29 08:00"
    assert local_days(monthly, 2026)[1] == "02-28 08:00"


def test_quarters_begin_with_the_fiscal_year() -> None:
    """Quarters begin where the fiscal year does: in February, May, August and November."""
    shifted = Periodic(3, BusinessDay(1), time(8), Calendar(CHICAGO, fiscal_start=2))
    assert local_days(shifted, 2026) == ["02-02 08:00", "05-01 08:00", "08-03 08:00", "11-02 08:00"]


def test_every_business_day_leaves_out_weekends_and_holidays() -> None:
    """The week of Christmas 2026 has four."""
    cadence = Daily(time(9), Calendar(CHICAGO, holidays=HOLIDAYS), business_days=True)
    assert [day for day in local_days(cadence, 2026) if "12-21" <= day < "12-28"] == [
        "12-21 09:00", "12-22 09:00", "12-23 09:00", "12-24 09:00",
    ]  # fmt: skip


def test_a_day_that_never_was_has_no_slot_of_its_own() -> None:
    """Samoa had no 30 December 2011; what was due then falls together with the next day's start."""
    apia = Calendar(ZoneInfo("Pacific/Apia"))
    start = datetime(2011, 12, 29, 0, 0, tzinfo=apia.zone)
    found = slots(Daily(time(0), apia), start, start + timedelta(days=3))
    assert [f"{slot.astimezone(apia.zone):%m-%d}" for slot in found] == ["12-31", "01-01"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Every(timedelta(0)),
        lambda: Weekly(frozenset(), time(8)),
        lambda: Periodic(2, DayOfMonth(1), time(8)),
        lambda: Calendar(workdays=frozenset()),
        lambda: Calendar(fiscal_start=13),
    ],
)
def test_what_could_never_be_due_is_refused(make: object) -> None:
    """A cadence without slots is an error when it is made."""
    assert callable(make)
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_two_different_cadences_read_differently() -> None:
    """The words tell one cadence from another, so that a changed one is noticed."""
    at = time(8)
    made: list[Cadence] = [
        Every(timedelta(minutes=15)), Every(timedelta(minutes=16)), Daily(at), Daily(time(9)),
        Daily(at, business_days=True), Weekly(frozenset({0}), at), Weekly(frozenset({0, 3}), at),
        *(Periodic(months, rule, at) for months in (1, 3, 12) for rule in (
            DayOfMonth(1), DayOfMonth(-1), BusinessDay(1), BusinessDay(-1), BusinessDay(-2),
            NthWeekday(1, 1), NthWeekday(-1, 1), NthWeekday(1, 2),
        )),
    ]  # fmt: skip
    assert len({cadence.describe() for cadence in made}) == len(made)
