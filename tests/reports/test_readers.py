"""The readers' documents: each holds what its reader needs, stands on its own, and shows no more."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from auditor.model.finding import Verdict
from reports import narrow
from reports.html import HtmlFormat, render
from reports.pdf import print_html
from reports.readers import DOCUMENTS
from reports.review import AccessReview, CoverageSplit, Reader
from reports.text import clean
from reports.veil import names_of
from tests.reports.support_browser import browser, executable
from tests.reports.support_estate import NOW, PEOPLE
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_html import ReadPage, read
from tests.reports.support_narrow import PRIYA, huge, named_estate
from tests.reports.support_pdf import pages
from tests.reports.support_review import sample_review

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def _owners(review: AccessReview) -> AccessReview:
    return narrow.for_owner(review, narrow.owners(review)[0])


def _persons(review: AccessReview) -> AccessReview:
    return narrow.for_person(review, review.people[1].person_id)


NARROWED: dict[Reader, Callable[[AccessReview], AccessReview]] = {
    Reader.EXECUTIVE: lambda review: replace(review, reader=Reader.EXECUTIVE),
    Reader.OWNER: _owners,
    Reader.PERSON: _persons,
    Reader.METHOD: lambda review: replace(review, reader=Reader.METHOD),
}
SHORT = tuple(NARROWED)


def _page(review: AccessReview) -> ReadPage:
    return read("".join(render(review)))


@cache
def _usual(reader: Reader) -> ReadPage:
    """Return the sample's document, read once."""
    return _page(NARROWED[reader](sample_review()))


def _main(review: AccessReview) -> str:
    return " ".join(_page(review).all("main")[0].text.split())


def test_every_reader_has_a_document_and_its_file(tmp_path: Path) -> None:
    """The table knows each reader; the page is written under the stem it names."""
    assert set(DOCUMENTS) == set(Reader)
    for reader, narrowed in NARROWED.items():
        (path,) = HtmlFormat().write(narrowed(sample_review()), tmp_path / reader)
        assert path.name == f"{DOCUMENTS[reader].stem}.html"


@pytest.mark.parametrize("reader", SHORT)
def test_a_document_stands_on_its_own(reader: Reader) -> None:
    """Nothing is fetched or run; every link inside leads somewhere; ids are unique; one h1, no level skipped."""
    page = _page(NARROWED[reader](named_estate()))
    assert not [e for e in page.elements if e.tag in {"script", "img", "link", "iframe", "object", "base"}]
    for element in page.elements:
        assert not {"style", "src", "srcset"} & set(element.attributes)
        assert not [name for name in element.attributes if name.startswith("on")]
    inside = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert inside <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert len(page.all("h1")) == 1
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.all("html")[0].attributes["lang"] == "en"


@pytest.mark.parametrize("reader", SHORT)
def test_words_stay_honest(reader: Reader) -> None:
    """No document calls anything compliant or secure, or raises its voice; each says it supports evidence."""
    page = _page(NARROWED[reader](sample_review()))
    words = page.all("body")[0].text
    assert "compliant" not in words.casefold()
    assert "!" not in words
    assert "supports evidence for" in words


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("reader", SHORT)
def test_hostile_names_change_no_document(reader: Reader, kind: str) -> None:
    """With the text in every field: no new element or attribute, no hidden character, and the text is shown."""
    whole = "".join(render(NARROWED[reader](poisoned(sample_review(), HOSTILE[kind]))))
    assert not HIDDEN.search(whole.replace("\n", ""))
    page, usual = read(whole), _usual(reader)
    assert {e.tag for e in page.elements} <= {e.tag for e in usual.elements} | {
        "code",
        "svg",
        "title",
        "desc",
    }
    allowed = {name for e in usual.elements for name in e.attributes}
    assert {name for e in page.elements for name in e.attributes} <= allowed
    assert len(page.ids) == len(set(page.ids))
    assert clean(HOSTILE[kind])[:10] in page.all("main")[0].text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_change_nothing_in_the_full_print(kind: str) -> None:
    """Likewise for the document that becomes the full review's PDF."""
    whole = print_html(poisoned(sample_review(), HOSTILE[kind]))
    assert not HIDDEN.search(whole.replace("\n", ""))
    assert {e.tag for e in read(whole).elements} == _tags_of_the_full_print()


@cache
def _tags_of_the_full_print() -> frozenset[str]:
    return frozenset(e.tag for e in read(print_html(sample_review())).elements)


@pytest.mark.parametrize("reader", SHORT)
def test_a_document_of_a_review_with_nothing_optional(reader: Reader) -> None:
    """Whatever sources leave out, the document stands, and unknown is said."""
    whole = sample_review()
    part = NARROWED[reader](whole)
    assert "Unknown" in _main(bare(part) if reader in (Reader.EXECUTIVE, Reader.METHOD) else part)
    thin = bare(replace(part, about=None))
    kept = replace(thin, about=part.about, reader=reader)
    assert _page(kept).all("main")


@pytest.mark.parametrize("reader", [Reader.EXECUTIVE, Reader.METHOD, Reader.FULL])
def test_an_empty_review_is_not_green(reader: Reader) -> None:
    """With nothing read, nothing is good news: the documents say that nothing is known."""
    empty = AccessReview(
        organization="Riverside Health", snapshot_id="s1", as_of=NOW, finished_at=NOW, timezone="UTC",
        coverage=CoverageSplit(), reader=reader,
    )  # fmt: skip
    main = " ".join(read(print_html(empty)).all("main")[0].text.split())
    assert "Nothing is known" in main
    assert "No pack of rules was applied" in main
    assert "no roster" in main
    if reader is not Reader.EXECUTIVE:
        assert "No source was read" in main


@pytest.mark.parametrize("owner", narrow.owners(named_estate()))
def test_an_owners_document_names_no_other_account_and_nobody_unconcerned(owner: str) -> None:
    """Neither on the page nor in the PDF's text stands another account's name, or somebody without a tie."""
    whole = named_estate()
    part = narrow.for_owner(whole, owner)
    own = {account.account_id for account in part.accounts}
    text = ("".join(render(part)) + print_html(part)).casefold()
    for account in whole.accounts:
        found = [name for name in names_of(account) if name.casefold() in text]
        assert bool(found) == (account.account_id in own), (account.account_id, found)
    concerned = {person.person_id for person in part.people}
    assert not [one.name for one in PEOPLE if one.person_id not in concerned and one.name.casefold() in text]


def test_an_owners_document_holds_all_that_is_theirs() -> None:
    """Each finding, holder, app and unknown of their accounts is told, and each account has its section."""
    part = narrow.for_owner(sample_review(), PRIYA)
    page = _page(part)
    main = page.all("main")[0].text
    for finding in part.findings:
        if finding.verdict is Verdict.FAIL:
            assert finding.message in main
    for account in part.accounts:
        assert all((holder.person_name or holder.principal_name) in main for holder in account.holders)
        assert all((app.name or app.app_id) in main for app in account.apps)
        assert all(cell.remedy in main for cell in account.coverage if not cell.state.is_known)
    heads = [e.text for e in page.all("h2")]
    assert heads[:2] == ["What to do first", "How much we really know"]


def test_a_persons_sheet_asks_for_a_decision_on_each_access() -> None:
    """Each grant has a box to keep and one to remove; identities, what is not seen and the signatures follow."""
    part = narrow.for_person(sample_review(), "hr:100512")
    page = _page(part)
    boxes = [e.attributes["aria-label"] for e in page.all("span") if e.attributes.get("class") == "box" and "aria-label" in e.attributes]  # fmt: skip
    assert len(boxes) == 2 * 2
    main = " ".join(page.all("main")[0].text.split())
    for words in ("Has left, last day 31 Oct 2026", "2 grants on 2 accounts", "1 account to answer for",
                  "Riverside Children's Hospital", "whose holders could not all be seen", "Signature", "Date",
                  "who carried it out", "LinkedIn answered 403"):  # fmt: skip
        assert words in main


def test_a_person_without_access_is_not_said_to_be_clean() -> None:
    """Where holders of some account are not known, no access seen is not no access."""
    review = sample_review()
    part = narrow.for_person(review, "hr:100599")
    none = replace(part, accounts=tuple(replace(one, holders=()) for one in part.accounts))
    main = _main(none)
    assert "No access was seen. That is not all: see what could not be seen." in main


def test_the_method_appendix_names_every_rule_source_and_pack() -> None:
    """Rules with counts, sources with their time, packs with version, each account's coverage, whole evidence ids."""
    review = replace(sample_review(), reader=Reader.METHOD)
    main = _main(review)
    for words in (*(rule.rule for rule in review.rules), *(rule.title for rule in review.rules),
                  *(source.connection_id for source in review.sources), *(pack.title for pack in review.packs),
                  "auditor evidence show", "by Auditor 0.1.0", "20261120T143000Z-7f3a", *review.limits,
                  "privacy@riverside.example"):  # fmt: skip
        assert words in main, words
    whole = {one.evidence_id for one in review.findings if one.evidence_id}
    assert any(one in main for one in whole)
    cells = [e.text for e in _page(review).all("td")]
    counted = (cells.count("V"), cells.count("A"), cells.count("?"))
    assert counted == (review.coverage.verified, review.coverage.attested, review.coverage.unknown)


def test_a_long_name_is_cut_where_it_stands_and_the_document_says_so() -> None:
    """The sign of a cut is explained, and only where something was cut."""
    long = narrow.for_owner(poisoned(sample_review(), "W" * 400), narrow.owners(poisoned(sample_review(), "W" * 400))[0])  # fmt: skip
    assert "is cut" in _page(long).all("footer")[0].text
    assert "is cut" not in _page(narrow.for_owner(sample_review(), PRIYA)).all("footer")[0].text


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_enough_contrast_in_light_dark_and_print() -> None:
    """Ink, quiet text and the alarm colour stand at 4.5 : 1 or more on the paper, in all three palettes."""
    style = _page(replace(sample_review(), reader=Reader.EXECUTIVE)).all("style")[0].text
    palettes = [one for one in re.findall(r":root \{(.*?)\}", style, re.DOTALL) if "--paper" in one]
    assert len(palettes) == 3
    for palette in palettes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", palette))
        for name in ("ink", "quiet", "alarm"):
            light, dark = sorted((_luminance(colours[name]), _luminance(colours["paper"])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, colours[name])


@pytest.mark.skipif(executable() is None, reason="no Chromium here; with Debian: apt-get install chromium")
def test_the_executive_page_prints_on_one_side_from_a_browser(tmp_path: Path) -> None:
    """Printed on A4 from Chromium it is one page too, for the sample, hostile names and a huge review."""
    with browser() as tab:
        for review in (sample_review(), poisoned(sample_review(), HOSTILE["long"]), huge(), poisoned(huge(), "W" * 300)):  # fmt: skip
            (path,) = HtmlFormat().write(replace(review, reader=Reader.EXECUTIVE), tmp_path)
            tab.open(path)
            tab.print(tmp_path / "printed.pdf")
            assert pages((tmp_path / "printed.pdf").read_bytes()) == 1


@pytest.mark.skipif(executable() is None, reason="no Chromium here; with Debian: apt-get install chromium")
def test_documents_can_be_used_by_everybody_on_any_screen(tmp_path: Path) -> None:
    """Axe finds no violation on a wide dark screen and on a light phone, and nothing is wider than the phone.

    Colours do not depend on the width, nor the layout on the colours.
    """
    import axe_playwright_python

    axe = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
    found = "axe.run().then((result) => result.violations.map((one) => one.id + ' ' + one.nodes[0].html))"
    with browser() as tab:
        for reader in SHORT:
            (path,) = HtmlFormat().write(NARROWED[reader](named_estate()), tmp_path / reader)
            for width, dark in ((1200, True), (390, False)):
                tab.size(width, 900, dark=dark)
                tab.open(path)
                tab.evaluate(f"{axe}; 0")
                assert tab.evaluate(found) == [], (reader, width, dark)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 390
