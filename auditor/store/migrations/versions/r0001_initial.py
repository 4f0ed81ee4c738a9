"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "text": sa.Text,
    "integer": sa.BigInteger,
    "boolean": sa.Boolean,
}
_PROVENANCE = "source:text! observed_at:integer! evidence_id:text attested_by:text valid_until:integer"
# Column and type; an exclamation mark: never null.
_FACTS = {
    "accounts": """
        account_id:text! platform:text! kind:text handle:text name:text url:text parent_id:text
        owner_email:text tier:integer phi_exposed:boolean verified:boolean published:boolean
        mfa_required:text created_at:integer followers:integer bio:text avatar_url:text
        last_reviewed_on:text recovery_email:text recovery_email_domain:text
    """,
    "principals": """
        principal_id:text! platform:text! kind:text name:text email:text handle:text status:text
        mfa:boolean mfa_methods:text last_active_at:integer created_at:integer invited_at:integer
    """,
    "grants": """
        grant_id:text! account_id:text! principal_id:text! role:text tasks:text level:text
        can_message:boolean can_grant:boolean via:text! via_id:text status:text granted_at:integer
        last_used_at:integer expires_at:integer
    """,
    "apps": """
        app_key:text! app_id:text! account_id:text! name:text publisher:text scopes:text level:text
        can_message:boolean approved_at:integer approved_by:text last_used_at:integer
        first_party:boolean
    """,
    "logins": """
        login_key:text! account_id:text! kind:text! principal_id:text at:integer client:text
        address_hash:text
    """,
    "tokens": """
        token_id:text! kind:text! account_id:text app_id:text scopes:text scopes_needed:text
        issued_at:integer expires_at:integer never_expires:boolean data_access_expires_at:integer
    """,
    "changes": """
        change_key:text! account_id:text! kind:text! at:integer before:text after:text
    """,
    "people": """
        person_id:text! name:text! preferred_name:text work_email:text other_emails:text!
        handles:text! status:text raw_status:text kind:text department:text title:text
        manager_id:text location:text hired_on:text left_on:text training:text!
    """,
    "vendors": """
        vendor_id:text! name:text! kind:text domains:text! app_names:text! app_ids:text!
        contract_ends_on:text baa_signed_on:text baa_expires_on:text owner_email:text
    """,
    "coverage": """
        account_id:text! fact:text! state:text! reason:text! remedy:text!
    """,
}


def upgrade() -> None:
    """Create every table."""
    _create_runs()
    _create_evidence()
    _create_judgements()
    _create_outbox()
    for name, text in _FACTS.items():
        op.create_table(
            name,
            sa.Column("snapshot_no", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("row_no", sa.BigInteger(), autoincrement=False, nullable=False),
            *(_fact_column(entry) for entry in (_PROVENANCE + text).split()),
            sa.PrimaryKeyConstraint("snapshot_no", "row_no", name=op.f(f"pk_{name}")),
        )


def _fact_column(entry: str) -> sa.Column[Any]:
    name, kind = entry.rstrip("!").split(":")
    return sa.Column(name, _TYPES[kind](), nullable=not entry.endswith("!"))


def _create_runs() -> None:
    op.create_table(
        "store_meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store_meta")),
    )
    op.create_table(
        "holders",
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("process_mark", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("holder_id", name=op.f("pk_holders")),
    )
    op.create_table(
        "locks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_locks")),
    )
    op.create_table(
        "snapshots",
        sa.Column("snapshot_no", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("connections", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.BigInteger()),
        sa.Column("summary", sa.Text()),
        sa.PrimaryKeyConstraint("snapshot_no", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_snapshots_snapshot_id")),
        sqlite_autoincrement=True,
    )


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence")),
    )
    op.create_table(
        "evidence_uses",
        sa.Column(
            "snapshot_no",
            sa.BigInteger(),
            sa.ForeignKey("snapshots.snapshot_no", name=op.f("fk_evidence_uses_snapshot_no")),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "evidence_id",
            sa.Text(),
            sa.ForeignKey("evidence.evidence_id", name=op.f("fk_evidence_uses_evidence_id")),
            autoincrement=False,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("snapshot_no", "evidence_id", name=op.f("pk_evidence_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_evidence_uses_evidence_id"), "evidence_uses", ["evidence_id"])


def _create_judgements() -> None:
    op.create_table(
        "findings",
        sa.Column(
            "snapshot_no",
            sa.BigInteger(),
            sa.ForeignKey("snapshots.snapshot_no", name=op.f("fk_findings_snapshot_no")),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("row_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remediation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text()),
        sa.Column("account_id", sa.Text()),
        sa.Column("principal_id", sa.Text()),
        sa.Column("person_id", sa.Text()),
        sa.Column("evidence_id", sa.Text()),
        sa.Column("references", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", "row_no", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_fingerprint"), "findings", ["fingerprint"])
    op.create_table(
        "rule_results",
        sa.Column(
            "snapshot_no",
            sa.BigInteger(),
            sa.ForeignKey("snapshots.snapshot_no", name=op.f("fk_rule_results_snapshot_no")),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("row_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.Column("not_applicable", sa.BigInteger(), nullable=False),
        sa.Column("verified", sa.BigInteger(), nullable=False),
        sa.Column("attested", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", "row_no", name=op.f("pk_rule_results")),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.Text()),
        sa.Column("claimed_at", sa.BigInteger()),
        sa.Column("next_attempt_at", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"])
