"""Times and dates as a reader meets them: in the organisation's zone, with the year and the zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

# strftime's %b follows the machine's locale; a report must not.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """Return ``3 Nov 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


@dataclass(frozen=True, slots=True)
class Clockface:
    """Shows instants in one zone."""

    zone: ZoneInfo

    @classmethod
    def of(cls, timezone: str) -> Clockface:
        """Return the clock of the zone called ``timezone``."""
        return cls(ZoneInfo(timezone))

    def moment(self, value: datetime) -> str:
        """Return ``3 Nov 2026, 09:05 CST``; of what is known to the day only, the day."""
        if is_day(value):
            return self.day(value)
        local = value.astimezone(self.zone)
        return f"{day(local)}, {local:%H:%M} {local.tzname()}"

    def day(self, value: date | datetime) -> str:
        """Return ``3 Nov 2026``; of an instant, its day in the zone."""
        if isinstance(value, datetime) and not is_day(value):
            return day(value.astimezone(self.zone))
        return day(value)


def is_day(value: datetime) -> bool:
    """Whether ``value`` stands for a whole day.

    Tables and exports that know the day alone are read as midnight UTC; shown in a zone to the west,
    that would become the day before.
    """
    return value.astimezone(UTC).time() == time.min


def iso(value: datetime | None) -> str | None:
    """Return ``value`` in UTC as RFC 3339 with a Z, to the second where there is no fraction."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None
