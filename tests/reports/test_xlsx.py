"""The XLSX workbook, read back with another library and with LibreOffice."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import AuditorError
from auditor.model.finding import Severity
from auditor.model.risk import RiskInput, assess
from reports import xlsx
from reports.review import AccessReview
from reports.tables import TABLES
from reports.text import CELL
from reports.xlsx import XlsxFormat, literal
from tests.reports.support_hostile import HOSTILE, poisoned
from tests.reports.support_review import sample_review
from tests.reports.test_tables import PLAN


def whole() -> AccessReview:
    """Return the sample with scores and a removal plan."""
    risk = assess(RiskInput(severity=Severity.HIGH))
    review = sample_review()
    return replace(
        review, findings=tuple(replace(one, risk=risk) for one in review.findings), removals=(PLAN,)
    )


def opened(review: AccessReview, folder: Path, rows: int = xlsx.ROWS) -> Any:
    """Write ``review`` and return the workbook as another library reads it."""
    (path,) = XlsxFormat(rows=rows).write(review, folder)
    return openpyxl.load_workbook(path)


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """Return a sheet's rows by its head."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_sheet_a_table_with_frozen_head_and_filters(tmp_path: Path) -> None:
    """After the first sheet comes one a table: head in place, filters over all rows, columns not all one width."""
    book = opened(whole(), tmp_path)
    assert book.sheetnames == ["About", *(table.name for table in TABLES)]
    for table in TABLES:
        sheet = book[table.name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert len(rows_of(sheet)) == len(list(table.rows(whole())))
        assert [cell.value for cell in sheet[1]] == [column.replace("_", " ") for column in table.columns]
    widths = {book["findings"].column_dimensions[letter].width for letter in "ACE"}
    assert len(widths) == 3
    assert book["findings"]["E2"].alignment.wrap_text


def test_counts_and_scores_are_numbers_all_else_is_text(tmp_path: Path) -> None:
    """A score can be sorted and summed; instants, ids and words stay the text they are."""
    row = rows_of(opened(whole(), tmp_path)["findings"])[0]
    assert isinstance(row["risk"], int)
    assert row["first seen at"] == "2026-11-20T08:30:00-06:00"
    assert (row["severity"], row["verdict"]) == ("critical", "fail")


def test_unknown_is_a_word_with_a_look_of_its_own(tmp_path: Path) -> None:
    """Unknown is written out, slanted and framed; a cell that is known is not."""
    sheet = opened(whole(), tmp_path)["findings"]
    cells = {cell.value: cell for cell in sheet["B"][1:]}
    assert cells["unknown"].font.italic
    assert cells["unknown"].border.left.style == "dashed"
    assert not cells["fail"].font.italic


def test_the_first_sheet_says_what_it_is_and_what_is_not_known(tmp_path: Path) -> None:
    """Organisation, time with its zone, how much is known, what unknown means, and every sheet."""
    told = dict(opened(whole(), tmp_path)["About"].iter_rows(values_only=True))
    assert told["Organisation"] == "Riverside Health"
    assert told["As of"] == "20 Nov 2026, 08:30 CST (America/Chicago)"
    assert told["Unknown"].startswith("13 questions of 38 (34 %)")
    assert "not a pass" in told["What unknown means"]
    assert told["findings"].endswith("20 rows.")
    assert told.keys() >= {table.name for table in TABLES}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_hostile_text_becomes_anything_but_text(kind: str, tmp_path: Path) -> None:
    """With the text in every field there is no formula, link or error, and no row or sheet more or less."""
    book = opened(poisoned(whole(), HOSTILE[kind]), tmp_path)
    assert len(book.sheetnames) == len(TABLES) + 1
    for table in TABLES:
        sheet = book[table.name]
        assert sheet.max_row == 1 + len(list(table.rows(whole())))
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n", "inlineStr"}
            assert not [cell for cell in row if cell.hyperlink]
    starts = [str(row["message"]) for row in rows_of(book["findings"])]
    assert all(text.startswith(literal(HOSTILE[kind])[:40]) for text in starts)


def test_a_text_like_the_formats_own_markup_stays_text(tmp_path: Path) -> None:
    """A name made of the format's markup is shown as it is and adds no element to the file."""
    evil = '<r><t>x</t></r></is></c><c r="B1" t="str"><f>1+1</f></c><r></r>'
    review = whole()
    book = opened(replace(review, findings=(replace(review.findings[0], message=evil),)), tmp_path)
    (row,) = rows_of(book["findings"])
    assert row["message"] == "'" + evil


@given(st.text(alphabet=st.characters(codec="utf-16"), max_size=12), st.integers(1, 9_000))
@settings(max_examples=40, deadline=None)
def test_a_cell_keeps_within_the_limits_of_the_format(text: str, times: int) -> None:
    """However long and of whatever script, a cell has at most as many UTF-16 units as a program opens."""
    shown = literal(text * times)
    assert len(shown.encode("utf-16-le")) <= 2 * (CELL + 1)
    assert not shown.startswith("<r>")


def test_the_same_review_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs, even on machines in other zones, can be compared by their hash."""
    (first,) = XlsxFormat().write(whole(), tmp_path / "a")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        (second,) = XlsxFormat().write(whole(), tmp_path / "b")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert first.read_bytes() == second.read_bytes()


def test_rows_beyond_a_sheets_limit_go_to_the_next(tmp_path: Path) -> None:
    """Nothing is cut off: the rest follows on a second sheet with its own head and filters."""
    book = opened(whole(), tmp_path, rows=12)
    assert [name for name in book.sheetnames if name.startswith("findings")] == ["findings", "findings (2)"]
    both = rows_of(book["findings"]) + rows_of(book["findings (2)"])
    assert [row["fingerprint"] for row in both] == [one.fingerprint for one in whole().findings]
    assert len(rows_of(book["findings"])) == 11
    assert book["findings (2)"].freeze_panes == "A2"


def test_an_exact_fit_needs_no_second_sheet(tmp_path: Path) -> None:
    """As many rows as a sheet holds leave no empty sheet behind them."""
    book = opened(whole(), tmp_path, rows=len(whole().findings) + 1)
    assert "findings (2)" not in book.sheetnames


def test_it_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure half way leaves yesterday's workbook and no rest, not even the rows that waited."""
    (path,) = XlsxFormat().write(whole(), tmp_path)
    before = path.read_bytes()
    broken = replace(whole(), findings=(*whole().findings, replace(whole().findings[0], subject_id=True)))
    with pytest.raises(TypeError):
        XlsxFormat().write(broken, tmp_path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["access-review.xlsx"]


def test_a_folder_that_refuses_is_one_clear_sentence() -> None:
    """Where nothing can be written the error names the file and what to do."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(AuditorError, match=r"access-review\.xlsx cannot be written"):
        XlsxFormat().write(whole(), Path("/dev/full"))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice (soffice on the path)")
def test_libreoffice_opens_it_and_reads_the_same_rows(tmp_path: Path) -> None:
    """LibreOffice reads the findings with the very texts, formulas in names included."""
    review = poisoned(whole(), "=1+1 ")
    (path,) = XlsxFormat().write(review, tmp_path)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to",
            'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2', "--outdir", tmp_path, path,
        ],
        check=True, capture_output=True, timeout=180, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    with (tmp_path / "access-review-findings.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["message"] for row in read] == [one.message for one in review.findings]
    assert {row["risk"] for row in read} == {str(whole().findings[0].risk.score)}  # type: ignore[union-attr]
