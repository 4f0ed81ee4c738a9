"""The section ``alerts``: who is told of what, by which way, at once or gathered, and who after them."""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator

from auditor.config.base import EmailText, SecretRef, StrictModel, is_reference
from auditor.config.durations import PositiveDuration, parse_duration
from auditor.model.event import EventKind
from auditor.model.finding import Severity

OWNER, RECIPIENTS = "owner", "recipients"
"""Targets that are always there: each account's responsible person, and reports.recipients."""
DEFAULT_KINDS = (
    EventKind.FINDING_NEW.value,
    EventKind.FINDING_REOPENED.value,
    EventKind.FINDING_WORSENED.value,
    EventKind.IMPERSONATOR_LIKELY.value,
    EventKind.IMPERSONATOR_REOPENED.value,
)
SeverityWord = Literal["critical", "high", "medium", "low", "info"]
Glob = Annotated[str, Field(min_length=1, max_length=200)]
TargetName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DIGEST = re.compile(
    r"hourly|daily (?P<at>\d{1,2}:\d{2})|weekly (?P<day>[a-z]{3}) (?P<weekly_at>\d{1,2}:\d{2})"
)


def _clock_time(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}:\d{2}", value):
        hour, minute = map(int, value.split(":"))
        if hour < 24 and minute < 60:
            return time(hour, minute)
    if isinstance(value, time):
        return value
    raise ValueError('write a time of day, such as "22:00"')


ClockTime = Annotated[time, BeforeValidator(_clock_time)]


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` fits ``pattern``: ``*`` any letters, ``?`` one, all else itself."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)


class WebhookTarget(StrictModel):
    """A signed POST; docs/webhook.md tells the receiver's part."""

    url: str
    """``https://...``, or a reference where the address itself is a secret."""
    secret: SecretRef
    allow_private: bool = False
    """Also addresses of one's own network."""
    ca_file: str | None = None
    timeout: PositiveDuration = parse_duration("15s")

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not is_reference(value) and urlsplit(value).scheme not in ("https", "http"):
            raise ValueError("write https://host/path, or a reference such as keyring:siem-hook")
        return value


class AlertTarget(StrictModel):
    """One way to reach somebody; exactly one of its keys is written."""

    mail: tuple[EmailText, ...] = ()
    owner: bool = False
    """The responsible person of each account."""
    apprise: SecretRef | None = None
    """Reference to an Apprise URL (Slack, Teams, PagerDuty and others)."""
    webhook: WebhookTarget | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if sum(map(bool, (self.mail, self.owner, self.apprise, self.webhook))) != 1:
            raise ValueError("a target is exactly one of mail, owner, apprise and webhook")
        return self


class RouteWhen(StrictModel):
    """What a route is for: all that is written must fit; of a list one entry is enough."""

    severity: SeverityWord = "high"
    """This severity and above."""
    kinds: tuple[Glob, ...] = DEFAULT_KINDS
    rules: tuple[Glob, ...] = ()
    platforms: tuple[Glob, ...] = ()
    tiers: tuple[int, ...] = ()
    owners: tuple[Glob, ...] = ()
    """Addresses of responsible persons."""

    @field_validator("kinds")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if not any(matches(pattern, kind) for kind in EventKind):
                raise ValueError(f"{pattern!r} fits no kind of event; docs/alerts.md lists them")
        return value

    @property
    def least(self) -> Severity:
        """The least severity that fits."""
        return Severity.parse(self.severity)


class QuietHours(StrictModel):
    """When only critical alerts are sent at once, by the organisation's clock."""

    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")

    @model_validator(mode="after")
    def _last_some_time(self) -> Self:
        if self.start == self.end:
            raise ValueError("quiet hours begin and end at the same time")
        return self


class Escalation(StrictModel):
    """Whom to tell when nobody has acknowledged."""

    after: PositiveDuration
    to: tuple[TargetName, ...] = Field(min_length=1)


class AlertRoute(StrictModel):
    """Which events go to whom, and how."""

    when: RouteWhen = RouteWhen()
    to: tuple[TargetName, ...] = Field(min_length=1)
    mode: Literal["immediate", "digest"] = "immediate"
    digest: str = "daily 08:00"
    """``hourly``, ``daily 08:00`` or ``weekly mon 08:00``."""
    quiet_hours: QuietHours | None = None
    escalate: Escalation | None = None
    final: bool = False
    """Whether routes after this one are not looked at for what fits it."""

    @field_validator("digest")
    @classmethod
    def _is_digest(cls, value: str) -> str:
        digest_times(value)
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.mode == "digest" and self.quiet_hours:
            raise ValueError("a digest has its own time; leave out quiet_hours")
        if self.mode == "immediate" and "digest" in self.model_fields_set:
            raise ValueError("digest says when to gather: write mode: digest with it")
        return self


class AlertsSection(StrictModel):
    """Alerts between reviews."""

    targets: dict[TargetName, AlertTarget] = Field(default_factory=dict)
    routes: tuple[AlertRoute, ...] | None = None
    """None: critical and high findings to reports.recipients and each account's owner, at once."""
    operators: tuple[str, ...] = ()
    """Who runs Auditor, addresses or names of targets: told of jobs that fail; none: reports.recipients."""
    storm: int = Field(default=20, ge=1, le=1_000)
    """More alerts than this at once are told as one."""

    @field_validator("targets")
    @classmethod
    def _names_are_free(cls, value: dict[str, AlertTarget]) -> dict[str, AlertTarget]:
        for name in (OWNER, RECIPIENTS):
            if name in value:
                raise ValueError(f"{name!r} is always there; choose another name")
        return value

    @field_validator("operators")
    @classmethod
    def _are_addresses_or_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if "@" in one and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", one):
                raise ValueError(f"{one!r} is no address")
        return value

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = {OWNER, RECIPIENTS, *self.targets}
        named = [one for one in self.operators if "@" not in one]
        for route in self.routes or ():
            named += [*route.to, *(route.escalate.to if route.escalate else ())]
        for name in named:
            if name not in known:
                raise ValueError(f"there is no target {name!r}; there are {', '.join(sorted(known))}")
        if OWNER in self.operators:
            raise ValueError("a failed job has no owner; name an address or another target as operator")
        return self


def digest_times(text: str) -> tuple[time | None, int | None]:
    """Return the time of day and the day of the week (Monday 0) of a digest; both None: hourly.

    Raises:
        ValueError: it is written otherwise.

    """
    found = _DIGEST.fullmatch(text)
    if not found or (found["day"] and found["day"] not in _DAYS):
        raise ValueError("write hourly, daily 08:00 or weekly mon 08:00")
    at = found["at"] or found["weekly_at"]
    return (_clock_time(at) if at else None), (_DAYS.index(found["day"]) if found["day"] else None)
