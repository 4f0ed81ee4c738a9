"""Findings' lives follow the judgements, in the order of the snapshots, each exactly once.

A run that is killed after it recorded a judgement leaves a snapshot that was judged and not followed;
whoever comes next, the next audit or the daemon, follows it first. What has been followed, the lives and
the events they make are one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING

from auditor.app.lives_events import Telling, tell
from auditor.app.lives_look import read_look
from auditor.app.waivers import Standing, standing_waivers, today_of
from auditor.app.workspace import Workspace
from auditor.config import PoliciesSection
from auditor.config.findings import SlaDays
from auditor.model.life import Life, Lives, Look, advance

if TYPE_CHECKING:
    import pandas as pd

    from auditor.app.judge import Judged
    from auditor.store import Store
    from auditor.store.lives import Ledger, Pending

_ATTEMPTS = 5
"""Times to begin again where another program was faster."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What following up came to."""

    looks: tuple[str, ...]
    """Ids of the snapshots followed, oldest first."""
    events: int
    """Events that are new in the journal."""


def follow_up(
    workspace: Workspace,
    store: Store,
    judged: Judged | None = None,
    findings: pd.DataFrame | None = None,
) -> Followed:
    """Bring the lives of all findings up to the newest judged snapshot, and to today.

    Catches up with every judged snapshot that a killed run left behind. An older snapshot that is judged
    again changes nothing; the newest one judged again changes what its judgement changed. Where there is
    no new judgement it still sees to waivers that have begun or ended and days that have passed.

    Args:
        workspace: whose policy it is.
        store: where the judgements are recorded.
        judged: the snapshot just judged and recorded, to spare reading its packs again.
        findings: its findings as recorded, their risk among them, to spare reading them again.

    Raises:
        DocumentError: the waivers file is not usable.
        StoreError: the store cannot be read or written, or others kept writing to it.

    """
    from auditor.store.lives import Overtaken

    for attempt in range(_ATTEMPTS):
        try:
            return _follow(workspace, store, judged, findings)
        except Overtaken:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError  # pragma: no cover - the loop returns or raises


def _follow(
    workspace: Workspace, store: Store, judged: Judged | None, findings: pd.DataFrame | None
) -> Followed:
    ledger, pending = store.lives.ledger(), store.lives.pending()
    rules = {rule.id for pack in judged.packs for rule in pack.rules} if judged else None
    events = 0
    for one in pending:
        at_hand = findings if judged and judged.snapshot.id == one.look.snapshot_id else None
        shown = read_look(store, one.look, ledger.lives, at_hand)
        lives = advance(ledger.lives, one.look, shown.found, rules=shown.rules, unread=shown.unread)
        lives = {mark: _owned(life, workspace.config.policies, shown.owners) for mark, life in lives.items()}
        ledger, new = _settle(workspace, store, ledger, lives, one, rules)
        events += new
    if not pending:
        ledger, events = _settle(workspace, store, ledger, ledger.lives, None, rules)
    return Followed(tuple(one.look.snapshot_id for one in pending), events)


def _settle(
    workspace: Workspace,
    store: Store,
    ledger: Ledger,
    lives: Lives,
    pending: Pending | None,
    rules: Collection[str] | None,
) -> tuple[Ledger, int]:
    """Write the lives with the last days and waivers of today; return what is kept, and how many events are new."""
    from auditor.store.lives import Cursor, Ledger

    today, cursor = today_of(workspace), ledger.cursor
    zone, sla = workspace.config.organization.zone, workspace.config.policies.sla_days
    look = pending.look if pending else cursor.look
    lives = {mark: _dated(life, sla, zone) for mark, life in lives.items()}
    standing = standing_waivers(workspace, store, lives, look, rules) if look else Standing({})
    lives = {mark: _waived(life, standing) for mark, life in lives.items()}
    told = Telling(workspace.clock(), today, pending.look if pending else None, cursor.look, cursor.told_on)
    events = [*tell(ledger.lives, lives, told), *standing.events]
    new = store.lives.write(
        ledger, lives, events=events, followed=pending, terms=standing.terms, told_on=today
    )
    judged_at = pending.judged_at if pending else cursor.judged_at
    return Ledger(lives, Cursor(look, judged_at, cursor.version + 1, today)), new


def _owned(life: Life, policies: PoliciesSection, owners: Mapping[str, str]) -> Life:
    """Return the life with the account's responsible person, else the rule's, the pack's or the last resort."""
    if not life.is_open:
        return life
    fallback = policies.finding_owners
    owner = (
        owners.get(life.seen.account_id or "")
        or fallback.get(life.seen.rule)
        or fallback.get(life.seen.pack)
        or fallback.get("*")
    )
    return life if owner == life.owner else replace(life, owner=owner)


def _dated(life: Life, sla: SlaDays, zone: tzinfo) -> Life:
    """Return the life with the last day its severity allows, counted from the look that first failed it."""
    if not life.is_open:
        return life
    due_on = due_day(life.failed, sla.of(life.seen.severity), zone)
    return life if due_on == life.due_on else replace(life, due_on=due_on)


def due_day(failed: Look | None, days: int | None, zone: tzinfo) -> date | None:
    """Return the last day by which a fail should be resolved; None: there is none."""
    if failed is None or days is None:
        return None
    return failed.at.astimezone(zone).date() + timedelta(days=days)


def _waived(life: Life, standing: Standing) -> Life:
    mark = standing.marks.get(life.seen.fingerprint) if life.is_open else None
    return life if mark == life.waiver else replace(life, waiver=mark)
