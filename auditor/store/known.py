"""What a snapshot can know of: whether the absence of a row means the absence of the thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from auditor.model.estate import CoverageState, FactKind

KIND_OF_TABLE = {
    "accounts": FactKind.ACCOUNTS,
    "grants": FactKind.GRANTS,
    "apps": FactKind.APPS,
    "tokens": FactKind.TOKENS,
}
"""Tables whose rows belong to one account, and the kind of coverage that speaks of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """The kinds of fact one snapshot knows in full, by account: the best state over all sources."""

    pairs: frozenset[tuple[str, str]]
    spoken_of: frozenset[tuple[str, str]]
    """Account and kind that any source said anything about."""
    has_people: bool

    def of_account(self, account_id: str, kind: FactKind) -> bool:
        """Return whether every fact of ``kind`` about ``account_id`` was seen."""
        return (account_id, kind.value) in self.pairs

    def of_holders(self, account_id: str) -> bool:
        """Return whether everybody who holds ``account_id`` was seen."""
        if (account_id, FactKind.PRINCIPALS.value) in self.spoken_of:
            return self.of_account(account_id, FactKind.PRINCIPALS)
        return self.of_account(account_id, FactKind.GRANTS)

    def shows_absence(
        self, table: str, row: Mapping[str, object], parents: Mapping[str, str], held: Iterable[str]
    ) -> bool:
        """Return whether a row of ``table`` that this snapshot lacks is truly not there.

        ``parents``: account to the container that lists it. ``held``: accounts a principal held.
        """
        if table == "people":
            return self.has_people
        if table == "principals":
            accounts = list(held)
            return bool(accounts) and all(
                self.of_holders(account_id) or self._is_gone(account_id, parents) for account_id in accounts
            )
        account_id = row.get("account_id")
        if not isinstance(account_id, str):
            return False
        return self.of_account(account_id, KIND_OF_TABLE[table]) or self._is_gone(account_id, parents)

    def _is_gone(self, account_id: str, parents: Mapping[str, str]) -> bool:
        """Return whether the account itself has left a container whose list was seen in full."""
        if any((account_id, kind.value) in self.spoken_of for kind in FactKind):
            return False
        parent = parents.get(account_id)
        return parent is not None and self.of_account(parent, FactKind.ACCOUNTS)


def known_in(coverage: pd.DataFrame, *, has_people: bool, at: pd.Timestamp) -> Known:
    """Return what the snapshot with this ``coverage`` knows as of ``at``; expired statements do not count."""
    current = coverage["valid_until"].isna() | (coverage["valid_until"] > at)
    seen = coverage[(coverage["state"] == CoverageState.OBSERVED.value) & current]
    stated = coverage[(coverage["state"] == CoverageState.ATTESTED.value) & current]
    # What a source that could not be read alone knew is missing from what a person states.
    failed = coverage[coverage["state"] == CoverageState.FAILED.value]
    return Known(
        pairs=_pairs(seen) | (_pairs(stated) - _pairs(failed)),
        spoken_of=_pairs(coverage),
        has_people=has_people,
    )


def _pairs(coverage: pd.DataFrame) -> frozenset[tuple[str, str]]:
    return frozenset(zip(coverage["account_id"], coverage["fact"], strict=True))
