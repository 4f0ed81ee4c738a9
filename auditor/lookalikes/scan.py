"""The scan: accounts in, verdicts out, batch by batch, so that memory does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from auditor.lookalikes.brand import Brand, with_forms
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.pairs import PairFinder
from auditor.lookalikes.suppress import Allowed, Registry
from auditor.lookalikes.thresholds import DEFAULT, Thresholds
from auditor.lookalikes.verdict import Tier, Verdict, judge

BATCH = 50_000
"""Accounts looked at together; what a batch holds fits a processor's cache."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Protected brands, ready to be compared with any number of accounts."""

    brands: tuple[Brand, ...]
    registry: Registry
    finder: PairFinder
    as_of: datetime
    """The moment ages are counted to; the same input at the same moment gives the same answer."""
    thresholds: Thresholds = DEFAULT

    @classmethod
    def of(
        cls,
        brands: Iterable[Brand],
        as_of: datetime,
        allowed: Sequence[Allowed] = (),
        thresholds: Thresholds = DEFAULT,
    ) -> Scan:
        """Return a scan for ``brands``, their forms worked out."""
        formed = with_forms(brands)
        return cls(formed, Registry.of(formed, allowed), PairFinder(formed, thresholds), as_of, thresholds)

    def verdicts(self, candidates: Iterable[Candidate]) -> Iterator[Verdict]:
        """Yield a verdict for every pair worth showing, in the order of candidates, then brands."""
        stream = iter(candidates)
        while batch := list(islice(stream, BATCH)):
            yield from self.of_batch(batch)

    def of_batch(self, batch: Sequence[Candidate]) -> Iterator[Verdict]:
        """Yield the verdicts of accounts looked at together."""
        pairs = self.finder.find([each.local_handle for each in batch], [each.name for each in batch])
        for row, number in zip(pairs.texts.tolist(), pairs.names.tolist(), strict=True):
            verdict = judge(batch[row], self.brands[number], self.registry, self.as_of, self.thresholds)
            if verdict is not None:
                yield verdict


def rank(verdict: Verdict) -> tuple[bool, bool, float, str, str]:
    """Return the key that puts verdicts in a reader's order: likely first, suppressed last, highest score first."""
    return (
        verdict.tier is not Tier.LIKELY,
        bool(verdict.suppressed_by),
        -verdict.score,
        verdict.brand.key,
        verdict.candidate.id,
    )
