"""A webhook: one JSON message POSTed over HTTPS to a receiver that can check who sent it.

The connection goes to an address that was looked at (`address_guard`), TLS verifies the host's name all
the same, redirects are not followed, and a receiver that dawdles is hung up on. The URL's path and
query may be secret, as those of chat services are, so only the host is ever named; what the receiver
answers is not repeated anywhere.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Timer

from auditor import __version__
from auditor.delivery.address_guard import Resolver, allowed_addresses, resolve
from auditor.delivery.tls import client_context
from auditor.delivery.webhook_signature import secrets_of, signed_headers
from auditor.delivery.webhook_url import WebhookUrl, parse_url
from auditor.errors import DeliveryError

LARGEST_BODY = 1_000_000
"""Bytes of one message; more is refused rather than sent."""
_LARGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = 24 * 3600.0
"""Seconds; a receiver that asks for more is asked again after this."""
_COME_BACK = (408, 425, 429)
"""Refusals that time mends; of the rest only 5xx are."""


class Webhook:
    """Sends signed messages to one URL."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        allow_private: bool = False,
        ca_file: Path | None = None,
        timeout: float = 15.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolver: Resolver = resolve,
    ) -> None:
        """Check the settings at once; nothing is connected yet.

        Args:
            url: ``https://host/path``; ``http://`` to this machine alone, with ``allow_private``.
            secret: signs; one a line where one is being replaced by the next.
            allow_private: also addresses of one's own network.
            ca_file: extra certificate authority, PEM.
            timeout: seconds for the whole exchange.

        Raises:
            DeliveryError: the URL, the secret or the authority cannot be used.

        """
        self._url = parse_url(url, allow_private=allow_private)
        try:
            self._secrets = secrets_of(secret)
        except ValueError as error:
            raise DeliveryError(
                f"the webhook to {self._url.host} cannot be signed: {error}.",
                temporary=False,
                remedy="Keep a random secret of 32 characters or more; on a new line the one it replaces.",
            ) from None
        self._allow_private = allow_private
        self._tls = client_context(ca_file) if self._url.is_https else None
        self._timeout = timeout
        self._clock = clock
        self._resolver = resolver

    def send(self, payload: bytes, *, key: str, content_type: str = "application/json") -> None:
        """Hand ``payload`` over; ``key`` is the same however often it is tried.

        Raises:
            DeliveryError: the receiver has not taken it; ``temporary`` and ``retry_after`` say when to
                try again.

        """
        if len(payload) > LARGEST_BODY:
            raise DeliveryError(
                f"the message for {self._url.host} is larger than {LARGEST_BODY:,} bytes.", temporary=False
            )
        addresses = self.check()
        headers = {
            "Content-Type": content_type,
            "User-Agent": f"brand-account-auditor/{__version__}",
            "Connection": "close",
            **signed_headers(payload, key, self._secrets, int(self._clock().timestamp())),
        }
        status, retry_after = self._exchange(addresses, payload, headers)
        self._judge(status, retry_after)

    def check(self) -> tuple[str, ...]:
        """Return the addresses a message would go to now; nothing is connected.

        Raises:
            DeliveryError: the host cannot be resolved, or leads where no message may go.

        """
        return allowed_addresses(
            self._url.host, self._url.port, allow_private=self._allow_private, resolver=self._resolver
        )

    def _exchange(
        self, addresses: Sequence[str], payload: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str | None]:
        """POST once; return the status and the Retry-After header."""
        connection = _Pinned(self._url, addresses, self._timeout, self._tls)
        with self._failures_told(connection):
            try:
                connection.request("POST", self._url.target, body=payload, headers=dict(headers))
                answer = connection.getresponse()
                # What it says is of no use, but hanging up on it looks like a failure over there.
                with answer:
                    answer.read(_LARGEST_ANSWER)
                return answer.status, answer.getheader("Retry-After")
            finally:
                connection.call_off_alarm()
                connection.close()

    @contextmanager
    def _failures_told(self, connection: _Pinned) -> Iterator[None]:
        host = self._url.host
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(
                f"the certificate of {host} is not to be trusted: {error.verify_message}.",
                temporary=True,
                remedy="Use the name in the certificate, or name its authority in ca_file; it is tried again.",
            ) from None
        except (OSError, http.client.HTTPException) as error:
            late = connection.is_late
            reason = "it took too long" if late else _reason(error)
            raise DeliveryError(
                f"{host}:{self._url.port} has not taken the message: {reason}.",
                temporary=True,
                remedy="It waits in the outbox and is tried again.",
            ) from None

    def _judge(self, status: int, retry_after: str | None) -> None:
        if 200 <= status < 300:
            return
        host = self._url.host
        if 300 <= status < 400:
            raise DeliveryError(
                f"{host} answered with a redirect ({status}), which is not followed.",
                temporary=False,
                remedy="Write the address it leads to as the webhook's url.",
            )
        temporary = status >= 500 or status in _COME_BACK or status < 200
        raise DeliveryError(
            f"{host} answered with status {status}.",
            temporary=temporary,
            remedy="It is tried again." if temporary else "Check url and secret of the webhook over there.",
            retry_after=_seconds(retry_after, self._clock()) if temporary else None,
        )


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses given beforehand, whatever the host's name resolves to by now.

    Ends by force when its time is up: a limit on each step alone lets a receiver that sends one byte
    now and then hold the line for hours.
    """

    def __init__(
        self, url: WebhookUrl, addresses: Sequence[str], timeout: float, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(url.host, url.port, timeout=timeout)
        # So that the Host header leaves out the usual port.
        self.default_port = 443 if url.is_https else 80
        self._addresses = addresses
        self._tls = tls
        self._line: socket.socket | None = None
        self._ends_at = time.monotonic() + timeout
        self._alarm: Timer | None = None

    @property
    def is_late(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() >= self._ends_at

    def call_off_alarm(self) -> None:
        """Let nobody be hung up on any more."""
        if self._alarm is not None:
            self._alarm.cancel()

    def connect(self) -> None:
        """Connect to the first address that answers, and verify the host's name in its certificate."""
        self.sock = self._line = self._reach()
        self._alarm = Timer(max(0.0, self._ends_at - time.monotonic()), self._hang_up)
        self._alarm.daemon = True
        self._alarm.start()
        if self._tls is not None:
            # The handshake comes after: during it the alarm must have something to hang up on.
            self.sock = self._line = self._tls.wrap_socket(
                self._line, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _reach(self) -> socket.socket:
        failure: OSError = TimeoutError("timed out")
        for address in self._addresses:
            left = self._ends_at - time.monotonic()
            if left <= 0:
                break
            try:
                return socket.create_connection((address, self.port), timeout=left)
            except OSError as error:
                failure = error
        raise failure

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                # The plain socket's way: that of TLS would drop its state while another thread reads.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _reason(error: OSError | http.client.HTTPException) -> str:
    """Return why, in words that are ours or the system's, never the receiver's."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ssl.SSLError):
        return "no TLS connection came about"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the connection broke" if isinstance(error, OSError) else "it does not answer as HTTP does"


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """Return what a Retry-After header asks for: a number of seconds, or an instant."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT)
