"""What the store tells of jobs: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.errors import StoreError


class JobState(StrEnum):
    """How a run stands, or ended."""

    RUNNING = "running"
    WAITING = "waiting"
    """It failed, or was asked to stop, and is tried again."""
    DONE = "done"
    FAILED = "failed"
    STUCK = "stuck"
    """It was stopped at its time limit."""
    LOST = "lost"
    """Whoever ran it died, and a later slot was due before anybody took it over."""
    SKIPPED = "skipped"
    """It was missed, and the job does not make up for what it missed."""


class Standing(StrEnum):
    """How a slot stands before it is claimed."""

    DUE = "due"
    """Claiming it is worth trying."""
    UNDER_WAY = "under way"
    """Somebody runs it, or its next try is not due yet."""
    SETTLED = "settled"
    """It was run, or is not owed; that does not change any more."""


class LeaseLost(StoreError):
    """The run is not ours any more: somebody took us for dead, or the job's time was up."""

    def __init__(self, job: str) -> None:
        super().__init__(
            f"The run of the job {job} was taken over by another process; its result is not recorded.",
            remedy="Nothing needs to be done; 'auditor jobs history' shows who ran it.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to run one slot of a job, until its time is up or somebody else's token is greater."""

    job: str
    slot: datetime
    fence: int
    attempt: int
    """1 the first time; more where an earlier one failed or died."""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInfo:
    """A job as the store knows it."""

    name: str
    cadence: str
    seeded_at: datetime
    """Slots up to this instant are not owed."""
    next_due_at: datetime | None
    failing_since: datetime | None
    """Slot of the first of the failures in a row that it is in; None: its last run went well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One slot of a job, claimed."""

    job: str
    slot: datetime
    state: JobState
    fence: int
    attempt: int
    host: str
    pid: int
    claimed_at: datetime
    finished_at: datetime | None
    retry_at: datetime | None
    outcome: str
    """What came of it, in a sentence; secrets removed."""
