"""Profile pictures in the page, in a real browser: they show, though the page may load nothing."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from reports.html import HtmlFormat, content_policy
from tests.lookalikes.support_pictures import logo, png
from tests.reports.support_browser import browser, executable
from tests.reports.support_impersonators import IMPERSONATION, LIKELY
from tests.reports.support_review import sample_review


@pytest.mark.skipif(executable() is None, reason="no Chromium here; with Debian: apt-get install chromium")
def test_pictures_of_a_case_show_under_the_policy(tmp_path: Path) -> None:
    """Both pictures stand beside each other, whole, and the policy has nothing to complain of."""
    uri = f"data:image/png;base64,{base64.b64encode(png(logo(5).resize((96, 96)))).decode()}"
    cases = replace(IMPERSONATION, pictures={LIKELY.case_id: (uri, uri)})
    (page,) = HtmlFormat().write(replace(sample_review(), impersonation=cases), tmp_path)
    with browser() as tab:
        tab.open(page)
        widths = tab.evaluate("[...document.querySelectorAll('.pair img')].map((one) => one.naturalWidth)")
        assert widths == [96, 96]
        assert not [event for event in tab.events if event.get("method") == "Log.entryAdded"]


def test_the_policy_allows_pictures_only_where_there_are_some() -> None:
    """A page without pictures may show none at all; one with them may take them from nowhere but itself."""
    assert "img-src" not in content_policy("a", "b")
    assert "img-src data:; " in content_policy("a", "b", pictures=True)
    assert "http" not in content_policy("a", "b", pictures=True)
