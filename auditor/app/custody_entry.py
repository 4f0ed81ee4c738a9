"""Seeds come into custody, are renewed, and leave it."""

from __future__ import annotations

import hmac
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from auditor.app.custody_accounts import CustodyAccount
from auditor.app.custody_desk import Desk
from auditor.app.custody_people import Operator
from auditor.errors import CustodyError, SecretUnavailable, UsageError
from auditor.model.custody import LEAST_BITS, SeedRecord, SeedState
from auditor.model.event import EventKind
from auditor.model.finding import Severity
from auditor.vault import redact
from auditor.vault.seed_check import check_code
from auditor.vault.seeds import Seed

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How it is known that a seed is the platform's: a code of it that is shown elsewhere, or why there is none."""

    code: str = ""
    reason: str = ""
    accepted: bool = False
    """The platform took a code that was given out here."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a seed that was handed in."""

    record: SeedRecord
    in_force: bool
    notes: tuple[str, ...]
    """What the person should know."""


def enroll(desk: Desk, account: CustodyAccount, seed: Seed, confirmation: Confirmation) -> Entered:
    """Take the account's first seed into custody.

    Raises:
        CustodyError: the person may not, there is a seed in force already, or the code is not one of this seed.
        SecretUnavailable: there is nowhere safe to keep it.
        UsageError: neither a code nor a reason was given.

    """
    operator = desk.keeper(account)
    if desk.in_force(account) is not None:
        raise CustodyError(
            f"{account.shown} has a seed in custody already.", remedy="Renew it with 'auditor mfa rotate'."
        )
    confirmed_at, notes = _confirmed(desk, seed, confirmation)
    record = _record(desk, account, seed, operator, replaces=None)
    with _alone(desk, operator):
        record = _kept(desk, account, record, seed, operator)
        _bring_into_force(desk, account, record, operator, confirmed_at, confirmation.reason)
    return Entered(record, True, (*notes, *_weakness(seed)))


def rotate(desk: Desk, account: CustodyAccount, seed: Seed, confirmation: Confirmation | None) -> Entered:
    """Take a new seed into custody beside the old one, which is retired once the new one is confirmed.

    Without a confirmation the new seed waits; `finish` brings it into force.

    Raises:
        CustodyError: the person may not, there is no seed to renew, or the code is not one of the new seed.
        SecretUnavailable: there is nowhere safe to keep it.
        UsageError: the confirmation holds neither a code nor a reason.

    """
    operator = desk.keeper(account)
    old = desk.in_force(account)
    if old is None:
        raise CustodyError(
            f"{account.shown} has no seed in custody.", remedy="Take one in with 'auditor mfa enroll'."
        )
    _check_new(desk, old, seed)
    notes: tuple[str, ...] = ()
    confirmed_at = None
    if confirmation is not None:
        confirmed_at, notes = _confirmed(desk, seed, confirmation)
    record = _record(desk, account, seed, operator, replaces=old.seed_id)
    with _alone(desk, operator):
        record = _kept(desk, account, record, seed, operator)
        if confirmation is not None:
            _bring_into_force(desk, account, record, operator, confirmed_at, confirmation.reason)
    return Entered(record, confirmation is not None, (*notes, *_weakness(seed)))


def finish(desk: Desk, account: CustodyAccount, confirmation: Confirmation) -> Entered:
    """Bring the seed that waits into force and retire the one before it.

    Raises:
        CustodyError: the person may not, none waits, or the code is not one of it.
        UsageError: neither a code nor a reason was given.

    """
    operator = desk.keeper(account)
    record = desk.awaited(account)
    seed = desk.box.read(record.seed_id, account.account_id)
    notes: tuple[str, ...] = ()
    if confirmation.accepted:
        confirmed_at = _accepted(desk, record)
    else:
        _check_not_ours(desk, record, seed, confirmation.code)
        confirmed_at, notes = _confirmed(desk, seed, confirmation)
    with _alone(desk, operator):
        _bring_into_force(desk, account, record, operator, confirmed_at, confirmation.reason)
    return Entered(record, True, notes)


def retire(desk: Desk, account: CustodyAccount, reason: str) -> tuple[SeedRecord, ...]:
    """Take the account's seeds out of custody: the vault forgets them, their records stay. Return them.

    Raises:
        CustodyError: the person may not, or there is none.
        UsageError: no reason was given.

    """
    operator = desk.keeper(account)
    why = told_reason(reason, "--reason")
    seeds = tuple(record for record in (desk.in_force(account), desk.waiting(account)) if record is not None)
    if not seeds:
        raise CustodyError(f"{account.shown} has no seed in custody.", remedy="See 'auditor mfa list'.")
    with _alone(desk, operator):
        for record in seeds:
            message = f"{operator.email} took the seed of {account.shown} out of custody: {why}"
            event = desk.event(
                EventKind.SEED_RETIRED, record.seed_id, account, operator, message,
                severity=Severity.LOW, seed_id=record.seed_id,
            )  # fmt: skip
            desk.store.custody.retire(record.seed_id, by=operator.email, at=desk.now, reason=why, event=event)
        desk.sweep()
    return seeds


def told_reason(reason: str, option: str) -> str:
    """Return a reason as it is kept: one line, without secrets; UsageError where there is none."""
    text = " ".join(redact(reason).split())
    if not text:
        raise UsageError("a reason is missing.", remedy=f"Say why with {option}; it is kept.")
    return text[:LONGEST_REASON]


def _confirmed(desk: Desk, seed: Seed, confirmation: Confirmation) -> tuple[datetime | None, tuple[str, ...]]:
    if not confirmation.code:
        told_reason(confirmation.reason, "--unconfirmed")
        note = "It is not confirmed: whether it is the seed the platform has, the first sign-in will show."
        return None, (note,)
    now = desk.now
    off = check_code(seed, confirmation.code, now).periods_off
    if off == 0:
        return now, ()
    which = "ahead of" if off > 0 else "behind"
    note = (
        f"The code was that of the {'next' if off > 0 else 'last'} {seed.period} seconds: either it was typed"
        f" late, or the other clock is {which} this one. Set both by a time server (NTP)."
    )
    return now, (note,)


def _accepted(desk: Desk, record: SeedRecord) -> datetime | None:
    if not any(use.seed_id == record.seed_id for use in desk.store.custody.uses(record.account_id)):
        raise CustodyError(
            "no code of the new seed has been given out, so the platform can have taken none.",
            remedy="Take one with 'auditor mfa code ACCOUNT --new', type it at the platform, and come back.",
        )
    return desk.now


def _check_not_ours(desk: Desk, record: SeedRecord, seed: Seed, code: str) -> None:
    """Refuse a code that was given out here: that it is of this seed proves nothing of the platform's."""
    given = {use.step for use in desk.store.custody.uses(record.account_id) if use.seed_id == record.seed_id}
    if code and any(hmac.compare_digest(seed.code(step), code.strip()) for step in sorted(given)[-20:]):
        raise CustodyError(
            "that code was given out here, so it does not show that the platform has this seed.",
            remedy="Has the platform taken it? Then say so with --accepted.",
        )


def _weakness(seed: Seed) -> tuple[str, ...]:
    if not seed.is_weak:
        return ()
    note = (
        f"It is weak: {seed.bits} bits where {LEAST_BITS} are asked for (NIST SP 800-63B). It works all the same;"
        " ask the platform for a longer one, or for security keys."
    )
    return (note,)


def _check_new(desk: Desk, old: SeedRecord, seed: Seed) -> None:
    # The old seed may be on another machine; then nothing can be compared.
    with suppress(SecretUnavailable):
        if hmac.compare_digest(desk.box.read(old.seed_id, old.account_id).secret, seed.secret):
            raise CustodyError(
                "that is the seed that is in custody already.",
                remedy="Have the platform set up a new authenticator app: it then shows a new seed.",
            )


def _record(
    desk: Desk, account: CustodyAccount, seed: Seed, operator: Operator, *, replaces: str | None
) -> SeedRecord:
    return SeedRecord(
        seed_id=f"seed-{secrets.token_hex(8)}",
        account_id=account.account_id,
        platform=account.platform,
        account_name=account.shown,
        label=seed.label,
        issuer=seed.issuer,
        digits=seed.digits,
        period=seed.period,
        algorithm=seed.algorithm,
        bits=seed.bits,
        place="",
        state=SeedState.PENDING,
        enrolled_at=desk.now,
        enrolled_by=operator.email,
        replaces=replaces,
    )


def _kept(
    desk: Desk, account: CustodyAccount, record: SeedRecord, seed: Seed, operator: Operator
) -> SeedRecord:
    """Enter the seed with the store, then with the vault: so none is in a vault that nobody knows of."""
    custody = desk.store.custody
    custody.begin(record)
    try:
        place = desk.box.keep(record.seed_id, account.account_id, seed)
    except (SecretUnavailable, CustodyError):
        custody.retire(record.seed_id, by=operator.email, at=desk.now, reason="the vault did not take it")
        raise
    custody.placed(record.seed_id, f"{place} on {socket.gethostname()}")
    desk.note_readers(account, record.seed_id, operator.email)
    desk.sweep()
    return record


def _bring_into_force(
    desk: Desk,
    account: CustodyAccount,
    record: SeedRecord,
    operator: Operator,
    confirmed_at: datetime | None,
    reason: str,
) -> None:
    kind = EventKind.SEED_ROTATED if record.replaces else EventKind.SEED_ENROLLED
    done = "renewed the seed of" if record.replaces else "took into custody the seed of"
    how = "" if confirmed_at else f", unconfirmed: {told_reason(reason, '--unconfirmed')}"
    weak = f" It is weak: {record.bits} bits." if record.is_weak else ""
    event = desk.event(
        kind, record.seed_id, account, operator, f"{operator.email} {done} {account.shown}{how}.{weak}",
        severity=Severity.MEDIUM if record.is_weak else Severity.INFO, seed_id=record.seed_id,
    )  # fmt: skip
    desk.store.custody.activate(
        record,
        confirmed_at=confirmed_at,
        reason="" if confirmed_at else told_reason(reason, "--unconfirmed"),
        by=operator.email,
        at=desk.now,
        event=event,
    )
    desk.sweep()


@contextmanager
def _alone(desk: Desk, operator: Operator) -> Iterator[None]:
    """Hold the custody lock: a vault file is read, changed and written as a whole."""
    with desk.store.lock("custody", owner=operator.email):
        yield
