"""What is wrong with a roster, gathered while it is read, told in a bounded number of sentences."""

from __future__ import annotations

from collections.abc import Iterator

_MOST = 100
_MOST_WORDS = 50
_LONGEST_WORD = 80


class Problems:
    """A list of findings about lines of one file; unknown words are counted, not repeated."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._told: list[tuple[int, str]] = []
        self._words: dict[tuple[str, str], list[int]] = {}

    def add(self, line: int, sentence: str) -> None:
        """Note what is wrong on ``line``."""
        self._told.append((line, sentence))

    def add_word(self, column: str, word: str, line: int) -> None:
        """Note a word of ``column`` that nobody knows."""
        lines = self._words.setdefault((column, word[:_LONGEST_WORD]), [0, line])
        lines[0] += 1

    def sentences(self) -> Iterator[str]:
        """Yield ``file:line: what is wrong``, at most some hundred and how many more there are."""
        told = sorted(dict.fromkeys(self._told))
        for line, sentence in told[:_MOST]:
            yield f"{self._file}:{line}: {sentence}"
        if len(told) > _MOST:
            yield f"{self._file}: and {len(told) - _MOST} more lines, the next being line {told[_MOST][0]}."
        words = list(self._words.items())
        for (column, word), (count, line) in words[:_MOST_WORDS]:
            yield (
                f"{self._file}:{line}: {word!r} in column {column!r} says nothing we know ({count} rows): "
                "their status counts as unknown."
            )
        if len(words) > _MOST_WORDS:
            yield f"{self._file}: and {len(words) - _MOST_WORDS} more unknown words."
