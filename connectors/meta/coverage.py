"""What was learnt of each account, kind by kind, and what nobody can learn from Graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Coverage
from connectors.base import Sight
from connectors.meta.errors import GraphError

if TYPE_CHECKING:
    from connectors.meta.reading import EdgeRead

ATTEST_MFA = (
    "Ask each of them, and attest the answer in a table ('auditor attest new'); move people with Page roles"
    " into the portfolio, where Graph shows it."
)
ATTEST_APPS = (
    "Look up the connected apps in the account's own settings ('Business integrations', 'Apps and websites'),"
    " and attest them in a table ('auditor attest new')."
)
ATTEST_PASSWORDS = (
    "Attest who knows the Instagram password ('auditor attest new'); best: change it and give tasks instead."
)
ATTEST_POLICY = "Read 'Two-factor authentication' in the portfolio's Security Center, and attest it in a table of accounts."
ASK_OWNER = (
    "Ask the business that owns it for its list of people, and attest it in a table ('auditor attest new')."
)
NOT_OURS = "Graph shows whom two-factor authentication binds only for our own portfolio."

NOT_EXPOSED: dict[FactKind, tuple[str, str]] = {
    FactKind.LOGINS: (
        "Graph shows no logins or sessions.",
        "Read the Security Center, or have holders export their own data.",
    ),
    FactKind.LAST_USED: (
        "Graph shows no last activity of anybody.",
        "Look at 'inactive' people in the Security Center of the portfolio, and attest what it says.",
    ),
    FactKind.RECOVERY: (
        "Graph shows no recovery address or phone.",
        "Attest the recovery address in a table of accounts ('auditor attest new').",
    ),
    FactKind.TOKENS: (
        "Graph lists no tokens but the one we call with.",
        "List the system users' tokens in Business settings, and attest them.",
    ),
}
"""Kinds of fact that no call can show, for any account."""

SIGHTS = (
    Sight(FactKind.ACCOUNTS, can=True),
    Sight(FactKind.GRANTS, can=True, remedy=ATTEST_PASSWORDS),
    Sight(FactKind.PRINCIPALS, can=True),
    Sight(FactKind.MFA, can=True, remedy=ATTEST_MFA),
    Sight(FactKind.MFA_REQUIRED, can=True),
    Sight(FactKind.APPS, can=True, remedy=ATTEST_APPS),
    Sight(FactKind.TOKENS, can=True, remedy=NOT_EXPOSED[FactKind.TOKENS][1]),
    *(
        Sight(kind, can=False, remedy=gap[1])
        for kind, gap in NOT_EXPOSED.items()
        if kind is not FactKind.TOKENS
    ),
)

_WORST_FIRST = (
    CoverageState.FAILED,
    CoverageState.DENIED,
    CoverageState.NOT_EXPOSED,
    CoverageState.PARTIAL,
    CoverageState.OBSERVED,
)


@dataclass(frozen=True, slots=True)
class _Note:
    state: CoverageState
    reason: str
    remedy: str


class Ledger:
    """Gathers notes on each account and kind of fact, and sums them up as one `Coverage` each."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._notes: dict[tuple[str, FactKind], list[_Note]] = {}

    def note(
        self, account_id: str, fact: FactKind, state: CoverageState, reason: str = "", remedy: str = ""
    ) -> None:
        """Add what one reading says of a kind of fact."""
        notes = self._notes.setdefault((account_id, fact), [])
        note = _Note(state, reason, remedy)
        if note not in notes:
            notes.append(note)

    def note_read(self, account_id: str, facts: tuple[FactKind, ...], read: EdgeRead, shows: str) -> None:
        """Add what became of one list."""
        state = state_of(read)
        reason, remedy = "", ""
        if read.error is not None:
            reason, remedy = f"{shows}: {read.error.message}", read.error.remedy
        elif read.dropped:
            reason = f"{shows}: Graph does not know {', '.join(sorted(read.dropped))}."
        for fact in facts:
            self.note(account_id, fact, state, reason, remedy)

    def note_error(self, account_id: str, facts: tuple[FactKind, ...], error: ConnectorError) -> None:
        """Add that nothing could be read because of ``error``."""
        for fact in facts:
            self.note(account_id, fact, failure_state(error), error.message, error.remedy)

    def rows(self, account_id: str, at: datetime) -> Iterator[Coverage]:
        """Yield the account's coverage, one of every kind, and forget its notes."""
        for fact in FactKind:
            notes = self._notes.pop((account_id, fact), [])
            if not notes and fact in NOT_EXPOSED:
                notes = [_Note(CoverageState.NOT_EXPOSED, *NOT_EXPOSED[fact])]
            worst = sorted(notes, key=lambda note: _WORST_FIRST.index(note.state))
            yield Coverage(
                source=self._source,
                observed_at=at,
                account_id=account_id,
                fact=fact,
                state=_sum([note.state for note in notes]),
                reason=" ".join(dict.fromkeys(note.reason for note in worst if note.reason)),
                remedy=next((note.remedy for note in worst if note.remedy), ""),
            )


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``number`` with its noun, as people write it."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def state_of(read: EdgeRead) -> CoverageState:
    """Return what became of a list: rows before a failure make it partial, never whole."""
    if read.error is None:
        return CoverageState.OBSERVED
    return CoverageState.PARTIAL if read.rows else failure_state(read.error)


def failure_state(error: ConnectorError) -> CoverageState:
    """Return the state of what ``error`` kept from being read at all."""
    if error.kind is FailureKind.PARTIAL_VIEW:
        return CoverageState.PARTIAL
    denied = isinstance(error, GraphError) and error.is_denied
    return CoverageState.DENIED if denied else CoverageState.FAILED


def _sum(states: list[CoverageState]) -> CoverageState:
    """Return the state of a kind several readings speak of: all seen, some seen, or the worst."""
    found = set(states)
    if not found:
        # Nothing was even tried: never mistaken for nothing there.
        return CoverageState.FAILED
    if len(found) > 1 and found & {CoverageState.OBSERVED, CoverageState.PARTIAL}:
        return CoverageState.PARTIAL
    return next(state for state in _WORST_FIRST if state in found)
