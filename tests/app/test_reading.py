"""The connector boundary: whatever happens there, nothing missing looks absent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from auditor.app.reading import Before, Reading, missing_coverage, read
from auditor.app.workspace import Connection
from auditor.errors import ConnectorError, FailureKind, StoreError
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact
from auditor.vault import register
from connectors.base import Check, ConnectionSettings, Context, Sight
from tests.support import NOW, make_context


def account(account_id: str, handle: str | None = None) -> Account:
    """Return an account of the source under test."""
    return Account(
        source="s", observed_at=NOW, account_id=account_id, platform="x", kind="profile", handle=handle
    )


class Scripted:
    """A connector that yields what it is told to, then may fail."""

    name: ClassVar[str] = "scripted"
    summary: ClassVar[str] = "yields what it is told to"
    platforms: ClassVar[tuple[str, ...]] = ("x",)
    settings_model: ClassVar[type[ConnectionSettings]] = ConnectionSettings
    scopes: ClassVar[tuple[Any, ...]] = ()
    kept_fields: ClassVar[dict[str, frozenset[str]]] = {}
    sees: ClassVar[tuple[Sight, ...]] = (
        Sight(FactKind.GRANTS, can=True),
        Sight(FactKind.MFA, can=False, remedy="attest it"),
    )
    reads_estate: ClassVar[bool] = False

    def __init__(
        self, facts: list[Fact], failure: Exception | None = None, roots: tuple[Fact, ...] = ()
    ) -> None:
        self._facts, self._failure, self._roots = facts, failure, roots

    def roots(self, settings: Any) -> tuple[Fact, ...]:
        """Return the accounts settings name."""
        return self._roots

    def check(self, settings: Any, context: Context) -> Iterator[Check]:
        """Yield nothing."""
        yield from ()

    def collect(self, settings: Any, context: Context) -> Iterator[Fact]:
        """Yield the script."""
        yield from self._facts
        if self._failure:
            raise self._failure


def run(tmp_path: Path, connector: Scripted) -> tuple[Reading, list[Fact]]:
    """Read ``connector``; return the reading and what was written."""
    written: list[Fact] = []
    connection = Connection(connector, ConnectionSettings(id="s", connector="scripted"))
    return read(connection, make_context(tmp_path), written.extend), written


def coverage(reading: Reading, before: Before | None = None) -> dict[tuple[str, FactKind], CoverageState]:
    """Return what is filled in as missing."""
    return {
        (fact.account_id, fact.fact): fact.state
        for fact in missing_coverage(reading, before or Before(), NOW)
        if isinstance(fact, Coverage)
    }


def test_facts_yielded_before_a_failure_are_kept(tmp_path: Path) -> None:
    """A platform that goes down half-way leaves what it had said, and the failure."""
    failure = ConnectorError("X is down.", kind=FailureKind.TRANSIENT)
    reading, written = run(tmp_path, Scripted([account("x:1")], failure))
    assert written == [account("x:1")]
    assert reading.failure is failure
    assert coverage(reading)["x:1", FactKind.GRANTS] is CoverageState.FAILED


def test_a_denied_read_is_told_apart_from_a_failed_one(tmp_path: Path) -> None:
    """A missing permission comes out as denied."""
    failure = ConnectorError("no.", kind=FailureKind.SCOPE_MISSING)
    reading, _written = run(tmp_path, Scripted([account("x:1")], failure))
    assert coverage(reading)["x:1", FactKind.GRANTS] is CoverageState.DENIED


def test_a_strangers_bug_does_not_stop_the_run_nor_leak(tmp_path: Path) -> None:
    """Any exception of a connector becomes a failure with its secrets masked."""
    register("tok-abcdef-123456")
    reading, _written = run(tmp_path, Scripted([], KeyError("tok-abcdef-123456")))
    assert reading.failure is not None
    assert "KeyError" in reading.failure.message
    assert "tok-abcdef-123456" not in str(reading.failure)


def test_a_store_that_refuses_stops_the_run(tmp_path: Path) -> None:
    """Facts that cannot be kept are no connector's failure."""
    connection = Connection(Scripted([account("x:1")]), ConnectionSettings(id="s", connector="scripted"))

    def refuse(_facts: object) -> None:
        raise StoreError("the disk is full.")

    with pytest.raises(StoreError, match="disk is full"):
        read(connection, make_context(tmp_path), refuse)


def test_accounts_known_before_are_carried_when_a_source_is_down(tmp_path: Path) -> None:
    """What the last snapshot knew is there again, marked failed, so it cannot look removed."""
    failure = ConnectorError("X is down.", kind=FailureKind.TRANSIENT)
    connector = Scripted([], failure, roots=(account("x:@brand", "Brand"), account("x:@other", "other")))
    reading, _written = run(tmp_path, connector)
    before = Before((account("x:1", "brand"),))
    facts = list(missing_coverage(reading, before, NOW))
    assert [f.account_id for f in facts if isinstance(f, Account)] == ["x:1", "x:@other"]
    assert coverage(reading, before)["x:1", FactKind.GRANTS] is CoverageState.FAILED


def test_a_part_told_before_is_missing_now_though_the_whole_was_never_shown(tmp_path: Path) -> None:
    """A failed source that had told some rows of a list it cannot show whole leaves that list failed."""
    failure = ConnectorError("the zip is cut short.", kind=FailureKind.BAD_INPUT)
    reading, _written = run(tmp_path, Scripted([], failure))
    before = Before((account("x:1"),), frozenset({("x:1", FactKind.MFA)}))
    assert coverage(reading, before)["x:1", FactKind.MFA] is CoverageState.FAILED


def test_silence_is_not_coverage(tmp_path: Path) -> None:
    """A connector that yields an account and says nothing more of it has not shown that nothing is there."""
    reading, _written = run(tmp_path, Scripted([account("x:1")]))
    assert coverage(reading) == {
        ("x:1", FactKind.GRANTS): CoverageState.FAILED,
        ("x:1", FactKind.MFA): CoverageState.NOT_EXPOSED,
    }


def test_coverage_the_connector_gave_stands(tmp_path: Path) -> None:
    """What the connector said of its own coverage is not said again."""
    said = Coverage(
        source="s", observed_at=NOW, account_id="x:1", fact=FactKind.GRANTS, state=CoverageState.OBSERVED
    )
    reading, _written = run(tmp_path, Scripted([account("x:1"), said]))
    assert ("x:1", FactKind.GRANTS) not in coverage(reading)
