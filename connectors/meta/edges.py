"""Which lists and fields are read from Graph, and therefore all that is ever kept of an answer.

Nothing is asked for that no fact, and no reader of the evidence, needs; ``invite_link`` and
``access_token`` are never among it.
Sources of the names: Meta's Graph specification v25.0 and reference pages of v26.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import keep


@dataclass(frozen=True, slots=True)
class Edge:
    """A list hanging on a node, and what we ask of each of its rows."""

    name: str
    evidence: str
    """Kind of evidence its rows become."""
    shows: str
    """What it shows, for people."""
    fields: tuple[str, ...]
    counts: bool = False
    """It answers ``summary=total_count``, so completeness can be proved."""
    of_business: bool = False
    """It demands the ``business`` parameter."""


PAGE_FIELDS = (
    "id",
    "name",
    "username",
    "link",
    "about",
    "is_published",
    "is_verified",
    "verification_status",
    "followers_count",
    "fan_count",
    "owner_business",
    "instagram_business_account",
    "connected_instagram_account",
)
BUSINESS_FIELDS = ("id", "name", "link", "created_time", "two_factor_type", "verification_status")
_PERMISSION_FIELDS = ("permitted_tasks", "access_status", "access_requested_time")
_IG_FIELDS = (
    "id",
    "username",
    "name",
    "biography",
    "followers_count",
    "is_published",
    "owner_business",
)
_ASSET_FIELDS = ("id", "ig_user_id", "ig_username")
_APP_FIELDS = ("id", "name", "company", "owner_business")

BUSINESS_USERS = Edge(
    "business_users",
    "meta.business_user",
    "people in the portfolio",
    (
        "id",
        "name",
        "email",
        "role",
        "two_fac_status",
        "tasks",
    ),
    counts=True,
)
PENDING_USERS = Edge(
    "pending_users",
    "meta.pending_user",
    "invitations to the portfolio",
    ("id", "email", "role", "tasks", "status", "created_time", "expiration_time"),
    counts=True,
)
SYSTEM_USERS = Edge(
    "system_users",
    "meta.system_user",
    "system users",
    ("id", "name", "created_time", "role"),
)
AGENCIES = Edge("agencies", "meta.agency", "partners", ("id", "name", "page_permissions"), counts=True)
CLIENTS = Edge(
    "clients", "meta.client", "businesses whose Pages are shared", ("id", "name", "page_permissions")
)
OWNED_PAGES = Edge("owned_pages", "meta.page", "owned Pages", PAGE_FIELDS)
CLIENT_PAGES = Edge("client_pages", "meta.page", "Pages shared by others", (*PAGE_FIELDS, "permitted_tasks"))
OWNED_INSTAGRAM_ASSETS = Edge(
    "owned_instagram_assets", "meta.instagram_asset", "owned Instagram accounts", _ASSET_FIELDS
)
CLIENT_INSTAGRAM_ASSETS = Edge(
    "client_instagram_assets", "meta.instagram_asset", "Instagram accounts shared by others", _ASSET_FIELDS
)
OWNED_INSTAGRAM_ACCOUNTS = Edge(
    "owned_instagram_accounts", "meta.instagram_user", "profiles of owned Instagram accounts", _IG_FIELDS
)
INSTAGRAM_ACCOUNTS = Edge(
    "instagram_accounts", "meta.instagram_user", "profiles of all Instagram accounts", _IG_FIELDS
)
OWNED_APPS = Edge("owned_apps", "meta.app", "apps the portfolio owns", _APP_FIELDS)
CLIENT_APPS = Edge(
    "client_apps", "meta.app", "apps shared with the portfolio", (*_APP_FIELDS, "permitted_tasks")
)

ASSIGNED_PAGES = Edge(
    "assigned_pages", "meta.assigned_page", "Pages of a system user", ("id", "tasks"), counts=True
)
ASSIGNED_USERS = Edge(
    "assigned_users",
    "meta.assigned_user",
    "people given tasks through the portfolio",
    ("id", "name", "user_type", "business", "tasks"),
    of_business=True,
)
PAGE_ROLES = Edge("roles", "meta.page_role", "people with a role on the Page itself", ("id", "name", "tasks"))
ASSET_AGENCIES = Edge(
    "agencies", "meta.asset_agency", "partners with access", ("id", "name", *_PERMISSION_FIELDS)
)
SUBSCRIBED_APPS = Edge(
    "subscribed_apps",
    "meta.subscribed_app",
    "apps that receive the Page's events",
    ("id", "name", "subscribed_fields"),
)

PAGE_EDGES = (ASSIGNED_USERS, PAGE_ROLES, ASSET_AGENCIES, SUBSCRIBED_APPS)
INSTAGRAM_EDGES = (ASSIGNED_USERS, ASSET_AGENCIES)
PORTFOLIO_EDGES = (
    BUSINESS_USERS,
    PENDING_USERS,
    SYSTEM_USERS,
    AGENCIES,
    CLIENTS,
    OWNED_PAGES,
    CLIENT_PAGES,
    OWNED_INSTAGRAM_ASSETS,
    CLIENT_INSTAGRAM_ASSETS,
    OWNED_INSTAGRAM_ACCOUNTS,
    INSTAGRAM_ACCOUNTS,
    OWNED_APPS,
    CLIENT_APPS,
)

ASSET_ID = "asset_id"
"""Added by us to the evidence of a row: the node whose list it stood in."""
_TOKEN_FIELDS = frozenset(
    (
        "app_id",
        "application",
        "type",
        "user_id",
        "profile_id",
        "is_valid",
        "issued_at",
        "expires_at",
        "data_access_expires_at",
        "scopes",
        "granular_scopes",
    )
)


def _kept() -> dict[str, frozenset[str]]:
    kept = {"meta.business": frozenset(BUSINESS_FIELDS), "meta.debug_token": _TOKEN_FIELDS}
    for edge in (*PORTFOLIO_EDGES, ASSIGNED_PAGES, *PAGE_EDGES):
        kept[edge.evidence] = kept.get(edge.evidence, frozenset({ASSET_ID})) | set(edge.fields)
    return kept


KEPT_FIELDS: Mapping[str, frozenset[str]] = _kept()
_KEPT_INSIDE = frozenset({"id", "name", "scope", "target_ids", *_PERMISSION_FIELDS})
"""What is kept of records inside a record: owner_business, page_permissions, granular_scopes."""


def kept_record(record: Mapping[str, Any], kind: str, asset_id: str | None = None) -> dict[str, Any]:
    """Return the part of ``record`` that may become evidence of ``kind``."""
    marked = {**record, ASSET_ID: asset_id} if asset_id else record
    return {name: _inside(value) for name, value in keep(marked, KEPT_FIELDS[kind]).items()}


def _inside(value: Any) -> Any:
    """Return ``value`` two levels deep at most, with known keys only."""
    if isinstance(value, Mapping):
        return {key: _flat(item) for key, item in keep(value, _KEPT_INSIDE).items()}
    if isinstance(value, list):
        return [_inside(item) if isinstance(item, Mapping) else _flat(item) for item in value]
    return value


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, (str, int, float, bool))]
    return None if isinstance(value, Mapping) else value
