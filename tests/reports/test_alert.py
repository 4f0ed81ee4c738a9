"""Alerts and digests as a reader meets them: complete in text, HTML, JSON and short text; harmless in each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.event import EventKind
from auditor.model.finding import Severity
from reports.alert import AlertChange, AlertPage, DigestLine, DigestPage
from reports.alert_json import alert_json, alert_text, digest_json, digest_text
from reports.alert_mail import SHOWN, compose_alert_mail, compose_digest_mail
from reports.envelope import Envelope
from reports.removal import Phase, RemovalPlan, RemovalStep
from reports.review import ReviewFinding
from tests.reports.support_estate import NOW
from tests.reports.support_review import FINDINGS, sample_review

ACCOUNTS = {one.account_id: one for one in sample_review().accounts}
ENVELOPE = Envelope(
    "auditor@riverside.example", ("lee@riverside.example",), None, "<a@riverside.example>", NOW
)
PLAN = RemovalPlan(
    subject_type="person",
    subject_id="hr:100512",
    name="Bo Fox",
    summary="Remove today: Bo Fox does not work here.",
    steps=tuple(
        RemovalStep(phase=phase, text=f"{phase} step", url="https://x.com/settings", by=("Dana Cole",))
        for phase in Phase
    ),
)
CHANGE = AlertChange(
    kind=EventKind.JOB_FAILED, at=NOW, severity=Severity.HIGH, message="The job audit failed."
)


def page(findings: Sequence[ReviewFinding] = FINDINGS[:2], **more: object) -> AlertPage:
    """Return the page of a leaver."""
    made = AlertPage(
        alert_id="0123456789ab",
        kind="access",
        severity=Severity.CRITICAL,
        organization="Riverside Health",
        timezone="America/Chicago",
        snapshot_id="s1",
        as_of=NOW,
        findings=tuple(findings),
        accounts=(ACCOUNTS["x:2244"], ACCOUNTS["facebook:902"]),
        plan=PLAN,
        escalates_after="4 hours",
    )
    return replace(made, **more)  # type: ignore[arg-type] # what the test names


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return text and HTML."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return str(text.get_content()), str(html.get_content())


def test_both_parts_are_complete() -> None:
    """Action, facts, how they are known, steps in order, gaps and the answer stand in text and in HTML."""
    mail = compose_alert_mail(page(), ENVELOPE)
    text, html = parts(mail)
    assert text.startswith("DO NOW: Remove today: Bo Fox does not work here. First step: before step")
    for part in (text, html):
        for words in ("Bo Fox left on 31 Oct 2026", "Attested", "before step", "remove step", "after step",
                      "Dana Cole", "unknown", "auditor alerts ack 0123456789ab", "4 hours"):  # fmt: skip
            assert words in part
        assert part.index("before step") < part.rindex("remove step") < part.rindex("after step")
    assert mail["List-Id"] == "<access-alerts.riverside.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_before_the_first_audit_no_snapshot_is_named() -> None:
    """A job may fail before anything was judged: no part of the message then names a snapshot that is none."""
    early = page([], snapshot_id="", accounts=(), plan=None, changes=(CHANGE,), kind="job")
    digest = DigestPage(
        organization="Riverside Health",
        timezone="America/Chicago",
        snapshot_id="",
        as_of=NOW,
        lines=(),
        total=0,
    )
    mails = (compose_alert_mail(early, ENVELOPE), compose_digest_mail(digest, ENVELOPE))
    for part in (part for mail in mails for part in parts(mail)):
        assert ", before the first audit, " in part
        assert "snapshot" not in part
    assert json.loads(alert_json(early))["snapshot"] is None


def test_the_subject_is_the_fact() -> None:
    """The gravest message, its platform where it does not say it, and how many more."""
    assert page().subject == (
        "Bo Fox left on 31 Oct 2026 and can still post as @RiversideHealth (X) and 1 more"
    )
    assert page(unacknowledged_for="4 hours").subject.startswith("Not acknowledged for 4 hours: Bo Fox")
    assert page([replace(FINDINGS[0], message="Bo still posts on X.")]).subject == "Bo still posts on X"


def test_what_does_not_fit_is_counted() -> None:
    """Fifty findings are listed in part, the rest by number; the mail stays small."""
    many = [replace(FINDINGS[0], fingerprint=f"{number:032x}") for number in range(50)]
    mail = compose_alert_mail(page(many), ENVELOPE)
    for part in parts(mail):
        assert f"{50 - SHOWN} more findings" in part
    assert len(mail.as_bytes()) < 100_000
    assert json.loads(alert_json(page(many)))["counts"]["findings"] == 50


def test_an_account_nobody_read_is_said_to_be_unknown() -> None:
    """No coverage at all is told as nothing known, never as nothing wrong."""
    blind = page(accounts=(replace(ACCOUNTS["x:2244"], coverage=()),))
    for part in parts(compose_alert_mail(blind, ENVELOPE)):
        assert "no source was read for this account" in part.lower()
    assert "Nothing is known." in json.loads(alert_text(blind))["text"]


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (EventKind.WAIVER_GRANTED, "Check that this was meant"),
        (EventKind.WAIVER_WITHDRAWN, "See to what it covered"),
        (EventKind.WAIVER_EXPIRING, "Renew the waiver"),
        (EventKind.WAIVER_AMISS, "Mend the waivers file"),
    ],
)
def test_what_to_do_about_a_waiver_is_about_what_happened_to_it(kind: EventKind, step: str) -> None:
    """Nobody is told to renew a waiver that was granted a minute ago."""
    told = page([], kind="waiver", plan=None, changes=(replace(CHANGE, kind=kind),))
    assert told.first_step.startswith(step)


def test_two_counts_in_one_subject_say_what_they_count() -> None:
    """An alert of several findings, first among several alerts."""
    first = DigestLine(alert_id="0" * 12, severity=Severity.HIGH, subject="Bo Fox left and 1 more",
                       first_step="", since=NOW, seen_to="")  # fmt: skip
    digest = DigestPage(
        organization="Riverside Health", timezone="UTC", snapshot_id="s1", as_of=NOW, lines=(first,), total=4
    )
    assert digest.subject == "Bo Fox left and 1 more; 3 more alerts"


@pytest.mark.parametrize("storm", [True, False])
def test_a_digest_lists_the_gravest_and_counts_the_rest(storm: bool) -> None:
    """Lines with first steps and ids; a storm says that it is one, and who sees to what is said."""
    lines = tuple(
        DigestLine(alert_id=f"{number:012x}", severity=Severity.HIGH, subject=f"Matter {number}",
                   first_step=f"Do {number}.", since=NOW, seen_to="acknowledged by lee" if number else "")
        for number in range(3)
    )  # fmt: skip
    digest = DigestPage(
        organization="Riverside Health", timezone="UTC", snapshot_id="s1", as_of=NOW, lines=lines, total=7,
        is_storm=storm, alert_id="f" * 12 if storm else "",
    )  # fmt: skip
    mail = compose_digest_mail(digest, ENVELOPE)
    assert mail["Subject"] == "Matter 0 and 6 more"
    for part in parts(mail):
        assert "4 more alerts" in part
        assert "acknowledged by lee" in part
        assert ("came up at once" in part) is storm
        assert "auditor alerts ack 000000000001" in part
    told = json.loads(digest_json(digest))
    assert (told["type"], told["total"]) == ("auditor.storm" if storm else "auditor.digest", 7)
    assert "Matter 2" in json.loads(digest_text(digest))["text"]


NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["a\r\nBcc: x@evil.example", "\u202egnp.exe", "<script>alert(1)</script>", "{{ 7*7 }}",
                     "=cmd()", "x" * 10_000, "\ud800", "a\x00b", "\u0301" * 200]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(message=NASTY, name=NASTY, step=NASTY)
def test_nothing_a_platform_says_does_anything(message: str, name: str, step: str) -> None:
    """Whatever stands in names and messages: one subject line, no tag, no hidden character, valid JSON."""
    plan = replace(PLAN, name=name, summary=step, steps=(replace(PLAN.steps[0], text=step, by=(name,)),))
    hostile = page(
        [replace(FINDINGS[0], message=message, remediation=step)],
        accounts=(replace(ACCOUNTS["x:2244"], name=name, handle=None),),
        plan=plan,
        organization=name or "x",
        changes=(
            AlertChange(
                kind=EventKind.GRANT_ADDED, at=NOW + timedelta(hours=1), message=message, account_id="x:1"
            ),
        ),
    )
    mail = compose_alert_mail(hostile, ENVELOPE)
    assert mail["Bcc"] is None
    assert "\n" not in str(mail["Subject"])
    text, html = parts(mail)
    assert "\u202e" not in text + html
    assert "<script" not in html.lower()
    assert len(mail.as_bytes()) < 100_000
    assert json.loads(alert_json(hostile))["id"] == "0123456789ab"
    short = json.loads(alert_text(hostile))
    assert "\n" not in short["subject"]
    assert "\u202e" not in short["text"]
