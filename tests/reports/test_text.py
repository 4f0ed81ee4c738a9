"""Hostile text made harmless."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.text import (
    CELL,
    cell,
    clean,
    cut,
    first_and_rest,
    first_sentence,
    is_clean,
    json_line,
    listed,
    plural,
)

ANY = st.text(st.characters(), max_size=80)
SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Format characters that are drawn: number and verse signs."""


@settings(deadline=None)
@given(ANY)
def test_clean_leaves_nothing_hidden(text: str) -> None:
    """Cleaned text holds no control, bidi, surrogate or private character and stays on one line."""
    for char in clean(text):
        category = unicodedata.category(char)
        assert category not in {"Cc", "Cs", "Co", "Zl", "Zp"}, repr(char)
        assert category != "Cf" or char in SEEN or char in "\u200c\u200d", repr(char)


@settings(deadline=None)
@given(ANY)
def test_clean_twice_is_clean_once(text: str) -> None:
    """Cleaning what is clean changes nothing."""
    assert clean(clean(text)) == clean(text)


@given(st.text() | st.text("aéłÿ\u00ad\u02ff\u0300\u0301Ж中\u202e"))
def test_what_is_seen_at_once_to_be_clean_is_clean(text: str) -> None:
    """The quick look finds what a look at each letter finds, and cleaning changes nothing it lets pass."""
    assert is_clean(text) == all(char.isprintable() and char < "\u0300" for char in text)
    assert not is_clean(text) or clean(text) == text


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=60))
def test_ordinary_letters_of_any_script_stay(text: str) -> None:
    """Letters, digits and punctuation of every script come through unchanged."""
    ordinary = "".join(char for char in text if char not in "\u115f\u1160\u3164\uffa0")
    assert clean(ordinary) == ordinary


def test_hidden_characters_are_shown_by_number() -> None:
    """A reversing control is made visible, not dropped: an auditor must see that it was there."""
    assert clean("invoice\u202egpj.exe") == "invoice[U+202E]gpj.exe"


def test_emoji_sequences_stay_whole() -> None:
    """Joiners inside emoji and Persian words are kept."""
    for text in ("\U0001f469\u200d\u2695\ufe0f", "\u0645\u06cc\u200c\u062e", "\U0001f44d\U0001f3fd"):
        assert clean(text) == text


def test_piled_marks_are_counted_not_shown() -> None:
    """Hundreds of combining marks on one letter cannot paint over the page."""
    assert clean("z" + "\u0301" * 400 + "a") == "z" + "\u0301" * 4 + "[396 more marks]a"


@settings(deadline=None)
@given(ANY, st.integers(2, 40))
def test_cut_keeps_the_limit(text: str, limit: int) -> None:
    """Cut text is never longer than asked, and says that it was cut."""
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_cut_does_not_split_a_joined_emoji() -> None:
    """The cut falls before a sequence that would be torn apart."""
    assert cut("abcdef👩\u200d⚕️ and more", 9) == "abcdef…"


@settings(deadline=None)
@given(ANY)
def test_no_cell_is_a_formula(text: str) -> None:
    """No cell starts as a formula does, whatever stands before the sign."""
    value = cell(text)
    assert not value.lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not any(char in value for char in "\t\r\n\x00")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\u200b=1"]
)
def test_formula_starts_get_an_apostrophe_or_a_number(text: str) -> None:
    """Each way to start a formula is answered with an apostrophe or a visible number in front."""
    assert cell(text)[0] in "'[" or cell(text).lstrip()[0] in "'["


def test_a_cell_is_no_longer_than_a_spreadsheet_takes() -> None:
    """A cell stays below the spreadsheet programs' limit."""
    assert len(cell("x" * 100_000)) == CELL


@settings(deadline=None)
@given(st.dictionaries(ANY, st.lists(ANY)))
def test_json_text_is_readable_and_exact(value: dict[str, list[str]]) -> None:
    """Parsed again, JSON text gives the same values (lone surrogates named), on one visible line."""
    text = json_line(value)
    assert "\n" not in text
    assert "\u202e" not in text
    named = json.loads(json.dumps(value)) if text.isascii() else json.loads(text)
    assert json.loads(text) == named
    text.encode()


def test_json_keeps_hidden_characters_as_escapes() -> None:
    """A reversing control comes back exactly from the file, but never stands raw in it."""
    text = json_line({"name": "a\u202eb\U000e0041"})
    assert text == '{"name": "a\\u202eb\\udb40\\udc41"}'
    assert json.loads(text) == {"name": "a\u202eb\U000e0041"}


def test_words() -> None:
    """Lists, counts and first sentences read as English."""
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed([]) == ""
    assert (plural(1, "account"), plural(2300, "person", "people")) == ("1 account", "2,300 people")
    assert first_sentence("Remove it in X: Settings. Then rotate.") == "Remove it in X: Settings."
    assert first_and_rest("Remove it in X; rotate the key") == ("Remove it in X.", "Rotate the key")
    assert first_sentence("Write to a.b@c.example first") == "Write to a.b@c.example first"
