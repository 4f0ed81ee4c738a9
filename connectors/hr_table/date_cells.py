"""One cell read as a date: under which orders of day, month and year it is one, and which one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_TIME = re.compile(
    r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?$"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_NUMERIC = re.compile(r"^(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})$", re.ASCII)
_EIGHT_DIGITS = re.compile(r"^\d{8}$", re.ASCII)
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$", re.ASCII)
_DAY_MONTH = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th)?[-/., ]+([a-z]{3,9})\.?[-/., ]+(\d{4}|\d{2})$", re.IGNORECASE | re.ASCII
)
_MONTH_DAY = re.compile(
    r"^([a-z]{3,9})\.?[-/., ]+(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4}|\d{2})$", re.IGNORECASE | re.ASCII
)
_YEAR_MONTH = re.compile(r"^(\d{4})[-/., ]+([a-z]{3,9})\.?[-/., ]+(\d{1,2})$", re.IGNORECASE | re.ASCII)

_BLANK = frozenset(
    {"", "-", "--", "n/a", "na", "none", "null", "nil", "nan", "nat", "0", "tbd", "open", "#n/a"}
)
_BLANK_DATES = re.compile(
    r"^(?:0{8}|0{4}-0{2}-0{2}|0{1,2}([/.])0{1,2}\1(?:0{4}|1900)|0?1/0{1,2}/1900|1900-01-00)$", re.ASCII
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_SERIAL_DAY_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 73_050
"""1954 to 2099: any other five-digit number is not taken for a day."""
_LONGEST = 64


class Order(StrEnum):
    """The order of day, month and year in a column, or how else it writes dates."""

    MDY = "m/d/y"
    DMY = "d/m/y"
    YMD = "y-m-d"
    YDM = "y-d-m"
    SERIAL = "excel"
    """Days since 1899-12-30, as spreadsheets count."""


_LETTERS = {order: [letter for letter in order.value if letter in "ymd"] for order in Order}
_Meant = tuple[Mapping[Order, date], bool]
"""Readings of a cell, and whether the year stands last: see `DateCell`."""

GUESSED_ORDERS = (Order.MDY, Order.DMY, Order.YMD)
"""Orders weighed by themselves. Year-day-month is only read where somebody says so."""


@dataclass(frozen=True, slots=True)
class DateCell:
    """A cell that looks like a date."""

    line: int
    text: str
    readings: Mapping[Order, date]
    """Every order under which it is a date; all orders alike where the order does not matter."""
    year_last: bool
    """Digits with the year at the end, or of two digits: the order matters."""


def is_blank(text: str) -> bool:
    """Return whether the cell says that there is no date."""
    return text.casefold() in _BLANK or bool(_BLANK_DATES.match(text))


def read_cell(line: int, text: str, today: date, declared: Order | None = None) -> DateCell | None:
    """Return what ``text`` may mean, or None where it is no date under any order."""
    if len(text) > _LONGEST:
        return None
    found = _read(text, today, declared)
    return None if found is None else DateCell(line, text, *found)


@lru_cache(maxsize=16_384)
def _read(text: str, today: date, declared: Order | None) -> _Meant | None:
    day = _WEEKDAY.sub("", _TIME.sub("", text))
    plain = _read_named(day, today) or _read_serial(day)
    if plain is not None:
        return dict.fromkeys(Order, plain), False
    parts = _numeric_parts(day)
    if parts is None:
        return None
    if len(parts[0]) == 4:
        return _read_year_first(parts, today, declared)
    orders = (Order.MDY, Order.DMY) if len(parts[2]) == 4 else GUESSED_ORDERS
    readings = {order: found for order in orders if (found := _by_order(parts, order, today))}
    return (readings, True) if readings else None


def _read_year_first(parts: tuple[str, str, str], today: date, declared: Order | None) -> _Meant | None:
    order = Order.YDM if declared is Order.YDM else Order.YMD
    found = _by_order(parts, order, today)
    if found is not None:
        return dict.fromkeys(Order, found), False
    other = _by_order(parts, Order.YMD if order is Order.YDM else Order.YDM, today)
    return ({}, False) if other else None


def _numeric_parts(text: str) -> tuple[str, str, str] | None:
    found = _NUMERIC.match(text)
    if found:
        first, second, third = found[1], found[3], found[4]
        lengths = (len(first), len(third))
        # Three digits are no year and no day, and only one end can be a year.
        return None if 3 in lengths or lengths == (4, 4) else (first, second, third)
    if _EIGHT_DIGITS.match(text):
        # Where digits 5 and 6 are 19 or 20 they cannot be a month: the year stands last.
        if text[4:6] in {"19", "20"}:
            return text[:2], text[2:4], text[4:]
        return text[:4], text[4:6], text[6:]
    return None


def _by_order(parts: tuple[str, str, str], order: Order, today: date) -> date | None:
    named = dict(zip(_LETTERS[order], parts, strict=True))
    if len(named["m"]) > 2 or len(named["d"]) > 2 or len(named["y"]) not in (2, 4):
        return None
    return _make(named["y"], int(named["m"]), int(named["d"]), today)


def _read_serial(text: str) -> date | None:
    found = _SERIAL.match(text)
    if found and _FIRST_SERIAL <= int(found[1]) <= _LAST_SERIAL:
        return _SERIAL_DAY_ZERO + timedelta(days=int(found[1]))
    return None


def _read_named(text: str, today: date) -> date | None:
    places = ((_DAY_MONTH, 3, 2, 1), (_MONTH_DAY, 3, 1, 2), (_YEAR_MONTH, 1, 2, 3))
    for pattern, year_at, month_at, day_at in places:
        found = pattern.match(text)
        month = _MONTHS.get(found[month_at].casefold()) if found else None
        if found and month:
            return _make(found[year_at], month, int(found[day_at]), today)
    return None


def _make(year_text: str, month: int, day: int, today: date) -> date | None:
    year = int(year_text)
    if len(year_text) == 2:
        year += today.year - today.year % 100
        if year > today.year + 20:
            year -= 100
        elif year <= today.year - 80:
            year += 100
    try:
        return date(year, month, day)
    except ValueError:
        return None
