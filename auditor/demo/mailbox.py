"""A loopback SMTP server that keeps what it receives as .eml files: the demo's post office."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self


class Mailbox:
    """Accepts mail on 127.0.0.1 until closed (RFC 5321's minimum, without authentication)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.folder = folder
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address to put into ``reports.mail.smtp``."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop accepting mail."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    folder: Path
    _count = 0
    _lock = threading.Lock()

    def keep(self, raw: bytes) -> None:
        """Write a message as the next .eml file, named by its subject."""
        subject = str(message_from_bytes(raw, policy=policy.default).get("Subject", "mail"))
        name = "".join(char if char.isalnum() else "-" for char in subject.lower())[:60].strip("-")
        with self._lock:
            self._count += 1
            (self.folder / f"{self._count:02d}-{name}.eml").write_bytes(raw)


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Speak SMTP with one client."""
        self._say("220 demo post office")
        while line := self.rfile.readline(2000):
            command = line.decode("ascii", "replace").strip().upper()
            if command == "DATA":
                self._say("354 go on")
                self.server.keep(self._read_data())
                self._say("250 kept")
            elif command == "QUIT":
                self._say("221 bye")
                return
            elif command.startswith(("EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP")):
                self._say("250 ok")
            else:
                self._say("502 not here")

    def _read_data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
