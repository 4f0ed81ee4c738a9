"""Looking for impersonators in a list somebody has: no store, no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from auditor.app.impersonators.profiles import Unread, allowed, brands, candidates, nothing_listed
from auditor.app.progress import Progress, Silent
from auditor.errors import DocumentError
from auditor.lookalikes import Scan, Thresholds, Tier, Verdict
from auditor.lookalikes.scan import BATCH

_TOLD_EVERY = 5
"""Batches between two words of progress."""


@dataclass(slots=True)
class Tally:
    """What a scan has seen so far."""

    accounts: int = 0
    likely: int = 0
    review: int = 0
    suppressed: int = 0
    unread: Unread = field(default_factory=Unread)

    @property
    def is_nothing(self) -> bool:
        """Whether there was no account that anything could be said of."""
        return self.accounts == self.unread.nameless

    def count(self, verdict: Verdict) -> None:
        """Count one verdict."""
        if verdict.suppressed_by:
            self.suppressed += 1
        elif verdict.tier is Tier.LIKELY:
            self.likely += 1
        else:
            self.review += 1


@dataclass(frozen=True, slots=True)
class OfflineScan:
    """A scan of files; opened before anything is printed, so that a wrong file is told first."""

    scan: Scan
    accounts: Path
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def open(
        cls,
        brands_file: Path,
        accounts: Path,
        as_of: datetime,
        allowed_file: Path | None = None,
        thresholds: Thresholds | None = None,
    ) -> OfflineScan:
        """Read the brands and the allowed accounts.

        Raises:
            DocumentError: a file is missing or cannot be used.

        """
        accepted = allowed(allowed_file) if allowed_file else ()
        scan = Scan.of(brands(brands_file), as_of, accepted, thresholds or Thresholds())
        next(candidates(accounts, Unread()), None)
        return cls(scan, accounts)

    def refuse_nothing(self) -> None:
        """Refuse to call a list without accounts a list without impersonators; asked once it was looked through.

        Raises:
            DocumentError: there was nothing in it to look at.

        """
        if self.tally.is_nothing:
            why, remedy = nothing_listed(self.accounts, self.tally.accounts)
            raise DocumentError(f"it {why}: nothing was looked at.", path=self.accounts, remedy=remedy)

    def verdicts(self, progress: Progress | None = None) -> Iterator[Verdict]:
        """Yield the verdicts in the order of the accounts.

        Raises:
            DocumentError: the list of accounts is broken at the line named.

        """
        progress = progress or Silent()
        stream = candidates(self.accounts, self.tally.unread)
        batches = 0
        while batch := list(islice(stream, BATCH)):
            self.tally.accounts += len(batch)
            for verdict in self.scan.of_batch(batch):
                self.tally.count(verdict)
                yield verdict
            batches += 1
            if batches % _TOLD_EVERY == 0:
                progress.step(f"{self.tally.accounts:,} accounts looked at, {self.tally.likely:,} likely")
