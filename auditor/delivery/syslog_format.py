"""One syslog message as RFC 5424 writes it, framed by its length as RFC 6587 and RFC 5425 do."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime

from auditor.model.finding import Severity

_FACILITY = 13
"""Log audit (RFC 5424, table 1)."""
_LEVELS = {
    Severity.CRITICAL: 2,
    Severity.HIGH: 3,
    Severity.MEDIUM: 4,
    Severity.LOW: 5,
    Severity.INFO: 6,
}
_INFORMATIONAL = 6
_APP = "auditor"
_NOT_IN_A_HEADER = re.compile(r"[^!-~]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SyslogMessage:
    """What one message tells."""

    text: str
    at: datetime
    kind: str
    """What it tells of, such as ``drift.grant-added``: the MSGID."""
    severity: Severity | None = None
    is_json: bool = True


def framed(message: SyslogMessage) -> bytes:
    """Return the message with its length in front, as it goes over the wire.

    No structured data: all there is to say stands in the text.
    """
    level = _LEVELS[message.severity] if message.severity is not None else _INFORMATIONAL
    moment = message.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = (
        f"<{_FACILITY * 8 + level}>1 {moment} {_word(socket.gethostname(), 255)} {_APP} {os.getpid()} "
        f"{_word(message.kind, 32)} - "
    )
    whole = head.encode("ascii") + (as_ascii(message.text) if message.is_json else as_text(message.text))
    return b"%d %s" % (len(whole), whole)


def as_ascii(text: str) -> bytes:
    r"""Return JSON in ASCII, letters beyond it as ``\\u`` escapes, which a parser turns back.

    Text in UTF-8 would have to start with a byte order mark, over which many a JSON parser stumbles.
    """
    return _NOT_ASCII.sub(_escaped, _CONTROLS.sub(_escaped, text)).encode("ascii")


def as_text(text: str) -> bytes:
    r"""Return text with control characters as ``\\u`` escapes; in UTF-8 after its mark, if ASCII is not enough."""
    harmless = _CONTROLS.sub(_escaped, text)
    if harmless.isascii():
        return harmless.encode("ascii")
    return _BOM + harmless.encode("utf-8", "replace")


def _word(text: str, longest: int) -> str:
    return _NOT_IN_A_HEADER.sub("?", text)[:longest] or "-"


def _escaped(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
