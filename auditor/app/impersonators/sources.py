"""Where candidates come from: what every source offers, and the list that somebody has as a file.

Sources that ask a platform are in `connectors.candidates`; each fits `CandidateSource` without knowing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from auditor.app.impersonators.files import Row
from auditor.app.impersonators.profiles import Unread, nothing_listed, rows_with_accounts
from auditor.errors import AuditorError
from auditor.lookalikes import Candidate as Account
from auditor.lookalikes.scan import BATCH
from auditor.model.impersonation import (
    AccountStatus,
    Candidate,
    ProtectedProfile,
    SourceReport,
    SourceState,
)
from connectors.base import Check, CheckState


class CandidateSource(Protocol):
    """One source of candidates."""

    @property
    def id(self) -> str:
        """Its id in auditor.yaml."""
        ...

    def check(self) -> Iterator[Check]:
        """Yield what ``auditor doctor`` should say: whether it can be reached, and may be asked; costs next to nothing.

        Raises:
            AuditorError: it cannot, or may not; with the remedy.

        """
        ...

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield batches of accounts that may pose as ``protected``.

        A source that fails half-way ends the iteration and says so in its report; it raises nothing that the
        user could not have prevented in the configuration.
        """
        ...

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what known accounts (platform, id) are now, suspended and gone among them.

        Of what it cannot tell it yields nothing: silence is never taken for an account's removal.
        """
        ...

    def report(self) -> SourceReport:
        """Return what came of it, after the iteration."""
        ...


class FileSource:
    """A list of accounts as CSV, JSONL or Parquet, streamed."""

    def __init__(self, source_id: str, path: Path) -> None:
        self._id = source_id
        self._path = path
        self._unread = Unread()
        self._told = 0
        self._failure: AuditorError | None = None

    @property
    def id(self) -> str:
        """Its id in auditor.yaml."""
        return self._id

    def check(self) -> Iterator[Check]:
        """Yield whether the list can be opened and its first row read."""
        first = next(rows_with_accounts(self._path, Unread()), None)
        if first is None:
            why, remedy = nothing_listed(self._path, 0)
            yield Check(CheckState.WARNING, "list", f"{self._path.name} {why}.", remedy)
            return
        yield Check(CheckState.GOOD, "list", f"{self._path.name} is there, and its first row can be read.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield the accounts of the list, as many at once as are looked at together."""
        stream = self._read()
        while batch := list(islice(stream, BATCH)):
            self._told += len(batch)
            yield batch

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield nothing: a list tells of no account that is not in it, and those in it were told already."""
        return iter(())

    def report(self) -> SourceReport:
        """Return how much of the list could be read."""
        state, reason, remedy = self._came_of_it()
        return SourceReport(
            source=self._id,
            state=state,
            asked=f"every row of {self._path.name}",
            candidates=self._told,
            reason=reason,
            remedy=remedy,
            blind_to=("accounts that are not in the list", "whether a known account is gone"),
        )

    def _came_of_it(self) -> tuple[SourceState, str, str]:
        """Return the state, why it is not complete, and the mend."""
        failed, nameless = self._failure, self._unread.nameless
        if failed is not None:
            state = SourceState.PARTIAL if self._told else SourceState.FAILED
            return state, failed.message, failed.remedy
        if not self._told:
            why, remedy = nothing_listed(self._path, nameless)
            return SourceState.EMPTY, f"{self._path.name} {why}.", remedy
        if nameless:
            why = (
                f"{nameless:,} rows of {self._path.name} say neither handle nor name, and were not compared."
            )
            return SourceState.PARTIAL, why, "Fill in one of the two."
        return SourceState.COMPLETE, "", ""

    def _read(self) -> Iterator[Candidate]:
        try:
            for number, row, account in rows_with_accounts(self._path, self._unread):
                if account.handle or account.name:
                    yield self._candidate(number, row, account)
        except AuditorError as error:
            self._failure = error

    def _candidate(self, number: int, row: Row, account: Account) -> Candidate:
        # A cell ``avatar`` is a hash or an address.
        pictured = account.avatar.startswith(("http://", "https://"))
        return Candidate(
            platform=account.platform,
            id=account.id,
            handle=account.handle,
            name=account.name,
            bio=account.bio,
            url=account.url,
            created_at=account.created_at,
            followers=account.followers,
            verified_type=account.verified_type,
            affiliations=(account.affiliation,) if account.affiliation else (),
            avatar_url=account.avatar if pictured else "",
            avatar_hash="" if pictured else account.avatar,
            source=self._id,
            status=AccountStatus.ACTIVE,
            told=({"source": self._id, "file": self._path.name, "row": number, "record": row},),
        )
