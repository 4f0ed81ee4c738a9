"""A real browser, driven over its debugging pipe: no driver, no port, nothing to install beside it."""

from __future__ import annotations

import base64
import fcntl
import importlib.util
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 120
"""Seconds until a silent browser is given up."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-pipe",
)


_AXE = """axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id} (${one.impact}): ${one.help}; ${one.nodes.length}, such as ${one.nodes[0].html}`))"""


def executable() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def axe_source() -> str:
    """Return axe-core, the accessibility checker, as it is installed for development."""
    package = importlib.util.find_spec("axe_playwright_python")
    assert package, "axe-playwright-python is not installed"
    (folder,) = package.submodule_search_locations or ()
    return (Path(folder) / "axe.min.js").read_text("utf-8")


class Tab:
    """One page of the browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._rest = b""
        self._last = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []

    def attach(self) -> None:
        """Open an empty page and listen to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, path: Path) -> None:
        """Load the file at ``path`` and wait until it stands."""
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def evaluate(self, expression: str) -> Any:
        """Return what ``expression`` (awaited) amounts to in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """Take the shape of a screen."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 500)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Save what the screen shows, or the whole page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def press(self, key: str, text: str = "", *, shift: bool = False) -> None:
        """Press and let go a key of the keyboard, such as Tab, Enter, Escape or a letter."""
        code = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}.get(key, 0)
        typed = {"Enter": "\r", " ": " "}.get(key, text)
        about = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=typed, **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Type ``text`` into what has the focus, and wait until the page has answered."""
        for letter in text:
            self.press(letter, letter)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has done what a pause in typing sets off, and has painted it."""
        self.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(() => done()), 250))")

    def violations(self, lines: int = 12) -> list[str]:
        """Return what axe-core finds of serious or critical weight on the page, a line each.

        Of each table and list the first ``lines`` are looked at: the others are made alike, and a page of
        a thousand would take minutes.
        """
        self.evaluate(
            f"document.querySelectorAll('tbody > tr:nth-child(n+{lines + 1}), ul > li:nth-child(n+{lines + 1}),"
            f" main > section:nth-of-type(n+{lines + 1})').forEach((one) => one.remove())"
        )
        if not self.evaluate("typeof axe === 'object'"):
            self.evaluate(axe_source() + ";0")
        return list(self.evaluate(_AXE))

    def print(self, path: Path, *, letter: bool = False) -> None:
        """Print to PDF."""
        width, height = (8.5, 11) if letter else (8.27, 11.69)
        pdf = self.call("Page.printToPDF", paperWidth=width, paperHeight=height, preferCSSPageSize=True,
                        printBackground=False)  # fmt: skip
        path.write_bytes(base64.b64decode(pdf["data"]))

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            chunk = os.read(self._answers, 1 << 20)
            assert chunk, "the browser went away"
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def browser() -> Iterator[Tab]:
    """Start a browser with a profile of its own, yield its page, and end it."""
    program = executable()
    assert program, "no Chromium here"
    command_read, command_write = os.pipe()
    answer_read, answer_write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="auditor-browser-", ignore_cleanup_errors=True) as profile:
        # The browser reads commands on descriptor 3 and answers on 4; high numbers cannot collide with those.
        read_end, write_end = (fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (command_read, answer_write))
        started = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{read_end} 4>&{write_end}', "sh", program, *FLAGS,
             f"--user-data-dir={profile}"],
            pass_fds=(read_end, write_end), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
        )  # fmt: skip
        for descriptor in (command_read, answer_write, read_end, write_end):
            os.close(descriptor)
        try:
            tab = Tab(command_write, answer_read)
            tab.attach()
            yield tab
        finally:
            os.close(command_write)
            os.close(answer_read)
            started.terminate()
            started.wait(timeout=20)
