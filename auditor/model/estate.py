"""The words of the trade: levels, kinds, paths and states, and how they rank."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Level(IntEnum):
    """The ordered privilege a native role maps to. Absent (None) means unmapped: unknown, and
    ranked as high as it could be wherever something sorts.
    """

    VIEWER = 1
    ANALYST = 2
    ADVERTISER = 3
    MODERATOR = 4
    PUBLISHER = 5
    MANAGER = 6
    ADMIN = 7

    @property
    def word(self) -> str:
        """The level as written in files and screens."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str | None) -> Level | None:
        """Return the level named by ``text``, or None where it names none."""
        return cls.__members__.get(text.strip().upper()) if text else None


class PrincipalKind(StrEnum):
    """What sort of identity holds access."""

    HUMAN = "human"
    SERVICE = "service"
    AGENCY = "agency"
    SHARED = "shared"


class GrantPath(StrEnum):
    """How a grant came about."""

    DIRECT = "direct"
    PORTFOLIO = "portfolio"
    AGENCY = "agency"
    SUITE = "suite"
    DELEGATE = "delegate"


class AccessStatus(StrEnum):
    """Standing of a principal or a grant."""

    ACTIVE = "active"
    INVITED = "invited"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class PersonStatus(StrEnum):
    """Standing of a person in the roster."""

    ACTIVE = "active"
    LEAVE = "leave"
    TERMINATED = "terminated"
    FUTURE = "future"


class PersonKind(StrEnum):
    """Employment of a person in the roster."""

    EMPLOYEE = "employee"
    CONTRACTOR = "contractor"
    AGENCY = "agency"


class MfaRequired(StrEnum):
    """Whom the container (a portfolio, an organisation) forces to use MFA."""

    NONE = "none"
    ADMINS = "admins"
    ALL = "all"


class FactKind(StrEnum):
    """What coverage speaks of: the kinds of fact a source can or cannot show for one account."""

    ACCOUNTS = "accounts"
    GRANTS = "grants"
    PRINCIPALS = "principals"
    MFA = "mfa"
    MFA_REQUIRED = "mfa_required"
    APPS = "apps"
    LOGINS = "logins"
    TOKENS = "tokens"
    RECOVERY = "recovery"
    LAST_USED = "last_used"
    SEEDS = "seeds"
    """Told by our own custody of TOTP seeds, and by no platform."""


class CoverageState(StrEnum):
    """What became of the attempt to learn one kind of fact about one account."""

    OBSERVED = "observed"
    ATTESTED = "attested"
    PARTIAL = "partial"
    STALE = "stale"
    NOT_EXPOSED = "not_exposed"
    DENIED = "denied"
    FAILED = "failed"

    @property
    def is_known(self) -> bool:
        """Whether the absence of a row means the absence of the thing."""
        return self in (CoverageState.OBSERVED, CoverageState.ATTESTED)


PLATFORM_NAMES = {
    "x": "X",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "youtube": "YouTube",
    "tiktok": "TikTok",
}
"""Display names; a platform outside this table is shown as written."""
