"""121,117 findings written as HTML, CSV and OCSF, beside one OCSF file by `py-ocsf-models`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial, reduce
from operator import xor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Timing, in_child, megabytes, peak_mb, say, timed, times
from benchmarks.peers import ocsf_models
from benchmarks.result import Goal, Result, Table
from reports.formats import FORMATS
from tests.reports.support_large import large_review

FINDINGS = {False: 121_117, True: 2_000}
RUNS = {False: 5, True: 2}
WANTED = ("html", "csv", "ocsf")
_LIMIT_S, _LIMIT_MB = 10, 300
_COMPLIANCE_FINDING, _CLOSE = 2003, 3
"""OCSF's numbers for the class and for the activity that ends a finding."""


def ours(count: int, names: list[str]) -> dict[str, Any]:
    """Task for a process of its own: write the formats named, one after the other."""
    review = large_review(count)
    before = peak_mb()
    with TemporaryDirectory() as folder:
        taken, files = {}, 0
        for name in names:
            taken[name], paths = timed(partial(FORMATS[name].write, review, Path(folder)))
            files += len(paths)
        peak = peak_mb()
        keys = _our_keys(Path(folder)) if "ocsf" in names else 0
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
    return {
        "seconds": sum(taken.values()),
        "parts": taken,
        "before_mb": before,
        "written_mb": peak,
        "files": files,
        "size_mb": size,
        "keys": keys,
    }


def theirs(count: int) -> dict[str, Any]:
    """Task for a process of its own: the same findings by the peer."""
    review = large_review(count)
    before = peak_mb()
    with TemporaryDirectory() as folder:
        taken, path = timed(lambda: ocsf_models.write(review, Path(folder)))
        peak = peak_mb()
        size = path.stat().st_size / 1e6
        events = json.loads(path.read_text(encoding="utf-8"))
        keys = _hashed({event["finding_info"]["uid"] for event in events})
    return {"seconds": taken, "before_mb": before, "written_mb": peak, "size_mb": size, "keys": keys}


def _our_keys(folder: Path) -> int:
    """Return the ids of the findings this review makes; alerts repeat some, and what was resolved is older."""
    keys = set()
    for path in folder.rglob("*.jsonl"):
        with path.open(encoding="utf-8") as lines:
            for event in map(json.loads, lines):
                if event["class_uid"] == _COMPLIANCE_FINDING and event["activity_id"] != _CLOSE:
                    keys.add(event["finding_info"]["uid"])
    return _hashed(keys)


def _hashed(keys: set[str]) -> int:
    """Return one number for a set of findings' ids."""
    return reduce(xor, (int(key, 16) for key in keys), 0)


def run(*, quick: bool) -> Result:
    """Measure."""
    count = FINDINGS[quick]
    names = [name for name in WANTED if name in FORMATS]
    mine, others = [], []
    for number in range(RUNS[quick]):
        say(f"run {number + 1} of {RUNS[quick]}")
        mine.append(in_child("reports:ours", count, names))
        others.append(in_child("reports:theirs", count))
    return _result(count, names, mine, others)


def _result(
    count: int, names: Sequence[str], mine: list[dict[str, Any]], others: list[dict[str, Any]]
) -> Result:
    missing = [name for name in WANTED if name not in names]
    ours_t, theirs_t = (
        Timing("ours", [each["seconds"] for each in mine]),
        Timing("theirs", [each["seconds"] for each in others]),
    )
    if not missing and {each["keys"] for each in mine} != {each["keys"] for each in others}:
        theirs_t.disagrees = "it holds other findings than ours"
    peak = median(each["written_mb"] for each in mine)
    notes = ["The review is made up in the same process before the clock starts; its memory is in the peak, "]
    notes[0] += f"{megabytes(median(each['before_mb'] for each in mine))} of it before anything is written."
    notes += [f"Not there yet, so not measured: {', '.join(missing)}."] if missing else []
    return Result(
        name="reports",
        title=f"{count:,} findings as reports",
        what=(
            f"A made-up review with {count:,} findings, each run in a fresh process. The peer builds a Compliance Finding "
            "model for each and writes indented JSON; the ids of the findings in its file and in our OCSF file must be the same."
        ),
        tables=[
            Table(
                ("", "median (range)", "peak memory", "written", "to ours"),
                _rows(names, ours_t, theirs_t, mine, others),
            )
        ],
        goals=[
            Goal(" + ".join(WANTED), None if missing else ours_t.median, _LIMIT_S, "s"),
            Goal("Peak memory", None if missing else peak, _LIMIT_MB, "MB"),
        ],
        notes=notes,
        figures={"ours_s": ours_t.median, "ours_peak_mb": peak, "theirs_s": theirs_t.median},
        peers=("py-ocsf-models", "pydantic", "jinja2"),
    )


def _rows(
    names: Sequence[str],
    ours_t: Timing,
    theirs_t: Timing,
    mine: list[dict[str, Any]],
    others: list[dict[str, Any]],
) -> list[tuple[str, ...]]:
    parts = [(name, Timing(name, [each["parts"][name] for each in mine])) for name in names]
    return [
        (
            " + ".join(names),
            ours_t.shown,
            megabytes(median(each["written_mb"] for each in mine)),
            f"{megabytes(mine[0]['size_mb'])} in {mine[0]['files']:,} files",
            "1",
        ),
        *((f"of that, {name}", part.shown, "", "", "") for name, part in parts),
        (
            "py-ocsf-models, indented JSON alone",
            theirs_t.shown,
            megabytes(median(each["written_mb"] for each in others)),
            f"{megabytes(others[0]['size_mb'])} in 1 file",
            "" if theirs_t.disagrees else times(theirs_t.median / ours_t.median),
        ),
    ]
