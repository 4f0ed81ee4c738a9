"""The outbox: messages wait here until the other end has taken them, so that a crash loses none.

A message is claimed before it is handed over and marked sent after. A crash between the two leaves
it claimed by a dead process; it is then claimed again and sent once more, with the same Message-ID or
key, by which receivers know it for the same. So each is sent at least once, and never lost.

A way out (a channel and its target) whose other end is down is paused by itself: what leaves by another
does not wait for it, and what waits for it is not tried again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, or_, select, update

from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.holders import Holder, holder_is_alive
from auditor.store.records import OutboxEntry, OutboxMessage, OutboxPause, OutboxState
from auditor.store.schema import outbox
from auditor.store.schema_alerts import outbox_pauses
from auditor.vault import redact

LEASE = timedelta(minutes=15)
"""How long a claim by a process that lives holds: longer than the slowest dialogue with a server."""
_LONGEST_ERROR = 2_000
Numbers = list[int]
"""Places in the outbox."""


class Outbox:
    """The messages of one store."""

    def __init__(self, database: Database, holder: Holder, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._holder = holder
        self._clock = clock

    def enqueue(self, message: OutboxMessage) -> bool:
        """Take a message; False where one with its key or its Message-ID was taken before."""
        with self._database.write() as connection:
            return enqueue(connection, [message]) == 1

    def claim(self, limit: int = 20) -> tuple[OutboxMessage, ...]:
        """Take up to ``limit`` messages that are due for this process to send.

        Those tried least come first, of equals the oldest; ways that failed of late come last, and those
        that are paused not at all. Each must then be marked or released; one that is not is claimed again
        when this process is dead, or `LEASE` after now.
        """
        self._holder.ensure()
        now = self._clock()
        with self._database.write() as connection:
            numbers = self._due(connection, now, limit)
            if not numbers:
                return ()
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
            taken = connection.execute(select(outbox).where(outbox.c.seq.in_(numbers))).all()
        order = {number: place for place, number in enumerate(numbers)}
        return tuple(_message(row) for row in sorted(taken, key=lambda row: order[row.seq]))

    def release(self, message_ids: Collection[str]) -> None:
        """Give back messages that were claimed and not tried after all; it counts for no attempt."""
        if not message_ids:
            return
        with self._database.write() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.message_id.in_(message_ids))
                .where(outbox.c.state == OutboxState.CLAIMED, outbox.c.holder_id == self._holder.id)
                .values(
                    state=OutboxState.QUEUED,
                    holder_id=None,
                    claimed_at=None,
                    attempts=outbox.c.attempts - 1,
                )
            )

    def mark_sent(self, message_id: str) -> None:
        """Note that the other end has taken the message."""
        self._mark(message_id, state=OutboxState.SENT, sent_at=self._clock(), last_error="")

    def mark_failed(self, message_id: str, error: str, retry_at: datetime | None) -> None:
        """Note that the other end has not taken the message; None for ``retry_at``: it is given up."""
        self._mark(
            message_id,
            state=OutboxState.FAILED if retry_at is None else OutboxState.QUEUED,
            next_attempt_at=retry_at,
            last_error=redact(error)[:_LONGEST_ERROR],
        )

    def list(
        self, states: Iterable[OutboxState] | None = None, limit: int | None = None
    ) -> tuple[OutboxEntry, ...]:
        """Return messages without their bodies, newest first."""
        columns = [column for column in outbox.c if column.name in OutboxEntry.__dataclass_fields__]
        statement = select(*columns).order_by(outbox.c.seq.desc()).limit(limit)
        if states is not None:
            statement = statement.where(outbox.c.state.in_(list(states)))
        with self._database.read() as connection:
            return tuple(_entry(row) for row in connection.execute(statement))

    def of_keys(self, keys: Iterable[str]) -> tuple[OutboxEntry, ...]:
        """Return the messages with these keys, without their bodies."""
        columns = [column for column in outbox.c if column.name in OutboxEntry.__dataclass_fields__]
        statement = select(*columns).where(outbox.c.key.in_(sorted(set(keys))))
        with self._database.read() as connection:
            return tuple(_entry(row) for row in connection.execute(statement))

    def waiting(self) -> int:
        """Return how many messages are not sent and not given up."""
        statement = select(func.count()).where(outbox.c.state.in_((OutboxState.QUEUED, OutboxState.CLAIMED)))
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def is_due(self) -> bool:
        """Return whether `claim` would find something to send now; takes nothing and waits for nobody."""
        now = self._clock()
        with self._database.read() as connection:
            queued = select(outbox.c.seq).where(*_free(now)).limit(1)
            if connection.execute(queued).first() is not None:
                return True
            statement = select(outbox.c.holder_id, outbox.c.claimed_at)
            claimed = connection.execute(statement.where(outbox.c.state == OutboxState.CLAIMED)).all()
            alive: dict[str, bool] = {}
            return any(_is_lost(connection, row, now, alive) for row in claimed)

    def pause(self, way: tuple[str, str], reason: str, until: Callable[[int], datetime]) -> OutboxPause:
        """Send nothing by ``way`` for a while.

        Args:
            way: channel and target.
            reason: why; secrets are removed.
            until: the end of the pause, given how many there were in a row with this one.

        """
        channel, target = way
        with self._database.write() as connection:
            this = and_(outbox_pauses.c.channel == channel, outbox_pauses.c.target == target)
            before: int | None = connection.execute(select(outbox_pauses.c.failures).where(this)).scalar()
            failures = (before or 0) + 1
            said = redact(reason)[:_LONGEST_ERROR]
            values = {"until": until(failures), "failures": failures, "reason": said}
            statement = insert_or_leave(connection, outbox_pauses)
            connection.execute(statement, {"channel": channel, "target": target, **values})
            connection.execute(update(outbox_pauses).where(this).values(**values))
        return OutboxPause(
            channel=channel, target=target, until=until(failures), failures=failures, reason=said
        )

    def resume(self, way: tuple[str, str]) -> None:
        """Note that the other end of ``way`` takes messages again."""
        channel, target = way
        with self._database.write() as connection:
            connection.execute(
                delete(outbox_pauses).where(
                    outbox_pauses.c.channel == channel, outbox_pauses.c.target == target
                )
            )

    def pauses(self) -> tuple[OutboxPause, ...]:
        """Return the ways whose other end did not take the last messages, also those due to be tried again."""
        with self._database.read() as connection:
            statement = select(outbox_pauses).order_by(outbox_pauses.c.channel, outbox_pauses.c.target)
            return tuple(OutboxPause(**row._asdict()) for row in connection.execute(statement))

    def _due(self, connection: Connection, now: datetime, limit: int) -> Numbers:
        """Return the numbers of messages to claim, in the order to send them."""
        failures = select(outbox_pauses.c.failures).where(_same_way()).scalar_subquery()
        queued: list[int] = list(
            connection.execute(
                select(outbox.c.seq)
                .where(*_free(now))
                .order_by(func.coalesce(failures, 0), outbox.c.attempts, outbox.c.seq)
                .limit(limit)
                .with_for_update(skip_locked=True, of=outbox)
            ).scalars()
        )
        room = limit - len(queued)
        return queued + self._left_behind(connection, now, room) if room else queued

    def _left_behind(self, connection: Connection, now: datetime, limit: int) -> Numbers:
        """Return messages claimed by processes that are dead or hang, oldest first."""
        claimed = connection.execute(
            select(outbox.c.seq, outbox.c.holder_id, outbox.c.claimed_at)
            .where(outbox.c.state == OutboxState.CLAIMED)
            .order_by(outbox.c.seq)
            .with_for_update(skip_locked=True)
        ).all()
        alive: dict[str, bool] = {}
        return [row.seq for row in islice((r for r in claimed if _is_lost(connection, r, now, alive)), limit)]

    def _mark(self, message_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(outbox)
                .where(and_(outbox.c.message_id == message_id, outbox.c.state != OutboxState.SENT))
                .values(holder_id=None, claimed_at=None, **values)
            )


def enqueue(connection: Connection, messages: Sequence[OutboxMessage]) -> int:
    """Take messages within a transaction that is open, as `Outbox.enqueue` does; return how many are new."""
    statement = insert_or_leave(connection, outbox).returning(outbox.c.seq)
    taken = (connection.execute(statement, _new_row(message)).first() for message in messages)
    return sum(row is not None for row in taken)


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of a message that may be tried now."""
    return (
        outbox.c.state == OutboxState.QUEUED,
        or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now),
        ~exists(select(outbox_pauses.c.until).where(_same_way(), outbox_pauses.c.until > now)),
    )


def _same_way() -> ColumnElement[bool]:
    return and_(outbox_pauses.c.channel == outbox.c.channel, outbox_pauses.c.target == outbox.c.target)


def _is_lost(connection: Connection, row: Any, now: datetime, alive: dict[str, bool]) -> bool:
    if row.claimed_at is None or now - row.claimed_at >= LEASE:
        return True
    if row.holder_id not in alive:
        alive[row.holder_id] = holder_is_alive(connection, row.holder_id, now)
    return not alive[row.holder_id]


def _new_row(message: OutboxMessage) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "key": message.key,
        "kind": message.kind,
        "recipients": list(message.recipients),
        "subject": message.subject,
        "raw": message.raw,
        "created_at": message.created_at,
        "channel": message.channel,
        "target": message.target,
        "content_type": message.content_type,
        "due_at": message.due_at,
        "next_attempt_at": message.due_at,
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
        channel=row.channel,
        target=row.target,
        content_type=row.content_type,
        due_at=row.due_at,
        attempts=row.attempts,
    )


def _entry(row: Row[Any]) -> OutboxEntry:
    values = row._asdict()
    return OutboxEntry(
        **{**values, "recipients": tuple(row.recipients), "state": OutboxState(row.state)},
    )
