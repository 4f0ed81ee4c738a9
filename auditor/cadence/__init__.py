"""When something is due: calendar rules to instants. Pure; nothing here knows what is run.

A cadence has *slots*: the instants it is due at, each one instant in UTC, the same on every machine
and after every restart, because they hang on the calendar and not on when a program was started.
"""

from __future__ import annotations

from auditor.cadence.cadences import Cadence, Daily, Every, Periodic, Weekly
from auditor.cadence.days import BusinessDay, DayOfMonth, DayRule, NthWeekday
from auditor.cadence.instants import instant_of
from auditor.cadence.workdays import Calendar

__all__ = [
    "BusinessDay",
    "Cadence",
    "Calendar",
    "Daily",
    "DayOfMonth",
    "DayRule",
    "Every",
    "NthWeekday",
    "Periodic",
    "Weekly",
    "instant_of",
]
