"""Pictures as they come out: in a real browser, in every palette, and in a real PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reports.charts import Gallery, coverage_bar
from reports.html import HtmlFormat
from reports.review import CoverageSplit
from tests.reports.support_browser import Tab, browser, executable
from tests.reports.support_hostile import HOSTILE, poisoned
from tests.reports.support_review import sample_review
from tests.support import needs_pdf

needs_browser = pytest.mark.skipif(
    executable() is None, reason="no Chromium here; with Debian: apt-get install chromium"
)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="no pdftoppm here; with Debian: apt-get install poppler-utils"
)


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """Return a page of a running browser."""
    with browser() as opened:
        yield opened


OUTSIDE = """
[...document.querySelectorAll('svg.picture')].filter((svg) => svg.getBoundingClientRect().width).flatMap((svg) => {
  const frame = svg.viewBox.baseVal;
  return [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBBox();
    return box.x < -2 || box.x + box.width > frame.width + 2 || box.y + box.height > frame.height + 8;
  }).map((text) => text.textContent);
})
"""
OVERLAPPING = """
[...document.querySelectorAll('svg.picture')].filter((svg) => svg.getBoundingClientRect().width).flatMap((svg) => {
  const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBBox()]);
  return boxes.flatMap(([one, a], index) => boxes.slice(index + 1).filter(([, b]) =>
    a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 &&
    Math.abs((a.y + a.height / 2) - (b.y + b.height / 2)) < 8).map(([other]) => one + ' / ' + other));
})
"""


@needs_browser
@pytest.mark.parametrize("kind", ["plain", "long", "arabic", "emoji", "marks", "script"])
def test_no_word_leaves_its_picture_or_covers_another(tab: Tab, tmp_path: Path, kind: str) -> None:
    """Whatever the names, texts stay within the frame and apart from each other."""
    review = sample_review()
    shown = review if kind == "plain" else poisoned(review, HOSTILE[kind])
    path = HtmlFormat().write(shown, tmp_path)[0]
    tab.size(1440, 900)
    tab.open(path)
    assert tab.evaluate("document.querySelectorAll('svg.picture text').length") > 100
    assert tab.evaluate(OUTSIDE) == []
    assert tab.evaluate(OVERLAPPING) == []


def _colours(tab: Tab) -> list[str]:
    """Return what paints full control, the hatch and the words."""
    found: list[str] = tab.evaluate(
        "['.fill-control', '.hatch', 'text.t-strong'].map((style) => {"
        " const shape = getComputedStyle(document.querySelector('svg.picture ' + style));"
        " return style == '.hatch' ? shape.stroke : shape.fill; })"
    )
    return found


@needs_browser
def test_the_style_sheet_outranks_the_attributes_in_every_palette(tab: Tab, tmp_path: Path) -> None:
    """Light and dark each show their own colours; with forced colours the system's own are used."""
    tab.open(HtmlFormat().write(sample_review(), tmp_path)[0])
    tab.size(1440, 900)
    assert _colours(tab) == ["rgb(53, 83, 106)", "rgb(27, 33, 39)", "rgb(27, 33, 39)"]
    tab.size(1440, 900, dark=True)
    assert _colours(tab) == ["rgb(169, 196, 216)", "rgb(231, 234, 237)", "rgb(231, 234, 237)"]
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    try:
        probe = (
            "(() => { const p = document.body.appendChild(document.createElement('p'));"
            " p.style.color = 'CanvasText'; return getComputedStyle(p).color; })()"
        )
        system = tab.evaluate(probe)
        assert _colours(tab) == [system] * 3
    finally:
        tab.size(1440, 900)


@needs_browser
def test_on_a_phone_bars_are_readable_and_maps_give_way_to_the_cards(tab: Tab, tmp_path: Path) -> None:
    """At 390 pixels words in pictures are at least 11 pixels high, and no map is squeezed."""
    tab.size(390, 844)
    tab.open(HtmlFormat().write(sample_review(), tmp_path)[0])
    scales = tab.evaluate(
        "[...document.querySelectorAll('svg.picture')].map((svg) => svg.getBoundingClientRect().width /"
        " svg.viewBox.baseVal.width).filter((scale) => scale > 0)"
    )
    assert len(scales) > 5
    assert min(scales) * 14 >= 11
    assert not tab.evaluate(
        "[...document.querySelectorAll('svg.picture-map')].some((svg) => svg.getBoundingClientRect().width)"
    )


def _pixels(picture: str, folder: Path, width: int, height: int) -> list[list[tuple[int, int, int]]]:
    """Draw one picture as a PDF page of its own size, with no style for its inside; return rows of pixels."""
    from weasyprint import HTML

    page = f"<style>@page{{size:{width}px {height}px;margin:0}}body{{margin:0}}</style>{picture}"
    pdf = folder / "picture.pdf"
    HTML(string=page).write_pdf(pdf)
    subprocess.run(["pdftoppm", "-r", "96", "-singlefile", str(pdf), str(folder / "picture")], check=True)
    kind, size, _most, body = (folder / "picture.ppm").read_bytes().split(b"\n", 3)
    assert kind == b"P6"
    wide, high = map(int, size.split())
    assert (wide, high) == (width, height)
    flat = [(body[i], body[i + 1], body[i + 2]) for i in range(0, wide * high * 3, 3)]
    return [flat[row * wide : (row + 1) * wide] for row in range(high)]


@needs_pdf
@needs_poppler
def test_a_pdf_shows_the_fills_without_any_style_sheet(tmp_path: Path) -> None:
    """Verified is solid, attested has dots on its ground, unknown has dark lines on white."""
    picture = coverage_bar(CoverageSplit(verified=1, attested=1, unknown=1))
    drawn = str(Gallery(for_paper=True)(picture))
    rows = _pixels(drawn, tmp_path, 420, 24)
    solid, dotted, hatched = ({rows[y][x] for y in range(4, 20) for x in span} for span in (
        range(10, 50), range(150, 190), range(290, 330),
    ))  # fmt: skip
    assert solid == {(0x35, 0x53, 0x6A)}
    assert (0x9D, 0xB4, 0xC6) in dotted
    assert min(dotted)[0] < 0x50
    assert max(hatched) == (255, 255, 255)
    assert min(hatched)[0] < 0x40


@needs_pdf
@needs_poppler
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here")
def test_a_pdf_holds_the_words_of_the_picture(tmp_path: Path) -> None:
    """What is written in the drawing can be found in the PDF."""
    from weasyprint import HTML

    from reports.page import Page

    page = Page(sample_review(), for_paper=True)
    person = replace(page.people["hr:100512"], name="Bo Fox")
    drawn = f"<style>svg{{max-width:100%;height:auto}}</style>{page.picture(page.person_map(person))}"
    HTML(string=drawn).write_pdf(tmp_path / "map.pdf")
    found = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "map.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    for words in ("Bo Fox", "has left", "as a delegate on X", "@RiversideHealth", "publisher, X"):
        assert words in found
