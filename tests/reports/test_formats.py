"""The table of formats."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import UsageError
from reports.formats import FORMATS, choose
from reports.review import AccessReview
from tests.reports.support_hostile import bare
from tests.reports.support_review import sample_review
from tests.support import HAS_PDF


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "pdf" or HAS_PDF])
def test_every_format_writes_files_and_says_what_it_is_for(name: str, tmp_path: Path) -> None:
    """Each row of the table writes non-empty files into the folder and has a summary."""
    written = FORMATS[name].write(sample_review(), tmp_path / "out")
    assert written
    assert all(path.parent == tmp_path / "out" and path.stat().st_size > 100 for path in written)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {path.name for path in written}
    assert FORMATS[name].summary


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "pdf" or HAS_PDF])
def test_every_format_writes_a_review_with_nothing_optional(name: str, tmp_path: Path) -> None:
    """Whatever a source leaves out, no format stumbles over it."""
    assert FORMATS[name].write(bare(sample_review()), tmp_path)


def test_an_unknown_format_names_the_nearest() -> None:
    """A typo is answered with the right word."""
    with pytest.raises(UsageError, match="Did you mean 'html'"):
        choose(["htm"])
    with pytest.raises(UsageError, match="There are: html, pdf, xlsx, csv, json, ocsf, sarif"):
        choose(["papyrus"])


def test_formats_are_chosen_once_each_in_order() -> None:
    """A format named twice is written once."""
    assert list(choose(["json", "html", "json"])) == ["json", "html"]


def test_every_format_is_documented() -> None:
    """docs/report.md has a section on each format."""
    text = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in FORMATS)


def test_the_table_of_formats_loads_no_heavy_library() -> None:
    """What a format needs is loaded when it writes, so that commands which write nothing start at once."""
    script = "import sys, reports.formats; print(*sorted({'xlsxwriter', 'weasyprint', 'pandas', 'duckdb'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", ["xlsx", "csv", "json", "ocsf", "sarif"])
def test_a_review_four_times_as_long_takes_no_more_memory_to_write(name: str, tmp_path: Path) -> None:
    """Tables and machine formats are written as they come: past one batch nothing grows with the review."""
    FORMATS[name].write(sample_review(), tmp_path)  # loads what is loaded once
    peaks = []
    for findings in (600, 2_400):
        review = many(findings)
        tracemalloc.start()
        FORMATS[name].write(review, tmp_path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


def many(count: int) -> AccessReview:
    """Return the sample with ``count`` findings, each with texts of its own."""
    review = sample_review()
    found = review.findings
    return replace(
        review,
        findings=tuple(
            replace(
                found[i % len(found)], fingerprint=f"{i:032x}", message=f"{i} {found[i % len(found)].message}"
            )
            for i in range(count)
        ),
    )
