"""Times and dates as a reader meets them: in the organisation's zone, with the year and the zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
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
        """Return ``3 Nov 2026, 09:05 CST``."""
        local = value.astimezone(self.zone)
        return f"{day(local)}, {local:%H:%M} {local.tzname()}"

    def day(self, value: date | datetime) -> str:
        """Return ``3 Nov 2026``; of an instant, its day in the zone."""
        return day(value.astimezone(self.zone) if isinstance(value, datetime) else value)


def iso(value: datetime | None) -> str | None:
    """Return ``value`` in UTC as RFC 3339 with a Z, to the second where there is no fraction."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None
