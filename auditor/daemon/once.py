"""One job, now, in this process."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.daemon.perform import perform
from auditor.daemon.service import planned_job
from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.store import Store
    from auditor.store.job_records import JobRun


def run_now(workspace: Workspace, store: Store, name: str) -> JobRun:
    """Run the job ``name`` outside of its slots; return how it ended.

    Raises:
        UsageError: there is no such job, or it is off.
        AuditorError: it runs already.

    """
    planned = planned_job(workspace, name)
    now = workspace.clock()
    next_due = planned.cadence.after(now)
    # A job new to the store owes nothing up to its seed; this moment is to be a slot of its own.
    seed = min(planned.seed(now), now - timedelta(microseconds=1))
    store.jobs.register(name, planned.told, seed=seed, next_due=next_due)
    lease = store.jobs.claim(name, now, until=now + planned.timeout, next_due=next_due)
    if lease is None:
        raise AuditorError(
            f"the job {name} runs already, here or on another machine.",
            remedy="'auditor jobs list' shows where; wait until it has ended.",
        )
    perform(workspace, store, planned.job, lease)
    ended = store.jobs.run(name, now)
    assert ended is not None  # noqa: S101 - it was claimed above; this tells mypy
    return ended
