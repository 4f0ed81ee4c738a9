"""Values of a table's cell, and how each becomes text: the same in CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from auditor.model.estate import Level
from auditor.model.finding import Severity
from reports.review import AccessReview
from reports.when import Clockface, is_day

Value: TypeAlias = str | int | Level | Severity | datetime | date | Sequence[str] | None
Row: TypeAlias = dict[str, Value]

UNKNOWN = "unknown"
"""What a judgement says that could not be reached; never an empty cell."""
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a review."""

    name: str
    """File name and sheet name."""
    about: str
    """What a row of it is, in one sentence."""
    columns: tuple[str, ...]
    rows: Callable[[AccessReview], Iterable[Row]]

    @classmethod
    def of(cls, name: str, about: str, columns: str, rows: Callable[[AccessReview], Iterable[Row]]) -> Table:
        """Return the table whose columns are the words of ``columns``."""
        return cls(name, about, tuple(columns.split()), rows)


class Cells:
    """Turns values into cells; one object a file, because it remembers what it has said.

    Args:
        timezone: name of the zone instants are told in.
        literal: makes a text that came from outside harmless in this kind of file.

    """

    def __init__(self, timezone: str, literal: Callable[[str], str]) -> None:
        zone = Clockface.of(timezone).zone
        # Titles, remedies and sources stand in a hundred thousand rows; each is made harmless once.
        self._text = lru_cache(maxsize=_REMEMBERED)(literal)

        @lru_cache(maxsize=_REMEMBERED)
        def instant(value: datetime) -> str:
            if is_day(value):
                return value.astimezone(UTC).date().isoformat()
            return value.astimezone(zone).isoformat(timespec="seconds")

        self._by_type: dict[type, Callable[[Any], str | int | None]] = {
            str: self._text,
            type(None): _as_it_is,
            int: _as_it_is,
            datetime: instant,
            date: date.isoformat,
            tuple: self._listed,
            list: self._listed,
            bool: _refused,
        }

    def value(self, value: Value) -> str | int | None:
        """Return ``value`` as text, a count as the number it is, and nothing as None."""
        kind = type(value)
        say = self._by_type.get(kind)
        if say is None:
            say = self._by_type[kind] = self._saying(kind)
        return say(value)

    def _saying(self, kind: type) -> Callable[[Any], str | int | None]:
        if issubclass(kind, StrEnum):
            return _as_it_is
        if issubclass(kind, Level | Severity):
            return _word
        return self._known_text if issubclass(kind, str) else self._listed

    def _known_text(self, value: str) -> str:
        return self._text(str(value))

    def _listed(self, value: Sequence[str]) -> str:
        return self._text("; ".join(value))


def _as_it_is(value: str | int | None) -> str | int | None:
    return value


def _word(value: Level | Severity) -> str:
    return value.word


def _refused(value: bool) -> str:
    raise TypeError("a judgement is yes, no or unknown, never a bare boolean")


def judged(value: bool | None) -> str:
    """Return yes, no or unknown."""
    return UNKNOWN if value is None else "yes" if value else "no"
