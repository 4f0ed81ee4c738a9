"""Keeps tweepy and the libraries below it from logging tokens, whatever level is asked for.

At DEBUG, tweepy logs the Authorization header and oauthlib the base string that is signed.
"""

from __future__ import annotations

import logging

from auditor.vault import redact


class _Hush(logging.Filter):
    """Drops what lies below ``floor`` and redacts the rest."""

    def __init__(self, floor: int) -> None:
        super().__init__()
        self._floor = floor

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < self._floor:
            return False
        record.msg, record.args = redact(record.getMessage()), None
        return True


_NO_DEBUG = _Hush(logging.INFO)
_REDACTED = _Hush(logging.NOTSET)
# A filter acts only on its own logger, and a level set by hand on a child overrides its parent's,
# so each logger that writes headers is named.
_LOGGERS = {
    "tweepy.client": _NO_DEBUG,
    "tweepy.auth": _NO_DEBUG,
    "requests_oauthlib.oauth1_auth": _NO_DEBUG,
    "requests_oauthlib.oauth1_session": _NO_DEBUG,
    "oauthlib.oauth1.rfc5849": _NO_DEBUG,
    "oauthlib.oauth1.rfc5849.signature": _NO_DEBUG,
    "urllib3.connectionpool": _REDACTED,
}


def hush_libraries() -> None:
    """Keep tokens out of what the libraries below log, also with the root logger at DEBUG."""
    for name, hush in _LOGGERS.items():
        logging.getLogger(name).addFilter(hush)
