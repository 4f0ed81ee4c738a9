"""Dates decided column by column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hr_table.dates import DatesRead, Order, parse_order, read_dates

TODAY = date(2026, 11, 20)


def read(*cells: str, order: Order | None = None) -> DatesRead:
    """Read ``cells`` as a column that starts on line 2."""
    return read_dates("Hire Date", list(enumerate(cells, 2)), today=TODAY, order=order)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("2026-03-04", "2026-12-01T00:00:00Z"), (date(2026, 3, 4), date(2026, 12, 1))),
        (("2026/03/04",), (date(2026, 3, 4),)),
        (("20260304",), (date(2026, 3, 4),)),
        (("3/4/2026", "3/14/2026"), (date(2026, 3, 4), date(2026, 3, 14))),
        (("3/4/2026 12:00:00 AM", "3/14/2026 0:00"), (date(2026, 3, 4), date(2026, 3, 14))),
        (("03.04.2026", "14.03.2026"), (date(2026, 4, 3), date(2026, 3, 14))),
        (("4-Mar-2026", "04-MAR-26"), (date(2026, 3, 4), date(2026, 3, 4))),
        (("March 4, 2026", "Mar 4 2026"), (date(2026, 3, 4), date(2026, 3, 4))),
        (("Wed, 4th March 2026",), (date(2026, 3, 4),)),
        (("46023", "46023.0"), (date(2026, 1, 1), date(2026, 1, 1))),
        (("12312026", "01022026"), (date(2026, 12, 31), date(2026, 1, 2))),
        (("31/12/98", "01/02/03"), (date(1998, 12, 31), date(2003, 2, 1))),
        (("12/31/46", "1/2/47"), (date(2046, 12, 31), date(1947, 1, 2))),
    ],
)
def test_forms(cells: tuple[str, ...], expected: tuple[date, ...]) -> None:
    """Every usual way to write a date is read where the column leaves one reading."""
    assert tuple(read(*cells).dates.values()) == expected


def test_ambiguous_column_is_a_question() -> None:
    """03/04/2026 with nothing to decide it is asked about, with both readings and the line."""
    found = read("03/04/2026", "05/06/2026")
    assert found.dates == {}
    assert (
        "column 'Hire Date': is '03/04/2026' on line 2, 4 March 2026 (m/d/y) or 3 April 2026 (d/m/y)?"
        in found.question
    )
    assert found.choices == (Order.MDY, Order.DMY)
    assert found.line == 2


def test_same_reading_either_way_is_no_question() -> None:
    """05/05/2026 is one day whatever the order."""
    assert read("05/05/2026", "12/12/2025").dates == {2: date(2026, 5, 5), 3: date(2025, 12, 12)}


def test_declared_order_answers_the_question() -> None:
    """With date_format the ambiguous column is read as declared."""
    assert read("03/04/2026", order=Order.DMY).dates == {2: date(2026, 4, 3)}


def test_declared_order_that_cannot_be_is_refused() -> None:
    """One cell that the declared order cannot read refuses the whole column: the others may be turned around."""
    found = read("03/04/2026", "13/04/2026", order=Order.MDY)
    assert found.dates == {}
    assert "'13/04/2026' on line 3" in found.question


def test_mixed_orders_are_refused() -> None:
    """A column that holds both 13/04 and 04/13 is not read, and both lines are named."""
    found = read("13/04/2026", "04/13/2026", "01/02/2026")
    assert found.dates == {}
    assert "line 2" in found.question
    assert "line 3" in found.question


def test_dates_turned_around_by_a_spreadsheet_are_refused() -> None:
    """Real dates beside text with days above 12 are the mark of a spreadsheet that misread the rest."""
    found = read("2026-04-03", "13/04/2026")
    assert found.dates == {}
    assert "turned" in found.question


def test_year_day_month_is_asked_about() -> None:
    """2026-13-04 is no ISO date: the column may be year-day-month, so none of it is read."""
    assert read("2026-03-04", "2026-13-04").choices == (Order.YDM,)
    assert read("2026-03-04", "2026-13-04", order=Order.YDM).dates == {
        2: date(2026, 4, 3),
        3: date(2026, 4, 13),
    }


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "N/A", "00/00/0000", "0000-00-00", "1900-01-01", "12/31/9999", "1/0/1900"]
)
def test_no_date(cell: str) -> None:
    """Blanks, null dates and open ends are no date and no fault."""
    found = read(cell)
    assert (found.dates, found.unreadable, found.question) == ({}, (), "")


@pytest.mark.parametrize(
    "cell", ["see note", "02/30/2026", "2026", "12345678901", "1/2/3", "99/99/9999", "x" * 5_000]
)
def test_unreadable_cell_is_told_with_its_line(cell: str) -> None:
    """What is no date under any order is told, and the rest of the column is read."""
    found = read("3/14/2026", cell)
    assert found.dates == {2: date(2026, 3, 14)}
    assert [bad.line for bad in found.unreadable] == [3]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("m/d/y", Order.MDY),
        ("DD.MM.YYYY", Order.DMY),
        ("%d/%m/%Y", Order.DMY),
        ("%B %d, %Y", Order.MDY),
        ("d-MMM-yyyy", Order.DMY),
        ("YYYY-MM-DD", Order.YMD),
        ("ISO", Order.YMD),
        ("Excel", Order.SERIAL),
    ],
)
def test_parse_order(text: str, order: Order) -> None:
    """date_format is understood as people and programmers write it."""
    assert parse_order(text) is order


@pytest.mark.parametrize("text", ["", "m/d", "dd-dd-yyyy", "%H:%M", "american"])
def test_parse_order_refuses(text: str) -> None:
    """What names no order is refused."""
    with pytest.raises(ValueError, match="no order"):
        parse_order(text)


RENDERERS: dict[str, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "iso slashes": lambda d: f"{d:%Y/%m/%d}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "us": lambda d: f"{d.month}/{d.day}/{d.year}",
    "us padded": lambda d: f"{d:%m/%d/%Y}",
    "us two digits": lambda d: f"{d:%m/%d/%y}",
    "us compact": lambda d: f"{d:%m%d%Y}",
    "eu": lambda d: f"{d:%d.%m.%Y}",
    "uk": lambda d: f"{d:%d/%m/%Y}",
    "uk two digits": lambda d: f"{d.day}-{d:%m-%y}",
    "eu compact": lambda d: f"{d:%d%m%Y}",
    "short year first": lambda d: f"{d:%y/%m/%d}",
    "named": lambda d: f"{d.day}-{d:%b-%Y}",
    "named two digits": lambda d: f"{d.day}-{d:%b-%y}",
    "long": lambda d: f"{d:%B} {d.day}, {d.year}",
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "stamp": lambda d: f"{d:%m/%d/%Y} 12:00:00 AM",
}
DAYS = st.dates(date(1960, 1, 1), date(2040, 12, 31))


@given(st.lists(DAYS, min_size=1, max_size=12), st.sampled_from(sorted(RENDERERS)))
def test_never_read_wrong(days: list[date], form: str) -> None:
    """A column of real dates in one format is read right or asked about, never read wrong."""
    found = read(*(RENDERERS[form](day) for day in days))
    assert found.question or list(found.dates.values()) == days
    assert found.unreadable == ()


@given(
    st.lists(DAYS, min_size=1, max_size=8),
    st.sampled_from(["us padded", "uk", "iso", "named", "short year first"]),
)
def test_declared_is_read_right(days: list[date], form: str) -> None:
    """With the right order declared there is no question left."""
    order = {"us padded": Order.MDY, "uk": Order.DMY, "short year first": Order.YMD}.get(form, Order.DMY)
    assert list(read(*(RENDERERS[form](day) for day in days), order=order).dates.values()) == days


@given(st.lists(st.text(max_size=20), max_size=8), st.sampled_from([None, *Order]))
def test_any_text(cells: list[str], order: Order | None) -> None:
    """Whatever stands in the cells, the answer is dates within two centuries, faults or a question."""
    found = read(*cells, order=order)
    assert all(date(1930, 1, 1) <= day < date(2200, 1, 1) for day in found.dates.values())
    assert len(found.dates) + len(found.unreadable) <= len(cells)


@given(st.permutations([TODAY - timedelta(days=37 * n) for n in range(6)]))
def test_order_of_rows_does_not_matter(days: list[date]) -> None:
    """The decision is the column's, whichever row comes first."""
    assert read(*(f"{day:%m/%d/%Y}" for day in days)).order is Order.MDY
