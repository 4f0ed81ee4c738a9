"""Dates as people and systems write them, decided column by column.

03/04/2026 is March in one country and April in the next, and a wrong guess moves a leaver's last day
by months. So one cell is never read by itself: all cells of a column say together in which order its
dates are written. Where they leave two readings that differ, nothing is read and a question comes
back instead; likewise where a column mixes ways of writing, the mark of a spreadsheet that turned
half of the dates around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.hr_table.date_cells import GUESSED_ORDERS, DateCell, Order, is_blank, read_cell

__all__ = ["DatesRead", "Order", "Unreadable", "parse_order", "read_dates"]

_NULL_DATES = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)}
)
"""What databases and spreadsheets write where there is no date."""
_FIRST_YEAR, _OPEN_END_YEAR = 1930, 2200
_SHOWN = 3
_REWRITE = "write the column's dates as 2026-03-04 (year-month-day)"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One cell that is not a date."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class DatesRead:
    """What a column of dates says: either dates by line, or a question and no date at all."""

    dates: Mapping[int, date] = field(default_factory=dict)
    """Line to date; blank and unreadable cells are absent."""
    unreadable: tuple[Unreadable, ...] = ()
    question: str = ""
    """What a person must decide before the column can be read; empty where it was read."""
    choices: tuple[Order, ...] = ()
    """The orders to choose from, where declaring one settles the question."""
    mend: str = ""
    """The other way out: what to change in the file."""
    line: int | None = None
    """The first line the question is about."""
    order: Order | None = None
    """How numeric dates were read; None where none had to be ordered."""


def parse_order(text: str) -> Order:
    """Return the order written as ``m/d/y``, ``DD.MM.YYYY``, ``%d/%m/%Y``, ``d-MMM-yyyy`` or ``excel``.

    Raises:
        ValueError: it names no order of day, month and year.

    """
    plain = text.strip().casefold()
    if plain in {"excel", "serial"}:
        return Order.SERIAL
    if plain == "iso":
        return Order.YMD
    letters = re.sub(r"[^a-z]", "", plain.replace("%b", "m"))
    runs = re.sub(r"(.)\1+", r"\1", letters)
    for order in (Order.MDY, Order.DMY, Order.YMD, Order.YDM):
        if runs == re.sub(r"[^a-z]", "", order):
            return order
    message = f"{text!r} is no order of day, month and year; write m/d/y, d/m/y, y-m-d or excel"
    raise ValueError(message)


def read_dates(
    column: str, cells: Iterable[tuple[int, str]], *, today: date, order: Order | None = None
) -> DatesRead:
    """Read a whole column of ``(line, text)`` cells.

    ``today`` places two-digit years: within 79 years before it and 20 after. ``order`` is what a
    person declared; a year of four digits that stands first is read year-month-day all the same.
    """
    read: list[DateCell] = []
    unreadable: list[Unreadable] = []
    for line, text in cells:
        trimmed = " ".join(text.split())
        if is_blank(trimmed):
            continue
        cell = read_cell(line, trimmed, today, order)
        if cell is None:
            unreadable.append(Unreadable(line, trimmed))
        else:
            read.append(cell)
    if order is not None:
        return _read_as_declared(column, read, unreadable, order)
    return _read_as_decided(column, read, unreadable)


def _read_as_decided(column: str, cells: Sequence[DateCell], unreadable: list[Unreadable]) -> DatesRead:
    odd = [cell for cell in cells if not cell.readings]
    if odd:
        why = "The year stands first, but the month does not follow it."
        return _ask_how(column, odd, why, (Order.YDM,))
    ordered = [cell for cell in cells if cell.year_last]
    plain = [cell for cell in cells if not cell.year_last]
    possible = tuple(order for order in GUESSED_ORDERS if all(order in cell.readings for cell in ordered))
    if ordered and not possible:
        return _ask_about_mixture(column, ordered)
    if ordered and plain:
        why = (
            f"Other cells are written otherwise ({_quote(plain[:1])}), as when a spreadsheet has turned day "
            "and month of some dates around."
        )
        return _ask_how(column, ordered, why, possible)
    differing = [cell for cell in ordered if len({cell.readings[order] for order in possible}) > 1]
    if differing:
        return _ask_which(column, differing[0], possible)
    return _answer(cells, unreadable, possible[0] if ordered else None)


def _read_as_declared(
    column: str, cells: Sequence[DateCell], unreadable: list[Unreadable], order: Order
) -> DatesRead:
    against = [cell for cell in cells if order not in cell.readings]
    if against:
        return DatesRead(
            question=f"column {column!r} is said to be {order}, but {_quote(against)} cannot be read so.",
            mend=f"Correct date_format, or {_REWRITE}.",
            line=against[0].line,
        )
    return _answer(cells, unreadable, order)


def _answer(cells: Sequence[DateCell], unreadable: list[Unreadable], order: Order | None) -> DatesRead:
    dates = {}
    for cell in cells:
        day = cell.readings[order or Order.YMD]
        if day in _NULL_DATES or day.year >= _OPEN_END_YEAR:
            continue
        if day.year < _FIRST_YEAR:
            unreadable.append(Unreadable(cell.line, cell.text))
        else:
            dates[cell.line] = day
    return DatesRead(
        dates=dates, unreadable=tuple(sorted(unreadable, key=lambda cell: cell.line)), order=order
    )


def _ask_which(column: str, cell: DateCell, possible: tuple[Order, ...]) -> DatesRead:
    readings = " or ".join(f"{_spoken(cell.readings[order])} ({order})" for order in possible)
    return DatesRead(
        question=(
            f"column {column!r}: is {cell.text!r} on line {cell.line}, {readings}? "
            "Nothing else in the column decides it."
        ),
        choices=possible,
        mend=f"{_REWRITE}.",
        line=cell.line,
    )


def _ask_how(column: str, cells: Sequence[DateCell], why: str, choices: tuple[Order, ...]) -> DatesRead:
    return DatesRead(
        question=f"column {column!r}: how is {_quote(cells)} to be read? {why}",
        choices=choices,
        mend=f"{_REWRITE}.",
        line=cells[0].line,
    )


def _ask_about_mixture(column: str, cells: Sequence[DateCell]) -> DatesRead:
    witnesses: list[DateCell] = []
    left = set(GUESSED_ORDERS)
    for cell in cells:
        if not left <= cell.readings.keys():
            witnesses.append(cell)
            left &= cell.readings.keys()
    return DatesRead(
        question=f"column {column!r} mixes orders of day and month: {_quote(witnesses)} cannot be read one way.",
        mend=f"Export it again with one date format, or {_REWRITE}.",
        line=witnesses[0].line,
    )


def _quote(cells: Sequence[DateCell]) -> str:
    shown = ", ".join(f"{cell.text!r} on line {cell.line}" for cell in cells[:_SHOWN])
    more = len(cells) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
