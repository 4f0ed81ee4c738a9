"""Progress on the terminal: a live line a connection; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.cli.console import plain, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_MARKS = {"complete": "ok", "partial": "part", "failed": "FAILED"}


class Screen:
    """Shows how far a run is, on standard error."""

    def __init__(self) -> None:
        self._live: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            console = Console(stderr=True, markup=False, highlight=False)
            self._live = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                TimeElapsedColumn(),
                console=console,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def step(self, text: str) -> None:
        """A new step of the whole run begins."""
        if self._live is None:
            say(f"{text} ...")
            return
        self._task("step", text)

    def note(self, connection: str, text: str) -> None:
        """A connection says where it is; only a live screen shows it."""
        if self._live is not None:
            self._task(connection, f"  {connection}: {text}")

    def done(self, connection: str, state: str, facts: int, reason: str) -> None:
        """A connection has been read."""
        told = f". {reason[:160]}" if reason else ""
        line = f"  {_MARKS.get(state, state):6} {connection}: {facts:,} facts{told}"
        if self._live is None:
            say(line)
            return
        self._task(connection, line)
        with self._lock:
            self._live.stop_task(self._tasks[connection])

    def _task(self, name: str, text: str) -> None:
        with self._lock:
            if self._live is None:
                return
            if name in self._tasks:
                self._live.update(self._tasks[name], description=plain(text))
            else:
                self._tasks[name] = self._live.add_task(plain(text), total=None)
