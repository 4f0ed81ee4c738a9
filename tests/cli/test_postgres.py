"""The whole audit on PostgreSQL, as several machines would share it."""

from __future__ import annotations

import os
import secrets

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.cli.support_cli import Bench

SERVER = "AUDITOR_TEST_POSTGRES"
HOW = f"set {SERVER}=postgresql+psycopg://user@host:port/ to run the audit on PostgreSQL too"


@pytest.mark.skipif(not os.environ.get(SERVER), reason=HOW)
def test_audit_judge_again_compare_and_look_on_postgresql(bench: Bench) -> None:
    """Gathering, judging, comparing and looking up give on PostgreSQL what they give on SQLite."""
    on_sqlite = bench("audit", "--format", "json").json
    server = make_url(os.environ[SERVER])
    name = f"auditor_test_{secrets.token_hex(6)}"
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    try:
        bench.edit("organization:", f"store: {server.set(database=name).render_as_string()}\norganization:")
        first = bench("audit", "--format", "json").json
        assert {f["fingerprint"]: f["verdict"] for f in first["findings"]} == {
            f["fingerprint"]: f["verdict"] for f in on_sqlite["findings"]
        }
        assert (
            bench("audit", "--snapshot", "latest", "--format", "json").json["findings"] == first["findings"]
        )
        assert bench("audit").code == 0
        assert bench("diff", "--format", "json").json["changes"] == []
        assert bench("what", "0007", "--format", "json").json["holds"] != []
        assert bench("doctor").code == 0
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
