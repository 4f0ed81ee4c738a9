"""What every table of the store shares: its metadata, its running numbers, its key to a snapshot."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite numbers rows by itself only in an INTEGER PRIMARY KEY, which has 64 bits there.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def snapshot_key(*, checked: bool = True) -> Column[int]:
    """Return the part of a table's key that says of which snapshot a row is."""
    keys = [ForeignKey("snapshots.snapshot_no")] if checked else []
    return Column("snapshot_no", BigInteger, *keys, primary_key=True, autoincrement=False)
