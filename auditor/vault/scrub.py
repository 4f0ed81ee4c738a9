"""Takes secrets out of text: by registered value, by the name they stand under, and by shape.

Every secret the chain hands out is registered, so it is found wherever it turns up, also inside a
foreign library's exception. Names and shapes catch those we were never told of.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 6
"""Shorter values are not masked by value: they would mask ordinary words."""

_registered: set[str] = set()
_lock = threading.Lock()

_SECRET_KEY = re.compile(
    r"(?:^|_|-)(?:pass(?:word|wd|phrase)?|secret|token|cookie|authorization|api_?key|private_?key|seed|"
    r"otp|credentials?|appsecret_proof|invite_link|bearer|signature)$",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"(?P<name>(?:access_token|input_token|refresh_token|client_secret|app_secret|appsecret_proof|"
    r"oauth_token|oauth_signature|password|passwd|passphrase|api_key|secret|token)"
    r"[\"']?\s*[=:]\s*[\"']?)(?P<value>[^\s\"'&,;<>}\])]+)",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(r"\b(Bearer|Basic|OAuth)\s+[A-Za-z0-9%._~+/=|-]{8,}", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE)
_OTPAUTH = re.compile(r"otpauth://\S+", re.IGNORECASE)


def register(value: str) -> None:
    """Mask ``value`` in everything emitted from now on."""
    value = value.strip()
    if len(value) < _SHORTEST:
        return
    with _lock:
        _registered.update({value, quote(value, safe=""), quote_plus(value)})


def redact(text: str) -> str:
    """Return ``text`` with secrets replaced by ``***``."""
    with _lock:
        values = sorted(_registered, key=len, reverse=True)
    for value in values:
        text = text.replace(value, MASK)
    text = _OTPAUTH.sub(MASK, text)
    text = _AUTHORIZATION.sub(rf"\1 {MASK}", text)
    text = _URL_PASSWORD.sub(rf"\g<head>{MASK}", text)
    return _ASSIGNED.sub(rf"\g<name>{MASK}", text)


def redact_record(record: object) -> object:
    """Return a copy of a JSON-like ``record`` without secrets: by key name and by value."""
    if isinstance(record, Mapping):
        return {
            str(key): MASK if _hides_secret(str(key), value) else redact_record(value)
            for key, value in record.items()
        }
    if isinstance(record, (list, tuple)):
        return [redact_record(item) for item in record]
    return redact(record) if isinstance(record, str) else record


def _hides_secret(key: str, value: object) -> bool:
    return isinstance(value, (str, bytes)) and bool(value) and bool(_SECRET_KEY.search(key))
