"""Who is told of what, as a pure function: nothing that has a route is lost, nobody learns of another's account."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.app.alerts_matters import Desk, Matter
from auditor.app.alerts_pages import Pages, words
from auditor.app.alerts_receivers import Receivers
from auditor.app.alerts_routes import Route, end_of_quiet, routes_for, routes_of
from auditor.app.alerts_topics import Known, Topic, alert_id, still_telling
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.config.alerts import QuietHours, RouteWhen
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from reports.review import AccessReview
from tests.app.support_alerts import NOON, REPORTS, event, event_of, leaver, seen
from tests.app.support_removal import account

OWNERS = ("ann@x.example", "ben@x.example", "bo@x.example", None)
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with mail and the built-in routes."""
    path = tmp_path_factory.mktemp("house") / "auditor.yaml"
    path.write_text(f"organization: {{name: Riverside Health}}\n{REPORTS}", encoding="utf-8")
    return Workspace(load_config(Path(path)), clock=lambda: NOON)


def matters_of(workspace: Workspace, review: AccessReview, events: list[Event]) -> list[Matter]:
    """Return what the built-in routes make of ``events``; bo@x.example is a leaver's."""
    known = Known(review)
    receivers = Receivers(workspace, known, frozenset({"bo@x.example"}))
    return Desk(routes_of(workspace), known, receivers, NOON, UTC).matters(events)


@settings(max_examples=60, deadline=None)
@given(
    owners=st.lists(st.sampled_from(OWNERS), min_size=1, max_size=6),
    leavers=st.lists(st.sampled_from(["p1", "p2", "p3"]), min_size=1, max_size=3, unique=True),
    severity=st.sampled_from([Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM]),
)
def test_everything_is_told_and_nobody_learns_of_anothers_account(
    workspace: Workspace, owners: list[str | None], leavers: list[str], severity: Severity
) -> None:
    """Whole to the reports' recipients; to each owner their own; to a leaver nothing; below high nothing."""
    named = [(f"x:{10 + number}", owner) for number, owner in enumerate(owners)]
    found = [one for who in leavers for one in leaver(*named, who=who, severity=severity)[1]]
    review = seen([one for who in leavers[:1] for one in leaver(*named, who=who)[0]], found)
    matters = matters_of(workspace, review, [event_of(one) for one in found])
    if severity < Severity.HIGH:
        assert matters == []
        return
    assert sorted(str(one.topic) for one in matters) == sorted(f"person {who}" for who in leavers)
    pages = Pages(workspace, Known(review), matters, "s1")
    for matter in matters:
        told = {telling.receiver.recipient: telling for telling in matter.tellings.values()}
        assert "bo@x.example" not in told
        assert set(told["privacy@riverside.example"].events) == {one.key for one in matter.events}
        for address, telling in told.items():
            own = {account_id for account_id, owner in named if owner == address}
            page = pages.page(matter, telling)
            assert page is not None
            if telling.receiver.is_owner:
                assert {one.account_id for one in page.findings} == own
                assert {one.account_id for one in page.accounts} <= own
                others = [account_id for account_id, owner in named if owner != address]
                assert not any(other in repr(page) for other in others)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times(),
    st.times(),
)
def test_quiet_hours_end_when_the_clock_says_so(now: datetime, start: time, end: time) -> None:
    """Outside of them nothing waits; inside, until the end, never longer than a day and an hour."""
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if start == end:
        return
    due = end_of_quiet(QuietHours.model_validate({"from": start, "to": end}), now, CHICAGO)
    assert now <= due <= now + timedelta(hours=25)
    local = now.astimezone(CHICAGO).time()
    inside = start <= local < end if start < end else local >= start or local < end
    if due > now:
        assert (
            due.astimezone(CHICAGO).time() >= end
            or due.astimezone(CHICAGO).utcoffset() != now.astimezone(CHICAGO).utcoffset()
        )
    elif inside:
        # Only where clocks are put back or forward over the hour in question.
        day = now.astimezone(CHICAGO).date()
        assert (day.month, day.day) in {(3, 8), (3, 14), (11, 1), (11, 7)}


def test_quiet_hours_over_the_night_clocks_change() -> None:
    """In both nights they end at seven as clocks show it: an hour earlier, an hour later."""
    quiet = QuietHours.model_validate({"from": "22:00", "to": "07:00"})
    spring = end_of_quiet(quiet, datetime(2026, 3, 8, 5, tzinfo=UTC), CHICAGO)
    autumn = end_of_quiet(quiet, datetime(2026, 11, 1, 4, tzinfo=UTC), CHICAGO)
    assert spring == datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert autumn == datetime(2026, 11, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"severity": "critical"}, False),
        ({"rules": ["former-*"]}, True),
        ({"rules": ["former"]}, False),
        ({"platforms": ["facebook", "x"]}, True),
        ({"platforms": ["facebook"]}, False),
        ({"tiers": [1]}, True),
        ({"tiers": [2]}, False),
        ({"owners": ["SAM@*"]}, True),
        ({"owners": ["kim@*"]}, False),
        ({"kinds": ["drift.*"]}, False),
    ],
)  # fmt: skip
def test_a_route_is_for_what_fits_all_it_says(when: dict[str, object], fits: bool) -> None:
    """Severity, kind, rule, platform, tier and owner must all fit."""
    held, found = leaver(("x:1", "sam@riverside.example"), severity=Severity.HIGH)
    route = Route(RouteWhen.model_validate(when), ("recipients",))
    assert route.fits(event_of(found[0]), held[0]) is fits


def test_a_final_route_ends_the_search_and_alerts_raise_no_alerts() -> None:
    """What is after it is not asked; the journal's own words on alerts fit no route."""
    wide = RouteWhen.model_validate({"kinds": ["*"], "severity": "info"})
    routes = (Route(wide, ("a",), is_final=True), Route(wide, ("b",)))
    assert [one.targets for one in routes_for(routes, event(), None)] == [("a",)]
    for kind in (EventKind.ALERT_RAISED, EventKind.ALERT_ACKNOWLEDGED, EventKind.ALERT_ESCALATED):
        assert routes_for(routes, event(kind), None) == ()


def test_what_is_known_of_an_identity_joins_its_person() -> None:
    """A change at an identity and a finding on its person are one matter."""
    held, found = leaver(("x:1", None))
    known = Known(seen(held, found))
    change = event(EventKind.LEVEL_RAISED, "raised", principal_id="x:bo", account_id="x:1")
    assert known.topic(change) == known.topic(event_of(found[0])) == Topic("person", "bo")
    assert Known(None).topic(event(EventKind.JOB_FAILED, subject_id="audit")) == Topic("job", "audit")


def test_the_last_word_on_a_finding_counts() -> None:
    """Resolved last: nothing to tell; reopened after that: told, and not resolved."""
    new, gone = event(key="1", fingerprint="f"), event(EventKind.FINDING_RESOLVED, "2", fingerprint="f")
    again = event(EventKind.FINDING_REOPENED, "3", fingerprint="f")
    assert still_telling([new, gone]) == ([gone], {"f"})
    assert still_telling([new, gone, again]) == ([new, gone, again], set())


def test_an_alert_has_the_same_id_whatever_the_order() -> None:
    """Two machines that read the same events raise the same alert."""
    one, two = event(key="1"), event(key="2")
    assert alert_id(Topic("person", "a"), [one, two]) == alert_id(Topic("person", "a"), [two, one])
    assert alert_id(Topic("person", "a"), [one]) != alert_id(Topic("person", "b"), [one])


def test_an_account_that_is_not_in_the_snapshot_is_told_to_the_recipients(workspace: Workspace) -> None:
    """An event about an account nobody knows any more reaches those who read the reports, and no owner."""
    told = event(account_id="x:gone", fingerprint="f", message="Ann still has access")
    (matter,) = matters_of(workspace, seen([account("x:1", owner_email="ann@x.example")]), [told])
    assert [one.receiver.recipient for one in matter.tellings.values()] == ["privacy@riverside.example"]


@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(hours=4), "4 hours"), (timedelta(days=1), "1 day"), (timedelta(minutes=90), "90 minutes"),
     (timedelta(seconds=20), "20 seconds")],
)  # fmt: skip
def test_lengths_of_time_are_said_as_people_say_them(length: timedelta, said: str) -> None:
    """The largest unit that is whole."""
    assert words(length) == said
