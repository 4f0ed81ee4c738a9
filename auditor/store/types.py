"""Column types of our own: instants as integers, JSON as canonical text."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

from auditor.store.columns import from_microseconds, to_microseconds
from auditor.store.text import clean_text, json_text


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept as microseconds since 1970 so that both backends sort and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the instant as an integer; ValueError where it has no zone."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the integer as a UTC instant."""
        return None if value is None else from_microseconds(value)


class CleanText(TypeDecorator[str]):
    """Text in which NUL and lone surrogates are replaced, see `clean_text`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as both backends can hold it."""
        return None if value is None else clean_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as kept."""
        return value


class JsonText(TypeDecorator[Any]):
    """A JSON value, kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the value as JSON; None stays null."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value read from its JSON."""
        return None if value is None else json.loads(value)
