"""The small templates of lines: whatever is not markup yet is escaped, and what was said is remembered in bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from reports.large import frames
from reports.large.frames import Frame, Memory, Sayings, escaped, glued, html


@given(st.text())
def test_text_is_escaped_as_the_library_does(text: str) -> None:
    """The quick way and the library's agree on every text."""
    assert escaped(text) == str(escape(text))
    assert Frame("<b>{}</b>")(text) == Markup("<b>{}</b>").format(text)


@given(st.lists(st.text()))
def test_markup_is_glued_as_it_stands(texts: list[str]) -> None:
    """Parts that are markup are joined, and the whole is markup that nobody escapes again."""
    parts = [Markup.escape(text) for text in texts]
    whole = glued(*parts)
    assert whole == Markup("").join(parts)
    assert escape(whole) == whole


def test_html_is_a_plain_string() -> None:
    """A format string takes it as it is, without asking a markup object for its text."""
    assert type(html(Markup("<b>a &amp; b</b>"))) is str


def test_a_thing_is_said_once() -> None:
    """What was said is looked up, not said again."""
    asked: list[str] = []

    def say(key: str) -> Markup:
        asked.append(key)
        return Markup.escape(key)

    sayings = Sayings(say)
    assert [sayings["a<b"], sayings["a<b"], sayings["c"]] == ["a&lt;b", "a&lt;b", "c"]
    assert asked == ["a<b", "c"]


@pytest.mark.parametrize("most", [1, 3])
def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """However many different things are said, only so many are kept."""
    monkeypatch.setattr(frames, "MOST", most)
    memory: Memory[int, str] = Memory()
    for number in range(20):
        assert memory.keep(number, str(number)) == str(number)
        assert len(memory) <= most
        assert memory[number] == str(number)
