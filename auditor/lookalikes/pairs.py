"""Which accounts of a batch are worth comparing with which brands: candidate pairs, generously."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ahocorasick_rs import AhoCorasick

from auditor.lookalikes.affixes import vocabulary
from auditor.lookalikes.brand import Brand, Form
from auditor.lookalikes.near import NearIndex, Pairs, Table
from auditor.lookalikes.texts import LONGEST, Forms, Ints, Texts, forms_of, hash_of
from auditor.lookalikes.thresholds import DEFAULT, Thresholds, radius

_FEWEST_CONSONANTS = 5
_DIGITS = (48, 57)
_AFFIX_LENGTHS = range(2, 16)


class Contained:
    """Names that stand anywhere within texts (Aho-Corasick)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._automaton = AhoCorasick(list(names)) if names else None

    def find(self, texts: Texts) -> Pairs:
        """Return every text with every name it holds."""
        if self._automaton is None:
            return Pairs.none()
        matches = self._automaton.find_matches_as_indexes(texts.joined, overlapping=True)
        if not matches:
            return Pairs.none()
        found = np.array(matches, np.int64)
        rows = np.searchsorted(texts.starts, found[:, 1], side="right") - 1
        return Pairs(rows, found[:, 0])


@dataclass(frozen=True, slots=True)
class _Spellings:
    """One spelling of every form, and whose each is."""

    texts: tuple[str, ...]
    brands: Ints

    @classmethod
    def of(cls, forms: Sequence[tuple[int, Form]], spell: Callable[[Form], str]) -> _Spellings:
        return cls(tuple(spell(form) for _, form in forms), np.array([brand for brand, _ in forms], np.int64))

    def owners(self, pairs: Pairs) -> Pairs:
        """Return pairs of text and form as pairs of text and brand."""
        return Pairs(pairs.texts, self.brands[pairs.names])


class PairFinder:
    """Finds, for batches of accounts, the pairs of account and brand that are compared in full."""

    def __init__(self, brands: Sequence[Brand], thresholds: Thresholds = DEFAULT) -> None:
        self._brands = len(brands)
        forms = [(number, form) for number, brand in enumerate(brands) for form in brand.forms]
        whole = [(number, form) for number, form in forms if not form.is_part]
        # A common word within another text says nothing, unless only known words stand around it.
        long = [
            each for each in forms if len(each[1].text.seen) >= thresholds.contained and not each[1].common
        ]
        alone = [*whole, *(each for each in forms if each[1].is_part and each[1].common)]
        rich = [each for each in whole if len(_consonants(each[1])) >= _FEWEST_CONSONANTS]
        self._folded = _Spellings.of(forms, lambda form: form.text.folded)
        self._same = NearIndex(self._folded.texts, [0] * len(forms))
        self._skeletons = _Spellings.of(rich, _consonants)
        self._shortened = NearIndex(self._skeletons.texts, [0] * len(rich))
        self._whole = _Spellings.of(alone, lambda form: form.text.seen)
        self._near = NearIndex(
            self._whole.texts, [0 if form.is_part else radius(len(form.text.seen)) for _, form in alone]
        )
        self._long_seen = _Spellings.of(long, lambda form: form.text.seen)
        self._long_folded = _Spellings.of(long, lambda form: form.text.folded)
        self._within_seen = Contained(self._long_seen.texts)
        self._within_folded = Contained(self._long_folded.texts)
        self._affixes = Table([(hash_of(word), 0) for word in vocabulary()])

    def find(self, handles: Sequence[str], names: Sequence[str]) -> Pairs:
        """Return each pair of account and brand once, in order of accounts, then brands."""
        found = []
        for raw in (handles, names):
            found += self._of(forms_of([text[:LONGEST] for text in raw]))
        return Pairs.joined(found).unique(self._brands)

    def _of(self, forms: Forms) -> list[Pairs]:
        seen, folded = Texts.of(forms.seen), Texts.of(forms.folded)
        rows, starts, lengths = self._stripped(seen)
        stripped = self._near.find(seen, starts, lengths)
        return [
            self._folded.owners(self._same.find(folded)),
            self._skeletons.owners(self._shortened.find(Texts.of(forms.consonants))),
            self._whole.owners(self._near.find(seen)),
            self._whole.owners(Pairs(rows[stripped.texts], stripped.names)),
            self._long_seen.owners(self._within_seen.find(seen)),
            self._long_folded.owners(self._within_folded.find(folded)),
        ]

    def _stripped(self, texts: Texts) -> tuple[Ints, Ints, Ints]:
        """Return rows, starts and lengths of what is left of texts without known words at their ends.

        A name may itself end with what is such a word, so what is left after each word is looked at.
        """
        with_digits = self._without_word(texts, self._without_digits(texts, texts.lengths))
        once = self._without_digits(texts, with_digits)
        twice = self._without_digits(texts, self._without_word(texts, once))
        # Of few texts two words are gone; only they are asked for a third.
        thrice = self._without_word(texts, np.where(twice < once, twice, 0))
        before = self._word_before(texts)
        none = np.zeros_like(before)
        found = [
            (rows, texts.starts[rows] + cut[rows], length[rows] - cut[rows])
            for cut, length, which in (
                (none, with_digits, (with_digits < texts.lengths) & (once < with_digits)),
                (none, once, once < texts.lengths),
                (none, twice, twice < once),
                (none, thrice, (thrice > 0) & (thrice < twice)),
                (before, texts.lengths, before > 0),
                (before, once, (before > 0) & (once < texts.lengths) & (before < once)),
            )
            for rows in [np.flatnonzero(which)]
        ]
        rows, starts, lengths = (np.concatenate(each) for each in zip(*found, strict=True))
        return rows, starts, lengths

    def _without_digits(self, texts: Texts, lengths: Ints) -> Ints:
        codes = np.append(texts.codes, np.uint32(0))
        for _ in range(8):
            last = codes[texts.starts + np.maximum(lengths - 1, 0)]
            digit = (last >= _DIGITS[0]) & (last <= _DIGITS[1]) & (lengths > 0)
            if not digit.any():
                break
            lengths = lengths - digit
        return lengths

    def _without_word(self, texts: Texts, lengths: Ints) -> Ints:
        shortest = lengths.copy()
        for size in _AFFIX_LENGTHS:
            rows = np.flatnonzero(lengths > size + 1)
            at = texts.starts[rows] + lengths[rows] - size
            known = self._affixes.holds(texts.hashes(at, np.full(len(rows), size)))
            shortest[rows[known]] = lengths[rows[known]] - size
        return shortest

    def _word_before(self, texts: Texts) -> Ints:
        longest = np.zeros(len(texts), np.int64)
        for size in _AFFIX_LENGTHS:
            rows = np.flatnonzero(texts.lengths > size + 1)
            known = self._affixes.holds(texts.hashes(texts.starts[rows], np.full(len(rows), size)))
            longest[rows[known]] = size
        return longest


def _consonants(form: Form) -> str:
    return "".join(char for char in form.text.seen if char not in "aeiou")
