"""A book: one subject's lines, filled into as many pages as they need, none over the size."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from auditor.errors import AuditorError
from reports.large.folder import write_page

LIMIT = 2_000_000
"""Bytes no page may exceed."""
FILL = 600_000
"""Bytes of lines after which a page is full: some 900 lines, which a browser lays out and filters at once."""
KEPT = 4_000_000
"""Bytes of finished pages of one book kept in memory; more wait on the disk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its book."""

    stem: str
    number: int
    """From 1."""
    pages: int


Frame = Callable[[Place], tuple[bytes, bytes]]
"""Returns what stands before and after a page's lines."""


def page_name(stem: str, number: int) -> str:
    """Return the file name of a book's page."""
    return f"{stem}.html" if number == 1 else f"{stem}-{number}.html"


@dataclass(slots=True)
class _Wrap:
    """What stands around lines."""

    opening: str = ""
    closing: str = ""
    again: str = ""
    is_open: bool = False
    is_shown: bool = False

    def open(self) -> str:
        if self.is_open:
            return ""
        text = self.again if self.is_shown else self.opening
        self.is_open = self.is_shown = True
        return text

    def shut(self) -> str:
        if not self.is_open:
            return ""
        self.is_open = False
        return self.closing


class Book:
    """Takes lines in order and writes pages; how many there are is known, and said, on each of them.

    A part is what stands around lines, such as a section, and an inner part is what stands around them
    within it, such as a table: where a page ends within them, the next page opens both again.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._lines: list[bytes] = []
        self._size = 0
        self._lengths: list[int] = []
        self._spool: IO[bytes] | None = None
        self._outer = _Wrap()
        self._inner = _Wrap()

    @property
    def is_empty(self) -> bool:
        """Whether no line was added yet."""
        return not self._lines and not self._lengths

    def part(self, opening: str = "", closing: str = "", again: str | None = None) -> None:
        """Begin a part; it shows once it has a line. ``again`` opens it on a further page."""
        self._shut()
        self._outer = _Wrap(opening, closing, opening if again is None else again)
        self._inner = _Wrap()

    def inner(self, opening: str, closing: str) -> None:
        """Begin an inner part; it shows once it has a line."""
        self._append(self._inner.shut())
        self._inner = _Wrap(opening, closing, opening)

    def add(self, line: str) -> int:
        """Add one line, which is never torn apart; return the number of its page."""
        return self.extend((line,))[0]

    def extend(self, lines: Iterable[str]) -> list[int]:
        """Add ``lines``, likewise; return the numbers of their pages."""
        pages, page = [], len(self._lengths) + 1
        is_open = self._outer.is_open and self._inner.is_open
        # Four hundred thousand lines pass here: what most of them need stands in local names.
        keep = self._lines.append
        size = self._size
        for line in map(str.encode, lines):
            if not is_open or size + len(line) > FILL:
                self._size = size
                page = self._room_for(len(line))
                size, is_open = self._size, True
            keep(line)
            size += len(line)
            pages.append(page)
        self._size = size
        return pages

    def _room_for(self, size: int) -> int:
        """Turn the page where it is full, and open what stands around lines; return the page's number."""
        if self._size and self._size + size > FILL:
            self._turn()
        self._append(self._outer.open())
        self._append(self._inner.open())
        return len(self._lengths) + 1

    def finish(self, frame: Frame) -> int:
        """Write the pages; return how many there are. A book without lines still has one page."""
        self._shut()
        last = b"".join(self._lines)
        pages = len(self._lengths) + 1
        if self._spool:
            with self._spool as spool:
                spool.seek(0)
                for number, length in enumerate(self._lengths, start=1):
                    self._write(frame(Place(self._stem, number, pages)), spool.read(length), number)
        self._write(frame(Place(self._stem, pages, pages)), last, pages)
        return pages

    def _append(self, text: str) -> None:
        if text:
            told = text.encode()
            self._lines.append(told)
            self._size += len(told)

    def _shut(self) -> None:
        self._append(self._inner.shut())
        self._append(self._outer.shut())

    def _turn(self) -> None:
        self._shut()
        if self._spool is None:
            self._spool = tempfile.SpooledTemporaryFile(max_size=KEPT, dir=str(self._folder))  # noqa: SIM115 - closed by finish
        page = b"".join(self._lines)
        self._spool.write(page)
        self._lengths.append(len(page))
        self._lines.clear()
        self._size = 0

    def _write(self, frame: tuple[bytes, bytes], body: bytes, number: int) -> None:
        before, after = frame
        if len(before) + len(body) + len(after) > LIMIT:
            raise AuditorError(
                f"a page of the report ({page_name(self._stem, number)}) would be larger than 2 MB.",
                remedy="Take the JSON or CSV report instead, and report this as a fault of the program.",
            )
        write_page(self._folder / page_name(self._stem, number), before, body, after)
