"""A run to be killed: collects one snapshot after another until somebody ends it.

It says ``ready`` once it holds the lock and has begun. Told to ``hold`` it only holds the lock and an open
snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection

from auditor.model.facts import Fact
from auditor.store.records import OutboxMessage
from auditor.store.store import Store
from tests.store.support_store import META, ORGANIZATION, grant, principal
from tests.support import NOW

GRANTS = 7_000
PRINCIPALS = 50


def facts() -> Iterator[Fact]:
    """Yield what every snapshot of such a run holds."""
    yield from (grant(number) for number in range(GRANTS))
    yield from (principal(number) for number in range(PRINCIPALS))


def main(url: str, mode: str, begun: Connection) -> None:
    """Collect until killed."""
    store = Store.open(url, organization=ORGANIZATION, clock=lambda: NOW)
    with ExitStack() as stack:
        stack.enter_context(store.lock("collect", owner="killed run"))
        store.recover()
        round_ = 0
        while True:
            writer = store.begin_snapshot(NOW, [META])
            writer.add(facts())
            if round_ == 0:
                begun.send("ready")
            if mode == "hold":
                time.sleep(600)
            for number in range(200):
                writer.evidence.put({"round": round_, "number": number}, kind="test")
            info = writer.finish(NOW, [META])
            store.outbox.enqueue(
                OutboxMessage(
                    message_id=f"<{info.id}@auditor.example>",
                    key=info.id,
                    kind="report",
                    recipients=("privacy@riverside.example",),
                    subject=info.id,
                    raw=b"x",
                    created_at=NOW,
                )
            )
            round_ += 1
