"""A part of a list of accounts and what one process finds in it: what a cluster's workers run.

Nothing here knows of the cluster. What is found depends on the plan and the part alone, so a part may be looked at by
any worker, and again when a worker dies.
"""

from __future__ import annotations

import hashlib
import pickle
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from auditor.app.impersonators.profiles import Unread, candidates_within
from auditor.errors import AuditorError
from auditor.lookalikes import Brand, Candidate, Scan, Thresholds, Verdict
from auditor.lookalikes.pairs import PairFinder
from auditor.lookalikes.suppress import Registry

_FIELDS = tuple(Candidate.__dataclass_fields__)
_cells = attrgetter(*_FIELDS)
_END = 65_536
"""Bytes at the end of a Parquet file that tell it from others: its index, with the least and most of every column."""


def made_by() -> tuple[str, ...]:
    """Return the versions of all that an answer hangs on."""
    import rapidfuzz

    from auditor import __version__

    return (
        f"auditor {__version__}",
        f"Unicode {unicodedata.unidata_version}",
        f"rapidfuzz {rapidfuzz.__version__}",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What accounts are compared with; the same for all parts of a list."""

    brands: tuple[Brand, ...]
    registry: Registry
    as_of: datetime
    thresholds: Thresholds
    versions: tuple[str, ...]

    @classmethod
    def of(cls, scan: Scan) -> Plan:
        """Return the plan of a scan."""
        return cls(scan.brands, scan.registry, scan.as_of, scan.thresholds, made_by())


def kept(plan: Plan) -> Plan:
    """Return the plan: a task whose result every worker fetches once, and that is run again when it is lost."""
    return plan


@dataclass(frozen=True, slots=True)
class Batch:
    """Accounts that whoever gave the order has read."""

    packed: bytes
    """Packed, so that a scheduler carries bytes instead of a million small objects."""

    @classmethod
    def of(cls, accounts: Sequence[Candidate]) -> Batch:
        """Return the accounts, packed."""
        return cls(pickle.dumps([_cells(account) for account in accounts], pickle.HIGHEST_PROTOCOL))

    def accounts(self, unread: Unread) -> list[Candidate]:
        """Return the accounts; what could not be read was counted when they were."""
        # Dask hands everything over pickled, and this is by the same hand.
        return [Candidate(*cells) for cells in pickle.loads(self.packed)]  # noqa: S301 - see above


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of a Parquet file that the worker reads itself."""

    path: str
    fingerprint: str
    first: int
    """Number of the first row, from 1."""
    count: int

    def accounts(self, unread: Unread) -> list[Candidate]:
        """Return the accounts of these rows.

        Raises:
            AuditorError: this machine sees no such file, or another one, or it cannot be read.

        """
        if fingerprint(self.path) != self.fingerprint:
            raise AuditorError(
                f"a worker does not see the same {self.path}.",
                remedy="Put it where all workers see it by this path, or by another path that only you see.",
            )
        return list(candidates_within(Path(self.path), self.first, self.count, unread))


def fingerprint(path: str) -> str:
    """Return what tells a Parquet file from others by its size and its end; empty where there is none."""
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - _END, 0))
            return f"{size} {hashlib.blake2b(file.read(), digest_size=16).hexdigest()}"
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in one part."""

    verdicts: tuple[Verdict, ...] = ()
    accounts: int = 0
    unread: Unread | None = None
    """Cells the worker could not read; None where it read none."""
    failure: tuple[str, str] | None = None
    """What is wrong and its remedy; told rather than raised, as it travels unchanged so."""


def examine(plan: Plan, part: Batch | Span) -> Answer:
    """Return what is found in ``part``; the answer hangs on nothing but the two."""
    unread = Unread()
    try:
        scan = _scan(plan)
        accounts = part.accounts(unread)
        return Answer(tuple(scan.of_batch(accounts)), len(accounts), unread)
    except AuditorError as error:
        return Answer(failure=(error.message, error.remedy))


@lru_cache(maxsize=1)
def _scan(plan: Plan) -> Scan:
    """Return the scan of a plan, made once a process.

    Raises:
        AuditorError: this process runs other versions, and might find something else.

    """
    if made_by() != plan.versions:
        raise AuditorError(
            f"a worker runs {', '.join(made_by())}; here it is {', '.join(plan.versions)}.",
            remedy="Install the same versions everywhere, so that every machine gives the same answer.",
        )
    finder = PairFinder(plan.brands, plan.thresholds)
    return Scan(plan.brands, plan.registry, finder, plan.as_of, plan.thresholds)
