"""The organisation's calendar: its zone, its working days, its holidays, its fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo

MONDAY_TO_FRIDAY = frozenset(range(5))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a cadence needs to know of the organisation."""

    zone: tzinfo = UTC
    workdays: frozenset[int] = MONDAY_TO_FRIDAY
    """Days of the week that are worked; Monday is 0."""
    holidays: frozenset[date] = frozenset()
    fiscal_start: int = 1
    """Month the fiscal year, and with it its first quarter, begins in."""

    def __post_init__(self) -> None:
        if not self.workdays:
            raise ValueError("at least one day of the week must be a working day")
        if not 1 <= self.fiscal_start <= 12:
            raise ValueError("the fiscal year begins in a month from 1 to 12")

    def is_business_day(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        return day.weekday() in self.workdays and day not in self.holidays

    def business_day(self, first: date, last: date, number: int) -> date:
        """Return the ``number``-th business day from ``first`` to ``last``; negative: counted from the end.

        Where there are fewer, the one furthest along; where there is none, the furthest day: every
        period has its day, so that nothing is silently left out.
        """
        step = _DAY if number > 0 else -_DAY
        day, end = (first, last) if number > 0 else (last, first)
        found = None
        left = abs(number)
        while left:
            if self.is_business_day(day):
                found, left = day, left - 1
            if day == end:
                break
            day += step
        return found or end
