"""Books of lines: filled at once or line by line, they become the same pages."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.large import book
from reports.large.book import Book, Place

PARTS = st.lists(st.lists(st.text("aé€🎈", min_size=1, max_size=12), max_size=8), max_size=5)


def _around(place: Place) -> tuple[bytes, bytes]:
    return f"{place.number}/{place.pages}(".encode(), b")"


def _pages(parts: list[list[str]], *, at_once: bool) -> tuple[list[int], list[str]]:
    """Return the page of each line, and the pages."""
    told: list[int] = []
    with TemporaryDirectory() as folder:
        made = Book(Path(folder), "lines")
        for lines in parts:
            made.part("<p>", "</p>", "<p again>")
            made.inner("<ul>", "</ul>")
            told += made.extend(iter(lines)) if at_once else [made.add(line) for line in lines]
        count = made.finish(_around)
        names = [book.page_name("lines", number + 1) for number in range(count)]
        assert sorted(names) == sorted(path.name for path in Path(folder).iterdir())
        return told, [(Path(folder) / name).read_text("utf-8") for name in names]


@given(parts=PARTS, fill=st.integers(min_value=1, max_value=60))
@settings(max_examples=60, deadline=None)
def test_lines_added_at_once_stand_where_each_alone_would(parts: list[list[str]], fill: int) -> None:
    """Adding many lines at a time changes neither a page nor what is said of where a line stands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "FILL", fill)
        told, pages = _pages(parts, at_once=True)
        assert (told, pages) == _pages(parts, at_once=False)
    lines = [line for part in parts for line in part]
    assert len(told) == len(lines)
    assert all(line in pages[page - 1] for line, page in zip(lines, told, strict=True))


def test_a_part_without_lines_does_not_show(tmp_path: Path) -> None:
    """No lines open nothing: a heading without a line below it would promise what is not there."""
    made = Book(tmp_path, "none")
    made.part("<p>", "</p>")
    assert made.extend(()) == []
    assert made.is_empty
    made.finish(_around)
    assert (tmp_path / "none.html").read_text("utf-8") == "1/1()"
