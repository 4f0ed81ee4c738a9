"""All pairs of texts and names within a few typing errors, found without comparing each with each.

Cut a name into one piece more than the errors allowed: if a text is that near, at least one piece stands in it
unharmed, and at a place that shifts by no more than the errors before it. (Swapped neighbours that a cut divides
harm two pieces; the first and the last piece are therefore also kept with the letter across the cut.) So a
text is asked, for the few places and lengths a piece may have, whether its part there is a piece: a hash and a
look into a table. The pairs that come out are verified by rapidfuzz; none is lost. The cost depends little
on the number of names.

With an error less than every letter, pieces may be empty; they stand in every text, so short names work too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from auditor.lookalikes.texts import Hashes, Ints, Texts, hash_of

_TABLE_BITS = 20
_SHIFT = np.uint64(64 - _TABLE_BITS)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_OF_LENGTH = 0xA24BAED4963EE407
"""Mixed into the key of a middle piece, which counts for names of one length alone."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts and names that go together, by number."""

    texts: Ints
    names: Ints

    @classmethod
    def none(cls) -> Pairs:
        """Return no pair."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))

    @classmethod
    def joined(cls, many: Sequence[Pairs]) -> Pairs:
        """Return all pairs of ``many``, repeated ones too."""
        if not many:
            return cls.none()
        return cls(
            np.concatenate([each.texts for each in many]), np.concatenate([each.names for each in many])
        )

    def unique(self, names: int) -> Pairs:
        """Return every pair once, in order; ``names`` is how many names there are."""
        keys = np.sort(self.texts * np.int64(max(1, names)) + self.names)
        if len(keys):
            keys = keys[np.append(True, keys[1:] != keys[:-1])]
        return Pairs(keys // max(1, names), keys % max(1, names))


class Table:
    """Keys, each with the numbers of the names it stands for."""

    def __init__(self, entries: Sequence[tuple[int, int]]) -> None:
        keys = np.array([key for key, _ in entries], np.uint64)
        numbers = np.array([number for _, number in entries], np.int64)
        order = np.argsort(keys, kind="stable")
        self._numbers = numbers[order]
        self._keys, self._first = np.unique(keys[order], return_index=True)
        self._counts = np.diff(np.append(self._first, len(numbers)))
        self._known = np.zeros(1 << _TABLE_BITS, np.bool_)
        self._known[(self._keys * _SPREAD) >> _SHIFT] = True

    def holds(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        """Return which of the keys are here."""
        held: npt.NDArray[np.bool_] = self._known[(keys * _SPREAD) >> _SHIFT]
        maybe = np.flatnonzero(held)
        places = np.minimum(np.searchsorted(self._keys, keys[maybe]), len(self._keys) - 1)
        held[maybe] = self._keys[places] == keys[maybe]
        return held

    def look_up(self, rows: Ints, keys: Hashes) -> Pairs:
        """Return the pairs of ``rows`` whose keys are here with the names of these keys."""
        if not len(self._keys):
            return Pairs.none()
        maybe = np.flatnonzero(self._known[(keys * _SPREAD) >> _SHIFT])
        if not len(maybe):
            return Pairs.none()
        wanted = keys[maybe]
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        hit = self._keys[places] == wanted
        maybe, places = maybe[hit], places[hit]
        counts = self._counts[places]
        ends = np.cumsum(counts)
        offsets = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        numbers = self._numbers[np.repeat(self._first[places], counts) + offsets]
        return Pairs(rows[np.repeat(maybe, counts)], numbers)


class NearIndex:
    """Names, found in texts that are within their errors of them.

    ``names`` are canonical texts, ``errors`` how many errors each may have: 0, 1 or 2.
    """

    def __init__(self, names: Sequence[str], errors: Sequence[int]) -> None:
        self._names = list(names)
        self._errors = np.array(errors, np.int64)
        self._lengths = np.array([len(name) for name in names], np.int64)
        self._letters = _letters(names)
        self._schemes = [
            _Scheme(most, [(number, name) for number, name in enumerate(names) if errors[number] == most])
            for most in sorted(set(errors))
        ]

    def find(self, texts: Texts, starts: Ints | None = None, lengths: Ints | None = None) -> Pairs:
        """Return every pair within the errors once; of parts of the texts where these are given."""
        starts = texts.starts if starts is None else starts
        lengths = texts.lengths if lengths is None else lengths
        found = [pairs for scheme in self._schemes for pairs in scheme.candidates(texts, starts, lengths)]
        if self._errors.any():
            letters = texts.letters(starts, lengths)
            found = [self._plausible(pairs, lengths, letters) for pairs in found]
        return self._verified(Pairs.joined(found).unique(len(self._names)), texts, starts, lengths)

    def _plausible(self, pairs: Pairs, lengths: Ints, letters: Hashes) -> Pairs:
        """Drop pairs whose lengths or letters differ by more than the errors can explain."""
        most = self._errors[pairs.names]
        near = np.flatnonzero(np.abs(lengths[pairs.texts] - self._lengths[pairs.names]) <= most)
        texts, names, most = pairs.texts[near], pairs.names[near], most[near]
        differing = np.bitwise_count(letters[texts] ^ self._letters[names])
        good = differing <= 2 * most
        return Pairs(texts[good], names[good])

    def _verified(self, pairs: Pairs, texts: Texts, starts: Ints, lengths: Ints) -> Pairs:
        if not len(pairs.texts):
            return pairs
        ours = [self._names[number] for number in pairs.names.tolist()]
        theirs = texts.parts(starts, lengths, pairs.texts)
        most = self._errors[pairs.names]
        distances: npt.NDArray[np.uint8] = cpdist(
            ours, theirs, scorer=OSA.distance, score_cutoff=int(most.max()), dtype=np.uint8, workers=-1
        )
        good = distances <= most
        return Pairs(pairs.texts[good], pairs.names[good])


_Cut = Callable[[Ints], Ints]


class _Scheme:
    """How names with so many errors are cut, and where a text is asked for the pieces."""

    def __init__(self, errors: int, names: Sequence[tuple[int, str]]) -> None:
        self._errors = errors
        self._first, self._middle, self._last = (
            Table([(key, number) for number, name in names for key in self._keys(name, which)])
            for which in range(3)
        )
        lengths = [len(name) for _, name in names] or [0]
        self._shortest, self._longest = min(lengths) - errors, max(lengths) + errors

    def _outer(self, length: int) -> tuple[int, int]:
        """Return the lengths of the first and the last piece of a name so long."""
        if self._errors == 0:
            return length, 0
        if self._errors == 1:
            return length // 2, length - length // 2
        return (length + 1) // 3, (length + 1) // 3

    def _keys(self, name: str, which: int) -> Iterator[int]:
        """Return the keys of the first (0), middle (1) or last (2) piece of ``name``."""
        first, last = self._outer(len(name))
        cut = len(name) - last
        if which == 0:
            yield hash_of(name[:first])
            if 0 < first < len(name):
                yield hash_of(name[: first - 1] + name[first])
        elif which == 1 and self._errors == 2:
            yield (hash_of(name[first:cut]) + len(name) * _OF_LENGTH) % 2**64
        elif which == 2 and self._errors > 0:
            yield hash_of(name[cut:])
            if 0 < cut < len(name):
                yield hash_of(name[cut - 1] + name[cut + 1 :])

    def candidates(self, texts: Texts, starts: Ints, lengths: Ints) -> Iterator[Pairs]:
        """Return pairs that share a piece; among them are all within the errors."""
        rows = np.flatnonzero((lengths >= self._shortest) & (lengths <= self._longest))
        starts, lengths = starts[rows], lengths[rows]
        for size in self._sizes(lengths, first=True):
            fits = np.flatnonzero(size <= lengths)
            yield self._first.look_up(rows[fits], texts.hashes(starts[fits], size[fits]))
        if self._errors:
            for size in self._sizes(lengths, first=False):
                fits = np.flatnonzero(size <= lengths)
                begin = starts[fits] + lengths[fits] - size[fits]
                yield self._last.look_up(rows[fits], texts.hashes(begin, size[fits]))
        if self._errors == 2:
            yield from self._middles(texts, rows, starts, lengths)

    def _sizes(self, lengths: Ints, *, first: bool) -> Iterator[Ints]:
        """Return the lengths that the outer piece of a name may have, given the texts' own lengths."""
        if self._errors == 0:
            yield lengths
            return
        if self._errors == 1:
            least, most = (lengths - 1 + (0 if first else 1)) // 2, (lengths + 1 + (0 if first else 1)) // 2
        else:
            least, most = (lengths - 1) // 3, (lengths + 3) // 3
        least = np.maximum(least, 0)
        for more in range(int((most - least).max(initial=0)) + 1):
            yield np.minimum(least + more, most)

    def _middles(self, texts: Texts, rows: Ints, starts: Ints, lengths: Ints) -> Iterator[Pairs]:
        """Return pairs that share the middle piece: then one error is before it and one behind."""
        for longer in range(-2, 3):
            size = lengths - longer
            first = (size + 1) // 3
            middle = size - 2 * first
            for shift in range(max(-1, longer - 1), min(1, longer + 1) + 1):
                fits = np.flatnonzero((size > 0) & (first + shift >= 0) & (first + shift + middle <= lengths))
                keys = texts.hashes(starts[fits] + first[fits] + shift, middle[fits])
                keys += size[fits].astype(np.uint64) * np.uint64(_OF_LENGTH)
                yield self._middle.look_up(rows[fits], keys)


def _letters(names: Sequence[str]) -> Hashes:
    found = [0] * len(names)
    for number, name in enumerate(names):
        for char in name:
            found[number] |= 1 << (ord(char) & 63)
    return np.array(found, np.uint64)
