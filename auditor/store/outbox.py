"""The outbox: mails wait here until SMTP has taken them, so that a crash loses none.

A mail is claimed before it is handed to SMTP and marked sent after. A crash between the two leaves
it claimed by a dead process; it is then claimed again and sent once more, with the same Message-ID,
by which receivers know it for the same mail. So a mail is sent at least once, and never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.holders import Holder, holder_is_alive
from auditor.store.records import OutboxEntry, OutboxMessage, OutboxState
from auditor.store.schema import outbox
from auditor.vault import redact

LEASE = timedelta(minutes=15)
"""How long a claim by a process that lives holds: longer than the slowest SMTP dialogue."""
_LONGEST_ERROR = 2_000
_CLAIMABLE = (OutboxState.QUEUED, OutboxState.CLAIMED)


class Outbox:
    """The mails of one store."""

    def __init__(self, database: Database, holder: Holder, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._holder = holder
        self._clock = clock

    def enqueue(self, message: OutboxMessage) -> bool:
        """Take a mail; False where one with its key or its Message-ID was taken before."""
        with self._database.write() as connection:
            statement = insert_or_leave(connection, outbox).returning(outbox.c.seq)
            return connection.execute(statement, _new_row(message)).first() is not None

    def claim(self, limit: int = 20) -> tuple[OutboxMessage, ...]:
        """Take up to ``limit`` mails that are due, oldest first, for this process to send.

        Each must then be marked; one that is not is claimed again when this process is dead, or
        `LEASE` after now.
        """
        self._holder.ensure()
        now = self._clock()
        with self._database.write() as connection:
            due = connection.execute(
                select(outbox.c.seq, outbox.c.state, outbox.c.holder_id, outbox.c.claimed_at)
                .where(outbox.c.state.in_(_CLAIMABLE))
                .where(or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now))
                .order_by(outbox.c.seq)
                .with_for_update(skip_locked=True)
            ).all()
            free = (row.seq for row in due if self._is_free(connection, row, now))
            numbers = list(islice(free, limit))
            connection.execute(
                update(outbox)
                .where(outbox.c.seq.in_(numbers))
                .values(
                    state=OutboxState.CLAIMED,
                    holder_id=self._holder.id,
                    claimed_at=now,
                    attempts=outbox.c.attempts + 1,
                )
            )
            taken = connection.execute(
                select(outbox).where(outbox.c.seq.in_(numbers)).order_by(outbox.c.seq)
            ).all()
        return tuple(_message(row) for row in taken)

    def mark_sent(self, message_id: str) -> None:
        """Note that SMTP has taken the mail."""
        self._mark(message_id, state=OutboxState.SENT, sent_at=self._clock(), last_error="")

    def mark_failed(self, message_id: str, error: str, retry_at: datetime | None) -> None:
        """Note that SMTP has not taken the mail; None for ``retry_at``: it is given up."""
        self._mark(
            message_id,
            state=OutboxState.FAILED if retry_at is None else OutboxState.QUEUED,
            next_attempt_at=retry_at,
            last_error=redact(error)[:_LONGEST_ERROR],
        )

    def list(
        self, states: Iterable[OutboxState] | None = None, limit: int | None = None
    ) -> tuple[OutboxEntry, ...]:
        """Return mails without their bodies, newest first."""
        columns = [column for column in outbox.c if column.name in OutboxEntry.__dataclass_fields__]
        statement = select(*columns).order_by(outbox.c.seq.desc()).limit(limit)
        if states is not None:
            statement = statement.where(outbox.c.state.in_(list(states)))
        with self._database.read() as connection:
            return tuple(_entry(row) for row in connection.execute(statement))

    def _is_free(self, connection: Connection, row: Any, now: datetime) -> bool:
        if row.state == OutboxState.QUEUED:
            return True
        lapsed = row.claimed_at is None or now - row.claimed_at >= LEASE
        return lapsed or not holder_is_alive(connection, row.holder_id, now)

    def _mark(self, message_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(outbox)
                .where(and_(outbox.c.message_id == message_id, outbox.c.state != OutboxState.SENT))
                .values(holder_id=None, claimed_at=None, **values)
            )


def _new_row(message: OutboxMessage) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "key": message.key,
        "kind": message.kind,
        "recipients": list(message.recipients),
        "subject": message.subject,
        "raw": message.raw,
        "created_at": message.created_at,
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "last_error": "",
    }


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        message_id=row.message_id,
        key=row.key,
        kind=row.kind,
        recipients=tuple(row.recipients),
        subject=row.subject,
        raw=bytes(row.raw),
        created_at=row.created_at,
    )


def _entry(row: Row[Any]) -> OutboxEntry:
    values = row._asdict()
    return OutboxEntry(
        **{**values, "recipients": tuple(row.recipients), "state": OutboxState(row.state)},
    )
