"""The roster join in SQLite, in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pandas as pd

from benchmarks.joins.pairs import PEOPLE, PRINCIPALS, Pairs

_JOIN = """
WITH declared AS (
    SELECT lower(h.value) AS key, min(person_id) AS person_id FROM people, json_each(handles) h
    WHERE handles <> '[]' GROUP BY 1 HAVING min(person_id) = max(person_id)
), mails AS (
    SELECT mail, min(person_id) AS person_id FROM (
        SELECT lower(work_email) AS mail, person_id FROM people WHERE work_email IS NOT NULL
        UNION ALL SELECT lower(o.value), person_id FROM people, json_each(other_emails) o WHERE other_emails <> '[]'
    ) GROUP BY 1 HAVING min(person_id) = max(person_id)
)
SELECT p.principal_id, coalesce(d.person_id, m.person_id)
FROM principals p
LEFT JOIN declared d ON d.key = p.platform || ':' || lower(p.handle)
LEFT JOIN mails m ON m.mail = lower(p.email)
WHERE coalesce(d.person_id, m.person_id) IS NOT NULL
"""


def joiner(principals: pd.DataFrame, people: pd.DataFrame) -> Callable[[], Pairs]:
    """Return a function that joins the two; both are tables beforehand, and SQLite makes its own indexes."""
    database = sqlite3.connect(":memory:")
    for table, frame, columns in (("principals", principals, PRINCIPALS), ("people", people, PEOPLE)):
        database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        cells = ([value if isinstance(value, str) else None for value in frame[name]] for name in columns)
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", zip(*cells, strict=True))

    def join() -> Pairs:
        return pd.DataFrame(database.execute(_JOIN).fetchall(), columns=["principal_id", "person_id"])

    return join
