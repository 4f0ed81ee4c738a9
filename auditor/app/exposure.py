"""Sets the exposure clocks of a snapshot: each leaver, each account, from the roster's end to the proof of removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.exposure_clock import clock
from auditor.app.exposure_follow import follow, roster_of
from auditor.app.exposure_memory import Memory, load, save
from auditor.app.exposure_recall import hold
from auditor.app.exposure_roster import Leaver, Leavers, leavers_of
from auditor.app.judge import match_people
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.model.estate import CoverageState, FactKind
from auditor.model.exposure import Clock, Exposure, Reading, UnreadAccount
from auditor.model.finding import Verdict
from policies.identity import PRINCIPAL_COLUMNS

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

_UNREAD_REASON = "Who holds access there was not read whole in any snapshot."
_UNREAD_REMEDY = "Have the holders attested: 'auditor attest new', or mend the connection."
_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)


def exposure_of(workspace: Workspace, store: Store, snapshot: SnapshotInfo) -> Exposure | None:
    """Return the clocks as of the end of ``snapshot``; None: no roster was ever read.

    All snapshots up to it count: rosters of every one, platforms' facts of those that were gathered. Each is
    read once: what clocks hang on is remembered (`auditor.app.exposure_memory`), and counted anew from
    nothing for a snapshot that is not the newest.

    Raises:
        StoreError: the store cannot be read now.
        DocumentError: the file of reviewed matches is not usable.

    """
    known = store.snapshot_ids(snapshot)
    memory = load(store, known)
    is_next = bool(memory.known) or known[-1] == store.snapshot("latest").id
    new = [store.snapshot(one) for one in known[len(memory.known) :]]
    taken = len(memory.gathered)
    for info in new:
        follow(store, memory, info)
    if not memory.rosters:
        return None
    leavers = leavers_of(
        memory, roster_of(store, memory), workspace.config.organization.zone, snapshot.finished_at
    )
    persons = _identities(workspace, memory, leavers)
    hold(store, memory, leavers.by_id, persons, range(taken, len(memory.gathered)))
    if new and is_next:
        save(store, memory)
    return _exposure(workspace, store, memory, leavers, snapshot.finished_at)


def _exposure(
    workspace: Workspace, store: Store, memory: Memory, leavers: Leavers, now: datetime
) -> Exposure:
    limits = workspace.config.policies.exposure
    clocks = [
        clock(leaver, departure, account_id, memory.accounts.get(account_id, {}), readings, now, limits)
        for leaver, account_id, readings in _places(leavers, memory)
        for departure in leaver.departures
    ]
    unread = _never_read(store, memory.gathered)
    return Exposure(
        limit_hours=limits.limit_hours,
        strict_hours=limits.strict_hours,
        leavers=len(memory.held),
        snapshots=len(memory.gathered),
        clocks=tuple(sorted((one for one in clocks if one is not None), key=_weight)),
        unread=tuple(
            _unread(key, memory.accounts.get(key, {}), *unread[key])
            for key in sorted(unread)
            if key not in memory.whole
        ),
    )


def _places(leavers: Leavers, memory: Memory) -> Iterator[tuple[Leaver, str, tuple[Reading, ...]]]:
    for person_id, kept in memory.held.items():
        for account_id, readings in kept.places.items():
            yield leavers.by_id[person_id], account_id, tuple(map(memory.reading, readings))


def _identities(workspace: Workspace, memory: Memory, leavers: Leavers) -> dict[str, str]:
    """Return the identities, gone ones among them, that are matched to somebody who left."""
    import pandas as pd

    principals = pd.DataFrame(list(memory.identities.values()), columns=list(PRINCIPAL_COLUMNS), dtype="str")
    matches = match_people(workspace, {"principals": principals, "people": leavers.people}).matches
    return {
        principal: person
        for principal, person in zip(matches["principal_id"], matches["person_id"], strict=True)
        if person in leavers.by_id
    }


def _never_read(store: Store, gathered: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return accounts whose holders the newest snapshot did not read whole, with reason and remedy."""
    if not gathered:
        return {}
    coverage = store.history(
        "coverage", [gathered[-1]], columns=("account_id", "state", "reason", "remedy"),
        where={"fact": [FactKind.GRANTS.value]},
    )  # fmt: skip
    found: dict[str, tuple[str, str]] = {}
    known: set[str] = set()
    for row in rows(coverage):
        account_id = row.text("account_id") or ""
        if CoverageState(row.text("state") or "failed").is_known:
            known.add(account_id)
        found[account_id] = (row.text("reason") or _UNREAD_REASON, row.text("remedy") or _UNREAD_REMEDY)
    return {key: told for key, told in found.items() if key not in known}


def _unread(account_id: str, names: Mapping[str, str], reason: str, remedy: str) -> UnreadAccount:
    platform = names.get("platform") or account_id.partition(":")[0]
    return UnreadAccount(
        account_id=account_id,
        account=names.get("name") or names.get("handle") or account_id,
        platform=platform,
        reason=reason,
        remedy=remedy,
    )


def _weight(one: Clock) -> tuple[int, float, str, str, str, datetime]:
    longest = float("inf") if one.at_most_hours is None else one.at_most_hours
    return (
        _ORDER.index(one.verdict),
        -max(one.at_least_hours, longest),
        one.person.casefold(),
        one.account_id,
        one.person_id,
        one.departure.latest,
    )
