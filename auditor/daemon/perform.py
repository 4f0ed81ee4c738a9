"""One run of one job, from its lease to its recorded end; in whichever process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.daemon.jobs import Job
from auditor.errors import AuditorError
from auditor.store.job_records import JobState, Lease, LeaseLost

if TYPE_CHECKING:
    from auditor.store import Store

_log = logging.getLogger(__name__)
_PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
"""Between the tries of one slot; the last holds for all further ones."""


def perform(
    workspace: Workspace,
    store: Store,
    job: Job,
    lease: Lease,
    *,
    before_recording: Callable[[], None] = lambda: None,
) -> JobState:
    """Do the work of one slot and record how it ended.

    KeyboardInterrupt, by which a run is asked to stop, gives the slot back and goes on up.

    Raises:
        StoreError: the end could not be recorded.

    """
    try:
        state, outcome = _attempt(workspace, store, job, lease)
        before_recording()
        retry_at = retry_time(job, lease, workspace.clock()) if state is JobState.FAILED else None
        state = JobState.WAITING if retry_at else state
        store.jobs.finish(lease, state, outcome, retry_at=retry_at)
    except LeaseLost as lost:
        _log.warning("%s", lost)
        return JobState.LOST
    except KeyboardInterrupt:
        before_recording()
        with suppress(LeaseLost):
            store.jobs.release(lease, "it was asked to stop; what it had begun was rolled back")
        raise
    return state


def retry_time(job: Job, lease: Lease, now: datetime) -> datetime | None:
    """Return when a failed slot is tried again; None: it is not."""
    if lease.attempt >= job.attempts:
        return None
    return now + _PAUSES[min(lease.attempt, len(_PAUSES)) - 1]


def _attempt(workspace: Workspace, store: Store, job: Job, lease: Lease) -> tuple[JobState, str]:
    try:
        return JobState.DONE, job.load_duty()(workspace, store, lambda: store.jobs.check(lease))
    except LeaseLost:
        raise
    except AuditorError as error:
        return JobState.FAILED, str(error)
    except Exception as error:  # noqa: BLE001 - the boundary of a job: a fault of ours must end as a failure that is told
        _log.error("the job %s ended in a fault of the program", job.name, exc_info=error)
        return JobState.FAILED, f"a fault of the program ({type(error).__name__}); its log has the traceback"
