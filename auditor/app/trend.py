"""What changed since the judged snapshot before: new, resolved, still open, or unreadable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from auditor.store import DiffKind
from auditor.store.diff import KEYS, TABLES, WITNESS, Side, compare_sides, side_of

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import SnapshotInfo, Store

_POINTS = 8
_COLUMNS = ("fingerprint", "rule", "verdict", "subject_type", "account_id")
"""All that is read of an earlier judgement: seven of them whole would be most of the run's memory."""
_IDS = frozenset({*KEYS.values(), *WITNESS, "parent_id", "fact", "state", "valid_until"})
"""Columns by which it is told whether a thing was there."""


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
    first_seen: dict[str, datetime]
    """Fail to the finish of the snapshot since which it has stood: by its life, which remembers them all, else the
    earliest of those looked at in which it stood without a break."""


@dataclass(frozen=True, slots=True)
class Ages:
    """Since when some fails stand; the same as a `Comparison` says of them."""

    new: frozenset[str]
    first_seen: dict[str, datetime]


def ages(store: Store, snapshot: SnapshotInfo, findings: pd.DataFrame) -> Ages | None:
    """Return what `compare` says of ``findings``, some of those of ``snapshot``, and reads of no other."""
    earlier = _judged_before(store, snapshot)
    if not earlier:
        return None
    standing = _fails(findings)
    new = frozenset(standing)
    seen = dict.fromkeys(standing, snapshot.finished_at)
    for place, info in enumerate(earlier):
        found = store.recorded_findings(info.id, columns=("fingerprint", "verdict"), fingerprints=standing)
        standing = standing & _fails(found)
        if place == 0:
            new -= standing
        if not standing:
            break
        seen.update(dict.fromkeys(standing, info.finished_at))
    return Ages(new, _by_lives(store, seen))


def _judged_before(store: Store, snapshot: SnapshotInfo) -> list[SnapshotInfo]:
    """Return the judged snapshots before ``snapshot`` that were gathered, the newest first, seven at most."""
    older = store.snapshots_before(snapshot)
    judged = (one for one in older if one.judged_at is not None and not one.carried_from)
    return list(islice(judged, _POINTS - 1))


def compare(store: Store, snapshot: SnapshotInfo, findings: pd.DataFrame) -> Comparison | None:
    """Compare ``findings`` of ``snapshot`` with those of the judged snapshots before it, eight in all.

    Only with those that were gathered: what a roster poll found since the last of them is new since then.
    """
    wanted = _judged_before(store, snapshot)
    earlier = [(info, store.recorded_findings(info.id, columns=_COLUMNS)) for info in wanted]
    if not earlier:
        return None
    previous, before = earlier[0]
    failed_before = before[before["verdict"] == "fail"]
    old = dict(zip(failed_before["fingerprint"], _keys(failed_before), strict=True))
    now = _fails(findings)
    undecided = _undecided(findings)
    gone = set(old) - now
    unreadable = {mark for mark in gone if mark in undecided or old[mark] in undecided}
    unreadable |= _vanished(store, previous, snapshot, failed_before, gone - unreadable)
    resolved = gone - unreadable
    whole = store.recorded_findings(previous.id, fingerprints=resolved)
    points = [_point(info, found) for info, found in reversed(earlier)]
    return Comparison(
        previous=previous,
        new=frozenset(now - set(old)),
        still_open=frozenset(now & set(old)),
        resolved=frozenset(resolved),
        unreadable=frozenset(unreadable | _long_unreadable(now, undecided, earlier)),
        resolved_findings=whole[whole["verdict"] == "fail"],
        history=(*points, _point(snapshot, findings)),
        first_seen=_by_lives(store, _first_seen(snapshot, now, earlier)),
    )


def _vanished(
    store: Store, previous: SnapshotInfo, snapshot: SnapshotInfo, failed: pd.DataFrame, gone: set[str]
) -> set[str]:
    """Return the fails of ``gone`` whose subject is not there any more because it could not be read.

    Where the account is not spoken of any more, or there never was a single one, as of a principal or a
    token, no account says why: the comparison of the two snapshots, which knows what was covered, does.
    The lives of findings are closed by the same (`auditor.app.lives_look`).
    """
    lost = failed[failed["fingerprint"].isin(gone)]
    if lost.empty:
        return set()
    told = store.frames(snapshot.id, ("accounts", "coverage"), columns=("account_id",))
    spoken = {*told["accounts"]["account_id"], *told["coverage"]["account_id"].dropna()}
    lost = lost[~lost["account_id"].isin(spoken)]
    if lost.empty:
        return set()
    unread = unread_things(store, previous.id, snapshot.id)
    names = ("fingerprint", "subject_id", "account_id")
    subjects = store.recorded_findings(previous.id, columns=names, fingerprints=set(lost["fingerprint"]))
    is_unread = subjects["subject_id"].isin(unread) | subjects["account_id"].isin(unread)
    return set(subjects.loc[is_unread, "fingerprint"])


def unread_things(store: Store, before: str, after: str) -> set[str]:
    """Return the ids of what the snapshot ``before`` knew and ``after`` could not read."""
    old, new = store.snapshot(before), store.snapshot(after)
    if (old.carried_from or old.id) == (new.carried_from or new.id) and new.counts.get("people"):
        return set()  # the same answers of the platforms, and a roster

    def side(info: SnapshotInfo) -> Side:
        return side_of(info, store.frames(info.id, TABLES, columns=_IDS))

    return {row.key for row in compare_sides(side(old), side(new)).of(DiffKind.NOT_READ) if not row.cells}


def _long_unreadable(
    now: set[str], undecided: set[object], earlier: list[tuple[SnapshotInfo, pd.DataFrame]]
) -> set[str]:
    """Return the fails of older snapshots that have not been decided in any snapshot since."""
    found: set[str] = set()
    settled = set(now)
    open_since = [undecided]
    for _info, findings in earlier:
        fails = findings[findings["verdict"] == "fail"]
        for mark, key in zip(fails["fingerprint"], _keys(fails), strict=True):
            if mark not in settled and all(mark in gaps or key in gaps for gaps in open_since):
                found.add(mark)
        settled |= _fails(findings)
        open_since.append(_undecided(findings))
    return found


def _first_seen(
    snapshot: SnapshotInfo, now: set[str], earlier: list[tuple[SnapshotInfo, pd.DataFrame]]
) -> dict[str, datetime]:
    seen = dict.fromkeys(now, snapshot.finished_at)
    standing = now
    for info, found in earlier:
        standing = standing & _fails(found)
        seen.update(dict.fromkeys(standing, info.finished_at))
    return seen


def _by_lives(store: Store, seen: dict[str, datetime]) -> dict[str, datetime]:
    """Return since when fails stand, by their lives where these remember more than the snapshots looked at.

    A life that began later than the snapshot, which is then an old one, says nothing of it.
    """
    known = store.lives.failing_since(seen)
    return {mark: min(at, known.get(mark, at)) for mark, at in seen.items()}


def _fails(findings: pd.DataFrame) -> set[str]:
    return set(findings.loc[findings["verdict"] == "fail", "fingerprint"])


def _point(info: SnapshotInfo, findings: pd.DataFrame) -> Point:
    verdicts = findings["verdict"].value_counts()
    return Point(info.id, info.finished_at, int(verdicts.get("fail", 0)), int(verdicts.get("unknown", 0)))


def _undecided(findings: pd.DataFrame) -> set[object]:
    """Return what is unknown now: fingerprints, and (rule, account) where a whole account could not be judged."""
    unknown = findings[findings["verdict"] == "unknown"]
    whole_accounts = unknown[unknown["subject_type"] == "account"]
    return {*unknown["fingerprint"], *_keys(whole_accounts)}


def _keys(findings: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(findings["rule"], findings["account_id"].fillna(""), strict=True))
