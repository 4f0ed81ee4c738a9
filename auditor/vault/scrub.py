"""Takes secrets out of text: by registered value, by the name they stand under, and by shape.

Every secret the chain hands out is registered, so it is found wherever it turns up, also inside a
foreign library's exception. Names and shapes catch those we were never told of.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 6
"""Shorter values are not masked by value: they would mask ordinary words."""

_SHORTEST_BROKEN = 12
"""Shorter values are not looked for across line breaks."""

_registered: tuple[str, ...] = ()
"""Every spelling of every value, the longest first."""
_broken: tuple[tuple[str, re.Pattern[str]], ...] = ()
"""Values, and what finds them where something wrapped them over lines."""
_lock = threading.Lock()

_SECRET_KEY = re.compile(
    r"(?:^|_|-)(?:pass(?:word|wd|phrase)?|pwd|secret|token|cookies?|authorization|api_?key|private_?key|seed|"
    r"otp|credentials?|appsecret_proof|invite_link|bearer|signature|(?:backup|recovery)_codes?)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Also inside JSON that was put into a string, and percent-encoded.
_ASSIGNED = re.compile(
    r"(?P<name>(?:appsecret_proof|oauth_signature|password|passwd|passphrase|api[_-]?key|secret|token)"
    r"\\*[\"']?\s*(?:[=:]|%3[AD])\s*(?P<quote>\\*[\"'])?)"
    # A sentence that goes on after a colon is no secret: 'secret: no keyring answers'.
    r"(?(quote)(?:(?!(?P=quote))[^\r\n])+|(?!(?:an?|in|is|it|no|not|of|the|there)\s)[^\s\"'&,;<>}\])]+)",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(r"\b(Bearer|Basic|OAuth)\s+[A-Za-z0-9%._~+/=|-]{8,}", re.IGNORECASE)
_COOKIE = re.compile(r"(?P<name>\b(?:Set-)?Cookie:\s*)[^\r\n]+", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/]+(?=@)", re.IGNORECASE)
_OTPAUTH = re.compile(r"otpauth://\S+", re.IGNORECASE)
_BREAK = r"(?:\s|\\[nrt]|=\r?\n)*"


def register(value: str) -> None:
    """Mask ``value``, however it is spelt, in everything emitted from now on."""
    global _registered, _broken
    value = value.strip()
    if len(value) < _SHORTEST or value in _registered:
        return
    # Of a key of many lines, each line is a secret by itself.
    lines = [line.strip() for line in value.splitlines() if not line.startswith("-----")]
    parts = {value, *(line for line in lines if len(line) > _SHORTEST_BROKEN)}
    broken = [
        (part, re.compile(_BREAK.join(map(re.escape, part))))
        for part in parts
        if _SHORTEST_BROKEN <= len(part) <= 4096 and not re.search(r"\s", part)
    ]
    spelt = {form for part in parts for form in _spellings(part) if len(form) >= _SHORTEST}
    with _lock:
        _registered = tuple(sorted({*_registered, *spelt}, key=len, reverse=True))
        _broken = (*_broken, *broken)


def redact(text: str) -> str:
    """Return ``text`` with secrets replaced by ``***``."""
    for value in _registered:
        if value in text:
            text = text.replace(value, MASK)
    text = _without_broken(text)
    text = _OTPAUTH.sub(MASK, text)
    text = _AUTHORIZATION.sub(rf"\1 {MASK}", text)
    text = _COOKIE.sub(rf"\g<name>{MASK}", text)
    text = _URL_PASSWORD.sub(rf"\g<head>{MASK}", text)
    return _ASSIGNED.sub(rf"\g<name>{MASK}", text)


def _without_broken(text: str) -> str:
    """Mask values that were wrapped over lines; the search is only made where one is there."""
    if not _broken or len(text) <= _SHORTEST_BROKEN:
        return text
    plain = re.sub(r"=\r?\n|\\[nrt]|\s", "", text)
    if plain == text:
        return text
    for value, pattern in _broken:
        if value in plain:
            text = pattern.sub(MASK, text)
    return text


def _spellings(value: str) -> Iterator[str]:
    """Yield ``value`` as URLs, JSON, Python, HTML, hexadecimal and base64 write it."""
    yield value
    for encoded in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    for escaped in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield escaped
        yield escaped.replace("/", "\\/")
        yield json.dumps(escaped)[1:-1]
    yield repr(value)[1:-1]
    yield html.escape(value)
    raw = value.encode("utf-8", "surrogatepass")
    yield raw.hex()
    for shift in range(3):
        # Within something longer, the letters at either end also tell of the neighbours.
        inner = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
        core = inner[(0, 2, 3)[shift] : len(inner) - (1 if (shift + len(raw)) % 3 else 0)]
        if len(core) >= 8:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def redact_record(record: object) -> object:
    """Return a copy of a JSON-like ``record`` without secrets: by key name and by value."""
    if isinstance(record, Mapping):
        return {
            redact(str(key)): MASK if _hides_secret(str(key), value) else redact_record(value)
            for key, value in record.items()
        }
    if isinstance(record, (list, tuple)):
        return [redact_record(item) for item in record]
    return redact(record) if isinstance(record, str) else record


def _hides_secret(key: str, value: object) -> bool:
    """Whether ``value`` stands under a secret's name; what is nested is looked at name by name."""
    if isinstance(value, (bool, Mapping)) or not value:
        return False
    if isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list, tuple)) for item in value):
        return False
    return bool(_SECRET_KEY.search(_CAMEL.sub("_", key)))
