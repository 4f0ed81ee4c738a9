"""A scan on a real Dask cluster: the answer of one machine, whatever dies on the way."""

from __future__ import annotations

import csv
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from distributed import Client

from auditor.app.impersonators import cluster as cluster_module
from auditor.app.impersonators.cluster import ClusterRun, batches, on_cluster
from auditor.app.impersonators.offline import OfflineScan
from auditor.app.impersonators.partition import Batch, Plan, Span, examine, fingerprint
from auditor.app.impersonators.profiles import Unread
from auditor.app.progress import Silent
from auditor.cli.app import run
from auditor.errors import AuditorError, UsageError
from auditor.lookalikes import Candidate, Verdict
from benchmarks.lookalikes_corpus import brands, handles, squats
from tests.app.impersonators.support_dask import cluster

NOW = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = ("id", "platform", "handle", "name", "bio", "created_at", "followers")
PART = 500
"""Accounts of a part in these tests."""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Return the address of a cluster of two workers."""
    with cluster() as address:
        yield address


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut short lists into many parts."""
    monkeypatch.setattr(cluster_module, "_MOST_ACCOUNTS", PART)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with brands, and 12,000 accounts with squats among them as CSV and as Parquet."""
    folder = tmp_path_factory.mktemp("lists")
    protected = brands(40)
    rows: list[Sequence[str]] = [(name, name.title()) for name in handles(12_000 - 40 * 18)]
    rows += [(squat.handle, squat.name) for squat in squats(protected)]
    random.Random(5).shuffle(rows)
    _write(folder / "brands.csv", ("handle", "name"), [(brand.handle, brand.name) for brand in protected])
    _write(
        folder / "accounts.csv",
        COLUMNS,
        [
            # Some have no id and go by the number of their row; some dates and numbers cannot be read.
            (str(number) if number % 7 else "", "x", handle if number % 5 else "", name, "Hello.",
             f"2026-10-{number % 40:02}T08:00:00Z", "many" if number % 100 == 0 else str(number % 90))
            for number, (handle, name) in enumerate(rows)
        ],
    )  # fmt: skip
    copy = "COPY (FROM read_csv(?, all_varchar = true)) TO '{}' (ROW_GROUP_SIZE 2048)"
    with duckdb.connect() as connection:
        connection.execute(copy.format(folder / "accounts.parquet"), [str(folder / "accounts.csv")])
    return folder


@pytest.fixture
def unused_port() -> int:
    """Return a port of loopback at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def _opened(lists: Path, kind: str = "csv") -> OfflineScan:
    return OfflineScan.open(lists / "brands.csv", lists / f"accounts.{kind}", NOW)


def _alone(lists: Path, kind: str = "csv") -> tuple[list[Verdict], object]:
    opened = _opened(lists, kind)
    return list(opened.verdicts()), opened.tally


def _pids(client: Client) -> dict[str, int]:
    return dict(client.run(os.getpid))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_cluster_gives_the_answer_of_one_machine(scheduler: str, lists: Path, kind: str) -> None:
    """The same verdicts in the same order, and the same counts, whether we or the workers read the list."""
    opened = _opened(lists, kind)
    with on_cluster(opened, scheduler) as verdicts:
        found = list(verdicts)
    assert (found, opened.tally) == _alone(lists, kind)
    assert len(found) > 500
    assert opened.tally.accounts == 12_000
    assert opened.tally.unread.dates
    assert opened.tally.unread.numbers


def test_the_command_prints_the_same_bytes(
    scheduler: str, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --dask and without, standard output is the same to the byte."""
    command = ["impersonators", "scan", "--brands", str(lists / "brands.csv"), "--candidates",
               str(lists / "accounts.csv"), "--as-of", "2026-11-01", "--format", "json"]  # fmt: skip
    assert run([*command, "--dask", scheduler]) == 0
    there = capsys.readouterr()
    assert run(command) == 0
    here = capsys.readouterr()
    assert there.out == here.out
    assert there.err.splitlines()[-2:] == here.err.splitlines()[-2:]


def test_a_killed_worker_changes_nothing(scheduler: str, lists: Path) -> None:
    """A worker killed while it has parts in hand and answers in keeping: both are worked out again, the answer is the same."""
    opened = _opened(lists)
    found: list[Verdict] = []
    with Client(scheduler, set_as_default=False) as watcher, on_cluster(opened, scheduler) as verdicts:
        before = _pids(watcher)
        for verdict in verdicts:
            found.append(verdict)
            busy = {worker: tasks for worker, tasks in watcher.processing().items() if tasks}
            if opened.tally.accounts >= 3 * PART and busy:
                doomed = max(busy, key=lambda worker: len(busy[worker]))
                os.kill(before[doomed], signal.SIGKILL)
                break
        killed_at = opened.tally.accounts
        found += verdicts
        assert before[doomed] not in _pids(watcher).values()
    assert killed_at < 10_000
    assert (found, opened.tally) == _alone(lists)


def _interrupted(lists: Path, scheduler: str, watcher: Client) -> None:
    with on_cluster(_opened(lists), scheduler) as verdicts:
        next(verdicts)
        assert watcher.who_has()
        raise KeyboardInterrupt


def test_what_is_left_midway_is_taken_back(scheduler: str, lists: Path) -> None:
    """Ctrl-C midway leaves nothing of the scan on the cluster."""
    with Client(scheduler, set_as_default=False) as watcher:
        with pytest.raises(KeyboardInterrupt):
            _interrupted(lists, scheduler, watcher)
        limit = time.monotonic() + 10
        while (watcher.who_has() or any(watcher.processing().values())) and time.monotonic() < limit:
            time.sleep(0.05)
        assert not watcher.who_has()
        assert not any(watcher.processing().values())


def test_only_a_few_parts_are_under_way(scheduler: str, lists: Path) -> None:
    """However long the list, no more is read than the two workers need to stay busy."""
    opened = _opened(lists)
    taken = 0

    def parts() -> Iterator[Batch]:
        nonlocal taken
        while True:
            taken += 1
            yield Batch.of([Candidate(str(taken), "nobody")])

    with Client(scheduler, set_as_default=False) as client:
        answers = ClusterRun(client, scheduler, opened, Silent())._answers(parts())
        for number, _ in zip(range(40), answers, strict=False):
            assert taken <= number + 2 * 2 + 1
        answers.close()


def test_a_list_broken_midway_is_told_by_its_line(scheduler: str, tmp_path: Path, lists: Path) -> None:
    """The verdicts before the broken line are given, then the line is named, as on one machine."""
    good = '{"id": "%d", "handle": "nobody%d"}\n'
    text = "".join(good % (number, number) for number in range(2_500)) + "broken\n"
    (tmp_path / "accounts.jsonl").write_text(text, encoding="utf-8")
    opened = OfflineScan.open(lists / "brands.csv", tmp_path / "accounts.jsonl", NOW)
    with (
        pytest.raises(AuditorError, match=r"accounts\.jsonl:2501: this line is no JSON object"),
        on_cluster(opened, scheduler) as verdicts,
    ):
        list(verdicts)


def test_heavy_accounts_make_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are cut by letters too, lose nothing, and survive being packed."""
    monkeypatch.setattr(cluster_module, "_MOST_LETTERS", 10_000)
    accounts = [
        Candidate(str(number), bio="\U0001f9ea\ud800" * number, created_at=NOW, followers=number)
        for number in range(300)
    ]
    parts = list(batches(accounts))
    assert all(sum(len(account.bio) for account in part) < 11_000 for part in parts)
    assert [account for part in parts for account in Batch.of(part).accounts(Unread())] == accounts


def test_a_worker_of_another_version_or_file_is_refused(lists: Path) -> None:
    """An answer that might differ is not given: the versions, or the file, are named with a remedy."""
    path = str(lists / "accounts.parquet")
    plan = Plan.of(_opened(lists).scan)
    other = Plan(plan.brands, plan.registry, plan.as_of, plan.thresholds, ("auditor 0.0", "Unicode 1.1"))
    failure = examine(other, Batch.of([])).failure
    assert failure is not None
    assert "Unicode 1.1" in failure[0]
    assert "same versions" in failure[1]
    moved = examine(plan, Span(path, "1 other", 1, 10)).failure
    assert moved is not None
    assert "does not see the same" in moved[0]
    assert examine(plan, Span(path, fingerprint(path), 1, 10)).accounts == 10


@pytest.mark.parametrize("address", ["scheduler", "http://127.0.0.1:8786", "tcp://host", "tcp://a b:1"])
def test_what_is_no_address_is_refused(lists: Path, address: str) -> None:
    """Only tcp:// and tls:// addresses with a port are tried."""
    with pytest.raises(UsageError, match="address of a scheduler"), on_cluster(_opened(lists), address):
        pass


def test_a_silent_scheduler_and_a_missing_extra_are_told(
    lists: Path, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    """Nobody at the address, or no Dask here: one sentence with its remedy, before anything is printed."""
    monkeypatch.setattr(cluster_module, "_CONNECT", 0.5)
    address = f"tcp://127.0.0.1:{unused_port}"
    with (
        pytest.raises(AuditorError, match=f"no Dask scheduler answers at {address}"),
        on_cluster(_opened(lists), address),
    ):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(AuditorError, match=r"brand-account-auditor\[dask\]"),
        on_cluster(_opened(lists), address),
    ):
        pass


def test_a_cluster_without_workers_or_scheduler_is_told(lists: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan waits for workers, but not for ever; a scheduler that goes away is told in a sentence."""
    monkeypatch.setattr(cluster_module, "_LOOK_EVERY", 0.2)
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.5)
    monkeypatch.setattr(cluster_module, "_CONNECT", 3.0)
    with cluster(workers=0) as address:
        with (
            pytest.raises(AuditorError, match="had no worker"),
            on_cluster(_opened(lists), address) as verdicts,
        ):
            next(verdicts)
        monkeypatch.setattr(cluster_module, "_PATIENCE", 60)
        with on_cluster(_opened(lists), address) as verdicts:
            with Client(address, set_as_default=False) as asker:
                scheduler = asker.run_on_scheduler(os.getpid)
            os.kill(scheduler, signal.SIGKILL)
            with pytest.raises(AuditorError, match=f"the scheduler at {address} was lost"):
                next(verdicts)
