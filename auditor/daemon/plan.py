"""The plan: which jobs are on, when each is due, and how long it may take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.cadence import Cadence, Calendar
from auditor.config import Config
from auditor.daemon.jobs import JOBS, Job

LATE = timedelta(minutes=10)
"""A slot noticed later than this, jitter apart, was missed; ``catch_up: skip`` leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job with its cadence."""

    job: Job
    cadence: Cadence
    told: str
    """The cadence in words, with a mark of the calendar it hangs on."""
    timeout: timedelta
    skips_missed: bool
    jitter: timedelta
    salt: str

    @property
    def name(self) -> str:
        """The job's name."""
        return self.job.name

    def starts_at(self, slot: datetime) -> datetime:
        """Return when the run of ``slot`` begins: a little later, the same little on every machine.

        At most a tenth of the way to the next slot, so that none is put off beyond its own.
        """
        digest = hashlib.sha256(f"{self.salt}\n{self.name}\n{slot.isoformat()}".encode()).digest()
        most = min(self.jitter, (self.cadence.after(slot) - slot) / 10)
        return slot + most * (int.from_bytes(digest[:4]) / 2**32)

    def seed(self, now: datetime) -> datetime:
        """Return the instant up to which a job new to the store owes nothing."""
        return self.cadence.latest(now) - timedelta(microseconds=1) if self.job.runs_at_first else now


def make_plan(config: Config, jobs: Iterable[Job] = JOBS, *, jitter: bool = True) -> tuple[Planned, ...]:
    """Return the jobs of ``jobs`` that are on, in their order; without ``jitter`` each begins at its slot."""
    section = config.watch
    calendar = section.calendar(config.organization.zone)
    planned = []
    for job in jobs:
        entry = getattr(section, job.name)
        if entry.off:
            continue
        cadence: Cadence = entry.cadence(calendar) or job.cadence(calendar)
        planned.append(
            Planned(
                job=job,
                cadence=cadence,
                told=f"{cadence.describe()} ({_mark(calendar)})",
                timeout=entry.timeout or job.timeout,
                skips_missed=entry.catch_up == "skip",
                jitter=section.jitter if jitter and job.jitters else timedelta(0),
                salt=config.organization.name,
            )
        )
    return tuple(planned)


def _mark(calendar: Calendar) -> str:
    """Return the zone and, where holidays and the like are set, a few letters that change with them."""
    rest = (sorted(calendar.workdays), sorted(calendar.holidays), calendar.fiscal_start)
    plain = Calendar()
    if rest == (sorted(plain.workdays), [], plain.fiscal_start):
        return str(calendar.zone)
    return f"{calendar.zone}, calendar {hashlib.sha256(repr(rest).encode()).hexdigest()[:6]}"
