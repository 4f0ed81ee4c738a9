"""The evidence that cases name, and its removal where a law or a decision asks for it.

Pictures of ours stand in many cases, and what a platform told of our own account is a snapshot's too: what
anybody else still refers to is shared, and stays. A case whose evidence was removed refers to it no longer,
though its timeline goes on naming it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from auditor.model.impersonation import Case, CaseStep
from auditor.store.schema import evidence, evidence_uses
from auditor.store.schema_cases import impersonator_steps

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """One record that a case names, and that is still kept."""

    id: str
    """SHA-256 of the record."""
    kind: str
    first_seen: datetime
    shared: bool
    """Whether another case or a snapshot refers to it too."""


def evidence_of(connection: Connection, case: Case, *, for_good: bool = False) -> tuple[CaseEvidence, ...]:
    """Return what is kept of a case, oldest first.

    Args:
        connection: in a transaction.
        case: whose timeline and account name it.
        for_good: it is about to be removed: nobody may begin to refer to it before the transaction ends.

    """
    if for_good and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE evidence, impersonator_steps IN SHARE ROW EXCLUSIVE MODE")
    steps = impersonator_steps
    named = select(steps.c.evidence_id).where(
        steps.c.case_id == case.case_id, steps.c.evidence_id.is_not(None)
    )
    mine = {*connection.execute(named).scalars(), case.candidate.evidence_id} - {None}
    found: list[CaseEvidence] = []
    for ids in _parts(mine):
        shared = _used(connection, ids) | _of_others(connection, case.case_id, ids)
        table = evidence.c
        kept = select(table.evidence_id, table.kind, table.first_seen).where(table.evidence_id.in_(ids))
        found += [
            CaseEvidence(row.evidence_id, row.kind, row.first_seen, row.evidence_id in shared)
            for row in connection.execute(kept)
        ]
    return tuple(sorted(found, key=lambda one: (one.first_seen, one.id)))


def remove_for_good(connection: Connection, ids: Collection[str]) -> None:
    """Remove records; of SQLite's file their bytes are overwritten too, not only given up."""
    is_sqlite = connection.dialect.name == "sqlite"
    before = connection.exec_driver_sql("PRAGMA secure_delete").scalar() if is_sqlite else None
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    for part in _parts(ids):
        connection.execute(delete(evidence).where(evidence.c.evidence_id.in_(part)))
    if is_sqlite:
        connection.exec_driver_sql(f"PRAGMA secure_delete = {int(before or 0)}")


def _used(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that a snapshot refers to."""
    uses = select(evidence_uses.c.evidence_id).where(evidence_uses.c.evidence_id.in_(ids))
    return set(connection.execute(uses).scalars())


def _of_others(connection: Connection, case_id: str, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that another case refers to and has not let go."""
    steps = impersonator_steps
    others = select(steps.c.case_id).where(steps.c.evidence_id.in_(ids), steps.c.case_id != case_id)
    told = select(steps.c.case_id, steps.c.step, steps.c.evidence_id, steps.c.before).where(
        steps.c.case_id.in_(others.distinct()),
        steps.c.evidence_id.in_(ids) | (steps.c.step == CaseStep.FORGOTTEN.value),
    )
    referred: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(told.order_by(steps.c.seq)):
        if row.step == CaseStep.FORGOTTEN.value:
            referred[row.case_id] -= row.before.keys()
        else:
            referred[row.case_id].add(row.evidence_id)
    return set().union(*referred.values())


def _parts(ids: Collection[str | None]) -> list[list[str]]:
    listed = sorted(one for one in ids if one)
    return [listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE)]
