"""The review as one JSON file, everything in it, in the shape of ``schema/access-review.schema.json``.

Written piece by piece, one finding, account or person a line, so that a large review needs no second
copy in memory and two reports can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from auditor.model.estate import Level
from auditor.model.exposure import Exposure
from auditor.model.finding import Severity, Verdict
from reports.files import whole_file
from reports.impersonators import Impersonation
from reports.review import AccessReview, ReviewFinding
from reports.text import json_line
from reports.when import iso

FORMAT = "auditor.access-review"
VERSION = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""

# One line each in the file; the rest is small.
_MANY = (
    "findings", "removals", "accounts", "people", "exposure_clocks", "impersonator_cases", "waivers", "unmatched", "rules", "standards",
    "sources", "gaps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """Everything, for machines."""

    summary: str = "one JSON file with everything, with a published schema"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the file; raises AuditorError where the disk refuses."""
        path = out_dir / "access-review.json"
        with whole_file(path) as file:
            for piece in pieces(review):
                file.write(piece)
        return [path]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) the file keeps to."""
    text = (resources.files("reports") / "schema" / "access-review.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def pieces(review: AccessReview) -> Iterator[str]:
    """Yield the file's text in order."""
    yield "{\n"
    for key, value in _head(review).items():
        yield f'"{key}": {json_line(value)},\n'
    for position, key in enumerate(_MANY):
        yield f'"{key}": ['
        for index, item in enumerate(getattr(review, key)):
            yield (",\n" if index else "\n") + json_line(plain(item))
        yield "\n]" + (",\n" if position < len(_MANY) - 1 else "\n")
    yield "}\n"


def _head(review: AccessReview) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "tool_version": review.tool_version,
        "organization": review.organization,
        "reader": review.reader.value,
        "about": review.about,
        "snapshot": {
            "id": review.snapshot_id,
            "as_of": iso(review.as_of),
            "finished_at": iso(review.finished_at),
            "timezone": review.timezone,
        },
        "roster_size": review.roster_size,
        "coverage": plain(review.coverage)
        | {"by_platform": {name: plain(split) for name, split in review.coverage_by_platform.items()}},
        "counts": _counts(review.findings),
        "packs": plain(review.packs),
        "trend": plain(review.trend),
        "method": plain(review.method),
        "limits": plain(review.limits),
        "exposure": exposure_json(review.exposure),
        "impersonation": _impersonation_json(review.impersonation),
    }


def exposure_json(exposure: Exposure | None) -> dict[str, Any] | None:
    """Return what holds for all clocks; the clocks themselves stand under ``exposure_clocks``."""
    if exposure is None:
        return None
    return {name: value for name, value in plain(exposure).items() if name != "clocks"}


def _impersonation_json(seen: Impersonation | None) -> dict[str, Any] | None:
    """Return the last look; the cases stand under ``impersonator_cases``, pictures are for pages."""
    if seen is None:
        return None
    return {name: plain(getattr(seen, name)) for name in ("scanned_at", "compared", "protected", "sources")}


def _counts(findings: tuple[ReviewFinding, ...]) -> dict[str, dict[str, int]]:
    counts = {severity.word: {"fail": 0, "unknown": 0} for severity in sorted(Severity, reverse=True)}
    for finding in findings:
        if finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
            counts[finding.severity.word][finding.verdict.value] += 1
    return counts


def plain(value: object) -> Any:
    """Return ``value`` as what JSON knows: words for ranks, RFC 3339 in UTC for instants."""
    if value is None or type(value) in (str, int, bool):
        return value
    match value:
        case Level() | Severity():
            return value.word
        case StrEnum():
            return value.value
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case float():
            return round(value, 4)
        case tuple():
            return [plain(one) for one in value]
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type | Enum):
            return {key: plain(getattr(value, name)) for key, name in _keys(type(value))}
    raise TypeError(f"a review holds no {type(value).__name__}")


@cache
def _keys(kind: type) -> tuple[tuple[str, str], ...]:
    """Return each key of the values of ``kind`` with the attribute it stands for."""
    return tuple((_key(field.name), field.name) for field in fields(kind))


def _key(name: str) -> str:
    # In the glossary's words an account has grants; the page calls their rows holders.
    return "grants" if name == "holders" else name
