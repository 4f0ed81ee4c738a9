"""The raw records behind facts: content-addressed, compressed, secrets removed, kept once.

A record's id is the SHA-256 of its canonical JSON, so that anybody can check years later that the
record shown is the record seen.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, select

from auditor.errors import StoreError
from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.records import EvidenceRecord
from auditor.store.schema import evidence, evidence_uses, snapshots
from auditor.store.text import canonical_json
from auditor.vault import redact_record

_COMPRESSION = 6
_LARGEST = 64 * 1024 * 1024
"""A record that unpacks to more than this was not written by us."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A record ready to be kept."""

    id: str
    kind: str
    content: bytes


def pack(record: object, kind: str) -> Packed:
    """Return ``record``, secrets removed, as it will be kept; ValueError where it is not JSON-like."""
    try:
        content = canonical_json(redact_record(record))
    except RecursionError:
        raise ValueError("the record is nested too deep") from None
    if len(content) > _LARGEST:
        raise ValueError(f"the record is larger than {_LARGEST // 1024 // 1024} MiB")
    return Packed(hashlib.sha256(content).hexdigest(), kind, zlib.compress(content, _COMPRESSION))


def keep(connection: Connection, snapshot_no: int, packed: Iterable[Packed], now: datetime) -> None:
    """Keep records that are new, and note that the snapshot refers to them."""
    # In one order everywhere: two writers that want the same rows then never wait for each other in a ring.
    rows = sorted({record.id: record for record in packed}.values(), key=lambda record: record.id)
    if not rows:
        return
    connection.execute(
        insert_or_leave(connection, evidence),
        [
            {"evidence_id": row.id, "kind": row.kind, "first_seen": now, "content": row.content}
            for row in rows
        ],
    )
    connection.execute(
        insert_or_leave(connection, evidence_uses),
        [{"snapshot_no": snapshot_no, "evidence_id": row.id} for row in rows],
    )


def keep_alone(connection: Connection, packed: Iterable[Packed], now: datetime) -> None:
    """Keep records that belong to no snapshot, such as pictures in a case; no snapshot's end removes them."""
    # In one order everywhere, as in `keep`.
    rows = sorted({record.id: record for record in packed}.values(), key=lambda record: record.id)
    if rows:
        connection.execute(
            insert_or_leave(connection, evidence),
            [
                {"evidence_id": row.id, "kind": row.kind, "first_seen": now, "content": row.content}
                for row in rows
            ],
        )


def read(database: Database, evidence_id: str) -> EvidenceRecord:
    """Return a record.

    Raises:
        StoreError: there is none of this id, or what is kept no longer hashes to it.

    """
    with database.read() as connection:
        row = connection.execute(select(evidence).where(evidence.c.evidence_id == evidence_id)).one_or_none()
    if row is None:
        raise StoreError(
            f"There is no evidence {evidence_id[:80]!r}.", remedy="Give the whole id as a report shows it."
        )
    content = _unpack(row.content)
    if content is None or hashlib.sha256(content).hexdigest() != evidence_id:
        raise StoreError(
            f"The evidence {evidence_id} was altered since it was recorded.",
            remedy="Do not rely on it; restore the store from a backup.",
        )
    return EvidenceRecord(evidence_id, row.kind, json.loads(content), row.first_seen)


def used_by(database: Database, evidence_id: str) -> tuple[str, ...]:
    """Return the complete snapshots that refer to a record, oldest first."""
    with database.read() as connection:
        found: Sequence[Any] = (
            connection.execute(
                select(snapshots.c.snapshot_id)
                .join(evidence_uses, evidence_uses.c.snapshot_no == snapshots.c.snapshot_no)
                .where(evidence_uses.c.evidence_id == evidence_id, snapshots.c.status == "complete")
                .order_by(snapshots.c.finished_at, snapshots.c.snapshot_no)
            )
            .scalars()
            .all()
        )
    return tuple(found)


def forget(connection: Connection, snapshot_no: int) -> None:
    """Remove the snapshot's uses, and the records nobody uses any more."""
    if connection.dialect.name == "postgresql":
        # Keeps a writer from taking up again a record that is about to go.
        connection.exec_driver_sql("LOCK TABLE evidence IN SHARE ROW EXCLUSIVE MODE")
    mine = select(evidence_uses.c.evidence_id).where(evidence_uses.c.snapshot_no == snapshot_no)
    candidates = list(connection.execute(mine).scalars())
    connection.execute(delete(evidence_uses).where(evidence_uses.c.snapshot_no == snapshot_no))
    for start in range(0, len(candidates), 500):
        connection.execute(
            delete(evidence).where(
                evidence.c.evidence_id.in_(candidates[start : start + 500]),
                ~exists().where(evidence_uses.c.evidence_id == evidence.c.evidence_id),
            )
        )


def _unpack(content: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(content, _LARGEST + 1)
    except zlib.error:
        return None
    return unpacked if unpacker.eof else None
