"""Cases of impersonation as kept: a case, its timeline and the events it makes are written together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from auditor.errors import StoreError
from auditor.model.event import Event
from auditor.model.impersonation import Case, CaseEvent, CaseStep
from auditor.store.bulk import insert_or_leave
from auditor.store.case_evidence import CaseEvidence, evidence_of, remove_for_good
from auditor.store.case_rows import case_of, case_row, step_of, step_row
from auditor.store.database import Database
from auditor.store.events import append
from auditor.store.evidence import Packed, keep_alone
from auditor.store.schema_cases import impersonator_cases, impersonator_steps

_AT_ONCE = 500


class CaseOvertaken(StoreError):
    """Somebody else has written a case since it was read; read it again."""


class Cases:
    """The cases of one store."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Case, ...]:
        """Return every case, by its id."""
        statement = select(impersonator_cases).order_by(impersonator_cases.c.case_id)
        with self._database.read() as connection:
            return tuple(case_of(row) for row in connection.execute(statement))

    def find(self, prefix: str) -> tuple[Case, ...]:
        """Return the cases whose id begins so."""
        statement = (
            select(impersonator_cases)
            .where(impersonator_cases.c.case_id.startswith(prefix.strip().lower(), autoescape=True))
            .order_by(impersonator_cases.c.case_id)
        )
        with self._database.read() as connection:
            return tuple(case_of(row) for row in connection.execute(statement))

    def timeline(self, case_ids: Collection[str]) -> tuple[CaseEvent, ...]:
        """Return what happened to the cases, oldest first."""
        wanted = sorted(case_ids)
        steps: list[tuple[int, CaseEvent]] = []
        with self._database.read() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                statement = select(impersonator_steps).where(
                    impersonator_steps.c.case_id.in_(wanted[start : start + _AT_ONCE])
                )
                steps += [(row.seq, step_of(row)) for row in connection.execute(statement)]
        return tuple(step for _seq, step in sorted(steps, key=lambda one: (one[1].at, one[0])))

    def record(
        self,
        cases: Sequence[Case],
        steps: Iterable[CaseEvent] = (),
        events: Iterable[Event] = (),
        evidence: Iterable[Packed] = (),
    ) -> int:
        """Keep ``cases``, add their ``steps`` and ``events``, in one transaction; return how many events are new.

        Args:
            cases: each with the version it was read at, 0 where it is new.
            steps: lines of timelines; those whose key is there already are left alone.
            events: for the journal.
            evidence: the raw records that the cases and steps name.

        Raises:
            CaseOvertaken: somebody else has written one of the cases meanwhile; nothing is kept.

        """
        with self._database.write() as connection:
            for case in cases:
                _write(connection, case)
            keep_alone(connection, evidence, self._clock())
            rows = [step_row(step) for step in steps]
            if rows:
                connection.execute(insert_or_leave(connection, impersonator_steps), rows)
            return append(connection, events)

    def evidence(self, case: Case) -> tuple[CaseEvidence, ...]:
        """Return what is still kept of the evidence that the case names, oldest first."""
        with self._database.read() as connection:
            return evidence_of(connection, case)

    def times_forgotten(self, case_id: str) -> int:
        """Return how often the case's evidence was removed."""
        steps = impersonator_steps.c
        statement = select(func.count()).where(
            steps.case_id == case_id, steps.step == CaseStep.FORGOTTEN.value
        )
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def forget(self, case: Case, removed: Sequence[CaseEvidence], step: CaseEvent, event: Event) -> None:
        """Remove evidence of a case for good and say so in its timeline and the journal, in one transaction.

        Args:
            case: with the version it was read at; it is written as it is.
            removed: all of `evidence` that the case shares with nobody.
            step: who removed what, and why.
            event: the same for the journal.

        Raises:
            CaseOvertaken: the case or its evidence has changed since it was read; nothing is removed.

        """
        with self._database.write() as connection:
            _write(connection, case)
            there = [one for one in evidence_of(connection, case, for_good=True) if not one.shared]
            if sorted(one.id for one in there) != sorted(one.id for one in removed):
                raise _overtaken(case)
            remove_for_good(connection, [one.id for one in removed])
            connection.execute(insert_or_leave(connection, impersonator_steps), [step_row(step)])
            append(connection, [event])


def _write(connection: Connection, case: Case) -> None:
    table = impersonator_cases
    row = case_row(replace(case, version=case.version + 1))
    if case.version == 0:
        begun = insert_or_leave(connection, table).values(row).returning(table.c.case_id)
        written = connection.execute(begun).one_or_none()
    else:
        read = (table.c.case_id == case.case_id, table.c.version == case.version)
        changed = update(table).where(*read).values(row).returning(table.c.case_id)
        written = connection.execute(changed).one_or_none()
    if written is None:
        raise _overtaken(case)


def _overtaken(case: Case) -> CaseOvertaken:
    return CaseOvertaken(
        f"Somebody else has changed the case {case.case_id} in the meantime.", remedy="Run the command again."
    )
