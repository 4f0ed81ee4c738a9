"""Whole scans: how many planted squats of each class are found, whom we accuse wrongly, and what it costs."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from auditor.lookalikes import Brand, Candidate, Scan, Tier
from auditor.lookalikes.suppress import Registry
from benchmarks.lookalikes_corpus import SORTS, brands, handles, squats
from benchmarks.measure import in_child, megabytes, say, seconds
from benchmarks.result import Goal, Result, Table

GENUINE = "AUDITOR_GENUINE_ACCOUNTS"
"""Names a CSV of genuine accounts (handle, name, domain) that may be measured but not shipped."""
PROTECTED = {False: 1_000, True: 50}
ACCOUNTS = {False: (500_000, 2_000_000), True: (2_000, 8_000)}
AT_MOST_PER_10_000 = 5.0
AT_LEAST_FOUND = 0.99
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_PLACES = ("Toronto", "Texas", "Wellington", "Careers", "News")


def run(*, quick: bool) -> Result:
    """Measure."""
    protected = brands(PROTECTED[quick])
    say("planted squats")
    table, worst = _planted(protected)
    say("genuine accounts of others")
    rows = [("invented businesses, offices and departments", *_accused(protected, _invented(protected)))]
    given = os.environ.get(GENUINE, "")
    if given:
        real = _given(Path(given))
        rows.append(("real organisations, each protected, all others accounts", *_accused(real, real)))
    small, large = (
        in_child("lookalikes_quality:stream", PROTECTED[quick], count) for count in ACCOUNTS[quick]
    )
    return Result(
        name="lookalikes_quality",
        title="Look-alike accounts: quality",
        what=(
            f"A squat of every class beside each of {len(protected):,} fictional brands, handle and display name. *Found* is shown "
            "to a person; *likely* is accused. Then accounts that are nobody's squats, with no allow-list, and what a whole scan "
            "costs as the list grows."
        ),
        tables=[
            Table(("class", "found", "likely", "for review"), table, "Planted squats"),
            Table(("genuine accounts of others", "accounts", "called likely", "per 10,000"), [row[:4] for row in rows], "Accused wrongly"),
            Table(
                ("accounts", "time", "accounts a second", "peak memory"),
                [_cost(count, child) for count, child in zip(ACCOUNTS[quick], (small, large), strict=True)],
                f"A whole scan beside {len(protected):,} brands, in a fresh process",
            ),
        ],
        goals=[
            Goal("Planted squats found, the worst class", worst, AT_LEAST_FOUND, at_least=True),
            *(Goal(f"Called likely per 10,000: {row[0]}", float(row[3]), AT_MOST_PER_10_000) for row in rows),
            Goal("Memory of four times the accounts", large["peak_mb"] / small["peak_mb"], 1.1, "x"),
        ],
        notes=[
            "The costs are of one run each.",
            f"Real accounts are measured where {GENUINE} names a list of them (handle, name, domain); none is shipped.",
        ],
        figures={"seconds": large["seconds"], "peak_mb": large["peak_mb"]},
        peers=("numpy", "rapidfuzz"),
    )  # fmt: skip


def _planted(protected: list[Brand]) -> tuple[list[tuple[str, ...]], float]:
    planted = squats(protected)
    accounts = [Candidate(str(number), squat.handle, squat.name) for number, squat in enumerate(planted)]
    tiers = {
        (each.candidate.id, each.brand.key): each.tier for each in Scan.of(protected, _NOW).verdicts(accounts)
    }
    counts: Counter[tuple[str, Tier | None]] = Counter(
        (squat.sort, tiers.get((str(number), squat.brand))) for number, squat in enumerate(planted)
    )
    rows: list[tuple[str, ...]] = []
    worst = 1.0
    for sort in SORTS:
        likely, review = (counts[sort, tier] / len(protected) for tier in (Tier.LIKELY, Tier.REVIEW))
        worst = min(worst, likely + review)
        rows.append((sort, f"{likely + review:.3f}", f"{likely:.3f}", f"{review:.3f}"))
    return rows, worst


def _invented(protected: list[Brand]) -> list[Brand]:
    """Return other businesses, and honest namesakes of some of the protected ones elsewhere."""
    taken = {text.casefold() for brand in protected for text in (brand.name, brand.handle)}
    others = [
        brand
        for brand in brands(5 * len(protected), seed=99)
        if taken.isdisjoint((brand.name.casefold(), brand.handle.casefold()))
    ]
    namesakes = [
        Brand(f"{brand.handle}{place}", f"{brand.handle}{place}", f"{brand.name} {place}")
        for brand in protected[::5]
        for place in _PLACES
    ]
    return others + namesakes


def _given(path: Path) -> list[Brand]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Brand(row["handle"], row["handle"], row["name"], domains=tuple(row["domain"].split()))
            for row in csv.DictReader(file)
        ]


def _accused(protected: list[Brand], genuine: list[Brand]) -> tuple[str, str, str]:
    """Return how many accounts there are, how many are called likely, and how many that is of 10,000.

    An account of the same name or domain as the brand is of its family and not counted.
    """
    scan = Scan.of(protected, _NOW)
    open_scan = Scan(scan.brands, Registry(frozenset(), ()), scan.finder, scan.as_of, scan.thresholds)
    of = {brand.key: brand for brand in genuine}
    accused = {
        found.candidate.id
        for found in open_scan.verdicts(Candidate(brand.key, brand.handle, brand.name) for brand in genuine)
        if found.tier is Tier.LIKELY and not _family(found.brand, of[found.candidate.id])
    }
    return f"{len(genuine):,}", f"{len(accused):,}", f"{1e4 * len(accused) / len(genuine):.1f}"


def _family(one: Brand, other: Brand) -> bool:
    if one.name.casefold() == other.name.casefold() or set(one.domains) & set(other.domains):
        return True
    labels = [{domain.partition(".")[0] for domain in brand.domains} for brand in (one, other)]
    return bool(labels[0] & labels[1])


def stream(protected: int, count: int) -> dict[str, Any]:
    """Scan ``count`` accounts made on the way; return how many verdicts there were. Runs in a fresh process."""
    verdicts = sum(1 for _ in Scan.of(brands(protected), _NOW).verdicts(_accounts(count)))
    return {"verdicts": verdicts}


def _accounts(count: int) -> Iterable[Candidate]:
    """Yield accounts, made in portions so that they need no room."""

    def made() -> Iterator[Candidate]:
        for portion in range(0, count, 50_000):
            for number, handle in enumerate(handles(50_000, seed=portion)):
                yield Candidate(str(portion + number), handle, handle.replace("_", " ").title())

    return islice(made(), count)


def _cost(count: int, child: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"{count:,}",
        seconds(child["seconds"]),
        f"{count / child['seconds']:,.0f}",
        megabytes(child["peak_mb"]),
    )
