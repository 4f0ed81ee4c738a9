"""Stored snapshot to recorded findings, in a fresh process: time and peak memory."""

from __future__ import annotations

from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measure import Timing, in_child, megabytes, say, seconds
from benchmarks.result import Goal, Result, Table

SIZES = {False: (1_000_000, 100_000), True: (20_000, 2_000)}
RUNS = {False: 5, True: 2}
_LIMIT_MB = 1_500


def run(*, quick: bool) -> Result:
    """Measure."""
    grants, people = SIZES[quick]
    with TemporaryDirectory() as folder:
        say(f"writing {grants:,} grants to a store")
        written = in_child("house:store", folder, grants, people)
        audits = []
        for number in range(RUNS[quick]):
            say(f"run {number + 1} of {RUNS[quick]}")
            audits.append(in_child("house:audit", folder))
    timing = Timing("audit", [each["seconds"] for each in audits])
    peak = median(each["peak_mb"] for each in audits)
    counted = {(each["findings"], each["failed"], each["unknown"]) for each in audits}
    if len(counted) != 1:
        raise RuntimeError(f"the runs found different things: {counted}")
    first = audits[0]
    rows = [
        ("the snapshot written, fact by fact", seconds(written["seconds"]), megabytes(written["peak_mb"])),
        ("read, matched, judged, findings recorded", timing.shown, megabytes(peak)),
    ]
    return Result(
        name="whole_run",
        title="A whole judgement from the store",
        what=(
            f"{grants:,} grants, {people:,} people, {written['facts']:,} facts in all, in SQLite; every run a fresh process that "
            f"opens the store, judges {first['rules']} rules and records {first['findings']:,} findings with their messages "
            f"({first['failed']:,} fails, {first['unknown']:,} unknown), as `auditor audit --snapshot` does before it writes a report."
        ),
        tables=[Table(("", "median (range)", "peak memory"), rows)],
        goals=[Goal("Peak memory of the whole run", peak, _LIMIT_MB, "MB")],
        notes=["The writing is done once, so it has no range; it includes making the data up."],
        figures={"audit_s": timing.median, "audit_peak_mb": peak, "write_s": written["seconds"]},
        peers=("duckdb", "pandas", "sqlalchemy"),
    )
