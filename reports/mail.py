"""The mails: the report's own, and one about a single urgent finding. Composed here, sent elsewhere.

Each is complete in text and in HTML; the first line is what to do, the subject says the fact. A mail is
a pure function of its arguments: the same review gives the same mail, and the Message-ID is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import css_inline

from auditor.errors import AuditorError
from reports import names, tally
from reports.html import environment
from reports.page import Page
from reports.review import AccessReview, ReviewFinding
from reports.say import Say
from reports.text import clean, cut, plural

SUBJECT = 140
"""Characters of a subject; more is cut by most programs anyway."""
ATTACHED = 10 * 1024 * 1024
"""Bytes attached at most; many servers refuse mails above twice that once encoded."""

_TYPES = {".html": ("text", "html"), ".csv": ("text", "csv"), ".json": ("application", "json")}


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What both mails need to know of their way."""

    sender: str
    recipients: Sequence[str]
    reply_to: str | None
    message_id: str
    date: datetime


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
    attached, left_out = _chosen(attachments)
    page = Page(review)
    message = _composed(
        "report",
        _report_subject(page),
        _Envelope(sender, recipients, reply_to, message_id, date or review.finished_at),
        page,
        attached=[path.name for path in attached],
        left_out=[path.name for path in left_out],
    )
    for path in attached:
        maintype, subtype = _TYPES.get(path.suffix, ("application", "octet-stream"))
        message.add_attachment(_read(path), maintype, subtype, filename=clean(path.name))
    return message


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
        _Envelope(sender, recipients, reply_to, message_id, date or review.finished_at),
        Page(review),
        finding=finding,
        account=names.account_with_platform(account) if account else None,
        person=person.name if person else None,
    )


def _report_subject(page: Page) -> str:
    review, todo = page.review, page.today.findings
    fact = f"{plural(todo, 'urgent finding')}" if todo else "Nothing urgent found"
    unknown = (
        tally.per_cent(review.coverage.unknown, review.coverage.total) if review.coverage.total else "all"
    )
    organization = cut(clean(review.organization), 60)
    day = Say(review.timezone).plain_day(review.as_of)
    return f"{fact}, {unknown} unknown: access review of {organization}, {day}"


def _composed(kind: str, subject: str, envelope: _Envelope, page: Page, **more: object) -> EmailMessage:
    say = Say(page.review.timezone)
    known = {"review": page.review, "page": page, "say": say, "subject": subject, **more}
    env = environment()
    text = env.get_template(f"mail/{kind}.txt").render(known)
    html = env.get_template(f"mail/{kind}.html").render(known)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = cut(clean(subject), SUBJECT + 60)
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.recipients)
    if envelope.reply_to:
        message["Reply-To"] = envelope.reply_to
    message["Date"] = envelope.date
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<access-review.{envelope.sender.rpartition('@')[2]}>"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(_inlined(html), subtype="html", cte="quoted-printable")
    return message


def _inlined(html: str) -> str:
    """Move the styles to their elements; what only a style sheet can say (dark mode) stays one."""
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(html)


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
