"""Findings' lives follow the judgements, in the order of the snapshots, each exactly once.

A run that is killed after it recorded a judgement leaves a snapshot that was judged and not followed;
whoever comes next, the next audit or the daemon, follows it first. What has been followed, the lives and
the events they make are one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.app.lives_duties import Duties
from auditor.app.lives_events import Telling, tell
from auditor.app.lives_look import Recorded, read_look
from auditor.app.waivers import Standing, standing_waivers, today_of
from auditor.app.workspace import Workspace
from auditor.collection import no_collection
from auditor.model.life import Life, Lives, advance

if TYPE_CHECKING:
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
    ledger: Ledger = field(compare=False, repr=False)
    """The lives as they are now."""


def follow_up(
    workspace: Workspace, store: Store, ledger: Ledger | None = None, recorded: Recorded | None = None
) -> Followed:
    """Bring the lives of all findings up to the newest judged snapshot, and to today.

    Catches up with every judged snapshot that a killed run left behind. An older snapshot that is judged
    again changes nothing; the newest one judged again changes what its judgement changed. Where there is
    no new judgement it still sees to waivers that have begun or ended and days that have passed.

    Args:
        workspace: whose policy it is.
        store: where the judgements are recorded.
        ledger: the lives, where they have been read already; read again where they have changed since.
        recorded: what has just been recorded of the newest snapshot; read again where it is another by now.

    Raises:
        DocumentError: the waivers file is not usable.
        StoreError: the store cannot be read or written, or others kept writing to it.

    """
    from auditor.store.lives import Overtaken

    for attempt in range(_ATTEMPTS - 1):
        with suppress(Overtaken):
            return _follow(workspace, store, ledger if attempt == 0 else None, recorded)
    return _follow(workspace, store, None, recorded)


def _follow(workspace: Workspace, store: Store, ledger: Ledger | None, recorded: Recorded | None) -> Followed:
    events = 0
    with no_collection():
        ledger, pending = ledger or store.lives.ledger(), store.lives.pending()
        for one in pending:
            shown = read_look(store, one, ledger.lives, recorded)
            lives = advance(ledger.lives, one.look, shown.found, rules=shown.rules, unread=shown.unread)
            ledger, new = _settle(workspace, store, ledger, lives, one, shown.owners)
            events += new
        if not pending:
            ledger, events = _settle(workspace, store, ledger, ledger.lives, None, None)
    return Followed(tuple(one.look.snapshot_id for one in pending), events, ledger)


def _settle(
    workspace: Workspace,
    store: Store,
    ledger: Ledger,
    lives: Lives,
    pending: Pending | None,
    owners: Mapping[str, str] | None,
) -> tuple[Ledger, int]:
    """Write the lives with the last days and waivers of today; return what is kept, and how many events are new."""
    from auditor.store.lives import Cursor, Ledger

    today, cursor = today_of(workspace), ledger.cursor
    look = pending.look if pending else cursor.look
    duties = Duties(workspace.config.policies, workspace.config.organization.zone, owners)
    lives = {mark: duties.of(life) if life.resolved is None else life for mark, life in lives.items()}
    standing = standing_waivers(workspace, store, lives, look) if look else Standing({})
    lives = {mark: _waived(life, standing) for mark, life in lives.items()}
    told = Telling(workspace.clock(), today, pending.look if pending else None, cursor.look, cursor.told_on)
    events = [*tell(ledger.lives, lives, told), *standing.events]
    new = store.lives.write(
        ledger, lives, events=events, followed=pending, terms=standing.terms, told_on=today
    )
    judged_at = pending.judged_at if pending else cursor.judged_at
    return Ledger(lives, Cursor(look, judged_at, cursor.version + 1, today)), new


def _waived(life: Life, standing: Standing) -> Life:
    mark = standing.marks.get(life.seen.fingerprint) if life.resolved is None else None
    return life if mark == life.waiver else life._replace(waiver=mark)
