"""Starting runs in processes of their own, to be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(url: str, mode: str = "collect") -> Iterator[subprocess.Popen[str]]:
    """Run `tests.store.killed_run` until it has begun; it is killed, without a warning, at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.killed_run", url, mode],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
