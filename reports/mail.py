"""The mails: the report's own, each owner's, and one about a single urgent finding; sent elsewhere.

Each is complete in text and in HTML; the first line is what to do, the subject says the fact. A mail is
a pure function of its arguments: the same review gives the same mail, and the Message-ID is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from auditor.errors import AuditorError
from reports import names, tally
from reports.envelope import SUBJECT, Envelope, assembled
from reports.html import environment
from reports.page import Page
from reports.review import AccessReview, Reader, ReviewFinding
from reports.say import PlainSay, Say
from reports.sheet import Sheet
from reports.text import clean, cut, first_sentence, plural

ATTACHED = 10 * 1024 * 1024
"""Bytes attached at most; many servers refuse mails above twice that once encoded."""

_TYPES = {
    ".html": ("text", "html"),
    ".csv": ("text", "csv"),
    ".json": ("application", "json"),
    ".pdf": ("application", "pdf"),
}


def compose_report_mail(
    review: AccessReview,
    *,
    sender: str,
    recipients: Sequence[str],
    reply_to: str | None,
    message_id: str,
    attachments: Sequence[Path] = (),
    date: datetime | None = None,
) -> EmailMessage:
    """Compose the periodic mail: what to do, how much is known, what changed; the report attached.

    Attachments that would make the mail too large are named in it instead of attached. ``date`` is the
    snapshot's end where none is given.

    Raises:
        AuditorError: an attachment cannot be read.

    """
    page = Page(review)
    envelope = Envelope(sender, recipients, reply_to, message_id, date or review.finished_at)
    return _with_attachments("report", _report_subject(page), envelope, page, attachments)


def compose_owner_mail(
    review: AccessReview,
    *,
    sender: str,
    recipients: Sequence[str],
    reply_to: str | None,
    message_id: str,
    attachments: Sequence[Path] = (),
    date: datetime | None = None,
) -> EmailMessage:
    """Compose the mail to a responsible person: their accounts alone, complete in text and in HTML.

    Args:
        review: as `reports.narrow.for_owner` leaves it; what is in it may be told to its recipient.
        sender: address of the From header.
        recipients: the owner's address, as a rule that one alone.
        reply_to: where an answer goes.
        message_id: the same for the same mail, however often it is composed.
        attachments: the owner's own report, as HTML or PDF.
        date: the snapshot's end where none is given.

    Raises:
        AuditorError: an attachment cannot be read, or the review is not narrowed to an owner.

    """
    if review.reader is not Reader.OWNER:
        raise AuditorError(
            "a mail to an account owner must be made of that owner's part of the review.",
            remedy="Narrow the review first (reports.narrow.for_owner).",
        )
    page = Page(review)
    envelope = Envelope(sender, recipients, reply_to, message_id, date or review.finished_at)
    return _with_attachments(
        "owner", _owner_subject(page), envelope, page, attachments, sheet=Sheet(page), first=_first_act(page)
    )


def compose_urgent_mail(
    review: AccessReview,
    finding: ReviewFinding,
    *,
    sender: str,
    recipients: Sequence[str],
    reply_to: str | None,
    message_id: str,
    date: datetime | None = None,
) -> EmailMessage:
    """Compose the mail about one finding that cannot wait for the next report."""
    account = {one.account_id: one for one in review.accounts}.get(finding.account_id or "")
    person = {one.person_id: one for one in review.people}.get(finding.person_id or "")
    where = f" ({names.platform(finding.platform)})" if finding.platform else ""
    return _composed(
        "urgent",
        cut(clean(finding.message), SUBJECT - len(where)) + where,
        Envelope(sender, recipients, reply_to, message_id, date or review.finished_at),
        Page(review),
        finding=finding,
        account=names.account_with_platform(account) if account else None,
        person=person.name if person else None,
    )


def _owner_subject(page: Page) -> str:
    """Return the gravest fact with what stands beside it; else what is unknown; else that all is well."""
    review, todo = page.review, page.today
    names_told = [names.account_with_platform(account) for account in page.in_order]
    if todo.lines:
        more = todo.findings - 1
        told = f" and {plural(more, 'more urgent finding')} at your accounts" if more else ""
        return cut(clean(todo.lines[0].finding.message), SUBJECT - len(told)) + told
    split = review.coverage
    unknown = f"{tally.per_cent(split.unknown, split.total)} unknown" if split.total else "nothing is known"
    where = names_told[0] if len(names_told) == 1 else plural(len(names_told), "account")
    return f"Nothing urgent found, {unknown}: who can act as {cut(clean(where), 70)}"


def _first_act(page: Page) -> str:
    """Return what the owner should do first: the urgent step, else what would close most unknown."""
    if page.today.lines:
        finding = page.today.lines[0].finding
        return first_sentence(finding.remediation) or finding.message
    if page.open_fails:
        first = page.open_fails[0]
        return first_sentence(first.remediation) or first.message
    if page.best_gap:
        return page.best_gap.remedy
    return "Read who can act as your accounts, and say if anybody should not."


def _report_subject(page: Page) -> str:
    review, todo = page.review, page.today.findings
    fact = f"{plural(todo, 'urgent finding')}" if todo else "Nothing urgent found"
    unknown = (
        tally.per_cent(review.coverage.unknown, review.coverage.total) if review.coverage.total else "all"
    )
    organization = cut(clean(review.organization), 60)
    day = Say(review.timezone).plain_day(review.as_of)
    return f"{fact}, {unknown} unknown: access review of {organization}, {day}"


def _with_attachments(
    kind: str, subject: str, envelope: Envelope, page: Page, attachments: Sequence[Path], **more: object
) -> EmailMessage:
    """Compose the mail and attach what fits; what does not is named in it."""
    attached, left_out = _chosen(attachments)
    message = _composed(
        kind,
        subject,
        envelope,
        page,
        attached=[path.name for path in attached],
        left_out=[path.name for path in left_out],
        **more,
    )
    for path in attached:
        maintype, subtype = _TYPES.get(path.suffix, ("application", "octet-stream"))
        message.add_attachment(_read(path), maintype, subtype, filename=clean(path.name))
    return message


def _composed(kind: str, subject: str, envelope: Envelope, page: Page, **more: object) -> EmailMessage:
    say = PlainSay(page.review.timezone)
    known = {"review": page.review, "page": page, "say": say, "subject": subject, **more}
    env = environment()
    text = env.get_template(f"mail/{kind}.txt").render(known)
    html = env.get_template(f"mail/{kind}.html").render(known)
    return assembled(subject, text, html, envelope)


def _chosen(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Split ``paths`` into those that fit into one mail, in order, and those that do not."""
    chosen: list[Path] = []
    left_out: list[Path] = []
    room = ATTACHED
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from None
        room_after = room - size
        if room_after >= 0:
            chosen.append(path)
            room = room_after
        else:
            left_out.append(path)
    return chosen, left_out


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> AuditorError:
    return AuditorError(
        f"{path} cannot be attached: {error.strerror or error}.",
        remedy="Write the report again, then mail it.",
    )
