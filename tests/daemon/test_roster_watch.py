"""A roster that is replaced between two polls is polled at once."""

from __future__ import annotations

import os
from pathlib import Path

from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.daemon.roster_watch import EVERY_SECONDS, RosterWatch
from tests.daemon.support_daemon import daemon, pids, wait_for, write_config

ROSTER = "roster: {connector: hr-table, path: people.csv}\n"


class Hand:
    """A watch whose time is moved by hand, and what it had polled."""

    def __init__(self, folder: Path, roster: str = ROSTER) -> None:
        config = write_config(folder, {"roster": "{every: 24h}"})
        config.write_text(config.read_text() + roster, encoding="utf-8")
        self.file = folder / "people.csv"
        self.now = 0.0
        self.polls = 0
        self.is_free = True
        self.file.write_text("one", encoding="utf-8")
        self._watch = RosterWatch(Workspace(load_config(config)), clock=lambda: self.now)

    def replace(self, text: str) -> None:
        """Put another roster in its place, as an export does."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.file)

    def look(self, after: float = EVERY_SECONDS) -> int:
        """Return how often it has had polled, one look later."""
        self.now += after
        self._watch.poll_on_change(self._poll)
        return self.polls

    def _poll(self) -> bool:
        self.polls += self.is_free
        return self.is_free


def test_a_replaced_roster_is_polled_once_and_not_before_the_next_look(tmp_path: Path) -> None:
    """The file as it was at the start is the first poll's; another one, also of the same size, is polled once."""
    hand = Hand(tmp_path)
    assert hand.look() == 0
    hand.replace("two")
    assert hand.look(after=EVERY_SECONDS / 2) == 0
    assert [hand.look(), hand.look()] == [1, 1]


def test_a_change_waits_for_a_poll_that_is_under_way(tmp_path: Path) -> None:
    """Where another machine polls or the store does not answer, the next look tries again; nothing is forgotten."""
    hand = Hand(tmp_path)
    hand.replace("two")
    hand.is_free = False
    assert hand.look() == 0
    hand.is_free = True
    assert [hand.look(), hand.look()] == [1, 1]


def test_what_is_written_while_a_poll_begins_is_polled_too(tmp_path: Path) -> None:
    """The state before the poll counts as known, not the one after it."""
    hand = Hand(tmp_path)
    hand.replace("two")
    watch, poll = hand._watch, hand._poll

    def poll_and_write() -> bool:
        hand.replace("three")
        return poll()

    hand.now += EVERY_SECONDS
    watch.poll_on_change(poll_and_write)
    assert [hand.look(), hand.look()] == [2, 2]


def test_a_roster_that_is_gone_is_no_other_roster(tmp_path: Path) -> None:
    """An export may remove the old file first; the same content written again is polled, as its state is another."""
    hand = Hand(tmp_path)
    hand.file.unlink()
    assert hand.look() == 0
    hand.file.write_text("one", encoding="utf-8")
    os.utime(hand.file, (1, 1))
    assert hand.look() == 1


def test_without_a_roster_nothing_is_looked_at(tmp_path: Path) -> None:
    """No roster is configured: nothing is polled, whatever lies there."""
    hand = Hand(tmp_path, roster="")
    hand.replace("two")
    assert hand.look() == 0


def test_a_real_daemon_polls_a_replaced_roster_long_before_its_time(tmp_path: Path, sqlite_url: str) -> None:
    """The next poll is due in a day; a roster replaced now is polled within seconds."""
    config = write_config(tmp_path, {"roster": "{every: 24h}", "heartbeat": "1s"}, sqlite_url)
    config.write_text(config.read_text() + ROSTER, encoding="utf-8")
    (tmp_path / "people.csv").write_text("one", encoding="utf-8")
    with daemon(tmp_path) as process:
        wait_for(lambda: len(pids(tmp_path, "notes")) == 1)
        (tmp_path / "people.csv").write_text("another", encoding="utf-8")
        wait_for(lambda: len(pids(tmp_path, "notes")) == 2)
        process.terminate()
        assert process.wait(timeout=30) == 0
    assert len(pids(tmp_path, "notes")) == 2
