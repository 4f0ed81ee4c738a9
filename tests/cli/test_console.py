"""What reaches the terminal: harmless, readable at any width, data apart from talk."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cli import console

ROWS = [
    ("Dana Kowalczyk", "attested by somebody.with.a.long.address@riverside.example"),
    ("Bo \x1b[31mFox", "x"),
]


class Terminal(io.StringIO):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def shown(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    """Return the table as a terminal of ``width`` shows it."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", str(width))
    console.put_table(["who", "known by"], ROWS)
    return screen.getvalue()


def test_a_wide_terminal_gets_a_table_and_a_narrow_one_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word is broken apart for want of room: a row becomes lines instead."""
    assert "Dana Kowalczyk" in shown(monkeypatch, 120)
    narrow = shown(monkeypatch, 30)
    assert "who       Dana Kowalczyk" in narrow
    assert "known by  attested by somebody" in narrow


def test_nothing_a_terminal_obeys_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """An escape sequence in a name is shown by its number, on a terminal and in a pipe."""
    assert "\x1b[31m" not in shown(monkeypatch, 30)
    assert "[U+001B]" in shown(monkeypatch, 30)


@given(st.text(max_size=60))
def test_any_text_is_printable_in_the_end(text: str) -> None:
    """Whatever a platform calls something, what is printed holds no control or direction character."""
    shown = console.cell_text(text)
    assert [char for char in shown if unicodedata.category(char) in ("Cc", "Cs")] == []
    assert set(shown).isdisjoint(
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
    )


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON on a terminal cannot reverse or hide text, and reads back whole."""
    console.put_json({"name": "a\u202eb", "at": datetime(2026, 1, 2, tzinfo=UTC), "none": None})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"name": "a\u202eb", "at": "2026-01-02T00:00:00+00:00", "none": None}


def test_instants_are_shown_in_the_organisations_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time on the screen is a time of the house, with its zone."""
    monkeypatch.setattr(console, "_zone", ZoneInfo("America/Chicago"))
    assert console.cell_text(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == "2026-11-20 03:00 CST"
