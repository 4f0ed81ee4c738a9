"""A scenario played twice: undisturbed, and with kills at random moments. Both must end alike."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select

from auditor.app.workspace import Workspace
from auditor.store.schema import evidence_uses, fact_tables, snapshots
from auditor.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
_HEARS_AFTER = 0.1
_PAUSE = timedelta(minutes=20)
"""Between two attempts, by the scenario's clock: longer than any lease or pause in the outbox."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a daemon does, and what happens in the world before it."""

    name: str
    """A key of `tests.chaos.worker.STEPS`."""
    before: Callable[[], None] = lambda: None
    at: datetime | None = None
    """When it happens, where time has passed since the step before."""


class PostOffice:
    """A real SMTP server that counts what it took, by Message-ID."""

    def __init__(self, port: int = 0) -> None:
        self.taken: list[tuple[str, str, str]] = []
        """Message-ID, recipient, subject."""
        self._controller = _FreePort(self, hostname="127.0.0.1", port=port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address for ``reports.mail.smtp``."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._controller.port
        return port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Take the mail; the sender hears of it a little later, and may be gone by then."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        for recipient in envelope.rcpt_tos:
            self.taken.append((str(mail["Message-ID"]), recipient, str(mail["Subject"])))
        await asyncio.sleep(_HEARS_AFTER)
        return "250 taken"


class _FreePort(Controller):  # type: ignore[misc] # aiosmtpd has no types
    """A controller that takes whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass(slots=True)
class Outcome:
    """What a scenario came to."""

    findings: dict[str, tuple[str, str]]
    """Of the newest snapshot: fingerprint to rule and verdict."""
    lives: dict[str, str]
    """Fingerprint to whether it is open, resolved ..."""
    happened: Counter[tuple[str, str, str, str]]
    """Kind of event, fingerprint, person and account; how many are in the journal."""
    mails: Counter[tuple[str, str]]
    """Recipient and subject; how many different Message-IDs the server took."""
    doubled: int
    """Mails the server took more than once."""
    kills: int = 0
    told: list[str] = field(default_factory=list)
    """Which step each kill met, and how far into it, in seconds."""
    seconds: dict[int, float] = field(default_factory=dict)
    """How long each step took where nothing disturbed it."""


class Workers:
    """The process that forks the work."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environ},
            text=True,
        )

    def run(self, step: str, config: Path, now: datetime, kill_after: float | None = None) -> int:
        """Run a step; kill it after so many seconds unless it is done by then. Return how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        seconds = "never" if kill_after is None else f"{kill_after:.4f}"
        self._process.stdin.write(f"{step} {config} {now.isoformat()} {seconds}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline().split()[1])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@contextmanager
def workers(environ: dict[str, str]) -> Iterator[Workers]:
    """Run the forking process for a ``with`` block."""
    started = Workers(environ)
    try:
        yield started
    finally:
        started.close()


def undisturbed(
    steps: Sequence[Step], config: Path, start: datetime, hands: Workers, post: PostOffice
) -> Outcome:
    """Play the scenario once without a kill."""
    now, seconds = start, {}
    for number, step in enumerate(steps):
        step.before()
        now = step.at or now
        began = time.monotonic()
        assert hands.run(step.name, config, now) == 0, f"{step.name} fails by itself"
        seconds[number] = time.monotonic() - began
        now += _PAUSE
    outcome = outcome_of(config, now, post)
    outcome.seconds = seconds
    return outcome


def disturbed(
    steps: Sequence[Step],
    config: Path,
    start: datetime,
    hands: Workers,
    post: PostOffice,
    *,
    dice: random.Random,
    kills: int,
    like: Outcome,
) -> Outcome:
    """Play it with about so many kills, spread over the steps by how long they take; check the store after each."""
    now, told = start, []
    total = sum(like.seconds.values())
    for number, step in enumerate(steps):
        step.before()
        now = step.at or now
        # Half by how long steps take, half to each alike: sending is quick, and has moments of its own.
        share = kills * (like.seconds[number] / total + 1 / len(steps)) / 2
        tries = int(share) + (dice.random() < share % 1)
        for _ in range(tries):
            after = dice.uniform(0, 1.1 * like.seconds[number])
            status = hands.run(step.name, config, now, after)
            now += _PAUSE
            check_store(config, now)
            assert status in (0, -9), f"{step.name} failed after a kill"
            if status == -9:
                told.append(f"{step.name} (step {number + 1}) {after:.2f} s in")
            else:
                # The machine has become quicker since the undisturbed round: aim within what it takes now.
                like.seconds[number] = min(like.seconds[number], after)
        assert hands.run(step.name, config, now) == 0, f"{step.name} does not get up after {told}"
        now += _PAUSE
    outcome = outcome_of(config, now, post)
    outcome.kills, outcome.told = len(told), told
    return outcome


def check_store(config: Path, now: datetime) -> None:
    """Check what must hold at every moment: what is shown is whole, and the store works."""
    with open_store(config, now) as store:
        shown = {info.id: info.counts for info in store.snapshots()}
        with store._database.read() as connection:
            rows = connection.execute(select(snapshots.c.snapshot_no, snapshots.c.snapshot_id)).all()
            names = {row.snapshot_no: row.snapshot_id for row in rows}
            for table, facts in fact_tables.items():
                grouped = select(facts.c.snapshot_no, func.count()).group_by(facts.c.snapshot_no)
                counted = {names[number]: count for number, count in connection.execute(grouped)}
                for snapshot_id, counts in shown.items():
                    assert counted.get(snapshot_id, 0) == counts.get(table, 0), f"half a snapshot: {table}"
        assert store.check() == ()


def outcome_of(config: Path, now: datetime, post: PostOffice) -> Outcome:
    """Return what the scenario came to, once nothing is left over."""
    with open_store(config, now) as store:
        store.recover()
        shown = {info.id for info in store.snapshots()}
        with store._database.read() as connection:
            known = select(snapshots.c.snapshot_no, snapshots.c.snapshot_id)
            numbers = {row.snapshot_no for row in connection.execute(known) if row.snapshot_id in shown}
            for table in (*fact_tables.values(), evidence_uses):
                assert set(connection.execute(select(table.c.snapshot_no).distinct()).scalars()) <= numbers
        found = store.recorded_findings("latest", columns=("fingerprint", "rule", "verdict"))
        events = store.events.after(0, limit=1_000_000)
        assert store.outbox.list(["queued", "claimed", "failed"]) == ()
        return Outcome(
            findings={one.fingerprint: (one.rule, one.verdict) for one in found.itertuples()},
            lives={mark: life.closing.value if life.resolved else "open" for mark, life in store.lives.ledger().lives.items()},
            happened=Counter(
                (one.kind.value, one.fingerprint or "", one.person_id or "", one.account_id or "") for one in events
                if not one.kind.value.startswith("alert.")
            ),
            mails=Counter((recipient, subject) for _id, recipient, subject in set(post.taken)),
            doubled=len(post.taken) - len(set(post.taken)),
        )  # fmt: skip


@contextmanager
def open_store(config: Path, now: datetime) -> Iterator[Store]:
    """Open the store as a run at ``now`` would."""
    workspace = Workspace.open(config)
    workspace.clock = lambda: now
    with workspace.store() as store:
        yield store


def assert_alike(quiet: Outcome, killed: Outcome) -> None:
    """Check that nothing was lost and nothing was made up, and that no kill cost more than one double mail."""
    assert killed.findings == quiet.findings
    assert killed.lives == quiet.lives
    assert killed.happened == quiet.happened
    assert killed.mails == quiet.mails, f"after {killed.told}"
    assert killed.doubled <= killed.kills
