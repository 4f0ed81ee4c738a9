"""Evidence of a case is removed as a whole or not at all, on both databases; what others refer to stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.errors import StoreError
from auditor.model.event import Event, EventKind
from auditor.model.impersonation import Case, CaseEvent, CaseStep
from auditor.store.cases import CaseOvertaken
from auditor.store.evidence import pack
from auditor.store.store import Store
from tests.store.test_cases import CASE
from tests.support import NOW


def _kept(store: Store, case: Case, *records: object) -> list[str]:
    """Keep records, and let the case's timeline name them; return their ids."""
    packed = [pack(record, "case:record") for record in records]
    steps = [
        CaseEvent(case_id=case.case_id, key=f"{case.case_id}:{one.id}", at=NOW, step=CaseStep.NOTED, message="Kept.",
                  evidence_id=one.id)
        for one in packed
    ]  # fmt: skip
    store.cases.record([], steps, evidence=packed)
    return [one.id for one in packed]


def _forget(store: Store, case: Case) -> None:
    """Remove what the case shares with nobody."""
    listed = store.cases.evidence(case)
    step = CaseEvent(case_id=case.case_id, key=f"{case.case_id}:forgotten", at=NOW, step=CaseStep.FORGOTTEN,
                     message="Removed.", actor="kim", before={one.id: "removed" for one in listed})  # fmt: skip
    event = Event(
        key=f"forgotten:{case.case_id}", kind=EventKind.IMPERSONATOR_FORGOTTEN, at=NOW, message="Removed"
    )
    store.cases.forget(case, [one for one in listed if not one.shared], step, event)


@pytest.fixture
def cases(store: Store) -> tuple[Case, Case]:
    """Two cases as they stand in the store."""
    other = replace(CASE, case_id="0" * 12)
    store.cases.record([CASE, other])
    mine, theirs = (
        next(one for one in store.cases.all() if one.case_id == case.case_id) for case in (CASE, other)
    )
    return mine, theirs


def test_its_own_is_removed_and_what_others_name_stays(store: Store, cases: tuple[Case, Case]) -> None:
    """A record named by two cases goes with the second of them; a snapshot's never goes."""
    one, other = cases
    own, shared = _kept(store, one, {"a": 1}, {"b": 2})
    _kept(store, other, {"b": 2})
    writer = store.begin_snapshot(NOW)
    used = writer.evidence.put({"c": 3}, kind="case:record")
    writer.finish(NOW, [])
    _kept(store, one, {"c": 3})
    _forget(store, one)
    with pytest.raises(StoreError, match="no evidence"):
        store.evidence(own)
    assert store.evidence(shared).record == {"b": 2}
    _forget(store, other)
    with pytest.raises(StoreError, match="no evidence"):
        store.evidence(shared)
    assert store.evidence(used).record == {"c": 3}
    assert (store.cases.times_forgotten(one.case_id), store.cases.times_forgotten("f" * 12)) == (1, 0)
    assert [step.step for step in store.cases.timeline([one.case_id])][-1] is CaseStep.FORGOTTEN


def test_nothing_is_half_removed(store: Store, cases: tuple[Case, Case]) -> None:
    """Where the case was changed since it was read, evidence, timeline and journal stay as they were."""
    one, _other = cases
    (own,) = _kept(store, one, {"a": 1})
    store.cases.record([one])
    with pytest.raises(CaseOvertaken):
        _forget(store, one)
    assert store.evidence(own).record == {"a": 1}
    assert store.cases.times_forgotten(one.case_id) == 0
    assert store.events.of_kinds([EventKind.IMPERSONATOR_FORGOTTEN]) == ()


def test_evidence_that_the_account_alone_names_belongs_to_the_case(
    store: Store, cases: tuple[Case, Case]
) -> None:
    """A case that was written without a line of its timeline names its record all the same."""
    one, _other = cases
    record = pack({"told": 1}, "case:record")
    named = replace(one, candidate=replace(one.candidate, evidence_id=record.id))
    store.cases.record([named], evidence=[record])
    (now,) = store.cases.find(one.case_id)
    assert [kept.id for kept in store.cases.evidence(now)] == [record.id]
    _forget(store, now)
    assert store.cases.evidence(now) == ()
