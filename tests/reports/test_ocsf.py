"""The OCSF events, each held against the schema we publish for them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.model.finding import Basis, Severity, Verdict
from auditor.model.risk import RiskInput, assess
from reports.ocsf import OcsfFormat, is_alert, lines
from reports.ocsf_parts import REMEMBERED, quoted, remember
from reports.review import AccessReview, Life
from tests.reports.support_estate import NOW, PREVIOUS
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review
from tests.reports.test_hostile import HIDDEN

Event = dict[str, Any]
SCHEMA = json.loads((resources.files("reports") / "schema" / "ocsf-events.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def events_of(review: AccessReview) -> list[Event]:
    """Return the events, each valid."""
    events = [json.loads(line) for line in lines(review)]
    for event in events:
        VALIDATOR.validate(event)
    return events


def of_class(events: list[Event], number: int) -> list[Event]:
    """Return the events of one class."""
    return [event for event in events if event["class_uid"] == number]


def test_every_line_keeps_to_the_schema(tmp_path: Path) -> None:
    """The file is one valid event a line, compact and in UTF-8."""
    Draft202012Validator.check_schema(SCHEMA)
    (path,) = OcsfFormat().write(sample_review(), tmp_path)
    text = path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in text] == events_of(sample_review())
    assert all(
        line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) for line in text
    )


def test_a_review_with_nothing_optional_is_valid_too() -> None:
    """Whatever a source leaves out, the events stay valid."""
    assert len(events_of(bare(sample_review()))) > len(sample_review().findings)


def test_the_schema_refuses_what_we_do_not_write() -> None:
    """A key that is not described, a caption of another id or a pass is no event of ours."""
    event = events_of(sample_review())[0]
    assert not VALIDATOR.is_valid(event | {"surprise": 1})
    assert not VALIDATOR.is_valid(event | {"severity": "Low"})
    assert not VALIDATOR.is_valid(
        event | {"compliance": event["compliance"] | {"status_id": 1, "status": "Pass"}}
    )


def test_each_finding_is_one_compliance_finding() -> None:
    """As many verdicts as findings, in their order, and one that closes for each resolved."""
    review = sample_review()
    told = of_class(events_of(review), 2003)
    resolved = review.trend.resolved_findings if review.trend else ()
    assert [event["finding_info"]["uid"] for event in told] == [
        one.fingerprint for one in (*review.findings, *resolved)
    ]
    assert len({event["metadata"]["uid"] for event in events_of(review)}) == len(events_of(review))


def test_unknown_is_never_pass() -> None:
    """An unknown is a check without a result, with its reason and remedy; only a fail is a fail."""
    review = sample_review()
    for finding, event in zip(review.findings, of_class(events_of(review), 2003), strict=False):
        told = event["compliance"]
        if finding.verdict is Verdict.UNKNOWN:
            assert (told["status_id"], told["status"], told["status_code"]) == (2, "Warning", "unknown")
            assert told["status_details"] == [finding.reason, finding.remedy]
            assert event["confidence_id"] == 0
            assert event["remediation"]["desc"] == finding.remedy
        else:
            assert (told["status_id"], told["status"]) == (3, "Fail")


def test_a_resolved_finding_closes_and_claims_no_pass() -> None:
    """What failed before and no longer does is closed, last seen with the snapshot before."""
    closed = [event for event in events_of(sample_review()) if event["activity_id"] == 3]
    assert [event["type_uid"] for event in closed] == [200303]
    assert (closed[0]["status"], closed[0]["compliance"]["status"]) == ("Resolved", "Resolved")
    assert closed[0]["finding_info"]["last_seen_time"] == round(PREVIOUS.timestamp() * 1000)


def test_times_are_milliseconds_of_the_instant_judged_at() -> None:
    """Time is a whole number of milliseconds, the same for every event of one review."""
    times = {event["time"] for event in events_of(sample_review())}
    assert times == {round(NOW.timestamp() * 1000)}
    assert datetime.fromtimestamp(times.pop() / 1000, UTC) == NOW


@pytest.mark.parametrize(
    ("life", "severity", "verdict", "alert"),
    [
        (Life.NEW, Severity.CRITICAL, Verdict.FAIL, True),
        (None, Severity.HIGH, Verdict.FAIL, True),
        (Life.OPEN, Severity.CRITICAL, Verdict.FAIL, False),
        (Life.NEW, Severity.MEDIUM, Verdict.FAIL, False),
        (Life.NEW, Severity.CRITICAL, Verdict.UNKNOWN, False),
    ],
)
def test_who_is_woken(life: Life | None, severity: Severity, verdict: Verdict, alert: bool) -> None:
    """An alert is a grave fail that the snapshot before did not show, nothing else."""
    finding = replace(sample_review().findings[0], life=life, severity=severity, verdict=verdict)
    assert is_alert(finding) is alert
    events = events_of(replace(sample_review(), findings=(finding,)))
    assert len(of_class(events, 2004)) == alert


def test_an_alert_carries_the_risk_and_leads_to_its_verdict() -> None:
    """The score and its level stand in the alert; both events share the finding's uid."""
    risk = assess(RiskInput(severity=Severity.CRITICAL, exposure_hours=3_000))
    finding = replace(sample_review().findings[0], risk=risk, removes="access")
    verdict, alert, _closed = events_of(replace(sample_review(), findings=(finding,)))
    assert (alert["risk_score"], alert["risk_level"], alert["is_alert"]) == (risk.score, "Critical", True)
    assert alert["finding_info"]["uid"] == verdict["finding_info"]["uid"] == finding.fingerprint
    assert alert["metadata"]["correlation_uid"] == verdict["metadata"]["correlation_uid"]
    assert verdict["unmapped"]["risk"]["score"] == risk.score
    assert verdict["unmapped"]["removes"] == "access"


def test_a_status_is_told_only_when_it_changes() -> None:
    """New findings are New; of those known before the receiver's own status stands."""
    for event in of_class(events_of(sample_review()), 2003):
        assert event.get("status") == {1: "New", 3: "Resolved"}.get(event["activity_id"])
    first = events_of(replace(sample_review(), trend=None, findings=tuple(
        replace(one, life=None) for one in sample_review().findings)))  # fmt: skip
    assert {event["activity_id"] for event in first} == {1}


def test_it_says_who_what_and_how_it_is_known() -> None:
    """Account with its owner, identity, person, standards, source and the raw record behind it."""
    finding = replace(sample_review().findings[1], basis=Basis.VERIFIED)
    event = events_of(replace(sample_review(), findings=(finding,)))[0]
    account, principal, person = event["resources"]
    assert (account["name"], account["namespace"], account["role"]) == (
        "Riverside Children's Hospital", "facebook", "Target")  # fmt: skip
    assert account["labels"] == ["phi_exposed"]
    assert (account["owner"]["name"], account["owner"]["full_name"]) == ("100512@riverside.example", "Bo Fox")
    assert (principal["type"], person["name"]) == ("principal", "Bo Fox")
    assert event["compliance"]["requirements"][0] == "HIPAA, 45 CFR 164.308(a)(3)(ii)(C)"
    assert event["evidences"][0]["uid"] == finding.evidence_id
    assert event["finding_info"]["data_sources"] == ["meta"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_stay_one_line_and_exact(kind: str) -> None:
    """Parsed, a name is the very text; raw, no line holds a character that acts on a terminal."""
    review = poisoned(sample_review(), HOSTILE[kind])
    raw = list(lines(review))
    assert not [
        line for line in raw if HIDDEN.search(line.removesuffix("\n")) or not re.fullmatch(r"[^\n]+\n", line)
    ]
    assert events_of(review)[0]["message"].startswith(HOSTILE[kind].replace("\ud800", "[U+D800]"))


@given(st.text())
def test_a_quoted_text_is_read_back_exactly(text: str) -> None:
    """Quotes, backslashes and controls included, a parser returns the very text."""
    assert json.loads(quoted(text)) == text
    assert not HIDDEN.search(quoted(text))


def written_alone(review: AccessReview) -> list[str]:
    """Return the lines as they are when each finding is the only one, so that nothing is shared."""
    return [line for one in review.findings for line in lines(replace(review, findings=(one,)))]


def test_what_is_shared_is_never_another_findings() -> None:
    """Among thousands each event is the very line it is when its finding stands alone."""
    review = large_review(300, accounts=20, people=50, rules=9)
    assert list(lines(review)) == written_alone(review)


@pytest.mark.parametrize(
    "change",
    [
        {"subject_type": "app"},
        {"severity": Severity.INFO},
        {"basis": Basis.ATTESTED},
        {"verdict": Verdict.UNKNOWN},
        {"reason": "Another reason."},
        {"remedy": "Another remedy."},
        {"remediation": "Another remediation."},
        {"references": {"soc2": ("CC6.1",)}},
        {"life": Life.OPEN},
        {"platform": "x"},
        {"principal_id": "x:other"},
        {"person_id": None},
        {"account_id": None},
        {"source": None},
        {"first_seen_at": None},
        {"evidence_id": None},
        {"observed_at": PREVIOUS},
        {"removes": "app"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_finding_that_differs_in_one_thing_is_told_so(change: dict[str, Any]) -> None:
    """After its twin, a finding with one thing changed is written as if there were no twin."""
    twin = replace(
        sample_review().findings[1], first_seen_at=NOW, observed_at=NOW, evidence_id="ab" * 32, life=Life.NEW
    )
    review = replace(sample_review(), trend=None, findings=(twin, replace(twin, **change), twin))
    told = list(lines(review))
    assert told == written_alone(review)
    assert len(set(told)) > len(set(lines(replace(review, findings=(twin,)))))


def test_memory_of_shared_texts_is_bounded() -> None:
    """However many texts there are, no more than the limit are kept, and the newest is among them."""
    known: dict[int, str] = {}
    for number in range(3 * REMEMBERED):
        assert remember(known, number, str(number)) == str(number)
        assert len(known) <= REMEMBERED
    assert known[3 * REMEMBERED - 1] == str(3 * REMEMBERED - 1)
