"""The renewal trail of waivers: every version of their terms, in the order they were agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from auditor.model.waiver import Waiver
from auditor.store.database import Database
from auditor.store.schema_lives import waiver_terms


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a waiver's terms, to be recorded."""

    waiver: Waiver
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class KeptTerms:
    """One version of a waiver's terms, as recorded."""

    seq: int
    recorded_at: datetime
    waiver: Waiver
    withdrawn: bool
    """The waiver was taken out of the file then; the terms are the last that stood in it."""


class WaiverTrail:
    """The terms kept in one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, key: str) -> tuple[KeptTerms, ...]:
        """Return every version of one waiver's terms, oldest first."""
        statement = select(waiver_terms).where(waiver_terms.c.waiver_key == key)
        with self._database.read() as connection:
            return tuple(_kept(row) for row in connection.execute(statement.order_by(waiver_terms.c.seq)))

    def newest(self) -> dict[str, KeptTerms]:
        """Return the newest terms of every waiver there ever was, by key."""
        with self._database.read() as connection:
            rows = connection.execute(select(waiver_terms).order_by(waiver_terms.c.seq))
            return {row.waiver_key: _kept(row) for row in rows}


def record_terms(connection: Connection, terms: Sequence[Terms], at: datetime) -> None:
    """Add versions to the trail, within a transaction that is open."""
    if not terms:
        return
    connection.execute(
        insert(waiver_terms),
        [
            {
                "waiver_key": one.waiver.key,
                "recorded_at": at,
                "terms": one.waiver.terms,
                "withdrawn": one.withdrawn,
            }
            for one in terms
        ],
    )


def _kept(row: Any) -> KeptTerms:
    return KeptTerms(row.seq, row.recorded_at, Waiver.of_terms(row.terms), row.withdrawn)
