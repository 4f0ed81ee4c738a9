"""Reading one connection: every failure is recorded as coverage, none stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from auditor.app.workspace import Connection
from auditor.errors import AuditorError, ConnectorError, FailureKind, StoreError
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact
from auditor.vault import redact
from connectors.base import Context

_BATCH = 1000
_DENIALS = frozenset({FailureKind.SCOPE_MISSING, FailureKind.ROLE_MISSING, FailureKind.LICENCE_MISSING})
_GAPS = frozenset({CoverageState.PARTIAL, CoverageState.STALE, CoverageState.DENIED, CoverageState.FAILED})
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reading:
    """What one connection has yielded so far."""

    connection: Connection
    started_at: datetime
    facts: int = 0
    accounts: dict[str, Account] = field(default_factory=dict)
    covered: set[tuple[str, FactKind]] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    failure: AuditorError | None = None

    def note(self, fact: Fact) -> None:
        """Take note of a fact that is being written."""
        self.facts += 1
        if isinstance(fact, Account):
            self.accounts[fact.account_id] = fact
        elif isinstance(fact, Coverage):
            self.covered.add((fact.account_id, fact.fact))
            if fact.state in _GAPS and fact.reason and fact.reason not in self.reasons:
                self.reasons.append(fact.reason)


def read(connection: Connection, context: Context, write: Callable[[Iterable[Fact]], None]) -> Reading:
    """Read ``connection`` to its end or its failure, writing facts as they come.

    This is the connector boundary: whatever a connector raises, a third party's too, ends here as
    `Reading.failure`, redacted, and the run goes on.
    """
    reading = Reading(connection, context.clock())
    batch: list[Fact] = []
    try:
        for fact in connection.connector.collect(connection.settings, context):
            reading.note(fact)
            batch.append(fact)
            if len(batch) >= _BATCH:
                write(batch)
                batch = []
    except StoreError:
        raise
    except AuditorError as error:
        reading.failure = error
    except Exception as error:  # noqa: BLE001 - the connector boundary
        _log.debug("connection %s failed", connection.id, exc_info=True)
        reading.failure = ConnectorError(
            f"{connection.id} stopped unexpectedly: {type(error).__name__}: {redact(str(error))[:300]}",
            kind=FailureKind.BAD_RESPONSE,
            remedy="Run again with --debug to see where, and report it.",
        )
    write(batch)
    return reading


@dataclass(frozen=True, slots=True)
class Before:
    """What one connection told at the last snapshot."""

    accounts: tuple[Account, ...] = ()
    """As known then, identity only."""
    told: frozenset[tuple[str, FactKind]] = frozenset()
    """Account and kind of fact of which it told at least one row."""
    holders: tuple[Fact, ...] = ()
    """Its principals and grants then: tables that name a holder by hand must find the same one again."""


def missing_coverage(reading: Reading, before: Before, now: datetime) -> Iterator[Fact]:
    """Yield coverage for everything the connection should have spoken of and did not.

    After a failure that is every account it was asked for, has yielded, or knew at the last
    snapshot; without one, an account it yielded and said nothing more of. Accounts it did not get
    to are yielded again as last known, so that nothing looks removed.
    """
    connection = reading.connection
    accounts = dict(reading.accounts)
    if reading.failure is not None:
        named = [
            fact for fact in connection.connector.roots(connection.settings) if isinstance(fact, Account)
        ]
        for account in (*before.accounts, *named):
            if account.account_id not in accounts and not _same_account(account, accounts.values()):
                accounts[account.account_id] = account
                yield account
    state, reason, remedy = _verdict(reading)
    for account_id in accounts:
        for sight in connection.connector.sees:
            if (account_id, sight.fact) in reading.covered:
                continue
            # A list it cannot show whole may still have come from it in part: that part is now missing.
            could = sight.can or (reading.failure is not None and (account_id, sight.fact) in before.told)
            yield Coverage(
                source=connection.id,
                observed_at=now,
                account_id=account_id,
                fact=sight.fact,
                state=state if could else CoverageState.NOT_EXPOSED,
                reason=reason if could else "The platform does not show this.",
                remedy=remedy if could else sight.remedy,
            )


def _verdict(reading: Reading) -> tuple[CoverageState, str, str]:
    failure = reading.failure
    if failure is None:
        return CoverageState.FAILED, "The connection said nothing of this.", "Report it as a defect."
    denied = isinstance(failure, ConnectorError) and failure.kind in _DENIALS
    return CoverageState.DENIED if denied else CoverageState.FAILED, failure.message, failure.remedy


def _same_account(account: Account, others: Iterable[Account]) -> bool:
    """Whether one of ``others`` is ``account`` under its native id: roots know only a handle."""
    if not account.handle:
        return False
    handle = account.handle.casefold()
    return any(o.platform == account.platform and (o.handle or "").casefold() == handle for o in others)
