"""One of a kind at a time: named locks that a dead holder does not keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from auditor.errors import StoreError
from auditor.store.database import Database
from auditor.store.holders import Holder, look_up
from auditor.store.schema import locks


@dataclass(frozen=True, slots=True)
class LockGrant:
    """A lock that is ours."""

    name: str
    taken_over_since: datetime | None = None
    """When the dead holder it was taken from had begun; None: it was free."""


@contextmanager
def hold(
    database: Database, holder: Holder, clock: Callable[[], datetime], name: str, owner: str
) -> Iterator[LockGrant]:
    """Hold the lock ``name`` on behalf of ``owner``, such as ``auditor collect``.

    Raises:
        StoreError: somebody who lives has it; names the machine, the process and the time.

    """
    holder.ensure()
    grant = _acquire(database, holder, clock(), name, owner)
    try:
        yield grant
    finally:
        # A lock that cannot be given back (the disk is full) falls free when this process ends.
        with suppress(StoreError), database.write() as connection:
            connection.execute(delete(locks).where(locks.c.name == name, locks.c.holder_id == holder.id))


def _acquire(database: Database, holder: Holder, now: datetime, name: str, owner: str) -> LockGrant:
    with database.write() as connection:
        before = _displace(connection, name, now)
        try:
            connection.execute(locks.insert().values(name=name, holder_id=holder.id, owner=owner, since=now))
        except IntegrityError:
            raise StoreError(
                "Another run began at this very moment.", remedy="Wait until it is done and run again."
            ) from None
    return LockGrant(name, before)


def _displace(connection: Connection, name: str, now: datetime) -> datetime | None:
    row = connection.execute(select(locks).where(locks.c.name == name).with_for_update()).one_or_none()
    if row is None:
        return None
    held = look_up(connection, row.holder_id, now)
    if held is not None and held.is_alive:
        raise StoreError(
            f"Another run is under way since {row.since:%Y-%m-%d %H:%M} UTC "
            f"({row.owner} on {held.process.host}, process {held.process.pid}).",
            remedy="Wait until it is done, or end that process and run again.",
        )
    connection.execute(delete(locks).where(locks.c.name == name))
    since: datetime = row.since
    return since
