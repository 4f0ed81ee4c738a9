"""Facts read back as typed values."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, Connection, select, type_coerce

from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from auditor.store.columns import Kind, columns_of, decode_row
from auditor.store.schema import fact_tables

_BATCH = 1_000


def read_facts(connection: Connection, table: str, snapshot_no: int) -> Iterator[Fact]:
    """Yield the facts of one table of a snapshot, in the order they were written."""
    fact, source = FACT_TABLES[table], fact_tables[table]
    columns = columns_of(table)
    statement = (
        select(
            *(
                type_coerce(source.c[column.name], BigInteger)
                if column.kind is Kind.INSTANT
                else source.c[column.name]
                for column in columns
            )
        )
        .where(source.c.snapshot_no == snapshot_no)
        .order_by(source.c.row_no)
    )
    for row in connection.execution_options(yield_per=_BATCH).execute(statement):
        yield decode_row(fact, columns, row)
