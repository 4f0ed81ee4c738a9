"""Logging: to standard error, without secrets, and without the SDKs' wire logs.

tweepy and urllib3 print authorisation headers and query strings at DEBUG, so those loggers never
go below WARNING, whatever level is asked for.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from auditor.vault import redact

_WIRE_LOGGERS = ("tweepy", "urllib3", "requests", "requests_oauthlib", "oauthlib", "facebook", "keyring")
# They warn of each style a paper does not know; only what stops them matters to a user.
_DRAWING_LOGGERS = ("weasyprint", "fontTools")
# It tells of each step and plug-in; a user cares that the store was brought up, not how.
_MIGRATION_LOGGERS = ("alembic",)


class RedactingFormatter(logging.Formatter):
    """Formats a record as one line of text, or of JSON, without secrets or control characters."""

    def __init__(self, style: Literal["text", "json"] = "text") -> None:
        super().__init__()
        self._json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``; a traceback is redacted like the rest."""
        message = record.getMessage()
        if record.exc_info:
            message = f"{message}\n{self.formatException(record.exc_info)}"
        message = redact(message)
        if not self._json:
            return f"{record.levelname.lower()}: {_printable(message)}"
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        return json.dumps(line, ensure_ascii=True)


def configure(level: str = "warning", style: Literal["text", "json"] = "text") -> None:
    """Send log records at or above ``level`` to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(style))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    quiet_wire_loggers()
    for name in _DRAWING_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in _MIGRATION_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def quiet_wire_loggers() -> None:
    """Keep the SDKs' loggers at WARNING or above: below it they print tokens."""
    for name in _WIRE_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\u{ord(char):04x}" for char in text)
