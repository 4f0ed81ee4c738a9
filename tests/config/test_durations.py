"""Lengths of time in the configuration."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config.durations import duration_text, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("24h", 86_400), ("14d", 14 * 86_400), ("2w", 14 * 86_400), ("1h30m", 5_400), ("0s", 0)],
)  # fmt: skip
def test_lengths_are_read_with_their_unit(text: str, seconds: int) -> None:
    """Each unit means what it says, and parts add up."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "1.5h", "-3m", "5 m", "5min", "1m2m", "٣m", "9999999d"])
def test_anything_else_is_an_error(text: str) -> None:
    """A bare number, a sign, a fraction, a unit given twice: never guessed at."""
    with pytest.raises(ValueError, match="such as 90s"):
        parse_duration(text)


@given(st.timedeltas(timedelta(0), timedelta(days=900_000)).map(lambda t: t - t % timedelta(seconds=1)))
def test_a_length_written_is_read_as_the_same(length: timedelta) -> None:
    """Writing and reading are inverse."""
    assert parse_duration(duration_text(length)) == length
