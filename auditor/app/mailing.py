"""Mail: composed, put into the outbox, sent from there; a crash neither loses nor doubles one.

The Message-ID is fixed when the mail enters the outbox. A crash between the server's acceptance and
our note of it sends the same mail again, which a receiver can tell by its Message-ID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.config import MailSection
from auditor.delivery.smtp import SmtpTransport
from auditor.errors import ConfigError, DeliveryError
from auditor.store import OutboxMessage
from reports.mail import compose_owner_mail, compose_report_mail
from reports.review import AccessReview, Reader

if TYPE_CHECKING:
    from auditor.store import Store

_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=6)
_GIVE_UP_AFTER = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mails that were due."""

    sent: int
    waiting: tuple[str, ...]
    """Why each that is still waiting could not be sent."""
    failed: tuple[str, ...]
    """Why each that was given up could not be sent."""


def enqueue_report(
    workspace: Workspace, store: Store, review: AccessReview, attachments: Sequence[Path]
) -> int:
    """Put the report's mail into the outbox, one a recipient; return how many are new.

    Raises:
        ConfigError: there are no recipients, or no way to send.

    """
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


def send_due(workspace: Workspace, store: Store) -> Sent:
    """Send every mail that is due; those the server refuses for now wait for a later call.

    Raises:
        SecretUnavailable: the password cannot be resolved; every mail stays in the outbox.
        ConfigError: there is no way to send.

    """
    transport = transport_of(workspace)
    attempts = {entry.message_id: entry.attempts for entry in store.outbox.list()}
    sent = 0
    waiting: list[str] = []
    failed: list[str] = []
    while batch := store.outbox.claim():
        for message in batch:
            try:
                transport.send(_parsed(message.raw), message.recipients)
            except DeliveryError as error:
                tries = attempts.get(message.message_id, 0) + 1
                gives_up = not error.temporary or tries >= _GIVE_UP_AFTER
                retry_at = None if gives_up else workspace.clock() + _pause(tries)
                store.outbox.mark_failed(message.message_id, str(error), retry_at)
                (failed if gives_up else waiting).append(str(error))
            else:
                store.outbox.mark_sent(message.message_id)
                sent += 1
    return Sent(sent, tuple(waiting), tuple(failed))


def _pause(tries: int) -> timedelta:
    """Return how long to wait after ``tries`` attempts."""
    return min(_FIRST_RETRY * (1 << (tries - 1)), _LAST_RETRY)


def transport_of(workspace: Workspace) -> SmtpTransport:
    """Return the way mail leaves the house; nothing is connected yet. Raises as `send_due` does."""
    mail = mail_section(workspace)
    password = workspace.secrets.resolve(mail.password) if mail.password else None
    return SmtpTransport(mail, password, base_dir=workspace.loaded.base_dir)


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


def mail_section(workspace: Workspace) -> MailSection:
    """Return how mail leaves the house; raises ConfigError where nothing is said of it."""
    mail = workspace.config.reports.mail
    if mail is None:
        raise ConfigError(
            "reports.mail: nothing is said of how to send mail.",
            path=workspace.loaded.document.path,
            remedy="Add reports.mail with smtp and sender; docs/mail.md has an example.",
        )
    return mail


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes it one; this tells mypy
    return message
