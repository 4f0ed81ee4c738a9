"""The daemon's small parts: heartbeat, health file, figures, word to systemd."""

from __future__ import annotations

import datetime as real_datetime
import socket
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import schedule

from auditor.config.watch import MetricsSection
from auditor.daemon.health import Health, JobHealth, is_fresh, read_health, write_health
from auditor.daemon.heartbeat import Heartbeat
from auditor.daemon.metrics import MetricsServer
from auditor.daemon.notify import ALIVE, notify
from auditor.errors import AuditorError
from auditor.store.job_records import JobState
from tests.daemon.support_daemon import utc

NOW = utc(2026, 11, 20, 9)
TEN = timedelta(seconds=10)


class WallClock(real_datetime.datetime):
    """The time of day as `schedule` reads it, moved by hand."""

    shown = real_datetime.datetime(2026, 11, 1, 1, 59, 55)  # noqa: DTZ001 - schedule counts in naive local time

    @classmethod
    def now(cls, tz: real_datetime.tzinfo | None = None) -> real_datetime.datetime:  # type: ignore[override]  # naive, as schedule asks for it
        """Return it."""
        assert tz is None
        return cls.shown


class Times:
    """Both clocks: what the wall shows and what has truly passed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = 0.0
        self._module = type("Moved", (), {**vars(real_datetime), "datetime": WallClock})
        monkeypatch.setattr(schedule, "datetime", self._module)
        monkeypatch.setattr(WallClock, "shown", WallClock.shown)

    def __call__(self) -> float:
        """Return the seconds that have passed."""
        return self.passed

    def go_on(self, seconds: float) -> None:
        """Let time pass on both."""
        self.passed += seconds
        WallClock.shown += timedelta(seconds=seconds)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    """Return the clocks, which `schedule` reads too."""
    return Times(monkeypatch)


def counting() -> tuple[list[int], Callable[[], None]]:
    """Return a list that grows with every look, and the look."""
    looks: list[int] = []
    return looks, lambda: looks.append(1)


def test_the_heart_beats_as_often_as_it_is_told(times: Times) -> None:
    """At once, and then every ten seconds."""
    looks, look = counting()
    heart = Heartbeat(TEN, look, monotonic=times)
    for _second in range(60):
        heart.run_pending()
        times.go_on(1)
    assert len(looks) == 6


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=3)])
def test_clocks_put_back_by_an_hour_do_not_stop_the_heart(times: Times, step: timedelta) -> None:
    """`schedule` alone would wait an hour; here no more than a beat is lost."""
    looks, look = counting()
    heart = Heartbeat(TEN, look, monotonic=times)
    heart.run_pending()
    WallClock.shown += step
    for _second in range(60):
        times.go_on(1)
        heart.run_pending()
    assert 5 <= len(looks) <= 7


def test_a_look_that_raises_is_followed_by_the_next(times: Times, caplog: pytest.LogCaptureFixture) -> None:
    """The trouble is told once, not every ten seconds, and is over when a look goes well."""
    troubles: list[Exception | None] = [
        AuditorError("no store.", remedy="Wait."),
        AuditorError("no store.", remedy="Wait."),
        ZeroDivisionError(),
        None,
    ]

    def look() -> None:
        trouble = troubles.pop(0) if troubles else None
        if trouble:
            raise trouble

    heart = Heartbeat(TEN, look, monotonic=times)
    seen = []
    for _beat in range(4):
        heart.run_pending()
        seen.append(heart.trouble)
        times.go_on(10)
    assert seen == ["no store. Wait.", "no store. Wait.", "a fault of the program (ZeroDivisionError)", ""]
    assert [record.message for record in caplog.records].count("no store. Wait.") == 1


def health(**changes: object) -> Health:
    """Return how a daemon with one job fares."""
    job = JobHealth(
        name="audit", cadence="daily at 02:00", is_due_at=NOW + timedelta(hours=1), last_slot=NOW,
        last_state=JobState.DONE, last_claimed_at=NOW, last_finished_at=NOW, last_outcome="12 fails",
        failing_since=None,
    )  # fmt: skip
    values: dict[str, object] = {
        "since": NOW, "looked_at": NOW, "heartbeat": TEN, "trouble": "", "stopping": False, "waiting": 2,
        "jobs": (job,), "ended": {("audit", JobState.DONE): 3},
    }  # fmt: skip
    return Health(**(values | changes))  # type: ignore[arg-type]  # the tests name fields of Health


def test_a_health_file_is_whole_and_grows_stale(tmp_path: Path) -> None:
    """It is replaced at once, read back, and four heartbeats later nobody believes it."""
    path = tmp_path / "health.json"
    for _time in range(2):
        write_health(path, health())
    said = read_health(path)
    assert said is not None
    assert said["well"] is True
    assert said["jobs"]["audit"]["last_outcome"] == "12 fails"
    assert is_fresh(said, NOW + 3 * TEN)
    assert not is_fresh(said, NOW + 4 * TEN)
    assert [one.name for one in tmp_path.iterdir()] == ["health.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"a": 1}', '{"looked_at": 1}', '{"looked_at": "x", "stale_at": 5}']
)
def test_a_health_file_that_is_none_is_not_believed(tmp_path: Path, text: str) -> None:
    """Whatever stands in it, it is no sign of life."""
    path = tmp_path / "health.json"
    path.write_text(text)
    said = read_health(path)
    assert said is None or not is_fresh(said, NOW)
    assert read_health(tmp_path / "none") is None


def test_a_health_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The place and the mend are named."""
    with pytest.raises(AuditorError, match=r"nowhere.*watch\.health_file"):
        write_health(tmp_path / "nowhere" / "health.json", health())


def test_trouble_and_a_failing_job_are_not_well() -> None:
    """Either is enough."""
    assert health().is_well
    assert not health(trouble="no store").is_well
    failing = replace(health().jobs[0], failing_since=NOW)
    assert not health(jobs=(failing,)).is_well


def test_prometheus_is_answered_on_loopback() -> None:
    """The figures are those of the newest look; nothing of Python's own is among them."""
    looks: list[Health | None] = [None]
    with MetricsServer(MetricsSection(listen="127.0.0.1:0"), lambda: looks[0]) as server:
        address = f"http://127.0.0.1:{server.port}/metrics"
        assert "auditor" not in urllib.request.urlopen(address, timeout=5).read().decode()
        looks[0] = health()
        said = urllib.request.urlopen(address, timeout=5).read().decode()
        with pytest.raises(AuditorError, match="cannot be listened on"):
            MetricsServer(MetricsSection(listen=f"127.0.0.1:{server.port}"), lambda: None)
    figures = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    assert float(figures["auditor_watch_up"]) == 1
    assert float(figures["auditor_outbox_waiting"]) == 2
    assert float(figures['auditor_job_last_finished_time_seconds{job="audit"}']) == NOW.timestamp()
    assert float(figures['auditor_job_runs_total{job="audit",state="done"}']) == 3
    assert all(name.startswith("auditor_") for name in figures)


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    """One datagram to the socket the service manager names, a file or an abstract one."""
    name = f"@auditor-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify(ALIVE)
        assert manager.recv(100) == b"WATCHDOG=1"
    notify(ALIVE)
    monkeypatch.delenv("NOTIFY_SOCKET")
    notify(ALIVE)
