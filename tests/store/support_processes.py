"""Starting runs in processes of their own, to be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.store import killed_run

ROOT = Path(__file__).resolve().parents[2]
# A server that has loaded the program forks the runs: to load it anew takes seconds each time.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([killed_run.__name__])


@contextmanager
def running(url: str, mode: str = "collect") -> Iterator[BaseProcess]:
    """Run `tests.store.killed_run` until it has begun; it is killed, without a warning, at the end."""
    begun, telling = _context.Pipe(duplex=False)
    process = _context.Process(target=killed_run.main, args=(url, mode, telling))
    process.start()
    telling.close()
    try:
        assert begun.recv() == "ready"
        yield process
    finally:
        process.kill()
        process.join()
        process.close()
        begun.close()
