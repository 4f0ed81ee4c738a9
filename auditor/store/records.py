"""What the store takes and gives besides facts: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

JSON = None | bool | int | float | str | list[Any] | dict[str, Any]


class RunState(StrEnum):
    """What became of one connection in one run."""

    PENDING = "pending"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRun:
    """One connection's part in one snapshot."""

    id: str
    connector: str
    state: RunState = RunState.PENDING
    facts: int = 0
    reason: str = ""
    """For partial and failed: what went wrong, secrets removed."""
    remedy: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    carried_from: str = ""
    """Id of the snapshot whose facts of this connection these are, where it was not asked in this run; see
    `auditor.store.carry`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotInfo:
    """A complete snapshot."""

    id: str
    """Sortable and readable: ``20261123T054312Z-3f2a``."""
    started_at: datetime
    finished_at: datetime
    connections: tuple[ConnectionRun, ...]
    counts: Mapping[str, int]
    """Table to the number of facts in it."""
    judged_at: datetime | None = None
    """When a judgement was last recorded; None: not judged."""

    @property
    def carried_from(self) -> str:
        """Id of the gathered snapshot whose platform facts these are; empty where this one was gathered itself."""
        return next((run.carried_from for run in self.connections if run.carried_from), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedSnapshot:
    """What a killed run left behind, now removed."""

    id: str
    started_at: datetime
    counts: Mapping[str, int]
    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """The verdicts recorded for one snapshot."""

    findings: pd.DataFrame
    """Columns: the fields of `auditor.model.finding.Finding`; ``references`` as JSON text."""
    rule_results: pd.DataFrame
    """Columns: `RULE_RESULT_COLUMNS`."""
    summary: dict[str, JSON]
    judged_at: datetime


RULE_RESULT_COLUMNS = (
    "rule",
    "pack",
    "severity",
    "passed",
    "failed",
    "unknown",
    "not_applicable",
    "verified",
    "attested",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSighting:
    """One finding as it stood in one snapshot."""

    snapshot_id: str
    started_at: datetime
    fingerprint: str
    rule: str
    severity: str
    verdict: str
    subject_type: str
    subject_id: str
    message: str


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """The raw record behind facts, secrets removed; its bytes hash to its id."""

    id: str
    kind: str
    record: JSON
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message ready to be sent. ``message_id`` is fixed here, so that a second sending is the same message."""

    message_id: str
    key: str
    """What it is about, for one message a matter: a second one with the same key is not taken."""
    kind: str
    recipients: tuple[str, ...]
    subject: str
    raw: bytes = field(repr=False)
    """The whole message as handed to SMTP, or the body for another channel."""
    created_at: datetime
    channel: str = "mail"
    target: str = ""
    """Name of the target in auditor.yaml; its address and secrets are looked up when it is sent."""
    content_type: str = "message/rfc822"
    due_at: datetime | None = None
    """Not to be sent before; None: at once."""
    attempts: int = field(default=0, compare=False)
    """Of a claimed message: how often it was claimed, this time included."""

    @property
    def way(self) -> tuple[str, str]:
        """Channel and target: what stands still together where the other end is down."""
        return self.channel, self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPause:
    """A way that nothing is sent by for a while, because its other end did not take the last messages."""

    channel: str
    target: str
    until: datetime
    failures: int
    """How often in a row it has been paused."""
    reason: str


class OutboxState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message in the outbox, for lists; without its body."""

    message_id: str
    key: str
    kind: str
    recipients: tuple[str, ...]
    subject: str
    created_at: datetime
    state: OutboxState
    attempts: int
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    last_error: str = ""
    channel: str = "mail"
    target: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something amiss with the store, for ``auditor doctor``."""

    message: str
    remedy: str = ""


class DiffKind(StrEnum):
    """What became of one thing between two snapshots."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    NOT_READ = "not_read"
    """Known before; the later snapshot could not read it. Never taken for removed."""
    FIRST_READ = "first_read"
    """Known now; the earlier snapshot could not read it. Never taken for added."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One column before and after; None is "not known"."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """One thing that differs."""

    table: str
    key: str
    kind: DiffKind
    row: Mapping[str, Any]
    """The columns as last known, provenance left out."""
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two snapshots."""

    before: SnapshotInfo
    after: SnapshotInfo
    rows: tuple[DiffRow, ...]

    def of(self, kind: DiffKind, table: str | None = None) -> tuple[DiffRow, ...]:
        """Return the rows of one kind, of one table or of all."""
        return tuple(row for row in self.rows if row.kind is kind and table in (None, row.table))
