"""The contract between a source and the audit.

A connector only yields facts and coverage. It neither judges nor prints. It gets its validated
settings and a `Context`, reads, and yields as it reads; what it could not read it yields as
`Coverage`, or, where nothing more can be read, it raises `ConnectorError`. The caller then marks
what is missing as failed. Only facts already yielded count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from auditor.config import StrictModel
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Coverage, Fact, platform_id

if TYPE_CHECKING:
    import requests


def _plain_session(base_url: str) -> requests.Session:
    """Return a session of `connectors.http`; whoever polls a file alone need not wait for it to be imported."""
    from connectors.http import build_session

    return build_session(base_url)


class ConnectionSettings(StrictModel):
    """What every connection has; a connector adds its own keys in a subclass."""

    id: str
    connector: str


class EvidenceSink(Protocol):
    """Where a connector leaves the raw record behind a fact."""

    def put(self, record: object, *, kind: str) -> str:
        """Keep the JSON-serialisable ``record`` (allow-listed fields only); return its SHA-256.

        ``kind`` names the record's shape, such as ``x.user`` or ``meta.business_user``.
        """
        ...


class EstateLookup(Protocol):
    """Native ids of what platform connectors have already seen in this run."""

    def account_id(self, platform: str, reference: str) -> str | None:
        """Return the id of the account known by this id, handle, URL or unique name; else None."""
        ...

    def principal_id(
        self, platform: str, account_id: str, *, email: str | None, handle: str | None, name: str | None
    ) -> str | None:
        """Return the id of the principal known by exactly this e-mail, else handle, else a name
        that is unique among the account's holders; else None.
        """
        ...


class EmptyEstate:
    """An estate in which nothing has been seen yet."""

    def account_id(self, platform: str, reference: str) -> str | None:
        """Return None."""
        return None

    def principal_id(
        self, platform: str, account_id: str, *, email: str | None, handle: str | None, name: str | None
    ) -> str | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class Context:
    """What a connector is handed besides its settings."""

    clock: Callable[[], datetime]
    evidence: EvidenceSink
    secret: Callable[[str], str]
    """Secret reference to value; raises SecretUnavailable."""
    base_dir: Path
    """Folder of auditor.yaml: relative paths in settings start here."""
    estate: EstateLookup = field(default_factory=EmptyEstate)
    sleep: Callable[[float], None] = lambda _seconds: None
    session: Callable[[str], requests.Session] = _plain_session
    """Base URL to a GET-only HTTP session for that host: timed, size-limited, no redirects. SDKs with a session
    of their own are hardened by `connectors.http.harden` instead."""
    progress: Callable[[str], None] = lambda _text: None
    """A short line for a human, such as 'Pages 3 of 12'."""
    address_key: bytes = b""
    """Key under which network addresses are hashed (HMAC-SHA256)."""


class CheckState(StrEnum):
    """Outcome of one line of ``auditor doctor``."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``auditor doctor``."""

    state: CheckState
    subject: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission the connector asks for, and why."""

    name: str
    reason: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sight:
    """Which kind of fact this connector can show, as told by ``auditor connectors list``."""

    fact: FactKind
    can: bool
    remedy: str = ""


@runtime_checkable
class Connector(Protocol):
    """A source of facts. Implementations are stateless; one instance serves many connections."""

    name: ClassVar[str]
    summary: ClassVar[str]
    platforms: ClassVar[tuple[str, ...]]
    settings_model: ClassVar[type[ConnectionSettings]]
    scopes: ClassVar[tuple[Scope, ...]]
    kept_fields: ClassVar[Mapping[str, frozenset[str]]]
    """Evidence kind to the response fields kept; all else is dropped on arrival."""
    sees: ClassVar[tuple[Sight, ...]]
    reads_estate: ClassVar[bool]
    """True: runs after the platform connectors, because it refers to accounts they enumerate."""

    def roots(self, settings: Any) -> tuple[Fact, ...]:
        """Return the accounts the settings name (handles, portfolio id) as `Account` facts built
        from the settings alone: marked failed where the source cannot be read at all.
        """
        ...

    def check(self, settings: Any, context: Context) -> Iterator[Check]:
        """Yield what ``auditor doctor`` should say; makes as few calls as it can."""
        ...

    def collect(self, settings: Any, context: Context) -> Iterator[Fact]:
        """Yield facts and coverage.

        Raises:
            ConnectorError: nothing more can be read from this source.
            SecretUnavailable: a secret reference cannot be resolved.

        """
        ...


def keep(record: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """Return the allow-listed part of ``record``; the rest never reaches store or evidence."""
    return {key: value for key, value in record.items() if key in allowed}


def unresolved_account_id(platform: str, reference: str) -> str:
    """Return the stand-in id of an account that no platform connector has enumerated."""
    return platform_id(platform, "@" + reference.strip().lstrip("@").casefold())


def coverage_for(
    settings: ConnectionSettings,
    account_id: str,
    facts: tuple[FactKind, ...],
    state: CoverageState,
    *,
    at: datetime,
    reason: str = "",
    remedy: str = "",
) -> Iterator[Coverage]:
    """Yield one `Coverage` a kind of fact, alike but for the kind."""
    for fact in facts:
        yield Coverage(
            source=settings.id,
            observed_at=at,
            account_id=account_id,
            fact=fact,
            state=state,
            reason=reason,
            remedy=remedy,
        )
