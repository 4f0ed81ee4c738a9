"""Text as every backend can hold it, and JSON in one canonical form."""

from __future__ import annotations

import json
import math
from typing import Any

REPLACEMENT = "\ufffd"


def clean_text(text: str) -> str:
    """Return ``text`` with NUL and lone surrogates as U+FFFD; all else as it came.

    PostgreSQL refuses NUL in text and neither backend can encode a lone surrogate. Both are written
    alike on both backends, so that a snapshot reads the same wherever it is kept.
    """
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def json_text(value: Any) -> str:
    """Return ``value`` as compact JSON for a column; text within it is cleaned first."""
    return json.dumps(_cleaned(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_json(record: object) -> bytes:
    r"""Return ``record`` as the bytes evidence is hashed over: sorted keys, no spaces, UTF-8.

    A lone surrogate stands as its ``\udXXX`` escape, which is valid JSON and reads back the same;
    a number that is not finite stands as its name.

    Raises:
        ValueError: ``record`` is not JSON-like, or nested too deep.

    """
    try:
        text = json.dumps(
            _finite(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, RecursionError) as error:
        raise ValueError(f"the record cannot be written as JSON: {type(error).__name__}") from None
    return text.encode("utf-8", "backslashreplace")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): _cleaned(item) for key, item in value.items()}
    return _finite(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value
