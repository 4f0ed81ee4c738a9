"""The page in a real browser: no outside request, no error, and search, filter and sort that work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.html import HtmlFormat
from tests.reports.support_browser import Tab, browser, executable
from tests.reports.support_hostile import HOSTILE, poisoned
from tests.reports.support_review import sample_review

pytestmark = pytest.mark.skipif(
    executable() is None, reason="no Chromium here; with Debian: apt-get install chromium"
)


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """Return a page of a running browser."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample as a file."""
    return HtmlFormat().write(sample_review(), tmp_path_factory.mktemp("report"))[0]


def _complaints(tab: Tab) -> list[object]:
    bad = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
    return [event for event in tab.events if event.get("method") in bad]


def _requests(tab: Tab) -> set[str]:
    sent = [event for event in tab.events if event.get("method") == "Network.requestWillBeSent"]
    return {event["params"]["request"]["url"] for event in sent}


def _type(tab: Tab, word: str) -> None:
    tab.evaluate(
        f"(async () => {{ const f = document.getElementById('find'); f.value = {word!r};"
        " f.dispatchEvent(new Event('input', {bubbles: true}));"
        " await new Promise((done) => setTimeout(done, 200)); })()"
    )


def _shown(tab: Tab) -> int:
    return int(tab.evaluate("[...document.querySelectorAll('#findings tr[data-find]')]"
                            ".filter((row) => row.offsetParent !== null).length"))  # fmt: skip


def test_it_loads_nothing_but_itself_and_raises_nothing(tab: Tab, report: Path) -> None:
    """One request, for the file; the policy blocks nothing of ours; no script error."""
    tab.size(1440, 900)
    tab.open(report)
    tab.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert _requests(tab) == {report.as_uri()}
    assert _complaints(tab) == []


@pytest.mark.parametrize("kind", ["script", "attribute", "style", "long", "arabic"])
def test_hostile_names_run_nothing_and_break_no_layout(tab: Tab, tmp_path: Path, kind: str) -> None:
    """No alert, no request, no policy complaint, and no page wider than the screen."""
    hostile = HtmlFormat().write(poisoned(sample_review(), HOSTILE[kind]), tmp_path)[0]
    for width in (1440, 390):
        tab.size(width, 900)
        tab.open(hostile)
        assert _requests(tab) == {hostile.as_uri()}
        assert _complaints(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_search_finds_by_words_whatever_case_and_accent(tab: Tab, report: Path) -> None:
    """A search hides the lines without the words, and clearing shows all again."""
    tab.size(1440, 900)
    tab.open(report)
    everything = _shown(tab)
    _type(tab, "ANA whitlock")
    assert 0 < _shown(tab) < everything
    assert "of" in tab.evaluate("document.getElementById('find-result').textContent")
    _type(tab, "maria-jose nunez")
    assert tab.evaluate(
        "[...document.querySelectorAll('#people .thing:not(.off) h3')].map((h) => h.textContent.trim())"
    ) == ["María-José Núñez"]
    tab.evaluate("document.querySelector('.find button').click()")
    tab.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert _shown(tab) == everything


def test_severity_filter_keeps_only_the_gravest(tab: Tab, report: Path) -> None:
    """With critical chosen, just the critical findings stay."""
    tab.open(report)
    tab.evaluate("(async () => { const s = document.getElementById('find-severity'); s.value = '5';"
                 " s.dispatchEvent(new Event('input', {bubbles: true}));"
                 " await new Promise((done) => setTimeout(done, 200)); })()")  # fmt: skip
    assert _shown(tab) == 2


def test_a_link_to_a_hidden_line_shows_it(tab: Tab, report: Path) -> None:
    """Following a link to what the filter hides clears the filter."""
    tab.open(report)
    _type(tab, "zzzz")
    assert _shown(tab) == 0
    tab.evaluate("document.querySelector('.urgent a').click(); new Promise((done) => setTimeout(done, 200))")
    assert _shown(tab) > 0


def test_columns_sort_by_mouse_and_keyboard(tab: Tab, report: Path) -> None:
    """A head sorts its column up, then down, and says so to assistive programs."""
    tab.open(report)
    names = ("[...document.querySelector('#accounts > table').tBodies[0].rows]"
             ".map((row) => row.cells[1].textContent.trim())")  # fmt: skip
    head = "document.querySelector('#accounts > table thead th:nth-child(2) [role=button]')"
    tab.evaluate(f"{head}.click()")
    assert tab.evaluate(names) == sorted(tab.evaluate(names))
    tab.evaluate(f"{head}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter'}}))")
    assert tab.evaluate(names) == sorted(tab.evaluate(names), reverse=True)
    assert tab.evaluate(f"{head}.closest('th').getAttribute('aria-sort')") == "descending"


def test_without_script_everything_is_there(tab: Tab, report: Path) -> None:
    """With scripting off the page is whole and shows no dead controls."""
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(report)
        assert _shown(tab) == 9
        assert tab.evaluate("document.querySelector('.find').offsetParent === null")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


def test_the_four_answers_stand_on_the_first_screen(tab: Tab, report: Path) -> None:
    """On a wide screen all four questions are answered without scrolling."""
    tab.size(1440, 900)
    tab.open(report)
    assert tab.evaluate("document.querySelector('.answers').getBoundingClientRect().bottom") <= 900


def test_it_prints_whole_whatever_the_filter_hides(tab: Tab, report: Path, tmp_path: Path) -> None:
    """A filtered page prints as many pages as an unfiltered one."""
    tab.open(report)
    tab.print(tmp_path / "all.pdf")
    _type(tab, "zzzz")
    tab.print(tmp_path / "filtered.pdf")
    pages = [(tmp_path / name).read_bytes().count(b"/Type /Page\n") for name in ("all.pdf", "filtered.pdf")]
    assert pages[0] == pages[1] > 5
