"""The exposure clock in every format, and what of it a single reader sees."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import jsonschema
import pytest

from auditor.model.finding import Verdict
from reports.exposure import at_accounts, counts, hours, of_person, range_words
from reports.html import render, write_split
from reports.json_file import pieces, schema
from reports.narrow import for_owner, for_person
from reports.pdf import PdfFormat
from reports.tables import TABLES
from tests.reports.support_exposure import CLOCKS, EXPOSURE
from tests.reports.support_hostile import HOSTILE, poisoned
from tests.reports.support_pdf import POPPLER, text
from tests.reports.support_review import sample_review
from tests.support import needs_pdf


def section(html: str) -> str:
    """Return the words of the section on exposure."""
    found = re.search(r'<section id="exposure".*?</section>', html, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[0])))


def test_the_page_says_range_polling_limit_and_proof() -> None:
    """Every clock is a row: how long as a range, the part due to polling, both limits, and the snapshots."""
    words = section("".join(render(sample_review())))
    assert "1 over the limit, 2 not decided, 2 within; 12 snapshots looked at." in words
    assert "Still open : 474 h (20 days) so far, seen for 470 h (20 days)" in words
    assert "Removed : 2 h to 30 h; taken away and given back 1 time. It ended between" in words
    assert "Gather more often than every 24 hours." in words
    assert "at least 0 h; no upper bound is known" in words
    assert "Ended by their return : 10 h" in words
    assert "20261101T193000Z-0a1c" in words
    assert "proposed in January 2025, which is not in force" in words
    assert "supports evidence for" in words
    assert "X shows no delegates. Have them attested." in words


@needs_pdf
@pytest.mark.skipif(POPPLER is None, reason="no pdftotext here; with Debian: apt-get install poppler-utils")
def test_paper_has_the_same_clocks(tmp_path: Path) -> None:
    """The PDF of the whole review holds each clock with range, limits and proof."""
    (path,) = PdfFormat().write(sample_review(), tmp_path)
    words = " ".join(text(path).split())
    assert "How long leavers kept access" in words
    assert "2 h to 30 h" in words
    assert "polling 28 h." in words
    assert "20261101T193000Z-0a1c" in words


def test_no_roster_and_no_clock_are_two_things() -> None:
    """Without a roster nothing is known; with one and no clock nothing was seen."""
    without = section("".join(render(replace(sample_review(), exposure=None))))
    assert "Unknown There is no roster" in without
    nothing = replace(EXPOSURE, clocks=(), unread=())
    assert "was seen after the end of their work." in section(
        "".join(render(replace(sample_review(), exposure=nothing)))
    )


@pytest.mark.parametrize("name", ["script", "template", "bidi"])
def test_hostile_names_stay_names(name: str) -> None:
    """A leaver or an account called like an attack is shown, and does nothing."""
    html = "".join(render(poisoned(sample_review(), HOSTILE[name])))
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "49" not in section(html) or name != "template"


def test_a_long_list_is_cut_and_says_where_the_rest_is(tmp_path: Path) -> None:
    """Two hundred clocks are shown, in the split report's index twenty-five; the CSV file has all."""
    many = replace(EXPOSURE, clocks=CLOCKS * 50)
    review = replace(sample_review(), exposure=many)
    assert "These are the 200 worst of 250" in section("".join(render(review)))
    index, *_pages = write_split(review, tmp_path)
    assert "These are the 25 worst of 250" in section(index.read_text("utf-8"))
    (table,) = (one for one in TABLES if one.name == "exposure")
    assert len(list(table.rows(review))) == 250


def test_the_json_keeps_to_its_schema_and_has_every_clock() -> None:
    """Limits stand once, each clock on a line of its own."""
    for review in (sample_review(), replace(sample_review(), exposure=None)):
        written = json.loads("".join(pieces(review)))
        jsonschema.validate(written, schema())
        assert len(written["exposure_clocks"]) == len(review.exposure_clocks)
    assert json.loads("".join(pieces(sample_review())))["exposure"]["limit_hours"] == 24


def test_the_table_says_unknown_and_never_an_empty_judgement() -> None:
    """Within the limit or not is yes, no or unknown."""
    (table,) = (one for one in TABLES if one.name == "exposure")
    rows = list(table.rows(sample_review()))
    assert [row["within_limit"] for row in rows] == ["no", "unknown", "unknown", "yes", "yes"]
    assert rows[2]["hours_at_most"] == "unknown"
    assert list(table.rows(replace(sample_review(), exposure=None))) == []


def test_an_owner_sees_their_accounts_alone_and_a_person_themselves() -> None:
    """Narrowed reviews hold no clock of another account or person."""
    review = sample_review()
    owner = for_owner(review, review.accounts[0].owner_email or "")
    own = {account.account_id for account in owner.accounts}
    assert owner.exposure is not None
    assert {clock.account_id for clock in owner.exposure.clocks} <= own
    assert all(one.account_id in own for one in owner.exposure.unread)
    alone = for_person(review, "hr:100512")
    assert {clock.person_id for clock in alone.exposure_clocks} == {"hr:100512"}
    assert at_accounts(None, own, str) is None
    assert of_person(None, "x") is None


def test_hours_are_said_with_their_days() -> None:
    """Short times to a tenth, long ones in days as well."""
    assert [hours(value) for value in (0, 1.5, 24, 72, 552.25)] == [
        "0 h", "1.5 h", "24 h", "72 h (3 days)", "552 h (23 days)",
    ]  # fmt: skip
    assert range_words(CLOCKS[4]) == "2 h to 14.5 h"
    assert counts(EXPOSURE) == {Verdict.FAIL: 1, Verdict.UNKNOWN: 2, Verdict.PASS: 2}
