"""Exposure clocks over real snapshots: who left, what was read, and what that proves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from auditor.app.exposure import exposure_of
from auditor.app.workspace import Workspace
from auditor.model.estate import AccessStatus, CoverageState, FactKind, PersonStatus
from auditor.model.exposure import Clock, ClockState, EndBasis, Exposure
from auditor.model.facts import Fact
from auditor.model.finding import Basis, Verdict
from auditor.model.people import Person
from auditor.store import Store
from tests.app.support_history import (
    PAGE,
    PORTFOLIO,
    account,
    day,
    grant,
    holder,
    house,
    person,
    seen,
    snapshot,
    unread,
)

LEFT = date(2026, 9, 2)
END = datetime(2026, 9, 3, 5, tzinfo=UTC)
"""The end of that day in Chicago: hour 47 of the history."""
NAMES = [holder("ada"), holder("bo"), account()]


def gone(name: str = "ada", left: date | None = LEFT, **changes: object) -> Person:
    """Return somebody who has left."""
    return person(name, PersonStatus.TERMINATED, left_on=left, **changes)


def exposed(workspace: Workspace, store: Store) -> Exposure:
    """Return the clocks of the newest snapshot."""
    found = exposure_of(workspace, store, store.snapshot("latest"))
    assert found is not None
    return found


def clocks(folder: Path, *readings: tuple[float, list[Fact]], extra: str = "") -> tuple[Clock, ...]:
    """Return the clocks after snapshots with these facts, each at its hour after the end of work."""
    with house(folder, extra) as (workspace, store):
        for hour, facts in readings:
            snapshot(store, day((47 + hour) / 24), [*NAMES, *facts])
        return exposed(workspace, store).clocks


def test_from_the_last_day_to_the_proof(tmp_path: Path) -> None:
    """The range opens at the last sight and closes at the whole reading without it; its width is our polling."""
    (clock,) = clocks(
        tmp_path,
        (-40, [person("ada"), grant("ada"), *seen()]),
        (10, [gone(), grant("ada"), *seen()]),
        (20, [gone(), *unread()]),
        (23, [gone(), *seen()]),
    )
    assert clock.departure.latest == END.astimezone(ZoneInfo("America/Chicago"))
    assert clock.departure.basis is EndBasis.LAST_DAY
    assert (clock.state, clock.at_least_hours, clock.at_most_hours, clock.polling_hours) == (
        ClockState.REMOVED, 10, 23, 13,
    )  # fmt: skip
    assert (clock.verdict, clock.strict, clock.basis) == (Verdict.PASS, Verdict.FAIL, Basis.VERIFIED)
    assert clock.last_seen_snapshot is not None
    assert clock.proved_snapshot is not None
    assert clock.last_seen_snapshot < clock.proved_snapshot
    assert (clock.person, clock.account) == ("Ada", "Riverside Health")


@pytest.mark.parametrize(
    "after",
    [
        [],
        [grant("ada", status=AccessStatus.REMOVED)],
        [grant("ada", status=AccessStatus.SUSPENDED)],
        [grant("ada"), holder("ada", status=AccessStatus.SUSPENDED)],
        [grant("ada", expires_at=day(1))],
    ],
)
def test_gone_suspended_and_lapsed_are_proof_alike(tmp_path: Path, after: list[Fact]) -> None:
    """What lets nobody act is no access, as long as the account's holders were read."""
    (clock,) = clocks(tmp_path, (10, [gone(), grant("ada"), *seen()]), (30, [gone(), *after, *seen()]))
    assert (clock.state, clock.proved_at) == (ClockState.REMOVED, day(77 / 24))


@pytest.mark.parametrize("state", [state for state in CoverageState if not state.is_known])
def test_silence_is_no_proof(tmp_path: Path, state: CoverageState) -> None:
    """A reading that was not whole leaves the clock running, and says so."""
    (clock,) = clocks(
        tmp_path, (10, [gone(), grant("ada"), *seen()]), (60, [gone(), *seen(state=state)]),
    )  # fmt: skip
    assert (clock.state, clock.verdict) == (ClockState.RUNNING, Verdict.UNKNOWN)
    assert (clock.at_least_hours, clock.at_most_hours) == (10, 60)
    assert clock.reason
    assert clock.remedy


def test_a_running_clock_is_over_once_it_was_seen_past_the_limit(tmp_path: Path) -> None:
    """Seen 25 hours after the end, the default limit is broken, whatever comes."""
    (clock,) = clocks(tmp_path, (25, [gone(), grant("ada"), *seen()]))
    assert (clock.state, clock.verdict, clock.at_least_hours) == (ClockState.RUNNING, Verdict.FAIL, 25)


def test_the_limits_are_the_organisations(tmp_path: Path) -> None:
    """Another limit decides otherwise, and the stricter one can be left out."""
    extra = "policies: {exposure: {limit_hours: 30, strict_hours: null}}\n"
    readings = (25, [gone(), grant("ada"), *seen()]), (29, [gone(), *seen()])
    (clock,) = clocks(tmp_path, *readings, extra=extra)
    assert (clock.verdict, clock.strict) == (Verdict.PASS, None)


def test_access_taken_before_the_last_day_sets_no_clock(tmp_path: Path) -> None:
    """Who was read without access before the end of work was not exposed; nor is who never held any."""
    assert clocks(
        tmp_path,
        (-40, [person("ada"), person("bo"), grant("ada"), *seen()]),
        (-1, [person("ada"), person("bo"), *seen()]),
        (20, [gone(), gone("bo"), *seen()]),
    ) == ()  # fmt: skip


def test_not_read_since_they_left_is_unknown_with_its_remedy(tmp_path: Path) -> None:
    """Access of before the departure, on an account that was not read since, may still be there."""
    (clock,) = clocks(
        tmp_path, (-1, [person("ada"), grant("ada"), *seen()]), (20, [gone(), *unread()]),
    )  # fmt: skip
    assert (clock.state, clock.verdict, clock.at_least_hours) == (ClockState.UNKNOWN, Verdict.UNKNOWN, 0)
    assert "not been read since" in clock.reason
    assert "auditor audit" in clock.remedy


def test_a_return_stops_the_clock_and_a_second_departure_sets_another(tmp_path: Path) -> None:
    """Somebody hired anew is no leaver from that day on; each departure has its own clock."""
    back = person("ada", hired_on=date(2026, 9, 10))
    again = gone(left=date(2026, 9, 20), hired_on=date(2026, 9, 10))
    first, second = sorted(
        clocks(
            tmp_path,
            (10, [gone(), grant("ada"), *seen()]),
            (240, [back, grant("ada"), *seen()]),
            (500, [again, grant("ada"), *seen()]),
        ),
        key=lambda clock: clock.departure.latest,
    )
    assert (first.state, first.departure.returned_at) == (
        ClockState.RETURNED,
        datetime(2026, 9, 10, tzinfo=ZoneInfo("America/Chicago")),
    )
    assert (first.at_least_hours, first.at_most_hours) == (10, 168)
    assert second.state is ClockState.RUNNING
    assert second.departure.left_on == date(2026, 9, 20)


def test_leaving_again_between_two_rosters_is_noticed(tmp_path: Path) -> None:
    """A later last day after a later first day is a second departure, though no roster showed them back."""
    again = gone(left=date(2026, 9, 20), hired_on=date(2026, 9, 10))
    found = clocks(tmp_path, (10, [gone(), grant("ada"), *seen()]), (500, [again, grant("ada"), *seen()]))
    assert sorted(clock.state for clock in found) == [ClockState.RETURNED, ClockState.RUNNING]


def test_a_last_day_that_was_put_off_counts_as_put_off(tmp_path: Path) -> None:
    """The newest word on the last day holds; one that is still to come sets no clock."""
    corrected = clocks(
        tmp_path, (10, [gone(), grant("ada"), *seen()]), (60, [gone(left=date(2026, 9, 3)), grant("ada"), *seen()]),
    )  # fmt: skip
    assert [clock.departure.left_on for clock in corrected] == [date(2026, 9, 3)]
    folder = tmp_path / "later"
    folder.mkdir()
    stays = person("ada", left_on=date(2027, 1, 1))
    announced = person("ada", left_on=LEFT)
    assert clocks(folder, (-40, [announced, grant("ada"), *seen()]), (-20, [stays, grant("ada"), *seen()]),
                  (60, [stays, grant("ada"), *seen()])) == ()  # fmt: skip


def test_without_a_last_day_the_end_lies_between_two_rosters(tmp_path: Path) -> None:
    """The range then counts from both rosters; with one roster alone nothing is certain at the upper end."""
    (clock,) = clocks(
        tmp_path,
        (0, [person("ada"), grant("ada"), *seen()]),
        (5, [gone(left=None), grant("ada"), *seen()]),
        (12, [gone(left=None), *seen()]),
    )
    assert clock.departure.basis is EndBasis.TWO_ROSTERS
    assert (clock.at_least_hours, clock.at_most_hours) == (0, 12)
    folder = tmp_path / "one"
    folder.mkdir()
    (clock,) = clocks(folder, (5, [gone(left=None), grant("ada"), *seen()]), (12, [gone(left=None), *seen()]))
    assert (clock.departure.basis, clock.at_most_hours, clock.verdict) == (
        EndBasis.ONE_ROSTER, None, Verdict.UNKNOWN,
    )  # fmt: skip
    assert "last day" in clock.remedy


def test_a_leaver_the_roster_dropped_is_still_one(tmp_path: Path) -> None:
    """Rosters forget; the snapshots do not. The identity is matched though it is gone as well."""
    (clock,) = clocks(
        tmp_path,
        (10, [gone(), person("bo"), grant("ada"), *seen()]),
        (20, [person("bo"), grant("ada"), *seen()]),
    )
    assert (clock.state, clock.at_least_hours) == (ClockState.RUNNING, 20)


def test_a_page_that_is_gone_proves_that_nobody_holds_it(tmp_path: Path) -> None:
    """The portfolio's whole list without the Page is proof as good as the Page's own."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(3), [*NAMES, gone(), grant("ada"), *seen()])
        snapshot(store, day(4), [holder("ada"), gone(), *seen(PORTFOLIO, kinds=())])
        (clock,) = exposed(workspace, store).clocks
        assert clock.proved_at == day(4)
        first = exposure_of(workspace, store, store.snapshots()[-1])
        assert first is not None
        assert first.clocks[0].state is ClockState.RUNNING


def test_a_carried_snapshot_proves_nothing_of_access(tmp_path: Path) -> None:
    """A roster poll brings a new roster; its carried facts are no second sight."""
    with house(tmp_path) as (workspace, store):
        first = snapshot(store, day(1), [*NAMES, person("ada"), grant("ada"), *seen()])
        snapshot(store, day(3), [*NAMES, gone(), grant("ada"), *seen()], carried_from=first.id)
        found = exposed(workspace, store)
    (clock,) = found.clocks
    assert (clock.state, clock.at_least_hours, found.snapshots) == (ClockState.UNKNOWN, 0, 1)


def test_accounts_never_read_are_told(tmp_path: Path) -> None:
    """Where nobody could ever read who holds access, no clock can run, and the remedy is the platform's."""
    refused = seen(
        PAGE, kinds=(FactKind.GRANTS,), state=CoverageState.NOT_EXPOSED, reason="X shows no delegates.",
        remedy="Have them attested.",
    )  # fmt: skip
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(3), [*NAMES, gone(), *refused])
        found = exposed(workspace, store)
    assert [(one.account_id, one.reason, one.remedy) for one in found.unread] == [
        (PAGE, "X shows no delegates.", "Have them attested.")
    ]


def test_without_a_roster_there_is_no_clock(tmp_path: Path) -> None:
    """Nobody is known to have left, which is not the same as that nobody has."""
    with house(tmp_path) as (workspace, store):
        snapshot(store, day(3), [*NAMES, grant("ada"), *seen()])
        assert exposure_of(workspace, store, store.snapshot("latest")) is None
