"""Local times to instants, held against a search through every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.cadence import instant_of

ZONES = (
    "America/Chicago",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
)


def searched(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first minute at which the clock shows ``at`` on ``day`` or has passed it."""
    wall = datetime.combine(day, at)
    minute = datetime.combine(day, time(), UTC) - timedelta(hours=16)
    while minute.astimezone(zone).replace(tzinfo=None) < wall:
        minute += timedelta(minutes=1)
    return minute


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1985, 1, 1), date(2036, 12, 31)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)
@example(date(2026, 3, 8), time(2, 30), "America/Chicago")
@example(date(2026, 11, 1), time(1, 30), "America/Chicago")
@example(date(2027, 10, 3), time(2, 15), "Australia/Lord_Howe")
@example(date(2011, 12, 30), time(9, 0), "Pacific/Apia")
def test_it_is_the_first_minute_the_clock_gets_there(day: date, at: time, zone: str) -> None:
    """Shown once: then. Shown twice: the first time. Never shown: when the gap ends."""
    assert instant_of(day, at, ZoneInfo(zone)) == searched(day, at, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 7, 1), time(2, 30), datetime(2026, 7, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_days_berlin_changes_its_clocks(day: date, at: time, utc: datetime) -> None:
    """02:30 does not exist in March (03:00 is taken) and comes twice in October (the first is taken)."""
    assert instant_of(day, at, ZoneInfo("Europe/Berlin")) == utc
