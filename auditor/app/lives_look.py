"""What one judged snapshot shows of findings: those found, what was judged, and what could not be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.app.trend import unknown_keys, unknown_marks, unread_things
from auditor.model.life import Life, Look, Seen, Unread

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import Store

_WHOLE_NUMBER = "risk"


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


def read_look(
    store: Store, look: Look, lives: Mapping[str, Life], findings: pd.DataFrame | None = None
) -> Shown:
    """Return what ``look`` shows beside the ``lives`` before it.

    ``findings``: those recorded for it, where they are in memory already, with the columns of
    `auditor.store.judgements.FINDING_COLUMNS`.
    """
    if findings is None:
        findings = store.recorded_findings(look.snapshot_id, columns=Seen._fields)
    rules = store.lives.judged_rules(look)
    accounts = _accounts(store, look)
    seen = Unread(unknown_marks(findings), unknown_keys(findings))
    missed = _missed(lives, set(findings["fingerprint"]), rules, seen, accounts)
    things = _unread_things(store, look, missed)
    return Shown(
        look,
        seen_rows(findings),
        rules,
        Unread(seen.marks, seen.keys, things),
        {account: owner for account, owner in accounts.items() if owner},
    )


def seen_rows(findings: pd.DataFrame) -> tuple[Seen, ...]:
    """Return the rows of a frame of findings, missing cells as None."""
    columns = [_cells(findings[name], name) for name in Seen._fields]
    return tuple(map(Seen._make, zip(*columns, strict=True)))


def _cells(column: pd.Series[Any], name: str) -> list[Any]:
    cells = column.astype(object).where(column.notna(), None).tolist()
    if name == _WHOLE_NUMBER:
        return [None if cell is None else int(cell) for cell in cells]
    return cells


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
