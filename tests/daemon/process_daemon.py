"""A daemon over the tests' jobs: ``python -m tests.daemon.process_daemon FOLDER``."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from auditor.app.workspace import Workspace
from auditor.daemon.executors import Children
from auditor.daemon.plan import make_plan
from auditor.daemon.service import Service
from auditor.logs import configure
from tests.daemon.support_daemon import PROCESS_JOBS


def main(folder: Path) -> int:
    """Watch until asked to stop."""
    configure("info")
    workspace = Workspace.open(folder / "auditor.yaml")
    with workspace.store() as store:
        children = Children(
            workspace.loaded.document.path,
            kill_after=timedelta(seconds=1),
            module="tests.daemon.process_child",
        )
        plan = make_plan(workspace.config, PROCESS_JOBS)
        return int(Service(workspace, store, children, folder / "health.json", plan=plan).run())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
