"""Times as a reader meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reports.when import Clockface, iso


def test_an_instant_is_shown_in_the_zone_with_its_name() -> None:
    """An instant shows day, year, time and the zone's short name, summer and winter."""
    clock = Clockface.of("America/Chicago")
    assert clock.moment(datetime(2026, 11, 20, 14, 30, tzinfo=UTC)) == "20 Nov 2026, 08:30 CST"
    assert clock.moment(datetime(2026, 7, 1, 3, 5, tzinfo=UTC)) == "30 Jun 2026, 22:05 CDT"


def test_what_is_known_to_the_day_keeps_its_day() -> None:
    """A day read as midnight UTC is not moved to the day before in a western zone."""
    clock = Clockface.of("America/Chicago")
    midnight = datetime(2026, 11, 2, tzinfo=UTC)
    assert clock.day(midnight) == "2 Nov 2026"
    assert clock.moment(midnight) == "2 Nov 2026"
    assert clock.day(datetime(2026, 11, 2, 0, 0, 1, tzinfo=UTC)) == "1 Nov 2026"
    assert clock.day(date(2026, 3, 1)) == "1 Mar 2026"


def test_machines_get_utc() -> None:
    """Machine-readable instants are UTC with a Z."""
    assert iso(datetime(2026, 11, 20, 14, 30, tzinfo=UTC)) == "2026-11-20T14:30:00Z"
    assert iso(None) is None
