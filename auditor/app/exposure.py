"""Sets the exposure clocks of a snapshot: each leaver, each account, from the roster's end to the proof of removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.app.exposure_clock import clock
from auditor.app.exposure_read import Access, WholeReadings, read_whole
from auditor.app.exposure_roster import Leaver, Leavers, read_leavers
from auditor.app.judge import match_people
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.model.estate import CoverageState, FactKind
from auditor.model.exposure import Clock, Exposure, Reading, UnreadAccount
from auditor.model.finding import Verdict
from policies.identity import PRINCIPAL_COLUMNS

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

_ACCOUNTS = ("account_id", "platform", "name", "handle", "parent_id")
_UNREAD_REASON = "Who holds access there was not read whole in any snapshot."
_UNREAD_REMEDY = "Have the holders attested: 'auditor attest new', or mend the connection."
_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)


def exposure_of(workspace: Workspace, store: Store, snapshot: SnapshotInfo) -> Exposure | None:
    """Return the clocks as of the end of ``snapshot``; None: no roster was ever read.

    All snapshots up to it count: rosters of every one, platforms' facts of those that were gathered.

    Raises:
        StoreError: the store cannot be read now.
        DocumentError: the file of reviewed matches is not usable.

    """
    config = workspace.config
    now = snapshot.finished_at
    known = [info for info in reversed(store.snapshots()) if info.finished_at <= now]
    if not any(info.counts.get("people") for info in known):
        return None
    gathered = [info for info in known if not info.carried_from]
    leavers = read_leavers(store, known, config.organization.zone, now)
    persons = _identities(workspace, store, gathered, leavers)
    access = Access(store, gathered, persons)
    accounts = _accounts(store, gathered)
    unread = _never_read(store, gathered)
    parents = {key: names["parent_id"] for key, names in accounts.items() if names.get("parent_id")}
    whole = read_whole(store, gathered, access.accounts | set(unread), parents)
    limits = config.policies.exposure
    clocks = [
        clock(leaver, departure, account_id, accounts.get(account_id, {}), readings, now, limits)
        for leaver, account_id, readings in _places(leavers, access, whole)
        for departure in leaver.departures
    ]
    ids = [info.id for info in gathered]
    return Exposure(
        limit_hours=limits.limit_hours,
        strict_hours=limits.strict_hours,
        leavers=len(set(persons.values())),
        snapshots=len(gathered),
        clocks=tuple(sorted((one for one in clocks if one is not None), key=_weight)),
        unread=tuple(
            _unread(key, accounts.get(key, {}), *unread[key])
            for key in sorted(unread)
            if not whole.ever(key, ids)
        ),
    )


def _places(
    leavers: Leavers, access: Access, whole: WholeReadings
) -> Iterator[tuple[Leaver, str, tuple[Reading, ...]]]:
    for person_id, account_id in access.places:
        yield leavers.by_id[person_id], account_id, tuple(access.readings((person_id, account_id), whole))


def _identities(
    workspace: Workspace, store: Store, gathered: Sequence[SnapshotInfo], leavers: Leavers
) -> dict[str, str]:
    """Return the identities, gone ones among them, that are matched to somebody who left."""
    seen = store.distinct("principals", [info.id for info in gathered], columns=PRINCIPAL_COLUMNS)
    # Of each cell the newest word that is known.
    principals = seen.groupby("principal_id", sort=False, as_index=False).last()
    matches = match_people(workspace, {"principals": principals, "people": leavers.people}).matches
    return {
        principal: person
        for principal, person in zip(matches["principal_id"], matches["person_id"], strict=True)
        if person in leavers.by_id
    }


def _accounts(store: Store, gathered: Sequence[SnapshotInfo]) -> dict[str, dict[str, str]]:
    """Return the newest known names of every account there ever was."""
    found: dict[str, dict[str, str]] = {}
    for row in rows(store.distinct("accounts", [info.id for info in gathered], columns=_ACCOUNTS)):
        names = found.setdefault(row.text("account_id") or "", {})
        names.update({name: told for name in _ACCOUNTS if (told := row.text(name))})
    return found


def _never_read(store: Store, gathered: Sequence[SnapshotInfo]) -> dict[str, tuple[str, str]]:
    """Return accounts whose holders the newest snapshot did not read whole, with reason and remedy."""
    if not gathered:
        return {}
    coverage = store.history(
        "coverage", [gathered[-1].id], columns=("account_id", "state", "reason", "remedy"),
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


def _weight(one: Clock) -> tuple[int, float, str, str]:
    longest = float("inf") if one.at_most_hours is None else one.at_most_hours
    return _ORDER.index(one.verdict), -max(one.at_least_hours, longest), one.person.casefold(), one.account_id
