"""Looks at the roster's file between polls, so that a leaver need not wait for the next one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from auditor.app.roster_file import look_at, path_of
from auditor.app.workspace import Workspace

EVERY_SECONDS = 2.0
"""Between two looks. A look is one ``stat``: what is in the file is the poll's to read."""


class RosterWatch:
    """Says when another roster lies where the last one lay.

    A file that is gone is no other roster: whoever replaces one may remove it first, and the next poll tells of
    one that stays away.
    """

    def __init__(self, workspace: Workspace, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the file as it is now as known: the first poll reads it."""
        roster = workspace.roster
        self._path = None if roster is None else path_of(workspace, roster)
        self._clock = clock
        self._known = None if self._path is None else _state(self._path)
        self._looked_at = clock()

    def poll_on_change(self, poll: Callable[[], bool]) -> None:
        """Call ``poll`` where the file is another; as long as that returns False, again at each look."""
        now = self._clock()
        if self._path is None or now - self._looked_at < EVERY_SECONDS:
            return
        self._looked_at = now
        seen = _state(self._path)
        # Noted as it was before the poll: what is written meanwhile is another file again.
        if seen is not None and seen != self._known and poll():
            self._known = seen


def _state(path: Path) -> tuple[int, int, int, int] | None:
    try:
        return look_at(path)
    except OSError:
        return None
