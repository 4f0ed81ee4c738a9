"""The PDF: one side stays one side, nothing is fetched, the same review gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from reports import narrow, sheet
from reports.pdf import PdfFormat, draw, print_html
from reports.review import AccessReview, CoverageSplit, Reader
from tests.reports.support_estate import NOW
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_html import read
from tests.reports.support_narrow import PRIYA, huge, named_estate
from tests.reports.support_pdf import POPPLER, lowest, objects, pages, text
from tests.reports.support_review import sample_review
from tests.support import needs_pdf

pytestmark = needs_pdf
ROOT = Path(__file__).parents[2]
needs_poppler = pytest.mark.skipif(
    POPPLER is None, reason="no pdftotext here; with Debian: apt-get install poppler-utils"
)


def _written(review: AccessReview, folder: Path) -> Path:
    (path,) = PdfFormat().write(review, folder)
    return path


def _executive(review: AccessReview) -> AccessReview:
    return replace(review, reader=Reader.EXECUTIVE)


SIDES = {
    "sample": sample_review,
    "huge": huge,
    "bare": lambda: bare(sample_review()),
    "empty": lambda: AccessReview(organization="Riverside Health", snapshot_id="s1", as_of=NOW, finished_at=NOW,
                                  timezone="UTC", coverage=CoverageSplit()),
    **{kind: (lambda name=name: poisoned(sample_review(), name)) for kind, name in HOSTILE.items()},
    "huge and wide": lambda: poisoned(huge(), "W" * 300),
    "huge and wider": lambda: poisoned(huge(), "㍿" * 300),
}  # fmt: skip


@pytest.mark.parametrize("kind", SIDES)
def test_the_executive_page_is_one_side_whatever_the_data(kind: str, tmp_path: Path) -> None:
    """One page, and the last line of it is still on it: nothing was pushed over the edge."""
    path = _written(_executive(SIDES[kind]()), tmp_path)
    assert path.name == "executive.pdf"
    assert pages(path.read_bytes()) == 1
    if POPPLER:
        told = text(path)
        for words in ("What to do first", "How much we really know", "Better or worse than last time",
                      "What was looked at", "What could not be seen", "Standards this supports evidence for",
                      "how each statement is known", "page 1 of 1"):  # fmt: skip
            assert words in told
        last = "standard." if "The rules applied name no standard." in told else "judge."
        # The foot of the page has two lines; nothing above may reach into them.
        assert lowest(path, last) < lowest(path, "known.") - 12


@needs_poppler
def test_the_executive_page_holds_the_four_answers(tmp_path: Path) -> None:
    """Actions with their first step, shares of what is known, the change, and what was looked at."""
    told = text(_written(_executive(sample_review()), tmp_path))
    for words in ("Bo Fox left on 31 Oct 2026 and can still post as @RiversideHealth",
                  "Remove the delegate in X: Settings, Delegate", "61 % verified, 5 % attested, 34 % unknown",
                  "3 findings new, 5 resolved, 6 still open", "8 accounts on 4 platforms, 20 grants",
                  "Have each holder's second factor attested", "HIPAA, 45 CFR 5 paragraphs"):  # fmt: skip
        assert words in told


def test_the_file_says_what_it_is_to_people_and_programs(tmp_path: Path) -> None:
    """Title, author, language, day and the mark of PDF/UA-1 are in it; it is tagged and has bookmarks."""
    held = objects(_written(sample_review(), tmp_path).read_bytes())
    for mark in (b"Access review: Riverside Health, 20 Nov 2026", b"/Author (Riverside Health)", b"Auditor 0.1.0",
                 b"/Lang (en)", b"D:20261120143200", b"pdfuaid:part", b"/StructTreeRoot", b"/Outlines"):  # fmt: skip
        assert mark in held, mark


@needs_poppler
def test_every_page_carries_snapshot_time_and_number(tmp_path: Path) -> None:
    """The foot of each page names the snapshot, the time and how many pages there are."""
    path = _written(sample_review(), tmp_path)
    count = pages(path.read_bytes())
    assert 4 < count < 20
    for number in range(1, count + 1):
        told = text(path, number)
        assert "snapshot 20261120T143000Z-7f3a" in told
        assert f"20 Nov 2026, 08:30 CST, page {number} of {count}" in told


@needs_poppler
def test_the_full_document_tells_what_it_leaves_out(tmp_path: Path) -> None:
    """A large review ends after so many findings, says how many more there are and where, and counts all by rule."""
    review = huge(accounts=12, holders=4, findings=800)
    path = _written(review, tmp_path)
    told = text(path)
    fails = sum(one.verdict == "fail" for one in review.findings)
    assert f"{fails - sheet.FINDINGS} more findings are left out of this document" in told
    assert "access-review.html and access-review.xlsx" in told
    assert "All findings, counted by rule" in told
    assert pages(path.read_bytes()) < 60


def test_the_caps_count_exactly_what_they_leave_out() -> None:
    """Shown and left out add up, for findings and for accounts with their holders."""
    review = huge(accounts=30, holders=12, findings=1_500)
    page = read(print_html(review))
    rows = [e for e in page.all("table") if e.attributes.get("class") == "findings"]
    assert len(rows) == 1
    headings = [e for e in page.all("section") if e.attributes.get("class") == "account"]
    assert len(headings) == sheet.HOLDERS // 12
    left = [e.text for e in page.all("p") if e.attributes.get("class") == "left-out"]
    assert any(words.startswith(f"{30 - len(headings)} more accounts") for words in left)


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice here, and once in a program of its own with another hash seed: not a byte differs."""
    review = narrow.for_person(named_estate(), "hr:100512")
    here = _written(review, tmp_path / "a").read_bytes()
    assert _written(review, tmp_path / "b").read_bytes() == here
    program = (
        "import pathlib, sys; from reports import narrow; from reports.pdf import PdfFormat;"
        "from tests.reports.support_narrow import named_estate;"
        "PdfFormat().write(narrow.for_person(named_estate(), 'hr:100512'), pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "c")], cwd=ROOT, check=True,
                   env={**os.environ, "PYTHONHASHSEED": "77"})  # fmt: skip
    assert (tmp_path / "c" / "person.pdf").read_bytes() == here


def test_nothing_is_fetched_from_network_or_disk(tmp_path: Path) -> None:
    """Pictures, style sheets and fonts named by a document are not asked for, and no file gets in."""
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    secret = tmp_path / "secret.css"
    secret.write_text("p::after { content: 'the secret word' }")
    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        at = f"http://127.0.0.1:{server.server_port}"
        html = (
            f"<html lang=en><title>t</title><link rel=stylesheet href='{secret.as_uri()}'><link rel=stylesheet href={at}/a>"
            f"<style>@import '{at}/b'; @font-face {{ font-family: f; src: url({at}/c) }} p {{ font-family: f;"
            f" background: url({at}/d) }}</style><p>words</p><img alt='' src={at}/e><img alt='' src='{secret.as_uri()}'>"
        )
        made = draw(html, identifier=b"0" * 16)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == []
    assert pages(made) == 1
    assert b"secret word" not in objects(made)


def test_no_document_of_ours_names_anything_to_fetch() -> None:
    """Whatever a review holds, its print has no source, no style sheet from outside and no address in its style."""
    for review in (sample_review(), narrow.for_owner(named_estate(), PRIYA)):
        page = read(print_html(review))
        assert not [e for e in page.elements if {"src", "srcset", "xlink:href"} & set(e.attributes)]
        assert not page.all("link")
        assert "url(" not in page.all("style")[0].text
        assert "@import" not in page.all("style")[0].text


@pytest.mark.parametrize("kind", ["long", "bidi"])
def test_hostile_names_are_drawn_and_break_nothing(kind: str, tmp_path: Path) -> None:
    """The full document is made with the text in every field, at a length that stays near the plain one's."""
    path = _written(poisoned(sample_review(), HOSTILE[kind]), tmp_path)
    assert pages(path.read_bytes()) < 40
    if POPPLER and kind == "bidi":
        assert "[U+202E]" in text(path)


def test_drawing_is_loaded_only_when_a_pdf_is_written() -> None:
    """The table of formats and the command line do not load the library."""
    program = "import sys, reports.pdf, auditor.cli.app; sys.exit('weasyprint' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_missing_system_libraries_are_named() -> None:
    """Where Pango cannot be opened, one sentence and the Debian packages are told."""
    program = (
        "import cffi, sys, pathlib\n"
        "def missing(*_, **__): raise OSError('cannot load library')\n"
        "cffi.FFI.dlopen = missing\n"
        "from auditor.errors import AuditorError\n"
        "from reports.pdf import draw\n"
        "try: draw('<p>', identifier=b'')\n"
        "except AuditorError as error: print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "the system libraries that draw a PDF are missing" in told.stdout
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert package in told.stdout


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the machine can read it, and nothing half-written stays."""
    path = _written(_executive(sample_review()), tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["executive.pdf"]
