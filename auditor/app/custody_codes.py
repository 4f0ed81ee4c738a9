"""A code for the entitled. Its use is on record before it is seen; where that fails, it is not seen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from auditor.app.custody_accounts import CustodyAccount
from auditor.app.custody_desk import Desk
from auditor.app.custody_entry import told_reason
from auditor.errors import CustodyError
from auditor.model.custody import SeedRecord, SeedUse
from auditor.model.event import EventKind
from auditor.vault.seeds import Seed

_TRIES = 3


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code, and until when it holds."""

    code: str = field(repr=False)
    seconds_left: int
    expires_at: datetime
    record: SeedRecord
    before: SeedUse | None
    """The last time this very code was given: a platform takes each code once."""


def give_code(
    desk: Desk, account: CustodyAccount, reason: str, *, fresh: bool = False, waiting: bool = False
) -> GivenCode:
    """Return the account's code of now, or with ``fresh`` of the next period as it begins.

    ``waiting``: of the new seed that awaits confirmation, to finish setting it up at the platform.

    Raises:
        CustodyError: the person may not, or there is no such seed.
        SecretUnavailable: the seed is not on this machine.
        StoreError: its use could not be recorded.
        UsageError: no reason was given.

    """
    operator = desk.reader(account)
    why = told_reason(reason, "--reason")
    record = desk.waiting(account) if waiting else desk.in_force(account)
    if record is None:
        missing = "no new seed awaiting confirmation" if waiting else "no seed in custody"
        raise CustodyError(f"{account.shown} has {missing}.", remedy="See 'auditor mfa list'.")
    seed = desk.box.read(record.seed_id, account.account_id)
    at = _next_period(desk, seed) if fresh else desk.now
    step = seed.step(at)
    code = seed.code(step)
    use = SeedUse(
        use_id=f"use-{secrets.token_hex(8)}",
        seed_id=record.seed_id,
        account_id=account.account_id,
        at=at,
        who=operator.email,
        os_user=operator.os_user,
        host=operator.host,
        reason=why,
        step=step,
    )
    event = desk.event(
        EventKind.SEED_USED, use.use_id, account, operator,
        f"{operator.email} took a code for {account.shown}: {why}", seed_id=record.seed_id,
    )  # fmt: skip
    desk.note_readers(account, record.seed_id, operator.email)
    before = desk.store.custody.record_use(use, event)
    expires_at = datetime.fromtimestamp((step + 1) * seed.period, UTC)
    # Waiting for the store took time; what is told is what is left when the code is seen.
    left = max(0, int((expires_at - desk.now) / timedelta(seconds=1)))
    return GivenCode(code, left, expires_at, record, before)


def _next_period(desk: Desk, seed: Seed) -> datetime:
    first = seed.step(desk.now)
    for _try in range(_TRIES):
        desk.workspace.sleep((first + 1) * seed.period - desk.now.timestamp())
        now = desk.now
        if seed.step(now) > first:
            return now
    raise CustodyError("the clock of this machine does not go on.", remedy="Try again without --fresh.")
