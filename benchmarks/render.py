"""Results as one Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.result import Goal, Result, Table, load

_HEAD = """# Benchmarks

Written by `make bench`; do not edit. One benchmark alone: `.venv-bench/bin/python -m benchmarks NAME`; `--quick`
for a small one that proves nothing but that it runs. Every number is the median of at least five runs, taken turn
by turn in one go on two cores, with the range in brackets. Each peer's answers are compared with ours before
its speed counts; one that answers differently gets no speed. Memory is the peak of a fresh process.
The data is made up (`benchmarks/synthetic.py`), the same on every machine.
"""


def page(folder: Path, order: Iterable[str]) -> str:
    """Return the page for the results saved in ``folder``; what is missing is said, and each machine used.

    A quick run keeps no promise and breaks none: it is shown, and left out of the summary.
    """
    parts, goals = [], []
    machines: dict[str, None] = {}
    for name in order:
        path = folder / f"{name}.json"
        if not path.exists():
            parts.append(f"## {name}\n\nNot measured yet.\n")
            continue
        result, machine, quick = load(path)
        parts.append(section(result, machine, quick=quick))
        machines[_machine(machine)] = None
        goals += [(result, goal) for goal in result.goals if not quick]
    return "\n".join([_HEAD, *machines, _summary(goals), *parts])


def section(result: Result, machine: Mapping[str, str], *, quick: bool) -> str:
    """Return one benchmark's section."""
    lines = [f"## {result.title}", ""]
    if quick:
        lines += ["**A quick run at a small size: these numbers prove nothing.**", ""]
    lines += [result.what, ""]
    for table in result.tables:
        lines += [*_table(table), ""]
    lines += [*(f"- {note}" for note in result.notes), ""] if result.notes else []
    if result.peers:
        versions = ", ".join(f"{name} {machine.get(name, 'of unknown version')}" for name in result.peers)
        lines += [f"Versions: {versions}.", ""]
    return "\n".join(lines)


def _machine(machine: Mapping[str, str]) -> str:
    words = ("cores", "memory", "python", "system")
    return f"Measured on {machine['day']}: " + "; ".join(f"{word} {machine[word]}" for word in words) + ".\n"


def _summary(goals: Sequence[tuple[Result, Goal]]) -> str:
    rows = [
        (result.title, goal.text, _measured(goal), _limit(goal), "yes" if goal.is_met else "**no**")
        for result, goal in goals
    ]
    return "\n".join(
        [
            "## What was promised",
            "",
            *_table(Table(("benchmark", "number", "measured", "promised", "kept"), rows)),
            "",
        ]
    )


def _measured(goal: Goal) -> str:
    return "not measured" if goal.measured is None else _number(goal.measured, goal.unit)


def _limit(goal: Goal) -> str:
    return f"{'at least' if goal.at_least else 'at most'} {_number(goal.limit, goal.unit)}"


def _number(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}{'' if unit in ('', 'x') else ' '}{unit}"


def _table(table: Table) -> list[str]:
    lines = [table.caption, ""] if table.caption else []
    lines += [_line(table.headings), _line(["---"] * len(table.headings))]
    return lines + [_line(row) for row in table.rows]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
