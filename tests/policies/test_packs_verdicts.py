"""The built-in packs at work: their examples hold, and what is hidden never turns a fail into a pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.model.finding import Verdict
from policies.examples import run_examples
from policies.loader import load_packs
from policies.rule import Example, Pack, Rule
from tests.policies.support_packs import PACKS

CLOCKS = frozenset({"today", "as_of"})
CLEAN = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})
SILENT_WITHOUT = {("expired-access-removed", "expires_at")}
"""Rule and cell without which it does not concern a row: hardly any platform gives access an end."""


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, ...]:
    """The three built-in packs, as the engine loads them."""
    return load_packs(PACKS, base_dir=Path())


def test_every_example_reaches_its_verdict(packs: tuple[Pack, ...]) -> None:
    """What `auditor rules test` runs is true of every built-in rule."""
    results = [result for pack in packs for result in run_examples(pack)]
    assert len(results) >= 3 * 35
    assert [result for result in results if not result.ok] == []


def test_a_row_of_which_nothing_is_known_never_passes(packs: tuple[Pack, ...]) -> None:
    """Unknown is never pass: an empty row is unknown to every rule, or no concern of it."""
    wanted = {rule.id: Verdict.UNKNOWN for pack in packs for rule in pack.rules}
    wanted |= {rule: Verdict.NOT_APPLICABLE for rule, _cell in SILENT_WITHOUT}
    got = {rule: verdicts[0] for rule, verdicts in judged(packs, lambda _rule: [{}]).items()}
    assert got == wanted


def test_hiding_a_cell_never_turns_a_fail_into_a_pass(packs: tuple[Pack, ...]) -> None:
    """Whoever can hide one fact from us gains an unknown at best, never a clean sheet."""
    cases = {rule.id: list(hidden_cells(rule, Verdict.FAIL)) for pack in packs for rule in pack.rules}
    got = judged(packs, lambda rule: [given for _cell, given in cases[rule.id]])
    escapes = [
        (rule, cell, verdict.value)
        for rule, verdicts in got.items()
        for (cell, _given), verdict in zip(cases[rule], verdicts, strict=True)
        if verdict in CLEAN and (rule, cell) not in SILENT_WITHOUT
    ]
    assert escapes == []
    assert sum(map(len, cases.values())) > 150


def test_a_pass_without_a_cell_would_not_have_failed_with_it(packs: tuple[Pack, ...]) -> None:
    """A rule that passes although a cell is hidden passes whatever that cell may hold."""
    cases = {rule.id: list(hidden_cells(rule, Verdict.PASS)) for pack in packs for rule in pack.rules}
    hidden = judged(packs, lambda rule: [given for _cell, given in cases[rule.id]])
    passed = {
        rule: [case for case, verdict in zip(cases[rule], verdicts, strict=True) if verdict in CLEAN]
        for rule, verdicts in hidden.items()
    }
    revealed = judged(packs, lambda rule: list(every_value(rule, passed[rule.id])))
    surprised = {rule for rule, verdicts in revealed.items() if Verdict.FAIL in verdicts}
    assert surprised == {rule for rule, _cell in SILENT_WITHOUT}
    assert any(passed.values()), "the rules short-cut where they may"


def hidden_cells(rule: Rule, verdict: Verdict) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield every example of this verdict with each of its known cells hidden in turn."""
    for example in rule.examples:
        if example.verdict is verdict:
            for cell, value in example.given.items():
                if cell not in CLOCKS and value is not None:
                    yield cell, {**example.given, cell: None}


def every_value(rule: Rule, cases: Sequence[tuple[str, dict[str, object]]]) -> Iterator[dict[str, object]]:
    """Yield each case with its hidden cell filled by every value the rule's examples know for it."""
    for cell, given in cases:
        for example in rule.examples:
            if example.given.get(cell) is not None:
                yield {**given, cell: example.given[cell]}


def judged(packs: Sequence[Pack], rows_of: object) -> dict[str, list[Verdict]]:
    """Return the verdicts of every rule on the rows ``rows_of(rule)``, in their order."""
    assert callable(rows_of)
    found: dict[str, list[Verdict]] = {}
    for pack in packs:
        rules = tuple(
            replace(rule, examples=tuple(Example(given, Verdict.PASS) for given in rows_of(rule)))
            for rule in pack.rules
        )
        found |= {rule.id: [] for rule in rules}
        for result in run_examples(replace(pack, rules=rules)):
            found[result.rule].append(result.got)
    return found
