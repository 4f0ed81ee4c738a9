"""Who is behind which identity: our matching beside the same join in polars, pandas and SQLite."""

from __future__ import annotations

from collections.abc import Hashable

from benchmarks import synthetic
from benchmarks.joins import with_pandas, with_polars, with_sqlite
from benchmarks.joins.pairs import Pairs
from benchmarks.measure import Contender, Timing, race, say, times
from benchmarks.result import Result, Table
from policies.identity import match

SIZES = {False: (1_000_000, 100_000), True: (20_000, 2_000)}
RUNS = {False: 7, True: 3}
PEERS = (("polars", with_polars), ("pandas", with_pandas), ("sqlite3", with_sqlite))


def run(*, quick: bool) -> Result:
    """Measure."""
    frames = synthetic.frames(*SIZES[quick])
    principals, people = frames["principals"], frames["people"]
    say(f"{len(principals):,} identities, {len(people):,} people")
    contenders = [Contender("Auditor", lambda: match(principals, people).matches, answer)]
    contenders += [Contender(name, module.joiner(principals, people), answer) for name, module in PEERS]
    return _result(race(contenders, RUNS[quick]), len(principals), len(people))


def answer(pairs: Pairs) -> Hashable:
    """Return the matches as a set."""
    return frozenset(pairs[["principal_id", "person_id"]].itertuples(index=False, name=None))


def _result(timings: list[Timing], principals: int, people: int) -> Result:
    ours = timings[0]
    rows = [
        (
            each.name,
            each.shown,
            "" if each.disagrees else "1" if each is ours else times(each.median / ours.median),
        )
        for each in timings
    ]
    return Result(
        name="roster",
        title="The roster join",
        what=(
            f"{principals:,} identities matched to {people:,} people, exactly: by a handle the person declared, else by e-mail; "
            "a key of two people matches neither. All must find the same pairs. The peers' tables are in their own form "
            "before the clock starts; ours are the store's frames."
        ),
        tables=[Table(("", "median (range)", "to ours"), rows)],
        notes=[
            (
                "Ours also settles reviewed matches, alias domains, plus-tags, Gmail's dots and look-alike addresses, and tells of"
                " every ambiguity and contradiction; the peers only lower-case."
            )
        ],
        figures={f"{each.name.lower()}_s": each.median for each in timings if not each.disagrees},
        peers=("duckdb", "polars", "pandas"),
    )
