"""The same thirty rules in our packs, Cloud Custodian, Cedar and Rego: rows judged a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks import synthetic
from benchmarks.measure import Contender, Timing, race, say, times
from benchmarks.peers import cedar, custodian, ours, rego
from benchmarks.result import Goal, Result, Table

SIZES = {False: (1_000_000, 100_000), True: (20_000, 2_000)}
RUNS = {False: 5, True: 3}


@dataclass(frozen=True, slots=True)
class Peer:
    """A policy language, the rows it is given, and how many times faster we promised to be."""

    name: str
    package: str
    module: ModuleType
    rows: int
    promised: float


PEERS = (
    Peer("Cloud Custodian filters", "c7n", custodian, 40_000, 20),
    Peer("Cedar", "cedarpy", cedar, 20_000, 100),
    Peer("Rego", "regopy", rego, 5_000, 500),
)


def run(*, quick: bool) -> Result:
    """Measure."""
    grants, people = SIZES[quick]
    frames = synthetic.frames(grants, people)
    pack = ours.pack()
    counts = {peer.name: min(grants, peer.rows // (20 if quick else 1)) for peer in PEERS}
    house = ours.House(frames, pack)
    house.open()
    expected = house.hits()
    contenders = [
        Contender("Auditor, findings", house.hits, lambda _hits: True, prepare=house.open),
        Contender("Auditor, counts", house.counts, lambda hits: hits == expected, prepare=house.open),
    ]
    for peer in PEERS:
        say(f"joining {counts[peer.name]:,} rows for {peer.name}")
        contenders.append(_contender(peer, counts[peer.name], frames, pack))
    timings = race(contenders, RUNS[quick])
    house.close()
    return _result(grants, counts, timings)


def _contender(peer: Peer, count: int, frames: dict[str, Any], pack: Any) -> Contender:
    """Return the peer with its slice; its answer is whether it hits exactly what we hit on that slice."""
    house = ours.House({**frames, "grants": frames["grants"].iloc[:count]}, pack)
    house.open()
    expected, rows = house.hits(), house.rows(count)
    house.close()
    evaluate: Callable[[list[ours.Row]], dict[str, int]] = peer.module.evaluator()
    return Contender(peer.name, lambda: evaluate(rows), lambda hits: hits == expected)


def _result(grants: int, counts: dict[str, int], timings: list[Timing]) -> Result:
    whole, mine, *others = timings
    pace, full_pace = mine.median / grants, whole.median / grants
    rows = [
        ("Auditor, joins and counts", f"{grants:,}", mine.shown, _micro(pace), "1"),
        (
            "Auditor, joins and a finding with its message for every hit",
            f"{grants:,}",
            whole.shown,
            _micro(full_pace),
            times(full_pace / pace),
        ),
    ]
    goals, figures = [], {"ours_us_per_row": pace * 1e6, "ours_with_findings_us_per_row": full_pace * 1e6}
    for peer, timing in zip(PEERS, others, strict=True):
        count = counts[peer.name]
        ratio = None if timing.disagrees else timing.median / count / pace
        goals.append(
            Goal(f"Faster than {peer.name} ({peer.package})", ratio, peer.promised, "x", at_least=True)
        )
        if ratio is None:
            rows.append((peer.name, f"{count:,}", timing.shown, "", ""))
            continue
        figures |= {
            f"{peer.package}_us_per_row": timing.median / count * 1e6,
            f"{peer.package}_ratio": ratio,
            f"{peer.package}_ratio_with_findings": timing.median / count / full_pace,
        }
        rows.append((peer.name, f"{count:,}", timing.shown, _micro(timing.median / count), times(ratio)))
    return Result(
        name="languages",
        title="Thirty rules in four languages",
        what=(
            "Thirty rules over grants (`benchmarks/peers/rules.py`), translated mechanically. The peers get rows that are "
            "joined already, as plain Python values, and count the hits of every rule. Ours joins the snapshot's tables and "
            "counts; the second row is the same with a finding and its message written for every hit, which the peers do not "
            "do. Each peer's hit counts must equal ours on its own rows. "
            "Slow peers get fewer rows; what is compared is the time a row."
        ),
        tables=[Table(("", "rows", "median (range)", "a row", "to ours"), rows)],
        goals=goals,
        notes=[
            (
                "Rules and policies are parsed before the clock starts, for all. Rego runs from a compiled bundle, a query"
                " a row; Cedar gets one batch with parsed policies; Custodian's filters stop at the first that is not true."
            )
        ],
        figures=figures,
        peers=tuple(peer.package for peer in PEERS),
    )


def _micro(value: float) -> str:
    return f"{value * 1e6:,.1f} µs"
