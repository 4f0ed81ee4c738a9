"""identities.csv: rows that count, rows that do not, and appending to it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import DocumentError
from connectors.tabular import read_table
from policies.identity import match
from policies.identity_file import COLUMNS, ReviewedFile, ReviewedIdentity, append_reviewed, read_reviewed

TODAY = date(2026, 11, 20)
GOOD = ReviewedIdentity(
    principal_id="x:1",
    person_id="007",
    reviewed_by="ana@riverside.example",
    reviewed_on="2026-11-01",
    note="asked Bo",
)


def read(path: Path) -> ReviewedFile:
    """Read the file as the audit does: through the shared table reader."""
    return read_reviewed(read_table(path), path.name, today=TODAY)


def test_written_file_is_read_back(tmp_path: Path) -> None:
    """What is appended is what is read, and it matches."""
    path = tmp_path / "identities.csv"
    assert append_reviewed(path, [GOOD]) == 1
    found = read(path)
    assert found.entries == (GOOD,)
    assert found.problems == ()
    principals = pd.DataFrame({"principal_id": ["x:1"], "platform": ["x"], "email": [None], "handle": [None]})
    people = pd.DataFrame({"person_id": ["007"]})
    assert match(principals, people, found.frame()).matches["person_id"].tolist() == ["007"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",,,,007,,ana,2026-11-01,", "names no principal"),
        (",x,,,007,,ana,2026-11-01,", "names no principal"),
        ("x:1,,,,,,ana,2026-11-01,", "names no person"),
        ("x:1,,,,007,,,2026-11-01,", "reviewed_by is missing"),
        ("x:1,,,,007,,ana,,", "reviewed_on is not a date"),
        ("x:1,,,,007,,ana,01/11/2026,", "reviewed_on is not a date"),
        ("x:1,,,,007,,ana,2027-01-01,", "still to come"),
        ("x:1,,,,,nobody,ana,2026-11-01,", "work_email is not an e-mail address"),
        ("x:1,,,,007,,ana,2026-11-01,a,b", "cells under 9 columns"),
    ],
)
def test_bad_rows_do_not_count(row: str, says: str, tmp_path: Path) -> None:
    """A row that lacks what a review needs is told with file and line; the others count."""
    path = tmp_path / "identities.csv"
    path.write_text(",".join(COLUMNS) + f"\n{row}\nx:2,,,,008,,ana,2026-11-01,\n")
    found = read(path)
    assert [entry.person_id for entry in found.entries] == ["008"]
    (problem,) = found.problems
    assert problem.startswith("identities.csv:2: ")
    assert says in problem


@pytest.mark.parametrize(
    "header",
    [
        "principal_id,person_id",
        "principal_id,persn_id,reviewed_by,reviewed_on",
        "note,note,reviewed_by,reviewed_on",
    ],
)
def test_columns_are_strict(header: str, tmp_path: Path) -> None:
    """Missing, unknown and repeated columns are errors: a mapping must not be half read."""
    path = tmp_path / "identities.csv"
    path.write_text(header + "\na,b,c,d\n")
    with pytest.raises(DocumentError, match=r"identities\.csv:1"):
        read(path)


def test_no_reviews_is_an_empty_frame() -> None:
    """A file without entries gives a frame with its columns."""
    frame = ReviewedFile((), ()).frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame.empty


def test_append_keeps_what_is_there(tmp_path: Path) -> None:
    """The file's order of columns, separator, line ends, byte-order mark and mode stay as they were."""
    path = tmp_path / "identities.csv"
    path.write_bytes(
        "\ufeffReviewed On;Reviewed By;Person ID;Principal ID;Note\r\n2026-10-01;ana;1;x:9;\u00e9".encode()
    )
    path.chmod(0o600)
    assert append_reviewed(path, [GOOD]) == 1
    assert path.read_bytes().decode() == (
        "\ufeffReviewed On;Reviewed By;Person ID;Principal ID;Note\r\n"
        "2026-10-01;ana;1;x:9;\u00e9\r\n"
        "2026-11-01;ana@riverside.example;007;x:1;asked Bo\r\n"
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["identities.csv"]


def test_append_is_idempotent(tmp_path: Path) -> None:
    """The same review is written once."""
    path = tmp_path / "identities.csv"
    assert append_reviewed(path, [GOOD, GOOD]) == 1
    before = path.read_bytes()
    assert append_reviewed(path, [GOOD]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"whatever\n",
        b"principal_id,person_id\n",
        b"principal_id,person_id,reviewed_by,reviewed_on\n",
        b"caf\xe9\n",
        b'principal_id,person_id,reviewed_by,reviewed_on,note\nx:1,"1,ana,2026-01-01,\n',
    ],
)
def test_append_refuses_files_it_would_harm(content: bytes, tmp_path: Path) -> None:
    """A file that is not ours, not UTF-8, lacks a column or has an open quote stays untouched."""
    path = tmp_path / "identities.csv"
    path.write_bytes(content)
    with pytest.raises(DocumentError):
        append_reviewed(path, [GOOD])
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "entry",
    [
        ReviewedIdentity(principal_id="x:1", person_id="1", reviewed_on="2026-11-01"),
        ReviewedIdentity(principal_id="=1+1", person_id="1", reviewed_by="ana", reviewed_on="2026-11-01"),
        ReviewedIdentity(
            principal_id="x:1", person_id="@SUM(1)", reviewed_by="ana", reviewed_on="2026-11-01"
        ),
    ],
)
def test_append_refuses_faults_and_formulas(entry: ReviewedIdentity, tmp_path: Path) -> None:
    """An entry nobody reviewed, or a cell a spreadsheet would run, is not written."""
    path = tmp_path / "identities.csv"
    with pytest.raises(DocumentError):
        append_reviewed(path, [entry])
    assert not path.exists()


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A place that cannot be written is our own error."""
    with pytest.raises(DocumentError, match="cannot be written"):
        append_reviewed(tmp_path / "none" / "identities.csv", [GOOD])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_note(tmp_path: Path, note: str) -> None:
    """Whatever a note says, it stays one row, one cell, and no formula."""
    path = tmp_path / "identities.csv"
    path.unlink(missing_ok=True)
    entry = ReviewedIdentity(
        principal_id="x:1", person_id="1", reviewed_by="ana", reviewed_on="2026-11-01", note=note
    )
    append_reviewed(path, [entry, GOOD])
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3
    assert not rows[1][-1].startswith(("=", "+", "-", "@"))
