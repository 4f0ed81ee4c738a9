"""What a day brings: mail, disk, clock, database or platform fail, and the daemon goes on, says so and catches up."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from auditor.app.audit import run_audit
from auditor.app.fast_lane import poll_roster
from auditor.app.progress import Silent
from auditor.app.roster_poll import PollState
from auditor.daemon.plan import make_plan
from auditor.daemon.service import Service
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation import NOW
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from auditor.errors import StoreError
from auditor.model.event import EventKind
from tests.app.support_roster import House, opened, write_house
from tests.chaos.scenarios import leaves
from tests.chaos.support_chaos import PostOffice
from tests.chaos.support_proxy import Proxy
from tests.daemon.support_daemon import Inline
from tests.demo.support_organisation import demo_workspace

_DAEMON = """watch:
  {{jitter: 0s, heartbeat: 1m, roster: {{every: 15m}}, audit: {{daily: "02:00"}}, deliver: {{every: 1m}},
    report: off, reminders: off, follow_up: off, siem: off, impersonators: off}}
reports:
  recipients: [privacy@riverside.example]
  mail: {{smtp: "smtp://127.0.0.1:{port}", sender: auditor@riverside.example, timeout: 2}}
"""


@dataclass(slots=True)
class Day:
    """A daemon over a house, whose clock moves by hand; every job runs in this process."""

    here: House
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        workspace, store = self.here.workspace, self.here.store
        folder = workspace.loaded.base_dir
        self.service = Service(
            workspace,
            store,
            Inline(workspace, store),
            folder / "health.json",
            plan=make_plan(workspace.config),
        )
        self.service._begin()

    def passes(self, minutes: int) -> None:
        """Let time pass a minute at a time, the daemon looking each time; nothing may stop it."""
        for _ in range(minutes):
            self.here.later(minutes=1)
            self.service._turn()

    @property
    def trouble(self) -> str:
        """What the health file says is wrong."""
        assert self.service.health is not None
        return self.service.health.trouble


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def day(folder: Path, port: int, store: str | None = None) -> Iterator[Day]:
    """Open a house with a daemon that has seen one quiet quarter of an hour."""
    folder.mkdir()
    write_house(folder, _DAEMON.format(port=port))
    config = folder / "auditor.yaml"
    if store is not None:
        config.write_text(config.read_text().replace("sqlite:///auditor.db", store), encoding="utf-8")
    with opened(folder) as here:
        started = Day(here)
        started.passes(1)
        assert [run.state for run in here.store.jobs.runs("audit")] == ["done"]
        yield started


def told_of(post: PostOffice, name: str) -> list[str]:
    """Return the Message-IDs of the mails about somebody, doubles among them."""
    return [
        message_id for message_id, _recipient, subject in post.taken if subject.startswith(f"{name} left")
    ]


def test_mail_that_is_down_for_an_hour_loses_no_alert(tmp_path: Path) -> None:
    """The leaver is judged all the same; the alert waits, which is said, and arrives once."""
    port = free_port()
    with day(tmp_path / "house", port) as today:
        today.here.roster.leaves(2)
        today.passes(60)
        assert today.here.failed("latest") == {"E002"}
        assert today.here.store.outbox.waiting() == 1
        (last, *_others) = today.here.store.jobs.runs("deliver")
        assert "1 wait" in last.outcome
        with PostOffice(port) as post:
            today.passes(6)
            assert len(told_of(post, "Person 2")) == 1
        assert today.here.store.outbox.waiting() == 0


def test_a_disk_that_is_full_stops_nothing_for_good(tmp_path: Path) -> None:
    """Nothing half-written is shown while nothing can be written; with room again the leaver is found and told."""
    with PostOffice() as post, day(tmp_path / "house", post.port) as today:
        store = today.here.store
        before = store.snapshots()
        today.here.roster.leaves(2)
        with full_disk(tmp_path / "house"):
            with pytest.raises(StoreError, match=r"full|cannot|refused|disk"):
                poll_roster(today.here.workspace, store)
            today.passes(16)
            assert today.trouble
        assert store.snapshots() == before
        assert store.check() == ()
        today.passes(16)
        assert today.trouble == ""
        assert today.here.failed("latest") == {"E002"}
        assert len(told_of(post, "Person 2")) == 1


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Let no file grow that this process writes, as where the disk is full."""
    (folder / "filled").write_bytes(b"")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("back", [timedelta(minutes=40), timedelta(hours=5)])
def test_a_clock_that_is_set_back_hides_no_leaver(tmp_path: Path, back: timedelta) -> None:
    """Set back a little, polls go on; set back by hours, they say so until the clock is right, and then catch up."""
    with PostOffice() as post, day(tmp_path / "house", post.port) as today:
        here = today.here
        here.later(hours=1)
        here.roster.leaves(2)
        assert poll_roster(here.workspace, here.store).left == ("E002",)
        here.now -= back
        here.roster.leaves(3)
        done = poll_roster(here.workspace, here.store)
        if back < timedelta(hours=1):
            assert done.left == ("E003",)
        else:
            assert done.state is PollState.UNUSABLE
            assert "still to come" in done.message
            assert EventKind.ROSTER_UNUSABLE in {event.kind for event in here.store.events.after(0)}
            here.now += back
            assert poll_roster(here.workspace, here.store).left == ("E003",)
        assert here.failed("latest") == {"E002", "E003"}
        # What leaves every minute leaves again once the clock is where it was.
        today.passes(50)
        assert len(told_of(post, "Person 2")) == len(told_of(post, "Person 3")) == 1


def test_a_database_that_is_gone_for_minutes_is_missed_and_found_again(
    tmp_path: Path, postgres_url: str
) -> None:
    """The daemon says that it is gone, loses nothing, and needs no restart when it is back."""
    address = make_url(postgres_url)
    host, port = address.host or "127.0.0.1", address.port or 5432
    with PostOffice() as post, Proxy(host, port) as proxy:
        url = address.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        with day(tmp_path / "house", post.port, url) as today:
            today.here.roster.leaves(2)
            proxy.cut()
            today.passes(20)
            assert today.trouble
            proxy.mend()
            today.passes(16)
            assert today.trouble == ""
            assert today.here.failed("latest") == {"E002"}
            assert len(told_of(post, "Person 2")) == 1


def test_a_platform_that_makes_us_wait_ten_minutes_keeps_no_leaver_waiting(tmp_path: Path) -> None:
    """The audit waits as it is asked to and ends whole; meanwhile the poll finds the leaver, whom the audit keeps."""
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(tmp_path, x_base_url=x.base_url, graph_base_url=graph.base_url)
        waited: list[float] = []
        polled: list[tuple[str, ...]] = []
        workspace.clock = lambda: NOW + timedelta(seconds=sum(waited) + (60 if polled else 0))

        polling = threading.Lock()

        def wait(seconds: float) -> None:
            with polling:
                if not polled:
                    with workspace.store() as second:
                        polled.append(poll_roster(workspace, second).left)
                waited.append(seconds)
                x.state.now += timedelta(seconds=seconds)

        with workspace.store() as store:
            quiet = run_audit(workspace, store, Silent()).snapshot
            workspace.sleep = wait
            waited.append(3600)
            x.state.now += timedelta(hours=1)
            assert x.state.windows
            for window in x.state.windows.values():
                window.remaining, window.resets_at = 0, x.state.now + timedelta(minutes=10)
            leaves(tmp_path / "hr" / "people.csv", "010003")
            audited = run_audit(workspace, store, Silent())
            assert sum(waited) - 3600 >= 600
            assert polled == [("010003",)]
            states = [(run.id, run.state, run.facts) for run in audited.snapshot.connections]
            assert states == [(run.id, run.state, run.facts) for run in quiet.connections]
            former = {one.person_id for one in audited.review.findings if one.rule == "former-staff-access"}
            assert "010003" in former
            kinds = [one.kind for one in store.events.after(0, limit=10_000) if one.person_id == "010003"]
            assert kinds.count(EventKind.PERSON_LEFT) == 1
            assert EventKind.FINDING_RESOLVED not in kinds
