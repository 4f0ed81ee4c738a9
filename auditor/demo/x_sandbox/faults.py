"""Planned faults as answers."""

from __future__ import annotations

import json
from datetime import timedelta

from auditor.demo.loopback import Reply
from auditor.demo.x_sandbox.dialect import problem
from auditor.demo.x_sandbox.state import Dialect, Fault, FaultKind, XState

_PAGE = b"<html><head><title>Over capacity</title></head><body><h1>Something is wrong</h1></body></html>"
_JSON = {"content-type": "application/json; charset=utf-8"}
_HTML = {"content-type": "text/html"}
_ENROL = "You must use keys and tokens from an app that is attached to a project."
_CAP = {"account_id": "1", "product_name": "standard-basic", "period": "Monthly", "scope": "Product"}


def faulty_reply(fault: Fault, state: XState, dialect: Dialect) -> Reply | None:
    """Return the answer ``fault`` stands for; None where it only spoils a good one."""
    kind = fault.kind
    if kind in _RESETS:
        return _too_many(kind, state, dialect)
    if kind is FaultKind.BODY:
        return json_reply(200, fault.body)
    raw = _RAW.get(kind)
    if raw is not None:
        return raw
    if kind not in _PROBLEMS:
        return None
    status, name, title, detail, more = _PROBLEMS[kind]
    return json_reply(status, problem(dialect, name, title, detail, **more))


def json_reply(status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
    """Return ``body`` as JSON."""
    return Reply(status, json.dumps(body).encode(), {**_JSON, **(headers or {})})


_RESETS: dict[FaultKind, int | str | None] = {
    FaultKind.RATE_LIMITED: 120,
    FaultKind.RATE_LIMITED_NO_RESET: None,
    FaultKind.RATE_LIMITED_BAD_RESET: "soon",
    FaultKind.RATE_LIMITED_PAST_RESET: -86_400,
    FaultKind.RATE_LIMITED_TOMORROW: 86_400,
}
"""Seconds from now, or the header's text."""

_RAW = {
    FaultKind.UNAUTHORIZED: json_reply(
        401, {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank", "status": 401}
    ),
    FaultKind.LEGACY_ACCESS: json_reply(
        403, {"errors": [{"message": "You currently have access to limited endpoints only.", "code": 453}]}
    ),
    FaultKind.FORBIDDEN_HTML: Reply(403, _PAGE, _HTML),
    FaultKind.NOT_FOUND: Reply(404),
    FaultKind.BAD_GATEWAY: Reply(502, _PAGE, _HTML),
    FaultKind.LIST_ERROR: json_reply(500, ["internal error"]),
    FaultKind.STRING_ERROR: json_reply(403, "forbidden"),
    FaultKind.LIST_BODY: json_reply(200, []),
    FaultKind.EMPTY: Reply(204),
    FaultKind.HTML: Reply(200, _PAGE, _HTML),
    FaultKind.DEEP: Reply(200, b"[" * 200_000, _JSON),
    FaultKind.REDIRECT: Reply(302, b"", {"location": "https://elsewhere.example/2/users/me"}),
}

_PROBLEMS: dict[FaultKind, tuple[int, str, str, str, dict[str, str]]] = {
    FaultKind.USAGE_CAPPED: (
        429,
        "usage-capped",
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        _CAP,
    ),
    FaultKind.CREDITS_DEPLETED: (402, "credits-depleted", "Payment Required", "credits depleted", {}),
    FaultKind.NOT_ENROLLED: (
        403,
        "client-forbidden",
        "Client Forbidden",
        _ENROL,
        {"reason": "client-not-enrolled", "client_id": "28570001"},
    ),
    FaultKind.UNAVAILABLE: (503, "internal-error", "Service Unavailable", "Service Unavailable", {}),
}


def _too_many(kind: FaultKind, state: XState, dialect: Dialect) -> Reply:
    reset = _RESETS[kind]
    headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0"}
    if isinstance(reset, int):
        headers["x-rate-limit-reset"] = str(int((state.now + timedelta(seconds=reset)).timestamp()))
    elif reset is not None:
        headers["x-rate-limit-reset"] = reset
    return json_reply(429, too_many_requests(dialect), headers)


def too_many_requests(dialect: Dialect) -> dict[str, object]:
    """Return the body of a 429."""
    return problem(dialect, "rate-limit-exceeded", "Too Many Requests", "Too Many Requests", status=429)
