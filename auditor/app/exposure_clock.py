"""One clock: what the readings of one leaver's access to one account amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from auditor.app.exposure_roster import Leaver
from auditor.config import ExposureSection
from auditor.model.exposure import (
    Clock,
    ClockState,
    Departure,
    Measured,
    Reading,
    against,
    hours,
    measure,
)
from auditor.model.finding import Basis, Verdict

_NO_LAST_DAY = "Add the last day of work to the roster."
_ATTEST = "Have the account's holders attested anew: 'auditor attest new'."
_GATHER = "Gather again: 'auditor audit'."


def clock(
    leaver: Leaver,
    departure: Departure,
    account_id: str,
    names: Mapping[str, str],
    readings: Sequence[Reading],
    now: datetime,
    limits: ExposureSection,
) -> Clock | None:
    """Return the clock of one departure; None: no access was seen in its time or just before."""
    stop = min(departure.returned_at or now, now)
    certain = measure(departure.latest, stop, readings)
    # Where the end of work is a range, what is possible counts from its beginning.
    possible = (
        certain
        if departure.earliest in (None, departure.latest)
        else measure(departure.earliest or departure.latest, stop, readings)
    )
    if possible is None:
        return None
    state = _state(departure, possible, now)
    at_least = hours(certain.at_least) if certain else 0.0
    at_most = None if departure.earliest is None else hours(possible.at_most)
    verdict = against(limits.limit_hours, at_least, at_most, is_over=_is_over(state))
    strict = limits.strict_hours
    reason, remedy = ("", "")
    if verdict is Verdict.UNKNOWN:
        reason, remedy = _why(departure, state, possible, limits.limit_hours)
    seen, proof = possible.last_seen, possible.proof
    return Clock(
        person_id=leaver.person_id,
        person=leaver.name,
        account_id=account_id,
        account=names.get("name") or names.get("handle") or account_id,
        platform=names.get("platform") or account_id.partition(":")[0],
        departure=departure,
        state=state,
        at_least_hours=at_least,
        at_most_hours=at_most,
        polling_hours=hours(possible.polling),
        last_seen_at=seen.at if seen else None,
        last_seen_snapshot=seen.snapshot_id if seen else None,
        proved_at=proof.at if proof else None,
        proved_snapshot=proof.snapshot_id if proof else None,
        given_back=possible.given_back,
        basis=Basis.ATTESTED if possible.attested else Basis.VERIFIED,
        verdict=verdict,
        strict=None if strict is None else against(strict, at_least, at_most, is_over=_is_over(state)),
        reason=reason,
        remedy=remedy,
    )  # fmt: skip


def _state(departure: Departure, found: Measured, now: datetime) -> ClockState:
    if not found.is_open:
        return ClockState.REMOVED
    if departure.returned_at is not None and departure.returned_at <= now:
        return ClockState.RETURNED
    return ClockState.RUNNING if found.is_read_since else ClockState.UNKNOWN


def _is_over(state: ClockState) -> bool:
    return state in (ClockState.REMOVED, ClockState.RETURNED)


def _why(departure: Departure, state: ClockState, found: Measured, limit: float) -> tuple[str, str]:
    """Return why a clock is not decided, and what would decide it."""
    if departure.earliest is None:
        return "When they left is not known: the roster names no last day.", _NO_LAST_DAY
    if state is ClockState.UNKNOWN:
        return (
            "Their access was there before they left; the account's holders have not been read since.",
            _GATHER,
        )
    if state is ClockState.RUNNING:
        end = departure.latest + timedelta(hours=limit)
        seen = found.last_seen
        if seen is not None and seen.at <= end:
            return (
                f"The access is still open, and was last read within the limit of {limit:g} hours.",
                _GATHER,
            )
    if departure.earliest != departure.latest:
        return (
            "The roster names no last day, and the time between the two rosters is too long to tell.",
            _NO_LAST_DAY,
        )
    return (
        "It ended between two readings that lie too far apart to tell.",
        f"Gather more often than every {limit:g} hours.",
    )
