"""The index of near names finds exactly what comparing each with each finds."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from auditor.lookalikes.near import NearIndex, Pairs
from auditor.lookalikes.pairs import Contained
from auditor.lookalikes.texts import Texts, hash_of

LETTERS = st.text("abcñ", max_size=9)


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[list[str], list[int], list[str]]:
    """Names, the errors each may have, and texts: some of them names with errors."""
    names = draw(st.lists(LETTERS, min_size=1, max_size=6))
    errors = draw(st.lists(st.integers(0, 2), min_size=len(names), max_size=len(names)))
    texts = draw(st.lists(LETTERS, min_size=1, max_size=6))
    for name in names:
        text = list(name)
        for kind, place, char in draw(
            st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.sampled_from("abcñ")), max_size=2)
        ):
            at = min(place, len(text))
            if kind == 0:
                text.insert(at, char)
            elif kind == 1:
                del text[at : at + 1]
            elif kind == 2:
                text[at : at + 1] = [char]
            else:
                text[at : at + 2] = text[at : at + 2][::-1]
        texts.append("".join(text))
    return names, errors, texts


def as_set(pairs: Pairs) -> set[tuple[int, int]]:
    """Return pairs as a set."""
    return set(zip(pairs.texts.tolist(), pairs.names.tolist(), strict=True))


@given(mistyped())
@example((["abcabc"], [2], ["bacacb", "abccab", "acbbac"]))
@example((["", "a"], [2, 1], ["", "ab", "b"]))
def test_no_pair_is_lost_and_none_invented(given_texts: tuple[list[str], list[int], list[str]]) -> None:
    """The pairs within the errors are those that brute force finds, transpositions included."""
    names, errors, texts = given_texts
    found = NearIndex(names, errors).find(Texts.of("\n".join(texts)))
    distances = cdist(texts, names, scorer=OSA.distance)
    assert as_set(found) == {(int(i), int(j)) for i, j in zip(*np.nonzero(distances <= errors), strict=True)}
    assert len(found.texts) == len(as_set(found))


@given(st.lists(LETTERS, min_size=1, max_size=5), st.lists(LETTERS.filter(bool), max_size=4, unique=True))
def test_contained_names_are_found(texts: list[str], names: list[str]) -> None:
    """Every text is found with every name that stands in it, across no border between texts."""
    found = Contained(names).find(Texts.of("\n".join(texts)))
    assert as_set(found) == {
        (row, number) for row, text in enumerate(texts) for number, name in enumerate(names) if name in text
    }


def test_parts_of_texts_are_compared_alone() -> None:
    """Where parts are given, only they are compared: the name within other words is found."""
    texts = Texts.of("xxrivrside\nriversidezz")
    found = NearIndex(["riverside"], [1]).find(
        texts, texts.starts + np.array([2, 0]), texts.lengths - np.array([2, 2])
    )
    assert as_set(found) == {(0, 0), (1, 0)}


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_hash_of_a_part_is_the_hash_of_its_text(before: str, text: str) -> None:
    """Where a part stands in the row makes no difference to its hash."""
    row = Texts.of((before + text).replace("\n", " "))
    part = row.hashes(np.array([len(before)]), np.array([len(text)]))
    assert int(part[0]) == hash_of(text.replace("\n", " "))
