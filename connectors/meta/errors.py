"""Graph's errors: from code and subcode to what failed and what a person would do about it.

Source: Meta's error-handling guide. The HTTP status is not relied upon: Graph answers 400 or 500
to nearly everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from auditor.errors import ConnectorError, FailureKind
from auditor.vault import redact

TWO_FACTOR_DEMANDED = (415, 2859009)
"""The portfolio forces two-factor authentication on whoever the token stands for."""

_RENEW = "Make a new system-user token in Business settings and store it with 'auditor secrets set'."
_SUBCODE_REMEDIES: dict[int, str] = {
    458: "The app was removed from the account the token stands for: install it again, then renew the token.",
    459: "Meta holds that person's account at a checkpoint: they must log in to facebook.com and clear it.",
    460: "The password was changed since: find out by whom, then renew the token.",
    463: f"The token has expired. {_RENEW}",
    464: "The account the token stands for is not confirmed: it must be confirmed on facebook.com.",
    467: f"The token was revoked. {_RENEW}",
    492: "Whoever the token stands for lost their role on the Page: give it back, or renew the token.",
}
_BACK_OFF_CODES = frozenset({4, 17, 32, 341, 613}) | frozenset(range(80000, 80015))
_KIND_BY_CODE: dict[int, tuple[FailureKind, str]] = {
    1: (FailureKind.TRANSIENT, "Run again later; if it stays, look at metastatus.com."),
    2: (FailureKind.TRANSIENT, "Run again later; if it stays, look at metastatus.com."),
    3: (FailureKind.SCOPE_MISSING, "Give the app this capability in the App Dashboard."),
    10: (
        FailureKind.SCOPE_MISSING,
        "Use the token of an admin system user of this portfolio, and grant the app the permission named.",
    ),
    102: (FailureKind.AUTH_INVALID, _RENEW),
    104: (FailureKind.AUTH_INVALID, "app_secret does not belong to the app that made the token: mend it."),
    190: (FailureKind.AUTH_INVALID, _RENEW),
    210: (FailureKind.ROLE_MISSING, "Give the system user a task on this Page, so that it has a Page token."),
    368: (
        FailureKind.ROLE_MISSING,
        "Meta blocks these calls for a policy reason: see Account Quality, then try.",
    ),
    415: (
        FailureKind.AUTH_INVALID,
        "Turn on two-factor authentication for whoever the token stands for, or use a system-user token.",
    ),
    2500: (FailureKind.BAD_INPUT, "Check business_id and api_version in the connection."),
}
_STOPPING_CODES = frozenset({102, 104, 190, 368})
_ONE_PAGE_ONLY = 492
_UNKNOWN_FIELD = re.compile(r"nonexisting field \((\w{1,64})\)")
_NEEDS_PAGE_TOKEN = re.compile(r"page access token", re.IGNORECASE)
_LONGEST_MESSAGE = 300


class GraphError(ConnectorError):
    """Graph answered with an error.

    Attributes:
        code: Graph's error code; 0 where the answer was no Graph error at all.
        subcode: its error_subcode, if any.
        stops: nothing else can be read with this token.
        unknown_field: the field Graph does not know, where it says so.

    """

    def __init__(
        self,
        message: str,
        *,
        kind: FailureKind,
        remedy: str = "",
        code: int = 0,
        subcode: int | None = None,
        stops: bool = False,
        unknown_field: str | None = None,
    ) -> None:
        super().__init__(message, kind=kind, remedy=remedy)
        self.code = code
        self.subcode = subcode
        self.stops = stops
        self.unknown_field = unknown_field
        self.waits_for_page_token = False

    @property
    def is_denied(self) -> bool:
        """Whether it is a matter of permission, not of health."""
        return (
            self.kind in (FailureKind.SCOPE_MISSING, FailureKind.ROLE_MISSING)
            or (self.code, self.subcode) == TWO_FACTOR_DEMANDED
            or self.subcode == _ONE_PAGE_ONLY
        )


def graph_error(payload: Mapping[str, Any], place: str, status: int) -> GraphError:
    """Return the error in ``payload`` (the value under ``error``) met at ``place``."""
    code = _number(payload.get("code")) or 0
    subcode = _number(payload.get("error_subcode", payload.get("subcode")))
    said = redact(str(payload.get("message") or "no message"))[:_LONGEST_MESSAGE]
    trace = redact(str(payload.get("fbtrace_id") or ""))[:40]
    kind, remedy = _judge(code, subcode, said, payload.get("is_transient") is True, status)
    wants_page_token = _wants_page_token(code, subcode, said)
    label = f"code {code}" + (f", subcode {subcode}" if subcode else "")
    error = GraphError(
        f"Graph refused {place} ({label}): {said}" + (f" [trace {trace}]" if trace else ""),
        kind=FailureKind.ROLE_MISSING if wants_page_token and code == 190 else kind,
        remedy=remedy,
        code=code,
        subcode=subcode,
        stops=_stops(code, subcode, said) and not wants_page_token,
        unknown_field=_field_in(said) if code == 100 else None,
    )
    error.waits_for_page_token = wants_page_token
    return error


def bad_answer(place: str, why: str, *, transient: bool = False) -> GraphError:
    """Return the error for an answer that is not Graph's JSON."""
    return GraphError(
        f"Graph's answer to {place} cannot be used: {why}.",
        kind=FailureKind.TRANSIENT if transient else FailureKind.BAD_RESPONSE,
        remedy="Run again later; if it stays, look at metastatus.com.",
    )


def _judge(
    code: int, subcode: int | None, said: str, transient: bool, status: int
) -> tuple[FailureKind, str]:
    if code in _BACK_OFF_CODES:
        return (
            FailureKind.RATE_LIMITED,
            "Run again in an hour, or less often; see the app's usage in the Dashboard.",
        )
    if code in (102, 190) and subcode in _SUBCODE_REMEDIES:
        return FailureKind.AUTH_INVALID, _SUBCODE_REMEDIES[subcode]
    if code in _KIND_BY_CODE:
        return _KIND_BY_CODE[code]
    if 200 <= code <= 299:
        return FailureKind.SCOPE_MISSING, "Grant the app the permission named, and the system user the asset."
    if code == 100:
        return _judge_parameter(subcode, said)
    if transient or (code == 0 and status >= 500):
        return FailureKind.TRANSIENT, "Run again later; if it stays, look at metastatus.com."
    return FailureKind.BAD_RESPONSE, "Look the code up in Meta's error reference."


def _judge_parameter(subcode: int | None, said: str) -> tuple[FailureKind, str]:
    if _is_about_proof(100, said):
        return FailureKind.AUTH_INVALID, "app_secret does not belong to the app that made the token: mend it."
    if subcode == 33:
        return FailureKind.NOT_FOUND, "Check the id, and that the system user was given the asset."
    return FailureKind.BAD_INPUT, "Check api_version; the tool may need an update."


def _stops(code: int, subcode: int | None, said: str) -> bool:
    return (code in _STOPPING_CODES and subcode != _ONE_PAGE_ONLY) or _is_about_proof(code, said)


def _is_about_proof(code: int, said: str) -> bool:
    return code == 100 and "appsecret_proof" in said


def _wants_page_token(code: int, subcode: int | None, said: str) -> bool:
    """Tell 'use a Page token' apart from 'your token is dead': both may come as code 190."""
    return code in (10, 210) or (code == 190 and not subcode and bool(_NEEDS_PAGE_TOKEN.search(said)))


def _field_in(said: str) -> str | None:
    match = _UNKNOWN_FIELD.search(said)
    return match.group(1) if match else None


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None
