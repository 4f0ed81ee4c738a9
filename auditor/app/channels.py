"""The ways messages leave by: each made when the first message for it is due, from auditor.yaml as it is now."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from auditor.app.workspace import Workspace
from auditor.config import MailSection
from auditor.config.base import is_reference
from auditor.delivery.smtp import SmtpTransport
from auditor.errors import ConfigError
from auditor.model.alert import Channel

if TYPE_CHECKING:
    from auditor.store import OutboxMessage


class Way(Protocol):
    """Hands messages of the outbox over to one receiver's end."""

    def send(self, message: OutboxMessage) -> None:
        """Hand ``message`` over.

        Raises:
            DeliveryError: it was not taken; ``temporary`` says whether later may do.

        """

    def check(self) -> None:
        """Look at where messages would go, as far as that can be done without sending one.

        Raises:
            DeliveryError: none may or can go there.

        """


class _Transport(Protocol):
    """What the channels of `auditor.delivery` have in common."""

    def send(self, payload: bytes, *, key: str, content_type: str) -> None:
        """Hand ``payload`` over; raises DeliveryError."""


class Ways:
    """The ways of one workspace, each opened once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._open: dict[tuple[str, str], Way] = {}

    def of(self, way: tuple[str, str]) -> Way:
        """Return the way by channel and target.

        Raises:
            SecretUnavailable: a secret of it cannot be resolved.
            ConfigError: auditor.yaml says nothing of it, or not any more.
            DeliveryError: its settings cannot be used.

        """
        if way not in self._open:
            channel, target = way
            self._open[way] = _MAKERS[Channel(channel)](self._workspace, target)
        return self._open[way]


class _Mail:
    """Mail by the one server of reports.mail."""

    def __init__(self, transport: SmtpTransport) -> None:
        self._transport = transport

    def send(self, message: OutboxMessage) -> None:
        self._transport.send(_parsed(message.raw), message.recipients)

    def check(self) -> None:
        """Nothing: doctor looks at the mail server by itself."""


class _Payload:
    """Any channel that takes a body and a key."""

    def __init__(self, transport: _Transport, look: Callable[[], object] = lambda: None) -> None:
        self._transport = transport
        self._look = look

    def send(self, message: OutboxMessage) -> None:
        self._transport.send(message.raw, key=message.key, content_type=message.content_type)

    def check(self) -> None:
        self._look()


def transport_of(workspace: Workspace) -> SmtpTransport:
    """Return the way mail leaves the house; nothing is connected yet. Raises as `Ways.of` does."""
    mail = mail_section(workspace)
    password = workspace.secrets.resolve(mail.password) if mail.password else None
    return SmtpTransport(mail, password, base_dir=workspace.loaded.base_dir)


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


def _mail(workspace: Workspace, target: str) -> Way:
    return _Mail(transport_of(workspace))


def _webhook(workspace: Workspace, target: str) -> Way:
    from auditor.delivery.webhook import Webhook

    settings = workspace.config.alerts.targets.get(target)
    if settings is None or settings.webhook is None:
        raise _unknown(workspace, target, "webhook")
    hook = settings.webhook
    webhook = Webhook(
        workspace.secrets.resolve(hook.url) if is_reference(hook.url) else hook.url,
        workspace.secrets.resolve(hook.secret),
        allow_private=hook.allow_private,
        ca_file=workspace.loaded.resolve(hook.ca_file) if hook.ca_file else None,
        timeout=hook.timeout.total_seconds(),
        clock=workspace.clock,
    )
    return _Payload(webhook, webhook.check)


def _apprise(workspace: Workspace, target: str) -> Way:
    from auditor.delivery.apprise_channel import AppriseChannel

    settings = workspace.config.alerts.targets.get(target)
    if settings is None or settings.apprise is None:
        raise _unknown(workspace, target, "apprise")
    return _Payload(AppriseChannel(workspace.secrets.resolve(settings.apprise)))


def _unknown(workspace: Workspace, target: str, channel: str) -> ConfigError:
    return ConfigError(
        f"alerts.targets: there is no {channel} target {target!r} any more, and messages wait for it.",
        path=workspace.loaded.document.path,
        line=workspace.loaded.document.line(("alerts", "targets")),
        remedy="Put it back, or leave the messages: they are given up after three days.",
    )


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes it one; this tells mypy
    return message


_MAKERS: dict[Channel, Callable[[Workspace, str], Way]] = {
    Channel.MAIL: _mail,
    Channel.WEBHOOK: _webhook,
    Channel.APPRISE: _apprise,
}
