"""The columns of attestation tables, the spellings they are known by, and what a table is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connectors.tabular import normalise_header


class TableKind(StrEnum):
    """What the rows of a table tell of."""

    GRANTS = "grants"
    PRINCIPALS = "principals"
    MFA = "mfa"
    APPS = "apps"
    ACCOUNTS = "accounts"


_WHERE = ("platform", "account")
PRINCIPAL_COLUMNS = ("principal_name", "principal_email", "principal_handle")
_HOLDER = (*PRINCIPAL_COLUMNS, "principal_kind")
_MFA = ("mfa", "mfa_method")
ATTESTATION_COLUMNS = ("attested_by", "attested_on")

COLUMNS: Mapping[TableKind, tuple[str, ...]] = {
    TableKind.GRANTS: (*_WHERE, *_HOLDER, "role", "granted_on", "last_used_on", *_MFA, "status"),
    TableKind.PRINCIPALS: (*_WHERE, *_HOLDER, *_MFA, "status", "last_active_on"),
    TableKind.MFA: (*_WHERE, *_HOLDER, *_MFA),
    TableKind.APPS: (
        *_WHERE,
        "app_name",
        "app_id",
        "publisher",
        "scopes",
        "approved_on",
        "approved_by",
        "last_used_on",
    ),
    TableKind.ACCOUNTS: (
        *_WHERE,
        "name",
        "url",
        "owner_email",
        "tier",
        "mfa_required",
        "kind",
        "phi_exposed",
        "recovery_email",
        "last_reviewed_on",
    ),
}
"""Every column of each kind of table, besides `ATTESTATION_COLUMNS`, which any may have."""

REQUIRED: Mapping[TableKind, tuple[str, ...]] = {
    TableKind.GRANTS: (*_WHERE, "role"),
    TableKind.PRINCIPALS: ("platform",),
    TableKind.MFA: (*_WHERE, "mfa"),
    TableKind.APPS: _WHERE,
    TableKind.ACCOUNTS: _WHERE,
}
"""Columns a table cannot do without. Grants and principals also need one of `PRINCIPAL_COLUMNS`,
apps a name or an id."""

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "platform": ("network", "social network", "service"),
    "account": ("account handle", "account id", "brand account", "page", "channel", "profile"),
    "principal_name": ("principal", "person", "user", "holder", "delegate", "full name", "display name"),
    "principal_email": ("email", "e-mail", "email address", "mail", "user email", "work email"),
    "principal_handle": ("handle", "username", "user handle", "delegate handle"),
    "principal_kind": ("holder kind", "user type", "principal type"),
    "role": ("access", "access level", "permission", "role name"),
    "granted_on": ("granted", "granted at", "added on", "since"),
    "last_used_on": ("last used", "last used at"),
    "last_active_on": ("last active", "last login", "last seen"),
    "mfa": (
        "2fa",
        "two factor",
        "two-factor authentication",
        "2-step verification",
        "mfa enabled",
        "2fa enabled",
    ),
    "mfa_method": ("mfa methods", "2fa method", "two-factor method", "second factor"),
    "app_name": ("app", "application", "application name"),
    "app_id": ("application id", "client id"),
    "publisher": ("vendor", "developer", "organization", "organisation"),
    "scopes": ("permissions", "scope"),
    "approved_on": ("approved", "approved at", "connected on"),
    "owner_email": ("owner", "responsible", "responsible person", "account owner"),
    "tier": ("criticality",),
    "mfa_required": ("mfa enforced", "2fa required", "two-factor required"),
    "phi_exposed": ("phi", "patient data"),
    "recovery_email": ("recovery address", "reset email"),
    "last_reviewed_on": ("last reviewed", "last access review"),
    "url": ("address", "link"),
    "attested_by": ("attester", "confirmed by"),
    "attested_on": ("attested at", "confirmed on", "as of"),
}
_PLAIN_NAME: Mapping[TableKind, str] = {
    TableKind.GRANTS: "principal_name",
    TableKind.PRINCIPALS: "principal_name",
    TableKind.MFA: "principal_name",
    TableKind.APPS: "app_name",
}
"""What a bare ``Name`` column means where ``name`` is not a column itself."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a file is which."""

    kind: TableKind
    at: Mapping[str, int]
    """Column to its place in a row."""
    unknown: tuple[str, ...]
    """Headers that mean nothing to us, as written."""


def _spelling_table() -> dict[str, str]:
    spellings = {normalise_header(name): name for names in COLUMNS.values() for name in names}
    spellings |= {normalise_header(name): name for name in ATTESTATION_COLUMNS}
    for name, others in _SPELLINGS.items():
        for other in others:
            spellings.setdefault(normalise_header(other), name)
    return spellings


_BY_SPELLING = _spelling_table()


def is_known(header: str) -> bool:
    """Whether ``header`` is a column of any table, in any spelling."""
    return normalise_header(header) in _BY_SPELLING


def layout_of(headers: Sequence[str], kind: TableKind | None) -> Layout:
    """Return which header is which column; ``kind`` None: told by the columns.

    Raises:
        ValueError: a required column is missing, two headers mean the same, or the columns do
            not tell what the table is about. The text says which.

    """
    names = [_BY_SPELLING.get(normalise_header(header)) for header in headers]
    kind = kind or _kind_by({name for name in names if name})
    at: dict[str, int] = {}
    unknown: list[str] = []
    for place, (header, found) in enumerate(zip(headers, names, strict=True)):
        name = _PLAIN_NAME.get(kind, "name") if found == "name" else found
        if name is None or name not in (*COLUMNS[kind], *ATTESTATION_COLUMNS):
            if header:
                unknown.append(header)
        elif name in at:
            raise ValueError(f"the columns {headers[at[name]]!r} and {header!r} both mean {name}")
        else:
            at[name] = place
    missing = [name for name in REQUIRED[kind] if name not in at]
    if missing:
        raise ValueError(f"a table of {kind} needs the column {missing[0]}")
    if kind in (TableKind.GRANTS, TableKind.PRINCIPALS) and not any(name in at for name in PRINCIPAL_COLUMNS):
        raise ValueError(f"a table of {kind} needs one of the columns {', '.join(PRINCIPAL_COLUMNS)}")
    if kind is TableKind.APPS and not {"app_name", "app_id"} & at.keys():
        raise ValueError("a table of apps needs the column app_name or app_id")
    return Layout(kind, at, tuple(unknown))


def _kind_by(names: set[str]) -> TableKind:
    if names & {"app_name", "app_id"}:
        return TableKind.APPS
    if "role" in names:
        return TableKind.GRANTS
    if names & {"owner_email", "tier", "mfa_required", "phi_exposed"}:
        return TableKind.ACCOUNTS
    has_holder = bool(names & {*PRINCIPAL_COLUMNS, "name"})
    if "mfa" in names and "account" in names:
        return TableKind.MFA
    if has_holder and not names & {"url", "kind"}:
        return TableKind.PRINCIPALS
    if "account" in names and names & {"name", "url"}:
        return TableKind.ACCOUNTS
    raise ValueError("its columns do not tell what it is about; set facts: in the connection")
