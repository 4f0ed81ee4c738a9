"""Syslog over TCP or TLS, sent so that it is known to have arrived.

Syslog has no receipts: what is written to a connection that the receiver has just lost is gone without
an error. So each batch has a connection of its own, which we close for writing and then wait for the
receiver to close as well. A receiver that has read everything answers with an orderly end; one that died
with something unread answers with a reset or not at all, and the batch is sent again.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from auditor.delivery.syslog_address import parse_syslog_address
from auditor.delivery.syslog_format import SyslogMessage, framed
from auditor.delivery.tls import client_context
from auditor.errors import DeliveryError
from auditor.model.finding import Severity

_ALERT = "alert"
"""What a message tells of that does not say it itself."""
_SEVERITIES = {one.word: one for one in Severity}
_REMEDY = "What was to be sent waits in the store and is sent later."


class Syslog:
    """Hands messages to one receiver."""

    def __init__(
        self,
        address: str,
        *,
        ca_file: Path | None = None,
        allow_plain: bool = False,
        wait_for_close: bool = True,
        timeout: float = 15.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Check the settings at once; nothing is connected yet.

        Args:
            address: ``tls://host:6514``, or ``tcp://host:601``.
            ca_file: extra certificate authority, PEM.
            allow_plain: send over TCP without TLS to a host that is not this machine.
            wait_for_close: take a batch for delivered only once the receiver has closed in answer. False
                is for receivers that keep the connection open: then a crash over there may lose events.
            timeout: seconds for each step.

        Raises:
            DeliveryError: the address or the authority cannot be used, or names would travel in the open.

        """
        self._address = parse_syslog_address(address)
        if not (self._address.is_tls or self._address.is_this_machine or allow_plain):
            raise DeliveryError(
                f"tcp:// to {self._address.host} would send names and weak points over the network in the open.",
                temporary=False,
                remedy="Use tls://; only if that is impossible set allow_plain: true.",
            )
        self._tls = client_context(ca_file) if self._address.is_tls else None
        self._wait_for_close = wait_for_close
        self._timeout = timeout
        self._clock = clock

    def send(self, payload: bytes, *, key: str, content_type: str = "application/json") -> None:
        """Hand one message over; of JSON the member ``severity`` makes its level, ``kind`` its MSGID.

        ``key`` is for channels that have a place for it; in JSON it should stand in the payload.
        Raises as `send_all` does.
        """
        text = payload.decode("utf-8", "replace")
        if content_type.partition(";")[0].strip() == "application/json":
            message = _json_message(text, self._clock())
        else:
            message = SyslogMessage(text, self._clock(), _ALERT, is_json=False)
        self.send_all([message])

    def send_all(self, messages: Sequence[SyslogMessage]) -> None:
        """Hand a batch over, in order, by a connection of its own.

        Raises:
            DeliveryError: not all of it is known to have arrived; it should be sent again, whole.

        """
        data = b"".join(framed(message) for message in messages)
        with self._failures_told(), self._connection() as line:
            line.sendall(data)
            if self._wait_for_close:
                self._end(line)

    def check(self) -> None:
        """Connect and end in good order without sending anything; raises as `send_all` does."""
        self.send_all([])

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        address = self._address
        with socket.create_connection((address.host, address.port), timeout=self._timeout) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                yield plain
                return
            with self._tls.wrap_socket(plain, server_hostname=address.host) as line:
                yield line

    def _end(self, line: socket.socket) -> None:
        """Say that this was all, and wait for the receiver to say the same."""
        if isinstance(line, ssl.SSLSocket):
            try:
                line = line.unwrap()
            except ssl.SSLEOFError:
                return  # It closed without a farewell of TLS's, after it had read ours.
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            continue

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        where = f"{self._address.host}:{self._address.port}"
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(
                f"the certificate of {where} is not to be trusted: {error.verify_message}.",
                temporary=True,
                remedy=f"Use the name in the certificate, or name its authority in ca_file. {_REMEDY}",
            ) from None
        except TimeoutError:
            raise DeliveryError(
                f"{where} did not answer within {self._timeout:g} seconds.",
                temporary=True,
                remedy=f"{_REMEDY} If it takes messages but never closes, set wait_for_close: false.",
            ) from None
        except ssl.SSLError:
            raise DeliveryError(
                f"no TLS connection with {where} came about, or it broke.",
                temporary=True,
                remedy=f"Check that it speaks TLS on that port. {_REMEDY}",
            ) from None
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "the name cannot be used"
            raise DeliveryError(
                f"{where} has not taken the messages: {reason}.", temporary=True, remedy=_REMEDY
            ) from None


def _json_message(text: str, at: datetime) -> SyslogMessage:
    """Return a JSON payload as a message, on one line; what is not JSON goes as text."""
    try:
        told = json.loads(text)
    except ValueError:
        return SyslogMessage(text, at, _ALERT, is_json=False)
    kind, severity = _ALERT, None
    if isinstance(told, dict):
        kind = str(told.get("kind") or _ALERT)
        severity = _SEVERITIES.get(str(told.get("severity")).lower())
    return SyslogMessage(json.dumps(told, separators=(",", ":")), at, kind, severity)
