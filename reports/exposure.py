"""How the exposure clock is said, and which of it a single reader may see."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from auditor.model.exposure import Clock, ClockState, Exposure
from auditor.model.finding import Verdict

SHOWN = 200
"""Clocks on a page; the CSV file and the JSON have all."""
_DAYS_FROM = 72
"""Hours from which on days are said as well."""
STATE_NAMES = {
    ClockState.REMOVED: "Removed",
    ClockState.RUNNING: "Still open",
    ClockState.RETURNED: "Ended by their return",
    ClockState.UNKNOWN: "Unknown",
}
VERDICT_NAMES = {Verdict.PASS: "Within", Verdict.FAIL: "Over", Verdict.UNKNOWN: "Unknown"}


def hours(value: float) -> str:
    """Return ``10 h``, or ``1.5 h``; from three days on also in days: ``552 h (23 days)``."""
    if value >= _DAYS_FROM:
        return f"{value:,.0f} h ({value / 24:,.0f} days)"
    return f"{value:.1f}".removesuffix(".0") + " h"


def range_words(clock: Clock) -> str:
    """Return how long the access lasted, as a range where it is one."""
    least, most = clock.at_least_hours, clock.at_most_hours
    if most is None:
        return f"at least {hours(least)}; no upper bound is known"
    if clock.state is ClockState.RUNNING:
        return f"{hours(most)} so far, seen for {hours(least)}"
    if clock.state is ClockState.UNKNOWN:
        return f"up to {hours(most)} so far"
    return hours(most) if least == most else f"{hours(least)} to {hours(most)}"


def counts(exposure: Exposure) -> dict[Verdict, int]:
    """Return how many clocks are over, undecided and within."""
    found = [clock.verdict for clock in exposure.clocks]
    return {verdict: found.count(verdict) for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)}


def at_accounts(
    exposure: Exposure | None, accounts: Collection[str], veiled: Callable[[str], str]
) -> Exposure | None:
    """Return the clocks at ``accounts`` alone; ``veiled`` hides other names in a sentence."""
    if exposure is None:
        return None
    clocks = tuple(clock for clock in exposure.clocks if clock.account_id in accounts)
    unread = tuple(
        replace(one, reason=veiled(one.reason), remedy=veiled(one.remedy))
        for one in exposure.unread
        if one.account_id in accounts
    )
    leavers = len({clock.person_id for clock in clocks})
    return replace(exposure, clocks=clocks, unread=unread, leavers=leavers)


def of_person(exposure: Exposure | None, person_id: str) -> Exposure | None:
    """Return the clocks of one person alone; what was never read stands in the person's coverage."""
    if exposure is None:
        return None
    clocks = tuple(clock for clock in exposure.clocks if clock.person_id == person_id)
    return replace(exposure, clocks=clocks, unread=(), leavers=len({clock.person_id for clock in clocks}))
