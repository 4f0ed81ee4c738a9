"""Hostile names in every output: harmless, visible, and nothing else is lost by them."""

from __future__ import annotations

import csv
import io
import json
import re
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from reports.formats import FORMATS
from reports.html import render
from reports.json_file import pieces, schema
from reports.mail import compose_report_mail, compose_urgent_mail
from reports.text import clean
from tests.reports.support_hostile import HOSTILE, poisoned
from tests.reports.support_html import read
from tests.reports.support_review import sample_review

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_page_shows_it_and_runs_none_of_it(kind: str) -> None:
    """With the text in every field the page keeps its shape: same elements, no new attribute, no control."""
    sample = sample_review()
    whole = "".join(render(poisoned(sample, HOSTILE[kind])))
    assert not HIDDEN.search(whole.replace("\n", ""))
    page, plain = read(whole), read("".join(render(sample)))
    assert {e.tag for e in page.elements} == {e.tag for e in plain.elements}
    assert len(page.all("script")) == len(page.all("style")) == 1
    allowed = {name for e in plain.elements for name in e.attributes}
    assert {name for e in page.elements for name in e.attributes} <= allowed
    assert len(page.ids) == len(set(page.ids))
    targets = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert targets <= set(page.ids)
    assert clean(HOSTILE[kind])[:40] in page.all("main")[0].text


def test_the_page_isolates_names_from_the_direction_of_their_surroundings() -> None:
    """A right-to-left name stands in an isolate, so that it cannot turn the words beside it."""
    page = read("".join(render(poisoned(sample_review(), HOSTILE["arabic"]))))
    shown = [e for e in page.elements if e.tag in {"bdi", "tspan", "text"} and HOSTILE["arabic"] in e.text]
    assert len(shown) > 100


def test_a_long_text_is_cut_in_place_and_kept_in_full() -> None:
    """Ten thousand letters are cut where they stand and reachable in full, once."""
    review = sample_review()
    page = read("".join(render(poisoned(review, HOSTILE["long"]))))
    longest = max(len(e.text) for e in page.all("td"))
    assert longest < 2_500
    full = [e for e in page.all("li") if e.attributes.get("id", "").startswith("text-")]
    assert any(HOSTILE["long"] + "Priya Raman" in e.text for e in full)
    assert len({e.attributes["id"] for e in full}) == len(full)


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_spreadsheet_cell_is_a_formula_or_breaks_its_row(kind: str, tmp_path: Path) -> None:
    """Each CSV file keeps its rows and columns, and no cell starts as a formula does."""
    for path in FORMATS["csv"].write(poisoned(sample_review(), HOSTILE[kind]), tmp_path):
        text = path.read_bytes().decode("utf-8-sig")
        assert not HIDDEN.search(text.replace("\r\n", ""))
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len(text.splitlines()) == len(rows)
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [value for row in rows for value in row if value.lstrip().startswith(FORMULA)]


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_keeps_the_very_text_and_shows_no_control(kind: str) -> None:
    """Parsed, the text is exact; raw, the file holds no character that acts on a terminal."""
    from jsonschema import Draft202012Validator

    text = "".join(pieces(poisoned(sample_review(), HOSTILE[kind])))
    assert not HIDDEN.search(text.replace("\n", ""))
    loaded = json.loads(text)
    expected = HOSTILE[kind].replace("\ud800", "[U+D800]")
    assert loaded["people"][0]["name"] == expected + "Priya Raman"
    Draft202012Validator(schema()).validate(loaded)


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_name_reaches_a_mail_header_or_its_markup(kind: str) -> None:
    """Subject and body show the text; no header is added, no element appears, the size stays small."""
    review = poisoned(sample_review(), HOSTILE[kind])
    way = {"sender": "auditor@riverside.example", "recipients": ["privacy@riverside.example"], "reply_to": None,
           "message_id": "<1@riverside.example>"}  # fmt: skip
    for message in (
        compose_report_mail(review, **way),  # type: ignore[arg-type]
        compose_urgent_mail(review, review.findings[0], **way),  # type: ignore[arg-type]
    ):
        raw = message.as_bytes()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        received = message_from_bytes(raw, policy=SMTP)
        assert sorted(received.keys()) == sorted(message.keys())
        assert received["Bcc"] is None
        assert received["To"] == "privacy@riverside.example"
        assert not HIDDEN.search(str(received["Subject"]))
        assert len(str(received["Subject"])) <= 200
        html = received.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert len(html.encode()) < 100_000
        tags = {e.tag for e in read(html).elements}
        assert tags <= {"html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "span",
                        "bdi", "br", "strong", "time", "a"}  # fmt: skip
        text = received.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert not HIDDEN.search(text.replace("\r", ""))
