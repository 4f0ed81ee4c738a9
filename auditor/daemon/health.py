"""How the daemon fares, as a file others can read at any moment."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from auditor import __version__
from auditor.daemon.plan import Planned
from auditor.errors import AuditorError
from auditor.store.job_records import JobInfo, JobRun, JobState

if TYPE_CHECKING:
    from auditor.store import Store

STALE_BEATS = 4
"""Heartbeats after which a daemon that wrote nothing is held to be stuck or gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHealth:
    """One job, now and last."""

    name: str
    cadence: str
    is_due_at: datetime
    """Its next slot."""
    last_slot: datetime | None
    last_state: JobState | None
    last_claimed_at: datetime | None
    last_finished_at: datetime | None
    last_outcome: str
    failing_since: datetime | None

    @classmethod
    def of(cls, planned: Planned, info: JobInfo | None, run: JobRun | None, now: datetime) -> Self:
        """Put together what plan and store know."""
        return cls(
            name=planned.name,
            cadence=planned.told,
            is_due_at=planned.cadence.after(now),
            last_slot=run.slot if run else None,
            last_state=run.state if run else None,
            last_claimed_at=run.claimed_at if run else None,
            last_finished_at=run.finished_at if run else None,
            last_outcome=run.outcome if run else "",
            failing_since=info.failing_since if info else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The daemon at one look."""

    since: datetime
    looked_at: datetime
    heartbeat: timedelta
    trouble: str
    """Why the last look failed; empty: it did not."""
    stopping: bool
    waiting: int | None
    """Messages in the outbox that are not sent; None: the store could not be asked."""
    jobs: Sequence[JobHealth]
    ended: Mapping[tuple[str, JobState], int]

    @property
    def is_well(self) -> bool:
        """Whether the last look went well and no job is failing."""
        return not self.trouble and not any(job.failing_since for job in self.jobs)

    def as_json(self) -> dict[str, Any]:
        """Return it as the health file has it."""
        return {
            "version": __version__,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": self.since,
            "looked_at": self.looked_at,
            "stale_at": self.looked_at + STALE_BEATS * self.heartbeat,
            "well": self.is_well,
            "trouble": self.trouble,
            "stopping": self.stopping,
            "outbox_waiting": self.waiting,
            "jobs": {job.name: {k: v for k, v in asdict(job).items() if k != "name"} for job in self.jobs},
        }


def jobs_health(store: Store, plan: Sequence[Planned], now: datetime) -> tuple[JobHealth, ...]:
    """Return how every planned job stands."""
    infos = {info.name: info for info in store.jobs.list()}
    latest = {run.job: run for run in store.jobs.latest()}
    return tuple(
        JobHealth.of(planned, infos.get(planned.name), latest.get(planned.name), now) for planned in plan
    )


def write_health(path: Path, health: Health) -> None:
    """Write the file at once and whole; a reader sees the old one or the new one. Raises AuditorError."""
    text = json.dumps(health.as_json(), indent=2, default=_plain)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        part.replace(path)
    except OSError as error:
        raise AuditorError(
            f"the health file {path} cannot be written: {error.strerror}.",
            remedy="Set watch.health_file to a place the daemon may write to.",
        ) from None


def read_health(path: Path) -> dict[str, Any] | None:
    """Return what the health file says; None where there is none or it is not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "looked_at" in found else None


def is_fresh(said: Mapping[str, Any], now: datetime) -> bool:
    """Whether a daemon wrote the file lately."""
    try:
        return datetime.fromisoformat(str(said["stale_at"])) > now
    except (KeyError, ValueError, TypeError):
        return False


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
