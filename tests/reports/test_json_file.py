"""The JSON file and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.model.finding import Severity
from auditor.model.risk import RiskInput, assess
from reports.json_file import JsonFormat, pieces, plain, schema
from reports.review import AccessReview, CoverageSplit, Reader
from tests.reports.support_estate import NOW
from tests.reports.support_review import sample_review
from tests.reports.test_tables import PLAN


def _loaded(review: AccessReview) -> dict[str, Any]:
    value: dict[str, Any] = json.loads("".join(pieces(review)))
    return value


def test_the_file_keeps_to_the_published_schema() -> None:
    """The schema itself is valid, and the sample and an empty review keep to it."""
    Draft202012Validator.check_schema(schema())
    validator = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(_loaded(sample_review()))
    empty = AccessReview(organization="R", snapshot_id="s", as_of=NOW, finished_at=NOW, timezone="UTC",
                         coverage=CoverageSplit())  # fmt: skip
    validator.validate(_loaded(empty))


def test_the_schema_knows_every_key() -> None:
    """A key that the schema does not know is refused: file and schema cannot drift apart."""
    loaded = _loaded(sample_review())
    loaded["accounts"][0]["grants"][0]["surprise"] = 1
    assert not Draft202012Validator(schema()).is_valid(loaded)


def test_scores_and_removal_plans_keep_to_the_schema() -> None:
    """A score with its factors, a plan with its steps and a narrowed review are in it, and valid."""
    known = RiskInput(
        severity=Severity.HIGH, tier=2, phi_exposed=False, followers=1_234, exposure_hours=31.25
    )
    review = sample_review()
    scored = replace(review.findings[0], risk=assess(known), removes="access")
    loaded = _loaded(
        replace(
            review, findings=(scored,), removals=(PLAN,), reader=Reader.OWNER, about="o@riverside.example"
        )
    )
    Draft202012Validator(schema()).validate(loaded)
    assert loaded["findings"][0]["risk"]["exposure_hours"] == 31.25
    assert loaded["findings"][0]["risk"]["reach"] == round(assess(known).reach, 4)
    assert [step["phase"] for step in loaded["removals"][0]["steps"]] == ["remove", "before"]
    assert (loaded["reader"], loaded["about"]) == ("owner", "o@riverside.example")


def test_the_schema_describes_every_key_the_file_has() -> None:
    """New keys are optional there, so that older files stay valid, but none is left out."""
    keys = schema()["properties"].keys()
    assert keys == _loaded(sample_review()).keys()
    described = schema()["$defs"]
    loaded = _loaded(replace(sample_review(), removals=(PLAN,)))
    for name, one in (("finding", loaded["findings"][0]), ("account", loaded["accounts"][0]),
                      ("removal", loaded["removals"][0]), ("step", loaded["removals"][0]["steps"][0])):  # fmt: skip
        assert described[name]["properties"].keys() == one.keys()


def test_everything_is_in_it() -> None:
    """Counts of every list equal the review's; ranks are words; not known is null."""
    review, loaded = sample_review(), _loaded(sample_review())
    for key in ("findings", "accounts", "people", "unmatched", "rules", "standards", "sources", "gaps"):
        assert len(loaded[key]) == len(getattr(review, key))
    assert sum(len(a["grants"]) for a in loaded["accounts"]) == sum(len(a.holders) for a in review.accounts)
    assert loaded["findings"][0]["severity"] == "critical"
    agency = next(
        g for a in loaded["accounts"] for g in a["grants"] if g["principal_name"] == "Northlight Studio"
    )
    assert (agency["level"], agency["mfa"]) == (None, None)
    assert loaded["counts"]["critical"] == {"fail": 2, "unknown": 2}
    assert loaded["snapshot"]["as_of"] == "2026-11-20T14:30:00Z"


def test_each_finding_is_one_line(tmp_path: Path) -> None:
    """Two reports can be compared line by line."""
    (path,) = JsonFormat().write(sample_review(), tmp_path)
    lines = path.read_text("utf-8").splitlines()
    assert sum(line.startswith('{"fingerprint"') for line in lines) == len(sample_review().findings)


def test_it_is_written_piece_by_piece() -> None:
    """A large review is never one text in memory: no piece holds more than one finding."""
    (one, *_rest) = sample_review().findings
    review = replace(sample_review(), findings=(one,) * 5000)
    assert max(piece.count('"fingerprint"') for piece in pieces(review)) == 1


def test_what_no_review_holds_is_an_error() -> None:
    """A type that has no place in a review is refused, not written in some odd form."""
    with pytest.raises(TypeError, match="holds no set"):
        plain({1})
