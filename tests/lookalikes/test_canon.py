"""Canonical forms: what looks alike has one form, whatever it is made of."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.lookalikes.canon import Canonical, fold
from auditor.lookalikes.tables import confusables_version
from auditor.lookalikes.texts import forms_of

LOOKS_LIKE_RIVERSIDE = [
    "riverside",
    "RlVERSlDE",
    "r1v3r51d3",
    "Riversicl\u0435",  # a Cyrillic e behind cl for d
    "\u202eedisreviR",
    "Ri\u200bver\u2060side",
    "\uff32\uff49\uff56\uff45\uff52\uff53\uff49\uff44\uff45",
    "\U0001d411\U0001d422ver\U0001d4c8ide",
    "\u0280\u026a\u1d20\u1d07\u0280s\u026a\u1d05\u1d07",
    "\U0001f181\U0001f178\U0001f185\U0001f174\U0001f181\U0001f182\U0001f178\U0001f173\U0001f174",
    "R\u0336i\u0336verside",
    "R.i-v_e r s i d e",
    "River$ide",
    "Riverside\u00ae",
    "River\U000e0073side",
]


@pytest.mark.parametrize("text", LOOKS_LIKE_RIVERSIDE)
def test_disguises_are_undone(text: str) -> None:
    """Every way of writing the name comes to the same folded form."""
    assert fold(text) == fold("Riverside")


@pytest.mark.parametrize(
    ("one", "other"), [("modern", "rnodern"), ("wave", "vvave"), ("dart", "clart"), ("goal", "90a1")]
)
def test_pairs_and_digits_fold_on_both_sides(one: str, other: str) -> None:
    """Pairs that look like one letter, and digits that look like letters, are taken for them."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Yahoo!", "yahoo"),
        ("St. Briac\u2019s", "stbriacs"),
        ("Riverside \U0001f1fa\U0001f1f8", "riverside"),
        ("AT&T", "att"),
        ("@home", "home"),
    ],
)
def test_punctuation_and_flags_are_no_letters(text: str, seen: str) -> None:
    """A sign at the end of a word, a flag or an ampersand adds no letter to the name."""
    assert Canonical.of(text).seen == seen


def test_scripts_keep_their_own_letters() -> None:
    """What looks like no ASCII letter stays as it is, upper and lower case the same."""
    assert not fold("\u30ea\u30d0\u30fc\u30b5\u30a4\u30c9").isascii()
    assert fold("\u0416\u0417\u0418") == fold("\u0436\u0437\u0438")


def test_the_data_is_of_a_named_version() -> None:
    """The table of look-alike letters says which version of Unicode's data it is."""
    assert confusables_version() == "17.0.0"


@given(st.text(st.characters(), max_size=30))
@example("\ud800\udfff")
@example("\u202e")
@example("\U0001f1e6" * 5)
def test_any_text_has_forms(text: str) -> None:
    """No text of Unicode is refused, and its folded form is letters and digits alone."""
    found = Canonical.of(text)
    assert all(not char.isspace() and char != "_" for char in found.folded)
    assert found.plain.casefold() == found.plain


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
@example(["a\nb", "", "\ud800x"])
@example(["Northl@ke", "\u0130", "vv@rn"])
def test_a_batch_has_the_forms_of_each_of_its_texts(texts: list[str]) -> None:
    """Canonicalised together, texts have the very forms they have one by one."""
    found = forms_of(texts)
    assert found.seen.split("\n") == [Canonical.of(text).seen for text in texts]
    assert found.folded.split("\n") == [Canonical.of(text).folded for text in texts]
