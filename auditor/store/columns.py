"""How each field of a fact is kept: the column's kind follows from the field's annotation.

=========  =========================  =========================================
kind       field                      column
=========  =========================  =========================================
TEXT       str, StrEnum, Level        TEXT; a level is its lower-case word
BOOLEAN    bool                       BOOLEAN
INTEGER    int                        BIGINT; beyond 64 bits: not known
INSTANT    datetime (aware)           BIGINT, microseconds since 1970 (UTC)
DAY        date                       TEXT, ISO 8601
LIST       tuple[str, ...]            TEXT, a JSON array
DAYS       dict[str, date]            TEXT, a JSON object of ISO 8601 days
=========  =========================  =========================================
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum, auto
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from auditor.model.estate import Level
from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from auditor.store.text import clean_text, json_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
PROVENANCE = tuple(field.name for field in fields(Fact))


class Kind(Enum):
    """How a field is kept."""

    TEXT = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    INSTANT = auto()
    DAY = auto()
    LIST = auto()
    DAYS = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a fact."""

    name: str
    kind: Kind
    nullable: bool
    encode: Callable[[Any], Any]
    """Value of the field, not None, to value of the column."""
    decode: Callable[[Any], Any]
    """Value of the column, not null, to value of the field."""


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """Return the columns of a fact table, in the order of the fact's fields."""
    fact = FACT_TABLES[table]
    hints = get_type_hints(fact)
    return tuple(_column(field.name, hints[field.name]) for field in fields(fact))


@cache
def _readers(table: str) -> tuple[Callable[[Fact], tuple[Any, ...]], tuple[Callable[[Any], Any], ...]]:
    """Return what reads every field of a fact at once, and what encodes each."""
    columns = columns_of(table)
    return attrgetter(*(column.name for column in columns)), tuple(column.encode for column in columns)


def encode_row(table: str, fact: Fact) -> tuple[Any, ...]:
    """Return ``fact`` as a row of ``table``; raises TypeError where a field is not of its declared type."""
    read, encoders = _readers(table)
    try:
        return tuple(
            [
                None if value is None else encode(value)
                for value, encode in zip(read(fact), encoders, strict=True)
            ]
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise TypeError(f"a {type(fact).__name__} holds a field of the wrong type: {error}") from error


def decode_row(fact: type[Fact], columns: Sequence[Column], row: Sequence[Any]) -> Fact:
    """Return the fact kept in ``row``."""
    values: dict[str, Any] = {
        column.name: None if value is None else column.decode(value)
        for column, value in zip(columns, row, strict=True)
    }
    return fact(**values)


def to_microseconds(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970; ValueError where it has no zone."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return (at - EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return microseconds since 1970 as a UTC instant."""
    return EPOCH + timedelta(microseconds=value)


def _column(name: str, hint: Any) -> Column:
    nullable = False
    if get_origin(hint) in (Union, types.UnionType):
        nullable = True
        (hint,) = (argument for argument in get_args(hint) if argument is not type(None))
    kind, encode, decode = _codec(hint)
    return Column(name, kind, nullable, encode, decode)


def _codec(hint: Any) -> tuple[Kind, Callable[[Any], Any], Callable[[Any], Any]]:
    if get_origin(hint) is tuple:
        return Kind.LIST, _encode_list, lambda text: tuple(json.loads(text))
    if get_origin(hint) is dict:
        return Kind.DAYS, _encode_days, _decode_days
    if hint is Level:
        return Kind.TEXT, lambda level: Level(level).word, Level.parse
    if issubclass(hint, StrEnum):
        return Kind.TEXT, lambda word: word.value if word.__class__ is hint else hint(word).value, hint
    return _PLAIN[hint]


def _encode_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return clean_text(value)


def _encode_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false expected, {type(value).__name__} found")
    return value


def _encode_integer(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number expected, {type(value).__name__} found")
    return int(value) if -_LARGEST <= value <= _LARGEST else None


def _encode_day(value: date) -> str:
    if isinstance(value, datetime):
        raise TypeError("a day expected, an instant found")
    return value.isoformat()


def _encode_list(value: object) -> str:
    if value == ():
        return "[]"
    if not isinstance(value, (tuple, list)) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"a tuple of texts expected, {type(value).__name__} found")
    return json_text(value)


def _encode_days(value: dict[str, date]) -> str:
    return json_text({key: _encode_day(day) for key, day in value.items()})


def _decode_days(text: str) -> dict[str, date]:
    return {key: date.fromisoformat(day) for key, day in json.loads(text).items()}


_PLAIN: dict[Any, tuple[Kind, Callable[[Any], Any], Callable[[Any], Any]]] = {
    str: (Kind.TEXT, _encode_text, str),
    bool: (Kind.BOOLEAN, _encode_boolean, bool),
    int: (Kind.INTEGER, _encode_integer, int),
    datetime: (Kind.INSTANT, to_microseconds, from_microseconds),
    date: (Kind.DAY, _encode_day, date.fromisoformat),
}
