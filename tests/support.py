"""What tests of several rooms share: a clock that stands still, evidence kept in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import Context, EmptyEstate, EstateLookup
from reports.pdf import missing

HAS_PDF = missing() is None
needs_pdf = pytest.mark.skipif(
    not HAS_PDF, reason="no Pango here; with Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class MemoryEvidence:
    """An evidence sink that keeps records in a dict."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[str, object]] = {}

    def put(self, record: object, *, kind: str) -> str:
        """Keep ``record``; return its SHA-256."""
        text = json.dumps(record, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.records[digest] = (kind, record)
        return digest

    @property
    def text(self) -> str:
        """Everything kept, as one text, to look for what must not be there."""
        return json.dumps([record for _kind, record in self.records.values()], ensure_ascii=False)


def make_context(
    base_dir: Path,
    *,
    now: datetime = NOW,
    secrets: dict[str, str] | None = None,
    estate: EstateLookup | None = None,
    sleep: Callable[[float], None] = lambda _seconds: None,
) -> Context:
    """Return a connector context with a fixed clock and in-memory evidence."""
    return Context(
        clock=lambda: now,
        evidence=MemoryEvidence(),
        secret=lambda reference: (secrets or {})[reference],
        base_dir=base_dir,
        estate=estate or EmptyEstate(),
        sleep=sleep,
        address_key=b"test-key",
    )
