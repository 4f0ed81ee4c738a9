"""What things are called: platforms, standards, levels and states in the reader's words, and anchors."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from auditor.model.estate import (
    PLATFORM_NAMES,
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    PersonStatus,
)
from reports.review import ConnectedApp, Holder, ReviewAccount
from reports.text import clean, cut

STANDARD_NAMES = {
    "hipaa": "HIPAA, 45 CFR",
    "nist-800-53": "NIST SP 800-53 r5",
    "cis": "CIS Controls v8.1",
    "soc2": "SOC 2",
    "iso-27001": "ISO/IEC 27001:2022",
    "hitrust": "HITRUST CSF v11",
}
FACT_NAMES = {
    FactKind.ACCOUNTS: "the account itself",
    FactKind.GRANTS: "who holds access",
    FactKind.PRINCIPALS: "the identities behind access",
    FactKind.MFA: "second factor of each holder",
    FactKind.MFA_REQUIRED: "second factor enforced",
    FactKind.APPS: "connected apps",
    FactKind.LOGINS: "logins and sessions",
    FactKind.TOKENS: "API tokens",
    FactKind.RECOVERY: "recovery address",
    FactKind.LAST_USED: "when access was last used",
    FactKind.SEEDS: "whether its TOTP seed is in custody",
}
STATE_NAMES = {
    CoverageState.OBSERVED: "Verified",
    CoverageState.ATTESTED: "Attested",
    CoverageState.PARTIAL: "Unknown: read in part",
    CoverageState.STALE: "Unknown: too old to count",
    CoverageState.NOT_EXPOSED: "Unknown: not shown by the platform",
    CoverageState.DENIED: "Unknown: permission refused",
    CoverageState.FAILED: "Unknown: reading failed",
}
PATH_NAMES = {
    GrantPath.DIRECT: "direct",
    GrantPath.PORTFOLIO: "through a portfolio",
    GrantPath.AGENCY: "through an agency",
    GrantPath.SUITE: "through a suite",
    GrantPath.DELEGATE: "as a delegate",
}
PERSON_STATUS_NAMES = {
    PersonStatus.ACTIVE: "employed",
    PersonStatus.LEAVE: "on leave",
    PersonStatus.TERMINATED: "has left",
    PersonStatus.FUTURE: "not started yet",
}
MATCH_NAMES = {
    "reviewed": "a reviewed mapping",
    "declared": "the person's own declaration",
    "email": "work e-mail address",
    "idp": "the identity provider",
}
_AT_PLATFORMS = frozenset({"x", "instagram", "tiktok", "youtube", "threads"})


def platform(name: str | None) -> str:
    """Return the platform's display name; one outside the table as written."""
    return PLATFORM_NAMES.get(name) or cut(clean(name), 40) if name else "no platform"


def standard(name: str) -> str:
    """Return the standard's display name; one outside the table as written."""
    return STANDARD_NAMES.get(name) or cut(clean(name), 40)


def account(item: ReviewAccount) -> str:
    """Return what people call the account: ``@handle`` where the platform does so, else its name."""
    if item.handle and (item.platform in _AT_PLATFORMS or not item.name):
        return item.handle if item.platform not in _AT_PLATFORMS else "@" + item.handle.lstrip("@")
    return item.name or item.account_id


def account_with_platform(item: ReviewAccount) -> str:
    """Return the account's name with its platform: ``@RiversideHealth (X)``."""
    return f"{account(item)} ({platform(item.platform)})"


def app(item: ConnectedApp) -> str:
    """Return the app's own name, else its id."""
    return item.name or item.app_id


def holder(item: Holder) -> str:
    """Return the person's name where the identity is matched, else the identity's own."""
    return item.person_name or item.principal_name


def level(value: Level | None) -> str:
    """Return the level's word; an unmapped one says so."""
    return value.word if value else "unknown"


def is_gone(item: Holder) -> bool:
    """Whether the grant or its identity no longer works, so that it counts for no bar."""
    return AccessStatus.REMOVED in (item.status, item.principal_status)


def anchor(kind: str, identifier: str) -> str:
    """Return the fragment that a thing of ``kind`` has in every report, whatever its id holds."""
    return f"{kind}-{hashlib.sha256(identifier.encode(errors='surrogatepass')).hexdigest()[:12]}"


def web_address(url: str | None) -> str | None:
    """Return ``url`` where it is safe to link: https with a host, no user and no odd character."""
    if not url or not url.isascii() or not url.isprintable() or any(c in url for c in " \"'<>\\`"):
        return None
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if safe else None
