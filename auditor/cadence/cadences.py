"""The cadences: every so often, daily, weekly, and once a month, quarter or year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Protocol

from auditor.cadence.days import WEEKDAYS, DayRule
from auditor.cadence.instants import instant_of
from auditor.cadence.workdays import Calendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = 12
_PERIODS = {1: "monthly", 3: "quarterly", 12: "yearly"}


class Cadence(Protocol):
    """When something is due."""

    def after(self, instant: datetime) -> datetime:
        """Return the first slot later than ``instant``, in UTC."""
        ...

    def latest(self, instant: datetime) -> datetime:
        """Return the last slot not later than ``instant``, in UTC."""
        ...

    def describe(self) -> str:
        """Return the cadence in words; two that differ in a slot differ in words or in their calendar."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many seconds, counted from 1970, so that all machines agree on the slots."""

    period: timedelta

    def __post_init__(self) -> None:
        if self.period < timedelta(seconds=1):
            raise ValueError("the shortest period is one second")

    def after(self, instant: datetime) -> datetime:
        """Return the first slot later than ``instant``."""
        return self.latest(instant) + self.period

    def latest(self, instant: datetime) -> datetime:
        """Return the last slot not later than ``instant``."""
        return _EPOCH + (instant - _EPOCH) // self.period * self.period

    def describe(self) -> str:
        """Return the cadence in words."""
        return f"every {_length(self.period)}"


def _length(period: timedelta) -> str:
    """Return ``period`` as people write it: 90s is 1m30s."""
    seconds = period.total_seconds()
    words = ""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        number, seconds = divmod(seconds, size)
        words += f"{number:.0f}{unit}" if number else ""
    return words + (f"{seconds:g}s" if seconds or not words else "")


class _Calendrical:
    """What all cadences by the calendar share: one slot, or none, for each of a row of numbered periods."""

    __slots__ = ()

    def after(self, instant: datetime) -> datetime:
        """Return the first slot later than ``instant``."""
        slots = self._slots(instant, back=2, step=1)
        return next(slot for slot in slots if slot > instant)

    def latest(self, instant: datetime) -> datetime:
        """Return the last slot not later than ``instant``."""
        slots = self._slots(instant, back=-2, step=-1)
        return next(slot for slot in slots if slot <= instant)

    def _slots(self, instant: datetime, *, back: int, step: int) -> Iterator[datetime]:
        """Yield slots from a little on the far side of ``instant`` on; a gap moves one past its own day."""
        day = instant.astimezone(self._calendar().zone).date()
        for index in count(self._index(day) - back, step):
            slot = self._slot(index)
            if slot is not None:
                yield slot

    def _calendar(self) -> Calendar:
        raise NotImplementedError

    def _index(self, day: date) -> int:
        raise NotImplementedError

    def _slot(self, index: int) -> datetime | None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Weekly(_Calendrical):
    """On certain days of the week at a local time."""

    weekdays: frozenset[int]
    """Monday is 0."""
    at: time
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("name at least one day of the week")

    def describe(self) -> str:
        """Return the cadence in words."""
        names = " and ".join(WEEKDAYS[day].capitalize() for day in sorted(self.weekdays))
        return f"weekly on {names} at {self.at:%H:%M}"

    def _calendar(self) -> Calendar:
        return self.calendar

    def _index(self, day: date) -> int:
        return day.toordinal()

    def _slot(self, index: int) -> datetime | None:
        day = date.fromordinal(index)
        return instant_of(day, self.at, self.calendar.zone) if day.weekday() in self.weekdays else None


@dataclass(frozen=True, slots=True)
class Daily(_Calendrical):
    """Every day at a local time, or every business day."""

    at: time
    calendar: Calendar = field(default_factory=Calendar)
    business_days: bool = False

    def describe(self) -> str:
        """Return the cadence in words."""
        return f"{'every business day' if self.business_days else 'daily'} at {self.at:%H:%M}"

    def _calendar(self) -> Calendar:
        return self.calendar

    def _index(self, day: date) -> int:
        return day.toordinal()

    def _slot(self, index: int) -> datetime | None:
        day = date.fromordinal(index)
        if self.business_days and not self.calendar.is_business_day(day):
            return None
        return instant_of(day, self.at, self.calendar.zone)


@dataclass(frozen=True, slots=True)
class Periodic(_Calendrical):
    """Once a month, quarter or year, on the day a rule picks, at a local time."""

    months: int
    """1, 3 or 12."""
    rule: DayRule
    at: time
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        if self.months not in _PERIODS:
            raise ValueError("a period is one month, a quarter or a year")

    def describe(self) -> str:
        """Return the cadence in words."""
        return f"{_PERIODS[self.months]} {self.rule.describe()} at {self.at:%H:%M}"

    def _calendar(self) -> Calendar:
        return self.calendar

    def _index(self, day: date) -> int:
        return (day.year * _MONTHS + day.month - self.calendar.fiscal_start) // self.months

    def _slot(self, index: int) -> datetime | None:
        first, last = self._first(index), self._first(index + 1) - timedelta(days=1)
        return instant_of(self.rule.pick(first, last, self.calendar), self.at, self.calendar.zone)

    def _first(self, index: int) -> date:
        year, month = divmod(index * self.months + self.calendar.fiscal_start - 1, _MONTHS)
        return date(year, month + 1, 1)
