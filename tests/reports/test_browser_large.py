"""The report of 100,000 findings in a real browser: it opens at once, and finger, eye and ear find their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reports.html import HtmlFormat
from reports.large.book import LIMIT
from reports.names import anchor
from tests.reports.support_browser import Tab, browser, executable
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review

pytestmark = pytest.mark.skipif(
    executable() is None, reason="no Chromium here; with Debian: apt-get install chromium"
)
FINDINGS = 100_000
AT_ONCE = 2_000
"""Milliseconds to the first paint of the index, on a machine that is doing other things too."""
QUICK = 1_000
"""Milliseconds a filter may take over a full page, likewise."""
FOCUS = "(() => { const one = document.activeElement; return one.id || one.className || one.textContent.trim(); })()"


@dataclass(frozen=True)
class Report:
    """Where the report stands."""

    index: Path
    account: Path
    rule: Path


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """Return a page of a running browser."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return the report of a hundred thousand findings."""
    review = large_review(FINDINGS)
    index, *_pages = HtmlFormat().write(review, tmp_path_factory.mktemp("large"))
    pages = index.parent / "access-review"
    return Report(
        index=index,
        account=pages / f"{anchor('account', review.accounts[0].account_id)}.html",
        rule=pages / f"{anchor('rule', review.rules[0].rule)}.html",
    )


def _complaints(tab: Tab) -> list[object]:
    bad = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
    return [event for event in tab.events if event.get("method") in bad]


def _shown(tab: Tab) -> int:
    return int(tab.evaluate("[...document.querySelectorAll('tr[data-find]')]"
                            ".filter((row) => row.offsetParent !== null).length"))  # fmt: skip


def test_no_page_is_too_large(report: Report) -> None:
    """Every page, the index too, is at most 2 MB."""
    sizes = [path.stat().st_size for path in report.index.parent.rglob("*.html")]
    assert len(sizes) > 1_000
    assert max(sizes) <= LIMIT == 2_000_000


def test_the_index_paints_at_once(tab: Tab, report: Report) -> None:
    """The first paint comes soon, from one request, with the four answers on the first screen and no complaint."""
    tab.size(1440, 900)
    tab.open(report.index)
    tab.settle()
    paints = tab.evaluate("performance.getEntriesByType('paint').map((one) => one.startTime)")
    assert len(paints) == 2
    assert max(paints) < AT_ONCE
    sent = [event for event in tab.events if event.get("method") == "Network.requestWillBeSent"]
    assert {event["params"]["request"]["url"] for event in sent} == {report.index.as_uri()}
    assert _complaints(tab) == []
    assert tab.evaluate("document.querySelector('.answers').getBoundingClientRect().bottom") <= 900


@pytest.mark.parametrize("name", ["index", "account", "rule"])
def test_nothing_is_wider_than_a_phone(tab: Tab, report: Report, name: str) -> None:
    """At 390 pixels no page scrolls sideways, and lines stand as cards with their labels."""
    tab.size(390, 844)
    tab.open(getattr(report, name))
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    label = tab.evaluate(
        "getComputedStyle(document.querySelector('.lines tbody td:nth-child(4)'), '::before').content"
    )
    assert len(label) > 4
    tab.size(1440, 900)


def test_the_filter_works_and_is_quick(tab: Tab, report: Report) -> None:
    """On a full page of a rule a word and a platform leave the right lines, within the bound."""
    tab.size(1440, 900)
    tab.open(report.rule)
    everything = _shown(tab)
    assert everything > 500
    took = tab.evaluate(
        "(async () => { const box = document.getElementById('find'); box.value = 'maria-jose MANAGE';"
        " const start = performance.now(); box.form.dispatchEvent(new Event('submit', {cancelable: true}));"
        " document.body.offsetHeight; return performance.now() - start; })()"
    )
    assert took < QUICK
    found = _shown(tab)
    assert 0 < found < everything
    assert tab.evaluate("[...document.querySelectorAll('tr[data-find]:not(.off)')]"
                        ".every((row) => /María-José/.test(row.textContent) && /MANAGE/.test(row.textContent))")  # fmt: skip
    tab.evaluate("(() => { const chosen = document.getElementById('find-platform'); chosen.selectedIndex = 1;"
                 " chosen.dispatchEvent(new Event('input', {bubbles: true})); })()")  # fmt: skip
    tab.settle()
    assert 0 < _shown(tab) < found


def test_the_index_finds_a_person_and_leads_there(tab: Tab, report: Report) -> None:
    """A name typed on the index lists pages, by keyboard alone; the link leads to the person's own section."""
    tab.size(1440, 900)
    tab.open(report.index)
    tab.evaluate("document.getElementById('seek').focus()")
    tab.type("ana diaz")
    first = tab.evaluate("document.querySelector('#seek-found a').textContent")
    assert first.startswith("Ana Diaz")
    tab.press("Escape")
    tab.settle()
    assert (
        tab.evaluate(
            "document.getElementById('seek').value + document.querySelectorAll('#seek-found a').length"
        )
        == "0"
    )
    tab.type("ana diaz")
    tab.press("Tab")
    tab.press("Tab")
    assert tab.evaluate("document.activeElement.closest('#seek-found') !== null")
    tab.press("Enter")
    tab.evaluate("new Promise((done) => setTimeout(done, 1500))")
    assert tab.evaluate("location.pathname").endswith(".html")
    assert "Ana Diaz" in tab.evaluate("document.querySelector(':target h2').textContent")


def test_the_keyboard_reaches_everything(tab: Tab, report: Report) -> None:
    """The first stop skips to the content; then contents, search, filters and column heads follow in reading order."""
    tab.size(1440, 900)
    tab.open(report.account)
    tab.press("Tab")
    assert tab.evaluate(FOCUS) == "skip"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    tab.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    stops = []
    for _stop in range(9):
        tab.press("Tab")
        assert tab.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"), (
            tab.evaluate(FOCUS)
        )
        stops.append(tab.evaluate(FOCUS))
    search = stops.index("find")
    assert stops[search : search + 2] == ["find", "find-severity"]
    assert "Severity and risk" in stops[search:]


def test_enter_and_space_work_the_controls(tab: Tab, report: Report) -> None:
    """Enter sorts by a head and Space sorts back; Enter opens the score's factors; Escape clears the search."""
    tab.size(1440, 900)
    tab.open(report.account)
    head = "document.querySelector('table.by-account thead [role=button]')"
    order = f"{head}.closest('th').getAttribute('aria-sort')"
    tab.evaluate(f"{head}.focus()")
    tab.press("Enter")
    assert tab.evaluate(order) == "ascending"
    tab.press(" ")
    assert tab.evaluate(order) == "descending"
    tab.evaluate("document.querySelector('.lines summary').focus()")
    tab.press("Enter")
    assert tab.evaluate("document.querySelector('.lines details').open")
    tab.evaluate("document.getElementById('find').focus()")
    everything = _shown(tab)
    tab.type("zzzz")
    assert _shown(tab) == 0
    tab.press("Escape")
    tab.settle()
    assert _shown(tab) == everything


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["index", "account", "rule", "sample"])
def test_no_serious_accessibility_violation(
    tab: Tab, report: Report, tmp_path: Path, name: str, dark: bool
) -> None:
    """The checker finds nothing serious or critical, in light and dark, nor on the one-page report."""
    path = HtmlFormat().write(sample_review(), tmp_path)[0] if name == "sample" else getattr(report, name)
    tab.size(1440, 900, dark=dark)
    tab.open(path)
    assert tab.violations() == []


def test_it_prints_with_its_heads_and_without_its_controls(tab: Tab, report: Report, tmp_path: Path) -> None:
    """An account prints as several pages; heads repeat, search and contents stay away, whatever the filter hides."""
    tab.size(1440, 900)
    tab.open(report.account)
    tab.evaluate("document.getElementById('find').focus()")
    tab.type("zzzz")
    tab.print(tmp_path / "account.pdf")
    assert (tmp_path / "account.pdf").read_bytes().count(b"/Type /Page\n") > 4
    tab.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert (
            tab.evaluate("getComputedStyle(document.querySelector('table.lines thead')).display")
            == "table-header-group"
        )
        assert tab.evaluate("[...document.querySelectorAll('.find, .contents, .skip, .pager')]"
                            ".every((one) => getComputedStyle(one).display === 'none')")  # fmt: skip
        assert tab.evaluate("document.querySelector('tr[data-find].off').offsetParent !== null")
    finally:
        tab.call("Emulation.setEmulatedMedia", media="")


def test_without_script_every_line_and_link_is_there(tab: Tab, report: Report) -> None:
    """With scripting off the pages read whole and show no dead controls."""
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(report.index)
        assert tab.evaluate("document.querySelector('.finder').offsetParent === null")
        tab.open(report.account)
        assert _shown(tab) > 50
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
