"""The page: self-contained, accessible, nothing hidden, nothing lost."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace

import pytest

from auditor.model.finding import Verdict
from reports.html import css_string, render
from reports.names import anchor
from reports.review import AccessReview, CoverageSplit
from tests.reports.support_estate import NOW, PEOPLE
from tests.reports.support_html import ReadPage, read
from tests.reports.support_review import FINDINGS, review_of, sample_review


@pytest.fixture(scope="module")
def text() -> str:
    """Return the sample as a page."""
    return "".join(render(sample_review()))


@pytest.fixture(scope="module")
def page(text: str) -> ReadPage:
    """Return the sample's page, parsed."""
    return read(text)


def test_the_policy_allows_exactly_the_one_style_and_script(page: ReadPage) -> None:
    """Both hashes in the policy are those of the text that stands in the page."""
    (style,), (script,) = page.all("style"), page.all("script")
    policy = next(e.attributes["content"] for e in page.all("meta") if "http-equiv" in e.attributes)
    for kind, element in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")


def test_nothing_is_fetched_and_nothing_runs_from_an_attribute(page: ReadPage) -> None:
    """No element loads anything, carries a style or an event handler, or links to code."""
    for element in page.elements:
        assert element.tag not in {
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "audio",
            "video",
            "source",
        }
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in {
                "style",
                "src",
                "srcset",
                "action",
                "formaction",
                "background",
                "ping",
                "xlink:href",
            }
            if name == "href":
                assert value.startswith("#") or (
                    value.startswith("https://") and "external" in element.attributes["rel"]
                )
    assert "url(" not in re.sub(r"url\(#\w+\)", "", page.all("style")[0].text)
    assert "@import" not in page.all("style")[0].text


def test_every_link_inside_leads_somewhere_and_ids_are_unique(page: ReadPage) -> None:
    """Each fragment link has its target; no two elements share an id."""
    assert len(page.ids) == len(set(page.ids))
    targets = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert targets <= set(page.ids)
    labels = {e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes}
    assert labels <= set(page.ids)


def test_the_page_has_landmarks_one_title_and_headings_in_order(page: ReadPage) -> None:
    """A screen reader finds header, navigation, main and footer, one h1, and no skipped level."""
    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert len([e for e in page.all(tag) if "svg" not in e.parents]) == 1, tag
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.all("a")[0].attributes["class"] == "skip"
    assert page.all("html")[0].attributes["lang"] == "en"


def test_tables_have_captions_and_heads_with_a_scope(page: ReadPage) -> None:
    """Each table has a caption and column heads; each line has a head; each cell its label for a phone."""
    tables = page.all("table")
    assert len(page.all("caption")) == len(tables)
    assert all(head.attributes["scope"] in {"col", "row", "rowgroup"} for head in page.all("th"))
    assert all(cell.attributes["data-label"] for cell in page.all("td"))
    assert all(table.attributes["role"] == "table" for table in tables)


def test_pictures_have_a_title_and_a_description(page: ReadPage) -> None:
    """Each drawing is an image with title and description, or hidden from assistive programs."""
    drawings = page.all("svg")
    assert drawings
    drawn = [e for e in drawings if e.attributes.get("aria-hidden") != "true"]
    assert all(e.attributes["role"] == "img" for e in drawn)
    titles = [e for e in page.all("title") if e.parents[-1] == "svg"]
    described = [e for e in page.all("desc") if e.parents[-1] == "svg"]
    assert len(titles) == len(described) == len(drawn)
    assert all(e.text.strip() for e in [*titles, *described])


def test_every_finding_account_person_and_app_is_on_the_page(page: ReadPage) -> None:
    """Fails stand there by message, unknowns by rule and remedy, and everything has its section."""
    review = sample_review()
    whole = page.all("main")[0].text
    for finding in review.findings:
        assert anchor("finding", finding.fingerprint) in page.ids
        assert finding.rule_title in whole
        assert (finding.remedy if finding.verdict is Verdict.UNKNOWN else finding.message) in whole
    for name in [*(p.name for p in PEOPLE), *(u.name for u in review.unmatched)]:
        assert name in whole
    assert all(source.connection_id in whole for source in review.sources)
    assert all(limit in whole for limit in review.limits)


def test_the_first_screen_answers_in_order(page: ReadPage) -> None:
    """What to do, what is known, better or worse, what was looked at: in this order."""
    heads = [e.text for e in page.all("h2")]
    assert heads[:4] == [
        "What must be done today",
        "How much we really know",
        "Better or worse than last time",
        "What was looked at",
    ]


def test_words_stay_honest(page: ReadPage) -> None:
    """The page promises nothing: it supports evidence, and never calls anything compliant or secure."""
    words = page.all("main")[0].text.casefold()
    assert "compliant" not in words
    assert "secure" not in words
    assert "supports evidence for" in words
    assert "!" not in page.all("main")[0].text


def test_unknown_is_marked_wherever_a_fact_is_not_known(page: ReadPage) -> None:
    """Cells whose fact is None carry the unknown mark, never an empty cell or a no."""
    holders = [h for account in sample_review().accounts for h in account.holders]
    marks = [e for e in page.elements if e.attributes.get("class") == "unknown-word"]
    # Each holder stands at its account; most stand at their person or identity as well.
    least = sum((h.mfa is None) + (h.last_used_at is None) + (h.level is None) for h in holders)
    assert len(marks) > least


def _empty() -> AccessReview:
    return AccessReview(
        organization="Riverside Health", snapshot_id="s1", as_of=NOW, finished_at=NOW,
        timezone="UTC", coverage=CoverageSplit(),
    )  # fmt: skip


def test_an_empty_review_is_not_green() -> None:
    """With nothing read the page says that nothing is known, and calls nothing good."""
    page = read("".join(render(_empty())))
    main = page.all("main")[0].text
    assert "no source was read for any account" in main
    assert "before taking this as good news" not in main
    for words in ("No source was read", "No rule was applied", "no roster", "No pack of rules"):
        assert words in main


def test_no_urgent_finding_with_undecided_checks_says_both() -> None:
    """Where nothing urgent is known but checks are undecided, both stand on the first screen."""
    unknown = [one for one in FINDINGS if one.verdict is Verdict.UNKNOWN]
    main = read("".join(render(review_of(sample_review().accounts, unknown)))).all("main")[0].text
    assert "No critical or high finding stands open." in main
    assert "of critical or high severity could not be decided" in " ".join(main.split())
    assert "before taking this as good news" in main


def test_times_are_in_the_organisations_zone(page: ReadPage) -> None:
    """Shown times carry the zone's name; machine times beside them are UTC."""
    times = page.all("time")
    assert "20 Nov 2026, 08:30 CST" in {e.text for e in times}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?", e.attributes["datetime"]) for e in times)


def test_an_account_address_is_linked_only_where_it_is_harmless() -> None:
    """Only a plain https address becomes a link; code and other schemes stay away."""
    (account, *_rest) = sample_review().accounts
    for url in ("javascript:alert(1)", "http://x.example/a", "https://user@x.example/", "https://x.example/\u202e",
                "https://x.example/\" onclick=", "data:text/html,x", "https://[broken", "https:///x"):  # fmt: skip
        bad = review_of([replace(account, url=url)], [])
        assert not [e for e in read("".join(render(bad))).all("a") if e.attributes["href"].startswith("http")]


def test_a_blank_name_can_be_seen_and_followed() -> None:
    """A name of spaces alone is shown as such; a link to it has something to press."""
    (first, *rest) = sample_review().accounts
    page = read(
        "".join(render(review_of([replace(first, handle=None, name=" \u00a0\u3000"), *rest], FINDINGS)))
    )
    assert all(link.text.strip() for link in page.all("a"))
    assert any(heading.text.startswith("[blank]") for heading in page.all("h3"))


def test_the_print_footer_holds_snapshot_and_time_and_cannot_be_broken(text: str) -> None:
    """The footer of each printed page has snapshot and time; a hostile name cannot leave its string."""
    assert "snapshot 20261120T143000Z-7f3a" in text
    assert "counter(page)" in text
    assert css_string("a'}</style>\\") == r"'a\000027\00007d\00003c\00002fstyle\00003e\00005c'"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_enough_contrast_in_light_dark_and_print(text: str) -> None:
    """Ink, quiet text and the alarm colour stand at 4.5 : 1 or more on the paper, in all three palettes."""
    palettes = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    assert len(palettes) == 3
    for palette in palettes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", palette))
        for name in ("ink", "quiet", "alarm"):
            light, dark = sorted((_luminance(colours[name]), _luminance(colours["paper"])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, colours[name])
