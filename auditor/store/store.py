"""The one door to everything kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.model.facts import Fact
from auditor.store.records import (
    JSON,
    AbandonedSnapshot,
    ConnectionRun,
    Diff,
    EvidenceRecord,
    FindingSighting,
    Problem,
    SnapshotInfo,
    StoredJudgement,
)

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store.locks import LockGrant
    from auditor.store.outbox import Outbox
    from auditor.store.writer import SnapshotWriter


class Store:
    """SIGNATURES, bodies follow within the hour."""

    outbox: Outbox

    @classmethod
    def open(
        cls,
        url: str,
        *,
        organization: str,
        clock: Callable[[], datetime],
        password: str | None = None,
        create: bool = True,
        base_dir: Path | None = None,
        patience: float = 10.0,
    ) -> Self:
        """Open the store; ``base_dir``: where relative SQLite paths start. ``patience``: seconds to wait for a lock."""
        raise NotImplementedError

    def close(self) -> None: ...
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def begin_snapshot(
        self, started_at: datetime, connections: Sequence[ConnectionRun] = ()
    ) -> SnapshotWriter:
        """Writer: .id, .add(facts), .evidence.put(record, kind=), .finish(finished_at, connections) -> SnapshotInfo,
        .abandon(); as a context manager it abandons unless finished.
        """
        raise NotImplementedError

    def recover(self) -> tuple[AbandonedSnapshot, ...]:
        raise NotImplementedError

    def snapshots(self, limit: int | None = None) -> tuple[SnapshotInfo, ...]:
        raise NotImplementedError

    def snapshot(self, ref: str) -> SnapshotInfo:
        raise NotImplementedError

    def frames(self, snapshot_id: str, tables: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
        """One frame a fact table; columns are exactly the dataclass's fields, in order.

        text, enums (Level as its lower-case word): pandas 'str' (VARCHAR in DuckDB even where all are null);
        bool: 'boolean'; int: 'Int64'; instants: datetime64[us, UTC]; dates: ISO text, CAST(x AS DATE);
        tuples and dicts: JSON text (array / object), null where the field is None.
        """
        raise NotImplementedError

    def facts(self, snapshot_id: str, table: str) -> Iterator[Fact]:
        raise NotImplementedError

    def people_count(self) -> tuple[int, str] | None:
        raise NotImplementedError

    def record_judgement(
        self,
        snapshot_id: str,
        *,
        findings: pd.DataFrame,
        rule_results: pd.DataFrame,
        summary: Mapping[str, JSON],
    ) -> None:
        raise NotImplementedError

    def judgement(self, snapshot_id: str) -> StoredJudgement | None:
        raise NotImplementedError

    def findings(self, fingerprint_prefix: str) -> tuple[FindingSighting, ...]:
        raise NotImplementedError

    def evidence(self, evidence_id: str) -> EvidenceRecord:
        raise NotImplementedError

    def diff(self, before: str, after: str) -> Diff:
        raise NotImplementedError

    def lock(self, name: str, *, owner: str) -> AbstractContextManager[LockGrant]:
        raise NotImplementedError

    def address_key(self) -> bytes:
        raise NotImplementedError

    def check(self) -> tuple[Problem, ...]:
        raise NotImplementedError
