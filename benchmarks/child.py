"""Runs one task of a benchmark in a process of its own; called by `benchmarks.measure.in_child`."""

from __future__ import annotations

import importlib
import json
import sys

from benchmarks.measure import peak_mb, timed


def main(task: str, arguments: str) -> None:
    """Run ``module:function`` with the JSON list of arguments; print its outcome as one line of JSON."""
    module, _, name = task.partition(":")
    function = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    taken, outcome = timed(lambda: function(*json.loads(arguments)))
    print(json.dumps({"seconds": taken, **outcome, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
