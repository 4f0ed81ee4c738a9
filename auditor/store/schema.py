"""The tables as they are now; `migrations/` tells how they came to be so.

Facts are kept per snapshot under a running number: several sources may tell of the same thing, so a
fact's own id is not a key. Nothing a platform wrote is indexed, because such text may be longer than
an index takes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text
from sqlalchemy.types import TypeEngine

from auditor.model.tables import FACT_TABLES
from auditor.store import schema_alerts as schema_alerts
from auditor.store import schema_cases as schema_cases
from auditor.store import schema_custody as schema_custody
from auditor.store import schema_events as schema_events
from auditor.store import schema_jobs as schema_jobs
from auditor.store import schema_lives as schema_lives
from auditor.store.columns import Kind, columns_of
from auditor.store.schema_base import SERIAL, snapshot_key
from auditor.store.schema_base import metadata as metadata
from auditor.store.types import CleanText, JsonText, UtcDateTime

# What holds for the whole store: the organisation, the key network addresses are hashed under.
meta = Table(
    "store_meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Programs that have the store open to write; a dead one's locks and open snapshots are free.
holders = Table(
    "holders",
    metadata,
    Column("holder_id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("process_mark", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
)

locks = Table(
    "locks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder_id", Text, nullable=False),
    Column("owner", CleanText, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# One run each; only those with status 'complete' are ever shown.
snapshots = Table(
    "snapshots",
    metadata,
    Column("snapshot_no", SERIAL, primary_key=True, autoincrement=True),
    Column("snapshot_id", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("holder_id", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("connections", JsonText, nullable=False),
    Column("counts", JsonText, nullable=False),
    Column("judged_at", UtcDateTime),
    Column("summary", JsonText),
    sqlite_autoincrement=True,
)

# Raw records by the SHA-256 of their canonical JSON, secrets removed, zlib-compressed.
evidence = Table(
    "evidence",
    metadata,
    Column("evidence_id", Text, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

evidence_uses = Table(
    "evidence_uses",
    metadata,
    snapshot_key(),
    Column("evidence_id", Text, ForeignKey("evidence.evidence_id"), primary_key=True),
    Index("ix_evidence_uses_evidence_id", "evidence_id"),
    sqlite_with_rowid=False,
)

findings = Table(
    "findings",
    metadata,
    snapshot_key(),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", Text, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("pack", CleanText, nullable=False),
    Column("severity", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", CleanText, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("remediation", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("remedy", CleanText, nullable=False),
    Column("platform", CleanText),
    Column("account_id", CleanText),
    Column("principal_id", CleanText),
    Column("person_id", CleanText),
    Column("evidence_id", Text),
    Column("references", Text, nullable=False),
    Column("risk", BigInteger),
    Index("ix_findings_fingerprint", "fingerprint"),
)

rule_results = Table(
    "rule_results",
    metadata,
    snapshot_key(),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False),
    Column("rule", CleanText, nullable=False),
    Column("pack", CleanText, nullable=False),
    Column("severity", Text, nullable=False),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("passed", "failed", "unknown", "not_applicable", "verified", "attested")
    ),
)

# Messages wait here until their receivers' server has taken them; `schema_alerts` tells which ways pause.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", CleanText, nullable=False),
    Column("recipients", JsonText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("holder_id", Text),
    Column("claimed_at", UtcDateTime),
    Column("next_attempt_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("last_error", CleanText, nullable=False),
    Column("channel", Text, nullable=False, server_default="mail"),
    Column("target", CleanText, nullable=False, server_default=""),
    Column("content_type", Text, nullable=False, server_default="message/rfc822"),
    Column("due_at", UtcDateTime),
    Index("ix_outbox_state", "state"),
    sqlite_autoincrement=True,
)

_SQL_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: Text(),
    Kind.BOOLEAN: Boolean(create_constraint=False),
    Kind.INTEGER: BigInteger(),
    Kind.INSTANT: UtcDateTime(),
    Kind.DAY: Text(),
    Kind.LIST: Text(),
    Kind.DAYS: Text(),
}


def _fact_table(name: str) -> Table:
    return Table(
        name,
        metadata,
        # Checking the key row by row would cost a third of the insert; the writer checks it batch by batch.
        snapshot_key(checked=False),
        Column("row_no", BigInteger, primary_key=True, autoincrement=False),
        *(
            Column(column.name, _SQL_TYPES[column.kind], nullable=column.nullable)
            for column in columns_of(name)
        ),
    )


fact_tables: dict[str, Table] = {name: _fact_table(name) for name in FACT_TABLES}
"""One table a kind of fact, columns as in `auditor.model`."""
