"""What goes wrong with a store is told in a sentence with a remedy, and nothing is lost by it."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text

from auditor.errors import StoreError
from auditor.store.database import parse_address
from auditor.store.failures import store_error
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.support_processes import ROOT
from tests.store.support_store import ORGANIZATION, grant, snapshot
from tests.support import NOW


def open_at(url: str, **changes: object) -> Store:
    """Open the store at ``url``."""
    values: dict[str, object] = {"organization": ORGANIZATION, "clock": lambda: NOW, "patience": 0.1}
    return Store.open(url, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///nowhere/auditor.db", "folder of the store .* does not exist"),
        ("sqlite:///.", "is a folder"),
        ("sqlite://", "path of a file"),
        ("sqlite:///:memory:", "path of a file"),
        ("sqlite:///x.db?mode=ro", "path of a file"),
        ("mysql://root@db/auditor", "cannot be kept in 'mysql'"),
        ("postgresql+psycopg://db", "cannot be kept"),
        ("auditor.db", "cannot be read"),
        ("postgresql://auditor:hidden-part@db:port/auditor", "cannot be read"),
        ("postgresql://db/auditor?password=hidden-part", "holds a password"),
        ("", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_a_store(tmp_path: Path, url: str, said: str) -> None:
    """Each wrong address gets its own sentence and a remedy."""
    with pytest.raises(StoreError, match=said) as caught:
        open_at(url, base_dir=tmp_path)
    assert caught.value.remedy
    assert "hidden-part" not in str(caught.value)


def test_a_place_never_shows_its_password() -> None:
    """Neither the words for people nor those for debugging hold the password of an address."""
    found = parse_address("postgresql://auditor:hidden-part@db/auditor", password=None, base_dir=None)
    assert "hidden-part" not in found.place
    assert "hidden-part" not in repr(found)


def test_a_relative_path_starts_at_the_given_folder(tmp_path: Path) -> None:
    """A path in auditor.yaml means the same wherever the command is run from."""
    with open_at("sqlite:///here.db", base_dir=tmp_path):
        assert (tmp_path / "here.db").is_file()


def test_the_file_is_its_owners_only(sqlite_url: str, tmp_path: Path) -> None:
    """Personal data in the store, and beside it in its journal, can be read by nobody else."""
    with open_at(sqlite_url) as store:
        snapshot(store, [grant(1)])
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes["auditor.db"] == 0o600
    assert set(modes.values()) == {0o600}


def test_two_configurations_on_one_store(open_store: OpenStore) -> None:
    """A second organisation is refused; the same name in other capitals is not another one."""
    open_store()
    with pytest.raises(StoreError, match="belongs to 'Riverside Health', not to 'Lakeside'"):
        open_store(organization="Lakeside")
    open_store(organization=" riverside  HEALTH")


def test_the_address_key_lasts(open_store: OpenStore) -> None:
    """The key for network addresses is 32 random bytes, made once."""
    key = open_store().address_key()
    assert len(key) == 32
    assert open_store().address_key() == key


def test_a_locked_store(sqlite_url: str, tmp_path: Path) -> None:
    """Another program that holds the file is named as the reason; afterwards the store works."""
    with open_at(sqlite_url) as store:
        other = sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked by another program") as caught:
            store.begin_snapshot(NOW)
        assert "Wait" in caught.value.remedy
        assert [problem.message for problem in store.check()] == [caught.value.message]
        other.execute("ROLLBACK")
        other.close()
        snapshot(store, [grant(1)])


def test_a_store_another_program_keeps_to_itself(sqlite_url: str, tmp_path: Path) -> None:
    """Opening it says that it is locked; once it is free again it opens."""
    open_at(sqlite_url).close()
    other = sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked by another program"):
        open_at(sqlite_url)
    other.execute("ROLLBACK")
    other.close()
    open_at(sqlite_url).close()


def test_a_store_locked_half_way_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Facts already handed over wait in memory, and are kept once the lock is gone."""
    with open_at(sqlite_url) as store:
        writer = store.begin_snapshot(NOW)
        other = sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            writer.add(grant(number) for number in range(5_000))
        other.execute("ROLLBACK")
        other.close()
        info = writer.finish(NOW, [])
        assert len(store.frames(info.id, ["grants"])["grants"]) == 5_000


def test_a_locked_table_on_postgres(postgres_url: str) -> None:
    """PostgreSQL waits no longer than it is told to either."""
    with open_at(postgres_url) as store, open_at(postgres_url) as other:
        with other._database.write() as connection:
            connection.execute(text("LOCK TABLE snapshots IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(StoreError, match="locked by another program"):
                store.snapshots()
        assert store.snapshots() == ()


def test_a_full_disk(sqlite_url: str) -> None:
    """Facts that do not fit end the run with the reason; earlier snapshots stay, the half one does not show."""
    with open_at(sqlite_url) as store:
        kept = snapshot(store, [grant(1)])
        engine = store._database.engine
        pages = sqlite3.connect(make_url(sqlite_url).database or "")
        limit = pages.execute("PRAGMA page_count").fetchone()[0] + 20
        pages.close()
        engine.dispose()
        event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {limit}"))
        with pytest.raises(StoreError, match="disk is full") as caught, store.begin_snapshot(NOW) as writer:
            writer.add(grant(number) for number in range(50_000))
        assert "Free some space" in caught.value.remedy
        assert store.snapshots() == (kept,)
    with open_at(sqlite_url) as store:
        store.recover()
        snapshot(store, [grant(2)])
        assert len(store.snapshots()) == 2
        assert store.check() == ()


FULL = """
import resource, signal, sys
from auditor.errors import StoreError
from auditor.store.store import Store
from tests.store.support_store import ORGANIZATION, grant
from tests.support import NOW
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.open(sys.argv[1], organization=ORGANIZATION, clock=lambda: NOW)
writer = store.begin_snapshot(NOW)
resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))
try:
    writer.add(grant(number) for number in range(50_000))
except StoreError as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_file_that_may_not_grow(sqlite_url: str) -> None:
    """The system refusing a write in the middle is told as such, and the next run works."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, sqlite_url], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "could not be read or written" in done.stdout or "disk is full" in done.stdout, done.stderr
    with open_at(sqlite_url) as store:
        store.recover()
        snapshot(store, [grant(1)])
        assert store.check() == ()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Some other file named as the store is refused and left as it is."""
    path = tmp_path / "auditor.db"
    path.write_text("platform,account\nx,RiversideHealth\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is not a database"):
        open_at(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    """Overwritten bytes end in an error that says so, or do not touch what is read; never in nonsense."""
    facts = [grant(number) for number in range(3_000)]
    with open_at(sqlite_url) as store:
        snapshot(store, facts)
    path = tmp_path / "auditor.db"
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(12):
        at = chance.randrange(4_096, len(content) - 2_048)
        content[at : at + 2_048] = chance.randbytes(2_048)
    path.write_bytes(content)
    said = _complaints(sqlite_url)
    assert said
    assert all(re.search("damaged|not a database|another program", message) for message in said), said


def _complaints(url: str) -> list[str]:
    try:
        with open_at(url) as store:
            return [problem.message for problem in store.check()]
    except StoreError as error:
        return [error.message]


def test_a_truncated_file(sqlite_url: str, tmp_path: Path) -> None:
    """Half a file is damaged, not empty."""
    with open_at(sqlite_url) as store:
        snapshot(store, [grant(number) for number in range(3_000)])
    path = tmp_path / "auditor.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreError, match="damaged"), open_at(sqlite_url) as store:
        store.frames("latest")


def test_a_file_that_cannot_be_created(tmp_path: Path) -> None:
    """What the system says against it is passed on; here a name longer than it takes."""
    with pytest.raises(StoreError, match="cannot be created: File name too long"):
        open_at(f"sqlite:///{'a' * 300}.db", base_dir=tmp_path)
    with pytest.raises(StoreError, match=r"cannot be created|folder"):
        open_at("sqlite:///a\0b.db", base_dir=tmp_path)


def test_a_store_that_turns_read_only(sqlite_url: str) -> None:
    """A write that is refused is told as a matter of permission."""
    with open_at(sqlite_url) as store:
        event.listen(store._database.engine, "begin", _forbid_writing)
        with pytest.raises(StoreError, match="cannot be written") as caught:
            store.outbox.mark_sent("<x@auditor.example>")
        assert "permission" in caught.value.remedy
        event.remove(store._database.engine, "begin", _forbid_writing)
        with store._database.read() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")


def _forbid_writing(connection: object) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")  # type: ignore[attr-defined]


def test_postgres_out_of_reach_keeps_the_password_to_itself() -> None:
    """A server that does not answer is named without the password."""
    url = "postgresql+psycopg://auditor@127.0.0.1:1/auditor"
    with pytest.raises(StoreError, match="does not answer") as caught:
        open_at(url, password="s3cret-of-the-store")
    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1:1/auditor" in caught.value.message


def test_a_database_that_does_not_exist(postgres_url: str) -> None:
    """The sentence names the database that is missing."""
    with pytest.raises(StoreError, match="auditor_nowhere"):
        open_at(make_url(postgres_url).set(database="auditor_nowhere").render_as_string(hide_password=False))


def test_a_connection_that_breaks_is_told(postgres_url: str) -> None:
    """A server that ends our session in the middle is an error with a remedy; the next use works."""
    with open_at(postgres_url) as store:
        with pytest.raises(StoreError) as caught:
            _end_own_session(store)
        assert caught.value.remedy
        assert store.snapshots() == ()


def _end_own_session(store: Store) -> None:
    with store._database.write() as connection, store._database.read() as killer:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(text("SELECT 1"))


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL without psycopg says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="driver for PostgreSQL is not installed") as caught:
        open_at("postgresql+psycopg://auditor@127.0.0.1:1/auditor")
    assert "[postgres]" in caught.value.remedy


def test_what_nobody_foresaw_is_redacted() -> None:
    """A driver's message is shown in part, without secrets."""
    error = store_error(sqlite3.OperationalError("odd: password=hunter2hunter2 " + "x" * 1_000), "here.db")
    assert "odd" in error.message
    assert "hunter2" not in error.message
    assert len(error.message) < 400
