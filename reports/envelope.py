"""What every mail is put into: its head, and its two bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import css_inline

from reports.text import clean, cut

SUBJECT = 140
"""Characters of a subject; more is cut by most programs anyway."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every mail needs to know of its way."""

    sender: str
    recipients: Sequence[str]
    reply_to: str | None
    message_id: str
    date: datetime


def assembled(
    subject: str, text: str, html: str, envelope: Envelope, *, list_name: str = "access-review"
) -> EmailMessage:
    """Return the mail of a subject and its two bodies; ``list_name`` is what a rule can sort it by."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = cut(clean(subject), SUBJECT + 60)
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.recipients)
    if envelope.reply_to:
        message["Reply-To"] = envelope.reply_to
    message["Date"] = envelope.date
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<{list_name}.{envelope.sender.rpartition('@')[2]}>"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(_inlined(html), subtype="html", cte="quoted-printable")
    return message


def _inlined(html: str) -> str:
    """Move the styles to their elements; what only a style sheet can say (dark mode) stays one."""
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(html)
