"""Made-up exposure clocks, one of each kind, for the sample review's people and accounts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from auditor.model.exposure import Clock, ClockState, Departure, EndBasis, Exposure, UnreadAccount
from auditor.model.finding import Basis, Verdict
from tests.reports.support_estate import NOW

END = datetime(2026, 11, 1, tzinfo=ZoneInfo("America/Chicago"))


def departure(**changes: Any) -> Departure:
    """Return a departure with a known last day."""
    values: dict[str, Any] = {
        "earliest": END, "latest": END, "basis": EndBasis.LAST_DAY, "left_on": date(2026, 10, 31)
    }  # fmt: skip
    return Departure(**(values | changes))


def clock(person_id: str, person: str, account_id: str, account: str, **changes: Any) -> Clock:
    """Return a clock that was stopped within the limit; ``changes`` make it another."""
    values: dict[str, Any] = {
        "departure": departure(),
        "state": ClockState.REMOVED,
        "at_least_hours": 2.0,
        "at_most_hours": 14.5,
        "polling_hours": 12.5,
        "last_seen_at": END + timedelta(hours=2),
        "last_seen_snapshot": "20261101T070000Z-0a1b",
        "proved_at": END + timedelta(hours=14, minutes=30),
        "proved_snapshot": "20261101T193000Z-0a1c",
        "given_back": 0,
        "basis": Basis.VERIFIED,
        "verdict": Verdict.PASS,
        "strict": Verdict.FAIL,
    }
    return Clock(
        person_id=person_id,
        person=person,
        account_id=account_id,
        account=account,
        platform=account_id.partition(":")[0],
        **(values | changes),
    )


_OPEN: dict[str, Any] = {"proved_at": None, "proved_snapshot": None, "polling_hours": 0.0}
CLOCKS = (
    clock(
        "hr:100512", "Bo Fox", "x:2244", "Riverside Health", state=ClockState.RUNNING, at_least_hours=470.0,
        at_most_hours=473.5, verdict=Verdict.FAIL, last_seen_at=NOW - timedelta(hours=3), **_OPEN,
    ),
    clock(
        "hr:100490", "Ola Berg", "facebook:902", "Riverside Children's Hospital", at_most_hours=30.0,
        polling_hours=28.0, verdict=Verdict.UNKNOWN, strict=Verdict.FAIL, given_back=1, basis=Basis.ATTESTED,
        reason="It ended between two readings that lie too far apart to tell.",
        remedy="Gather more often than every 24 hours.",
    ),
    clock(
        "hr:100491", "Uma Day", "x:2245", "Riverside Careers", state=ClockState.UNKNOWN, at_least_hours=0.0,
        at_most_hours=None, verdict=Verdict.UNKNOWN, strict=Verdict.UNKNOWN, last_seen_at=END,
        departure=departure(earliest=None, left_on=None, basis=EndBasis.ONE_ROSTER),
        reason="When they left is not known: the roster names no last day.",
        remedy="Add the last day of work to the roster.", **_OPEN,
    ),
    clock(
        "hr:100492", "Kim Oak", "facebook:901", "Riverside Health", state=ClockState.RETURNED,
        at_least_hours=10.0, at_most_hours=10.0,
        departure=departure(
            earliest=END - timedelta(hours=5), left_on=None, basis=EndBasis.TWO_ROSTERS,
            returned_at=END + timedelta(hours=10),
        ),
        **_OPEN,
    ),
    clock("hr:100512", "Bo Fox", "facebook:901", "Riverside Health"),
)  # fmt: skip
EXPOSURE = Exposure(
    limit_hours=24,
    strict_hours=1,
    leavers=4,
    snapshots=12,
    clocks=CLOCKS,
    unread=(
        UnreadAccount(
            account_id="x:2245", account="Riverside Careers", platform="x", reason="X shows no delegates.",
            remedy="Have them attested.",
        ),
    ),
)  # fmt: skip
