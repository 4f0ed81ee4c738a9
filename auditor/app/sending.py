"""Sending what is due: each message at least once, and none held up by another's receiver.

A way (channel and target) whose other end fails twice in a row is paused for a little longer each time,
up to `_LONGEST_PAUSE`; its messages wait untried meanwhile, so that an outage uses up no attempts and ends
for all of them at once. A message is given up when its receiver refuses it for good, or `GIVE_UP_AFTER` it
was first due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.channels import Ways
from auditor.app.workspace import Workspace
from auditor.errors import AuditorError, ConfigError, DeliveryError, SecretUnavailable, StoreError
from auditor.model.alert import Channel
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity

if TYPE_CHECKING:
    from auditor.store import OutboxMessage, Store

GIVE_UP_AFTER = timedelta(hours=72)
_AT_LEAST = 3
"""Attempts before a message is given up by its age: a machine may have slept for days."""
_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=6)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=5)
_STRIKES = 2
"""Failures in a row after which the way, not the message, is held to be at fault."""
ALERT = "alert"
"""Kind of the messages whose loss somebody must be told of."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages that were due."""

    sent: int
    waiting: tuple[str, ...]
    """Why each that was tried and still waits could not be sent."""
    failed: tuple[str, ...]
    """Why each that was given up could not be sent."""
    untried: int = 0
    """Messages that wait for their time, or for a way that is paused."""


def send_due(workspace: Workspace, store: Store, *, stop: Callable[[], bool] = lambda: False) -> Sent:
    """Send every message that is due; what is refused for now waits for a later call.

    Args:
        workspace: says where each way leads and resolves its secrets.
        store: holds the outbox.
        stop: asked before each message; once it says yes the rest is given back at once.

    Raises:
        SecretUnavailable: the password for mail cannot be resolved; every mail stays in the outbox, and
            what leaves by other ways has left.
        ConfigError: there is mail and no way to send it.

    """
    sending = _Sending(workspace, store)
    while not stop() and (batch := store.outbox.claim()):
        sending.send(batch, stop)
    if sending.mail_trouble is not None:
        raise sending.mail_trouble
    return sending.result()


class _Sending:
    """One call of `send_due`."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self._workspace = workspace
        self._store = store
        self._ways = Ways(workspace)
        self._strikes: Counter[tuple[str, str]] = Counter()
        self._ailing = {(one.channel, one.target) for one in store.outbox.pauses()}
        self._paused: set[tuple[str, str]] = set()
        self._sent = 0
        self._waiting: list[str] = []
        self._failed: list[str] = []
        self.mail_trouble: AuditorError | None = None
        """Why no mail at all could be sent, for the caller to hear of."""

    def send(self, batch: Sequence[OutboxMessage], stop: Callable[[], bool]) -> None:
        """Try the messages in order; give back those not tried, also when we are stopped midway."""
        untried = list(batch)
        left: list[str] = []
        try:
            while untried and not stop():
                message = untried.pop(0)
                if message.way in self._paused:
                    left.append(message.message_id)
                else:
                    self._try(message)
        finally:
            # A store that is out of reach frees them when their claim lapses.
            with suppress(StoreError):
                self._store.outbox.release([*left, *(message.message_id for message in untried)])

    def result(self) -> Sent:
        """Return what became of them all."""
        untried = max(0, self._store.outbox.waiting() - len(self._waiting))
        return Sent(self._sent, tuple(self._waiting), tuple(self._failed), untried)

    def _try(self, message: OutboxMessage) -> None:
        way = message.way
        try:
            sender = self._ways.of(way)
        except (ConfigError, SecretUnavailable, DeliveryError) as error:
            if way[0] == Channel.MAIL:
                self.mail_trouble = error
            self._way_fails(message, error)
            return
        try:
            sender.send(message)
        except DeliveryError as error:
            self._strikes[way] += 1
            is_strike = self._strikes[way] >= _STRIKES or way in self._ailing
            if error.of_way or (error.temporary and not error.retry and is_strike):
                self._way_fails(message, error)
            else:
                self._message_fails(message, error)
            return
        self._store.outbox.mark_sent(message.message_id)
        self._sent += 1
        self._strikes.pop(way, None)
        if way in self._ailing:
            self._ailing.remove(way)
            self._store.outbox.resume(way)

    def _way_fails(self, message: OutboxMessage, error: AuditorError) -> None:
        """Pause the way; the message is due again when the pause ends, unless it is too old."""
        pause = self._store.outbox.pause(message.way, str(error), self._pause_until(error))
        self._paused.add(message.way)
        self._ailing.add(message.way)
        self._note(message, error, None if self._is_too_old(message) else pause.until)

    def _message_fails(self, message: OutboxMessage, error: DeliveryError) -> None:
        """Let the message alone wait, longer each time; or give it up."""
        gives_up = not error.temporary or self._is_too_old(message)
        wait = max(_pause(message.attempts, _FIRST_RETRY, _LAST_RETRY), _asked_for(error))
        self._note(message, error, None if gives_up else self._workspace.clock() + wait)

    def _note(self, message: OutboxMessage, error: AuditorError, retry_at: datetime | None) -> None:
        if retry_at is None and message.kind == ALERT:
            # Told before it is marked: a crash in between tells it again under the same key.
            self._store.events.append([_undelivered(message, error, self._workspace.clock())])
        self._store.outbox.mark_failed(message.message_id, str(error), retry_at)
        (self._failed if retry_at is None else self._waiting).append(str(error))

    def _is_too_old(self, message: OutboxMessage) -> bool:
        age = self._workspace.clock() - (message.due_at or message.created_at)
        return age >= GIVE_UP_AFTER and message.attempts >= _AT_LEAST

    def _pause_until(self, error: AuditorError) -> Callable[[int], datetime]:
        now, asked = self._workspace.clock(), _asked_for(error)
        return lambda failures: now + max(_pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE), asked)


def _pause(tries: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after ``tries`` attempts: twice as long each time."""
    return min(first * (1 << min(tries - 1, 20)), longest) if tries > 0 else first


def _asked_for(error: AuditorError) -> timedelta:
    """Return how long the receiver asked to be left alone."""
    seconds = error.retry_after if isinstance(error, DeliveryError) else None
    return timedelta(seconds=seconds or 0)


def _undelivered(message: OutboxMessage, error: AuditorError, now: datetime) -> Event:
    who = ", ".join(message.recipients) or message.target
    return Event(
        key=f"alert.undelivered:{message.key}",
        kind=EventKind.ALERT_UNDELIVERED,
        at=now,
        severity=Severity.HIGH,
        subject_id=message.target or message.channel,
        message=f"An alert did not reach {who} by {message.channel} and was given up: {error}",
        after={"subject": message.subject, "channel": message.channel, "target": message.target},
    )
