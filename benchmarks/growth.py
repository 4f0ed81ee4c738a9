"""Ten times the grants: does a grant still cost the same?"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import in_child, megabytes, say, seconds
from benchmarks.result import Goal, Result, Table

SIZES = {False: (1_000, 10_000, 100_000, 1_000_000), True: (1_000, 10_000)}
RUNS = {False: 5, True: 2}
_GRANTS_A_PERSON = 10
_NOISE = 1.05
"""A rise of up to a twentieth is what two runs of the same size differ by."""


def run(*, quick: bool) -> Result:
    """Measure."""
    measured = {grants: _measure(grants, RUNS[quick]) for grants in SIZES[quick]}
    rows = [
        (
            f"{grants:,}",
            seconds(each["seconds"]),
            f"{each['seconds'] / grants * 1e6:,.1f} µs",
            megabytes(each["peak_mb"]),
            f"{each['peak_mb'] / grants * 1e3:,.2f} kB",
        )
        for grants, each in measured.items()
    ]
    goals = [
        Goal(f"{what} a grant, the worst step up in size", _steepest(measured, key), _NOISE, "x")
        for what, key in (("Time", "seconds"), ("Memory", "peak_mb"))
    ]
    figures = {
        f"{key}_{grants}": each[key] for grants, each in measured.items() for key in ("seconds", "peak_mb")
    }
    return Result(
        name="growth",
        title="Growth",
        what=(
            "A whole judgement from the store (as above) at growing sizes, a person for every ten grants and an account for "
            "every hundred; each run a fresh process. A grant's cost must not rise from one size to the next."
        ),
        tables=[Table(("grants", "median time", "a grant", "peak memory", "a grant"), rows)],
        goals=goals,
        notes=[
            "At small sizes the fixed cost (the process, the packs, the plans of the queries) is most of it."
        ],
        figures=figures,
        peers=("duckdb",),
    )


def _measure(grants: int, runs: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        say(f"{grants:,} grants")
        in_child("house:store", folder, grants, max(10, grants // _GRANTS_A_PERSON))
        audits: list[dict[str, Any]] = [in_child("house:audit", folder) for _ in range(runs)]
    return {key: median(each[key] for each in audits) for key in ("seconds", "peak_mb")}


def _steepest(measured: dict[int, dict[str, float]], key: str) -> float:
    """Return how many times dearer a grant became at the worst step."""
    costs = [each[key] / grants for grants, each in measured.items()]
    return max(after / before for before, after in pairwise(costs))
