"""Waived, reopened, unknown since, overdue: every form says so, and the verdict stands beside."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.model.finding import Verdict
from auditor.model.life import LifeState
from auditor.model.waiver import WaiverKind
from reports.csv_files import CsvFormat
from reports.finding_tables import FINDINGS
from reports.html import HtmlFormat, render
from reports.json_file import pieces, schema
from reports.large.size import is_large
from reports.mail import compose_owner_mail, compose_report_mail, compose_urgent_mail
from reports.narrow import for_owner, owners
from reports.ocsf import is_alert
from reports.pdf import print_html
from reports.review import AccessReview, Life, Reader, ReviewFinding
from reports.standing import Standing
from reports.waiver_table import WAIVERS
from reports.waivers import counted
from tests.reports.support_hostile import HOSTILE
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review
from tests.reports.test_hostile import HIDDEN
from tests.reports.test_ocsf import events_of
from tests.reports.test_sarif import results_of
from tests.reports.test_waivers import UNTIL, entry, waived

LATE = Standing(state=LifeState.REOPENED, due_on=date(2026, 11, 3), overdue=True)
BLIND = Standing(state=LifeState.OPEN, unknown_since=datetime(2026, 11, 6, 14, tzinfo=UTC))
ENVELOPE: dict[str, Any] = {
    "sender": "auditor@riverside.example",
    "recipients": ["privacy@riverside.example"],
    "reply_to": None,
    "message_id": "<1@riverside.example>",
}


@pytest.fixture
def accepted() -> tuple[AccessReview, ReviewFinding]:
    """Return a review with one finding waived and every other late or unknown since, and that finding."""
    review, covered = waived(sample_review())

    def stands(one: ReviewFinding) -> ReviewFinding:
        return replace(one, standing=LATE if one.verdict is Verdict.FAIL else BLIND)

    findings = tuple(one if one is covered else stands(one) for one in review.findings)
    return replace(review, findings=findings), covered


def test_tables_say_kind_last_day_and_who_accepted(accepted: tuple[AccessReview, ReviewFinding]) -> None:
    """The finding's row keeps its verdict; the waiver's row has approver, control and the verdicts it covers."""
    review, covered = accepted
    rows = {row["fingerprint"]: row for row in FINDINGS.rows(review)}
    row = rows[covered.fingerprint]
    assert (row["verdict"], row["waived"], row["waived_until"]) == (
        Verdict.FAIL,
        WaiverKind.ACCEPTED_RISK,
        UNTIL,
    )
    others = [row for mark, row in rows.items() if mark != covered.fingerprint]
    assert {(one["life"], one["due_on"], one["overdue"]) for one in others if one["verdict"] == "fail"} == {
        (LifeState.REOPENED, LATE.due_on, "yes")
    }
    assert {one["unknown_since"] for one in others if one["verdict"] == "unknown"} == {BLIND.unknown_since}
    used, idle = WAIVERS.rows(review)
    assert (used["failed"], used["unknown"], used["fingerprints"]) == (1, 0, (covered.fingerprint,))
    assert (used["approver"], used["control"]) == ("lee.ray@riverside.example", "Password rotated weekly")
    assert (idle["failed"], idle["amiss"]) == (0, ("it is written for no open finding",))


def test_ocsf_suppresses_and_wakes_nobody(accepted: tuple[AccessReview, ReviewFinding]) -> None:
    """Status Suppressed, compliance still Fail, the waiver beside; no alert, which its twin without waiver is."""
    review, covered = accepted
    assert is_alert(replace(covered, waived=None, life=Life.NEW))
    assert not is_alert(covered)
    (event,) = [one for one in events_of(review) if one["finding_info"]["uid"] == covered.fingerprint]
    assert (event["class_uid"], event["status_id"], event["status"]) == (2003, 3, "Suppressed")
    assert event["compliance"]["status"] == "Fail"
    assert event["status_detail"] == (
        "Waived as accepted-risk until 2027-03-31, approved by lee.ray@riverside.example."
    )
    waiver = event["unmapped"]["waiver"]
    assert (waiver["kind"], waiver["control"]) == ("accepted-risk", "Password rotated weekly")
    late = next(one for one in events_of(review) if one["unmapped"].get("standing", {}).get("overdue"))
    assert late["unmapped"]["standing"] == {"state": "reopened", "due_on": "2026-11-03", "overdue": True}


def test_sarif_suppresses_and_keeps_kind_and_level(accepted: tuple[AccessReview, ReviewFinding]) -> None:
    """An external, accepted suppression with who, why and what makes up for it; fail stays fail, error stays error."""
    review, covered = accepted
    (result,) = [one for one in results_of(review) if "suppressions" in one]
    assert result["fingerprints"]["auditor/v1"] == covered.fingerprint
    assert (result["kind"], result["level"]) == ("fail", "error")
    (one,) = result["suppressions"]
    assert (one["kind"], one["status"]) == ("external", "accepted")
    assert "approved by lee.ray@riverside.example" in one["justification"]
    assert "Control: Password rotated weekly." in one["justification"]


def test_json_keeps_the_standing_to_the_schema(accepted: tuple[AccessReview, ReviewFinding]) -> None:
    """State, unknown since, last day and whether it has passed."""
    loaded = json.loads("".join(pieces(accepted[0])))
    Draft202012Validator(schema()).validate(loaded)
    told = [one["standing"] for one in loaded["findings"] if one["standing"] and one["standing"]["overdue"]]
    assert told[0] == {"state": "reopened", "unknown_since": None, "due_on": "2026-11-03", "overdue": True}


def body(message: EmailMessage, kind: str) -> str:
    """Return the mail's text or HTML."""
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def test_mails_count_what_is_waived_and_ask_for_nothing_of_it(
    accepted: tuple[AccessReview, ReviewFinding],
) -> None:
    """Counted by kind in text and HTML; its message and first step are not among what to do; what is late is."""
    review, covered = accepted
    mails = [compose_report_mail(review, **ENVELOPE)]
    for address in owners(review):
        own = for_owner(review, address)
        if own.waivers:
            mails.append(compose_owner_mail(own, **ENVELOPE))
    assert len(mails) > 1
    for mail in mails:
        text, html = body(mail, "plain"), body(mail, "html")
        assert "WAIVED: 1 accepted risk," in text
        assert "1 accepted risk," in html
        assert covered.message not in text
        assert "OVERDUE: was due 3 Nov 2026" in text
    urgent = body(compose_urgent_mail(review, covered, **ENVELOPE), "plain")
    assert "as accepted-risk until 31 Mar 2027" in urgent
    assert "DO TODAY" not in urgent


def test_an_owner_whose_findings_are_all_waived_has_nothing_to_do_next() -> None:
    """What somebody has accepted is neither first act nor of lesser severity."""
    review = sample_review()
    address = next(one for one in owners(review) if for_owner(review, one).findings)
    own = for_owner(review, address)
    own = replace(
        own,
        findings=tuple(
            replace(f, waived=WaiverKind.FALSE_POSITIVE, waived_until=UNTIL) for f in own.findings
        ),
    )
    text = body(compose_owner_mail(own, **ENVELOPE), "plain")
    assert text.startswith("PLEASE: ")
    assert "of lesser severity" not in text


@pytest.mark.parametrize("reader", [Reader.FULL, Reader.OWNER])
def test_paper_marks_the_finding_and_lists_the_waivers(
    reader: Reader, accepted: tuple[AccessReview, ReviewFinding]
) -> None:
    """The PDF's text has the mark at the finding, the verdict, approver and control in the list."""
    review, _covered = accepted
    if reader is Reader.OWNER:
        review = next(own for own in (for_owner(review, one) for one in owners(review)) if own.waivers)
    text = print_html(review)
    assert "<strong>Waived</strong>" in text
    section = text.partition('id="waivers"')[2].partition("</section>")[0]
    assert "<strong>fail</strong>" in section
    assert "lee.ray@riverside.example" in section
    assert "Password rotated weekly" in section
    assert ">Overdue</strong>" in text
    gaps = text.partition('id="unknowns"')[2].partition("</section>")[0]
    assert f'Unknown since <time datetime="{BLIND.unknown_since:%Y-%m-%d}' in gaps or reader is Reader.OWNER


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_waiver_harms_no_form(kind: str, tmp_path: Path) -> None:
    """Reason, control and addresses are words everywhere: no markup, no formula, no hidden character."""
    review, covered = waived(sample_review())
    bad = HOSTILE[kind]
    one = entry(
        covered.fingerprint, reason=bad, control=bad, owner=bad, approver=bad, subject=bad, problems=(bad,)
    )
    review = replace(review, waivers=(one,))
    for text in ("".join(render(review)), print_html(review)):
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text.replace("onerror=alert(1)&gt;", "")
        assert "\u202e" not in text
    (event,) = [event for event in events_of(review) if event.get("status") == "Suppressed"]
    assert event["unmapped"]["waiver"]["control"] == bad.replace("\ud800", "[U+D800]")
    for result in results_of(review):
        for suppression in result.get("suppressions", ()):
            assert not HIDDEN.search(suppression["justification"])
    CsvFormat().write(review, tmp_path)
    with (tmp_path / "waivers.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert not any(value.lstrip().startswith(("=", "+", "-", "@", "\uff1d")) for value in row.values())


def test_the_split_report_marks_each_line_and_has_the_filter(tmp_path: Path) -> None:
    """At its rule, its account and its person a waived finding is marked, and the filter knows it."""
    review = large_review(2_600, accounts=40, people=80, rules=9)
    assert is_large(review)
    first = next(
        one for one in review.findings if one.verdict is Verdict.FAIL and one.person_id and one.account_id
    )
    blind = next(one for one in review.findings if one.verdict is Verdict.UNKNOWN)
    covered = replace(first, waived=WaiverKind.FALSE_POSITIVE, waived_until=UNTIL, standing=LATE)
    swapped = {id(first): covered, id(blind): replace(blind, standing=BLIND)}
    review = replace(
        review,
        findings=tuple(swapped.get(id(one), one) for one in review.findings),
        waivers=(entry(first.fingerprint, kind=WaiverKind.FALSE_POSITIVE),),
    )
    HtmlFormat().write(review, tmp_path)
    pages = [path.read_text("utf-8") for path in (tmp_path / "access-review").iterdir()]
    marked = [line for page in pages for line in page.splitlines() if "data-waived=" in line]
    assert len(marked) == len(("rule", "account", "person"))
    assert all('data-waived="false-positive"' in line for line in marked)
    assert all("<strong>Waived</strong>" in line for line in marked)
    assert sum(">Overdue</strong>" in line for line in marked) == len(("rule", "account"))
    assert sum(page.count("unknown since 6 Nov 2026") for page in pages) >= 1
    assert sum('id="find-waived"' in page for page in pages) > len(marked)
    assert "False positives" in (tmp_path / "access-review.html").read_text("utf-8")


def test_kinds_are_counted_apart_in_words() -> None:
    """None is nothing; several kinds are listed in one order, each with its own number."""
    kinds = [WaiverKind.FALSE_POSITIVE, None, WaiverKind.ACCEPTED_RISK, WaiverKind.FALSE_POSITIVE]
    assert counted(kinds) == "1 accepted risk and 2 false positives"
    assert counted([None]) == ""
