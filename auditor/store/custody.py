"""What the store keeps of seeds in custody: each seed's life and every use of it, never a seed.

A seed is entered as pending before the vault is given it, and comes into force in one transaction
that retires the one before it and tells of it. So whatever a kill cuts short, no seed lies in a vault
that the store does not know of, and an account is never without the seed that was last in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from auditor.errors import CustodyError
from auditor.model.custody import SeedReader, SeedRecord, SeedState, SeedUse
from auditor.model.event import Event
from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.events import append
from auditor.store.schema_custody import custody_readers, custody_seeds, custody_uses

_SEED = tuple(field.name for field in fields(SeedRecord))
_USE = tuple(field.name for field in fields(SeedUse))
_AGAIN = "Somebody else changed it meanwhile: look at 'auditor mfa list' and try again."


class Custody:
    """Seeds of one store, as far as the store knows them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seeds(self, account_id: str | None = None) -> tuple[SeedRecord, ...]:
        """Return every seed there is or was, of one account or of all, the newest first."""
        statement = select(*(custody_seeds.c[name] for name in _SEED))
        if account_id is not None:
            statement = statement.where(custody_seeds.c.account_id == account_id)
        statement = statement.order_by(custody_seeds.c.enrolled_at.desc(), custody_seeds.c.seed_id)
        with self._database.read() as connection:
            return tuple(_seed(row) for row in connection.execute(statement))

    def begin(self, record: SeedRecord) -> tuple[str, ...]:
        """Enter a pending seed. One that was pending for the account before gives way to it and is returned.

        Raises:
            CustodyError: the seed it is to replace is no longer the one in force.

        """
        with self._database.write() as connection:
            if _in_slot(connection, record.account_id, SeedState.ACTIVE) != record.replaces:
                raise CustodyError("the account's seed is no longer the one it was.", remedy=_AGAIN)
            before = _in_slot(connection, record.account_id, SeedState.PENDING)
            if before is not None:
                _retire(
                    connection,
                    before,
                    record.enrolled_at,
                    record.enrolled_by,
                    "given up before it came into force",
                )
            values = {name: getattr(record, name) for name in _SEED}
            values |= {"state": SeedState.PENDING.value, "slot": _slot(record.account_id, SeedState.PENDING)}
            connection.execute(insert(custody_seeds), values)
            return () if before is None else (before,)

    def placed(self, seed_id: str, place: str) -> None:
        """Note where the vault keeps a seed."""
        with self._database.write() as connection:
            connection.execute(
                update(custody_seeds).where(custody_seeds.c.seed_id == seed_id).values(place=place)
            )

    def activate(
        self,
        record: SeedRecord,
        *,
        confirmed_at: datetime | None,
        reason: str,
        by: str,
        at: datetime,
        event: Event,
    ) -> None:
        """Bring a pending seed into force, retire the one it replaces, and tell of it: all or nothing.

        Raises:
            CustodyError: it is not pending any more, or another seed came into force meanwhile.

        """
        with self._database.write() as connection:
            if _in_slot(connection, record.account_id, SeedState.ACTIVE) != record.replaces:
                raise CustodyError("the account's seed is no longer the one it was.", remedy=_AGAIN)
            if record.replaces is not None:
                _retire(connection, record.replaces, at, by, "replaced by a new seed")
            changed = connection.execute(
                update(custody_seeds)
                .where(
                    custody_seeds.c.seed_id == record.seed_id,
                    custody_seeds.c.state == SeedState.PENDING.value,
                )
                .values(
                    state=SeedState.ACTIVE.value,
                    slot=_slot(record.account_id, SeedState.ACTIVE),
                    confirmed_at=confirmed_at,
                    unconfirmed_reason=reason,
                )
            ).rowcount
            if changed != 1:
                raise CustodyError("the new seed was given up meanwhile.", remedy=_AGAIN)
            append(connection, [event])

    def retire(self, seed_id: str, *, by: str, at: datetime, reason: str, event: Event | None = None) -> None:
        """Take a seed out of force; its record and its uses stay."""
        with self._database.write() as connection:
            _retire(connection, seed_id, at, by, reason)
            append(connection, [event] if event else [])

    def forgotten(self, seed_id: str, at: datetime) -> None:
        """Note that no vault within reach holds a retired seed any more."""
        with self._database.write() as connection:
            connection.execute(
                update(custody_seeds).where(custody_seeds.c.seed_id == seed_id).values(forgotten_at=at)
            )

    def record_use(self, use: SeedUse, event: Event) -> SeedUse | None:
        """Record that a code is given out; return the last use that gave the very same code."""
        same = (
            select(*(custody_uses.c[name] for name in _USE))
            .where(custody_uses.c.seed_id == use.seed_id, custody_uses.c.step == use.step)
            .order_by(custody_uses.c.at.desc())
            .limit(1)
        )
        with self._database.write() as connection:
            before = connection.execute(same).one_or_none()
            connection.execute(insert(custody_uses), {name: getattr(use, name) for name in _USE})
            append(connection, [event])
        return None if before is None else _use(before)

    def uses(self, account_id: str | None = None) -> tuple[SeedUse, ...]:
        """Return every use, of one account or of all, the newest first."""
        statement = select(*(custody_uses.c[name] for name in _USE))
        if account_id is not None:
            statement = statement.where(custody_uses.c.account_id == account_id)
        with self._database.read() as connection:
            found = connection.execute(statement.order_by(custody_uses.c.at.desc(), custody_uses.c.use_id))
            return tuple(_use(row) for row in found)

    def note_readers(self, readers: Mapping[str, Iterable[str]], at: datetime) -> None:
        """Note who can read each seed at ``at``; whoever could before stays noted."""
        rows = [
            {"seed_id": seed_id, "email": email, "first_at": at, "last_at": at}
            for seed_id, emails in readers.items()
            for email in dict.fromkeys(emails)
        ]
        if not rows:
            return
        with self._database.write() as connection:
            connection.execute(insert_or_leave(connection, custody_readers), rows)
            for row in rows:
                connection.execute(
                    update(custody_readers)
                    .where(
                        custody_readers.c.seed_id == row["seed_id"],
                        custody_readers.c.email == row["email"],
                        custody_readers.c.last_at < at,
                    )
                    .values(last_at=at)
                )

    def readers(self) -> dict[str, tuple[SeedReader, ...]]:
        """Return each seed's readers, those of the past among them, in the order they came."""
        statement = select(custody_readers).order_by(custody_readers.c.first_at, custody_readers.c.email)
        found: dict[str, tuple[SeedReader, ...]] = {}
        with self._database.read() as connection:
            for row in connection.execute(statement):
                reader = SeedReader(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
                found[reader.seed_id] = (*found.get(reader.seed_id, ()), reader)
        return found


def _slot(account_id: str, state: SeedState) -> str:
    """Return what no two seeds may share: an account's id may be longer than an index takes."""
    return f"{hashlib.sha256(account_id.encode('utf-8', 'replace')).hexdigest()}:{state.value}"


def _in_slot(connection: Connection, account_id: str, state: SeedState) -> str | None:
    statement = select(custody_seeds.c.seed_id).where(custody_seeds.c.slot == _slot(account_id, state))
    found: str | None = connection.execute(statement).scalar()
    return found


def _retire(connection: Connection, seed_id: str, at: datetime, by: str, reason: str) -> None:
    connection.execute(
        update(custody_seeds)
        .where(custody_seeds.c.seed_id == seed_id, custody_seeds.c.state != SeedState.RETIRED.value)
        .values(state=SeedState.RETIRED.value, slot=None, retired_at=at, retired_by=by, retired_reason=reason)
    )


def _seed(row: Row[Any]) -> SeedRecord:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return SeedRecord(**values | {"state": SeedState(values["state"])})


def _use(row: Row[Any]) -> SeedUse:
    return SeedUse(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
