"""Values out of Graph's rows: whatever a row holds, only what has the right type gets through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.vault import redact

Row = Mapping[str, Any]
_NATIVE_ID = re.compile(r"[0-9A-Za-z_]{1,64}")
_HANDLE = re.compile(r"[A-Za-z0-9._]{1,30}")


def native_id(value: object) -> str | None:
    """Return an id, or the id of a record; None where it is none and so must not stand in a path."""
    if isinstance(value, Mapping):
        value = value.get("id")
    written = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return written if _NATIVE_ID.fullmatch(written) else None


def text(row: Row, name: str) -> str | None:
    """Return a text field, secrets masked; None where it is missing, empty or no text."""
    value = row.get(name)
    return redact(value) if isinstance(value, str) and value else None


def words(row: Row, name: str) -> tuple[str, ...] | None:
    """Return a list of texts; None where it is missing."""
    value = row.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else None


def flag(row: Row, name: str) -> bool | None:
    """Return a truth value; None where it is missing or none."""
    value = row.get(name)
    return value if isinstance(value, bool) else None


def number(row: Row, *names: str) -> int | None:
    """Return the first of the fields that is a whole number from 0 to 2^63."""
    for name in names:
        value = row.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
    return None


def moment(value: object) -> datetime | None:
    """Return Graph's written time (``2026-01-05T10:00:00+0000``) in UTC, or None."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def instant(value: object) -> datetime | None:
    """Return unix seconds as UTC; None for 0, which Meta uses for never."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 253_402_300_800:
        return None
    return datetime.fromtimestamp(value, UTC)


def is_handle(handle: str) -> bool:
    """Return whether ``handle`` may stand in an Instagram address."""
    return bool(_HANDLE.fullmatch(handle))
