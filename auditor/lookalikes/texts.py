"""Many texts at once, as one row of character codes in which any part's hash costs a subtraction.

The hash of the characters c0, c1, ... is the sum of (ci + 1) * P^i modulo 2^64. With the sums over the whole
row kept, the hash of every part of every text follows for all texts together, in numpy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from auditor.lookalikes.canon import LEET_FROM, LEET_TO, fold_symbols, plain, to_ascii

Ints: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]

LONGEST = 160
"""Characters of a name or handle that are compared; platforms allow at most about a hundred."""
_P = 0x9E3779B97F4A7C15
_KEEP_ALNUM = bytes(byte for byte in range(128) if not (chr(byte).isalnum() or byte == 10))
_LOWER = bytes(range(256)).lower()
_LEET = bytes.maketrans(LEET_FROM.encode(), LEET_TO.encode())
_VOWELS = b"aeiou"
_SYMBOLS = "@!|$"
_SLOW = re.compile(f"[^\x00-\x7f]|[{_SYMBOLS}]")
"""Texts with such characters are canonicalised one by one; all others together."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in one row; each is the part of ``joined`` that starts and is as long as said."""

    joined: str
    starts: Ints
    lengths: Ints
    sums: Hashes
    codes: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, joined: str) -> Texts:
        """Return the texts that line breaks divide in ``joined``."""
        if joined.isascii():
            codes = np.frombuffer(joined.encode("ascii"), np.uint8).astype(np.uint32)
        else:
            codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.append(np.flatnonzero(codes == 10), len(codes)).astype(np.int64)
        starts = np.empty_like(ends)
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
        sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum((codes + np.uint64(1)) * _powers(_room(len(codes)))[: len(codes)], out=sums[1:])
        return cls(joined, starts, ends - starts, sums, codes)

    def __len__(self) -> int:
        return len(self.starts)

    def hashes(self, starts: Ints, lengths: Ints) -> Hashes:
        """Return the hash of each part; the parts lie within the row."""
        ends = starts + lengths
        parts: Hashes = (self.sums[ends] - self.sums[starts]) * _inverses(_room(len(self.codes)))[starts]
        return parts

    def letters(self, starts: Ints, lengths: Ints) -> Hashes:
        """Return which characters occur in each part, as bits; characters 64 apart share one."""
        bits = np.append(np.uint64(1) << (self.codes & np.uint32(63)).astype(np.uint64), np.uint64(0))
        edges = np.empty(2 * len(starts), np.int64)
        edges[0::2], edges[1::2] = starts, starts + lengths
        found: Hashes = np.bitwise_or.reduceat(bits, edges)[0::2] if len(starts) else np.zeros(0, np.uint64)
        found[lengths == 0] = 0
        return found

    def parts(self, starts: Ints, lengths: Ints, which: Ints) -> list[str]:
        """Return the parts numbered ``which`` as texts."""
        if starts is self.starts and lengths is self.lengths:
            whole = self.joined.split("\n")
            return [whole[number] for number in which.tolist()]
        begins, ends = starts[which], starts[which] + lengths[which]
        return [self.joined[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def hash_of(text: str) -> int:
    """Return the hash of a single text."""
    value = 0
    for char in reversed(text):
        value = (value * _P + ord(char) + 1) % 2**64
    return value


def _room(length: int) -> int:
    return max(1 << 16, 1 << length.bit_length())


@cache
def _powers(count: int) -> Hashes:
    factors = np.full(count, _P, np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


@cache
def _inverses(count: int) -> Hashes:
    factors = np.full(count, pow(_P, -1, 2**64), np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


@dataclass(frozen=True, slots=True)
class Forms:
    """The canonical forms of a batch: line ``i`` of each is of text ``i``."""

    seen: str
    folded: str

    @property
    def consonants(self) -> str:
        """Return the seen texts without their vowels."""
        return self.seen.encode().translate(None, _VOWELS).decode()


def forms_of(raw: Sequence[str]) -> Forms:
    """Return the seen and folded forms of the texts, the same as `Canonical` gives one by one."""
    joined = "\n".join(raw)
    plain_ascii = joined.isascii() and not any(symbol in joined for symbol in _SYMBOLS)
    if plain_ascii and joined.count("\n") == max(0, len(raw) - 1):
        seen = _alnum(joined)
        return Forms(seen, _merged(seen))
    shown, drawn = list(raw), list(raw)
    for place, text in enumerate(raw):
        if _SLOW.search(text) is not None or "\n" in text:
            ascii_text = text if text.isascii() else to_ascii(text)
            shown[place] = plain(ascii_text)
            drawn[place] = plain(fold_symbols(ascii_text))
    return Forms(_alnum("\n".join(shown)), _merged(_alnum("\n".join(drawn))))


def _alnum(joined: str) -> str:
    # Bytes above ASCII belong to letters that `plain` kept, and are left alone.
    return (
        joined.encode("utf-8", "surrogatepass")
        .translate(_LOWER, _KEEP_ALNUM)
        .decode("utf-8", "surrogatepass")
    )


def _merged(joined: str) -> str:
    folded = joined.encode("utf-8", "surrogatepass").replace(b"vv", b"w").translate(_LEET)
    return folded.replace(b"rn", b"m").replace(b"cl", b"d").decode("utf-8", "surrogatepass")
