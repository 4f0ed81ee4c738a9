"""Medians of interleaved runs, answers compared before any speed counts, memory in fresh processes."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

CORES = 2
"""Every benchmark runs on so many cores, whatever the machine has."""
_BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who takes part."""

    name: str
    run: Callable[[], Any]
    """Does the work and returns what came out."""
    answer: Callable[[Any], Hashable]
    """Puts what came out into the form in which answers are compared."""
    prepare: Callable[[], object] = lambda: None
    """Done before every run, outside the clock."""


@dataclass(slots=True)
class Timing:
    """How long somebody took."""

    name: str
    seconds: list[float] = field(default_factory=list)
    disagrees: str = ""
    """Why its speed does not count."""

    @property
    def median(self) -> float:
        """The middle one of the runs, in seconds."""
        return median(self.seconds)

    @property
    def shown(self) -> str:
        """Median and range, for a table."""
        if self.disagrees:
            return "not counted: " + self.disagrees
        return f"{seconds(self.median)} ({seconds(min(self.seconds))} to {seconds(max(self.seconds))})"


def race(contenders: Sequence[Contender], runs: int) -> list[Timing]:
    """Compare every answer with the first contender's, then time those that agree, turn by turn.

    The comparing run is also the warm-up. What comes out of a run is let go before the next begins.
    """

    def go(contender: Contender) -> tuple[float, Any]:
        contender.prepare()
        return timed(contender.run)

    first = contenders[0].answer(go(contenders[0])[1])
    timings = [Timing(one.name) for one in contenders]
    for contender, timing in zip(contenders[1:], timings[1:], strict=True):
        say(f"comparing the answers of {contender.name}")
        timing.disagrees = (
            "" if contender.answer(contender.run()) == first else "its answers differ from ours"
        )
    for number in range(runs):
        say(f"run {number + 1} of {runs}")
        for contender, timing in zip(contenders, timings, strict=True):
            if not timing.disagrees:
                timing.seconds.append(go(contender)[0])
    return timings


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds ``run`` took, and what it returned."""
    gc.collect()
    start = time.perf_counter()
    outcome = run()
    return time.perf_counter() - start, outcome


def in_child(task: str, *arguments: Any) -> dict[str, Any]:
    """Run ``module:function`` of this package in a fresh process.

    Returns what it returned (a JSON object), with ``seconds`` it took, imports not counted, and
    ``peak_mb``, the most memory the process ever held.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", task, json.dumps(arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def peak_mb() -> float:
    """Return the most memory this process ever held, in megabytes (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():
        # A child's ru_maxrss may begin at its parent's size on Linux; this line is the process's own.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_PER_MAXRSS / 1e6


def keep_to_cores() -> None:
    """Confine this process and its children to the cores benchmarks run on, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    os.environ.setdefault("POLARS_MAX_THREADS", str(CORES))


def say(text: str) -> None:
    """Tell of progress."""
    print(f"  {text}", file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    """Return a time as a reader likes it."""
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def times(ratio: float) -> str:
    """Return a ratio as a reader likes it."""
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.2f}x"


def megabytes(value: float) -> str:
    """Return an amount of memory as a reader likes it."""
    return f"{value:,.0f} MB"
