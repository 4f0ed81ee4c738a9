"""The section "Removing access safely", and the one plan others print: harmless, whole, a checklist."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.html import environment
from reports.names import anchor
from reports.page import Page
from reports.removal import Breakage, Consequence, Phase, RemovalPlan, RemovalStep
from reports.review import AccessReview
from reports.say import Say
from tests.reports.support_html import ReadPage, read
from tests.reports.support_review import sample_review

HOSTILE = '<script>alert("x")</script>\u202egnp'
PLAN = RemovalPlan(
    subject_type="person",
    subject_id="hr:100512",
    name="Bo Fox",
    summary="Remove today, once the steps before it are done.",
    rank=1,
    total=7,
    reasons=("Bo Fox left and can still post", "A second", "A third", "A fourth", "A fifth"),
    consequences=(
        Consequence(kind=Breakage.LAST_ADMIN, account_id="x:2244", text="Nobody would be left."),
        Consequence(kind=Breakage.RECOVERY, account_id="x:2244", text="Not known whose.", is_certain=False),
    ),
    steps=(
        RemovalStep(phase=Phase.BEFORE, text="Name a second admin."),
        RemovalStep(phase=Phase.REMOVE, text="Remove Bo Fox.", platform="x", account_id="x:2244",
                    url="https://x.com/settings/delegate", by=("Priya Raman",)),
        RemovalStep(phase=Phase.REMOVE, text="Remove elsewhere.", url="javascript:alert(1)"),
        RemovalStep(phase=Phase.AFTER, text="Keep the report."),
    ),
)  # fmt: skip
STRANGER = replace(PLAN, subject_type="app", subject_id=HOSTILE, name=HOSTILE, consequences=(), rank=2)


def shown(source: str, *plans: RemovalPlan) -> tuple[str, ReadPage]:
    """Return ``source`` rendered over the sample review with these plans, and the same parsed."""
    review: AccessReview = replace(sample_review(), removals=plans)
    template = environment().from_string(f"<main>{source}</main>")
    text = template.render(review=review, page=Page(review), say=Say(review.timezone), one=PLAN)
    return text, read(text)


SECTION = '{% include "parts/removal.html" %}'


def test_the_section_is_a_checklist_in_order() -> None:
    """Every step stands once with its box, numbered on through the phases, its page and who can do it."""
    text, page = shown(SECTION, PLAN)
    steps = page.all("li")
    told = [li.text for li in steps if "☐" in li.text]
    assert len(told) == 4
    assert [ol.attributes["start"] for ol in page.all("ol")] == ["1", "2", "4"]
    assert "Can do it: Priya Raman." in told[1]
    assert "Nobody is known to be able to" in told[2]
    assert (
        text.index("What breaks") < text.index("What could not be ruled out") < text.index("First make safe")
    )
    assert "and 2 more findings" in text


def test_only_safe_pages_are_links() -> None:
    """An https page is linked without telling where from; a script is not linked at all."""
    text, page = shown(SECTION, PLAN)
    outside = [a for a in page.all("a") if not a.attributes["href"].startswith("#")]
    assert [a.attributes["href"] for a in outside] == ["https://x.com/settings/delegate"]
    assert "noreferrer" in outside[0].attributes["rel"]
    assert "javascript" not in text


def test_hostile_names_are_text() -> None:
    """Markup in a name is shown, not obeyed; a direction override is named."""
    text, page = shown(SECTION, PLAN, STRANGER)
    assert page.all("script") == []
    assert "&lt;script&gt;" in text
    assert "[U+202E]" in text
    assert "\u202e" not in text


def test_what_is_left_out_is_told() -> None:
    """With more plans called for than shown, the section says how many and how to see the rest."""
    assert "Here are the 2 most urgent of 7" in shown(SECTION, PLAN, STRANGER)[0]
    assert "most urgent of" not in shown(SECTION, replace(PLAN, total=1))[0]


def test_every_name_in_the_overview_leads_to_its_plan() -> None:
    """The list on top links to anchors that are there, one a plan."""
    _text, page = shown(SECTION, PLAN, STRANGER)
    wanted = {anchor("removal", f"{plan.subject_type} {plan.subject_id}") for plan in (PLAN, STRANGER)}
    assert wanted <= set(page.ids)
    assert {f"#{one}" for one in wanted} <= {a.attributes["href"] for a in page.all("a")}


def test_without_a_removal_the_section_says_so() -> None:
    """Nothing to remove is told in a sentence, with how to plan one ahead of time."""
    assert "No finding calls for a removal." in shown(SECTION)[0]


@pytest.mark.parametrize(("heading", "subheading"), [("h2", "h3"), ("h3", "h4")])
def test_one_plan_stands_alone(heading: str, subheading: str) -> None:
    """The macro prints one plan under headings of any rank, for the sheet of one person."""
    source = (
        '{% import "parts/removal_plan.html" as removal with context %}'
        f'{{{{ removal.plan(one, "{heading}", "{subheading}") }}}}'
    )
    _text, page = shown(source)
    assert "Bo Fox" in page.all(heading)[0].text
    assert [one.text for one in page.all(subheading)][-3:] == ["First make safe", "Take away", "Afterwards"]
