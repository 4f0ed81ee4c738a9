"""Back-tests: what a rule would have found, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.app.backtest import backtest
from auditor.app.progress import Silent
from auditor.errors import AuditorError, ConfigError, RuleError
from auditor.model.estate import FactKind, Level
from tests.app.support_history import account, app, day, grant, holder, house, seen, snapshot, unread

RULE = """\
pack: {id: house, title: House, version: "1.0", description: Our own.}
rules:
  - id: too-many-admins
    title: Nobody holds full control
    severity: high
    over: grants
    fails_when: level_rank >= $floor
    params: {floor: 7}
    message: "{{ principal_name }} holds {{ level }} on {{ account_name }}"
    unknown: The level of {{ principal_name }} is not known
    remediation: Lower it.
    rationale: Full control is for few.
    references: {hipaa: ["164.308(a)(3)(i)"]}
    examples:
      - {given: {level: admin}, verdict: fail}
      - {given: {level: viewer}, verdict: pass}
      - {given: {level: null}, verdict: unknown}
"""


def rule_file(folder: Path, text: str = RULE) -> str:
    """Write a rule file; return its path."""
    path = folder / "house.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


class Heard(Silent):
    """Remembers the steps told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        """Remember it."""
        self.steps.append(text)


def test_each_snapshot_is_judged_and_compared_with_the_one_before(tmp_path: Path) -> None:
    """New, gone and unreadable are told apart; the examples open with the new; nothing is recorded."""
    names = [holder("ada"), holder("bo"), holder("cy")]
    heard = Heard()
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(0), [account(), *names, grant("ada"), grant("bo", level=Level.VIEWER), *seen()])
        snapshot(store, day(1), [account(), *names, grant("cy"), grant("bo", level=Level.VIEWER), *seen()])
        snapshot(store, day(2), [account(), *unread()])
        found = backtest(workspace, store, rule_file(tmp_path), heard)
        assert [info.judged_at for info in store.snapshots()] == [None] * 3
        assert store.events.last() == 0
    first, second, third = (one.rules[0] for one in found)
    assert (first.failed, first.passed, first.new, first.gone) == (1, 1, None, None)
    assert (second.failed, second.new, second.gone, second.unreadable) == (1, 1, 1, 0)
    assert second.examples == ("Cy holds admin on Riverside Health",)
    assert (third.failed, third.unknown > 0, third.gone, third.unreadable) == (0, True, 0, 1)
    assert [step.split(",")[0] for step in heard.steps] == [f"Judging snapshot {n} of 3" for n in (1, 2, 3)]


def test_a_snapshot_that_cannot_be_judged_stops_no_other(tmp_path: Path) -> None:
    """An empty snapshot says why; where none can be judged, that is an error and not a clean result."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(0), [holder("ada")])
        with pytest.raises(AuditorError, match="no account"):
            backtest(workspace, store, rule_file(tmp_path), Silent())
        snapshot(store, day(1), [account(), grant("ada"), *seen()])
        found = backtest(workspace, store, rule_file(tmp_path), Silent())
        assert [(bool(one.reason), len(one.rules)) for one in found] == [(True, 0), (False, 1)]
        assert [one.snapshot.finished_at for one in backtest(
            workspace, store, rule_file(tmp_path), Silent(), newest=1
        )] == [day(1)]  # fmt: skip


def test_overrides_of_the_configuration_concern_the_file_alone(tmp_path: Path) -> None:
    """Parameters for the file's rule count, those of other rules do no harm, and a switched-off rule is tried."""
    extra = (
        "policies:\n  params: {too-many-admins: {floor: 1}, dormant-privilege: {dormant_days: 5}}\n"
        "  disabled: [too-many-admins, dormant-privilege]\n"
    )
    with house(tmp_path, extra) as (workspace, store):
        snapshot(store, day(0), [account(), grant("ada", level=Level.VIEWER), app(), *seen()])
        (found,) = backtest(workspace, store, rule_file(tmp_path), Silent())
    assert found.rules[0].failed == 1


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        (RULE.replace("level_rank >=", "levelrank >="), RuleError, "levelrank"),
        (RULE.replace("fails_when", "fails_whenn"), RuleError, "fails_whenn"),
        ("rules: []\n", RuleError, "pack"),
    ],
)
def test_a_file_that_is_no_rule_file_is_told_with_its_line(
    tmp_path: Path, text: str, error: type[AuditorError], why: str
) -> None:
    """The file is read before any snapshot is judged; the message names file and fault."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(0), [account(), *seen(kinds=(FactKind.GRANTS,))])
        with pytest.raises(error, match=why) as refused:
            backtest(workspace, store, rule_file(tmp_path, text), Silent())
    assert not isinstance(refused.value, ConfigError)
    assert "house.yaml" in str(refused.value)
