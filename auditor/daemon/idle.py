"""Cheap looks at the store that spare starting a process for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.store.job_records import JobState

if TYPE_CHECKING:
    from auditor.store import Store

_AT_LEAST_EVERY = timedelta(minutes=5)
"""Digests, escalations and the end of quiet hours come with time, not with events."""
_DRIFT = "drift/"
DELIVERED = "deliver"
"""The reader of the journal whose cursor says up to which event alerts were raised and sent."""


def without_roster(workspace: Workspace, _store: Store) -> bool:
    """Whether there is no roster to poll."""
    return workspace.config.roster is None


def followed_up(_workspace: Workspace, store: Store) -> bool:
    """Whether findings' lives and the drift are up to the newest snapshot."""
    return not store.lives.pending() and all(info.carried_from for info in store.snapshots_unread(_DRIFT))


def nothing_to_send(workspace: Workspace, store: Store) -> bool:
    """Whether nothing is due to be sent and the journal has nothing new since the last delivery."""
    newest = next(iter(store.jobs.runs("deliver", limit=1)), None)
    if newest is None or newest.state is not JobState.DONE or newest.finished_at is None:
        return False
    if workspace.clock() - newest.finished_at >= _AT_LEAST_EVERY or store.outbox.is_due():
        return False
    return store.events.last() <= (store.events.cursor(DELIVERED) or 0)


def nowhere_to_look(workspace: Workspace, _store: Store) -> bool:
    """Whether no source of candidates is configured."""
    return not workspace.config.impersonators.sources


def nothing_for_siem(workspace: Workspace, store: Store) -> bool:
    """Whether every SIEM that is configured, a new one too, has the whole journal."""
    from auditor.app.siem import reader_of

    newest = store.events.last()
    return all((store.events.cursor(reader_of(sink)) or 0) >= newest for sink in workspace.config.siem)
