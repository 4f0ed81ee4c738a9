"""Attested rows to facts, and coverage that says how far the attestation reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict, TypeVar

from auditor.model.estate import AccessStatus, GrantPath, PrincipalKind
from auditor.model.facts import (
    Account,
    App,
    Fact,
    Grant,
    Principal,
    app_key,
    grant_key,
    platform_id,
)
from connectors.base import ConnectionSettings, Context
from connectors.table import words
from connectors.table.columns import ATTESTATION_COLUMNS, COLUMNS, TableKind
from connectors.table.coverage import Reach
from connectors.table.names import Names
from connectors.table.rows import Attestation, Entry, Parsed, noon_of

KEPT_FIELDS: Mapping[str, frozenset[str]] = {
    f"table.{kind}": frozenset({*columns, *ATTESTATION_COLUMNS, "file", "line"})
    for kind, columns in COLUMNS.items()
}


ValueT = TypeVar("ValueT")


class _Provenance(TypedDict):
    source: str
    observed_at: datetime
    evidence_id: str
    attested_by: str
    valid_until: datetime


@dataclass(slots=True)
class _Holder:
    """What all rows of one principal say together."""

    entries: list[Entry] = field(default_factory=list)
    mfa: list[bool | None] = field(default_factory=list)


@dataclass(slots=True)
class TableFacts:
    """Turns one table into facts."""

    parsed: Parsed
    settings: ConnectionSettings
    context: Context
    _evidence: dict[int, str] = field(default_factory=dict)
    _names: Names = field(init=False)
    _contradicted: set[str] = field(default_factory=set)
    """Accounts where two rows give one holder different MFA."""
    _introduced: set[str] = field(default_factory=set)
    """Accounts yielded."""

    def __post_init__(self) -> None:
        self._names = Names(self.context.estate)

    def facts(self) -> Iterator[Fact]:
        """Yield the facts of every good row, then coverage."""
        yield from self._accounts()
        kind = self.parsed.kind
        if kind is TableKind.APPS:
            yield from self._apps()
        elif kind is not TableKind.ACCOUNTS:
            yield from self._principals()
        if kind is TableKind.GRANTS:
            yield from self._grants()
        yield from Reach(
            self.parsed, self.settings, self.context, self._names, self._contradicted, self._introduced
        ).coverage()

    def _provenance(self, entry: Entry, attestation: Attestation | None = None) -> _Provenance:
        attestation = attestation or entry.attestation
        return {
            "source": self.settings.id,
            "observed_at": min(attestation.observed_at, self.context.clock()),
            "evidence_id": self._evidence_id(entry),
            "attested_by": attestation.by,
            "valid_until": attestation.valid_until,
        }

    def _evidence_id(self, entry: Entry) -> str:
        if entry.line not in self._evidence:
            kind = f"table.{self.parsed.kind}"
            record = {**entry.cells, "file": self.parsed.path.name, "line": entry.line}
            record |= {"attested_by": entry.attestation.by, "attested_on": entry.attestation.on.isoformat()}
            self._evidence[entry.line] = self.context.evidence.put(record, kind=kind)
        return self._evidence[entry.line]

    def _accounts(self) -> Iterator[Account]:
        """Yield what an accounts table says; of other tables, the accounts nobody else has seen."""
        states_accounts = self.parsed.kind is TableKind.ACCOUNTS
        for entry in self.parsed.entries:
            if not entry.reference:
                continue
            account_id = self._names.account_id(entry.account)
            is_known = self.context.estate.account_id(*entry.account) is not None
            if account_id in self._introduced:
                if states_accounts:
                    entry.notes.append("the same account is on an earlier row, which counts")
                continue
            if is_known and not states_accounts:
                continue
            self._introduced.add(account_id)
            yield Account(
                **self._provenance(entry),
                account_id=account_id,
                platform=entry.platform,
                kind=entry.text("kind"),
                handle=None if is_known else entry.reference,
                name=entry.text("name"),
                url=entry.read("url", words.url_of),
                owner_email=entry.read("owner_email", words.email_of),
                tier=entry.read("tier", words.tier_of),
                phi_exposed=entry.read("phi_exposed", words.yes_or_no),
                mfa_required=entry.read("mfa_required", words.mfa_required_of),
                last_reviewed_on=entry.read("last_reviewed_on", words.day_of),
                recovery_email=(recovery := entry.read("recovery_email", words.email_of)),
                recovery_email_domain=recovery.rpartition("@")[2].casefold() if recovery else None,
            )

    def _principals(self) -> Iterator[Principal]:
        holders: dict[str, _Holder] = {}
        for entry in self.parsed.entries:
            if not entry.says_none:
                holder = holders.setdefault(self._names.principal_id(entry), _Holder())
                holder.entries.append(entry)
                holder.mfa.append(entry.read("mfa", words.yes_or_no))
        for principal_id, holder in holders.items():
            yield self._principal(principal_id, holder)

    def _principal(self, principal_id: str, holder: _Holder) -> Principal:
        first = holder.entries[0]
        # The oldest word counts: the others are not vouched for any longer than it.
        oldest = min((entry.attestation for entry in holder.entries), key=lambda one: one.valid_until)
        said = {value for value in holder.mfa if value is not None}
        if len(said) > 1:
            self._contradicted |= {self._names.account_id(entry.account) for entry in holder.entries}
        own_login = principal_id in {self._names.account_id(entry.account) for entry in holder.entries}
        handle = _first(holder.entries, "principal_handle")
        if handle is None and own_login and first.platform == "x" and not first.reference.isdigit():
            handle = first.reference
        return Principal(
            **self._provenance(first, oldest),
            principal_id=principal_id,
            platform=first.platform,
            kind=_agreed(holder.entries, "principal_kind", words.kind_of)
            or (PrincipalKind.SHARED if own_login else None),
            name=_first(holder.entries, "principal_name"),
            email=_first(holder.entries, "principal_email"),
            handle=handle.lstrip("@") if handle else None,
            status=None if self.parsed.kind is TableKind.MFA else _status(holder.entries),
            mfa=said.pop() if len(said) == 1 else None,
            mfa_methods=words.methods_of(_first(holder.entries, "mfa_method") or ""),
            last_active_at=_noon(_agreed(holder.entries, "last_active_on", words.day_of)),
        )

    def _grants(self) -> Iterator[Grant]:
        grouped: dict[str, list[Entry]] = {}
        for entry in self.parsed.entries:
            if not entry.says_none:
                account_id, principal_id = (
                    self._names.account_id(entry.account),
                    self._names.principal_id(entry),
                )
                grouped.setdefault(grant_key(account_id, principal_id, _path(entry)), []).append(entry)
        for key, entries in grouped.items():
            yield self._grant(key, entries)

    def _grant(self, key: str, entries: list[Entry]) -> Grant:
        """Several rows of one holder are one grant, as strong as the strongest of its roles."""
        first = entries[0]
        roles = [words.role_of(entry.platform, entry.cells["role"]) for entry in entries]
        levels = [role.level for role in roles]
        used = [day for entry in entries if (day := entry.read("last_used_on", words.day_of))]
        granted = [day for entry in entries if (day := entry.read("granted_on", words.day_of))]
        oldest = min((entry.attestation for entry in entries), key=lambda one: one.valid_until)
        return Grant(
            **self._provenance(first, oldest),
            grant_id=key,
            account_id=self._names.account_id(first.account),
            principal_id=self._names.principal_id(first),
            role=", ".join(dict.fromkeys(entry.cells["role"] for entry in entries)),
            level=None if None in levels else max(level for level in levels if level is not None),
            can_message=_any_true(role.can_message for role in roles),
            can_grant=_any_true(role.can_grant for role in roles),
            via=_path(first),
            status=_status(entries),
            granted_at=_noon(min(granted, default=None)),
            last_used_at=_noon(max(used, default=None)),
        )

    def _apps(self) -> Iterator[App]:
        seen: set[str] = set()
        for entry in self.parsed.entries:
            if entry.says_none:
                continue
            account_id = self._names.account_id(entry.account)
            native = entry.text("app_id") or f"name:{(entry.text('app_name') or '').casefold()}"
            app_id = platform_id(entry.platform, native.removeprefix(f"{entry.platform}:"))
            approved = _noon(entry.read("approved_on", words.day_of))
            scopes = words.scopes_of(entry.cells.get("scopes", ""))
            reach = words.app_reach(entry.platform, scopes)
            key = app_key(account_id, app_id, approved)
            if key in seen:
                entry.notes.append("the same app with the same approval is on an earlier row")
                key = f"{key}|{entry.line}"
            seen.add(key)
            yield App(
                **self._provenance(entry),
                app_key=key,
                app_id=app_id,
                account_id=account_id,
                name=entry.text("app_name"),
                publisher=entry.text("publisher"),
                scopes=scopes,
                level=reach.level,
                can_message=reach.can_message,
                approved_at=approved,
                approved_by=entry.text("approved_by"),
                last_used_at=_noon(entry.read("last_used_on", words.day_of)),
            )


def _path(entry: Entry) -> GrantPath:
    """On X everybody but whoever has the password comes in as a delegate."""
    if entry.platform != "x" or words.is_password_holder(entry.cells["role"]):
        return GrantPath.DIRECT
    return GrantPath.DELEGATE


def _first(entries: list[Entry], column: str) -> str | None:
    return next((found for entry in entries if (found := entry.text(column))), None)


def _agreed(entries: list[Entry], column: str, parse: Callable[[str], ValueT]) -> ValueT | None:
    """Return what the rows agree upon, blanks aside; None, with a note, where they do not."""
    values = {value for entry in entries if (value := entry.read(column, parse)) is not None}
    if len(values) > 1:
        entries[-1].notes.append(f"{column} differs from an earlier row of the same holder")
    return values.pop() if len(values) == 1 else None


def _status(entries: list[Entry]) -> AccessStatus | None:
    """Return the standing; the most active of several, for one open way in is enough."""
    found = [entry.read("status", words.status_of) for entry in entries]
    order = (AccessStatus.ACTIVE, None, AccessStatus.INVITED, AccessStatus.SUSPENDED, AccessStatus.REMOVED)
    return min(found, key=order.index)


def _any_true(values: Iterable[bool | None]) -> bool | None:
    found = list(values)
    return True if True in found else None if None in found else False


def _noon(day: date | None) -> datetime | None:
    return None if day is None else noon_of(day)
