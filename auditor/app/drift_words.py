"""How drift is told: a sentence for each kind, with names made harmless, and how much it matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditor.model.estate import PLATFORM_NAMES, Level
from auditor.model.finding import Severity
from reports.text import clean, cut, listed

if TYPE_CHECKING:
    from auditor.store.diff import Side

_NAME = 80
"""Characters of a name in a sentence; the event's ``before`` and ``after`` hold what was said in full."""
_SCOPES = 6
"""Scopes named in a sentence."""
BY_LEVEL: Mapping[Level | None, Severity] = {
    None: Severity.HIGH,
    Level.ADMIN: Severity.HIGH,
    Level.MANAGER: Severity.MEDIUM,
    Level.PUBLISHER: Severity.MEDIUM,
    Level.MODERATOR: Severity.LOW,
    Level.ADVERTISER: Severity.LOW,
    Level.ANALYST: Severity.LOW,
    Level.VIEWER: Severity.LOW,
}
"""How much a new or raised grant matters; an unmapped level (None) ranks as high as it could be."""


def severity_of_access(row: Mapping[str, Any]) -> Severity:
    """Return how much it matters that somebody holds this grant now and did not before."""
    return BY_LEVEL[Level.parse(row.get("level"))]


def one_lower(severity: Severity) -> Severity:
    """Return the next lesser severity."""
    return Severity(max(Severity.INFO, severity - 1))


def severity_of_app(row: Mapping[str, Any]) -> Severity:
    """Return how much it matters that this app is connected now: the highest reach it could have decides."""
    if row.get("first_party"):
        return Severity.LOW
    level = Level.parse(row.get("level"))
    reads_messages = row.get("can_message") is not False
    return Severity.HIGH if reads_messages or level is None or level >= Level.MANAGER else Severity.MEDIUM


def shown(text: object) -> str:
    """Return a name or value as a sentence may hold it."""
    return cut(clean(str(text)), _NAME)


@dataclass(frozen=True, slots=True)
class Names:
    """What accounts and principals are called, the newest snapshot's word first."""

    sides: tuple[Side, ...]

    def account(self, account_id: str) -> str:
        """Return ``Riverside Health (Facebook)``."""
        platform = account_id.partition(":")[0]
        called = self._called("accounts", account_id, ("name", "handle"))
        return f"{shown(called or account_id)} ({PLATFORM_NAMES.get(platform, shown(platform))})"

    def principal(self, principal_id: str) -> str:
        """Return what the identity calls itself."""
        return shown(self._called("principals", principal_id, ("name", "handle", "email")) or principal_id)

    def _called(self, table: str, key: str, columns: Iterable[str]) -> str | None:
        for side in self.sides:
            rows = side.rows[table]
            if key in rows.index:
                cells: list[Any] = [rows.at[key, name] for name in columns]
                found = next((cell for cell in cells if not pd.isna(cell)), None)
                if found is not None:
                    return str(found)
        return None


def role_words(row: Mapping[str, Any]) -> str:
    """Return ``admin (MANAGE)``: the level, and the platform's own word."""
    level, role = row.get("level"), row.get("role")
    if level is None:
        return f"the unmapped role {shown(role)}" if role else "access of unknown level"
    return f"{level} access" + (f" ({shown(role)})" if role and shown(role).casefold() != level else "")


def app_words(row: Mapping[str, Any]) -> str:
    """Return ``PostPilot by PostPilot Ltd``, as far as it is known."""
    name = shown(row.get("name") or row.get("app_id"))
    return f"{name} by {shown(row['publisher'])}" if row.get("publisher") else name


def scope_words(scopes: Iterable[str]) -> str:
    """Return some of the scopes, and how many more there are."""
    named = sorted(map(shown, scopes))
    more = [f"{len(named) - _SCOPES} more"] if len(named) > _SCOPES else []
    return listed(named[:_SCOPES] + more)


def value_words(value: object) -> str:
    """Return a cell's value as a sentence says it."""
    return "not known" if value is None else shown(value)
