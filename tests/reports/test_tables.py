"""The tables that CSV and XLSX share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.estate import Level
from auditor.model.finding import Severity
from auditor.model.risk import RiskInput, assess
from reports.cells import Cells, Row
from reports.removal import Breakage, Consequence, Phase, RemovalPlan, RemovalStep
from reports.review import AccessReview
from reports.tables import TABLES
from reports.text import CELL, cell
from tests.reports.support_hostile import bare
from tests.reports.support_review import sample_review

PLAN = RemovalPlan(
    subject_type="person",
    subject_id="hr:100512",
    name="Bo Fox",
    reasons=("Bo Fox left on 31 Oct 2026",),
    fingerprints=("f1", "f2"),
    consequences=(
        Consequence(kind=Breakage.LAST_ADMIN, account_id="facebook:902", text="Bo Fox alone has full control"),
        Consequence(kind=Breakage.RECOVERY, account_id="x:2245", text="Resets go to Bo Fox", is_certain=False),
    ),
    steps=(
        RemovalStep(phase=Phase.REMOVE, text="Remove the delegate", platform="x", account_id="x:2244"),
        RemovalStep(phase=Phase.BEFORE, text="Give Priya Raman full control", platform="facebook",
                    account_id="facebook:902", url="https://business.example/settings", by=("Ana Whitlock",)),
    ),
)  # fmt: skip


def rows_of(name: str, review: AccessReview) -> list[Row]:
    """Return the rows of one table."""
    return list(next(table for table in TABLES if table.name == name).rows(review))


def test_columns_and_rows_agree() -> None:
    """No table has a column twice, and every row has a value for each column, full or bare."""
    for review in (sample_review(), bare(sample_review()), replace(sample_review(), removals=(PLAN,))):
        for table in TABLES:
            assert len(table.columns) == len(set(table.columns))
            assert all(row.keys() >= set(table.columns) for row in table.rows(review))


def test_columns_hold_what_rows_hold() -> None:
    """Read in batches of columns or row by row, a table is the same, also where a batch ends within it."""
    review = sample_review()
    many = replace(review, findings=review.findings * 700, removals=(PLAN,))
    for table in TABLES:
        turned = [row for batch in table.batches(many) for row in zip(*batch, strict=True)]
        assert turned == [tuple(row[column] for column in table.columns) for row in table.rows(many)]


def test_a_score_stands_beside_its_factors() -> None:
    """A finding with a score shows the number and what made it; one without shows neither."""
    review = sample_review()
    scored = replace(
        review.findings[0], risk=assess(RiskInput(severity=Severity.CRITICAL, exposure_hours=552))
    )
    with_score, without = rows_of("findings", replace(review, findings=(scored, review.findings[1])))
    assert with_score["risk"] == scored.risk.score  # type: ignore[union-attr]
    assert "Level: not known, counts as admin" in str(with_score["risk_factors"])
    assert "Exposed: 23 days" in str(with_score["risk_factors"])
    assert (without["risk"], without["risk_factors"]) == (None, None)


def test_a_removal_is_one_step_a_row_in_order() -> None:
    """Each step says who, when in the order, where and what it would break; no consequence is lost."""
    first, second = rows_of("removals", replace(sample_review(), removals=(PLAN,)))
    assert (first["who"], first["order"], first["phase"], first["account"]) == (
        "Bo Fox",
        1,
        "remove",
        "RiversideHealth",
    )
    assert (second["order"], second["link"]) == (2, "https://business.example/settings")
    assert (first["urgency"], first["by"], second["by"]) == (1, (), ("Ana Whitlock",))
    assert second["breaks"] == ["last one who can give access: Bo Fox alone has full control"]
    assert first["breaks"] == ["receives password resets (not known for certain): Resets go to Bo Fox"]


def test_a_plan_without_steps_still_tells_what_breaks() -> None:
    """A plan nobody knows steps for is a row of its own, not silence."""
    (row,) = rows_of("removals", replace(sample_review(), removals=(replace(PLAN, steps=()),)))
    assert len(row["breaks"] or ()) == 2  # type: ignore[arg-type]
    assert row["phase"] is None


def test_rules_count_passes_too() -> None:
    """What was checked is there, not only what was wrong."""
    rule = rows_of("rules", sample_review())[0]
    assert (rule["rule"], rule["passed"], rule["failed"]) == ("former-staff-access", 14, 2)
    assert rows_of("standards", sample_review())[0]["paragraph"] == "5.3"


def test_ranks_are_words_and_counts_are_numbers() -> None:
    """A level or severity is its word though it counts like a number; a bare boolean is refused."""
    value = Cells("UTC", cell).value
    assert (value(Level.ADMIN), value(Severity.HIGH), value(7), value(None)) == ("admin", "high", 7, None)
    with pytest.raises(TypeError, match="yes, no or unknown"):
        value(True)


@given(st.text())
def test_any_text_is_one_harmless_line(text: str) -> None:
    """Whatever a name holds, its cell is one printable line of bounded length that starts no formula."""
    shown = Cells("UTC", cell).value(text)
    assert isinstance(shown, str)
    assert len(shown) <= CELL
    assert len(shown.splitlines()) <= 1
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
