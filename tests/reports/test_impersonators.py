"""Accounts that may pose as ours, in every format, and what of them a single reader sees."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reports.html import render, write_split
from reports.impersonator_words import next_step
from reports.impersonators import Impersonation, SourceShown, at_brands
from reports.json_file import pieces, schema
from reports.mail import compose_report_mail
from reports.pdf import PdfFormat
from reports.review import Reader
from reports.tables import TABLES
from tests.lookalikes.support_pictures import logo, png
from tests.reports.support_impersonators import FAN, HOSTILE, IMPERSONATION, LIKELY
from tests.reports.support_pdf import POPPLER, text
from tests.reports.support_review import sample_review
from tests.support import needs_pdf

REVIEW = replace(sample_review(), impersonation=IMPERSONATION)


def section(html: str) -> str:
    """Return the section on impersonators."""
    found = re.search(r'<section id="impersonators".*?</section>', html, re.DOTALL)
    assert found
    return found[0]


def test_the_page_shows_both_accounts_why_and_what_speaks_against_it() -> None:
    """Side by side, each element with its sentence and code points, the suppression, the timeline."""
    shown = section("".join(render(REVIEW)))
    assert shown.index("Likely impersonators") < shown.index("Closed")
    for words in (
        "U+0430 CYRILLIC SMALL LETTER A",
        "Report it to X: Impersonation report.",
        "auditor impersonators dossier 8d991a02",
        "its bio, when it was made",
        "Care close to home.",
        "@RiversideHea1th",
        "in disguise",
        "U+0430",
        "Not accused because:",
        "By its name it is of the brand&#39;s fans.",
        "Dismissed",
        "1 open case",
        "1,234 accounts compared with 7 names",
        "Found by list",
    ):
        assert words in shown
    assert shown.count('class="case"') == 2
    assert shown.index("8d991a02e68e") < shown.index("0aa91a02e68e")


def test_a_source_that_failed_is_said() -> None:
    """Beside the cases stands what could not be asked, why and what to do."""
    shown = section("".join(render(REVIEW)))
    assert re.search(
        r"Unknown.*x-search.*could not be asked.*The token was refused.*Renew it", shown, re.DOTALL
    )


def test_what_was_looked_at_at_what_cost_and_what_cannot_have_been_seen_is_shown() -> None:
    """When, how many requests, for what, for how much, and each source's blind spots, on the page of the whole review."""
    shown = section("".join(render(REVIEW)))
    for words in (
        "17 requests, $0.34 at the prices configured",
        "17 requests: 1,500 handles",
        "every row of list.csv",
        "whether an account is gone",
        "other handles",
        "$0.34",
        "no price",
        "last looked",
    ):
        assert words in shown
    free = replace(IMPERSONATION, sources=IMPERSONATION.sources[:1])
    assert "0 requests, nothing priced" in section("".join(render(replace(REVIEW, impersonation=free))))


def test_a_look_at_nothing_is_unknown_and_not_clean() -> None:
    """An empty list is named, and no page says that nobody was found."""
    empty = SourceShown(
        source="list", state="empty", reason="list.csv has no row with an account.", remedy="See why."
    )
    seen = replace(IMPERSONATION, cases=(), compared=0, sources=(empty,))
    for reader in (Reader.FULL, Reader.EXECUTIVE):
        shown = "".join(render(replace(REVIEW, impersonation=seen, reader=reader)))
        assert "the last look found nothing to look at" in shown
        assert "No account that looks like ours" not in shown
        assert "No account was found" not in shown
    assert "had nothing to look at" in section("".join(render(replace(REVIEW, impersonation=seen))))


def test_a_picture_that_was_not_seen_since_is_said_beside_it() -> None:
    """The one shown has its day, and what it has by now is among what is not known."""
    older = replace(LIKELY, picture_unseen=True, picture_seen_at=LIKELY.first_seen)
    shown = section("".join(render(replace(REVIEW, impersonation=replace(pictured(), cases=(older,))))))
    assert "the one it has by now could not be looked at" in shown
    assert "the picture it has by now" in shown


def test_nobody_looking_is_unknown_and_not_clean() -> None:
    """No section says that there is nothing where nobody has looked."""
    for seen in (None, Impersonation()):
        shown = section("".join(render(replace(REVIEW, impersonation=seen))))
        assert "Unknown" in shown
        assert "Nobody has looked" in shown
    shown = section("".join(render(replace(REVIEW, impersonation=replace(IMPERSONATION, cases=())))))
    assert "No account that looks like ours was found, as far as the sources could be asked" in shown


def test_hostile_names_and_addresses_stay_text() -> None:
    """No tag of theirs is one of the page, their direction marks are shown, their address is no link."""
    shown = section("".join(render(REVIEW)))
    assert "<script>alert" not in shown
    assert "\u202e" not in shown
    assert 'href="javascript' not in shown


def pictured() -> Impersonation:
    """Return the cases, one of them with two pictures."""
    ours, theirs = (
        f"data:image/png;base64,{base64.b64encode(png(logo(number).resize((96, 96)))).decode()}"
        for number in (5, 6)
    )
    return replace(IMPERSONATION, pictures={LIKELY.case_id: (theirs, ours)})


def test_a_case_that_is_spared_is_folded_with_its_reason_in_sight() -> None:
    """What speaks against accusing an account is outside of what unfolds; both pictures are beside the handle."""
    spared = replace(LIKELY, likely=False, suppressed_by=("It links to the brand's own domain.",))
    seen = replace(pictured(), cases=(spared,))
    shown = section("".join(render(replace(REVIEW, impersonation=seen))))
    assert shown.index("own domain") < shown.index("<details")
    assert "Nothing, as long as the reason holds." in shown
    assert shown.count("<img") == 4
    allowed = replace(spared, suppressed_by=("Allowed: our agency (impersonators.allowed in auditor.yaml).",))
    assert next_step(allowed).endswith("take its entry out of auditor.yaml.")


def test_the_executive_page_says_how_many_and_what_is_unknown() -> None:
    """One sentence, which is no good news where nobody has looked."""
    page = replace(REVIEW, reader=Reader.EXECUTIVE)
    assert "1 account likely poses as ours, as far as sources could be asked." in "".join(render(page))
    assert "not known: nobody has looked" in "".join(render(replace(page, impersonation=None)))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (IMPERSONATION, "1 account likely poses as ours, as far as sources could be asked."),
        (None, "not known: nobody has looked"),
    ],
)
def test_the_first_screen_and_the_mail_say_it_too(seen: Impersonation | None, said: str) -> None:
    """Who reads no further than the first screen or the mail hears of it, or that nobody has looked."""
    review = replace(REVIEW, impersonation=seen)
    page = "".join(render(review))
    assert said in page[page.index('id="today"') : page.index('class="answers"')]
    message = compose_report_mail(
        review, sender="auditor@riverside.example", recipients=["lead@riverside.example"], reply_to=None,
        message_id="<fixed@riverside.example>",
    )  # fmt: skip
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert all(body is not None and said in " ".join(body.get_content().split()) for body in bodies)


def test_an_owners_document_has_a_section_of_their_cases_alone() -> None:
    """Cases at their accounts with pictures; of other accounts' cases no name, no id, no picture."""
    seen = at_brands(pictured(), {"x:1"}, lambda text: text)
    shown = "".join(
        render(replace(REVIEW, impersonation=seen, reader=Reader.OWNER, about="lee@riverside.example"))
    )
    assert "Accounts that may pose as yours" in shown
    assert shown.count("<img") == 2
    assert LIKELY.case_id[:8] in shown
    assert FAN.case_id[:8] not in shown
    assert FAN.account.name not in shown


def test_pictures_are_shown_where_they_are_known() -> None:
    """Both of a case, as data; without them there is no image."""
    pixel = "data:image/png;base64,iVBORw0KGgo="
    two = replace(IMPERSONATION, pictures={LIKELY.case_id: (pixel, pixel)})
    assert section("".join(render(replace(REVIEW, impersonation=two)))).count(f'<img src="{pixel}"') == 2
    assert "<img" not in section("".join(render(REVIEW)))


def test_the_table_has_a_row_for_each_case() -> None:
    """What is not known says so, and every case is there, dismissed ones too."""
    (table,) = (one for one in TABLES if one.name == "impersonators")
    likely, fan = table.rows(REVIEW)
    assert (likely["accused"], likely["name"], likely["bio"], likely["followers"]) == (
        "yes",
        HOSTILE,
        "unknown",
        3,
    )
    assert (fan["accused"], fan["not_accused_because"], fan["created_at"]) == (
        "no",
        FAN.suppressed_by,
        "unknown",
    )
    assert fan["timeline"] == (f"{FAN.timeline[0].at.date()} Dismissed.",)
    assert set(table.columns) == set(likely)
    assert list(table.rows(replace(REVIEW, impersonation=None))) == []


def test_the_json_file_keeps_to_its_schema() -> None:
    """With cases, without, and where nobody looks."""
    validator = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for seen in (IMPERSONATION, Impersonation(), None):
        written = json.loads("".join(pieces(replace(REVIEW, impersonation=seen))))
        validator.validate(written)
        assert len(written["impersonator_cases"]) == (len(seen.cases) if seen else 0)
    assert json.loads("".join(pieces(REVIEW)))["impersonation"]["sources"][1]["state"] == "failed"


def test_an_owner_sees_who_poses_as_their_accounts_alone() -> None:
    """The cases of other accounts are gone, with their pictures; other names are hidden."""
    pictured = replace(IMPERSONATION, pictures={LIKELY.case_id: ("a", "b"), FAN.case_id: ("c", "d")})
    seen = at_brands(pictured, {"facebook:7"}, lambda _text: "hidden")
    assert seen is not None
    assert [one.case_id for one in seen.cases] == [FAN.case_id]
    assert (seen.cases[0].also_like, seen.cases[0].reason) == (("hidden",), "hidden")
    assert [one.message for one in seen.cases[0].timeline] == ["hidden"]
    assert set(seen.pictures) == {FAN.case_id}
    assert at_brands(None, {"facebook:7"}, str) is None


@needs_pdf
@pytest.mark.skipif(POPPLER is None, reason="no pdftotext here; with Debian: apt-get install poppler-utils")
def test_the_printed_review_has_every_case_with_its_pictures(tmp_path: Path) -> None:
    """The PDF of the whole review has each case with its reasons and pictures, and says what could not be asked."""
    (path,) = PdfFormat().write(replace(REVIEW, impersonation=pictured()), tmp_path)
    words = " ".join(text(path).split())
    assert "Accounts that may pose as ours" in words
    assert words.index("Case 8d991a02.") < words.index("Case 0aa91a02.")
    assert "Not accused because:" in words
    assert "x-search could not be asked" in words
    assert "17 requests, $0.34 at the prices configured" in words
    assert "other handles" in words
    listed = subprocess.run(
        ["pdfimages", "-list", str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert listed.count("image") >= 2


def test_a_split_report_has_the_section_on_its_first_page(tmp_path: Path) -> None:
    """A report too long for one page loses none of it."""
    (first, *_pages) = write_split(REVIEW, tmp_path)
    assert section(first.read_text("utf-8")).count('class="case"') == 2
