"""A rule file's own examples, run as its author wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import RuleError
from auditor.model.finding import Verdict
from policies.examples import run_examples
from policies.loader import built_in_packs, load_packs
from tests.policies.support_engine import packs_of, rule


def outcome(
    tmp_path: Path, condition: str, given: str, *, over: str = "grants", applies_when: str | None = None
) -> Verdict:
    """Return what a rule says of one example."""
    text = rule(
        condition,
        over=over,
        applies_when=applies_when,
        more=f"examples:\n  - {{given: {given}, verdict: pass}}",
    )
    (found,) = run_examples(packs_of(tmp_path, text)[0])
    assert found.ok == (found.got is Verdict.PASS)
    return found.got


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        ("not mfa", "{mfa: true}", "pass"),
        ("not mfa", "{mfa: false}", "fail"),
        ("not mfa", "{mfa: null}", "unknown"),
        ("not mfa", "{}", "unknown"),
        ("not mfa", "{mfa: false, is_current: null}", "unknown"),
        ("level_rank > 5", "{level: admin}", "fail"),
        ("level_rank > allowed_rank", "{level: viewer, allowed_level: none}", "fail"),
        ("len(tasks) = 2", '{tasks: [a, "b\'c"]}', "fail"),
        ("training['hipaa'] < today - 365", "{training: {hipaa: 2024-01-01}, today: 2026-01-01}", "fail"),
        ("last_used_at < as_of - interval 90 day", "{last_used_at: 91 days ago}", "fail"),
        ("last_used_at < as_of - interval 90 day", "{last_used_at: 1 day ago}", "pass"),
        ("expires_at < as_of + interval 9 day", "{expires_at: in 5 days, as_of: 2026-03-01}", "fail"),
        ("person_left_on < today", "{person_left_on: 2026-01-31, today: 2026-02-01}", "fail"),
        ("person_left_on < today", '{person_left_on: 2026-02-01, as_of: "2026-02-01T10:00:00Z"}', "pass"),
    ],
)
def test_an_example_is_one_row_of_the_view(tmp_path: Path, condition: str, given: str, expected: str) -> None:
    """Cells not given are not known; ranks follow levels; days may be told from the day judged at."""
    assert outcome(tmp_path, condition, given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{admins: 3}", "fail"),
        ("{admins: 2}", "pass"),
        ("{admins: {at_least: 1}}", "unknown"),
        ("{admins: {at_least: 3, at_most: null}}", "fail"),
        ("{admins: null}", "unknown"),
    ],
)
def test_counts_are_given_as_numbers_or_bounds(tmp_path: Path, given: str, expected: str) -> None:
    """A count is a number, or the bounds between which it lies."""
    assert outcome(tmp_path, "more_than(admins, 2)", given, over="accounts") == expected


def test_scope_is_part_of_the_example(tmp_path: Path) -> None:
    """An example outside the rule's scope is not applicable."""
    assert (
        outcome(tmp_path, "not mfa", "{mfa: false, platform: x}", applies_when="platform = 'facebook'")
        == "not_applicable"
    )


def test_a_value_its_column_cannot_hold_is_refused(tmp_path: Path) -> None:
    """A wrong value in an example is told with file, line and column."""
    with pytest.raises(RuleError, match=r"house\.yaml:10: the example gives last_used_at a value") as caught:
        outcome(tmp_path, "last_used_at < as_of", "{last_used_at: soon}")
    assert caught.value.line == 10


def test_results_name_their_example(tmp_path: Path) -> None:
    """Results come in the file's order with the place of each example."""
    more = "examples:\n  - {given: {mfa: true}, verdict: pass}\n  - {given: {mfa: true}, verdict: fail}"
    text = (
        rule("not mfa", rule_id="one", more=more)
        + rule("platform = 'x'", over="accounts", rule_id="two")
        + rule("mfa", rule_id="three", more=more)
    )
    found = run_examples(packs_of(tmp_path, text)[0])
    assert [(result.rule, result.index, result.ok) for result in found] == [
        ("one", 0, True),
        ("one", 1, False),
        ("three", 0, False),
        ("three", 1, True),
    ]


@pytest.mark.parametrize("pack", built_in_packs())
def test_the_examples_of_the_built_in_packs_hold(tmp_path: Path, pack: str) -> None:
    """Every rule that comes along reaches the verdicts its own examples promise."""
    (loaded,) = load_packs([pack], base_dir=tmp_path)
    results = run_examples(loaded)
    assert {result.rule for result in results} == {rule.id for rule in loaded.rules}
    assert [result for result in results if not result.ok] == []
