"""Standing in the roster, from words and dates."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.model.estate import PersonKind, PersonStatus
from connectors.hr_table import status as hr_status
from connectors.hr_table.status import Dates, Standing, decide, read_flag, read_kind, read_status

TODAY = date(2026, 11, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LONG_AGO = date(2019, 5, 1)


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("Terminated", Standing.EXITED),
        ("Terminated - Voluntary", Standing.EXITED),
        ("T", Standing.EXITED),
        ("T - Terminated", Standing.EXITED),
        ("Ex-Employee", Standing.EXITED),
        ("No longer employed", Standing.EXITED),
        ("Retired (Pension)", Standing.EXITED),
        ("Deceased", Standing.EXITED),
        ("L", Standing.LEAVE),
        ("On Leave", Standing.LEAVE),
        ("Leave of Absence - Paid", Standing.LEAVE),
        ("Inactive - Leave of Absence", Standing.LEAVE),
        ("Active - On Leave", Standing.LEAVE),
        ("Maternity leave", Standing.LEAVE),
        ("Inactive", Standing.INACTIVE),
        ("I", Standing.INACTIVE),
        ("No", Standing.INACTIVE),
        ("Active", Standing.ACTIVE),
        ("ACTIVE ", Standing.ACTIVE),
        ("A", Standing.ACTIVE),
        ("A - Active", Standing.ACTIVE),
        ("Active (Full-Time)", Standing.ACTIVE),
        ("Yes", Standing.ACTIVE),
        ("1", Standing.ACTIVE),
        ("Full-Time", Standing.EMPLOYED_AS),
        ("Contractor", Standing.EMPLOYED_AS),
        ("Pre-Hire", Standing.FUTURE),
        ("Onboarding", Standing.FUTURE),
        ("", Standing.BLANK),
        ("N/A", Standing.BLANK),
        ("Active?", Standing.ACTIVE),
        ("Activated", Standing.UNKNOWN),
        ("Pending Termination", Standing.UNKNOWN),
        ("Active until further notice", Standing.UNKNOWN),
        ("Not terminated", Standing.UNKNOWN),
        ("Returned from leave", Standing.UNKNOWN),
        ("R", Standing.UNKNOWN),
        ("Active - ZZ9", Standing.UNKNOWN),
    ],
)
def test_words(word: str, standing: Standing) -> None:
    """Status words are understood with their qualifiers, and nothing else is."""
    assert read_status(word) is standing


@given(st.text(max_size=40))
@example("Active\u200b")
@example("\uff21\uff43\uff54\uff49\uff56\uff45")
def test_unknown_is_never_active(word: str) -> None:
    """No text outside the tables counts as active: every part of it must be a known word."""
    if read_status(word) in (Standing.ACTIVE, Standing.EMPLOYED_AS):
        known = hr_status._ACTIVE | hr_status._EMPLOYED_AS | hr_status._LETTERS.keys()
        plain = hr_status._words(hr_status.unicodedata.normalize("NFKC", word).strip().casefold())
        rest = plain.split()
        while rest:
            size = next((n for n in range(len(rest), 0, -1) if " ".join(rest[:n]) in known), None)
            assert size is not None, word
            rest = rest[size:]


def status(*said: Standing, as_of: date = TODAY, **dates: date) -> PersonStatus | None:
    """Decide with ``said`` and ``dates`` today."""
    return decide(said, Dates(**dates), today=TODAY, as_of=as_of).status


def test_last_day_ahead_is_still_employed() -> None:
    """A last day that is today or to come leaves an active person active."""
    assert status(Standing.ACTIVE, left_on=TOMORROW) is PersonStatus.ACTIVE
    assert status(Standing.ACTIVE, left_on=TODAY) is PersonStatus.ACTIVE
    assert status(left_on=TOMORROW) is PersonStatus.ACTIVE


def test_last_day_past_without_a_word_is_terminated() -> None:
    """Where only dates speak, a past last day is a leaver and none is somebody employed."""
    assert status(left_on=YESTERDAY) is PersonStatus.TERMINATED
    assert status() is PersonStatus.ACTIVE
    assert status(hired_on=TOMORROW) is PersonStatus.FUTURE


def test_blank_cell_of_a_status_column_is_unknown() -> None:
    """A status column that is empty for a person says that nobody knows."""
    assert status(Standing.BLANK) is None
    assert status(Standing.BLANK, left_on=YESTERDAY) is PersonStatus.TERMINATED


def test_terminated_without_date() -> None:
    """The word alone is enough to be a leaver."""
    assert status(Standing.EXITED) is PersonStatus.TERMINATED


def test_active_with_past_last_day_is_a_contradiction() -> None:
    """Active and already gone cannot both be true: unknown, and told."""
    found = decide([Standing.ACTIVE], Dates(left_on=LONG_AGO), today=TODAY, as_of=TODAY)
    assert found.status is None
    assert "2019-05-01" in found.contradiction


def test_last_day_passed_since_the_roster_was_written() -> None:
    """A last day announced in an older roster counts once it is past, without contradiction."""
    found = decide([Standing.ACTIVE], Dates(left_on=YESTERDAY), today=TODAY, as_of=TODAY - timedelta(days=9))
    assert (found.status, found.contradiction) == (PersonStatus.TERMINATED, "")


def test_terminated_with_today_as_the_last_day_is_gone() -> None:
    """Somebody let go this morning, whom the roster marks at once, is a leaver now and not tomorrow."""
    found = decide([Standing.EXITED], Dates(left_on=TODAY), today=TODAY, as_of=TODAY)
    assert (found.status, found.contradiction) == (PersonStatus.TERMINATED, "")


def test_terminated_with_last_day_ahead_is_a_contradiction() -> None:
    """The word says gone, the date says not yet: unknown, and told."""
    found = decide([Standing.EXITED], Dates(left_on=TOMORROW), today=TODAY, as_of=TODAY)
    assert found.status is None
    assert found.contradiction


def test_rehire_is_active() -> None:
    """A last day before the latest hire belongs to an earlier employment."""
    assert status(Standing.ACTIVE, left_on=LONG_AGO, hired_on=date(2022, 1, 3)) is PersonStatus.ACTIVE


def test_inactive_future_hire_is_future() -> None:
    """BambooHR writes future hires as inactive."""
    assert status(Standing.INACTIVE, hired_on=TOMORROW) is PersonStatus.FUTURE
    assert status(Standing.INACTIVE, hired_on=LONG_AGO) is PersonStatus.TERMINATED


def test_onboarding_after_the_first_day_is_a_contradiction() -> None:
    """Not yet started with a past first day is unknown."""
    assert status(Standing.FUTURE, hired_on=LONG_AGO) is None
    assert status(Standing.FUTURE, hired_on=TOMORROW) is PersonStatus.FUTURE


def test_leave_dates_around_today() -> None:
    """Active with leave dates around today is on leave."""
    assert status(Standing.ACTIVE, leave_start=YESTERDAY, leave_return=TOMORROW) is PersonStatus.LEAVE
    assert status(Standing.ACTIVE, leave_start=LONG_AGO, leave_return=YESTERDAY) is PersonStatus.ACTIVE


def test_a_kind_of_employment_yields_to_a_status() -> None:
    """'Regular' beside 'Terminated' is the job's kind, not a second opinion."""
    assert status(Standing.EMPLOYED_AS, Standing.EXITED) is PersonStatus.TERMINATED
    assert status(Standing.EMPLOYED_AS) is PersonStatus.ACTIVE
    assert status(Standing.EMPLOYED_AS, Standing.BLANK) is None


def test_cells_that_contradict() -> None:
    """Active in one cell and terminated in another is unknown, and told."""
    found = decide([Standing.ACTIVE, Standing.EXITED], Dates(), today=TODAY, as_of=TODAY)
    assert found.status is None
    assert "active and exited" in found.contradiction


@given(
    st.sets(st.sampled_from(Standing)),
    st.lists(st.sampled_from([None, LONG_AGO, YESTERDAY, TODAY, TOMORROW]), min_size=4, max_size=4),
)
def test_active_needs_a_reason(said: set[Standing], days: list[date | None]) -> None:
    """Nobody is active against a word or a date that says otherwise, or with a word nobody knows."""
    dates = Dates(*days)
    if decide(said, dates, today=TODAY, as_of=TODAY).status is PersonStatus.ACTIVE:
        assert not said & {Standing.EXITED, Standing.INACTIVE, Standing.UNKNOWN, Standing.LEAVE}
        assert dates.left_on is None or dates.left_on >= TODAY or dates.left_before_rehire


def test_every_standing_and_date_is_decided() -> None:
    """No combination of words and dates raises."""
    days = (None, LONG_AGO, TODAY, TOMORROW)
    decided = [
        decide([one, other], Dates(hired, left), today=TODAY, as_of=YESTERDAY).status
        for one, other in product(Standing, Standing)
        for hired, left in product(days, days)
    ]
    assert set(decided) <= {None, *PersonStatus}


@pytest.mark.parametrize(
    ("text", "flag"), [("TRUE", True), ("no", False), ("0", False), ("", None), ("maybe", None)]
)
def test_flags(text: str, flag: bool | None) -> None:
    """A yes/no cell is yes, no, or neither."""
    assert read_flag(text) is flag


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Contingent Worker", PersonKind.CONTRACTOR),
        ("Regular Full-Time", PersonKind.EMPLOYEE),
        ("T", PersonKind.EMPLOYEE),
        ("Agency", PersonKind.AGENCY),
        ("1099", PersonKind.CONTRACTOR),
        ("Zebra", None),
    ],
)
def test_kinds(text: str, kind: PersonKind | None) -> None:
    """The employment type is normalised; in its column T is temporary, not terminated."""
    assert read_kind(text) is kind
