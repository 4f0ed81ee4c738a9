"""A real HTTP receiver on loopback, with moods, and the receiver that docs/webhook.md prints."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.delivery.support_smtp import make_certificate

PAGE = Path(__file__).parents[2] / "docs" / "webhook.md"


def documented_receiver() -> dict[str, Any]:
    """Return the names that the example in docs/webhook.md defines."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found.group(1), names)
    return names


@dataclass
class Answer:
    """How one request is answered."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip: float = 0.0
    """Seconds between the bytes of the status line; 0: at once."""


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiver that runs."""

    url: str
    port: int
    authority: Path | None
    requests: list[Received]
    answers: list[Answer]
    """Given in turn; when none is left, 200."""
    connections: list[Any]


@contextmanager
def webhook_server(folder: Path | None = None, host: str = "localhost") -> Iterator[Receiver]:
    """Run a receiver; with ``folder`` it speaks TLS with a certificate for ``host``."""
    receiver = Receiver("", 0, None, [], [], [])

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            receiver.connections.append(self.client_address)
            super().setup()

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            receiver.requests.append(Received(self.path, dict(self.headers), self.rfile.read(size)))
            answer = receiver.answers.pop(0) if receiver.answers else Answer()
            if answer.drip:
                for byte in b"HTTP/1.1 200 OK":
                    self.wfile.write(bytes([byte]))
                    time.sleep(answer.drip)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    if folder is not None:
        certificate, key = make_certificate(folder, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        receiver.url, receiver.authority = f"https://{host}:{server.server_port}/hook", certificate
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
