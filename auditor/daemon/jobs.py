"""The table of jobs: what the daemon can run, how often by itself, for how long at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, cast

from auditor.cadence import BusinessDay, Cadence, Calendar, Daily, Every, Periodic

if TYPE_CHECKING:
    from auditor.app.workspace import Workspace
    from auditor.store import Store

_DUTIES = "auditor.daemon.duties"
_IDLENESS = "auditor.daemon.idle"


class Lane(StrEnum):
    """Jobs of one lane run one after the other; lanes do not wait for one another."""

    FAST = "fast"
    MAIN = "main"
    SMALL = "small"
    MAIL = "mail"
    SIEM = "siem"


Duty = Callable[["Workspace", "Store", Callable[[], None]], str]
"""Does the work and says what came of it. The last argument, called between steps, raises LeaseLost where
the run was taken over meanwhile."""
Idle = Callable[["Workspace", "Store"], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of the table."""

    name: str
    """Also its key under ``watch:`` in auditor.yaml."""
    summary: str
    lane: Lane
    cadence: Callable[[Calendar], Cadence]
    """What holds where auditor.yaml names none."""
    timeout: timedelta
    duty: str
    """``module:function``, imported in the process that runs it."""
    jitters: bool = True
    """Begins a little after its slot, so that not all the world asks a platform at once."""
    attempts: int = 1
    """How often a slot is tried; a job whose next slot is near needs but one."""
    runs_at_first: bool = False
    """A new store owes its latest slot: it runs at once."""
    idle: str | None = None
    """``module:function`` that says, cheaply, that there is nothing to do; None: there always is."""
    keep: timedelta = timedelta(days=3 * 366)
    """How long its runs are remembered."""

    def load_duty(self) -> Duty:
        """Import what does the work."""
        return cast("Duty", _load(self.duty))

    def load_idle(self) -> Idle | None:
        """Import what says that there is nothing to do."""
        return None if self.idle is None else cast("Idle", _load(self.idle))


JOBS: tuple[Job, ...] = (
    Job(
        name="roster",
        summary="Read the roster and judge what it changes at once.",
        lane=Lane.FAST,
        cadence=lambda _calendar: Every(timedelta(minutes=15)),
        timeout=timedelta(minutes=10),
        duty=f"{_DUTIES}:poll_roster",
        idle=f"{_IDLENESS}:without_roster",
        jitters=False,
        runs_at_first=True,
        keep=timedelta(days=30),
    ),
    Job(
        name="audit",
        summary="Gather a snapshot, judge it, record the findings, write the report.",
        lane=Lane.MAIN,
        cadence=lambda calendar: Daily(time(2), calendar),
        timeout=timedelta(hours=4),
        duty=f"{_DUTIES}:audit",
        attempts=3,
        runs_at_first=True,
    ),
    Job(
        name="report",
        summary="Write the periodic access review and mail it to its recipients and each account's owner.",
        lane=Lane.MAIN,
        cadence=lambda calendar: Periodic(3, BusinessDay(3), time(8), calendar),
        timeout=timedelta(hours=2),
        duty=f"{_DUTIES}:report",
        attempts=5,
        keep=timedelta(days=10 * 366),
    ),
    Job(
        name="reminders",
        summary="Tell of credentials, attestations and waivers that are about to lapse.",
        lane=Lane.SMALL,
        cadence=lambda calendar: Daily(time(7), calendar),
        timeout=timedelta(minutes=15),
        duty=f"{_DUTIES}:remind",
        attempts=3,
    ),
    Job(
        name="follow_up",
        summary="Catch up on what a run that was cut short left: findings' lives, drift.",
        lane=Lane.SMALL,
        cadence=lambda _calendar: Every(timedelta(minutes=5)),
        timeout=timedelta(minutes=30),
        duty=f"{_DUTIES}:follow_up",
        idle=f"{_IDLENESS}:followed_up",
        jitters=False,
        keep=timedelta(days=30),
    ),
    Job(
        name="impersonators",
        summary="Ask the sources for accounts that pose as ours and carry their cases on.",
        lane=Lane.SMALL,
        cadence=lambda calendar: Daily(time(5), calendar),
        timeout=timedelta(hours=4),
        duty=f"{_DUTIES}:look_for_impersonators",
        idle=f"{_IDLENESS}:nowhere_to_look",
        attempts=3,
    ),
    Job(
        name="deliver",
        summary="Raise the alerts that are due and send what waits in the outbox.",
        lane=Lane.MAIL,
        cadence=lambda _calendar: Every(timedelta(minutes=1)),
        timeout=timedelta(minutes=20),
        duty=f"{_DUTIES}:deliver",
        idle=f"{_IDLENESS}:nothing_to_send",
        jitters=False,
        runs_at_first=True,
        keep=timedelta(days=30),
    ),
    Job(
        name="siem",
        summary="Hand the journal's new events to every SIEM.",
        lane=Lane.SIEM,
        cadence=lambda _calendar: Every(timedelta(minutes=1)),
        timeout=timedelta(minutes=20),
        duty=f"{_DUTIES}:hand_to_siem",
        idle=f"{_IDLENESS}:nothing_for_siem",
        jitters=False,
        keep=timedelta(days=30),
    ),
)


def _load(target: str) -> object:
    module, _, function = target.partition(":")
    return getattr(import_module(module), function)
