"""The CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cells import Cells
from reports.csv_files import CsvFormat, field, fields
from reports.tables import TABLES
from reports.text import cell
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Return every CSV file of the sample, read back."""
    read: Rows = {}
    for path in CsvFormat().write(sample_review(), tmp_path_factory.mktemp("csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            read[path.stem] = list(csv.DictReader(file))
    return read


def test_every_row_of_the_review_is_there(tables: Rows) -> None:
    """There is a file for each table, with as many rows as the review has."""
    review = sample_review()
    assert {name: len(rows) for name, rows in tables.items()} == {
        "findings": len(review.findings),
        "waivers": 0,
        "removals": 0,
        "grants": sum(len(a.holders) for a in review.accounts),
        "accounts": len(review.accounts),
        "apps": sum(len(a.apps) for a in review.accounts),
        "people": len(review.people),
        "exposure": len(review.exposure_clocks),
        "impersonators": len(review.impersonator_cases),
        "coverage": review.coverage.total,
        "rules": len(review.rules),
        "standards": len(review.standards),
    }
    assert list(tables) == [table.name for table in TABLES]


def test_what_is_not_known_says_unknown(tables: Rows) -> None:
    """A fact that is None is the word unknown, never an empty cell that reads as no."""
    agency = next(row for row in tables["grants"] if row["principal_name"] == "Northlight Studio")
    assert {agency[column] for column in ("level", "mfa", "can_message", "can_grant")} == {"unknown"}
    assert {row["mfa"] for row in tables["grants"]} == {"yes", "no", "unknown"}
    linkedin = next(row for row in tables["accounts"] if row["platform"] == "LinkedIn")
    assert (linkedin["phi_exposed"], linkedin["mfa_required"]) == ("unknown", "unknown")
    assert {row["known"] for row in tables["coverage"]} == {"verified", "attested", "unknown"}


def test_instants_are_iso_in_the_organisations_zone(tables: Rows) -> None:
    """Instants carry the zone's offset; what is known to the day only is that day."""
    assert tables["grants"][0]["granted_at"] == "2025-02-03"
    assert tables["findings"][0]["first_seen_at"] == "2026-11-20T08:30:00-06:00"
    assert next(row for row in tables["people"] if row["name"] == "Bo Fox")["left_on"] == "2026-10-31"


def test_a_finding_names_account_person_and_paragraphs(tables: Rows) -> None:
    """A finding's row can be read without the other files."""
    row = tables["findings"][0]
    assert (row["account"], row["person"], row["severity"]) == ("RiversideHealth", "Bo Fox", "critical")
    assert row["supports_evidence_for"].startswith(
        "HIPAA, 45 CFR 164.308(a)(3)(ii)(C); NIST SP 800-53 r5 AC-2(3)"
    )


def test_files_open_by_double_click(tmp_path: Path) -> None:
    """A byte order mark stands first and lines end as RFC 4180 has it."""
    path = CsvFormat().write(sample_review(), tmp_path)[0]
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")


@given(st.text())
def test_a_field_is_read_back_as_the_cell_it_was(text: str) -> None:
    """Whatever a cell holds, commas and quotes included, a reader gets that cell and the next one apart."""
    assert list(csv.reader([f"{field(text)},next"])) == [[cell(text), "next"]]


@given(
    st.lists(
        st.text()
        | st.from_regex(r"[a-z0-9][ -~]{0,9}", fullmatch=True)
        | st.text('aéÿłЖ中\u0301\u202e=\uff1d,"', max_size=4)
    )
)
def test_texts_told_together_are_told_as_each_alone(texts: list[str]) -> None:
    """Looking at many texts at once changes none of their fields, whichever of them stand together."""
    assert list(fields(texts)) == [field(text) for text in texts]


def test_a_review_of_many_batches_says_what_its_rows_say(tmp_path: Path) -> None:
    """Beyond what a column remembers, every cell is still the one that its row has, in order."""
    review = large_review(4_000, accounts=60, people=300, rules=9)
    said = Cells(review.timezone, cell, nothing="", number=str).value
    for table, path in zip(TABLES, CsvFormat().write(review, tmp_path), strict=True):
        with path.open(encoding="utf-8-sig", newline="") as file:
            _, *read = csv.reader(file)
        assert read == [[said(row[column]) for column in table.columns] for row in table.rows(review)]
