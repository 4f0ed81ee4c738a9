"""The journal of events to a SIEM: each event to each sink at least once, in order.

A sink's place in the journal is a cursor that moves on only when a batch has been taken. A sink that is
down keeps its place and holds up no other; what a crash cut short is sent again, under the same
``metadata.uid``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.app.workspace import Workspace
from auditor.config import SiemSink
from auditor.errors import DeliveryError, StoreError
from reports.ocsf_events import Origin, event_line

if TYPE_CHECKING:
    from auditor.delivery.jsonl import JsonLinesFile
    from auditor.delivery.syslog import Syslog
    from auditor.model.event import Event
    from auditor.store import Store

BATCH = 500
"""Events handed over at once: of what a crash repeats, the most."""
Way = Callable[[Sequence["Event"]], None]


@dataclass(frozen=True, slots=True)
class SinkState:
    """Where one sink stands."""

    name: str
    sent: int
    """Events it has taken in this call."""
    waiting: int
    """Events in the journal that it has not got."""
    waiting_since: datetime | None
    """When the oldest of them happened."""
    trouble: str = ""
    """Why they wait, where it is known."""
    remedy: str = ""


def siem_due(
    workspace: Workspace, store: Store, *, stop: Callable[[], bool] = lambda: False
) -> tuple[SinkState, ...]:
    """Send every sink what it has not got; return where each stands then.

    Args:
        workspace: says which sinks there are.
        store: has the journal and each sink's place in it.
        stop: asked before each batch; once it says yes the rest waits for a later call.

    Raises:
        StoreError: the store itself cannot be read.

    """
    return tuple(_send(workspace, store, sink, stop) for sink in workspace.config.siem)


def siem_status(workspace: Workspace, store: Store, *, check: bool = False) -> tuple[SinkState, ...]:
    """Return where each sink stands; with ``check`` its way is tried, without sending anything."""
    return tuple(
        _state(store, sink, 0, trouble_with(workspace, sink) if check else None)
        for sink in workspace.config.siem
    )


def trouble_with(workspace: Workspace, sink: SiemSink) -> DeliveryError | None:
    """Return why nothing can be handed to a sink; nothing is sent, but a file that is not there is made."""
    try:
        _way_of(workspace, sink)([])
    except DeliveryError as error:
        return error
    return None


def _send(workspace: Workspace, store: Store, sink: SiemSink, stop: Callable[[], bool]) -> SinkState:
    sent = 0
    trouble: DeliveryError | StoreError | None = None
    reader = reader_of(sink)
    try:
        # One at a time, else two processes would send the same batch, and out of order.
        with store.lock(reader, owner="auditor siem"):
            hand_over = _way_of(workspace, sink)
            while not stop() and (batch := store.events.after(store.events.cursor(reader) or 0, BATCH)):
                hand_over(batch)
                store.events.advance(reader, batch[-1].seq or 0)
                sent += len(batch)
    except (DeliveryError, StoreError) as error:
        trouble = error
    return _state(store, sink, sent, trouble)


def _state(store: Store, sink: SiemSink, sent: int, trouble: DeliveryError | StoreError | None) -> SinkState:
    done = store.events.cursor(reader_of(sink)) or 0
    oldest = store.events.after(done, 1)
    return SinkState(
        name=sink.key,
        sent=sent,
        waiting=store.events.count_after(done) if oldest else 0,
        waiting_since=oldest[0].at if oldest else None,
        trouble=trouble.message if trouble else "",
        remedy=trouble.remedy if trouble else "",
    )


def reader_of(sink: SiemSink) -> str:
    """Return under which name a sink keeps its place in the journal."""
    return f"siem:{sink.key}"


def _way_of(workspace: Workspace, sink: SiemSink) -> Way:
    """Return what hands a batch over; raises DeliveryError where its settings cannot be used."""
    origin = Origin(workspace.config.organization.name, __version__)
    if sink.file is not None:
        from auditor.delivery.jsonl import JsonLinesFile

        return partial(_to_file, JsonLinesFile(workspace.loaded.resolve(sink.file)), origin)
    from auditor.delivery.syslog import Syslog

    syslog = Syslog(
        sink.syslog or "",
        ca_file=workspace.loaded.resolve(sink.ca_file) if sink.ca_file else None,
        allow_plain=sink.allow_plain,
        wait_for_close=sink.wait_for_close,
        timeout=sink.timeout.total_seconds(),
    )
    return partial(_to_syslog, syslog, origin)


def _to_file(file: JsonLinesFile, origin: Origin, batch: Sequence[Event]) -> None:
    file.append([event_line(event, origin).encode("utf-8") for event in batch])


def _to_syslog(syslog: Syslog, origin: Origin, batch: Sequence[Event]) -> None:
    from auditor.delivery.syslog_format import SyslogMessage

    syslog.send_all(
        [
            SyslogMessage(event_line(event, origin), event.at, event.kind.value, event.severity)
            for event in batch
        ]
    )
