"""The desk at which seeds are handed in and codes given out: who may do what, and what is told of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.app.custody_accounts import CustodyAccount, find
from auditor.app.custody_people import (
    Operator,
    check_standing,
    custody_section,
    is_among,
    operator_of,
    os_user,
)
from auditor.app.workspace import Workspace
from auditor.errors import CustodyError, SecretUnavailable
from auditor.model.custody import SeedRecord, SeedState
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.vault.seedbox import SeedBox

if TYPE_CHECKING:
    from auditor.store import Store


class Desk:
    """One organisation's desk: its configuration, its store, its vault."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self.workspace = workspace
        self.store = store
        self.section = custody_section(workspace)
        self.box = SeedBox(workspace.secrets)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.workspace.clock()

    @cached_property
    def _operator(self) -> Operator:
        operator = operator_of(self.section)
        return replace(operator, person_id=check_standing(self.workspace, self.store, operator))

    def account(self, text: str) -> CustodyAccount:
        """Return the account meant; raises UsageError or CustodyError."""
        return find(self.store, text)

    def reader(self, account: CustodyAccount) -> Operator:
        """Return who is at the keyboard, if they may have codes of ``account``.

        Raises:
            CustodyError: they may not, or it is not certain; the journal tells of it.

        """
        return self._admitted(account, self.section.readers_of(account.names), "have its codes")

    def keeper(self, account: CustodyAccount) -> Operator:
        """Return who is at the keyboard, if they may enroll, rotate and retire seeds of ``account``.

        Raises:
            CustodyError: they may not, or it is not certain; the journal tells of it.

        """
        allowed = self.section.keepers or self.section.readers_of(account.names)
        return self._admitted(account, allowed, "enroll, rotate or retire its seed")

    def in_force(self, account: CustodyAccount) -> SeedRecord | None:
        """Return the account's seed in force."""
        return self._in_state(account, SeedState.ACTIVE)

    def waiting(self, account: CustodyAccount) -> SeedRecord | None:
        """Return the account's new seed that awaits confirmation."""
        return self._in_state(account, SeedState.PENDING)

    def awaited(self, account: CustodyAccount) -> SeedRecord:
        """Return what `waiting` does; raises CustodyError where no new seed waits."""
        record = self.waiting(account)
        if record is None:
            raise CustodyError(
                f"no new seed of {account.shown} awaits confirmation.", remedy="See 'auditor mfa list'."
            )
        return record

    def note_readers(self, account: CustodyAccount, seed_id: str, also: str) -> None:
        """Note who can read a seed now, the person at the keyboard among them."""
        self.store.custody.note_readers({seed_id: (*self.section.readers_of(account.names), also)}, self.now)

    def sweep(self) -> None:
        """Have the vault forget what is retired; a vault that is not within reach keeps it for another day."""
        for record in self.store.custody.seeds():
            if record.state is not SeedState.RETIRED or record.forgotten_at is not None:
                continue
            try:
                gone = self.box.forget(record.seed_id) or not record.place
            except SecretUnavailable:
                continue
            if gone:
                self.store.custody.forgotten(record.seed_id, self.now)

    def event(
        self, kind: EventKind, key: str, account: CustodyAccount, operator: Operator, message: str,
        *, severity: Severity = Severity.INFO, seed_id: str | None = None,
    ) -> Event:  # fmt: skip
        """Return what the journal is told."""
        return Event(
            key=f"{kind.value}:{key}",
            kind=kind,
            at=self.now,
            message=message,
            severity=severity,
            platform=account.platform,
            account_id=account.account_id,
            person_id=operator.person_id,
            subject_id=seed_id,
            actor=operator.email,
        )

    def _in_state(self, account: CustodyAccount, state: SeedState) -> SeedRecord | None:
        seeds = self.store.custody.seeds(account.account_id)
        return next((record for record in seeds if record.state is state), None)

    def _admitted(self, account: CustodyAccount, allowed: tuple[str, ...], what: str) -> Operator:
        try:
            operator = self._operator
            if not is_among(operator.email, allowed, self.workspace.config.organization):
                raise CustodyError(
                    f"{operator.email} may not {what}: {account.shown}.",
                    remedy="Who may stands under 'custody:' in auditor.yaml.",
                )
        except CustodyError as refusal:
            self._tell_refusal(account, refusal)
            raise
        return operator

    def _tell_refusal(self, account: CustodyAccount, refusal: CustodyError) -> None:
        user = os_user()
        email = self.section.operators.get(user, "")
        who = Operator(email or user, user, "")
        message = f"{who.email} asked custody for {account.shown} and was refused: {refusal.message}"
        # Each attempt is told, of the same ones the first in each second: a loop of them is not a full disk.
        what = hashlib.blake2b(refusal.message.encode(), digest_size=6).hexdigest()
        key = f"{account.account_id}:{user}:{self.now:%Y%m%dT%H%M%S}:{what}"
        event = self.event(EventKind.SEED_REFUSED, key, account, who, message, severity=Severity.HIGH)
        self.store.events.append([event])
