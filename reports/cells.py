"""Values of a table's cell, and how each becomes text: the same in CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from auditor.model.estate import Level
from auditor.model.finding import Severity
from reports.review import AccessReview
from reports.when import Clockface, is_day

Value: TypeAlias = str | int | Level | Severity | datetime | date | Sequence[str] | None
Row: TypeAlias = dict[str, Value]
Columns: TypeAlias = Sequence[Sequence[Value]]
"""Values of some rows, column by column."""
T = TypeVar("T")

UNKNOWN = "unknown"
"""What a judgement says that could not be reached; never an empty cell."""
_REMEMBERED = 4_096
_BATCH = 500
"""Rows turned into columns at a time: enough to be quick, few enough to stay small in memory."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a review, to be read row by row or, some hundred rows at a time, column by column."""

    name: str
    """File name and sheet name."""
    about: str
    """What a row of it is, in one sentence."""
    columns: tuple[str, ...]
    rows: Callable[[AccessReview], Iterable[Row]]
    batches: Callable[[AccessReview], Iterator[Columns]]
    """The same values, some hundred rows at a time, in the order of ``columns``."""

    @classmethod
    def of(cls, name: str, about: str, columns: str, rows: Callable[[AccessReview], Iterable[Row]]) -> Table:
        """Return the table whose columns are the words of ``columns``."""
        words = tuple(columns.split())

        def batches(review: AccessReview) -> Iterator[Columns]:
            for batch in _batched(rows(review)):
                yield [[row[word] for row in batch] for word in words]

        return cls(name, about, words, rows, batches)

    @classmethod
    def of_items(
        cls,
        name: str,
        about: str,
        columns: str,
        items: Callable[[AccessReview], Iterable[T]],
        told: Callable[[AccessReview], Mapping[str, Callable[[T], Value]]],
    ) -> Table:
        """Return the table with a row for each of ``items``, for which no row need be built to read a column.

        Args:
            name: file name and sheet name.
            about: what a row of it is, in one sentence.
            columns: its columns, as words.
            items: what the rows are of.
            told: how the columns that are not an item's attribute are read from it.

        """
        words = tuple(columns.split())

        def readers(review: AccessReview) -> list[Callable[[T], Value]]:
            known = told(review)
            return [known.get(word) or attrgetter(word) for word in words]

        def rows(review: AccessReview) -> Iterator[Row]:
            read = tuple(zip(words, readers(review), strict=True))
            for item in items(review):
                yield {word: value(item) for word, value in read}

        def batches(review: AccessReview) -> Iterator[Columns]:
            read = readers(review)
            for batch in _batched(items(review)):
                yield [list(map(value, batch)) for value in read]

        return cls(name, about, words, rows, batches)


def _batched(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch


class Cells(dict[type, Callable[[Any], Any]]):
    """Turns values into cells by their type: ``cells[type(value)](value)``.

    One object a file, because it remembers what it has said. A type not met before is looked at once.

    Args:
        timezone: name of the zone instants are told in.
        literal: makes a text that came from outside harmless in this kind of file.
        word: shows a word of ours.
        nothing: what stands for no value.
        number: shows a count or a score.

    """

    def __init__(
        self,
        timezone: str,
        literal: Callable[[str], str],
        *,
        word: Callable[[str], str] = str,
        nothing: str | None = None,
        number: Callable[[int], str | int] = int,
    ) -> None:
        zone = Clockface.of(timezone).zone
        # Titles, remedies and sources stand in a hundred thousand rows; each is made harmless once.
        self._text = lru_cache(maxsize=_REMEMBERED)(literal)
        self._word = word

        @lru_cache(maxsize=_REMEMBERED)
        def instant(value: datetime) -> str:
            if is_day(value):
                return value.astimezone(UTC).date().isoformat()
            return value.astimezone(zone).isoformat(timespec="seconds")

        super().__init__(
            {
                str: self._text,
                type(None): lambda _: nothing,
                int: number,
                datetime: instant,
                date: date.isoformat,
                bool: _refused,
            }
        )

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        """Return how values of ``kind`` are said."""
        if issubclass(kind, Level | Severity):
            say: Callable[[Any], Any] = {one: self._word(one.word) for one in kind}.__getitem__
        elif issubclass(kind, StrEnum):
            say = {one: self._word(one.value) for one in kind}.__getitem__
        elif issubclass(kind, str):
            say = self._known_text
        else:
            say = self._listed
        self[kind] = say
        return say

    def value(self, value: Value) -> str | int | None:
        """Return ``value`` as this file says it."""
        said: str | int | None = self[type(value)](value)
        return said

    def _known_text(self, value: str) -> str:
        return self._text(str(value))

    def _listed(self, value: Sequence[str]) -> str:
        return self._text("; ".join(value))


def _refused(value: bool) -> str:
    raise TypeError("a judgement is yes, no or unknown, never a bare boolean")


def judged(value: bool | None) -> str:
    """Return yes, no or unknown."""
    return UNKNOWN if value is None else "yes" if value else "no"
