"""Names as a hostile platform sends them, put into every text of a review; and reviews with nothing optional."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass, replace
from enum import Enum

from reports.review import AccessReview

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=alert(1) x='",
    "template": "{{ 7 * 7 }}{% raw %}",
    "style": "</style><style>*{display:none}</style>",
    "formula": '=HYPERLINK("https://evil.example","x")',
    "plus": "+1+1",
    "at": "@SUM(1,1)",
    "full-width formula": "\uff1d1+1",
    "bidi": "\u202egpj.exe\u2066\u2069",
    "long": "W" * 10_000,
    "emoji": "\U0001f469\u200d\u2695\ufe0f\U0001f1fa\U0001f1f8\U0001f44d\U0001f3fd",
    "arabic": "سلمى الحداد",
    "header": "Bo\r\nBcc: thief@evil.example\r\n\r\nhello",
    "controls": "a\x00b\x1b[31mc\x7f\u0085d\u2028e\u200b",
    "marks": "z" + "\u0301" * 400,
    "surrogate": "lone \ud800 half",
}
"""Names as a platform or a file may send them."""

_KEPT = frozenset({"timezone", "state", "fingerprint", "evidence_id", "snapshot_id", "tool_version"})


def poisoned(review: AccessReview, text: str) -> AccessReview:
    """Return ``review`` with ``text`` in front of every free text in it, ids and names alike."""
    result = _poisoned(review, text)
    assert isinstance(result, AccessReview)
    return result


def _poisoned(value: object, text: str) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text + value
    if isinstance(value, tuple):
        return tuple(_poisoned(one, text) for one in value)
    if isinstance(value, dict):
        return {_poisoned(key, text): _poisoned(one, text) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _poisoned(getattr(value, field.name), text)
            for field in fields(value)
            if field.name not in _KEPT
        }
        return replace(value, **changed)
    return value


def bare(review: AccessReview) -> AccessReview:
    """Return ``review`` with everything that may be missing missing."""
    result = _bare(review)
    assert isinstance(result, AccessReview)
    return result


def _bare(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_bare(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed: dict[str, object] = {}
        for field in fields(value):
            empty = "" if field.default == "" else None
            optional = field.default is not MISSING and field.default in (None, "")
            changed[field.name] = empty if optional else _bare(getattr(value, field.name))
        return replace(value, **changed)
    return value
