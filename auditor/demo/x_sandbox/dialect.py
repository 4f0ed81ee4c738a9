"""The two spec generations side by side: field names, parameters and problem types."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from auditor.demo.x_sandbox.state import Dialect, XUser

_COMMON_FIELDS = frozenset(
    [
        "confirmed_email",
        "connection_status",
        "created_at",
        "description",
        "entities",
        "id",
        "is_identity_verified",
        "location",
        "name",
        "parody",
        "profile_banner_url",
        "profile_image_url",
        "protected",
        "public_metrics",
        "receives_your_dm",
        "subscription",
        "subscription_type",
        "url",
        "username",
        "verified",
        "verified_followers_count",
        "verified_type",
        "withheld",
    ]
)
USER_FIELDS: dict[Dialect, frozenset[str]] = {
    "2.166": _COMMON_FIELDS | {"affiliation", "most_recent_tweet_id", "pinned_tweet_id"},
    "2.167": _COMMON_FIELDS | {"subscribes_to_you"},
}
SHARED_PARAMETERS: dict[Dialect, tuple[str, ...]] = {
    "2.166": ("user.fields", "expansions", "tweet.fields"),
    "2.167": ("user.fields", "expansions", "post.fields"),
}
_PROBLEMS: dict[Dialect, str] = {
    "2.166": "https://api.twitter.com/2/problems/",
    "2.167": "https://api.x.com/2/problems/",
}


def user_object(user: XUser, fields: Iterable[str], dialect: Dialect) -> dict[str, Any]:
    """Return ``user`` as the dialect shows it, with the fields asked for."""
    posts = "tweet_count" if dialect == "2.166" else "post_count"
    metrics: dict[str, int] = {
        "followers_count": user.followers,
        "following_count": 10,
        posts: user.posts,
        "listed_count": 3,
        "like_count": 5,
    }
    if dialect == "2.167":
        metrics["media_count"] = 7
    values: dict[str, Any] = {
        "created_at": f"{user.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "description": user.description,
        "parody": user.parody,
        "profile_image_url": user.profile_image_url,
        "protected": user.protected,
        "public_metrics": metrics,
        "verified": user.verified_type != "none",
        "verified_type": user.verified_type,
    }
    if user.badge_of is not None:
        values["affiliation"] = {"description": "affiliated", "user_id": [user.badge_of]}
    if user.website:
        short = "https://t.co/aB3dE5fG7h"
        address = {"start": 0, "end": len(short), "url": short, "expanded_url": user.website}
        values["url"] = short
        values["entities"] = {"url": {"urls": [address]}}
    if user.withheld_in:
        values["withheld"] = {"country_codes": list(user.withheld_in), "scope": "user"}
    if user.confirmed_email is not None:
        values["confirmed_email"] = user.confirmed_email
    asked = set(fields)
    base = {"id": user.id, "name": user.name or user.username, "username": user.username}
    return base | {key: value for key, value in values.items() if key in asked}


def problem(dialect: Dialect, kind: str, title: str, detail: str, **more: object) -> dict[str, Any]:
    """Return a problem object of the dialect."""
    return {"title": title, "detail": detail, "type": _PROBLEMS[dialect] + kind, **more}


def not_found(dialect: Dialect, parameter: str, value: str) -> dict[str, Any]:
    """Return the problem of a user that does not exist."""
    detail = f"Could not find user with {parameter}: [{value}]."
    return _resource(dialect, "Not Found Error", detail, parameter, value)


def suspended(dialect: Dialect, parameter: str, value: str) -> dict[str, Any]:
    """Return the problem of a suspended user: the type of a missing one, in other words."""
    return _resource(dialect, "Forbidden", f"User has been suspended: [{value}].", parameter, value)


def field_problem(dialect: Dialect, field: str, user_id: str) -> dict[str, Any]:
    """Return the problem of a field that was not served though the record was."""
    kind = "not-authorized-for-field" if dialect == "2.166" else "field-unauthorized"
    detail = f"Sorry, you are not authorized to access '{field}' on the user: [{user_id}]."
    return problem(
        dialect,
        kind,
        "Field Authorization Error",
        detail,
        field=field,
        resource_type="user",
        section="data",
        **({"resource_id": user_id, "parameter": "id", "value": user_id} if dialect == "2.166" else {}),
    )


def invalid_request(dialect: Dialect, parameter: str, value: str, message: str) -> dict[str, Any]:
    """Return the body of a 400."""
    detail = "One or more parameters to your request was invalid."
    if dialect == "2.166":
        errors = [{"parameters": {parameter: [value]}, "message": message}]
        return {"errors": errors, **problem(dialect, "invalid-request", "Invalid Request", detail)}
    return problem(
        dialect, "invalid-request", "Invalid Request", message, parameter=parameter, value=value, status=400
    )


def _resource(dialect: Dialect, title: str, detail: str, parameter: str, value: str) -> dict[str, Any]:
    return problem(
        dialect,
        "resource-not-found",
        title,
        detail,
        value=value,
        parameter=parameter,
        resource_id=value,
        resource_type="user",
    )
