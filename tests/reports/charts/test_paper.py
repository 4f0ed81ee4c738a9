"""Names from right to left on paper: joined and turned as a browser would show them."""

from __future__ import annotations

from collections import Counter
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import Gallery, coverage_by_platform
from reports.charts.paper import on_paper
from reports.review import CoverageSplit

ARABIC, HEBREW = "سلمى الحداد", "דנה כהן"


def test_hebrew_is_turned_and_numbers_keep_their_order() -> None:
    """The last letter stands first on the left; digits after it read from left to right."""
    assert on_paper(HEBREW) == HEBREW[::-1]
    assert on_paper(f"{HEBREW} 12") == "12 " + HEBREW[::-1]


def test_arabic_letters_take_the_forms_their_neighbours_call_for() -> None:
    """Seen begins, lam and meem stand within, the last letter ends: U+FEB3, U+FEE0, U+FEE4, U+FEF0."""
    assert on_paper("سلمى") == "\ufef0\ufee4\ufee0\ufeb3"
    assert on_paper("لا") == "\ufefb", "lam with alef is one letter"
    assert on_paper("دار") == "\ufead\ufe8d\ufea9", "letters that do not join stand alone"


def test_a_name_among_latin_letters_is_turned_alone() -> None:
    """What is Latin stays where it is; brackets within the turned part still open and close."""
    assert on_paper(f"Dr {HEBREW} (Clinic)") == f"Dr {HEBREW[::-1]} (Clinic)"
    assert on_paper("@" + HEBREW) == "@" + HEBREW[::-1]
    assert on_paper("דנה (כהן) לוי") == "יול (ןהכ) הנד"


@pytest.mark.parametrize("text", ["Priya Raman", "María-José Núñez", "王芳", "Ελένη", "👍🏽", ""])
def test_other_scripts_are_left_alone(text: str) -> None:
    """Nothing that runs from left to right is touched."""
    assert on_paper(text) == text


@given(st.text(st.sampled_from("abc 12()אבגدرسلما\u064e\u0640")))
def test_no_letter_is_lost_or_added(text: str) -> None:
    """Taken apart into plain letters, what is drawn is what was given; brackets may be mirrored."""
    plain = str.maketrans(")", "(")
    drawn = normalize("NFKC", on_paper(text)).translate(plain)
    assert Counter(drawn) == Counter(text.translate(plain))


def test_only_what_is_drawn_for_paper_is_turned() -> None:
    """A browser gets the letters as they are written; so do the words that are read out."""
    picture = coverage_by_platform({ARABIC: CoverageSplit(verified=1)})
    screen, paper = Gallery()(picture), Gallery(for_paper=True)(picture)
    assert screen.count(ARABIC) == 2
    assert paper.count(ARABIC) == 2, "the description, and the title that repeats it"
    assert on_paper(ARABIC) in paper
