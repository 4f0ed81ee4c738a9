"""Drift: every change is told once, a gap hides none and invents none."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.app.drift import drift_since, follow_drift
from auditor.model.estate import AccessStatus, FactKind, Level, MfaRequired
from auditor.model.event import Event, EventKind
from auditor.model.facts import Fact
from auditor.model.finding import Severity
from tests.app.support_history import (
    PAGE,
    PORTFOLIO,
    account,
    app,
    day,
    grant,
    holder,
    house,
    person,
    seen,
    snapshot,
    unread,
)


def told(folder: Path, *readings: Iterable[Fact]) -> tuple[Event, ...]:
    """Return the events of snapshots with these facts, a day apart."""
    with house(folder) as (workspace, store):
        for number, facts in enumerate(readings):
            snapshot(store, day(number), facts)
        new = follow_drift(workspace, store)
        events = drift_since(store)
        assert len(events) == new
        return events


CHANGES: list[tuple[list[Fact], list[Fact], list[tuple[EventKind, Severity]]]] = [
    ([], [grant("ada")], [(EventKind.GRANT_ADDED, Severity.HIGH)]),
    ([], [grant("ada", level=Level.VIEWER)], [(EventKind.GRANT_ADDED, Severity.LOW)]),
    ([], [grant("ada", level=None)], [(EventKind.GRANT_ADDED, Severity.HIGH)]),
    ([], [grant("ada", status=AccessStatus.INVITED)], [(EventKind.GRANT_INVITED, Severity.MEDIUM)]),
    (
        [grant("ada", status=AccessStatus.INVITED)],
        [grant("ada", status=AccessStatus.ACTIVE)],
        [(EventKind.GRANT_ADDED, Severity.HIGH)],
    ),
    ([grant("ada")], [], [(EventKind.GRANT_REMOVED, Severity.INFO)]),
    (
        [grant("ada", status=AccessStatus.ACTIVE)],
        [grant("ada", status=AccessStatus.SUSPENDED)],
        [(EventKind.GRANT_REMOVED, Severity.INFO)],
    ),
    (
        [grant("ada", status=AccessStatus.SUSPENDED)],
        [grant("ada", status=AccessStatus.ACTIVE)],
        [(EventKind.GRANT_ADDED, Severity.HIGH)],
    ),
    ([grant("ada", level=Level.ANALYST)], [grant("ada")], [(EventKind.LEVEL_RAISED, Severity.HIGH)]),
    ([grant("ada")], [grant("ada", level=Level.ANALYST)], [(EventKind.LEVEL_LOWERED, Severity.INFO)]),
    (
        [grant("ada", level=Level.ANALYST)],
        [grant("ada", level=None, role="NEW")],
        [(EventKind.ROLE_CHANGED, Severity.MEDIUM)],
    ),
    ([grant("ada", level=Level.ADMIN)], [grant("ada", level=None)], []),
    ([grant("ada")], [grant("ada", can_message=True)], [(EventKind.MESSAGES_OPENED, Severity.HIGH)]),
    ([], [app()], [(EventKind.APP_ADDED, Severity.MEDIUM)]),
    ([], [app(can_message=None)], [(EventKind.APP_ADDED, Severity.HIGH)]),
    ([app()], [], [(EventKind.APP_REMOVED, Severity.INFO)]),
    (
        [app(scopes=("read",))],
        [app(scopes=("write", "read"))],
        [(EventKind.SCOPE_ADDED, Severity.MEDIUM)],
    ),
    (
        [app(approved_at=day(-90))],
        [app(approved_at=day(0), scopes=("read", "dm"), can_message=True)],
        [(EventKind.SCOPE_ADDED, Severity.HIGH)],
    ),
    ([app(scopes=("read", "write"))], [app()], [(EventKind.SCOPE_REMOVED, Severity.INFO)]),
    (
        [holder("ada", mfa=True), grant("ada")],
        [holder("ada", mfa=False), grant("ada")],
        [(EventKind.MFA_OFF, Severity.CRITICAL)],
    ),
    (
        [holder("ada", status=AccessStatus.ACTIVE), grant("ada")],
        [holder("ada", status=AccessStatus.SUSPENDED), grant("ada")],
        [(EventKind.HOLDER_SUSPENDED, Severity.INFO)],
    ),
    (
        [holder("ada", status=AccessStatus.SUSPENDED), grant("ada")],
        [holder("ada", status=AccessStatus.ACTIVE), grant("ada")],
        [(EventKind.HOLDER_REACTIVATED, Severity.HIGH)],
    ),
    (
        [holder("ada", status=AccessStatus.REMOVED)],
        [holder("ada", status=AccessStatus.ACTIVE)],
        [(EventKind.HOLDER_REACTIVATED, Severity.MEDIUM)],
    ),
    (
        [holder("ada", status=AccessStatus.INVITED)],
        [holder("ada", status=AccessStatus.ACTIVE)],
        [],
    ),
    ([holder("ada", status=None)], [holder("ada", status=AccessStatus.SUSPENDED)], []),
    ([holder("ada", mfa=True)], [holder("ada", mfa=False)], [(EventKind.MFA_OFF, Severity.HIGH)]),
    ([holder("ada", mfa=False)], [holder("ada", mfa=True)], [(EventKind.MFA_ON, Severity.INFO)]),
    (
        [account(mfa_required=MfaRequired.ALL)],
        [account(mfa_required=MfaRequired.NONE)],
        [(EventKind.MFA_RULE_WEAKENED, Severity.HIGH)],
    ),
    (
        [account(owner_email="lee@riverside.example")],
        [account(owner_email="Kim@riverside.example")],
        [(EventKind.OWNER_CHANGED, Severity.MEDIUM)],
    ),
    ([account(owner_email="lee@riverside.example")], [account(owner_email="Lee@Riverside.example ")], []),
    ([account(handle="riverside")], [account(handle="riverslde")], [(EventKind.HANDLE_CHANGED, Severity.HIGH)]),
    ([account()], [account(name="Free Pills")], [(EventKind.NAME_CHANGED, Severity.MEDIUM)]),
    (
        [account(recovery_email="it@riverside.example")],
        [account(recovery_email="mallory@elsewhere.example")],
        [(EventKind.RECOVERY_CHANGED, Severity.CRITICAL)],
    ),
    ([account(published=True)], [account(published=False)], [(EventKind.UNPUBLISHED, Severity.HIGH)]),
    ([account(published=False)], [account(published=True)], [(EventKind.PUBLISHED, Severity.INFO)]),
    ([account(verified=True)], [account(verified=False)], [(EventKind.VERIFICATION_LOST, Severity.HIGH)]),
    ([account(verified=False)], [account(verified=True)], [(EventKind.VERIFICATION_GAINED, Severity.INFO)]),
    ([], [account("facebook:2")], [(EventKind.ACCOUNT_ADDED, Severity.LOW)]),
    ([account(verified=True)], [account(verified=None)], []),
    ([account()], [account(followers=9)], []),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_each_change_is_an_event_of_its_kind(
    tmp_path: Path, before: list[Fact], after: list[Fact], expected: list[tuple[EventKind, Severity]]
) -> None:
    """Kind and severity are those of the table in docs/drift.md; what is no change is no event."""
    base = (
        []
        if any(getattr(one, "account_id", "") == PAGE for one in before if hasattr(one, "verified"))
        else [account()]
    )
    events = told(tmp_path, [*before, *base, *seen()], [*after, *base, *seen()])
    assert [(event.kind, event.severity) for event in events] == expected
    for event in events:
        assert event.before_snapshot_id is not None
        assert event.snapshot_id is not None
        assert event.before_snapshot_id < event.snapshot_id
        assert event.before != event.after


def test_an_account_that_is_gone_takes_its_access_with_it(tmp_path: Path) -> None:
    """A Page missing from its portfolio's whole list is told, and that nobody holds it any more."""
    events = told(tmp_path, [account(), grant("ada"), *seen()], seen(PORTFOLIO))
    assert {event.kind for event in events} == {EventKind.ACCOUNT_GONE, EventKind.GRANT_REMOVED}


def test_a_gap_hides_no_change_and_invents_none(tmp_path: Path) -> None:
    """Over two days on which nothing was read, exactly what changed since the last reading is told."""
    first = [account(verified=True), grant("ada"), grant("bo"), holder("ada", mfa=True), *seen()]
    last = [
        account(verified=False),
        grant("ada", level=Level.VIEWER),
        grant("cy"),
        holder("ada", mfa=False),
        *seen(),
    ]
    with house(tmp_path) as (workspace, store):
        before = snapshot(store, day(0), first)
        for number in (1, 2):
            snapshot(store, day(number), [account(), *unread()])
            assert follow_drift(workspace, store) == 0 or number == 1
        snapshot(store, day(3), last)
        follow_drift(workspace, store)
        events = drift_since(store)
        assert {(event.kind, event.before_snapshot_id) for event in events} == {
            (kind, before.id)
            for kind in (
                EventKind.VERIFICATION_LOST,
                EventKind.LEVEL_LOWERED,
                EventKind.GRANT_REMOVED,
                EventKind.GRANT_ADDED,
                EventKind.MFA_OFF,
            )
        }


def test_what_a_partial_reading_showed_is_compared_with_it(tmp_path: Path) -> None:
    """A grant seen in a partial reading and gone from the next whole one was taken away since the partial one."""
    partial = seen(kinds=(FactKind.APPS,))
    with house(tmp_path) as (workspace, store):
        whole = snapshot(store, day(0), [account(), grant("ada"), grant("bo"), *seen()])
        part = snapshot(store, day(1), [account(), grant("ada"), *partial])
        snapshot(store, day(2), [account(), *seen()])
        follow_drift(workspace, store)
        removed = {event.principal_id: event.before_snapshot_id for event in drift_since(store)}
        assert removed == {"facebook:ada": part.id, "facebook:bo": whole.id}


def test_what_was_never_read_before_is_no_drift(tmp_path: Path) -> None:
    """The first reading of a source tells who holds what, not that they were given it."""
    assert told(tmp_path, unread(), [account(), grant("ada"), holder("ada", mfa=False), app(), *seen()]) == ()


def test_events_are_told_once_however_often_it_is_asked(tmp_path: Path) -> None:
    """A run killed before it marked a snapshot as done is caught up, and nothing is doubled."""
    with house(tmp_path) as (workspace, store):
        for number in range(4):
            snapshot(store, day(number), [account(), *(grant(f"u{n}") for n in range(number + 1)), *seen()])
        assert follow_drift(workspace, store) == 3
        assert follow_drift(workspace, store) == 0
        keys = [event.key for event in drift_since(store)]
        assert len(set(keys)) == 3
        again = [dataclasses.replace(event, seq=None) for event in drift_since(store)]
        assert store.events.append(again) == 0
        newest = store.snapshot("latest")
        assert len(drift_since(store, snapshot_id=newest.id)) == 1
        assert len(drift_since(store, since=day(1))) == 2


def test_a_carried_snapshot_is_no_second_look(tmp_path: Path) -> None:
    """Facts carried into a roster poll's snapshot are neither compared nor compared with."""
    with house(tmp_path) as (workspace, store):
        first = snapshot(store, day(0), [account(), grant("ada"), *seen()])
        snapshot(store, day(1), [account(), *seen()], carried_from=first.id)
        snapshot(store, day(2), [account(), grant("ada"), *seen()])
        assert follow_drift(workspace, store) == 0


def test_an_event_names_the_person_matched(tmp_path: Path) -> None:
    """The journal knows who is behind the identity, by exact match, and names are harmless in its sentence."""
    bad = "Ada\u202e\n=cmd()"
    events = told(
        tmp_path,
        [account(), person("ada"), *seen()],
        [account(), person("ada"), holder("ada", name=bad), grant("ada"), *seen()],
    )
    assert [event.person_id for event in events] == ["hr:ada"]
    assert events[0].message == (
        "Ada[U+202E] =cmd() was given admin access (MANAGE) on Riverside Health (Facebook)"
    )


STATES = st.lists(
    st.tuples(st.sets(st.sampled_from("abc")), st.booleans()), min_size=2, max_size=6
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATES)
def test_added_and_removed_add_up_over_any_gaps(tmp_path: Path, states: list[tuple[set[str], bool]]) -> None:
    """From the first reading to the last, the events lead from who held access then to who holds it now."""
    folder = tmp_path / secrets.token_hex(8)
    folder.mkdir()
    readings = [
        [account(), *(grant(name) for name in sorted(held)), *seen()] if was_read else [account(), *unread()]
        for held, was_read in states
    ]
    known = [held for held, was_read in states if was_read]
    now = set(known[0]) if known else set()
    for event in told(folder, *readings):
        name = (event.principal_id or "").rpartition(":")[2]
        if event.kind is EventKind.GRANT_ADDED:
            assert name not in now
            now.add(name)
        else:
            assert event.kind is EventKind.GRANT_REMOVED
            now.remove(name)
    assert now == (known[-1] if known else set())


def test_one_change_among_very_many_grants_is_found(tmp_path: Path) -> None:
    """Only what differs comes out, however much does not."""
    count = 5_000
    accounts = [account(f"facebook:{n}", name=f"Page {n}") for n in range(200)]
    covered = seen(*(one.account_id for one in accounts))
    held = [grant(f"u{n}", f"facebook:{n % 200}", Level.ANALYST) for n in range(count)]
    raised = [*held[:-1], grant(f"u{count - 1}", held[-1].account_id)]
    events = told(tmp_path, [*accounts, *held, *covered], [*accounts, *raised, *covered])
    assert [(event.kind, event.principal_id) for event in events] == [
        (EventKind.LEVEL_RAISED, f"facebook:u{count - 1}")
    ]
    assert events[0].at == day(1)
