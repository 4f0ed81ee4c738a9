"""What the sandboxed Graph holds: plain mutable records the demo fills and tests change.

Field names are Graph's own, so that a record turns into a node by reading its attributes. The
records of people, Pages and apps here are fictional by construction; nothing is recorded traffic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class GraphUser:
    """A person in the business portfolio (node BusinessUser)."""

    id: str
    name: str
    email: str | None = None
    role: str | None = "EMPLOYEE"
    two_fac_status: str | None = None
    """Meta documents no values; None leaves the field out of the answer."""
    tasks: list[str] | None = None
    finance_permission: str | None = None
    pending_email: str | None = None
    title: str | None = None
    marked_for_removal: bool | None = None


@dataclass(slots=True)
class GraphInvite:
    """An unaccepted invitation to the portfolio (node BusinessRoleRequest)."""

    id: str
    email: str
    role: str = "EMPLOYEE"
    status: str = "PENDING"
    tasks: list[str] | None = None
    created_time: str = "2026-10-01T09:00:00+0000"
    expiration_time: str = "2026-12-30T09:00:00+0000"
    invite_link: str = "https://business.facebook.com/invitation/?token=sandbox-invite-link"


@dataclass(slots=True)
class GraphSystemUser:
    """A machine identity of the portfolio (node SystemUser)."""

    id: str
    name: str
    created_time: str = "2024-02-01T08:00:00+0000"
    role: str | None = None
    """Served only where `GraphState.system_user_role_readable` is set; Meta documents it for writing."""
    finance_permission: str | None = None


@dataclass(slots=True)
class GraphAssignment:
    """Tasks on one asset of one portfolio user or system user (node AssignedUser)."""

    user_id: str
    tasks: list[str]
    name: str | None = None
    """Taken from the portfolio where None."""
    user_type: str | None = None
    business_id: str | None = None
    """The business the person belongs to, where it is another than the portfolio."""


@dataclass(slots=True)
class GraphPageRole:
    """A person with a role on the Page itself, outside any portfolio (row of /roles)."""

    id: str
    name: str
    tasks: list[str]


@dataclass(slots=True)
class GraphAgency:
    """A partner business with access to one asset (row of /agencies)."""

    id: str
    name: str
    permitted_tasks: list[str]
    access_status: str = "CONFIRMED"
    access_requested_time: str = "2025-03-01T09:00:00+0000"
    access_updated_time: str = "2025-03-02T09:00:00+0000"


@dataclass(slots=True)
class GraphApp:
    """An app: owned by the portfolio, shared with it, or subscribed to a Page's webhooks."""

    id: str
    name: str
    category: str | None = None
    link: str | None = None
    company: str | None = None
    owner_business_id: str | None = None
    owner_business_name: str | None = None
    subscribed_fields: list[str] = field(default_factory=list)
    """Only on a Page's subscribed_apps."""


@dataclass(slots=True)
class GraphPage:
    """A Page."""

    id: str
    name: str
    username: str | None = None
    about: str | None = None
    website: str | None = None
    picture_url: str | None = None
    link: str | None = None
    is_published: bool | None = True
    is_verified: bool | None = None
    verification_status: str | None = "not_verified"
    followers_count: int | None = 0
    fan_count: int | None = 0
    instagram_user_id: str | None = None
    """The Instagram account linked to it."""
    owner_business_id: str | None = None
    """Of a client Page: the business that owns it."""
    owner_business_name: str | None = None
    permitted_tasks: list[str] | None = None
    """Of a client Page: what its owner lets the portfolio do."""
    assigned: list[GraphAssignment] = field(default_factory=list)
    roles: list[GraphPageRole] = field(default_factory=list)
    agencies: list[GraphAgency] = field(default_factory=list)
    apps: list[GraphApp] = field(default_factory=list)


@dataclass(slots=True)
class GraphInstagram:
    """An Instagram professional account, both as IGUser and as the portfolio's asset."""

    ig_user_id: str
    asset_id: str
    username: str
    name: str | None = None
    biography: str | None = None
    website: str | None = None
    followers_count: int | None = 0
    is_published: bool | None = True
    assigned: list[GraphAssignment] = field(default_factory=list)
    agencies: list[GraphAgency] = field(default_factory=list)


@dataclass(slots=True)
class GraphStranger:
    """Somebody else's Instagram account, as Business Discovery shows it."""

    id: str
    username: str
    name: str | None = None
    biography: str | None = None
    website: str | None = None
    followers_count: int | None = 0
    follows_count: int | None = 0
    media_count: int | None = 0
    profile_picture_url: str | None = None
    is_professional: bool = True
    """False: a private person's account, which is answered as if there were none."""


@dataclass(slots=True)
class GraphAd:
    """An ad in the Ad Library (node ArchivedAd)."""

    id: str
    page_id: str
    page_name: str
    text: str
    countries: tuple[str, ...] = ("DE",)
    """Where it was shown."""


@dataclass(slots=True)
class GraphBusiness:
    """The business portfolio."""

    id: str
    name: str
    two_factor_type: str | None = "none"
    verification_status: str | None = "not_verified"
    created_time: str = "2019-09-06T00:40:30+0000"
    users: list[GraphUser] = field(default_factory=list)
    invites: list[GraphInvite] = field(default_factory=list)
    system_users: list[GraphSystemUser] = field(default_factory=list)
    pages: list[GraphPage] = field(default_factory=list)
    client_pages: list[GraphPage] = field(default_factory=list)
    instagram: list[GraphInstagram] = field(default_factory=list)
    client_instagram: list[GraphInstagram] = field(default_factory=list)
    owned_apps: list[GraphApp] = field(default_factory=list)
    client_apps: list[GraphApp] = field(default_factory=list)


PAGE_PUBLIC_CONTENT_ACCESS = "Page Public Content Access"
ALL_SCOPES = (
    "business_management",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "instagram_basic",
)


@dataclass(slots=True)
class GraphToken:
    """An access token the sandbox accepts."""

    value: str
    type: str = "SYSTEM_USER"
    user_id: str = "5000000000000001"
    scopes: list[str] = field(default_factory=lambda: list(ALL_SCOPES))
    issued_at: int | None = 1_790_000_000
    expires_at: int | None = 1_800_000_000
    data_access_expires_at: int | None = 1_800_000_000
    granular_scopes: list[dict[str, object]] = field(default_factory=list)
    is_admin: bool = True
    """False: refused by the portfolio's lists with code 10."""
    invalid_subcode: int | None = None
    """Set: every call with it fails with code 190 and this subcode (0: no subcode)."""
    page_id: str | None = None
    """Set on Page tokens."""
    identity_confirmed: bool = False
    """Whether its person has confirmed who they are, which the Ad Library asks for."""


FaultKind = Literal[
    "error", "html", "null", "slow", "cut", "bad_json", "no_content_type", "javascript", "empty"
]


@dataclass(slots=True)
class GraphFault:
    """A misbehaviour: what answers instead of (or on top of) the truth, where, and how often."""

    path: str
    """Regular expression searched in the path without its version, such as ``/roles$``; the batch
    call itself is ``/``."""
    kind: FaultKind = "error"
    times: int | None = 1
    """None: always."""
    skip: int = 0
    """How many matching calls still get the truth first."""
    code: int = 2
    subcode: int | None = None
    message: str = "Service temporarily unavailable"
    is_transient: bool | None = None
    status: int = 400
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class GraphState:
    """All the sandbox knows, and how it behaves."""

    business: GraphBusiness
    app_id: str = "900000000000001"
    app_secret: str = "sandbox-app-secret"  # noqa: S105 - opens nothing but the sandbox
    tokens: list[GraphToken] = field(default_factory=lambda: [GraphToken("sandbox-system-user-token")])
    served_version: str | None = None
    """The version named in the answer's header; None: the one asked for."""
    require_proof: bool = True
    page_token_edges: set[str] = field(default_factory=lambda: {"subscribed_apps"})
    """Page edges that demand a Page token (Meta: code 210)."""
    system_user_role_readable: bool = False
    missing_fields: set[str] = field(default_factory=set)
    """``Node.field`` the sandbox denies knowing, such as ``BusinessUser.two_fac_status``."""
    hidden_pages: set[str] = field(default_factory=set)
    """Page ids left out of the portfolio's lists of Pages, as for a token that sees a part only."""
    largest_page: int = 100
    """Rows a page of results holds at most, whatever ``limit`` asks."""
    empty_pages: bool = False
    """Put an empty page, with a next one, after every full page."""
    next_without_token: bool = False
    """Leave access_token out of paging.next, as has been seen."""
    stuck_edges: set[str] = field(default_factory=set)
    """Edges whose cursor never advances."""
    count_offsets: dict[str, int] = field(default_factory=dict)
    """Edge to what summary.total_count is wrong by."""
    strangers: list[GraphPage] = field(default_factory=list)
    """Pages of others."""
    instagram_strangers: list[GraphStranger] = field(default_factory=list)
    ads: list[GraphAd] = field(default_factory=list)
    features: set[str] = field(default_factory=set)
    """What App Review has granted the app, such as `PAGE_PUBLIC_CONTENT_ACCESS`."""
    in_development: bool = False
    """Whether the app is not live yet: granted or not, it is shown nothing of strangers."""
    shows_unpublished: bool = False
    """Whether others' unpublished Pages are shown as such; else they are answered as if there were none."""
    app_usage: dict[str, int] = field(default_factory=dict)
    """Served as X-App-Usage."""
    business_usage: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """Served as X-Business-Use-Case-Usage."""
    faults: list[GraphFault] = field(default_factory=list)
