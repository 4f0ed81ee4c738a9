"""A real SMTP server with TLS, sign-in and moods, on loopback."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "mailer", "correct horse battery"


@dataclass
class Mood:
    """How the server answers; None and empty: kindly."""

    recipients: dict[str, str] = field(default_factory=dict)
    """Address to the refusal it gets."""
    data: str | None = None
    sign_in: str | None = None
    farewell: str | None = None


@dataclass
class Received:
    """One mail as it came in."""

    recipients: list[str]
    raw: bytes
    protected: bool
    signed_in: bool


class Desk:
    """Handler: takes mails, in its mood."""

    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        self.mails: list[Received] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        if address in self.mood.recipients:
            return self.mood.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse the mail."""
        if self.mood.data:
            return self.mood.data
        assert isinstance(envelope.original_content, bytes)
        self.mails.append(
            Received(
                list(envelope.rcpt_tos),
                envelope.original_content,
                session.ssl is not None,
                bool(session.authenticated),
            )
        )
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Say farewell, kindly or not."""
        return self.mood.farewell or "221 Bye"


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    port: int
    desk: Desk
    authority: Path
    """PEM of the authority that signed its certificate."""


class _FreePort(Controller):
    """A controller that takes whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def make_certificate(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """Write a certificate for ``host`` (and 127.0.0.1) that is its own authority; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    start = datetime.now(UTC) - timedelta(days=1)
    alternative: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        alternative.append(x509.IPAddress(ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / f"{host}.pem", folder / f"{host}.key"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_path, key_path


@contextmanager
def smtp_server(
    folder: Path,
    *,
    tls: str = "starttls",
    sign_in: bool = True,
    mood: Mood | None = None,
    host: str = "localhost",
) -> Iterator[Running]:
    """Run a server; ``tls`` is starttls, implicit or none; with ``sign_in`` it takes mail from USER only."""
    mood = mood or Mood()
    desk = Desk(mood)
    certificate, key = make_certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        if mood.sign_in:
            return AuthResult(success=False, handled=False, message=mood.sign_in)
        kind = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=kind, handled=False, message=None if kind else "535 5.7.8 no")

    settings: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "enable_SMTPUTF8": False}
    if sign_in:
        settings |= {"authenticator": authenticate, "auth_required": True}
        settings |= {"auth_require_tls": tls == "starttls"}
    if tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if tls == "implicit":
        settings |= {"ssl_context": context}
    controller = _FreePort(desk, **settings)
    controller.start()
    try:
        yield Running(controller.port, desk, certificate)
    finally:
        controller.stop()
