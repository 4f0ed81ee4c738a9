"""Who could act then: what two sights allow to say, and no more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.as_of import AccountThen, Held, account_then
from auditor.app.as_of_judge import Answer, Because, Sight, judge
from auditor.app.instants import parse_instant
from auditor.errors import UsageError
from auditor.model.estate import AccessStatus, FactKind, Level, PersonStatus
from auditor.model.facts import Fact
from auditor.model.finding import Basis
from tests.app.support_history import (
    PAGE,
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

NOON = day(5)
CHICAGO = ZoneInfo("America/Chicago")


def sight(days: float, *, there: bool = True, **cells: object) -> Sight:
    """Return a sight ``days`` from the start."""
    row = {"status": None, "granted_at": None, "expires_at": None, "valid_until": None, **cells}
    return Sight(at=day(days), snapshot_id="s", row=row if there else None)


JUDGED = [
    (sight(5), None, (Answer.YES, Because.SEEN_THEN)),
    (sight(4), sight(6), (Answer.YES, Because.SEEN_AROUND)),
    (sight(4), sight(6, granted_at=day(5.5)), (Answer.MAYBE, Because.MAY_HAVE_CHANGED)),
    (sight(4), sight(6, there=False), (Answer.MAYBE, Because.MAY_HAVE_ENDED)),
    (sight(4), sight(6, status=AccessStatus.REMOVED), (Answer.MAYBE, Because.MAY_HAVE_ENDED)),
    (sight(4), None, (Answer.MAYBE, Because.NOT_READ_SINCE)),
    (sight(4, valid_until=day(9), attested_by="lee"), None, (Answer.YES, Because.STATEMENT_HOLDS)),
    (sight(4, valid_until=day(9)), None, (Answer.MAYBE, Because.NOT_READ_SINCE)),
    (sight(4, expires_at=day(4.5)), sight(6), (Answer.NO, Because.LAPSED)),
    (sight(4, valid_until=day(4.5)), sight(6), (Answer.MAYBE, Because.STATEMENT_LAPSED)),
    (sight(4, there=False), sight(6), (Answer.MAYBE, Because.MAY_HAVE_BEGUN)),
    (sight(4, there=False), sight(6, granted_at=day(4.5)), (Answer.YES, Because.GRANT_DATED)),
    (sight(4, there=False), sight(6, granted_at=day(5.5)), (Answer.NO, Because.GIVEN_LATER)),
    (sight(4, there=False), sight(6, granted_at=day(1)), (Answer.MAYBE, Because.MAY_HAVE_BEGUN)),
    (None, sight(6), (Answer.MAYBE, Because.NOT_READ_BEFORE)),
    (None, sight(6, granted_at=day(1)), (Answer.YES, Because.GRANT_DATED)),
    (None, sight(6, granted_at=day(5.5)), (Answer.NO, Because.GIVEN_LATER)),
    (sight(4, status=AccessStatus.INVITED), None, (Answer.NO, Because.COULD_NOT_ACT)),
    (sight(4, there=False), sight(6, there=False), None),
    (None, None, None),
]


@pytest.mark.parametrize(("before", "after", "expected"), JUDGED)
def test_two_sights_allow_one_answer(
    before: Sight | None, after: Sight | None, expected: tuple[Answer, Because] | None
) -> None:
    """Yes is said only where it was seen on both sides, or dated by the platform before the moment."""
    assert judge(NOON, before, after) == expected


SIGHTS = st.none() | st.builds(
    sight,
    st.floats(0, 5),
    there=st.booleans(),
    status=st.sampled_from([None, *AccessStatus]),
    granted_at=st.none() | st.integers(0, 10).map(day),
)


@given(SIGHTS, SIGHTS)
def test_without_a_sight_on_both_sides_yes_needs_a_date(before: Sight | None, after: Sight | None) -> None:
    """What was not seen before and after is certain only at the very moment, or by the platform's own date."""
    later = after and Sight(at=after.at + timedelta(days=5.01), snapshot_id="t", row=after.row)
    judged = judge(NOON, before, later)
    if judged and judged[0] is Answer.YES:
        both = bool(before and before.is_there and later and later.is_there)
        assert judged[1] is not Because.STATEMENT_HOLDS
        dated = bool(later and later.begun_at and later.begun_at <= NOON)
        assert both or dated or (before is not None and before.at == NOON)


def held(then: AccountThen) -> dict[str, Held]:
    """Return the holders by their native id."""
    return {one.key.split("|")[1].partition(":")[2]: one for one in then.holders}


def test_the_snapshots_around_a_moment_answer(tmp_path: Path) -> None:
    """Each holder's row says whether, why and by which two snapshots; people by name, with their last day."""
    people = [
        person("ada", PersonStatus.TERMINATED, left_on=date(2026, 9, 1)),
        person("bo", PersonStatus.TERMINATED, left_on=date(2026, 9, 20)),
    ]
    names = [holder("ada"), holder("bo"), holder("cy"), holder("dee", name="De\u202ee")]
    with house(tmp_path) as (workspace, store):
        first = snapshot(store, day(0), [account(), *names, grant("ada"), grant("bo"), app("Old"), *seen()])
        snapshot(store, day(1), [account(), *unread()])
        second = snapshot(
            store,
            day(2),
            [account(), *names, *people, grant("ada", level=Level.VIEWER), grant("cy"),
             grant("dee", granted_at=day(0.5)), app("New"), *seen()],
        )  # fmt: skip
        then = account_then(workspace, store, "Riverside Health", day(1.5))
    found = held(then)
    assert {name: (one.answer, one.basis) for name, one in found.items()} == {
        "ada": (Answer.YES, Basis.VERIFIED),
        "dee": (Answer.YES, Basis.VERIFIED),
        "bo": (Answer.MAYBE, Basis.UNKNOWN),
        "cy": (Answer.MAYBE, Basis.UNKNOWN),
    }
    ada = found["ada"]
    assert (ada.level_before, ada.level_after) == ("admin", "viewer")
    assert ada.before is not None
    assert ada.after is not None
    assert (ada.before.snapshot_id, ada.after.snapshot_id) == (first.id, second.id)
    assert (ada.person, ada.person_had_left_on) == ("Ada", date(2026, 9, 1))
    assert found["bo"].person_had_left_on is None
    assert {one.who: one.answer for one in then.apps} == {"Old": Answer.MAYBE, "New": Answer.MAYBE}


def test_beyond_the_snapshots_is_unknown(tmp_path: Path) -> None:
    """Before the first and after the last reading nothing is certain; an unread account says so with its remedy."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(10), [account(), grant("ada"), *seen()])
        early, late = (account_then(workspace, store, PAGE, day(n)) for n in (9, 11))
        assert [one.because for one in early.holders] == [Because.NOT_READ_BEFORE]
        assert [one.because for one in late.holders] == [Because.NOT_READ_SINCE]
        with pytest.raises(UsageError, match="still to come"):
            account_then(workspace, store, PAGE, day(500))


def test_a_gathering_that_failed_or_was_carried_is_no_sight(tmp_path: Path) -> None:
    """The neighbours are the snapshots that read the account, not those next in time."""
    with house(tmp_path) as (workspace, store):
        first = snapshot(store, day(0), [account(), grant("ada"), *seen()])
        snapshot(store, day(1), [account(), *unread()])
        snapshot(store, day(3), [account(), *unread()])
        snapshot(store, day(4), [account(), grant("ada"), *seen()], carried_from=first.id)
        last = snapshot(store, day(9), [account(), grant("ada"), *seen()])
        then = account_then(workspace, store, PAGE, day(2))
    around = then.read_of["grants"]
    assert around.before is not None
    assert around.after is not None
    assert (around.before.snapshot_id, around.after.snapshot_id) == (first.id, last.id)
    assert [one.answer for one in then.holders] == [Answer.YES]


def test_an_export_counts_from_the_day_it_shows(tmp_path: Path) -> None:
    """A table gathered in October that shows September is a sight of September, until it is corrected."""
    table: list[Fact] = [
        account(), grant("ada", observed_at=day(3), attested_by="lee@riverside.example", valid_until=day(90)),
        *seen(kinds=(FactKind.GRANTS,), observed_at=day(3)),
    ]  # fmt: skip
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(30), table)
        then = account_then(workspace, store, PAGE, day(3))
        assert [(one.answer, one.basis) for one in then.holders] == [(Answer.YES, Basis.ATTESTED)]
        then = account_then(workspace, store, PAGE, day(20))
        assert [(one.because, one.basis) for one in then.holders] == [
            (Because.STATEMENT_HOLDS, Basis.ATTESTED)
        ]
        snapshot(store, day(31), [account(), *seen(kinds=(FactKind.GRANTS,), observed_at=day(3))])
        assert account_then(workspace, store, PAGE, day(20)).holders == ()


def test_an_account_is_found_by_the_handle_it_had(tmp_path: Path) -> None:
    """Who asks about the past may know the old handle."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(0), [account(handle="oldname"), grant("ada"), *seen()])
        snapshot(store, day(5), [account(handle="newname"), grant("ada"), *seen()])
        for name in ("@oldname", "@newname"):
            assert account_then(workspace, store, name, day(2)).account.account_id == PAGE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-14T10:02Z", datetime(2026, 3, 14, 10, 2, tzinfo=UTC)),
        ("2026-03-14 10:02", datetime(2026, 3, 14, 15, 2, tzinfo=UTC)),
        ("2026-01-14T10:02", datetime(2026, 1, 14, 16, 2, tzinfo=UTC)),
        ("2026-11-01T01:30-06:00", datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-6)))),
    ],
)
def test_a_moment_is_in_the_organisations_zone_unless_it_says_otherwise(
    text: str, expected: datetime
) -> None:
    """The zone written wins; summer time is kept."""
    assert parse_instant(text, CHICAGO) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-11-01T01:30", "comes twice"),
        ("2026-03-08T02:30", "does not exist"),
        ("2026-03-14", "a whole day"),
        ("yesterday", "no moment"),
        ("2026-02-30", "a whole day"),
    ],
)
def test_a_moment_that_is_none_or_two_is_refused(text: str, why: str) -> None:
    """The doubled and the skipped hour need an offset; a day is no moment."""
    with pytest.raises(UsageError, match=why) as refused:
        parse_instant(text, CHICAGO)
    assert refused.value.remedy
