"""The SARIF file, held against the schema we publish for it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.model.finding import Severity, Verdict
from auditor.model.risk import RiskInput, assess
from reports.review import AccessReview
from reports.sarif import SarifFormat, pieces
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_review import sample_review
from tests.reports.test_hostile import HIDDEN

Log = dict[str, Any]
SCHEMA = json.loads((resources.files("reports") / "schema" / "sarif-subset.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def loaded(review: AccessReview, limit: int = 25_000) -> Log:
    """Return the file's content, valid."""
    log: Log = json.loads("".join(pieces(review, limit)))
    VALIDATOR.validate(log)
    return log


def results_of(review: AccessReview) -> list[Log]:
    """Return all results of all runs."""
    return [result for run in loaded(review)["runs"] for result in run["results"]]


def test_the_file_keeps_to_the_schema(tmp_path: Path) -> None:
    """The sample, one with nothing optional and one without a finding are valid."""
    Draft202012Validator.check_schema(SCHEMA)
    (path,) = SarifFormat().write(sample_review(), tmp_path)
    assert json.loads(path.read_text("utf-8")) == loaded(sample_review())
    assert results_of(bare(sample_review()))
    assert loaded(replace(sample_review(), findings=()))["runs"][0]["results"] == []


def test_every_finding_is_a_result_that_leads_to_its_rule() -> None:
    """Results stand in the review's order; their index and id name one rule; rules that pass are listed too."""
    review = sample_review()
    run = loaded(review)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len(review.rules)
    for finding, result in zip(review.findings, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["fingerprints"]["auditor/v1"] == finding.fingerprint


def test_unknown_is_open_and_never_pass() -> None:
    """A verdict that could not be reached is open, says why and what would decide it, and has no level."""
    for finding, result in zip(sample_review().findings, results_of(sample_review()), strict=True):
        assert result["kind"] == ("fail" if finding.verdict is Verdict.FAIL else "open")
        if finding.verdict is Verdict.UNKNOWN:
            assert result["level"] == "none"
            assert result["message"]["text"].startswith("Unknown: ")
            assert finding.reason in result["message"]["text"]
            assert finding.remedy in result["message"]["text"]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.INFO, "note"),
    ],
)
def test_severity_becomes_level(severity: Severity, level: str) -> None:
    """A fail's level follows its severity."""
    finding = replace(sample_review().findings[0], severity=severity)
    assert results_of(replace(sample_review(), findings=(finding,)))[0]["level"] == level


def test_a_rule_of_the_findings_alone_is_described_too() -> None:
    """A finding whose rule is not among the review's rules still leads to one."""
    run = loaded(replace(sample_review(), rules=()))["runs"][0]
    known = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert known.keys() == {finding.rule for finding in sample_review().findings}
    rule = known["former-staff-access"]
    assert rule["properties"]["security-severity"] == "9.5"
    assert "Supports evidence for HIPAA, 45 CFR 164.308(a)(3)(ii)(C)" in rule["help"]["text"]
    assert rule["properties"]["tags"][:3] == ["security", "access-review", "hipaa-social"]


def test_accounts_have_a_path_and_a_name() -> None:
    """The path is made of the platform's own id, so that it is the same next time; the name stands beside it."""
    first, second = results_of(sample_review())[:2]
    place = first["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "accounts/x/2244"
    assert place["logicalLocations"][0]["name"] == "@RiversideHealth (X)"
    assert second["locations"][0]["logicalLocations"][1]["fullyQualifiedName"] == "facebook:100512"


def test_what_is_about_no_account_has_a_place_too() -> None:
    """Screens show no result without a location, so the organisation is one."""
    finding = replace(sample_review().findings[0], account_id=None, principal_id=None)
    place = results_of(replace(sample_review(), findings=(finding,)))[0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "organisation"
    assert place["logicalLocations"][0]["name"] == "Riverside Health"


@pytest.mark.parametrize(
    "uid", ["x:..", "x:../../etc/passwd", "x:%2e%2e", "/abs", "x:a b", "x:", "x:" + "9" * 500]
)
def test_no_id_leaves_its_place(uid: str) -> None:
    """An id that would make another path is replaced by a digest; two different ids stay different."""
    findings = (
        replace(sample_review().findings[0], account_id=uid),
        replace(sample_review().findings[0], account_id=uid + "!"),
    )
    one, two = (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in results_of(replace(sample_review(), findings=findings))
    )
    assert one.startswith("accounts/account-")
    assert one != two


def test_standing_and_risk_are_told() -> None:
    """New and known before are told apart, and the score is the rank."""
    risk = assess(RiskInput(severity=Severity.CRITICAL))
    review = sample_review()
    findings = tuple(replace(one, risk=risk) for one in review.findings[:3])
    told = results_of(replace(review, findings=findings))
    assert [one["baselineState"] for one in told] == ["new", "new", "unchanged"]
    assert {one["rank"] for one in told} == {risk.score}


def test_what_could_not_be_read_is_a_notification() -> None:
    """A short list of results is not taken for a clean one: failed sources speak up."""
    notes = loaded(sample_review())["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert any("LinkedIn answered 403" in note["message"]["text"] for note in notes)


def test_more_results_than_a_run_may_have_go_to_further_runs() -> None:
    """The riskiest are in the first run; each run has a category of its own, and nothing is lost."""
    runs = loaded(sample_review(), limit=8)["runs"]
    assert [len(run["results"]) for run in runs] == [8, 8, 4]
    assert [run["automationDetails"]["id"].split("/")[1] for run in runs] == ["1", "2", "3"]
    marks = [result["fingerprints"]["auditor/v1"] for run in runs for result in run["results"]]
    assert marks == [finding.fingerprint for finding in sample_review().findings]


def test_no_text_is_a_link_or_a_placeholder() -> None:
    """A name that would be a link or an argument in a message is neither."""
    finding = replace(sample_review().findings[0], message="See [the fix](https://evil.example) {0}")
    text = results_of(replace(sample_review(), findings=(finding,)))[0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_visible_and_bounded(kind: str) -> None:
    """Whatever a name holds, the file is valid and no text, once parsed, hides or turns anything."""
    log = loaded(poisoned(sample_review(), HOSTILE[kind]))
    assert len(log["runs"][0]["results"]) == len(sample_review().findings)
    whole = json.dumps(log, ensure_ascii=False)
    assert not HIDDEN.search(whole)


def test_rules_with_endless_names_stay_apart() -> None:
    """Ids that differ only beyond what is shown are two rules, each with its own results."""
    long = "r" * 5_000
    findings = tuple(replace(sample_review().findings[0], rule=long + end) for end in "ab")
    run = loaded(replace(sample_review(), rules=(), findings=findings))["runs"][0]
    assert len({rule["id"] for rule in run["tool"]["driver"]["rules"]}) == 2
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1]
