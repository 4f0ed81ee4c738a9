"""The fast lane: a change in the roster is judged at once, without asking any platform.

A poll (`auditor.app.roster_poll`) writes a snapshot where somebody's standing changed: the people just read,
with the platform facts of the newest snapshot. It is judged, recorded and followed up here, so that whoever
has to act hears of it within one poll. A poll that was killed is made up for by the next.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.app.judge import evaluate, record
from auditor.app.lives import follow_up
from auditor.app.roster_poll import Poll, PollState, RosterPoll
from auditor.app.workspace import Workspace

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store


def poll_roster(workspace: Workspace, store: Store) -> RosterPoll:
    """Read the roster; where somebody's standing changed, judge the newest platform facts again at once.

    Raises:
        StoreError: the store refuses, or another poll is under way.
        AuditorError: as judging and following up raise it; the next poll takes up from there.

    """
    if workspace.roster is None:
        return RosterPoll(state=PollState.NO_ROSTER, message="No roster is configured.")
    newest = next(iter(store.snapshots(1)), None)
    if newest is None:
        return RosterPoll(
            state=PollState.NOTHING_GATHERED,
            message="Nothing has been gathered yet, so there is nothing to hold the roster against.",
            remedy="Run 'auditor audit'.",
        )
    resumed = newest if newest.carried_from and newest.judged_at is None else None
    if resumed is not None:
        # A poll was killed before it could judge. A gathered snapshot is the audit's to judge.
        _judge(workspace, store, resumed)
    poll = Poll(workspace, store, workspace.roster)
    done = poll.run()
    if done.snapshot is None:
        return replace(done, snapshot=resumed)
    _judge(workspace, store, done.snapshot)
    poll.remember_done(done.snapshot)
    return done


def _judge(workspace: Workspace, store: Store, snapshot: SnapshotInfo) -> None:
    with evaluate(workspace, store, snapshot) as judged:
        record(store, judged)
        follow_up(workspace, store, judged)
