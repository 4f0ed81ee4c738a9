"""What one judged snapshot shows of findings: those found, what was judged, and what could not be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.app.trend import unread_things
from auditor.model.life import UNKNOWN, Life, Look, Seen, Unread

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.store import Store
    from auditor.store.lives import Pending


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look shows."""

    look: Look
    found: tuple[Seen, ...]
    rules: frozenset[str]
    """Ids of the rules that were judged."""
    unread: Unread
    owners: Mapping[str, str]
    """Account id to the e-mail address of its responsible person."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What has just been recorded of a snapshot, for whoever follows it to read no more of it than he must."""

    snapshot_id: str
    judged_at: datetime
    found: tuple[Seen, ...]

    def is_of(self, pending: Pending) -> bool:
        """Whether this is what is to be followed: the snapshot may have been judged anew since."""
        return (self.snapshot_id, self.judged_at) == (pending.look.snapshot_id, pending.judged_at)


def read_look(
    store: Store, pending: Pending, lives: Mapping[str, Life], recorded: Recorded | None = None
) -> Shown:
    """Return what a judged snapshot shows beside the ``lives`` before it; ``recorded``: where that is at hand."""
    look = pending.look
    found = recorded.found if recorded and recorded.is_of(pending) else store.lives.seen(look)
    rules = store.lives.judged_rules(look)
    accounts = _accounts(store, look)
    unknown = [seen for seen in found if seen.verdict == UNKNOWN]
    unread = Unread(
        frozenset(seen.fingerprint for seen in unknown),
        frozenset(seen.key for seen in unknown if seen.subject_type == "account"),
    )
    missed = _missed(lives, {seen.fingerprint for seen in found}, rules, unread, accounts)
    things = _unread_things(store, look, missed)
    owners = {account: owner for account, owner in accounts.items() if owner}
    return Shown(look, found, rules, replace(unread, things=things), owners)


def _accounts(store: Store, look: Look) -> dict[str, str | None]:
    """Return every account the look speaks of, with its responsible person from the best source."""
    names = ("account_id", "owner_email", "attested_by", "observed_at")
    frames = store.frames(look.snapshot_id, ("accounts", "coverage"), columns=names)
    told: dict[str, str | None] = dict.fromkeys(frames["coverage"]["account_id"].dropna())
    told |= dict.fromkeys(frames["accounts"]["account_id"])
    named = frames["accounts"].dropna(subset=["owner_email"])
    worst_first = named.assign(is_verified=named["attested_by"].isna()).sort_values(
        ["is_verified", "observed_at"], kind="stable"
    )
    owners = zip(worst_first["account_id"], worst_first["owner_email"], strict=True)
    return told | {account: owner.strip() for account, owner in owners if owner.strip()}


def _missed(
    lives: Mapping[str, Life],
    found: Collection[str],
    rules: Collection[str],
    unread: Unread,
    accounts: Collection[str],
) -> list[Life]:
    """Return the open lives that are gone though no account says why: their absence has to be looked into."""
    return [
        life
        for mark, life in lives.items()
        if mark not in found
        and life.is_open
        and life.seen.rule in rules
        and (life.seen.account_id is None or life.seen.account_id not in accounts)
        and not unread.covers(life.seen)
    ]


def _unread_things(store: Store, look: Look, missed: list[Life]) -> frozenset[str]:
    """Return the ids of what was there when the ``missed`` were last seen and could not be read now."""
    by_last: defaultdict[str, list[Life]] = defaultdict(list)
    for life in missed:
        by_last[life.last.snapshot_id].append(life)
    things: set[str] = set()
    for last in by_last:
        if last != look.snapshot_id:
            things |= unread_things(store, last, look.snapshot_id)
    return frozenset(things)
