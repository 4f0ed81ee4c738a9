"""Cases are kept with their timelines and events, once, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auditor.errors import StoreError
from auditor.model.event import Event, EventKind
from auditor.model.impersonation import (
    AccountStatus,
    Candidate,
    Case,
    CaseElement,
    CaseEvent,
    CaseState,
    CaseStep,
    case_id_of,
)
from auditor.store.cases import CaseOvertaken
from auditor.store.evidence import pack
from auditor.store.store import Store
from tests.support import NOW

CASE = Case(
    case_id=case_id_of("x", "42"),
    candidate=Candidate(
        platform="x",
        id="42",
        handle="RiversideHea1th",
        name="Riverside\u200bHealth\x00",
        links=("https://riverside-health.example/",),
        created_at=NOW - timedelta(days=3),
        followers=12,
        parody=False,
        observed_at=NOW,
        blank=("bio",),
        status=AccountStatus.ACTIVE,
    ),
    brand="RiversideHealth",
    brand_account_id="x:1",
    also_like=("RiversideKids",),
    tier="likely",
    score=0.93,
    elements=(
        CaseElement(
            kind="NAME", strength=0.9, sentence="It is the name.", values={"name": "a"}, code_points=("U+200B",)
        ),
    ),
    suppressed_by=("Allowed: a test.",),
    state=CaseState.DISMISSED,
    first_seen=NOW,
    last_seen=NOW,
    changed_at=NOW,
    reason="our agency's",
    expires=date(2027, 1, 1),
    reference="0123",
)  # fmt: skip
STEP = CaseEvent(
    case_id=CASE.case_id, key="k1", at=NOW, step=CaseStep.FOUND, message="Found.", after={"handle": "x"}
)
EVENT = Event(key="e1", kind=EventKind.IMPERSONATOR_LIKELY, at=NOW, message="An account poses as ours.")


def test_a_case_comes_back_as_it_was_kept(store: Store) -> None:
    """Every field survives; only what no database can hold, a NUL, is replaced."""
    assert store.cases.record([CASE], [STEP], [EVENT]) == 1
    (kept,) = store.cases.all()
    expected = replace(CASE, version=1, candidate=replace(CASE.candidate, name="Riverside\u200bHealth\ufffd"))
    assert kept == expected
    assert store.cases.timeline([CASE.case_id]) == (STEP,)
    assert [event.kind for event in store.events.after(0)] == [EventKind.IMPERSONATOR_LIKELY]


def test_of_two_who_read_a_case_one_writes(store: Store) -> None:
    """The second is refused, and nothing of it is kept: neither its timeline nor its event."""
    store.cases.record([CASE])
    (read,) = store.cases.all()
    store.cases.record([replace(read, state=CaseState.REPORTED)])
    late = replace(STEP, key="k2", step=CaseStep.DISMISSED)
    with pytest.raises(CaseOvertaken) as caught:
        store.cases.record([replace(read, state=CaseState.WATCHING)], [late], [EVENT])
    assert isinstance(caught.value, StoreError)
    assert store.cases.all()[0].state is CaseState.REPORTED
    assert store.cases.timeline([CASE.case_id]) == ()
    assert store.events.last() == 0


def test_a_step_told_twice_is_kept_once(store: Store) -> None:
    """A timeline has each line once, in the order of time."""
    later = replace(STEP, key="k2", at=NOW + timedelta(hours=1), step=CaseStep.RENAMED)
    store.cases.record([CASE], [later, STEP])
    store.cases.record([], [STEP])
    assert store.cases.timeline([CASE.case_id]) == (STEP, later)


def test_a_case_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    """What people type is a few letters; signs that a database reads as patterns mean nothing."""
    store.cases.record([CASE])
    assert [one.case_id for one in store.cases.find(CASE.case_id[:4].upper())] == [CASE.case_id]
    assert store.cases.find("%") == ()


def test_the_records_of_a_case_are_kept_with_it_or_not_at_all(store: Store) -> None:
    """They are evidence with time and hash; where the case was overtaken nothing is kept of them."""
    told, untold = pack({"told": [{"token": "abc"}]}, "case:record"), pack({"told": ["later"]}, "case:record")
    store.cases.record([CASE], [STEP], evidence=[told, told])
    kept = store.evidence(told.id)
    assert (kept.kind, kept.first_seen) == ("case:record", NOW)
    assert "abc" not in str(kept.record)
    with pytest.raises(CaseOvertaken):
        store.cases.record([replace(CASE, version=7)], evidence=[untold])
    with pytest.raises(StoreError, match="no evidence"):
        store.evidence(untold.id)
