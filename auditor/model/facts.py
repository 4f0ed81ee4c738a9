"""Facts: one typed record of what a source said, with the source and the time.

Identifiers are text of the form ``platform:native-id``. An optional field that is None means
"not known", never "no". Field names are the columns of the snapshot tables; rules are written
against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    MfaRequired,
    PrincipalKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Provenance every fact carries."""

    source: str
    """Id of the connection that yielded it."""
    observed_at: datetime
    """When the platform, export or attester saw it so (UTC); not when we read the file."""
    evidence_id: str | None = None
    """SHA-256 of the redacted raw record in the evidence store."""
    attested_by: str | None = None
    """Who vouches for it. None: verified against a platform or its own export."""
    valid_until: datetime | None = None
    """Instant after which the fact no longer counts and its cells are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Fact):
    """A brand account: profile, Page, channel, business portfolio, ad account."""

    account_id: str
    platform: str
    kind: str | None = None
    """profile, page, channel, portfolio, ad_account, ..."""
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    parent_id: str | None = None
    owner_email: str | None = None
    tier: int | None = None
    """1 is most critical."""
    phi_exposed: bool | None = None
    verified: bool | None = None
    published: bool | None = None
    mfa_required: MfaRequired | None = None
    created_at: datetime | None = None
    followers: int | None = None
    bio: str | None = None
    avatar_url: str | None = None
    last_reviewed_on: date | None = None
    """Day the last access review of this account was signed off."""
    recovery_email: str | None = None
    recovery_email_domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(Fact):
    """An identity that can be given access."""

    principal_id: str
    platform: str
    kind: PrincipalKind | None = None
    name: str | None = None
    email: str | None = None
    handle: str | None = None
    status: AccessStatus | None = None
    mfa: bool | None = None
    mfa_methods: tuple[str, ...] | None = None
    """Of: security_key, passkey, totp, push, sms, email, unknown."""
    last_active_at: datetime | None = None
    created_at: datetime | None = None
    invited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Fact):
    """A principal's access to an account."""

    grant_id: str
    account_id: str
    principal_id: str
    role: str | None = None
    """The platform's own word."""
    tasks: tuple[str, ...] | None = None
    level: Level | None = None
    can_message: bool | None = None
    can_grant: bool | None = None
    via: GrantPath = GrantPath.DIRECT
    via_id: str | None = None
    """What it came by: the portfolio's, agency's or suite's id."""
    status: AccessStatus | None = None
    granted_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class App(Fact):
    """A third-party application connected to an account; one row per authorisation."""

    app_key: str
    """Unique per authorisation; see `app_key`."""
    app_id: str
    account_id: str
    name: str | None = None
    publisher: str | None = None
    scopes: tuple[str, ...] | None = None
    level: Level | None = None
    can_message: bool | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    last_used_at: datetime | None = None
    first_party: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Fact):
    """A login, an open session or a registered device of an account. No network address in clear."""

    login_key: str
    account_id: str
    kind: str
    """login, session, device or sso."""
    principal_id: str | None = None
    at: datetime | None = None
    client: str | None = None
    address_hash: str | None = None
    """HMAC of the network address under the store's own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Fact):
    """An API token we know of, our own first of all; never its value."""

    token_id: str
    kind: str
    """user, page, app, system_user, bearer."""
    account_id: str | None = None
    app_id: str | None = None
    scopes: tuple[str, ...] | None = None
    scopes_needed: tuple[str, ...] | None = None
    """The scopes the connector that uses it asks for."""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    never_expires: bool | None = None
    data_access_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCustody(Fact):
    """Whether an account's TOTP seed is in custody, and who could ever read it; never the seed."""

    account_id: str
    in_custody: bool | None = None
    bits: int | None = None
    enrolled_at: datetime | None = None
    confirmed: bool | None = None
    """Whether a code showed that it is the seed the platform has."""
    readers: tuple[str, ...] | None = None
    """E-mail addresses of all who could read it since it came in, whether they still may or not."""
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Fact):
    """What became of the attempt to learn one kind of fact about one account."""

    account_id: str
    fact: FactKind
    state: CoverageState
    reason: str = ""
    remedy: str = ""
    """What a person would do to close the gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Fact):
    """A dated change an export or log tells of: handle, recovery address, phone, protection."""

    change_key: str
    account_id: str
    kind: str
    """handle, email, phone, protection, verification."""
    at: datetime | None = None
    before: str | None = None
    after: str | None = None


def platform_id(platform: str, native: str | int) -> str:
    """Return the text id of a platform's object: ``platform:native``."""
    return f"{platform}:{native}"


def grant_key(account_id: str, principal_id: str, via: GrantPath, via_id: str | None = None) -> str:
    """Return the id of a grant: the same across runs and machines, and across changes of role."""
    path = f"{via}:{via_id}" if via_id else str(via)
    return f"{account_id}|{principal_id}|{path}"


def app_key(account_id: str, app_id: str, approved_at: datetime | date | None = None) -> str:
    """Return the id of one authorisation of an app on an account."""
    stamp = f"|{approved_at.isoformat()}" if approved_at else ""
    return f"{account_id}|{app_id}{stamp}"
