"""A real syslog receiver on loopback: TCP or TLS, octet counting, with moods."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.delivery.support_smtp import make_certificate


@dataclass
class SyslogServer:
    """A receiver that runs."""

    address: str
    port: int
    authority: Path | None
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    mood: str = "kind"
    """kind; reset (drops the connection unread); silent (never closes); curt (no farewell of TLS's)."""


def frames(data: bytes) -> list[bytes]:
    """Return the messages of a stream framed by octet counting; fails where it is not."""
    found = []
    while data:
        size, _, rest = data.partition(b" ")
        assert size.isdigit()
        assert not size.startswith(b"0")
        found.append(rest[: int(size)])
        assert len(found[-1]) == int(size)
        data = rest[int(size) :]
    return found


@contextmanager
def syslog_server(
    folder: Path | None = None, host: str = "localhost", port: int = 0
) -> Iterator[SyslogServer]:
    """Run a receiver; with ``folder`` it speaks TLS with a certificate for ``host``."""
    listener = socket.create_server(("127.0.0.1", port))
    context, authority = None, None
    if folder is not None:
        authority, key = make_certificate(folder, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority, key)
    number = listener.getsockname()[1]
    scheme, name = ("tls", host) if folder else ("tcp", "127.0.0.1")
    server = SyslogServer(f"{scheme}://{name}:{number}", number, authority)
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), plain:
            plain.settimeout(5)
            if server.mood == "reset":
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            line = context.wrap_socket(plain, server_side=True) if context else plain
            data = b""
            while part := line.recv(65536):
                data += part
            server.messages += frames(data)
            if server.mood == "silent":
                stop.wait(5)
            if isinstance(line, ssl.SSLSocket) and server.mood == "kind":
                line.unwrap()
            line.close()

    def accept() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                plain, _peer = listener.accept()
                server.connections += 1
                threads.append(threading.Thread(target=serve, args=(plain,)))
                threads[-1].start()

    listener.settimeout(0.05)
    threads.append(threading.Thread(target=accept))
    threads[0].start()
    try:
        yield server
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        listener.close()
