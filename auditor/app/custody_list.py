"""What is in custody, as it is listed: never a seed, never a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auditor.app.custody_accounts import CustodyAccount, every_account
from auditor.app.custody_desk import Desk
from auditor.model.custody import SeedReader, SeedRecord, SeedState, SeedUse


@dataclass(frozen=True, slots=True)
class ListedSeed:
    """One seed and what surrounds it."""

    account: CustodyAccount
    record: SeedRecord
    age_days: int
    readers: tuple[str, ...]
    """Who may have its codes now."""
    readers_before: tuple[str, ...]
    """Who could once, and no longer may; what they have read they may still know."""
    uses: int
    last_use: SeedUse | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything in custody, and what is not."""

    seeds: tuple[ListedSeed, ...]
    without: tuple[CustodyAccount, ...]
    """Accounts that should have a seed in custody and have none in force."""
    asked_at: datetime
    accounts_known: bool
    """Whether a snapshot says which accounts there are; where none does, ``without`` says nothing."""


def list_custody(desk: Desk, *, retired: bool = False) -> Listing:
    """Return the seeds in force and in waiting, with ``retired`` also those that were."""
    custody = desk.store.custody
    accounts = {account.account_id: account for account in every_account(desk.store)}
    records = custody.seeds()
    uses: dict[str, list[SeedUse]] = {}
    for use in custody.uses():
        uses.setdefault(use.seed_id, []).append(use)
    noted = custody.readers()
    now = desk.now
    listed = [
        _listed(desk, accounts[record.account_id], record, uses.get(record.seed_id, []), noted, now)
        for record in records
        if retired or record.state is not SeedState.RETIRED
    ]
    served = {record.account_id for record in records if record.state is SeedState.ACTIVE}
    without = [
        account
        for account in accounts.values()
        if account.account_id not in served and desk.section.expects(account.names)
    ]
    return Listing(
        seeds=tuple(sorted(listed, key=lambda one: (one.account.shown.casefold(), one.record.state.value))),
        without=tuple(sorted(without, key=lambda account: account.shown.casefold())),
        asked_at=now,
        accounts_known=bool(desk.store.snapshots(1)),
    )


def _listed(
    desk: Desk,
    account: CustodyAccount,
    record: SeedRecord,
    uses: list[SeedUse],
    noted: dict[str, tuple[SeedReader, ...]],
    now: datetime,
) -> ListedSeed:
    readers = desk.section.readers_of(account.names)
    known = (reader.email for reader in noted.get(record.seed_id, ()))
    return ListedSeed(
        account=account,
        record=record,
        age_days=max(0, (now - record.enrolled_at).days),
        readers=readers,
        readers_before=tuple(email for email in known if email not in readers),
        uses=len(uses),
        last_use=uses[0] if uses else None,
    )
