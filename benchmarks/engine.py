"""Every rule of every pack over a million grants, beside the same rules as one hand-written query."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from benchmarks import handwritten, synthetic
from benchmarks.measure import Contender, Timing, race, say, timed, times
from benchmarks.result import Goal, Result, Table
from policies.engine import Judgement, judge, judge_views, views
from policies.rule import Rule

SIZES = {False: (1_000_000, 100_000), True: (20_000, 2_000)}
RUNS = {False: 5, True: 3}
_LIMIT = 2.0
_NAMES = {"passed": "pass", "failed": "fail", "unknown": "unknown", "not_applicable": "not_applicable"}


class Case:
    """One made-up snapshot with its matches and packs, in memory."""

    def __init__(self, grants: int, people: int) -> None:
        self.frames = synthetic.frames(grants, people)
        self.identities = synthetic.identities(self.frames)
        self.packs = synthetic.packs()
        self.rules: dict[str, Rule] = {rule.id: rule for pack in self.packs for rule in pack.rules}

    def ours(self) -> Judgement:
        """Judge by the engine."""
        return judge(
            self.frames,
            identities=self.identities,
            packs=self.packs,
            as_of=synthetic.NOW,
            settings=synthetic.SETTINGS,
        )

    def theirs(self) -> pd.DataFrame:
        """Judge by the hand-written query."""
        with handwritten.connect(self.frames, self.identities) as connection:
            return handwritten.judge(connection)

    def parts(self) -> tuple[float, float]:
        """Return the seconds to build the views, and to judge over views that are open."""
        built, seen = timed(
            lambda: views(
                self.frames, identities=self.identities, as_of=synthetic.NOW, settings=synthetic.SETTINGS
            )
        )
        with seen:
            return built, timed(lambda: judge_views(seen, self.packs))[0]

    def our_answer(self, judgement: Judgement) -> Hashable:
        """Return how often each rule reached each verdict on a row, and every fail with its message.

        What the engine says of whole accounts, from coverage, is left out: the query does not judge that.
        """
        found = judgement.findings
        whole = (
            found[(found["verdict"] == "unknown") & (found["subject_type"] == "account")]
            .groupby("rule")
            .size()
        )
        counts = set()
        for row in judgement.rule_results.to_dict("records"):
            rule = str(row["rule"])
            extra = 0 if self.rules[rule].over == "accounts" else int(whole.get(rule, 0))
            for column, verdict in _NAMES.items():
                counts.add((rule, verdict, int(row[column]) - (extra if verdict == "unknown" else 0)))
        fails = found.loc[found["verdict"] == "fail", ["rule", "subject_id", "message"]]
        return _answer(counts, fails)

    def their_answer(self, rows: pd.DataFrame) -> Hashable:
        """Return the same of the query's rows."""
        counted = rows.groupby(["rule", "verdict"])["number"].sum()
        counts = {
            (rule, verdict, int(counted.get((rule, verdict), 0)))
            for rule in self.rules
            for verdict in _NAMES.values()
        }
        return _answer(counts, rows.loc[rows["verdict"] == "fail", ["rule", "subject", "message"]])


def _answer(counts: set[tuple[str, str, int]], fails: pd.DataFrame) -> Hashable:
    return frozenset(counts), frozenset(fails.itertuples(index=False, name=None))


def run(*, quick: bool) -> Result:
    """Measure."""
    grants, people = SIZES[quick]
    case = Case(grants, people)
    say(f"{grants:,} grants, {people:,} people, {len(case.rules)} rules")
    timings = race(
        [
            Contender("Auditor", case.ours, case.our_answer),
            Contender("One hand-written DuckDB query", case.theirs, case.their_answer),
        ],
        RUNS[quick],
    )
    parts = [case.parts() for _ in range(RUNS[quick])]
    built, judged = (
        Timing(name, list(each))
        for name, each in zip(("views", "rules"), zip(*parts, strict=True), strict=True)
    )
    return _result(case, timings, built, judged, f"{grants:,} grants, {people:,} people")


def _result(case: Case, timings: list[Timing], built: Timing, judged: Timing, size: str) -> Result:
    ours, theirs = timings
    ratio = None if theirs.disagrees else ours.median / theirs.median
    rows: list[tuple[str, str, str]] = [
        ("Auditor: frames in memory to findings", ours.shown, "" if ratio is None else times(ratio)),
        ("of that, staging and views", built.shown, ""),
        ("of that, all rules and their messages", judged.shown, ""),
        ("One hand-written query, frames in memory to fails with messages", theirs.shown, "1"),
    ]
    figures: dict[str, Any] = {"ours_s": ours.median, "views_s": built.median, "rules_s": judged.median}
    if ratio is not None:
        figures |= {"handwritten_s": theirs.median, "ratio": ratio}
    return Result(
        name="engine",
        title="All rules over a million grants",
        what=(
            f"{size}, {len(case.rules)} rules of all packs, from the frames the store gives to findings with messages. "
            "The rival is the same rules written by hand as one DuckDB query (`benchmarks/handwritten/`). Verdict counts "
            "of every rule and the message of every fail are compared first and must be equal."
        ),
        tables=[Table(("", "median (range)", "to the query"), rows)],
        goals=[Goal("Evaluation beside the hand-written query", ratio, _LIMIT, "x")],
        notes=[
            (
                "The query does less: it knows one source a fact and one policy, and gives no reasons, remedies, fingerprints,"
                " coverage verdicts or cleaned text. The engine does all that in the time shown."
            )
        ],
        figures=figures,
        peers=("duckdb", "pandas"),
    )
