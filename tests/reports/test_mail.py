"""The mails."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.model.finding import Severity
from reports import mail, narrow
from reports.mail import compose_owner_mail, compose_report_mail, compose_urgent_mail
from reports.review import AccessReview, CoverageSplit
from reports.veil import names_of
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_html import read
from tests.reports.support_narrow import PRIYA, huge, named_estate
from tests.reports.support_review import FINDINGS, review_of, sample_review


def _report(review: AccessReview, *attachments: Path) -> EmailMessage:
    message = compose_report_mail(
        review, sender="auditor@riverside.example", recipients=["a@riverside.example", "b@riverside.example"],
        reply_to="lead@riverside.example", message_id="<fixed@riverside.example>", attachments=attachments,
    )  # fmt: skip
    received = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(received, EmailMessage)
    return received


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def test_the_subject_says_the_fact_and_the_first_line_the_action() -> None:
    """The subject counts what is urgent and unknown; the text opens with what to do."""
    message = _report(sample_review())
    assert (
        message["Subject"]
        == "5 urgent findings, 34 % unknown: access review of Riverside Health, 20 Nov 2026"
    )
    first = _body(message, "plain").splitlines()[0]
    assert first == "DO TODAY: Remove the delegate in X: Settings, Delegate, Members you've delegated."


def test_the_headers_are_those_of_a_machine_that_can_be_sorted() -> None:
    """Message-ID is the caller's; absence notes stay away; a list id is there; both recipients too."""
    message = _report(sample_review())
    assert message["Message-ID"] == "<fixed@riverside.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<access-review.riverside.example>"
    assert message["To"] == "a@riverside.example, b@riverside.example"
    assert message["Reply-To"] == "lead@riverside.example"
    assert message["Date"].datetime == sample_review().finished_at


def test_text_and_html_say_the_same() -> None:
    """Each urgent line, the coverage and the trend stand in both parts."""
    message = _report(sample_review())
    text, html = _body(message, "plain"), read(_body(message, "html")).all("body")[0].text
    for words in ("Bo Fox left on 31 Oct 2026", "Postwright can read direct messages", "34 %", "3 new, 5 resolved",
                  "Also on Riverside Children's Hospital (Facebook)", "11 checks", "61 people"):  # fmt: skip
        assert words in text
        assert words in html


def test_the_html_is_small_styled_in_place_and_fetches_nothing() -> None:
    """Styles are inlined, the dark form is kept, width is 600, nothing is loaded, tables are for layout."""
    html = _body(_report(sample_review()), "html")
    page = read(html)
    assert len(html.encode()) < 100_000
    assert "@media (prefers-color-scheme: dark)" in page.all("style")[0].text
    assert all("style" in cell.attributes for cell in page.all("td") if "class" in cell.attributes)
    assert (
        max(int(t.attributes["width"]) for t in page.all("table") if t.attributes["width"].isdigit()) == 600
    )
    assert all(table.attributes["role"] == "presentation" for table in page.all("table"))
    assert not re.search(r"https?://|<img|<link|<script|url\(", html)


def test_nothing_urgent_is_said_with_what_is_unknown() -> None:
    """Without urgent findings the subject says so, and how much is unknown beside it."""
    calm = [one for one in FINDINGS if one.severity < Severity.HIGH or one.verdict == "unknown"]
    message = _report(review_of(sample_review().accounts, calm))
    assert str(message["Subject"]).startswith("Nothing urgent found, 34 % unknown")
    assert _body(message, "plain").startswith("NOTHING URGENT")
    assert "11 checks of critical or high severity could not be decided" in _body(message, "plain")


def test_the_first_snapshot_and_an_empty_coverage_are_told() -> None:
    """Without an earlier snapshot and without any coverage both parts say so."""
    bare = replace(sample_review(), trend=None, coverage=sample_review().coverage.__class__())
    message = _report(bare)
    assert "all unknown" in str(message["Subject"])
    for kind in ("plain", "html"):
        assert "first snapshot" in _body(message, kind)
        assert "o source was read for any account" in _body(message, kind)


def test_attachments_arrive_whole_with_their_types(tmp_path: Path) -> None:
    """Files arrive byte for byte under their names and types, and are named in the mail."""
    page, table = tmp_path / "access-review.html", tmp_path / "findings.csv"
    page.write_bytes(b"<p>caf\xc3\xa9</p>\n")
    table.write_bytes(b"\xef\xbb\xbfa,b\r\n")
    message = _report(sample_review(), page, table)
    parts = list(message.iter_attachments())
    assert [(p.get_filename(), p.get_content_type()) for p in parts] == [
        ("access-review.html", "text/html"),
        ("findings.csv", "text/csv"),
    ]
    assert [p.get_payload(decode=True) for p in parts] == [page.read_bytes(), table.read_bytes()]
    assert "attached: access-review.html and findings.csv" in _body(message, "plain")


def test_what_is_too_large_is_named_instead_of_attached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit a file stays behind and the mail says so; smaller ones after it still go."""
    monkeypatch.setattr(mail, "ATTACHED", 1000)
    big, small = tmp_path / "big.html", tmp_path / "small.csv"
    big.write_bytes(b"x" * 1001)
    small.write_bytes(b"x" * 1000)
    message = _report(sample_review(), big, small)
    assert [p.get_filename() for p in message.iter_attachments()] == ["small.csv"]
    assert "Too large for a mail, so in the reports folder: big.html." in _body(message, "plain")


def test_a_missing_attachment_is_one_clear_sentence(tmp_path: Path) -> None:
    """A file that is gone is named with a remedy."""
    with pytest.raises(AuditorError, match=r"gone\.html cannot be attached"):
        _report(sample_review(), tmp_path / "gone.html")


def test_mails_of_a_review_with_nothing_optional() -> None:
    """Whatever a source leaves out, both mails still say what stands."""
    review = bare(sample_review())
    assert "Bo Fox left on 31 Oct 2026" in _body(_report(review), "plain")
    urgent = compose_urgent_mail(
        review, review.findings[0], sender="a@riverside.example", recipients=["b@riverside.example"],
        reply_to=None, message_id="<u@riverside.example>",
    )  # fmt: skip
    assert "DO TODAY: Nobody who has left keeps access" in _body(urgent, "plain")


def test_the_urgent_mail_is_the_finding() -> None:
    """Subject: the fact with the platform; first line: what to do; then how it is known."""
    review = sample_review()
    message = compose_urgent_mail(
        review, review.findings[0], sender="auditor@riverside.example",
        recipients=["owner@riverside.example"], reply_to=None, message_id="<u@riverside.example>",
    )  # fmt: skip
    assert message["Subject"] == "Bo Fox left on 31 Oct 2026 and can still post as @RiversideHealth (X)"
    assert message["Reply-To"] is None
    text = _body(message, "plain")
    assert text.startswith("DO TODAY: Remove the delegate in X: Settings, Delegate")
    for words in ("Person:       Bo Fox", "Account:      @RiversideHealth (X)", "Attested, x-delegates",
                  "Supports evidence for HIPAA, 45 CFR: 164.308(a)(3)(ii)(C)"):  # fmt: skip
        assert words in text
    assert "Supports evidence for" in _body(message, "html")


def _to_owner(review: AccessReview, *attachments: Path) -> EmailMessage:
    return compose_owner_mail(
        review,
        sender="auditor@riverside.example",
        recipients=[PRIYA],
        reply_to="lead@riverside.example",
        message_id="<owner@riverside.example>",
        attachments=attachments,
    )


def test_an_owners_mail_opens_with_the_action_and_its_subject_is_the_fact() -> None:
    """Subject: the gravest fact; first line: what to do; then who can act as each of their accounts."""
    message = _to_owner(narrow.for_owner(sample_review(), PRIYA))
    assert message["Subject"] == (
        "Bo Fox left on 31 Oct 2026 and can still post as @RiversideHealth and 3 more urgent findings at your accounts"
    )
    assert message["To"] == PRIYA
    text, html = _body(message, "plain"), " ".join(read(_body(message, "html")).all("body")[0].text.split())
    assert text.startswith(
        "DO TODAY: Remove the delegate in X: Settings, Delegate, Members you've delegated."
    )
    assert html.startswith(
        "Do today: Remove the delegate in X: Settings, Delegate, Members you've delegated."
    )
    assert "  - Bo Fox, publisher, HAS LEFT" in text
    assert "  - Northlight Studio, level unknown, matched to nobody" in text
    for words in ("You answer for Riverside Health (Facebook)", "20 % unknown", "1 new, 1 resolved, 5 still open",
                  "4 checks of critical or high severity could not be decided", "2 findings of lesser severity"):  # fmt: skip
        assert words in text
        assert words in html


@pytest.mark.parametrize("owner", narrow.owners(named_estate()))
def test_an_owners_mail_names_no_other_account(owner: str) -> None:
    """Nothing of another account, and nobody without a tie, stands in any header or part."""
    whole = named_estate()
    part = narrow.for_owner(whole, owner)
    message = _to_owner(part)
    told = f"{message['Subject']} {_body(message, 'plain')} {_body(message, 'html')}".casefold()
    own = {account.account_id for account in part.accounts}
    concerned = {person.person_id for person in part.people}
    hidden = [name for one in whole.accounts if one.account_id not in own for name in names_of(one)]
    hidden += [one.name for one in whole.people if one.person_id not in concerned]
    assert not [name for name in hidden if name.casefold() in told]


def test_an_owners_mail_is_small_and_fetches_nothing() -> None:
    """Under 100 kB with forty accounts and hostile names, 600 wide, no picture, no address."""
    grown = huge()
    owned = replace(grown, accounts=tuple(replace(one, owner_email=PRIYA) for one in grown.accounts))
    for review in (owned, poisoned(owned, HOSTILE["long"]), poisoned(owned, HOSTILE["marks"])):
        message = _to_owner(narrow.for_owner(review, narrow.owners(review)[0]))
        html = _body(message, "html")
        assert len(html.encode()) < 100_000
        assert len(str(message["Subject"])) <= 200
        assert not re.search(r"https?://|<img|<link|<script|url\(", html)
        assert "32 more accounts" in " ".join(read(html).all("body")[0].text.split())


def test_an_owner_without_urgent_findings_is_told_what_is_not_known() -> None:
    """Nothing urgent is said with the share that is unknown, and the first line is still something to do."""
    message = _to_owner(narrow.for_owner(sample_review(), "100560@riverside.example"))
    assert message["Subject"] == "Nothing urgent found, 40 % unknown: who can act as 2 accounts"
    assert _body(message, "plain").startswith("DO NEXT: Withdraw the invitation in Meta Business Suite.")
    quiet = narrow.for_owner(review_of(sample_review().accounts, []), "100533@riverside.example")
    assert _body(_to_owner(quiet), "plain").startswith("PLEASE: Attest the recovery address once a year")
    blind = replace(quiet, coverage=CoverageSplit(), accounts=(replace(quiet.accounts[0], coverage=()),))
    assert "nothing is known" in str(_to_owner(blind)["Subject"])
    assert "UNKNOWN, not everybody could be seen" in _body(_to_owner(blind), "plain")


def test_an_owners_report_is_attached_as_pdf(tmp_path: Path) -> None:
    """The PDF arrives whole under its type and is named in the mail."""
    path = tmp_path / "access-review.pdf"
    path.write_bytes(b"%PDF-1.7 whole")
    message = _to_owner(narrow.for_owner(sample_review(), PRIYA), path)
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/pdf", path.read_bytes())
    assert "The report on your accounts is attached: access-review.pdf." in _body(message, "plain")


def test_a_review_that_is_not_narrowed_is_never_mailed_to_an_owner() -> None:
    """The whole review given by mistake is refused, so that no owner reads of other accounts."""
    with pytest.raises(AuditorError, match="that owner's part"):
        _to_owner(sample_review())
