"""A million handles beside thousands of names: our candidate pairs, and how others find near names."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from auditor.lookalikes.near import NearIndex, Pairs
from auditor.lookalikes.pairs import Contained
from auditor.lookalikes.scan import BATCH
from auditor.lookalikes.texts import Texts, forms_of
from benchmarks.lookalikes_corpus import SORTS, brands, handles, squats
from benchmarks.lookalikes_peers import (
    ERRORS,
    Found,
    with_cdist,
    with_dnstwist,
    with_polars,
    with_string_grouper,
    with_symspell,
)
from benchmarks.measure import Contender, Timing, race, say, seconds, timed, times
from benchmarks.result import Goal, Result, Table

HANDLES = {False: 1_000_000, True: 20_000}
NAMES = {False: (1_000, 5_000), True: (100, 500)}
PROMISED = {1_000: 2.5, 5_000: 8.0}
RUNS = {False: 5, True: 2}
_CHECKED = 100_000
"""Handles whose skeletons and contained names are checked against plain loops."""


@dataclass(frozen=True, slots=True)
class Slow:
    """A peer that runs once, because it is slow or finds other pairs; where it gets a part, its time is scaled up."""

    name: str
    find: Callable[[Sequence[str], Sequence[str]], Found]
    handles: int
    names: int

    @property
    def note(self) -> str:
        """Say what it got."""
        if min(self.handles, self.names) >= HANDLES[False]:
            return f"{self.name}: measured once, on all handles and names; it finds other pairs than errors tell."
        some = "all" if self.handles >= HANDLES[False] else f"{self.handles:,}"
        return f"{self.name}: measured on {some} handles and {self.names:,} names at most, and scaled up."


SLOW = (
    Slow("string_grouper, the near ones of its pairs", with_string_grouper, 10**9, 10**9),
    Slow("polars-distance, joined by length", with_polars, 20_000, 1_000),
    Slow("dnstwist, by name", with_dnstwist, 10**9, 20),
)


@dataclass(frozen=True, slots=True)
class Found3:
    """What we find: near names, equal skeletons, contained names."""

    near: Pairs
    same: Pairs
    contained: Pairs


def ours(raw: Sequence[str], names: Sequence[str]) -> Found3:
    """Find all three kinds of pairs from raw handles, batch by batch, the index made on the way."""
    forms = forms_of(names)
    seen, folded = forms.seen.split("\n"), forms.folded.split("\n")
    near, same, contained = (
        NearIndex(seen, [ERRORS] * len(seen)),
        NearIndex(folded, [0] * len(folded)),
        Contained(seen),
    )
    found: tuple[list[Pairs], list[Pairs], list[Pairs]] = ([], [], [])
    for start in range(0, len(raw), BATCH):
        batch = forms_of(raw[start : start + BATCH])
        plain, skeletons = Texts.of(batch.seen), Texts.of(batch.folded)
        for kind, pairs in zip(
            found, (near.find(plain), same.find(skeletons), contained.find(plain)), strict=True
        ):
            kind.append(Pairs(pairs.texts + start, pairs.names))
    return Found3(*(Pairs.joined(kind) for kind in found))


def run(*, quick: bool) -> Result:
    """Measure."""
    raw = handles(HANDLES[quick]) + [squat.handle for squat in squats(brands(NAMES[quick][0]))]
    random.Random(1).shuffle(raw)
    raw = raw[: HANDLES[quick]]
    texts = forms_of(raw).seen.split("\n")
    measured = [_measure(raw, texts, count, RUNS[quick]) for count in NAMES[quick]]
    few, many = measured
    growth = many.names / few.names
    goals = [
        Goal(
            f"Faster than rapidfuzz's cdist at {each.names:,} names",
            each.ratio,
            PROMISED.get(each.names, 1.0),
            "x",
            at_least=True,
        )
        for each in measured
    ]
    goals.append(
        Goal(f"Cost of {growth:.0f} times the names", many.mine.median / few.mine.median, growth, "x")
    )
    return Result(
        name="lookalikes",
        title="Look-alike handles",
        what=(
            f"{len(raw):,} fictional handles, squats of {len(SORTS)} classes among them, beside {few.names:,} and {many.names:,} "
            f"names: all pairs within {ERRORS} errors (insertions, deletions, substitutions, transpositions of neighbours). All "
            "must find the same pairs. Ours canonicalises the raw handles on the clock, and finds equal skeletons and contained "
            f"names too, which the others do not; these are checked against plain loops over {_CHECKED:,} handles. The others "
            "get canonical texts before the clock starts, and both cores; ours uses one, but for verifying."
        ),
        tables=[
            Table(
                ("", "names", "near pairs found", "median (range)", "to ours"),
                [row for each in measured for row in each.rows],
            )
        ],
        goals=goals,
        notes=[
            *(slow.note for slow in SLOW),
            "string_grouper asks for pandas below 3; it is installed without its dependencies and runs on ours.",
        ],
        figures={name: value for each in measured for name, value in each.figures.items()},
        peers=("rapidfuzz", "symspellpy", "string-grouper", "polars-distance", "dnstwist", "numpy"),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of names, measured."""

    names: int
    timings: list[Timing]
    found: Found3
    slow: list[tuple[str, ...]]

    @property
    def mine(self) -> Timing:
        """Ours."""
        return self.timings[0]

    @property
    def ratio(self) -> float | None:
        """How many times as long cdist takes."""
        return None if self.timings[1].disagrees else self.timings[1].median / self.mine.median

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The table's rows."""
        pairs = len(self.found.near.texts)
        return [_row(timing, self.mine, self.names, pairs) for timing in self.timings] + self.slow

    @property
    def figures(self) -> dict[str, float]:
        """The raw numbers."""
        taken = {
            f"{timing.name.split()[0].lower()}_{self.names}_s": timing.median
            for timing in self.timings
            if not timing.disagrees
        }
        return taken | {
            f"near_{self.names}": len(self.found.near.texts),
            f"same_{self.names}": len(self.found.same.texts),
            f"contained_{self.names}": len(self.found.contained.texts),
        }


def _measure(raw: list[str], texts: list[str], count: int, runs: int) -> Measured:
    names = [brand.handle for brand in brands(count)]
    say(f"{len(raw):,} handles, {count:,} names")
    timings, found = _race(raw, names, texts, runs)
    _check(raw[:_CHECKED], names)
    slow = [_slow_row(peer, texts, names, found, timings[0].median) for peer in SLOW]
    return Measured(count, timings, found, slow)


def _race(raw: list[str], names: list[str], texts: list[str], runs: int) -> tuple[list[Timing], Found3]:
    canonical = forms_of(names).seen.split("\n")
    found = ours(raw, names)
    contenders = [
        Contender(
            "Auditor, with skeletons and contained names",
            partial(ours, raw, names),
            lambda out: _answer(out.near),
        ),
        Contender("rapidfuzz cdist", partial(with_cdist, texts, canonical), frozenset),
        Contender("symspellpy", partial(with_symspell, texts, canonical), frozenset),
    ]
    return race(contenders, runs), found


def _answer(pairs: Pairs) -> Hashable:
    return frozenset(zip(pairs.texts.tolist(), pairs.names.tolist(), strict=True))


def _check(raw: Sequence[str], names: Sequence[str]) -> None:
    """Stop unless skeletons and contained names are those that plain loops find."""
    found, forms, canonical = ours(raw, names), forms_of(raw), forms_of(names)
    skeletons: dict[str, list[int]] = {}
    for number, name in enumerate(canonical.folded.split("\n")):
        skeletons.setdefault(name, []).append(number)
    same = {
        (row, number)
        for row, text in enumerate(forms.folded.split("\n"))
        for number in skeletons.get(text, ())
    }
    texts = forms.seen.split("\n")
    contained = {
        (row, number)
        for number, name in enumerate(canonical.seen.split("\n")[:200])
        for row, text in enumerate(texts)
        if name in text
    }
    ours_contained = {
        pair
        for pair in zip(found.contained.texts.tolist(), found.contained.names.tolist(), strict=True)
        if pair[1] < 200
    }
    if _answer(found.same) != frozenset(same) or ours_contained != contained:
        raise RuntimeError("our skeletons or contained names are not those that a plain loop finds")


def _row(timing: Timing, mine: Timing, count: int, pairs: int) -> tuple[str, ...]:
    if timing.disagrees:
        return (timing.name, f"{count:,}", "", timing.shown, "")
    ratio = "1" if timing is mine else times(timing.median / mine.median)
    return (timing.name, f"{count:,}", f"{pairs:,}", timing.shown, ratio)


def _slow_row(slow: Slow, texts: list[str], names: list[str], found: Found3, mine: float) -> tuple[str, ...]:
    """Run a slow peer on its part; say how many of the near pairs of this part it found."""
    say(slow.name)
    canonical = forms_of(names).seen.split("\n")[: slow.names]
    part = texts[: slow.handles]
    taken, pairs = timed(lambda: slow.find(part, canonical))
    expected = {pair for pair in _pairs(found.near) if pair[0] < len(part) and pair[1] < len(canonical)}
    share = len(expected & set(pairs)) / len(expected) if expected else 0.0
    scale = (len(texts) / len(part)) * (len(names) / len(canonical))
    whole = taken * scale
    return (
        slow.name,
        f"{len(names):,}",
        f"{share:.0%} of them",
        seconds(whole) + (" (scaled)" if scale > 1 else ""),
        times(whole / mine),
    )


def _pairs(pairs: Pairs) -> Any:
    return zip(pairs.texts.tolist(), pairs.names.tolist(), strict=True)
