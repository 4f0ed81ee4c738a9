"""The store: snapshots, evidence, judgements and the outbox in SQLite or PostgreSQL.

``Store`` is loaded when first asked for, so that naming it costs no start-up time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.store.records import (
    RULE_RESULT_COLUMNS,
    AbandonedSnapshot,
    CellChange,
    ConnectionRun,
    Diff,
    DiffKind,
    DiffRow,
    EvidenceRecord,
    FindingSighting,
    OutboxEntry,
    OutboxMessage,
    OutboxPause,
    OutboxState,
    Problem,
    RunState,
    SnapshotInfo,
    StoredJudgement,
)

if TYPE_CHECKING:
    from auditor.store.store import Store as Store
    from auditor.store.writer import SnapshotWriter as SnapshotWriter

__all__ = [
    "RULE_RESULT_COLUMNS",
    "AbandonedSnapshot",
    "CellChange",
    "ConnectionRun",
    "Diff",
    "DiffKind",
    "DiffRow",
    "EvidenceRecord",
    "FindingSighting",
    "OutboxEntry",
    "OutboxMessage",
    "OutboxPause",
    "OutboxState",
    "Problem",
    "RunState",
    "SnapshotInfo",
    "SnapshotWriter",
    "Store",
    "StoredJudgement",
]


def __getattr__(name: str) -> Any:
    """Load the parts that need SQLAlchemy on first use."""
    if name == "Store":
        from auditor.store.store import Store

        return Store
    if name == "SnapshotWriter":
        from auditor.store.writer import SnapshotWriter

        return SnapshotWriter
    raise AttributeError(name)
