"""Which day of a month, quarter or year something is due on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from auditor.cadence.workdays import Calendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_WEEK = 7


class DayRule(Protocol):
    """Picks one day of a period."""

    def pick(self, first: date, last: date, calendar: Calendar) -> date:
        """Return the day of the period from ``first`` to ``last``, which begins with a month's first day."""
        ...

    def describe(self) -> str:
        """Return the rule in words."""
        ...


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A calendar day of the period's first month, or the period's last day."""

    number: int
    """1 to 31; in a shorter month its last day. -1: the last day of the whole period."""

    def pick(self, first: date, last: date, calendar: Calendar) -> date:
        """Return that day."""
        if self.number == -1:
            return last
        return min(first + timedelta(days=self.number - 1), _month_end(first))

    def describe(self) -> str:
        """Return the rule in words."""
        return "on the last day" if self.number == -1 else f"on day {self.number}"


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The nth business day of the period; negative: counted from its end."""

    number: int

    def pick(self, first: date, last: date, calendar: Calendar) -> date:
        """Return that day."""
        return calendar.business_day(first, last, self.number)

    def describe(self) -> str:
        """Return the rule in words."""
        if self.number == -1:
            return "on the last business day"
        side = "" if self.number > 0 else " from the end"
        return f"on business day {abs(self.number)}{side}"


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """Such as the second Tuesday of the period's first month, or the last Friday of the period."""

    nth: int
    """1 to 4, or -1 for the last."""
    weekday: int
    """Monday is 0."""

    def pick(self, first: date, last: date, calendar: Calendar) -> date:
        """Return that day."""
        if self.nth == -1:
            return last - timedelta(days=(last.weekday() - self.weekday) % _WEEK)
        ahead = (self.weekday - first.weekday()) % _WEEK
        return first + timedelta(days=ahead + _WEEK * (self.nth - 1))

    def describe(self) -> str:
        """Return the rule in words."""
        return f"on the {_ORDINALS[self.nth]} {WEEKDAYS[self.weekday].capitalize()}"


def _month_end(first: date) -> date:
    # The fourth week's end lies in the month; four days on it is over in every one.
    later = first.replace(day=28) + timedelta(days=4)
    return later - timedelta(days=later.day)
