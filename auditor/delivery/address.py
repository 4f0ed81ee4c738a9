"""Where mail is handed over: the server's address as written in auditor.yaml."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from auditor.errors import DeliveryError

_REMEDY = (
    "Write reports.mail.smtp as smtp+starttls://user@host:587, smtps://user@host:465 or, on this machine only, "
    "smtp://localhost:25; the password goes into reports.mail.password as a reference."
)


class Security(StrEnum):
    """How the connection to the server is protected; the scheme of its address."""

    STARTTLS = "smtp+starttls"
    TLS = "smtps"
    PLAIN = "smtp"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.PLAIN: 25}


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A mail server, and as whom to speak to it."""

    security: Security
    host: str
    port: int
    user: str | None = None

    @property
    def is_this_machine(self) -> bool:
        """Whether the host is loopback by its very name; a name that resolves to it does not count."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_address(text: str) -> SmtpAddress:
    """Read ``scheme://user@host:port``; user and port may be left out.

    Raises:
        DeliveryError: it is none, or holds a password, which must not stand there.

    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise _unusable("is not an address") from None
    if parts.scheme not in tuple(Security):
        raise _unusable("names no known way to send")
    if parts.password is not None:
        raise _unusable("holds a password")
    if not parts.hostname or port == 0 or parts.path.strip("/") or parts.query or parts.fragment:
        raise _unusable("is not scheme://user@host:port")
    security = Security(parts.scheme)
    user = unquote(parts.username) if parts.username else None
    return SmtpAddress(security, parts.hostname, port or _PORTS[security], user)


def _unusable(why: str) -> DeliveryError:
    # The text itself is not repeated: it may hold a password in the wrong place.
    return DeliveryError(f"reports.mail.smtp {why}.", temporary=False, remedy=_REMEDY)
