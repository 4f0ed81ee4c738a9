"""Mail: composed and put into the outbox, from where `auditor.app.sending` sends it.

The Message-ID is fixed when the mail enters the outbox. A crash between the server's acceptance and
our note of it sends the same mail again, which a receiver can tell by its Message-ID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.channels import mail_section as mail_section
from auditor.app.channels import transport_of as transport_of
from auditor.app.sending import Sent as Sent
from auditor.app.sending import send_due as send_due
from auditor.app.workspace import Workspace
from auditor.errors import ConfigError
from auditor.store import OutboxMessage
from reports.review import AccessReview, Reader

if TYPE_CHECKING:
    from auditor.store import Store


def enqueue_report(
    workspace: Workspace, store: Store, review: AccessReview, attachments: Sequence[Path]
) -> int:
    """Put the report's mail into the outbox, one a recipient; return how many are new.

    Raises:
        ConfigError: there are no recipients, or no way to send.

    """
    from reports.mail import compose_report_mail

    return sum(
        _enqueue(workspace, store, compose_report_mail, review, recipient, attachments)
        for recipient in recipients_of(workspace)
    )


def enqueue_owner_report(
    workspace: Workspace, store: Store, review: AccessReview, attachments: Sequence[Path]
) -> int:
    """Put the mail of one responsible person into the outbox; return 1 where it is new.

    ``review`` is already as narrow as that person's accounts (`reports.narrow.for_owner`), and goes to
    the address it is about, nobody else.

    Raises:
        ConfigError: there is no way to send.

    """
    from reports.mail import compose_owner_mail

    assert review.about is not None  # noqa: S101 - an owner's review names them; this tells mypy
    return _enqueue(workspace, store, compose_owner_mail, review, review.about, attachments)


def _enqueue(
    workspace: Workspace,
    store: Store,
    compose: Callable[..., EmailMessage],
    review: AccessReview,
    recipient: str,
    attachments: Sequence[Path],
) -> int:
    mail = mail_section(workspace)
    kind = "owner" if review.reader is Reader.OWNER else "report"
    key = f"{kind}:{review.snapshot_id}:{recipient}"
    message_id = message_id_for(key, mail.sender)
    message = compose(
        review,
        sender=mail.sender,
        recipients=(recipient,),
        reply_to=mail.reply_to,
        message_id=message_id,
        attachments=attachments,
    )
    return store.outbox.enqueue(
        OutboxMessage(
            message_id=message_id,
            key=key,
            kind=kind,
            recipients=(recipient,),
            subject=str(message["Subject"]),
            raw=message.as_bytes(),
            created_at=workspace.clock(),
        )
    )


def message_id_for(key: str, sender: str) -> str:
    """Return the Message-ID that the mail about ``key`` has, however often it is composed."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def recipients_of(workspace: Workspace) -> tuple[str, ...]:
    """Return whom reports are mailed to; raises ConfigError where that is nobody."""
    recipients = workspace.config.reports.recipients
    if not recipients:
        raise ConfigError(
            "reports.recipients: there is nobody to send the report to.",
            path=workspace.loaded.document.path,
            remedy="Add their addresses under reports.recipients.",
        )
    return recipients
