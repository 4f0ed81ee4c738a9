"""What changed since the judged snapshot before: new, resolved, still open, or unreadable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import SnapshotInfo, Store

_POINTS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """One snapshot's counts."""

    snapshot_id: str
    at: datetime
    failed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Fails now against fails before, by fingerprint."""

    previous: SnapshotInfo
    new: frozenset[str]
    still_open: frozenset[str]
    resolved: frozenset[str]
    unreadable: frozenset[str]
    """Failed before and cannot be judged now: neither resolved nor open."""
    resolved_findings: pd.DataFrame
    history: tuple[Point, ...]
    """Oldest first, this snapshot last."""


def compare(store: Store, snapshot: SnapshotInfo, findings: pd.DataFrame) -> Comparison | None:
    """Compare ``findings`` of ``snapshot`` with those of the judged snapshot before it."""
    earlier = [info for info in store.snapshots() if info.id < snapshot.id and info.judged_at is not None]
    for info in earlier:
        before = store.judgement(info.id)
        if before is None:
            continue
        failed_before = before.findings[before.findings["verdict"] == "fail"]
        old = dict(zip(failed_before["fingerprint"], _keys(failed_before), strict=True))
        now = set(findings.loc[findings["verdict"] == "fail", "fingerprint"])
        undecided = _undecided(findings)
        gone = set(old) - now
        unreadable = {mark for mark in gone if mark in undecided or old[mark] in undecided}
        resolved = gone - unreadable
        return Comparison(
            previous=info,
            new=frozenset(now - set(old)),
            still_open=frozenset(now & set(old)),
            resolved=frozenset(resolved),
            unreadable=frozenset(unreadable),
            resolved_findings=failed_before[failed_before["fingerprint"].isin(resolved)],
            history=_history(store, earlier, snapshot, findings),
        )
    return None


def _undecided(findings: pd.DataFrame) -> set[object]:
    """Return what is unknown now: fingerprints, and (rule, account) where a whole account could not be judged."""
    unknown = findings[findings["verdict"] == "unknown"]
    whole_accounts = unknown[unknown["subject_type"] == "account"]
    return {*unknown["fingerprint"], *_keys(whole_accounts)}


def _keys(findings: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(findings["rule"], findings["account_id"].fillna(""), strict=True))


def _history(
    store: Store, earlier: list[SnapshotInfo], snapshot: SnapshotInfo, findings: pd.DataFrame
) -> tuple[Point, ...]:
    verdicts = findings["verdict"].value_counts()
    points = [
        Point(
            snapshot.id, snapshot.finished_at, int(verdicts.get("fail", 0)), int(verdicts.get("unknown", 0))
        )
    ]
    for info in earlier[: _POINTS - 1]:
        judged = store.judgement(info.id)
        if judged is not None:
            seen = judged.findings["verdict"].value_counts()
            points.append(
                Point(info.id, info.finished_at, int(seen.get("fail", 0)), int(seen.get("unknown", 0)))
            )
    return tuple(reversed(points))
