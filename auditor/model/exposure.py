"""The exposure clock: how long somebody who had left could still act as an account.

It runs from the end of their work, by the roster, to the reading that proves the access gone. Between
the last reading that still saw it and that proof nobody knows: that part is due to our own polling, so
every length is a range. Reading more often narrows it; nothing here guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from auditor.model.finding import Basis, Verdict

_HOUR = timedelta(hours=1)


class ClockState(StrEnum):
    """Where a clock stands."""

    REMOVED = "removed"
    """A whole reading proves the access gone."""
    RUNNING = "running"
    """It was there when it was last read after the departure."""
    RETURNED = "returned"
    """The person came back, by the roster, before the access was gone."""
    UNKNOWN = "unknown"
    """It was there before the departure and has not been read since, or when they left is not known."""


class EndBasis(StrEnum):
    """What the end of somebody's work is taken from."""

    LAST_DAY = "the end of the last day in the roster, in the organisation's time zone"
    TWO_ROSTERS = (
        "between the last roster that had them at work and the first that had not; it names no last day"
    )
    ONE_ROSTER = "some time before the first roster that had them gone; it names no last day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One time that somebody left."""

    earliest: datetime | None
    """The work had not ended before; None: not known."""
    latest: datetime
    """It had ended by then; the same as ``earliest`` where the last day is known."""
    basis: EndBasis
    left_on: date | None = None
    returned_at: datetime | None = None
    """When they came back, by the roster; None: they have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one snapshot shows of one person's access to one account."""

    at: datetime
    """When the platform, export or attester saw it so."""
    snapshot_id: str
    held: bool
    """False: everybody who holds access was read, and the person was not among them or could not act."""
    attested: bool = False
    begun_at: datetime | None = None
    """When the access was given, by the platform's own date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One leaver's access to one account after they had left."""

    person_id: str
    person: str
    account_id: str
    account: str
    platform: str
    departure: Departure
    state: ClockState
    at_least_hours: float
    """Hours of access after the end of work that are certain; see `measure` for the one presumption."""
    at_most_hours: float | None
    """Hours that are possible; None: no bound is known. Of a running clock: up to the instant judged at."""
    polling_hours: float
    """Of the possible hours, those between a reading that saw the access and the next, which did not: they would
    shrink with more frequent readings."""
    last_seen_at: datetime | None
    last_seen_snapshot: str | None
    proved_at: datetime | None
    """The reading that proves the access gone."""
    proved_snapshot: str | None
    given_back: int
    """How often the access was read as gone and later as there again."""
    basis: Basis
    verdict: Verdict
    """Against the organisation's limit: pass is within, fail is over, unknown is not decided."""
    strict: Verdict | None
    """Against the stricter limit, where one is set."""
    reason: str = ""
    """For unknown: why."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadAccount:
    """An account of which nobody could ever read who holds access: no clock can run there."""

    account_id: str
    account: str
    platform: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """All clocks of one snapshot."""

    limit_hours: float
    strict_hours: float | None
    """The stricter limit; one hour is that of the proposed HIPAA Security Rule."""
    leavers: int
    """People who have left and are matched to some identity."""
    snapshots: int
    """Gathered snapshots looked at."""
    clocks: tuple[Clock, ...] = ()
    """The worst first."""
    unread: tuple[UnreadAccount, ...] = ()


@dataclass(slots=True)
class Measured:
    """What the readings of one person's access to one account say of the time after the departure."""

    at_least: timedelta = timedelta()
    at_most: timedelta = timedelta()
    polling: timedelta = timedelta()
    given_back: int = 0
    last_seen: Reading | None = None
    proof: Reading | None = None
    is_read_since: bool = False
    """Whether anything was read after the end of work."""
    attested: bool = field(default=False)

    @property
    def is_open(self) -> bool:
        """Whether the last reading saw the access."""
        return self.last_seen is not None and self.proof is None


def measure(end: datetime, stop: datetime, readings: Iterable[Reading]) -> Measured | None:
    """Return how long access lasted between ``end`` and ``stop``; None: it was never seen in that time or just before.

    Two readings that saw the access mean that it was there in between; a reading that saw it and one that did
    not, that it ended in between. Access first read after the departure, with nothing read before and no date of
    the platform's own, is presumed to have been there since: the other explanation, that it was given to somebody
    who had left, is no better.

    Args:
        end: the end of work.
        stop: the return, or the instant judged at; later readings say nothing.
        readings: in any order.

    """
    ordered = sorted(readings, key=lambda one: one.at)
    before = [one for one in ordered if one.at <= end][-1:]
    after = [one for one in ordered if end < one.at <= stop]
    if not any(one.held for one in (*before, *after)):
        return None
    found = Measured(is_read_since=bool(after))
    last = before[0] if before else None
    found.last_seen = last if last is not None and last.held else None
    since = end
    for reading in after:
        _add(found, last, since, reading, end)
        last, since = reading, reading.at
    _close(found, (*before, *after), stop - since)
    return found


def _add(found: Measured, last: Reading | None, since: datetime, reading: Reading, end: datetime) -> None:
    length = reading.at - since
    found.attested |= reading.attested or bool(last and last.attested)
    if last is not None and last.held:
        found.at_most += length
        if reading.held:
            found.at_least += length
        else:
            found.polling += length
    elif reading.held:
        begun = reading.begun_at
        dated = begun is not None and begun <= reading.at and (last is None or begun > last.at)
        if dated and begun is not None:
            length = reading.at - max(begun, end)
        found.at_most += length
        # Gone and there again: when it was given back is not known, unless the platform dates it.
        found.at_least += length if dated or last is None else timedelta()
        found.given_back += last is not None and found.last_seen is not None
    if reading.held:
        found.last_seen = reading


def _close(found: Measured, seen: Sequence[Reading], rest: timedelta) -> None:
    """Take note of how it stands at the end, ``rest`` being the time since the last reading."""
    found.last_seen = next((one for one in reversed(seen) if one.held), None)
    if seen[-1].held:
        found.at_most += max(rest, timedelta())
        found.attested |= seen[-1].attested
        return
    place = len(seen)
    while not seen[place - 1].held:
        place -= 1
    found.proof = seen[place]


def hours(length: timedelta) -> float:
    """Return ``length`` in hours, to a hundredth."""
    return round(length / _HOUR, 2)


def against(limit: float, at_least: float, at_most: float | None, *, is_over: bool) -> Verdict:
    """Return whether a clock kept to ``limit`` hours.

    ``is_over``: whether it has stopped; one that runs keeps to no limit yet, however young it is.
    """
    if at_least > limit:
        return Verdict.FAIL
    if is_over and at_most is not None and at_most <= limit:
        return Verdict.PASS
    return Verdict.UNKNOWN
