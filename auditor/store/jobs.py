"""Jobs and their runs: each slot claimed once, by one who lives, under a token that can be outbid.

A claim gives a `Lease` with a fencing token that only grows. Who is taken for dead loses the slot to
the next claim, whose token is greater; from then on the old one can record nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.store import events, job_claims
from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.holders import Holder
from auditor.store.job_records import JobInfo, JobRun, JobState, Lease, LeaseLost, Standing
from auditor.store.schema_jobs import job_runs, jobs
from auditor.vault import redact

_LONGEST_OUTCOME = 2_000
_TOLD = {
    JobState.FAILED: (EventKind.JOB_FAILED, "failed"),
    JobState.STUCK: (EventKind.JOB_STUCK, "was stopped at its time limit"),
}


class Jobs:
    """The jobs of one store."""

    def __init__(self, database: Database, holder: Holder, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._holder = holder
        self._clock = clock

    def register(self, name: str, cadence: str, *, seed: datetime, next_due: datetime | None) -> JobInfo:
        """Enter a job, or note that its cadence was changed.

        ``seed``: slots up to it are not owed, where the job is new. Where ``cadence`` is not what it was,
        slots up to now are not owed: what the old cadence had coming is not what the new one has.
        """
        now = self._clock()
        values = {"cadence": cadence, "seeded_at": seed, "next_due_at": next_due, "fence": 0}
        with self._database.write() as connection:
            connection.execute(insert_or_leave(connection, jobs), {"name": name, **values})
            connection.execute(
                update(jobs)
                .where(jobs.c.name == name, jobs.c.cadence != cadence)
                .values(cadence=cadence, seeded_at=now)
            )
            connection.execute(update(jobs).where(jobs.c.name == name).values(next_due_at=next_due))
            return _info(connection.execute(select(jobs).where(jobs.c.name == name)).one())

    def standing(self, name: str, slot: datetime) -> Standing:
        """Return whether claiming ``slot`` is worth trying: a cheap question that locks nothing."""
        with self._database.read() as connection:
            return job_claims.standing(connection, name, slot, self._clock())

    def may_be_due(self, name: str, slot: datetime) -> bool:
        """Return whether claiming ``slot`` is worth trying."""
        return self.standing(name, slot) is Standing.DUE

    def claim(
        self, name: str, slot: datetime, *, until: datetime, next_due: datetime | None = None
    ) -> Lease | None:
        """Claim a slot for this process, to be finished before ``until``; the next is due at ``next_due``.

        None: it is settled or not owed, or another run of the job is under way. What a dead process had
        claimed is taken over, with a greater token.
        """
        self._holder.ensure()
        with self._database.write() as connection:
            return job_claims.claim(
                connection, self._holder, name, slot, until=until, next_due=next_due, now=self._clock()
            )

    def adopt(self, lease: Lease) -> None:
        """Take over, as the process that does the work, what its parent has claimed; raises LeaseLost."""
        self._holder.ensure()
        with self._database.write() as connection:
            self._change(connection, lease, **job_claims.held_by(self._holder))

    def check(self, lease: Lease) -> None:
        """Raise LeaseLost where the run is not ours any more."""
        with self._database.read() as connection:
            ours = select(func.count()).select_from(job_runs).where(*_is(lease))
            if not connection.execute(ours).scalar_one():
                raise LeaseLost(lease.job)

    def finish(
        self,
        lease: Lease,
        state: JobState,
        outcome: str = "",
        *,
        retry_at: datetime | None = None,
    ) -> None:
        """Record how a run ended and, in the same transaction, the event that tells of a failure.

        A job that goes on failing is told of once a day; one that is tried again (``WAITING``, with
        ``retry_at``) is told of when the last try failed too.

        Raises:
            LeaseLost: the run is not ours any more; nothing is recorded.

        """
        now = self._clock()
        said = redact(outcome)[:_LONGEST_OUTCOME]
        with self._database.write() as connection:
            self._change(
                connection, lease, state=state, outcome=said, retry_at=retry_at, finished_at=now,
                holder_id=None,
            )  # fmt: skip
            info = _info(connection.execute(select(jobs).where(jobs.c.name == lease.job)).one())
            failing = info.failing_since
            if state is not JobState.WAITING:
                failing = (failing or lease.slot) if state in _TOLD else None
            connection.execute(update(jobs).where(jobs.c.name == lease.job).values(failing_since=failing))
            events.append(connection, _told(info, state, said, failing, now))

    def release(self, lease: Lease, outcome: str) -> None:
        """Give back a run that was asked to stop: whoever comes next takes it up; raises LeaseLost."""
        now = self._clock()
        with self._database.write() as connection:
            self._change(
                connection, lease, state=JobState.WAITING, outcome=redact(outcome), retry_at=now,
                finished_at=now, holder_id=None, attempt=lease.attempt - 1,
            )  # fmt: skip

    def skip(self, name: str, slot: datetime, outcome: str) -> bool:
        """Settle a slot that is not to be made up for; False where it was settled or claimed already."""
        now = self._clock()
        values = {
            "job": name, "slot": slot, "state": JobState.SKIPPED, "fence": 0, "attempt": 0, "claimed_at": now,
            "until": now, "finished_at": now, "outcome": outcome, **job_claims.held_by(self._holder),
        }  # fmt: skip
        with self._database.write() as connection:
            statement = insert_or_leave(connection, job_runs).returning(job_runs.c.job)
            return connection.execute(statement, values).first() is not None

    def run(self, name: str, slot: datetime) -> JobRun | None:
        """Return the run of one slot; None where it was never claimed."""
        with self._database.read() as connection:
            row = connection.execute(
                select(job_runs).where(job_runs.c.job == name, job_runs.c.slot == slot)
            ).one_or_none()
        return None if row is None else _job_run(row)

    def runs(self, name: str | None = None, *, limit: int = 50) -> tuple[JobRun, ...]:
        """Return runs of one job or of all, the newest slot first."""
        statement = select(job_runs).order_by(job_runs.c.slot.desc(), job_runs.c.job).limit(limit)
        if name is not None:
            statement = statement.where(job_runs.c.job == name)
        with self._database.read() as connection:
            return tuple(_job_run(row) for row in connection.execute(statement))

    def latest(self) -> tuple[JobRun, ...]:
        """Return the newest run of every job."""
        newest = (
            select(job_runs.c.job, func.max(job_runs.c.slot).label("slot"))
            .group_by(job_runs.c.job)
            .subquery()
        )
        of_both = (job_runs.c.job == newest.c.job) & (job_runs.c.slot == newest.c.slot)
        with self._database.read() as connection:
            return tuple(_job_run(row) for row in connection.execute(select(job_runs).join(newest, of_both)))

    def list(self) -> tuple[JobInfo, ...]:
        """Return the jobs, by name."""
        with self._database.read() as connection:
            return tuple(_info(row) for row in connection.execute(select(jobs).order_by(jobs.c.name)))

    def prune(self, before: Mapping[str, datetime]) -> int:
        """Forget each job's runs of slots before an instant that have ended, never the newest; return how many."""
        gone = 0
        with self._database.write() as connection:
            for name, instant in before.items():
                newest = select(func.max(job_runs.c.slot)).where(job_runs.c.job == name).scalar_subquery()
                gone += connection.execute(
                    delete(job_runs).where(
                        job_runs.c.job == name,
                        job_runs.c.slot < instant,
                        job_runs.c.slot < newest,
                        job_runs.c.state.not_in((JobState.RUNNING, JobState.WAITING)),
                    )
                ).rowcount
        return gone

    def _change(self, connection: Connection, lease: Lease, **values: Any) -> None:
        changed = connection.execute(update(job_runs).where(*_is(lease)).values(**values))
        if changed.rowcount != 1:
            raise LeaseLost(lease.job)


def _is(lease: Lease) -> tuple[Any, ...]:
    """Return the conditions under which the run is still the lease's."""
    return (
        job_runs.c.job == lease.job,
        job_runs.c.slot == lease.slot,
        job_runs.c.fence == lease.fence,
        job_runs.c.state == JobState.RUNNING,
    )


def _told(
    info: JobInfo, state: JobState, outcome: str, failing: datetime | None, now: datetime
) -> Iterable[Event]:
    if state is JobState.WAITING:
        return
    if failing is not None:
        kind, words = _TOLD[state]
        yield Event(
            key=f"{kind}:{info.name}:{failing.isoformat()}:{now.date().isoformat()}",
            kind=kind,
            at=now,
            severity=Severity.HIGH,
            subject_id=info.name,
            message=f"The job {info.name} {words}: {outcome}",
        )
    elif info.failing_since is not None:
        yield Event(
            key=f"{EventKind.JOB_RECOVERED}:{info.name}:{info.failing_since.isoformat()}",
            kind=EventKind.JOB_RECOVERED,
            at=now,
            severity=Severity.INFO,
            subject_id=info.name,
            message=f"The job {info.name} runs again; it had failed since {info.failing_since:%Y-%m-%d %H:%M} UTC.",
        )


def _info(row: Row[Any]) -> JobInfo:
    return JobInfo(**{field.name: getattr(row, field.name) for field in fields(JobInfo)})


def _job_run(row: Row[Any]) -> JobRun:
    values = {field.name: getattr(row, field.name) for field in fields(JobRun)}
    return JobRun(**(values | {"state": JobState(row.state)}))
