"""``auditor evidence``."""

from __future__ import annotations

from auditor.cli.common import COMMON, Common
from auditor.cli.console import put_json


def show(evidence_id: str, *, common: Common = COMMON) -> None:
    """Show the raw record behind a fact. Its bytes are hashed again and must match its id.

    Example: auditor evidence show 5f2c...
    """
    with common.workspace().store(create=False) as store:
        record = store.evidence(evidence_id)
    put_json({"id": record.id, "kind": record.kind, "first_seen": record.first_seen, "record": record.record})
