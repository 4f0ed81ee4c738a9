"""A small HTTP server on loopback, for sandboxes that speak a platform's contract."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    query: dict[str, str]
    """Of a name written several times the last value."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes = b""
    pairs: tuple[tuple[str, str], ...] = ()
    """The whole query, in its order."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds to wait before answering."""
    cut_short: bool = False
    """Promise the whole body, send half of it and hang up."""


class Application(Protocol):
    """Turns a request into a reply. Called from several threads at once."""

    def answer(self, request: Request) -> Reply:
        """Answer ``request``."""
        ...


class LoopbackServer:
    """Serves an application on 127.0.0.1, on a free port, until closed."""

    def __init__(self, application: Application) -> None:
        self._closing = threading.Event()
        closing = self._closing

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            # Headers and body are two writes: with Nagle each answer waits 40 ms for an acknowledgement.

            def do_GET(self) -> None:
                self._handle()

            def do_POST(self) -> None:
                self._handle()

            def _handle(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
                request = Request(
                    self.command,
                    parts.path,
                    dict(pairs),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                    pairs,
                )
                reply = application.answer(request)
                if reply.delay:
                    closing.wait(reply.delay)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.cut_short:
                    self.wfile.write(reply.body[: len(reply.body) // 2])
                    self.close_connection = True
                    return
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Stay silent: query strings carry tokens."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Scheme and authority, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving and free the port."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Sandbox(ABC):
    """A platform's stand-in: an application that is served as long as it is open.

    What is answered from must be set before ``super().__init__()``: requests may come from then on.
    """

    def __init__(self) -> None:
        self._server = LoopbackServer(self)

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Answer ``request``."""

    @property
    def base_url(self) -> str:
        """Scheme and authority, for a ``base_url`` of the configuration."""
        return self._server.base_url

    def close(self) -> None:
        """Stop serving."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when a client hangs up."""
