"""The benchmarks measure what they say: peers agree at a tiny size, and a speed counts only then."""

from __future__ import annotations

import operator
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.store import Store
from benchmarks import calls, house, synthetic
from benchmarks import waivers as waivers_bench
from benchmarks.__main__ import NAMES
from benchmarks.engine import Case
from benchmarks.joins import with_pandas, with_sqlite
from benchmarks.measure import Contender, race
from benchmarks.peers import ours
from benchmarks.peers.rules import RULES, Term
from benchmarks.render import page
from benchmarks.result import Goal, Result, Table, load, save
from benchmarks.roster import answer
from policies.identity import match
from policies.waivers_match import match_waivers

ROOT = Path(__file__).parents[1]
GRANTS, PEOPLE = 3_000, 300


@pytest.fixture(scope="module")
def case() -> Case:
    """Return a tiny organisation."""
    return Case(GRANTS, PEOPLE)


def test_the_hand_written_query_agrees_with_the_engine(case: Case) -> None:
    """Every rule reaches each verdict as often, and every fail has the same message."""
    judged = case.ours()
    assert len(case.rules) > 60
    assert (judged.rule_results["failed"] > 0).sum() > 25
    assert case.our_answer(judged) == case.their_answer(case.theirs())


@pytest.mark.parametrize("peer", [with_pandas, with_sqlite])
def test_peers_join_the_roster_as_we_do(case: Case, peer: Any) -> None:
    """The same identities are matched to the same people, by handle and by e-mail."""
    principals, people = case.frames["principals"], case.frames["people"]
    found = match(principals, people).matches
    assert set(found["method"]) == {"declared", "email"}
    assert answer(peer.joiner(principals, people)()) == answer(found)


def hit(row: dict[str, Any], term: Term) -> bool:
    """Say in plain Python whether a comparison is true."""
    if term.column not in row:
        return False
    if term.op == "in":
        assert isinstance(term.value, tuple)
        return row[term.column] in term.value
    return bool(getattr(operator, term.op)(row[term.column], term.value))


def test_the_thirty_rules_hit_what_their_words_say(case: Case) -> None:
    """The pack's hits are those of the comparisons read by plain Python over the rows peers are given."""
    tried = ours.House(case.frames, ours.pack())
    tried.open()
    hits, rows = tried.hits(), tried.rows(GRANTS)
    tried.close()
    assert len(RULES) == 30
    assert sum(hits.values()) > 100
    assert hits == {
        name: sum(all(hit(row, term) for term in terms) for row in rows) for name, terms in RULES.items()
    }


def test_the_made_up_snapshot_comes_back_from_a_store_unchanged(tmp_path: Path, case: Case) -> None:
    """What is measured in memory is what a store would give, types included; judged there, it says the same."""
    house.store(str(tmp_path), GRANTS, PEOPLE)
    url = f"sqlite:///{tmp_path / 'auditor.db'}"
    with Store.open(url, organization="Riverside Health", clock=lambda: synthetic.NOW, create=False) as store:
        frames = store.frames("latest")
    for table, frame in case.frames.items():
        pd.testing.assert_frame_equal(frames[table], frame)
    audited = house.audit(str(tmp_path))
    assert audited["findings"] == len(case.ours().findings)


def test_a_peer_that_answers_differently_gets_no_speed() -> None:
    """Its row says so instead, and it is not even timed."""
    runs = []
    agreeing, wrong = race(
        [Contender("we", lambda: 4, int), Contender("they", lambda: runs.append(1) or 5, int)], 3
    )
    assert len(agreeing.seconds) == 3
    assert (wrong.seconds, runs) == ([], [1])
    assert wrong.shown == "not counted: its answers differ from ours"


def test_every_account_is_read_in_few_calls() -> None:
    """X needs no call more than the floor; Meta is counted beside it."""
    figures = calls.run(quick=True).figures
    assert figures["x_requests"] == figures["x_fewest_requests"]
    assert figures["meta_fewest_requests"] <= figures["meta_requests"] < figures["meta_calls"]


def test_waivers_match_what_the_data_was_made_from() -> None:
    """At a small size the matching gives the known answer, which holds pairs of every kind of waiver."""
    plants = waivers_bench.planted(100, 4_000)
    found = [waivers_bench.finding(number) for number in range(4_000)]
    hits = match_waivers([plant.waiver for plant in plants], found)
    assert [frozenset(places) for places in hits] == [plant.places for plant in plants]
    assert all(plant.places for plant in plants)


def test_the_page_says_what_was_missed_and_what_was_not_measured(tmp_path: Path) -> None:
    """A goal that was missed or could not be measured is never shown as kept."""
    goals = (
        Goal("speed", 3.0, 2.0, "x"),
        Goal("size", None, 300, "MB"),
        Goal("pace", 25, 20, "x", at_least=True),
    )
    result = Result("engine", "Engine", "What.", (Table(("a|b",), (("1",),)),), goals, peers=("duckdb",))
    machine = dict.fromkeys(("day", "cores", "memory", "python", "system"), "some") | {"duckdb": "2"}
    save(result, tmp_path, machine, quick=False)
    assert load(tmp_path / "engine.json")[0].goals[1] == goals[1]
    text = page(tmp_path, ("engine", "growth"))
    rows = [line for line in text.splitlines() if line.startswith("| Engine")]
    assert [row.split(" | ")[-1].strip(" |") for row in rows] == ["**no**", "**no**", "yes"]
    assert "not measured" in rows[1]
    assert "## growth\n\nNot measured yet." in text
    assert "a\\|b" in text
    save(result, tmp_path, machine, quick=True)
    quick = page(tmp_path, ("engine",))
    assert "these numbers prove nothing" in quick
    assert "| Engine" not in quick


def test_every_benchmark_can_be_called() -> None:
    """The names offered are modules with a ``run``; those that need no peer are imported here."""
    for name in NAMES:
        source = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        assert "def run(*, quick: bool) -> Result:" in source


def test_the_lock_of_the_peers_holds_hashes_and_no_address() -> None:
    """Every pin has a hash, nothing says where it comes from, and what we run with is as in the runtime lock."""
    text = (ROOT / "lock" / "benchmarks.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    runtime = (ROOT / "lock" / "runtime.txt").read_text(encoding="utf-8")
    for name in ("duckdb", "pandas", "numpy", "sqlalchemy", "cyclopts", "jinja2"):
        pins = set(re.findall(rf"^{name}==\S+", runtime, re.MULTILINE))
        assert pins
        assert pins == set(re.findall(rf"^{name}==\S+", text, re.MULTILINE))
