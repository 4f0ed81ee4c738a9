"""Who has the store open to write, and whether they still live: the ground under locks and open snapshots."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from auditor.errors import StoreError
from auditor.store.database import Database
from auditor.store.processes import Process, is_alive, this_process
from auditor.store.schema import holders

HEARTBEAT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """A holder as others see it."""

    process: Process
    since: datetime
    is_alive: bool


class Holder:
    """This store's own entry among the holders, with its heartbeat; made when first needed."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.id = secrets.token_hex(8)
        self.process = this_process()
        self._database = database
        self._clock = clock
        self._ending = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ensure(self) -> None:
        """Enter ourselves and start the heartbeat, unless that is done."""
        with self._starting:
            if self._thread is not None:
                return
            now = self._clock()
            with self._database.write() as connection:
                connection.execute(
                    holders.insert().values(
                        holder_id=self.id,
                        host=self.process.host,
                        pid=self.process.pid,
                        process_mark=self.process.mark,
                        since=now,
                        heartbeat_at=now,
                    )
                )
            self._thread = threading.Thread(target=self._beat, name="store-heartbeat", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the heartbeat and leave."""
        if self._thread is None:
            return
        self._ending.set()
        self._thread.join(timeout=HEARTBEAT_SECONDS)
        with self._database.write() as connection:
            connection.execute(holders.delete().where(holders.c.holder_id == self.id))

    def _beat(self) -> None:
        while not self._ending.wait(HEARTBEAT_SECONDS):
            self.beat()

    def beat(self) -> None:
        """Say that we live. A store that is busy or out of reach is told the next time."""
        try:
            with self._database.write() as connection:
                connection.execute(
                    holders.update().where(holders.c.holder_id == self.id).values(heartbeat_at=self._clock())
                )
        except StoreError:
            return


def look_up(connection: Connection, holder_id: str, now: datetime) -> Held | None:
    """Return the holder ``holder_id``; None where it has left."""
    row = connection.execute(select(holders).where(holders.c.holder_id == holder_id)).one_or_none()
    if row is None:
        return None
    process = Process(host=row.host, pid=row.pid, mark=row.process_mark)
    return Held(process, row.since, is_alive(process, heartbeat_at=row.heartbeat_at, now=now))


def holder_is_alive(connection: Connection, holder_id: str, now: datetime) -> bool:
    """Return whether ``holder_id`` is entered and lives."""
    held = look_up(connection, holder_id, now)
    return held is not None and held.is_alive


def bury(connection: Connection, now: datetime) -> None:
    """Remove the entries of the dead; what they held is then free."""
    for holder_id in connection.execute(select(holders.c.holder_id)).scalars().all():
        if not holder_is_alive(connection, holder_id, now):
            connection.execute(holders.delete().where(holders.c.holder_id == holder_id))
