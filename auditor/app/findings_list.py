"""Findings as lists want them: what a judgement said of each, with its life beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from auditor.app.findings_filters import settled
from auditor.app.rows import Row, rows
from auditor.app.waivers import today_of
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.life import Life, LifeState

if TYPE_CHECKING:
    from auditor.store import Store

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is narrowed to; what is left out narrows nothing."""

    severity: str = "info"
    """This one and graver."""
    verdict: str | None = None
    rule: str | None = None
    platform: str | None = None
    account: str | None = None
    holders: frozenset[str] = frozenset()
    """Of ``account``: the ids of identities and people whose own findings are wanted too."""
    states: frozenset[str] = frozenset()
    """Words of `LifeState`; none: all that is open or waived."""
    owner: str | None = None
    overdue: bool = False
    since: date | None = None
    """First seen, or reopened, on this day of the organisation's or later."""

    def takes(self, row: Row, life: Life | None, today: date, opened_on: date | None) -> bool:
        """Whether a finding is wanted."""
        plain = (
            SEVERITIES.index(row.text("severity") or "info") <= SEVERITIES.index(self.severity)
            and self.verdict in (None, row.text("verdict"))
            and self.rule in (None, row.text("rule"))
            and self.platform in (None, row.text("platform"))
            and (self.account in (None, row.text("account_id")) or self._is_of_a_holder(row))
        )
        return plain and self._takes_life(life, today, opened_on)

    def _is_of_a_holder(self, row: Row) -> bool:
        return not row.text("account_id") and any(
            row.text(column) in self.holders for column in ("principal_id", "person_id")
        )

    def _takes_life(self, life: Life | None, today: date, opened_on: date | None) -> bool:
        if life is None:
            return not (self.states or self.owner or self.overdue or self.since)
        owner = (life.responsible or "").casefold()
        return (
            (not self.states or life.standing(today).value in self.states)
            and (self.owner is None or owner == self.owner.casefold())
            and (not self.overdue or life.is_overdue(today))
            and (self.since is None or (opened_on is not None and opened_on >= self.since))
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """The findings that are wanted, and how many there are to choose from."""

    wanted: tuple[Listed, ...]
    standing: int
    """All that stand: open or waived, whatever was asked."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One finding of a list."""

    row: Row
    """What the judgement that last showed it recorded."""
    life: Life | None
    """None: it has not been followed yet."""


def list_findings(workspace: Workspace, store: Store, snapshot: str, asked: Asked) -> Listing:
    """Return the findings of a snapshot that are wanted, those to be done first, the riskiest of them first.

    Of the newest snapshot also those that stand open though it could not see them, and where
    resolved ones are asked for, those.

    Raises:
        StoreError: there is no such snapshot.
        UsageError: it has not been judged, or ``asked`` names a rule, platform or account that is not known.

    """
    info = store.snapshot(snapshot)
    if info.judged_at is None:
        raise UsageError(
            f"the snapshot {info.id} has not been judged.", remedy=f"Run: auditor audit --snapshot {info.id}"
        )
    today, zone = today_of(workspace), workspace.config.organization.zone
    ledger = store.lives.ledger()
    found = [
        Listed(row, ledger.lives.get(row.text("fingerprint") or ""))
        for row in rows(store.recorded_findings(info.id))
    ]
    if ledger.cursor.look is not None and ledger.cursor.look.snapshot_id == info.id:
        found += _unseen(store, ledger.lives, info.id, with_resolved=LifeState.RESOLVED in asked.states)
    asked = settled(workspace, store, info.id, asked, found)
    wanted = [
        one
        for one in found
        if asked.takes(
            one.row, one.life, today, one.life.opened.at.astimezone(zone).date() if one.life else None
        )
    ]
    standing = sum(one.life is None or one.life.is_open for one in found)
    return Listing(tuple(sorted(wanted, key=lambda one: _weight(one, today))), standing)


def _unseen(
    store: Store, lives: dict[str, Life], snapshot_id: str, *, with_resolved: bool
) -> Iterator[Listed]:
    """Yield the lives the snapshot did not show, with what was last said of them."""
    by_last: defaultdict[str, list[str]] = defaultdict(list)
    for mark, life in lives.items():
        if life.last.snapshot_id != snapshot_id and (life.is_open or with_resolved):
            by_last[life.last.snapshot_id].append(mark)
    for last, marks in by_last.items():
        for row in rows(store.recorded_findings(last, fingerprints=marks)):
            yield Listed(row, lives[row.text("fingerprint") or ""])


def _weight(one: Listed, today: date) -> tuple[bool, bool, int, int, str, str]:
    row, life = one.row, one.life
    return (
        life is not None and life.standing(today) in (LifeState.WAIVED, LifeState.RESOLVED),
        row.text("verdict") != "fail",
        -(row.number("risk") or 0),
        SEVERITIES.index(row.text("severity") or "info"),
        row.text("rule") or "",
        row.text("message") or "",
    )


def life_json(life: Life | None, today: date) -> dict[str, Any] | None:
    """Return a life as JSON lists it."""
    if life is None:
        return None
    return {
        "state": life.standing(today).value,
        "state_without_waiver": life.state.value,
        "first_seen": _look_json(life.first),
        "last_seen": _look_json(life.last),
        "opened": _look_json(life.opened),
        "times_opened": life.openings,
        "unknown_since": _look_json(life.unknown),
        "resolved": _look_json(life.resolved),
        "closed_because": life.closing.value or None,
        "owner": life.responsible,
        "assigned": life.assigned is not None,
        "due_on": life.due_on,
        "overdue": life.is_overdue(today),
        "waiver": {"id": life.waiver.key, "kind": life.waiver.kind.value, "expires": life.waiver.expires}
        if life.waiver
        else None,
    }


def _look_json(look: Any) -> dict[str, str | datetime] | None:
    return None if look is None else {"snapshot": look.snapshot_id, "at": look.at}
