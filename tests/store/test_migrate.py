"""Migrations build exactly the tables the code uses, and only on a store that is ours."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from auditor.errors import StoreError
from auditor.store import migrate
from auditor.store.migrate import HEAD, REVISIONS, VERSION_TABLE, alembic_config
from auditor.store.records import OutboxMessage
from auditor.store.schema import metadata
from auditor.store.store import Store
from tests.store.conftest import OpenStore
from tests.store.support_store import (
    ORGANIZATION,
    account,
    findings_frame,
    grant,
    principal,
    results_frame,
    snapshot,
)
from tests.support import NOW
from tests.support_new_stores import Databases, quick_beginnings, really_upgrade


@pytest.fixture(autouse=True)
def _really(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin every store of this file the long way, through each revision."""
    monkeypatch.setattr(migrate, "_upgrade", really_upgrade)


@pytest.fixture
def postgres_url(empty_postgres_url: str) -> str:
    """Return the address of a database without a table."""
    return empty_postgres_url


def test_migrations_build_the_tables_the_code_uses(store: Store) -> None:
    """A store brought up by migrations has no difference from the schema."""
    with store._database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_known_revisions_are_those_of_the_folder(store: Store) -> None:
    """The written-out list of revisions is the chain of migration files."""
    with store._database.read() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    chain = [script.revision for script in scripts.walk_revisions()]
    assert list(reversed(REVISIONS)) == chain
    assert scripts.get_heads() == [HEAD]


def test_a_store_of_the_first_revision_keeps_its_findings(store: Store, open_store: OpenStore) -> None:
    """Opened by this program it is brought up; what was found before is still there, without a score."""
    info = snapshot(store, [])
    store.record_judgement(
        info.id, findings=findings_frame({"risk": 60}), rule_results=results_frame(), summary={}
    )
    with store._database.write() as connection:
        command.downgrade(alembic_config(connection), "0001")
        columns = [column["name"] for column in inspect(connection).get_columns("findings")]
    assert "risk" not in columns
    kept = open_store().judgement(info.id)
    assert kept is not None
    assert kept.findings["message"].tolist() == ["left and still holds access"]
    assert kept.findings["risk"].isna().all()


@pytest.mark.parametrize("old", REVISIONS[:-1])
def test_a_store_of_any_revision_is_brought_up_with_what_it_holds(
    store: Store, open_store: OpenStore, old: str
) -> None:
    """Snapshots, findings and mails of every revision are there afterwards, and every table is usable."""
    info = snapshot(store, [grant(1), principal(1), account(1)])
    store.record_judgement(info.id, findings=findings_frame({}), rule_results=results_frame(), summary={})
    mail = OutboxMessage(
        message_id="<1@auditor.example>", key="one", kind="report", subject="Access review", raw=b"x",
        recipients=("privacy@riverside.example",), created_at=NOW,
    )  # fmt: skip
    store.outbox.enqueue(mail)
    with store._database.write() as connection:
        command.downgrade(alembic_config(connection), old)
        assert connection.execute(text("SELECT count(*) FROM grants")).scalar_one() == 1
    new = open_store()
    assert [snap.counts for snap in new.snapshots()] == [info.counts]
    assert new.recorded_findings(info.id)["message"].tolist() == ["left and still holds access"]
    assert [entry.key for entry in new.outbox.list()] == ["one"]
    with new._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        for table in metadata.sorted_tables:
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() >= 0


def test_jobs_are_gone_after_a_downgrade_and_back_after_the_next(store: Store, open_store: OpenStore) -> None:
    """The tables of jobs come with their revision alone."""
    store.jobs.register("audit", "daily", seed=NOW, next_due=None)
    with store._database.write() as connection:
        command.downgrade(alembic_config(connection), "0004")
        assert not {"jobs", "job_runs"} & set(inspect(connection).get_table_names())
    assert open_store().jobs.list() == ()


def test_a_newer_store_is_refused(store: Store, open_store: OpenStore) -> None:
    """A store at a revision this program does not know is left alone."""
    with store._database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0999'"))
    with pytest.raises(StoreError, match="newer than this program") as caught:
        open_store()
    assert "later" in caught.value.remedy
    assert any("0999" in problem.message for problem in store.check())


def test_another_programs_sqlite_file_is_refused(tmp_path: Path) -> None:
    """A database that is not ours is not written to."""
    path = tmp_path / "wiki.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE pages (title)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"another program.*'pages'"):
        Store.open(f"sqlite:///{path}", organization=ORGANIZATION, clock=lambda: NOW)
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema").fetchall()
    connection.close()
    assert names == [("pages",)]
    assert before[100:] == path.read_bytes()[100:]


def test_another_programs_tables_on_postgres_are_refused(postgres_url: str) -> None:
    """Where a database already has a table of one of our names, nothing is created beside it."""
    from sqlalchemy import create_engine

    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE accounts (title text)"))
    with pytest.raises(StoreError, match=r"another program.*'accounts'"):
        Store.open(postgres_url, organization=ORGANIZATION, clock=lambda: NOW)
    engine.dispose()


def test_two_programs_may_begin_one_store_at_once(open_store: OpenStore) -> None:
    """Both end up with the same store, prepared once."""
    stores: list[Store] = []
    errors: list[Exception] = []

    def begin() -> None:
        try:
            stores.append(open_store())
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({store.address_key() for store in stores}) == 1


def test_a_file_left_empty_by_a_kill_is_begun_anew(tmp_path: Path) -> None:
    """A file created but not filled is taken for a new store."""
    path = tmp_path / "auditor.db"
    path.touch()
    with Store.open(f"sqlite:///{path}", organization=ORGANIZATION, clock=lambda: NOW) as store:
        assert store.snapshots() == ()


def test_opening_without_creating(url: str) -> None:
    """Commands that only read say that there is no store yet, and make none."""
    with pytest.raises(StoreError, match="no store") as caught:
        Store.open(url, organization=ORGANIZATION, clock=lambda: NOW, create=False)
    assert "auditor collect" in caught.value.remedy
    with pytest.raises(StoreError, match="no store"):
        Store.open(url, organization=ORGANIZATION, clock=lambda: NOW, create=False)


def test_a_store_begun_quickly_for_tests_is_a_migrated_one(tmp_path: Path) -> None:
    """The other tests' stores have the tables of this file's, statement by statement, at the same revision."""

    def begun(name: str) -> list[object]:
        with Store.open(f"sqlite:///{tmp_path / name}", organization=ORGANIZATION, clock=lambda: NOW):
            pass
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            made = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
            return [made.fetchall(), *connection.execute(f"SELECT * FROM {VERSION_TABLE}")]

    migrated = begun("migrated.db")
    with quick_beginnings():
        assert begun("first.db") == begun("second.db") == migrated


def test_a_database_lent_to_tests_comes_back_empty(empty_postgres_url: str) -> None:
    """Rows and counters do not outlive the test; a database whose tables were changed is not lent again."""
    lending = Databases(empty_postgres_url)
    addresses = []
    for _ in range(2):
        with lending.lent() as url, Store.open(url, organization=ORGANIZATION, clock=lambda: NOW) as store:
            addresses.append(url)
            assert store.snapshots() == ()
            snapshot(store, [grant(1)])
            with store._database.read() as connection:
                numbers = connection.execute(text("SELECT snapshot_no FROM snapshots")).scalars().all()
            assert numbers == [1]
    with lending.lent() as url, Store.open(url, organization=ORGANIZATION, clock=lambda: NOW) as store:
        addresses.append(url)
        with store._database.write() as connection:
            command.downgrade(alembic_config(connection), "0007")
    with lending.lent() as url:
        addresses.append(url)
    lending.close()
    assert addresses[0] == addresses[1] == addresses[2] != addresses[3]
