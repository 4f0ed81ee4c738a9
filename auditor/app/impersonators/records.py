"""What platforms and lists said of an account with a case, for the evidence store.

Only of accounts with a case, and only where it made a line of the case's timeline: follower counts change every
day, and of the millions that are like nothing of ours nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from auditor.app.impersonators.cases import Outcome, Sighting
from auditor.model.impersonation import Candidate, Case
from auditor.store.evidence import Packed, pack

KIND = "case:record"
"""Kind of the evidence that holds what was said of an account, secrets removed."""


@dataclass(slots=True)
class Records:
    """The raw records of one scan."""

    wanted: list[Packed] = field(default_factory=list)
    """Those that a case or its timeline names."""
    _packed: dict[str, Packed] = field(default_factory=dict)

    def named(self, sighting: Sighting) -> Sighting:
        """Return the sighting with the id that its record has in the evidence store, if it is kept."""
        if not sighting.candidate.told:
            return sighting
        packed = _pack(sighting.candidate)
        self._packed[packed.id] = packed
        return replace(sighting, candidate=replace(sighting.candidate, evidence_id=packed.id))

    def kept(self, before: Case | None, outcome: Outcome) -> Outcome:
        """Note the records that ``outcome`` names; where nothing is news, the case names the one before."""
        earlier = before.candidate.evidence_id if before else None
        if not outcome.steps and earlier:
            outcome.cases = [
                replace(case, candidate=replace(case.candidate, evidence_id=earlier))
                for case in outcome.cases
            ]
            # It was kept when it was news; what was removed since does not come back unasked.
            return outcome
        for case in outcome.cases:
            packed = self._packed.get(case.candidate.evidence_id or "")
            if packed is not None:
                self.wanted.append(packed)
        return outcome


def _pack(candidate: Candidate) -> Packed:
    account = {"platform": candidate.platform, "account": candidate.id}
    try:
        return pack(account | {"told": [_plain(one) for one in candidate.told]}, KIND)
    except (ValueError, RecursionError) as error:
        return pack(account | {"told": [], "left_out": f"what was said cannot be kept: {error}"}, KIND)


def _plain(value: object) -> object:
    """Return ``value`` as JSON has it; what JSON has no word for (days, bytes of a table) as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
