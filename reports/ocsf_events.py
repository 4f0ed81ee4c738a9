"""Events of the journal as OCSF 1.8.0, one JSON object a line, for a SIEM.

What an event becomes is one row of `KINDS`: access given or taken is User Access Management (3005), a
second factor on or off is Account Change (3001), a finding's or an alert's life is Detection Finding
(2004), other changes of what is watched are Entity Management (3004), failures of Auditor's own work
are Application Error (6008), and what OCSF has no class for is a Base Event. docs/siem.md has the table;
the lines keep to ``schema/siem-events.schema.json``. ``metadata.uid`` is the event's key, by which a
receiver drops what it has had before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.model.event import Event
from auditor.model.finding import Severity
from reports.ocsf_event_kinds import CLASSES, KINDS, OTHER, Kind
from reports.ocsf_event_parts import about
from reports.ocsf_parts import PRODUCT, VERSION, as_json, milliseconds
from reports.text import cut

LARGEST = 8_000
"""Bytes of a line in ASCII: what every syslog receiver should take (RFC 5425) less room for a header."""
_LONGEST_KEY = 200
_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose journal it is, and what wrote it."""

    organization: str
    tool_version: str


def event_line(event: Event, origin: Origin) -> str:
    """Return ``event`` as one line without its line feed, of `LARGEST` bytes at most, however it is encoded.

    What had to be cut to fit is marked by ``metadata.is_truncated``.
    """
    told = _told(event, KINDS.get(event.kind, OTHER), origin)
    line = as_json(told)
    if _size(line) <= LARGEST:
        return line
    told["metadata"]["is_truncated"] = True
    for letters, items in ((400, 20), (100, 10), (40, 5)):
        line = as_json(_shorter_event(told, letters, items))
        if _size(line) <= LARGEST:
            return line
    # What is left is what happened, to whom, and under which key the store has the rest.
    for name in ("unmapped", "entity_result"):
        told.pop(name, None)
    told.get("entity", {}).pop("data", None)
    return as_json(_shorter_event(told | {"unmapped": {}}, 20, 3))


def _shorter_event(told: dict[str, Any], letters: int, items: int) -> dict[str, Any]:
    # The key must stay whole: by it the event is known.
    return {name: one if name == "metadata" else _shorter(one, letters, items) for name, one in told.items()}


def _told(event: Event, kind: Kind, origin: Origin) -> dict[str, Any]:
    caption, category = CLASSES[kind.class_uid]
    grave, grave_word = _SEVERITIES[event.severity or Severity.INFO]
    return {
        "activity_id": kind.activity_id,
        "activity_name": kind.activity_name,
        "category_uid": category,
        "class_uid": kind.class_uid,
        "class_name": caption,
        "type_uid": kind.class_uid * 100 + kind.activity_id,
        "severity_id": grave,
        "severity": grave_word,
        "time": milliseconds(event.at),
        "message": event.message,
        "metadata": _metadata(event, origin),
        **about(event, kind),
        "unmapped": _unmapped(event),
    }


def _metadata(event: Event, origin: Origin) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": VERSION,
        "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": origin.tool_version},
        "log_name": "journal",
        "tenant_uid": cut(origin.organization, 60),
        "event_code": event.kind.value,
        "uid": uid_of(event.key),
        "original_time": event.at.isoformat(),
    }
    if event.seq is not None:
        told["sequence"] = event.seq
    if event.fingerprint:
        told["correlation_uid"] = event.fingerprint
    return told


def uid_of(key: str) -> str:
    """Return the event's key, or of one too long its beginning and its digest: the same each time."""
    if len(ascii(key)) <= _LONGEST_KEY:
        return key
    return f"{key[:10]}:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _unmapped(event: Event) -> dict[str, Any]:
    """Return the rest: which snapshots saw it, which ids it is about, and what was and is."""
    told = {
        "snapshot": event.snapshot_id,
        "before_snapshot": event.before_snapshot_id,
        "platform": event.platform,
        "account_id": event.account_id,
        "principal_id": event.principal_id,
        "person_id": event.person_id,
        "subject_id": event.subject_id,
        "before": event.before,
        "after": event.after,
    }
    return {name: value for name, value in told.items() if value is not None}


def _size(line: str) -> int:
    """Return the bytes of ``line`` where every letter beyond ASCII is escaped."""
    if line.isascii():
        return len(line)
    plain = len(line.encode("ascii", "ignore"))
    # Each unit of UTF-16 beyond ASCII is one escape of six letters.
    return plain + 6 * (len(line.encode("utf-16-le", "surrogatepass")) // 2 - plain)


def _shorter(value: Any, letters: int, items: int) -> Any:
    if isinstance(value, str):
        return cut(value, letters)
    if isinstance(value, Mapping):
        kept = list(value.items())[: items + 10]
        return {cut(str(name), letters): _shorter(one, letters, items) for name, one in kept}
    if isinstance(value, (list, tuple)):
        return [_shorter(one, letters, items) for one in value[:items]]
    return value
