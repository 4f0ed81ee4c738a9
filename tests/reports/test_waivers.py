"""Waived findings in a report: not to be done, but counted, shown by kind, and never without their verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from jsonschema import Draft202012Validator

from auditor.model.finding import Verdict
from auditor.model.waiver import WaiverKind
from reports import names
from reports.html import render
from reports.json_file import pieces, schema
from reports.narrow import for_owner, owners
from reports.review import AccessReview, ReviewFinding
from reports.urgent import today
from reports.waivers import WaiverEntry, by_kind
from tests.reports.support_review import sample_review

UNTIL = date(2027, 3, 31)
HOSTILE = "<script>alert(1)</script>\u202e"


def entry(*marks: str, **changes: object) -> WaiverEntry:
    """Return a waiver over these findings."""
    values: dict[str, object] = {
        "waiver_id": "ab" * 16, "rule": "shared-login", "subject": HOSTILE, "kind": WaiverKind.ACCEPTED_RISK,
        "reason": f"Until the suite comes {HOSTILE}", "control": "Password rotated weekly",
        "owner": "sam.poe@riverside.example", "approver": "lee.ray@riverside.example", "expires": UNTIL,
        "covers": marks,
    }  # fmt: skip
    return WaiverEntry(**(values | changes))  # type: ignore[arg-type] # any field may be changed


def waived(review: AccessReview) -> tuple[AccessReview, ReviewFinding]:
    """Return the review with its most urgent finding waived, and that finding."""
    first = today(review).lines[0].finding
    covered = replace(first, waived=WaiverKind.ACCEPTED_RISK, waived_until=UNTIL)
    findings = tuple(covered if one is first else one for one in review.findings)
    idle = entry(waiver_id="cd" * 16, problems=("it is written for no open finding",))
    return replace(review, findings=findings, waivers=(entry(first.fingerprint), idle)), covered


def test_a_waived_finding_is_not_for_today() -> None:
    """It leaves the list of today and its counts, and stays among the findings with its verdict."""
    before = sample_review()
    review, covered = waived(before)
    assert today(review).findings == today(before).findings - 1
    told = {line.finding.fingerprint for line in today(review).lines}
    assert covered.fingerprint not in told
    assert covered in review.findings
    assert covered.verdict is Verdict.FAIL


def test_the_page_shows_kinds_apart_and_verdicts_beside() -> None:
    """Each kind has its own heading and number; what is amiss is said; hostile words stay words."""
    review, covered = waived(sample_review())
    text = "".join(render(review))
    section = text.partition('<section id="waivers"')[2].partition('<section id="exposure"')[0]
    assert "Accepted risks" in section
    assert "False positives" in section
    assert "Not applicable" in section
    assert "<strong>fail</strong>" in section
    assert f'href="#{names.anchor("finding", covered.fingerprint)}"' in section
    assert "is written for no open finding" in section
    assert "<script>alert" not in section
    assert "\u202e" not in section
    told = '<strong>Waived</strong> <span class="quiet">as accepted-risk until'
    places = ("among the findings", "at its account", "at its person")
    assert text.count(told) == len(places)
    assert text.count('data-waived="accepted-risk"') == 1


def test_json_keeps_waivers_and_verdicts_to_the_schema() -> None:
    """A finding says that it is waived and until when beside its verdict; every waiver is listed."""
    review, covered = waived(sample_review())
    loaded = json.loads("".join(pieces(review)))
    Draft202012Validator(schema()).validate(loaded)
    (found,) = [one for one in loaded["findings"] if one["waived"]]
    assert (found["fingerprint"], found["verdict"]) == (covered.fingerprint, "fail")
    assert [len(one["covers"]) for one in loaded["waivers"]] == [1, 0]


def test_a_responsible_person_sees_the_waivers_of_their_findings_alone() -> None:
    """Another's waiver, and what is amiss elsewhere, is not in their report."""
    review, covered = waived(sample_review())
    for address in owners(review):
        own = for_owner(review, address)
        marks = {one.fingerprint for one in own.findings}
        shown = {mark for one in own.waivers for mark in one.covers}
        assert shown == marks & {covered.fingerprint}
        assert not any(one.problems for one in own.waivers)


def test_every_kind_is_there_even_when_empty() -> None:
    """Three kinds, always, the soonest to expire first in each."""
    late, soon = entry(), entry(expires=date(2026, 12, 1))
    groups = by_kind([late, soon])
    assert list(groups) == list(WaiverKind)
    assert groups[WaiverKind.ACCEPTED_RISK] == (soon, late)
