"""What an audit learns of custody: which accounts' seeds are in it, how old they are, who could read them.

It comes from the organisation's own store, never from the vault: no seed is read for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.custody_accounts import CustodyAccount, merged
from auditor.app.workspace import Workspace
from auditor.config import CustodySection
from auditor.model.custody import SeedReader, SeedRecord, SeedState, SeedUse
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact, SeedCustody

if TYPE_CHECKING:
    from auditor.store import Store

SOURCE = "custody"


def custody_facts(
    workspace: Workspace, store: Store, accounts: Iterable[Account], now: datetime
) -> Iterator[Fact]:
    """Yield whether each of ``accounts`` has its seed in custody, where it should or has; nothing without the section.

    Whoever the configuration entitles now is noted as a reader first: what they can read they may know.
    """
    section = workspace.config.custody
    if section is None:
        return
    known = merged(list(accounts))
    in_force = {
        record.account_id: record for record in store.custody.seeds() if record.state is SeedState.ACTIVE
    }
    _note_readers(store, section, known, in_force, now)
    readers = store.custody.readers()
    used = _last_uses(store.custody.uses())
    for account in known:
        yield Coverage(
            source=SOURCE,
            observed_at=now,
            account_id=account.account_id,
            fact=FactKind.SEEDS,
            state=CoverageState.OBSERVED,
        )
        record = in_force.get(account.account_id)
        if record is not None:
            yield _held(record, readers.get(record.seed_id, ()), used.get(record.seed_id), now)
        elif section.expects(account.names):
            yield SeedCustody(source=SOURCE, observed_at=now, account_id=account.account_id, in_custody=False)


def _note_readers(
    store: Store,
    section: CustodySection,
    known: Iterable[CustodyAccount],
    in_force: dict[str, SeedRecord],
    now: datetime,
) -> None:
    entitled = {
        in_force[account.account_id].seed_id: section.readers_of(account.names)
        for account in known
        if account.account_id in in_force
    }
    store.custody.note_readers(entitled, now)


def _last_uses(uses: Iterable[SeedUse]) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    for use in uses:
        last[use.seed_id] = max(use.at, last.get(use.seed_id, use.at))
    return last


def _held(
    record: SeedRecord, readers: tuple[SeedReader, ...], used: datetime | None, now: datetime
) -> SeedCustody:
    return SeedCustody(
        source=SOURCE,
        observed_at=now,
        account_id=record.account_id,
        in_custody=True,
        bits=record.bits,
        enrolled_at=record.enrolled_at,
        confirmed=record.confirmed_at is not None,
        readers=tuple(dict.fromkeys((record.enrolled_by, *(reader.email for reader in readers)))),
        last_used_at=used,
    )
