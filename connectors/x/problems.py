"""X's answers that are no data: problem objects, refusals, and what each means for the audit.

X rewrote its contract on 2026-08-07 (specification 2.166 to 2.167). A problem's ``type`` moved
from ``https://api.twitter.com/2/problems/...`` to ``https://api.x.com/2/problems/...`` and some
types left the specification though they are still served, so only its last path segment counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState
from auditor.vault import redact

_LONGEST_QUOTE = 200
_REFUSED_VALUE = re.compile(r"value \[(?P<value>[^\]]{1,400})\] is not one of \[(?P<legal>[^\]]{0,4000})\]")
_FIELD_PROBLEMS = frozenset({"field-unauthorized", "not-authorized-for-field", "field-hydration-failure"})

_RENEW = (
    "Make a new token in X's developer console and store it with 'auditor secrets set'. "
    "An OAuth 2.0 user token lives two hours only."
)
_ENROL = "Attach the app to a project with access to the v2 users endpoints in X's developer console."
_CREDIT = "Top up credits or raise the plan in X's developer console; waiting does not help."


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem object: a whole refusal, or an entry of ``errors`` in an otherwise good answer."""

    kind: str
    """Last path segment of its type, such as ``resource-not-found``."""
    title: str = ""
    detail: str = ""
    parameter: str = ""
    value: str = ""
    resource_id: str = ""
    field: str = ""
    reason: str = ""
    code: int | None = None
    """Number of the old v1.1 errors."""

    @property
    def is_about_a_field(self) -> bool:
        """Whether the record was served without one field, rather than not at all."""
        return self.kind in _FIELD_PROBLEMS

    @property
    def says_suspended(self) -> bool:
        """Whether X tells of a suspended user: same type as a missing one, other words."""
        return "suspended" in self.detail.casefold() or (
            self.kind == "resource-not-found" and self.title == "Forbidden"
        )

    def concerns(self, reference: str) -> bool:
        """Whether it names the user with this id or handle."""
        wanted = reference.casefold()
        return wanted in (self.value.casefold(), self.resource_id.casefold())


class XFailure(ConnectorError):
    """X refused, or answered what cannot be used.

    Attributes:
        problems: what X said, where it said anything; empty for a broken answer.
        resets_at: when a used-up rate limit opens again, where X says so.

    """

    def __init__(
        self,
        message: str,
        *,
        kind: FailureKind,
        remedy: str = "",
        problems: tuple[Problem, ...] = (),
        resets_at: datetime | None = None,
    ) -> None:
        super().__init__(message, kind=kind, remedy=remedy)
        self.problems = problems
        self.resets_at = resets_at

    @property
    def is_app_only_refusal(self) -> bool:
        """Whether X says that an app-only token cannot ask this."""
        return any(
            problem.kind == "unsupported-authentication" or "application-only" in problem.detail.casefold()
            for problem in self.problems
        )

    def refused_fields(self, asked: list[str]) -> set[str]:
        """Return those of the ``user.fields`` values asked for that X will not serve."""
        refused: set[str] = set()
        for problem in self.problems:
            if problem.is_about_a_field:
                refused.add(problem.field)
            elif problem.kind == "invalid-request":
                refused |= _illegal_values(problem, asked)
        return refused & set(asked)


def coverage_state(failure: ConnectorError) -> CoverageState:
    """Return whether ``failure`` was a refusal or a mishap."""
    refusals = (
        FailureKind.AUTH_INVALID,
        FailureKind.SCOPE_MISSING,
        FailureKind.ROLE_MISSING,
        FailureKind.LICENCE_MISSING,
    )
    return CoverageState.DENIED if failure.kind in refusals else CoverageState.FAILED


def read_problems(body: object) -> tuple[Problem, ...]:
    """Return the problems in a decoded body of any shape: the body's own and those in ``errors``."""
    if not isinstance(body, Mapping):
        return ()
    found = [_problem(body)] if "type" in body or "title" in body else []
    entries = body.get("errors")
    found += [
        _problem(entry, within=found[0].kind if found else "")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
    ]
    return tuple(found)


def failure_of(status: int, headers: Mapping[str, str], body: object, path: str) -> XFailure:
    """Return what an HTTP answer other than a usable 2xx means.

    Args:
        status: the HTTP status.
        headers: the answer's headers, case-insensitive.
        body: the decoded JSON, or None where it was none.
        path: what was asked, for the message.

    """
    problems = read_problems(body)
    kind, remedy = _judge(status, problems, is_json=body is not None)
    said = next(
        (problem.detail or problem.title for problem in problems if problem.detail or problem.title), ""
    )
    message = f"X answered {path} with {status}" + (f": {quoted(said)}" if said else "")
    resets_at = _reset_time(headers) if status == 429 else None
    if resets_at is not None and kind is FailureKind.RATE_LIMITED:
        remedy = f"Run it after {resets_at:%Y-%m-%d %H:%M} UTC."
    return XFailure(
        message if message.endswith((".", "…")) else f"{message}.",
        kind=kind,
        remedy=remedy,
        problems=problems,
        resets_at=resets_at,
    )


def quoted(text: str) -> str:
    """Return X's words fit for a message: no secret, no control character, not long."""
    plain = "".join(character if character.isprintable() else " " for character in redact(text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= _LONGEST_QUOTE else plain[: _LONGEST_QUOTE - 1] + "…"


def _judge(status: int, problems: tuple[Problem, ...], *, is_json: bool) -> tuple[FailureKind, str]:
    kinds = {problem.kind for problem in problems}
    if status == 401:
        return FailureKind.AUTH_INVALID, _RENEW
    if status == 402 or "credits-depleted" in kinds:
        return FailureKind.LICENCE_MISSING, _CREDIT
    if status == 429:
        # A used-up monthly cap is a 429 too, with the rate-limit headers wide open.
        capped = "usage-capped" in kinds or any(problem.title == "UsageCapExceeded" for problem in problems)
        return (
            (FailureKind.LICENCE_MISSING, _CREDIT) if capped else (FailureKind.RATE_LIMITED, "Run it later.")
        )
    if status == 403 and is_json:
        return _judge_forbidden(problems, kinds)
    if status == 400:
        return FailureKind.BAD_INPUT, ""
    if status == 404:
        return FailureKind.NOT_FOUND, ""
    if status == 410:
        return FailureKind.VERSION_SUNSET, "Update this tool: X retired what it asked for."
    if status == 408 or status >= 500:
        return FailureKind.TRANSIENT, "Run it later."
    return FailureKind.BAD_RESPONSE, "Check base_url and proxies: the answer does not look like X's."


def _judge_forbidden(problems: tuple[Problem, ...], kinds: set[str]) -> tuple[FailureKind, str]:
    if "client-forbidden" in kinds or any(
        problem.reason == "client-not-enrolled" or problem.code == 453 for problem in problems
    ):
        return FailureKind.LICENCE_MISSING, _ENROL
    if "unsupported-authentication" in kinds:
        return FailureKind.SCOPE_MISSING, "Use a user token (OAuth 2.0 user context or OAuth 1.0a) for this."
    return FailureKind.SCOPE_MISSING, "Grant the token the scopes users.read and tweet.read."


def _problem(record: Mapping[str, Any], *, within: str = "") -> Problem:
    def text(key: str) -> str:
        value = record.get(key)
        return value if isinstance(value, str) else ""

    parameter, value = text("parameter"), text("value")
    parameters = record.get("parameters")
    if not parameter and isinstance(parameters, Mapping):
        parameter, values = next(iter(parameters.items()), ("", []))
        value = ",".join(map(str, values)) if isinstance(values, list) else ""
    code = record.get("code")
    return Problem(
        kind=text("type").rstrip("/").rsplit("/", 1)[-1] or within,
        title=text("title"),
        detail=text("detail") or text("message"),
        parameter=str(parameter),
        value=value,
        resource_id=text("resource_id"),
        field=text("field"),
        reason=text("reason"),
        code=code if isinstance(code, int) else None,
    )


def _illegal_values(problem: Problem, asked: list[str]) -> set[str]:
    if problem.parameter != "user.fields" and "user.fields" not in problem.detail[:_LONGEST_QUOTE]:
        return set()
    told = _REFUSED_VALUE.search(problem.detail)
    if told is None:
        return set(_names(problem.value))
    legal = set(_names(told["legal"]))
    illegal = set(_names(told["value"]))
    return illegal | (set(asked) - legal if legal & set(asked) else set())


def _names(text: str) -> Iterator[str]:
    # Old answers repeat the parameter inside the value: [user.fields=affiliation].
    for part in text.split(","):
        yield part.strip().rpartition("=")[2]


def _reset_time(headers: Mapping[str, str]) -> datetime | None:
    value = headers.get("x-rate-limit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,11}", value):
        return None
    return datetime.fromtimestamp(int(value), UTC)
