"""One poll of the roster, in a process that has imported what the daemon's own process has, and no more."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import auditor.daemon.child  # noqa: F401 - the process of one run: what it imports is there before it looks
from auditor.app.workspace import Workspace
from auditor.daemon.duties import poll_roster


def workspace_at(place: Path, now: datetime) -> Workspace:
    """Return the workspace of ``place``, whose clock starts at ``now``."""
    workspace = Workspace.open(place / "auditor.yaml")
    began = datetime.now(UTC)
    workspace.clock = lambda: now + (datetime.now(UTC) - began)
    return workspace


def poll(folder: str, now: str) -> None:
    """Poll the roster once, as the daemon's job does; print when it looked at the file (Unix time) and what came of it."""
    workspace = workspace_at(Path(folder), datetime.fromisoformat(now))
    plain, asked = workspace.clock, []

    def clock() -> datetime:
        # A poll asks the time of day just before it looks at the file, and not before.
        asked.append(time.time())
        return plain()

    with workspace.store(create=False) as store:
        workspace.clock = clock
        said = poll_roster(workspace, store, lambda: None)
    print(asked[0], said)


if __name__ == "__main__":
    poll(*sys.argv[1:])
