"""Handing one mail to an SMTP server: over TLS with the certificate checked, or not at all.

Every failure comes out as a DeliveryError that says whether trying again later can help. A server's
words are redacted and cut; the password never reaches them, a log or an exception.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

from auditor.config import MailSection
from auditor.delivery.address import Security, SmtpAddress, parse_address
from auditor.errors import DeliveryError
from auditor.vault import redact

_LONGEST_REPLY = 200
Refusals = Mapping[str, tuple[int, bytes]]


class SmtpTransport:
    """Sends mail by one server."""

    def __init__(self, settings: MailSection, password: str | None, base_dir: Path) -> None:
        """Check the settings at once; nothing is connected yet.

        Raises:
            DeliveryError: the address is unusable, half of a sign-in is missing, or the way there would be
                open to readers.

        """
        self._settings = settings
        self._password = password
        self._base_dir = base_dir
        self._address = parse_address(settings.smtp)
        _refuse_half_a_sign_in(self._address, password)
        _refuse_open_ways(self._address, settings, password)

    def send(self, message: EmailMessage, recipients: Sequence[str]) -> None:
        """Hand ``message`` over for ``recipients``; its headers are sent as they are.

        Raises:
            DeliveryError: nobody or not everybody will get it; ``temporary``, ``delivered`` and
                ``retry`` say what to do.

        """
        if not recipients:
            raise DeliveryError("the mail has no recipient.", temporary=False)
        with self._failures_told(), self._connection() as server:
            refused = server.send_message(message, self._settings.sender, list(recipients))
        if refused:
            raise self._refused(refused, recipients)

    def check(self) -> None:
        """Go the whole way, sign-in included, without sending anything; raises as `send` does."""
        with self._failures_told(), self._connection() as server:
            server.noop()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        address, timeout = self._address, self._settings.timeout
        server: smtplib.SMTP
        if address.security is Security.TLS:
            server = smtplib.SMTP_SSL(address.host, address.port, timeout=timeout, context=self._tls())
        else:
            server = smtplib.SMTP(address.host, address.port, timeout=timeout)
        try:
            if address.security is Security.STARTTLS:
                server.starttls(context=self._tls())
            if address.user and self._password is not None:
                server.login(address.user, self._password)
            yield server
            # The mail is handed over by now: a bad farewell must not send it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._settings.ca_file:
            path = self._base_dir / Path(self._settings.ca_file).expanduser()
            try:
                context.load_verify_locations(cafile=path)
            except (OSError, ssl.SSLError):
                raise DeliveryError(
                    f"{path} is no readable certificate authority.",
                    temporary=False,
                    of_way=True,
                    remedy="Point reports.mail.ca_file to a PEM file, or leave it out.",
                ) from None
        return context

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Turn what smtplib, ssl and the network raise into a DeliveryError, most special first."""
        host = self._address.host
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(error.recipients, tuple(error.recipients)) from None
        except smtplib.SMTPAuthenticationError as error:
            # The server's words are left out: some repeat what was sent to them.
            raise DeliveryError(
                f"{host} did not accept the sign-in (code {error.smtp_code}).",
                temporary=_is_temporary(error.smtp_code),
                of_way=True,
                remedy="Check the user in reports.mail.smtp and the secret behind reports.mail.password.",
            ) from None
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(
                f"{host} refused the mail: {self._reply(error.smtp_code, error.smtp_error)}.",
                temporary=_is_temporary(error.smtp_code),
                of_way=not isinstance(error, smtplib.SMTPDataError),
            ) from None
        except smtplib.SMTPNotSupportedError as error:
            raise self._unsupported(str(error)) from None
        except smtplib.SMTPException as error:
            raise DeliveryError(f"{host} broke off: {self._harmless(str(error))}.", temporary=True) from None
        except ssl.SSLError as error:
            raise _distrusted(host, error) from None
        except UnicodeError:
            raise DeliveryError(
                f"the sign-in or an address cannot be sent to {host}: it holds letters beyond ASCII.",
                temporary=False,
                remedy="Use a user, a password and addresses in ASCII.",
            ) from None
        except OSError as error:
            raise DeliveryError(
                f"{host}:{self._address.port} cannot be reached: {error.strerror or error}.",
                temporary=True,
                of_way=True,
                remedy="The mail waits in the outbox and is tried again.",
            ) from None

    def _unsupported(self, what: str) -> DeliveryError:
        host = self._address.host
        if "STARTTLS" in what:
            return DeliveryError(
                f"{host} offers no STARTTLS, so the mail would travel in the open; it was not sent.",
                temporary=False,
                of_way=True,
                remedy="Use the server's submission port, or smtps:// where it speaks TLS from the start.",
            )
        return DeliveryError(
            f"{host} cannot do what the mail needs: {self._harmless(what)}.", temporary=False
        )

    def _refused(self, refusals: Refusals, recipients: Sequence[str]) -> DeliveryError:
        told = "; ".join(f"{self._harmless(who)} ({self._reply(*refusals[who])})" for who in sorted(refusals))
        retry = tuple(who for who in recipients if who in refusals and _is_temporary(refusals[who][0]))
        delivered = tuple(who for who in recipients if who not in refusals)
        return DeliveryError(
            f"{self._address.host} refused {len(refusals)} of {len(recipients)} recipients: {told}.",
            temporary=bool(retry),
            remedy="" if retry else "Check the addresses under reports.recipients.",
            delivered=delivered,
            retry=retry,
        )

    def _reply(self, code: int, words: bytes | str) -> str:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return f"{code} {self._harmless(text)}".strip()

    def _harmless(self, text: str) -> str:
        for secret in _spellings(self._address.user, self._password):
            text = text.replace(secret, "***")
        shown = "".join(char if char.isprintable() else " " for char in redact(text))
        return " ".join(shown.split())[:_LONGEST_REPLY].rstrip(".")


def _refuse_half_a_sign_in(address: SmtpAddress, password: str | None) -> None:
    if (address.user is None) != (password is None):
        has, lacks = ("a user", "password") if address.user else ("a password", "user")
        raise DeliveryError(
            f"reports.mail gives {has} but no {lacks} to sign in to {address.host}.",
            temporary=False,
            remedy="Give both: the user in reports.mail.smtp, the password in reports.mail.password; or neither.",
        )


def _refuse_open_ways(address: SmtpAddress, settings: MailSection, password: str | None) -> None:
    if address.security is not Security.PLAIN or address.is_this_machine:
        return
    if not settings.allow_plain:
        raise DeliveryError(
            f"smtp:// to {address.host} would send names and weak points over the network in the open.",
            temporary=False,
            remedy="Use smtp+starttls:// or smtps://; only if that is impossible set reports.mail.allow_plain: true.",
        )
    if password is not None:
        raise DeliveryError(
            f"smtp:// to {address.host} would send the password over the network in the open.",
            temporary=False,
            remedy="Use smtp+starttls:// or smtps://, or leave out the password.",
        )


def _distrusted(host: str, error: ssl.SSLError) -> DeliveryError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(
            f"the certificate of {host} is not to be trusted: {error.verify_message}.",
            temporary=False,
            of_way=True,
            remedy="Use the name in the certificate, or name its authority in reports.mail.ca_file.",
        )
    return DeliveryError(
        f"no TLS connection with {host}: {error.reason or 'the connection broke'}.",
        temporary=isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError),
        of_way=True,
        remedy="Check scheme and port in reports.mail.smtp: 465 goes with smtps, 587 with smtp+starttls.",
    )


def _is_temporary(code: int) -> bool:
    return 400 <= code < 500


def _spellings(user: str | None, password: str | None) -> list[str]:
    """Return the forms in which a server might repeat the password, longest first."""
    if not password:
        return []
    raw = [f"\0{user}\0{password}".encode(), password.encode()]
    return [*(base64.b64encode(one).decode() for one in raw), password]
