"""What changed between two snapshots; what was not read is never called removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from auditor.errors import StoreError
from auditor.model.estate import CoverageState, FactKind, Level
from auditor.model.facts import App, Fact, Token
from auditor.model.people import Person
from auditor.store.records import CellChange, Diff, DiffKind
from auditor.store.store import Store
from tests.store.support_store import account, coverage, grant, principal, snapshot
from tests.support import NOW

KNOWN = [state for state in CoverageState if state.is_known]
UNKNOWN = [state for state in CoverageState if not state.is_known]


def between(store: Store, before: Iterable[Fact], after: Iterable[Fact]) -> Diff:
    """Return the difference of two snapshots with these facts."""
    first = snapshot(store, before)
    second = snapshot(store, after, at=NOW + timedelta(days=7))
    return store.diff(first.id, second.id)


def kinds(diff: Diff) -> dict[str, DiffKind]:
    """Return what became of each thing."""
    return {row.key: row.kind for row in diff.rows}


def app(key: str = "facebook:1|55") -> App:
    """Return an app connected to a Page."""
    return App(source="meta", observed_at=NOW, app_key=key, app_id="55", account_id="facebook:1")


def person(number: int, **changes: object) -> Person:
    """Return an employee."""
    values = {"source": "roster", "observed_at": NOW, "person_id": f"e{number}", "name": f"Person {number}"}
    return Person(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("state", KNOWN)
def test_a_grant_that_is_gone_where_all_were_seen_is_removed(store: Store, state: CoverageState) -> None:
    """Only coverage that knows every grant of the account makes an absence a removal."""
    diff = between(store, [grant(1)], [coverage("facebook:1", FactKind.GRANTS, state)])
    assert kinds(diff) == {grant(1).grant_id: DiffKind.REMOVED}
    assert diff.of(DiffKind.REMOVED, "grants")[0].row["level"] == "admin"


@pytest.mark.parametrize("state", [*UNKNOWN, None])
def test_a_grant_that_could_not_be_read_is_not_removed(store: Store, state: CoverageState | None) -> None:
    """Partial, stale, denied, failed, not exposed or no coverage at all: not read."""
    after = [] if state is None else [coverage("facebook:1", FactKind.GRANTS, state)]
    assert kinds(between(store, [grant(1)], after)) == {grant(1).grant_id: DiffKind.NOT_READ}


def test_coverage_of_another_account_or_kind_does_not_count(store: Store) -> None:
    """That the account itself, or another one's grants, were seen says nothing of this one's grants."""
    after = [coverage("facebook:1", FactKind.ACCOUNTS), coverage("facebook:2", FactKind.GRANTS)]
    assert kinds(between(store, [grant(1)], after)) == {grant(1).grant_id: DiffKind.NOT_READ}


def test_the_best_source_counts(store: Store) -> None:
    """One source that saw everything outweighs another that failed."""
    after = [
        coverage("facebook:1", FactKind.GRANTS, CoverageState.FAILED, source="other"),
        coverage("facebook:1", FactKind.GRANTS),
    ]
    assert kinds(between(store, [grant(1)], after)) == {grant(1).grant_id: DiffKind.REMOVED}


def test_an_attestation_that_has_expired_knows_nothing(store: Store) -> None:
    """Past its last day a statement does not turn an absence into a removal."""
    expired = coverage(
        "facebook:1", FactKind.GRANTS, CoverageState.ATTESTED, valid_until=NOW + timedelta(days=6)
    )
    assert kinds(between(store, [grant(1)], [expired])) == {grant(1).grant_id: DiffKind.NOT_READ}


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ([coverage("facebook:1", FactKind.GRANTS)], DiffKind.ADDED),
        ([coverage("facebook:1", FactKind.GRANTS, CoverageState.FAILED)], DiffKind.FIRST_READ),
        ([], DiffKind.FIRST_READ),
    ],
)
def test_a_new_grant_is_added_only_where_it_would_have_been_seen(
    store: Store, before: list[Fact], kind: DiffKind
) -> None:
    """Otherwise it may have been there all along: read for the first time."""
    assert kinds(between(store, before, [grant(1)])) == {grant(1).grant_id: kind}


def test_a_change_tells_each_column_before_and_after(store: Store) -> None:
    """Typed values, provenance left out, and one row a thing."""
    after = grant(
        1, level=Level.VIEWER, role="ANALYST", can_message=False, source="other", evidence_id="ab" * 32
    )
    (row,) = between(store, [grant(1)], [after]).of(DiffKind.CHANGED)
    assert (row.table, row.key) == ("grants", grant(1).grant_id)
    assert set(row.cells) == {
        CellChange("role", "ADMIN", "ANALYST"),
        CellChange("level", "admin", "viewer"),
        CellChange("can_message", before=True, after=False),
    }


def test_the_order_of_tasks_is_no_change(store: Store) -> None:
    """Platforms list scopes and tasks in any order."""
    assert between(store, [grant(1)], [grant(1, tasks=("MESSAGING", "MANAGE"))]).rows == ()


def test_a_change_of_provenance_alone_is_no_change(store: Store) -> None:
    """Another time, source or record behind the same fact is not news."""
    later = grant(1, observed_at=NOW + timedelta(days=7), evidence_id="cd" * 32, attested_by="a@b.example")
    assert between(store, [grant(1)], [later]).rows == ()


def test_a_cell_no_longer_known_is_not_read(store: Store) -> None:
    """MFA that could not be read this time is not "switched off"; once read again, it is first read."""
    on, unread = principal(1, mfa=True), principal(1, mfa=None)
    (lost,) = between(store, [on], [unread]).rows
    assert (lost.kind, lost.cells) == (DiffKind.NOT_READ, (CellChange("mfa", before=True, after=None),))
    assert lost.row["mfa"] is True
    (learnt,) = between(store, [unread], [on]).rows
    assert learnt.kind is DiffKind.FIRST_READ


def test_sources_are_merged_before_they_are_compared(store: Store) -> None:
    """A verified cell wins over an attested one, and fills in what the other does not know."""
    attested = {"source": "table", "attested_by": "a@b.example", "observed_at": NOW + timedelta(days=1)}
    both = [grant(1, level=None), grant(1, role="whatever", level=Level.ADMIN, **attested)]
    assert between(store, both, [grant(1)]).rows == ()


def test_a_principal_is_removed_where_every_account_it_held_was_read(store: Store) -> None:
    """One account whose holders were not all seen leaves the principal not read."""
    held = [principal(1), grant(1), grant(1, account_id="facebook:7", grant_id="g7")]
    seen = coverage("facebook:1", FactKind.PRINCIPALS)
    also = coverage("facebook:7", FactKind.GRANTS)
    assert kinds(between(store, held, [seen, also]))["facebook:u1"] is DiffKind.REMOVED
    assert kinds(between(store, held, [seen]))["facebook:u1"] is DiffKind.NOT_READ
    partial = coverage("facebook:7", FactKind.PRINCIPALS, CoverageState.PARTIAL)
    assert kinds(between(store, held, [seen, also, partial]))["facebook:u1"] is DiffKind.NOT_READ


def test_a_principal_that_held_nothing_is_not_called_removed(store: Store) -> None:
    """No coverage speaks of somebody without an account."""
    assert kinds(between(store, [principal(1)], [])) == {"facebook:u1": DiffKind.NOT_READ}


def test_apps_and_tokens_follow_their_own_coverage(store: Store) -> None:
    """An app is gone where apps were read; a token without an account never is for certain."""
    token = Token(source="meta", observed_at=NOW, token_id="t1", kind="user")
    before: list[Fact] = [app(), token]
    read = coverage("facebook:1", FactKind.APPS)
    assert kinds(between(store, before, [read])) == {app().app_key: DiffKind.REMOVED, "t1": DiffKind.NOT_READ}
    unread = coverage("facebook:1", FactKind.GRANTS)
    assert kinds(between(store, before, [unread]))[app().app_key] is DiffKind.NOT_READ


def test_people_are_gone_only_where_there_is_a_roster(store: Store) -> None:
    """Without a roster nobody has left; with one, a leaver and a change of title show."""
    before = [person(1), person(2)]
    assert set(kinds(between(store, before, [])).values()) == {DiffKind.NOT_READ}
    diff = between(store, before, [person(2, title="Editor")])
    assert kinds(diff) == {"e1": DiffKind.REMOVED, "e2": DiffKind.FIRST_READ}


@pytest.mark.parametrize(
    ("state", "kind"),
    [(CoverageState.OBSERVED, DiffKind.REMOVED), (CoverageState.PARTIAL, DiffKind.NOT_READ)],
)
def test_an_account_leaves_with_its_grants_where_its_portfolio_was_read(
    store: Store, state: CoverageState, kind: DiffKind
) -> None:
    """A Page missing from a portfolio's whole list is gone, and so is what hung on it."""
    after = [coverage("facebook:p", FactKind.ACCOUNTS, state)]
    diff = between(store, [account(1), grant(1), app(), principal(1)], after)
    assert set(kinds(diff)) == {"facebook:1", grant(1).grant_id, app().app_key, "facebook:u1"}
    assert set(kinds(diff).values()) == {kind}


def test_an_account_whose_reading_failed_keeps_its_grants(store: Store) -> None:
    """A portfolio read in full does not outweigh a Page of which coverage says it failed."""
    after = [
        coverage("facebook:p", FactKind.ACCOUNTS),
        coverage("facebook:1", FactKind.GRANTS, CoverageState.FAILED),
    ]
    assert kinds(between(store, [account(1), grant(1)], after))[grant(1).grant_id] is DiffKind.NOT_READ


def test_snapshots_alike_have_no_difference(store: Store) -> None:
    """The same facts twice, and a snapshot with itself, differ in nothing."""
    facts = [account(1), grant(1), grant(2), principal(1), coverage("facebook:1", FactKind.GRANTS)]
    assert between(store, facts, reversed(facts)).rows == ()
    assert store.diff("latest", "latest").rows == ()


def test_a_difference_of_many_grants(store: Store) -> None:
    """Only what differs comes out, however much does not."""
    before = [grant(number) for number in range(6_000)]
    after = [grant(number, level=Level.VIEWER if number == 77 else Level.ADMIN) for number in range(1, 6_001)]
    covered = [coverage(f"facebook:{number}", FactKind.GRANTS) for number in range(10)]
    diff = between(store, [*before, *covered], [*after, *covered])
    assert kinds(diff) == {
        grant(0).grant_id: DiffKind.REMOVED,
        grant(6_000).grant_id: DiffKind.ADDED,
        grant(77).grant_id: DiffKind.CHANGED,
    }


def test_a_snapshot_that_is_not_there_cannot_be_compared(store: Store) -> None:
    """A wrong id is an error that names the nearest."""
    info = snapshot(store, [])
    with pytest.raises(StoreError, match="no snapshot"):
        store.diff(info.id, "2020")
