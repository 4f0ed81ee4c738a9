"""What stands around lines: put together from remembered pieces, it is what the template alone would say."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from reports.html import environment
from reports.large.book import Place
from reports.large.say import INDEX, LargeSay, Targets
from reports.large.shell import Find, Heading, Shells
from reports.large.tables import platform_key
from reports.page import Page
from tests.reports.support_review import sample_review

SECOND = Place("rules", 2, 3)


@pytest.fixture(scope="module")
def shells() -> Shells:
    """Return what makes heads and feet, for the sample."""
    review = sample_review()
    shared = {
        "review": review,
        "page": Page(review),
        "say": LargeSay(review.timezone, Targets(), lambda anchor, text: None),
        "index": INDEX,
        "platform_key": platform_key,
        "style": Markup(""),
        "script": Markup(""),
        "policy": "default-src 'none'",
    }
    return Shells(environment(), shared)


def _heading(plain: str, lead: str = "") -> Heading:
    return Heading(plain=plain, shown=Markup.escape(plain), lead=Markup.escape(lead))


@pytest.mark.parametrize("mark", ["<!-- lines -->", "<!-- title --><!-- below -->", "</title><script>"])
def test_a_name_like_a_mark_is_text(shells: Shells, mark: str) -> None:
    """A title that looks like a place to fill is shown as it is written, and moves nothing."""
    before, after = shells.around(SECOND, _heading(mark), Find(), ())
    told = str(Markup.escape(mark)).encode()
    assert before.count(told) == 2
    assert mark.encode() not in before + after
    assert b"<!--" not in before + after


def test_each_page_says_where_it_stands(shells: Shells) -> None:
    """Pages of one kind share their pieces, and each still has its own title, lead and links."""
    titles = []
    for number in (1, 2, 3):
        before, after = shells.around(
            Place("rules", number, 3), _heading("Rules", "Riskiest first"), Find(), ()
        )
        titles.append(before.partition(b"<title>")[2].partition(b". Access")[0])
        assert (b"Riskiest first" in before) == (number == 1)
        assert before.count(b'class="pager"') == after.count(b'class="pager"') == 1
        assert (b'href="rules-2.html"' in before) == (number != 2)
    assert titles == [f"Rules, page {number} of 3".encode() for number in (1, 2, 3)]


def test_a_single_page_has_nothing_to_turn(shells: Shells) -> None:
    """A book of one page shows no links to others, and marks itself in the contents where it stands there."""
    listed, after = shells.around(Place("rules", 1, 1), _heading("Rules"), Find(), ())
    other, _after = shells.around(Place("account-0", 1, 1), _heading("An account"), Find(), ())
    assert b"pager" not in listed + after
    assert listed.count(b'aria-current="page"') == 1
    assert b'aria-current="page"' not in other


def test_the_search_is_the_one_asked_for(shells: Shells) -> None:
    """Books whose searches differ do not share their pieces."""
    plain, _after = shells.around(SECOND, _heading("Rules"), Find(), ())
    severe, _after = shells.around(SECOND, _heading("Rules"), Find(hint="A word", severity=True), ())
    assert b"find-severity" not in plain
    assert b"find-severity" in severe
    assert b'placeholder="A word"' in severe
