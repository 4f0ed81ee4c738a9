"""Pages as messages of the outbox, in the form each channel takes."""

from __future__ import annotations

from datetime import datetime

from auditor.app.alerts_receivers import Receiver
from auditor.app.channels import mail_section
from auditor.app.mailing import message_id_for
from auditor.app.sending import ALERT
from auditor.app.workspace import Workspace
from auditor.model.alert import Channel, Purpose
from auditor.store import OutboxMessage
from reports.alert import AlertPage, DigestPage
from reports.alert_json import alert_json, alert_text, digest_json, digest_text
from reports.alert_mail import compose_alert_mail, compose_digest_mail
from reports.envelope import Envelope

NOTICE = "notice"
"""Kind of messages to the operators: that one of them is lost is not told to them again."""
_JSON = "application/json"
_NOWHERE = "auditor.invalid"


def key_of(purpose: Purpose, subject: str, receiver: Receiver) -> str:
    """Return the key of a message: one for each matter, purpose and receiver."""
    channel, place = receiver.place
    return f"alert:{purpose}:{subject}:{channel}:{place}"


def message_of(
    workspace: Workspace,
    page: AlertPage | DigestPage,
    receiver: Receiver,
    *,
    key: str,
    due_at: datetime,
    kind: str = ALERT,
) -> OutboxMessage:
    """Return the message that brings ``page`` to ``receiver``.

    Raises:
        ConfigError: it is to be mailed, and nothing is said of how.

    """
    now = workspace.clock()
    if receiver.channel is Channel.MAIL:
        mail = mail_section(workspace)
        message_id = message_id_for(key, mail.sender)
        envelope = Envelope(mail.sender, (receiver.recipient,), mail.reply_to, message_id, now)
        composed = (
            compose_alert_mail(page, envelope)
            if isinstance(page, AlertPage)
            else compose_digest_mail(page, envelope)
        )
        raw, content_type = composed.as_bytes(), "message/rfc822"
    else:
        message_id = message_id_for(key, f"{receiver.channel}@{_NOWHERE}")
        raw, content_type = _payload(page, receiver.channel), _JSON
    return OutboxMessage(
        message_id=message_id,
        key=key,
        kind=kind,
        recipients=(receiver.recipient,) if receiver.recipient else (),
        subject=page.subject,
        raw=raw,
        created_at=now,
        channel=receiver.channel,
        # All mail leaves by one server, whoever it is for.
        target="" if receiver.channel is Channel.MAIL else receiver.target,
        content_type=content_type,
        due_at=due_at if due_at > now else None,
    )


def _payload(page: AlertPage | DigestPage, channel: Channel) -> bytes:
    if channel is Channel.APPRISE:
        return alert_text(page) if isinstance(page, AlertPage) else digest_text(page)
    return alert_json(page) if isinstance(page, AlertPage) else digest_json(page)
