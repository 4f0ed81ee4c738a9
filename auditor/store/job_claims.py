"""Who may run a slot: decided within one transaction, under a lock on the job's row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from auditor.store.holders import Holder, holder_is_alive
from auditor.store.job_records import JobState, Lease, Standing
from auditor.store.processes import STALE_AFTER
from auditor.store.schema_jobs import job_runs, jobs

TRUST = timedelta(days=1)
"""Slots claimed further in the future than this were claimed by a clock that was wrong, and count for nothing."""


def standing(connection: Connection, job: str, slot: datetime, now: datetime) -> Standing:
    """Return how ``slot`` stands; nothing is locked or written."""
    row = connection.execute(_run(job, slot)).one_or_none()
    if row is None:
        info = connection.execute(select(jobs).where(jobs.c.name == job)).one_or_none()
        owed = info is not None and slot > _settled_through(connection, info, now)
        return Standing.DUE if owed else Standing.SETTLED
    if row.state == JobState.WAITING:
        return Standing.DUE if row.retry_at is None or row.retry_at <= now else Standing.UNDER_WAY
    if row.state == JobState.RUNNING:
        return Standing.UNDER_WAY if _is_held(connection, row, now) else Standing.DUE
    return Standing.SETTLED


def claim(
    connection: Connection,
    holder: Holder,
    job: str,
    slot: datetime,
    *,
    until: datetime,
    next_due: datetime | None,
    now: datetime,
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
    _enter(connection, lease, now, holder, is_new=row is None)
    _give_up_older(connection, job, slot)
    known = {} if next_due is None else {"next_due_at": next_due}
    connection.execute(update(jobs).where(jobs.c.name == job).values(fence=lease.fence, **known))
    return lease


def _enter(connection: Connection, lease: Lease, now: datetime, holder: Holder, *, is_new: bool) -> None:
    values = {
        "state": JobState.RUNNING,
        "fence": lease.fence,
        "attempt": lease.attempt,
        "claimed_at": now,
        "until": lease.until,
        "finished_at": None,
        "retry_at": None,
        "outcome": "",
        **held_by(holder),
    }
    place = {"job": lease.job, "slot": lease.slot}
    if is_new:
        connection.execute(job_runs.insert().values(**place, **values))
    else:
        its = (job_runs.c.job == lease.job, job_runs.c.slot == lease.slot)
        connection.execute(update(job_runs).where(*its).values(**values))


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
            lost = {"state": JobState.LOST, "outcome": "the process that ran it died"}
            connection.execute(
                update(job_runs).where(job_runs.c.job == job, job_runs.c.slot == row.slot).values(**lost)
            )
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
    connection.execute(
        update(job_runs)
        .where(job_runs.c.job == job, job_runs.c.slot < slot, job_runs.c.state == JobState.WAITING)
        .values(state=JobState.FAILED, retry_at=None)
    )
