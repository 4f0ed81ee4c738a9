"""The comparison of two snapshots and the lives of findings agree on what is resolved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.app.trend import ages, compare
from auditor.model.estate import FactKind
from auditor.model.facts import Fact
from auditor.store.store import Store
from tests.app.test_lives import House
from tests.store.support_store import ORGANIZATION, account, coverage, grant

READ = coverage("facebook:1", FactKind.GRANTS)
MARK = f"{1:032x}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with an empty store."""
    url = f"sqlite:///{tmp_path / 'auditor.db'}"
    with Store.open(url, organization=ORGANIZATION, clock=lambda: made.now) as store:
        made = House(tmp_path, store)
        yield made


@pytest.mark.parametrize(
    ("then", "is_resolved"),
    [
        ((), False),
        ((account(2), coverage("facebook:2", FactKind.GRANTS)), False),
        ((account(1), READ), True),
    ],
    ids=["nothing was read", "another account alone", "seen to be gone"],
)
def test_they_agree(then: tuple[Fact, ...], is_resolved: bool, house: House) -> None:
    """An account that vanished unread resolves nothing; one whose holders were read does."""
    house.judge(1, facts=(account(1), grant(1), READ), subject_type="grant", account_id="facebook:1")
    house.follow()
    house.pass_days(1)
    newest = house.judge(facts=then)
    house.follow()
    comparison = compare(house.store, house.store.snapshot(newest), house.store.recorded_findings(newest))
    assert comparison is not None
    assert (house.life(1).resolved is not None) == is_resolved
    assert (MARK in comparison.resolved) == is_resolved
    assert (MARK in comparison.unreadable) == (not is_resolved)


def test_since_when_a_fail_stands_is_known_beyond_the_snapshots_looked_at(house: House) -> None:
    """With an audit each night a fail of two weeks counts as two weeks old, for the comparison and for a few alike."""
    newest = ""
    for _night in range(14):
        newest = house.judge(
            1, facts=(account(1), grant(1), READ), subject_type="grant", account_id="facebook:1"
        )
        house.follow()
        house.pass_days(1)
    begun = house.store.snapshots()[-1].finished_at
    info, found = house.store.snapshot(newest), house.store.recorded_findings(newest)
    comparison, few = compare(house.store, info, found), ages(house.store, info, found)
    assert comparison is not None
    assert few is not None
    assert comparison.first_seen == few.first_seen == {MARK: begun}
    oldest = house.store.snapshots()[-2]
    earlier = compare(house.store, oldest, house.store.recorded_findings(oldest.id))
    assert earlier is not None
    assert earlier.first_seen == {MARK: begun}
