"""Instants as people write them: in the organisation's time zone where none is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo

from auditor.errors import UsageError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXAMPLE = "Write it as 2026-03-14T10:02, or with its zone as 2026-03-14T10:02Z or 2026-03-14T10:02-05:00."


def looks_like_day(text: str) -> bool:
    """Whether ``text`` begins as a date does; ids of snapshots do not."""
    return _DAY.match(text.strip()) is not None


def parse_instant(text: str, zone: tzinfo, *, day_begins: bool = False) -> datetime:
    """Return the instant ``text`` names, aware.

    Args:
        text: ISO 8601, such as ``2026-03-14T10:02Z`` or ``2026-03-14 10:02``.
        zone: the zone meant where none is written.
        day_begins: whether a day alone stands for its first moment.

    Raises:
        UsageError: it is no instant, or names an hour that the zone has twice or not at all.

    """
    stripped = text.strip()
    if _DAY.fullmatch(stripped):
        if not day_begins:
            raise UsageError(f"{text!r} is a whole day, not a moment.", remedy=_EXAMPLE)
        return datetime.combine(_parsed_day(stripped), time.min, zone)
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise UsageError(f"{text[:60]!r} is no moment that can be read.", remedy=_EXAMPLE) from None
    if moment.tzinfo is not None:
        return moment
    return _placed(moment, zone, text)


def _parsed_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"there is no day {text!r}.", remedy=_EXAMPLE) from None


def _placed(moment: datetime, zone: tzinfo, text: str) -> datetime:
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    # An hour that is skipped is no hour of the zone: gone to UTC and back, another one comes out.
    back = first.astimezone(UTC).astimezone(zone)
    how_often = "comes twice" if back.replace(tzinfo=None) == moment else "does not exist"
    raise UsageError(
        f"{text!r} {how_often} in {zone}, where clocks are changed then.",
        remedy=f"Write the offset too: {moment:%Y-%m-%dT%H:%M}{_offset(first)} or {_offset(second)}.",
    )


def _offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]
