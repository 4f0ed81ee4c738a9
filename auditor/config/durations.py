"""Lengths of time as people write them: ``90s``, ``15m``, ``24h``, ``14d``, ``2w``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WHOLE = re.compile(r"(?:[0-9]{1,6}[smhdw])+")
_PART = re.compile(r"([0-9]+)([smhdw])")
_FORM = "write a length of time with its unit, such as 90s, 15m, 24h, 14d or 1h30m"


def parse_duration(text: str) -> timedelta:
    """Return the length of time ``text`` stands for; several parts add up, each unit once.

    Raises:
        ValueError: it is written otherwise.

    """
    parts = _PART.findall(text) if _WHOLE.fullmatch(text) else []
    units = [unit for _number, unit in parts]
    if not parts or len(set(units)) < len(units):
        raise ValueError(_FORM)
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in parts})


def duration_text(length: timedelta) -> str:
    """Return ``length``, of whole seconds, as `parse_duration` reads it: ``1h30m``, ``0s`` for none."""
    rest = int(length.total_seconds())
    words = ""
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        words += f"{count}{unit}" if count else ""
    return words or "0s"


def _from_config(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(_FORM)
    return parse_duration(value.strip())


def _is_positive(value: Any) -> timedelta:
    length = _from_config(value)
    if not length:
        raise ValueError("must be longer than nothing")
    return length


Duration = Annotated[timedelta, BeforeValidator(_from_config)]
"""A length of time in auditor.yaml; ``0s`` is none."""

PositiveDuration = Annotated[timedelta, BeforeValidator(_is_positive)]
"""A length of time in auditor.yaml that is longer than none."""
