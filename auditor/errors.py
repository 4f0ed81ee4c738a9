"""Every exception Auditor raises on purpose, with the remedy each carries.

::

    AuditorError                  one sentence and a remedy; exit code 1
    ├── UsageError                the command line was wrong; exit code 2
    ├── DocumentError             a YAML, CSV or XLSX file cannot be used: file, line, mend
    │   └── ConfigError           auditor.yaml cannot be used
    ├── SecretUnavailable         a secret reference could not be resolved
    ├── CustodyError              a seed cannot be taken into custody, or no code of it be given
    ├── ConnectorError            a source could not be read, or only in part
    ├── RosterError               the HR roster cannot be trusted
    ├── RuleError                 a policy rule is not usable
    ├── StoreError                the store is missing, locked, corrupt or somebody else's
    └── DeliveryError             a mail or an event could not be handed over

Messages are shown to people, so they never hold a secret: whoever wraps a
foreign exception redacts it first (`auditor.vault.redact`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class AuditorError(Exception):
    """Something a user can act upon: what is wrong, and what to do next."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(AuditorError):
    """The command line asks for something that does not exist."""


class DocumentError(AuditorError):
    """A file somebody wrote cannot be used; names the file, the place and the mend."""

    def __init__(
        self,
        message: str,
        *,
        path: Path | str,
        line: int | None = None,
        remedy: str = "",
    ) -> None:
        place = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{place}: {message}", remedy=remedy)
        self.path = str(path)
        self.line = line


class ConfigError(DocumentError):
    """The configuration file cannot be used."""


class SecretUnavailable(AuditorError):
    """A secret reference could not be resolved to a value."""


class CustodyError(AuditorError):
    """A TOTP seed cannot be taken into custody, or a code of it cannot be given to this person."""


class FailureKind(StrEnum):
    """Why a source could not be read; shared by all connectors."""

    AUTH_INVALID = "auth_invalid"
    SCOPE_MISSING = "scope_missing"
    ROLE_MISSING = "role_missing"
    LICENCE_MISSING = "licence_missing"
    RATE_LIMITED = "rate_limited"
    PARTIAL_VIEW = "partial_view"
    VERSION_SUNSET = "version_sunset"
    NOT_FOUND = "not_found"
    TRANSIENT = "transient"
    BAD_RESPONSE = "bad_response"
    BAD_INPUT = "bad_input"


class ConnectorError(AuditorError):
    """A source could not be read. The run goes on without it and records coverage."""

    def __init__(self, message: str, *, kind: FailureKind, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind


class RosterError(AuditorError):
    """The HR roster cannot be trusted, so no leaver may be judged by it."""


class RuleError(DocumentError):
    """A rule or pack is not usable."""


class StoreError(AuditorError):
    """The store is missing, locked, corrupt, too new, or belongs to another organisation."""


class DeliveryError(AuditorError):
    """A message could not be handed to its receivers, or not to all of them."""

    def __init__(
        self,
        message: str,
        *,
        temporary: bool,
        remedy: str = "",
        delivered: tuple[str, ...] = (),
        retry: tuple[str, ...] = (),
        retry_after: float | None = None,
        of_way: bool = False,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.temporary = temporary
        """Whether the same attempt may succeed later without anybody's doing."""
        self.delivered = delivered
        """Recipients the server took it for all the same; never send it to them again."""
        self.retry = retry
        """Recipients worth another try later; empty: all that are not in ``delivered``."""
        self.retry_after = retry_after
        """Seconds the receiver asked to be left alone for, where it did."""
        self.of_way = of_way
        """Whether every message to this receiver would fare alike, so that none is given up for it yet."""
