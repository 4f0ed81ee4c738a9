"""Reminders: told at each day of notice, once, and late rather than never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.reminders import days_of_notice, remind
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.model.event import Event, EventKind
from auditor.model.facts import Token
from auditor.model.finding import Severity
from auditor.model.people import Vendor
from auditor.store.store import Store
from tests.store.support_store import ORGANIZATION, account, snapshot
from tests.support import NOW

TODAY = date(2026, 11, 20)


class Moved:
    """A workspace and its store, on a day that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        path = folder / "auditor.yaml"
        path.write_text(f"organization: {{name: {ORGANIZATION}, timezone: America/Chicago}}\n")
        self.workspace = Workspace(load_config(path), clock=lambda: self.now)
        self.store = Store.open(
            f"sqlite:///{folder / 'a.db'}", organization=ORGANIZATION, clock=lambda: self.now
        )

    def told(self) -> list[Event]:
        """Return the reminders of the journal."""
        return [event for event in self.store.events.after(0) if event.kind is EventKind.EXPIRING]


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Moved]:
    """Return such a workspace with an empty store."""
    made = Moved(tmp_path)
    yield made
    made.store.close()


def at(day: date) -> datetime:
    """Return noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_what_lapses_is_told_fourteen_and_three_days_before_and_when_it_has(moved: Moved) -> None:
    """Looked at every day for four weeks: three reminders of an attestation, no more."""
    last = TODAY + timedelta(days=20)
    attested = account(1, source="x-delegates", attested_by="lee@riverside.example", valid_until=at(last))
    snapshot(
        moved.store,
        [
            attested,
            account(2, source="x-delegates", attested_by="lee@riverside.example", valid_until=at(last)),
        ],
    )
    days = []
    for day in range(28):
        moved.now = at(TODAY + timedelta(days=day))
        days += [day] * remind(moved.workspace, moved.store)
    assert days == [6, 17, 21]
    what = "What lee@riverside.example attested in the connection x-delegates lapses on 2026-12-10"
    then = "Have it attested anew; after that day it is unknown."
    assert [event.message for event in moved.told()] == [
        f"{what} ({when}). {then}" for when in ("in 14 days", "in 3 days", "yesterday")
    ]
    assert [event.severity for event in moved.told()] == [Severity.MEDIUM, Severity.MEDIUM, Severity.HIGH]


def test_a_reminder_missed_while_nothing_ran_is_told_late(moved: Moved) -> None:
    """Looked at for the first time five days before: the notice of fourteen days is due at once."""
    token = Token(
        source="meta", observed_at=NOW, token_id="t1", kind="user", account_id="facebook:1",
        expires_at=at(TODAY + timedelta(days=5)), data_access_expires_at=at(TODAY + timedelta(days=80)),
    )  # fmt: skip
    snapshot(moved.store, [token])
    assert remind(moved.workspace, moved.store) == 1
    assert remind(moved.workspace, moved.store) == 0
    (event,) = moved.told()
    assert event.message.startswith(
        "The user token of the connection meta expires on 2026-11-25 (in 5 days)."
    )
    assert event.account_id == "facebook:1"


def test_a_vendors_contract_and_baa_are_told_apart(moved: Moved) -> None:
    """Each has its own last day."""
    vendor = Vendor(
        source="vendors", observed_at=NOW, vendor_id="v1", name="Agency <b>", contract_ends_on=TODAY,
        baa_expires_on=TODAY + timedelta(days=1),
    )  # fmt: skip
    snapshot(moved.store, [vendor])
    assert remind(moved.workspace, moved.store) == 2
    assert {event.message.partition(".")[0] for event in moved.told()} == {
        "The vendor Agency <b>'s contract ends on 2026-11-20 (today)",
        "The vendor Agency <b>'s BAA expires on 2026-11-21 (tomorrow)",
    }


def test_without_a_snapshot_there_is_nothing_to_remind_of(moved: Moved) -> None:
    """A new store has no reminders."""
    assert remind(moved.workspace, moved.store) == 0


def test_a_last_day_is_a_day_of_the_organisation(moved: Moved) -> None:
    """What lapses at three in the morning UTC lapses the evening before in Chicago."""
    until = datetime(2026, 11, 24, 3, tzinfo=UTC)
    snapshot(moved.store, [account(1, attested_by="lee@riverside.example", valid_until=until)])
    remind(moved.workspace, moved.store)
    assert "on 2026-11-23 (in 3 days)" in moved.told()[0].message


@given(st.integers(-60, 60), st.lists(st.integers(0, 60), min_size=1, max_size=4))
def test_every_day_of_notice_comes_once_as_the_day_draws_near(left: int, notice: list[int]) -> None:
    """The notice due is the nearest reached; it never goes back to a further one, and ends with the day."""
    days = [days_of_notice(TODAY, TODAY - timedelta(days=before), notice) for before in range(61, -61, -1)]
    told = [one for one in days if one is not None]
    assert told == sorted(told, reverse=True)
    assert set(told) == {-1, *notice}
    due = days_of_notice(TODAY + timedelta(days=left), TODAY, notice)
    assert due is None or due == -1 or due >= left
