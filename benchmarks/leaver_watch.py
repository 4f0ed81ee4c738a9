"""The daemon itself, in a process of its own, beside a roster that is replaced."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.daemon.health import read_health

_PATIENCE_S = 300.0


class Watching:
    """A daemon that watches."""

    def __init__(self, health: Path) -> None:
        self._health = health

    def rests(self, since: float) -> None:
        """Wait until a poll begun after ``since`` (Unix time) has ended well and nothing waits to be sent."""
        began = time.time()
        while time.time() - began < _PATIENCE_S:
            if self._is_at_rest(since):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the daemon does not come to rest: {read_health(self._health)}")

    def _is_at_rest(self, since: float) -> bool:
        said = read_health(self._health)
        if said is None or not said["jobs"]:
            return False
        roster: dict[str, Any] = said["jobs"]["roster"]
        polled = roster["last_state"] == "done" and _unix(roster["last_claimed_at"]) > since
        return polled and said["outbox_waiting"] == 0


@contextmanager
def watching(place: Path) -> Iterator[Watching]:
    """Run ``auditor watch`` in ``place`` within the block."""
    with (place / "watch.log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "auditor", "watch", "--config", str(place / "auditor.yaml")]
        daemon = subprocess.Popen(command, stdout=log, stderr=log, cwd=place)
        try:
            yield Watching(place / "watch-health.json")
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
