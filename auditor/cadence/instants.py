"""Local times to instants, also where clocks are put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def instant_of(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which clocks in ``zone`` show ``at`` on ``day``.

    Where they never show it, because they are put forward over it, the first instant after the gap;
    where they show it twice, the first time.
    """
    wall = datetime.combine(day, at)
    # fold=0 reads a time shown twice as the first, and one never shown by the offset before the gap.
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first second later than ``before`` whose offset is that of ``after``."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before) / _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * _SECOND).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return (before + high * _SECOND).replace(microsecond=0)
