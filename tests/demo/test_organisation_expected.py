"""The expected verdicts of the demo organisation, row by row against a finished audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.app.judge import Judged
from auditor.demo.organisation.expected import EXPECTED, Expected
from auditor.model.finding import Verdict
from tests.demo.support_organisation import Verdicts, judged_demo

ROWS = [
    pytest.param(
        row,
        id=f"{row.rule}: {row.who[:30] or 'itself'} {row.verdict} {index}".encode("unicode_escape").decode(),
    )
    for index, row in enumerate(EXPECTED)
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """The demo organisation, gathered and judged once."""
    with judged_demo(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture(scope="module")
def verdicts(judged: Judged) -> Verdicts:
    """Its verdicts, by name."""
    return Verdicts(judged)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_verdict(row: Expected, verdicts: Verdicts) -> None:
    """The audit says of this subject what the table says."""
    assert verdicts.of(row) == {row.verdict}


def test_every_rule_fails_somewhere(judged: Judged) -> None:
    """The demo plants at least one case of every rule in force, and the table names one."""
    results = judged.judgement.rule_results
    rules = {rule.id for pack in judged.packs for rule in pack.rules}
    assert set(results.loc[results["failed"] > 0, "rule"]) == rules
    assert {row.rule for row in EXPECTED if row.verdict is Verdict.FAIL} == rules


def test_a_row_that_passes_is_one_the_rule_looked_at(judged: Judged) -> None:
    """A pass in the table stands for a rule that passed somewhere, not for one that never applied."""
    results = judged.judgement.rule_results.set_index("rule")["passed"]
    assert [row.rule for row in EXPECTED if row.verdict is Verdict.PASS and results[row.rule] == 0] == []
