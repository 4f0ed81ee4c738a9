"""What the X sandbox holds: users, tokens, affiliates, limits and planned faults. Edit it freely.

::

    state = XState()
    health = state.add(XUser("1001", "RiversideHealth", verified_type="business"))
    state.tokens["app-token"] = XToken()
    with XSandbox(state) as sandbox:
        ...                                # read from sandbox.base_url
        health.status = "suspended"        # the next answer tells
        state.faults.append(Fault(FaultKind.BAD_GATEWAY, path="/2/users/by"))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

Dialect = Literal["2.166", "2.167"]
"""X's specification before and after 2026-08-07."""


@dataclass(slots=True)
class XUser:
    """An account on the sandbox."""

    id: str
    username: str
    name: str = ""
    description: str = ""
    created_at: datetime = datetime(2014, 3, 2, 9, 30, tzinfo=UTC)
    verified_type: Literal["blue", "business", "government", "none"] = "none"
    protected: bool = False
    followers: int = 0
    posts: int = 0
    profile_image_url: str = "https://images.example/avatar_normal.jpg"
    withheld_in: tuple[str, ...] = ()
    confirmed_email: str | None = None
    status: Literal["active", "suspended"] = "active"
    badge_of: str | None = None
    """Id of the organisation whose badge it carries; X showed it until specification 2.166."""
    parody: bool = False
    website: str = ""


@dataclass(frozen=True, slots=True)
class OAuth1Keys:
    """The secret halves of an OAuth 1.0a token; signatures are checked with them."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    access_token_secret: str = field(repr=False)


@dataclass(slots=True)
class XToken:
    """A token; without ``user_id`` it is app-only."""

    user_id: str | None = None
    access_level: str | None = "read"
    """What the x-access-level header tells; None: the header is not sent."""
    may_read_email: bool = False
    is_revoked: bool = False
    """Revoked or expired: X answers both alike."""
    is_enrolled: bool = True
    """The app is attached to a project."""
    oauth1: OAuth1Keys | None = None


@dataclass(slots=True)
class RateLimit:
    """A window of an endpoint for one token."""

    limit: int
    remaining: int
    resets_at: datetime


class FaultKind(StrEnum):
    """Ways to misbehave."""

    RATE_LIMITED = "429 with a reset time"
    RATE_LIMITED_NO_RESET = "429 without a reset time"
    RATE_LIMITED_BAD_RESET = "429 with a reset time that is no number"
    RATE_LIMITED_PAST_RESET = "429 with a reset time long gone"
    RATE_LIMITED_TOMORROW = "429 of a daily bucket"
    USAGE_CAPPED = "429 because the month's cap is used up"
    UNAUTHORIZED = "401"
    CREDITS_DEPLETED = "402"
    NOT_ENROLLED = "403 client-not-enrolled"
    LEGACY_ACCESS = "403 with code 453"
    FORBIDDEN_HTML = "403 as a web page"
    NOT_FOUND = "404 with an empty body"
    BAD_GATEWAY = "502 as a web page"
    UNAVAILABLE = "503 as a problem"
    SLOW = "an answer after `Fault.seconds`"
    CUT_SHORT = "half an answer"
    LIST_ERROR = "500 with a JSON list"
    STRING_ERROR = "403 with a JSON string"
    LIST_BODY = "200 with a JSON list"
    EMPTY = "204"
    HTML = "200 as a web page"
    DEEP = "200 with JSON nested without end"
    REDIRECT = "302 to another host"
    BODY = "200 with `Fault.body`"
    SAME_PAGE = "a page whose next_token leads to itself"


@dataclass(slots=True)
class Fault:
    """A planned fault, for the next ``times`` requests whose path starts with ``path``."""

    kind: FaultKind
    path: str = "/2/"
    times: int = 1
    after: int = 0
    """Let so many matching requests pass first."""
    seconds: float = 0.0
    body: object = None


@dataclass(slots=True)
class XState:
    """Everything the sandbox knows. ``now`` stands still until moved."""

    now: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    users: list[XUser] = field(default_factory=list)
    tokens: dict[str, XToken] = field(default_factory=dict, repr=False)
    """Bearer token, or OAuth 1.0a access token, to what it stands for."""
    affiliates: dict[str, list[str]] = field(default_factory=dict)
    """Id of an organisation to the ids of its affiliates."""
    affiliates_page: int = 1000
    """Most affiliates a page."""
    retired_fields: set[str] = field(default_factory=set)
    """``user.fields`` values refused beside those the dialect does not know."""
    withheld_fields: set[str] = field(default_factory=set)
    """``user.fields`` values accepted, but answered by a problem instead of a value."""
    limits: dict[str, int] = field(
        default_factory=lambda: {
            "/2/users/me": 75,
            "/2/users": 300,
            "/2/users/by": 300,
            "/2/users/search": 300,
            "/2/users/:id/affiliates": 75,
        }
    )
    """Endpoint to the requests allowed in 15 minutes."""
    windows: dict[tuple[str, str], RateLimit] = field(default_factory=dict, repr=False)
    """(endpoint, token) to the window begun."""
    faults: list[Fault] = field(default_factory=list)

    def add(self, user: XUser) -> XUser:
        """Add ``user`` and return it."""
        self.users.append(user)
        return user

    def by_id(self, user_id: str | None) -> XUser | None:
        """Return the user with this id."""
        return next((user for user in self.users if user.id == user_id), None)

    def by_username(self, username: str) -> XUser | None:
        """Return the user of this handle, in any case of letters."""
        wanted = username.casefold()
        return next((user for user in self.users if user.username.casefold() == wanted), None)

    def take_fault(self, path: str) -> Fault | None:
        """Return the fault due for a request to ``path``, and count it."""
        for fault in self.faults:
            if fault.times > 0 and path.startswith(fault.path):
                if fault.after > 0:
                    fault.after -= 1
                    return None
                fault.times -= 1
                return fault
        return None
