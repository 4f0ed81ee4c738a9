"""The same rules as the packs', written by hand as one DuckDB query: what the engine is measured against.

It answers for one policy and does less than the engine: one source a fact, no ageing, no coverage
verdicts for whole accounts, no reasons, remedies, fingerprints or cleaning of hostile text.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import duckdb
import pandas as pd

_FOLDER = resources.files("benchmarks") / "handwritten"
_PARTS = ("views", "verdicts", "messages")


def connect(frames: Mapping[str, pd.DataFrame], identities: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """Return a connection that sees the frames under their names."""
    connection = duckdb.connect(":memory:", config={"preserve_insertion_order": "false"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_read("macros"))
    for name, frame in frames.items():
        connection.register(name, frame)
    connection.register("identities", identities)
    return connection


def query() -> str:
    """Return the one query: columns rule, verdict, subject, number, message; see ``messages.sql``."""
    return "".join(_read(part) for part in _PARTS)


def judge(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Run the query."""
    return pd.DataFrame(connection.execute(query()).fetchnumpy())


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
