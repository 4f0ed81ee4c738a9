"""Which nodes, fields and edges the sandboxed Graph has: the audit's part of Meta's schema.

Names are checked in the tests against Meta's own specification, so that the sandbox cannot agree
with a connector on a field that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

NODE_FIELDS: dict[str, frozenset[str]] = {
    node: frozenset(names.split())
    for node, names in {
        "Business": "id name link created_time two_factor_type verification_status is_hidden primary_page",
        "BusinessUser": "id name email role two_fac_status tasks finance_permission pending_email title"
        " marked_for_removal business",
        "BusinessRoleRequest": "id email role status tasks created_time expiration_time invite_link owner",
        "SystemUser": "id name created_time finance_permission role",
        "AssignedUser": "id name user_type business",
        "Page": "id name username link about website picture is_published is_verified verification_status followers_count"
        " fan_count instagram_business_account connected_instagram_account owner_business access_token",
        "InstagramBusinessAsset": "id ig_user_id ig_username",
        "IGUser": "id username name biography website followers_count follows_count media_count"
        " profile_picture_url is_published owner_business business_discovery",
        "Application": "id name category link company owner_business",
        "User": "id name",
    }.items()
}
"""Every field of a node the sandbox can serve."""

DEFAULT_FIELDS: dict[str, tuple[str, ...]] = {
    "Business": ("id", "name"),
    "BusinessUser": ("id", "name", "business"),
    "BusinessRoleRequest": ("id", "email", "role", "status"),
    "SystemUser": ("id", "name"),
    "AssignedUser": ("id", "name"),
    "Page": ("id", "name"),
    "InstagramBusinessAsset": ("id", "ig_user_id", "ig_username"),
    "IGUser": ("id",),
    "Application": ("id", "name", "category", "link"),
    "User": ("id", "name"),
}
"""What Graph answers where ``fields`` is not given."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A list hanging on a node."""

    returns: str
    scope: str
    """Permission without which it is refused."""
    extra: tuple[str, ...] = ()
    """Fields its rows have beyond those of the node they are."""
    extra_by_default: bool = True
    requires: tuple[str, ...] = ()
    """Parameters that must be given."""
    counts: bool = False
    """Answers ``summary=total_count``."""
    admin: bool = False
    """Refused with code 10 to who is not an admin of the portfolio."""


_PERMITTED = ("permitted_tasks", "access_status", "access_requested_time", "access_updated_time")
_BUSINESS = "business_management"
_PAGE = "pages_manage_metadata"

EDGES: dict[tuple[str, str], Edge] = {
    ("Business", "business_users"): Edge("BusinessUser", _BUSINESS, counts=True, admin=True),
    ("Business", "pending_users"): Edge("BusinessRoleRequest", _BUSINESS, counts=True, admin=True),
    ("Business", "system_users"): Edge("SystemUser", _BUSINESS, admin=True),
    ("Business", "agencies"): Edge(
        "Business",
        _BUSINESS,
        (
            "page_permissions",
            "adaccount_permissions",
            "application_permissions",
            "productcatalog_permissions",
            "shared_ca_count",
        ),
        counts=True,
        admin=True,
    ),
    ("Business", "clients"): Edge("Business", _BUSINESS, ("page_permissions",), admin=True),
    ("Business", "owned_pages"): Edge("Page", _BUSINESS),
    ("Business", "client_pages"): Edge("Page", _BUSINESS, ("permitted_tasks",)),
    ("Business", "owned_instagram_assets"): Edge("InstagramBusinessAsset", _BUSINESS),
    ("Business", "client_instagram_assets"): Edge("InstagramBusinessAsset", _BUSINESS),
    ("Business", "owned_instagram_accounts"): Edge("IGUser", "instagram_basic"),
    ("Business", "instagram_accounts"): Edge("IGUser", "instagram_basic"),
    ("Business", "owned_apps"): Edge("Application", _BUSINESS),
    ("Business", "client_apps"): Edge("Application", _BUSINESS, ("permitted_tasks",)),
    ("SystemUser", "assigned_pages"): Edge("Page", _BUSINESS, ("tasks", "permitted_tasks"), counts=True),
    ("BusinessUser", "assigned_pages"): Edge("Page", _BUSINESS, ("tasks", "permitted_tasks"), counts=True),
    ("Page", "assigned_users"): Edge(
        "AssignedUser", _PAGE, ("tasks", "permitted_tasks"), requires=("business",)
    ),
    ("Page", "roles"): Edge("User", _PAGE, ("tasks",)),
    ("Page", "agencies"): Edge("Business", _PAGE, _PERMITTED),
    ("Page", "subscribed_apps"): Edge("Application", _PAGE, ("subscribed_fields",)),
    ("InstagramBusinessAsset", "assigned_users"): Edge(
        "AssignedUser", _BUSINESS, ("tasks", "permitted_tasks"), requires=("business",)
    ),
    ("InstagramBusinessAsset", "agencies"): Edge("Business", _BUSINESS, _PERMITTED),
}
