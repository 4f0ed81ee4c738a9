"""Who may run a slot: decided within one transaction, under a lock on the job's row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from auditor.store.holders import Holder, holder_is_alive
from auditor.store.job_records import JobState, Lease
from auditor.store.processes import STALE_AFTER
from auditor.store.schema_jobs import job_runs, jobs

TRUST = timedelta(days=1)
"""Slots claimed further in the future than this were claimed by a clock that was wrong, and count for nothing."""


def may_be_due(connection: Connection, job: str, slot: datetime, now: datetime) -> bool:
    """Return whether a claim of ``slot`` is worth trying; nothing is locked or written."""
    row = connection.execute(_run(job, slot)).one_or_none()
    if row is None:
        info = connection.execute(select(jobs).where(jobs.c.name == job)).one_or_none()
        return info is not None and slot > _settled_through(connection, info, now)
    if row.state == JobState.WAITING:
        return bool(row.retry_at is None or row.retry_at <= now)
    return row.state == JobState.RUNNING and not _is_held(connection, row, now)


def claim(
    connection: Connection, holder: Holder, job: str, slot: datetime, *, until: datetime, now: datetime
) -> Lease | None:
    """Claim ``slot`` for ``holder``; None where it is settled, not owed, or the job runs elsewhere."""
    info = connection.execute(select(jobs).where(jobs.c.name == job).with_for_update()).one_or_none()
    if info is None or _runs_elsewhere(connection, job, slot, now):
        return None
    row = connection.execute(_run(job, slot)).one_or_none()
    if row is None and slot <= _settled_through(connection, info, now):
        return None
    if row is not None and not _can_be_taken(row, now):
        return None
    lease = Lease(
        job=job, slot=slot, fence=info.fence + 1, attempt=(row.attempt if row else 0) + 1, until=until
    )
    values = {
        "state": JobState.RUNNING,
        "fence": lease.fence,
        "attempt": lease.attempt,
        "claimed_at": now,
        "until": until,
        "finished_at": None,
        "retry_at": None,
        "outcome": "",
        **held_by(holder),
    }
    if row is None:
        connection.execute(job_runs.insert().values(job=job, slot=slot, **values))
    else:
        connection.execute(
            update(job_runs).where(job_runs.c.job == job, job_runs.c.slot == slot).values(**values)
        )
    _give_up_older(connection, job, slot)
    connection.execute(update(jobs).where(jobs.c.name == job).values(fence=lease.fence))
    return lease


def held_by(holder: Holder) -> dict[str, Any]:
    """Return the columns that say who runs a slot."""
    return {"holder_id": holder.id, "host": holder.process.host, "pid": holder.process.pid}


def _run(job: str, slot: datetime) -> Select[Any]:
    return select(job_runs).where(job_runs.c.job == job, job_runs.c.slot == slot)


def _settled_through(connection: Connection, info: Row[Any], now: datetime) -> datetime:
    """Return the instant up to which slots without a run are not owed: before the job's time, or made up for."""
    newest: datetime | None = connection.execute(
        select(func.max(job_runs.c.slot)).where(job_runs.c.job == info.name, job_runs.c.slot <= now + TRUST)
    ).scalar()
    seeded: datetime = min(info.seeded_at, now) if info.seeded_at > now + TRUST else info.seeded_at
    return max(newest, seeded) if newest is not None else seeded


def _runs_elsewhere(connection: Connection, job: str, slot: datetime, now: datetime) -> bool:
    """Return whether another run of the job is under way; those of the dead are noted as lost."""
    running = select(job_runs).where(job_runs.c.job == job, job_runs.c.state == JobState.RUNNING)
    for row in connection.execute(running).all():
        if _is_held(connection, row, now):
            return True
        if row.slot != slot:
            _end(connection, job, row.slot, JobState.LOST, "the process that ran it died")
    return False


def _is_held(connection: Connection, row: Row[Any], now: datetime) -> bool:
    # Whoever watches over a run ends it at its limit; one that is well past it has nobody to do so.
    overdue = now >= row.until + STALE_AFTER
    return not overdue and holder_is_alive(connection, row.holder_id, now)


def _can_be_taken(row: Row[Any], now: datetime) -> bool:
    if row.state == JobState.WAITING:
        return bool(row.retry_at is None or row.retry_at <= now)
    # It is not held, or `_runs_elsewhere` would have said so.
    return bool(row.state == JobState.RUNNING)


def _give_up_older(connection: Connection, job: str, slot: datetime) -> None:
    """End what still waited to be tried again: the newer slot makes up for it."""
    older = select(job_runs.c.slot).where(
        job_runs.c.job == job, job_runs.c.slot < slot, job_runs.c.state == JobState.WAITING
    )
    for before in connection.execute(older).scalars().all():
        _end(connection, job, before, JobState.FAILED, None)


def _end(connection: Connection, job: str, slot: datetime, state: JobState, outcome: str | None) -> None:
    values = {"state": state, "retry_at": None} | ({} if outcome is None else {"outcome": outcome})
    connection.execute(
        update(job_runs).where(job_runs.c.job == job, job_runs.c.slot == slot).values(**values)
    )
