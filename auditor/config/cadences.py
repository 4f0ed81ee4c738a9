"""How often a job is run, as auditor.yaml says it: ``{quarterly: {business_day: 3, at: "08:00"}}``."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from auditor.cadence import (
    BusinessDay,
    Cadence,
    Calendar,
    Daily,
    DayOfMonth,
    DayRule,
    Every,
    NthWeekday,
    Periodic,
    Weekly,
)
from auditor.config.base import StrictModel
from auditor.config.durations import PositiveDuration

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def _as_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise ValueError('write a time of day in 24 hours and in quotes, such as "08:00"')


def _as_weekday(value: Any) -> int:
    word = value.casefold() if isinstance(value, str) else ""
    found = [number for number, name in enumerate(WEEKDAYS) if word and word in (name, name[:3])]
    if not found:
        raise ValueError("write a day of the week, such as monday or mon")
    return found[0]


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _as_nth_weekday(value: Any) -> NthWeekday:
    if isinstance(value, NthWeekday):
        return value
    nth, _, day = value.casefold().partition(" ") if isinstance(value, str) else ("", "", "")
    if nth not in _NTH:
        raise ValueError("write which one and the day, such as 'second tuesday' or 'last friday'")
    return NthWeekday(_NTH[nth], _as_weekday(day.strip()))


def _last_is_minus_one(value: Any) -> Any:
    return -1 if value == "last" else value


TimeOfDay = Annotated[time, BeforeValidator(_as_time)]
Weekday = Annotated[int, BeforeValidator(_as_weekday)]
Weekdays = Annotated[tuple[Weekday, ...], Field(min_length=1), BeforeValidator(_listed)]


class DailySpec(StrictModel):
    """``daily: "02:00"`` or ``daily: {at: "02:00", business_days: true}``."""

    at: TimeOfDay
    business_days: bool = False

    @model_validator(mode="before")
    @classmethod
    def _a_time_alone_will_do(cls, value: Any) -> Any:
        return {"at": value} if isinstance(value, (str, int, float)) else value


class WeeklySpec(StrictModel):
    """``weekly: {on: [monday, thursday], at: "06:00"}``."""

    on: Weekdays
    at: TimeOfDay


class PeriodicSpec(StrictModel):
    """One day of a month, quarter or year: ``{business_day: 3, at: "08:00"}``."""

    at: TimeOfDay
    day: Annotated[int, Field(ge=-1, le=31), BeforeValidator(_last_is_minus_one)] | None = None
    """1 to 31, in a shorter month its last; or ``last``."""
    business_day: Annotated[int, Field(ge=-15, le=15), BeforeValidator(_last_is_minus_one)] | None = None
    """1 to 15; negative: counted from the end; or ``last``."""
    weekday: Annotated[NthWeekday, BeforeValidator(_as_nth_weekday)] | None = None
    """Such as ``second tuesday``."""

    @model_validator(mode="after")
    def _one_day_is_named(self) -> Self:
        named = [rule for rule in (self.day, self.business_day, self.weekday) if rule is not None]
        if len(named) != 1:
            raise ValueError("name exactly one of day, business_day and weekday")
        if 0 in named:
            raise ValueError("days are counted from 1, or from -1 at the end")
        return self

    @property
    def rule(self) -> DayRule:
        """Which day of the period."""
        if self.weekday is not None:
            return self.weekday
        if self.business_day is not None:
            return BusinessDay(self.business_day)
        assert self.day is not None  # noqa: S101 - one of the three is named; this tells mypy
        return DayOfMonth(self.day)


class JobSection(StrictModel):
    """How often a job is run, and what becomes of slots that were missed; ``off`` in its place: never."""

    off: bool = False
    every: PositiveDuration | None = None
    daily: DailySpec | None = None
    weekly: WeeklySpec | None = None
    monthly: PeriodicSpec | None = None
    quarterly: PeriodicSpec | None = None
    yearly: PeriodicSpec | None = None
    timeout: PositiveDuration | None = None
    """It is stopped when it has run so long; none: the job's own."""
    catch_up: Literal["latest", "skip"] = "latest"
    """Of slots missed while nothing ran: run the latest one, or none."""

    @model_validator(mode="before")
    @classmethod
    def _off_will_do(cls, value: Any) -> Any:
        if value is False or value == "off":
            return {"off": True}
        if isinstance(value, str):
            raise ValueError('write a cadence such as {every: 15m} or {daily: "02:00"}, or off')
        return value

    @model_validator(mode="after")
    def _one_cadence(self) -> Self:
        named = [name for name in ("every", "daily", "weekly", *_MONTHS) if getattr(self, name) is not None]
        if len(named) > 1:
            raise ValueError(f"name one cadence, not {' and '.join(named)}")
        if self.off and named:
            raise ValueError("a job that is off has no cadence")
        return self

    def cadence(self, calendar: Calendar) -> Cadence | None:
        """Return the cadence named here; None where none is, so that the job's own holds."""
        if self.every is not None:
            return Every(self.every)
        if self.daily is not None:
            return Daily(self.daily.at, calendar, self.daily.business_days)
        if self.weekly is not None:
            return Weekly(frozenset(self.weekly.on), self.weekly.at, calendar)
        for name, months in _MONTHS.items():
            spec: PeriodicSpec | None = getattr(self, name)
            if spec is not None:
                return Periodic(months, spec.rule, spec.at, calendar)
        return None
