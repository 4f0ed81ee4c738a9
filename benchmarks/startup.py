"""``auditor --help`` beside a cyclopts program that does nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Hashable

from benchmarks.measure import Contender, Timing, race, times
from benchmarks.result import Goal, Result, Table

RUNS = {False: 21, True: 3}
_LIMIT = 2.0
_OURS = "from auditor.cli.app import main; main(['--help'])"
_EMPTY = "from cyclopts import App; App(name='empty', help='Does nothing.', version='1', help_format='plaintext')(['--help'])"
_NOTHING = "print('Usage: none')"


def run(*, quick: bool) -> Result:
    """Measure."""
    programs = {"auditor --help": _OURS, "An empty cyclopts program --help": _EMPTY, "Python alone": _NOTHING}
    timings = race([_program(name, code) for name, code in programs.items()], RUNS[quick])
    return _result(timings)


def _program(name: str, code: str) -> Contender:
    def start() -> str:
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        return done.stdout

    return Contender(name, start, _has_help)


def _has_help(output: str) -> Hashable:
    """All that can be compared of different programs: that they ended well and printed how to use them."""
    return "Usage:" in output


def _result(timings: list[Timing]) -> Result:
    ours, empty, nothing = timings
    ratio = ours.median / empty.median
    return Result(
        name="startup",
        title="Start-up",
        what=(
            "`auditor --help` beside `--help` of a program with the same library for its command line and no command at all; "
            f"{len(ours.seconds)} processes each, turn by turn."
        ),
        tables=[
            Table(
                ("", "median (range)", "to the empty program"),
                [
                    (ours.name, ours.shown, times(ratio)),
                    (empty.name, empty.shown, "1"),
                    (nothing.name, nothing.shown, times(nothing.median / empty.median)),
                ],
            )
        ],
        goals=[Goal("`auditor --help` beside an empty program", ratio, _LIMIT, "x")],
        figures={
            "auditor_s": ours.median,
            "empty_s": empty.median,
            "python_s": nothing.median,
            "ratio": ratio,
        },
        peers=("cyclopts",),
    )
