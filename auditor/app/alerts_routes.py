"""Which events are told by which route: the configuration's, or the built-in where it says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from auditor.app.workspace import Workspace
from auditor.cadence import Calendar, Daily, Every, Weekly, instant_of
from auditor.config.alerts import (
    OWNER,
    RECIPIENTS,
    AlertRoute,
    QuietHours,
    RouteWhen,
    digest_times,
    matches,
)
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from reports.narrow_owner import folded_address
from reports.review import ReviewAccount

OPERATOR_KINDS = frozenset(
    {EventKind.JOB_FAILED, EventKind.JOB_STUCK, EventKind.ALERT_UNDELIVERED, EventKind.ROSTER_UNUSABLE}
)
"""What whoever runs Auditor is told, whatever the routes say."""
_OURS = frozenset({EventKind.ALERT_RAISED, EventKind.ALERT_ACKNOWLEDGED, EventKind.ALERT_ESCALATED})
"""What alerts themselves leave in the journal: nobody is alerted to an alert."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route, ready to be asked."""

    when: RouteWhen
    targets: tuple[str, ...]
    """Names of targets, or addresses."""
    is_digest: bool = False
    digest: str = ""
    quiet_hours: QuietHours | None = None
    escalates_after: timedelta | None = None
    escalates_to: tuple[str, ...] = ()
    is_final: bool = False

    def might_fit(self, event: Event) -> bool:
        """Whether the route is for ``event``, going by what the event itself tells."""
        when = self.when
        severity = event.severity or Severity.HIGH
        return (
            event.kind not in _OURS
            and severity >= when.least
            and _fits(when.kinds, event.kind.value)
            and _fits(when.rules, rule_of(event))
            and _fits(when.platforms, event.platform or "")
        )

    def fits(self, event: Event, account: ReviewAccount | None) -> bool:
        """Whether the route is for ``event`` at ``account``; a tier or owner asked for must be known."""
        when = self.when
        if not self.might_fit(event):
            return False
        if when.tiers and (account is None or account.tier not in when.tiers):
            return False
        if not when.owners:
            return True
        owner = folded_address(account.owner_email if account else owner_of(event))
        return bool(owner) and any(matches(folded_address(one), owner) for one in when.owners)

    def due(self, severity: Severity, now: datetime, zone: tzinfo) -> datetime:
        """Return when what fits is told: now, when the quiet hours end, or with the next digest."""
        if self.is_digest:
            return _next_digest(self.digest, now, zone)
        if self.quiet_hours is None or severity >= Severity.CRITICAL:
            return now
        return end_of_quiet(self.quiet_hours, now, zone)


def routes_of(workspace: Workspace) -> tuple[Route, ...]:
    """Return the routes in force, that to the operators last."""
    alerts, reports = workspace.config.alerts, workspace.config.reports
    if alerts.routes is not None:
        routes = tuple(map(_route, alerts.routes))
    elif reports.mail is not None:
        routes = (Route(RouteWhen(), (RECIPIENTS, OWNER)),)
    else:
        routes = ()
    if not (alerts.operators or reports.mail):
        return routes
    told = RouteWhen(severity="info", kinds=tuple(OPERATOR_KINDS))
    return (*routes, Route(told, alerts.operators or (RECIPIENTS,)))


def routes_for(routes: Iterable[Route], event: Event, account: ReviewAccount | None) -> tuple[Route, ...]:
    """Return the routes ``event`` takes, in order, up to the first that is final."""
    found: list[Route] = []
    for route in routes:
        if route.fits(event, account):
            found.append(route)
            if route.is_final:
                break
    return tuple(found)


def rule_of(event: Event) -> str:
    """Return the rule a finding's event tells of; empty where it tells of none."""
    return str((event.after or {}).get("rule") or "")


def owner_of(event: Event) -> str | None:
    """Return who has to see to what the event tells of, where it says so."""
    owner = (event.after or {}).get("owner")
    return owner if isinstance(owner, str) else None


def end_of_quiet(quiet: QuietHours, now: datetime, zone: tzinfo) -> datetime:
    """Return ``now`` outside of the quiet hours, else the instant they end."""
    local = now.astimezone(zone)
    today = local.date()
    for began in (today - timedelta(days=1), today):
        until = began if quiet.end > quiet.start else began + timedelta(days=1)
        start, end = instant_of(began, quiet.start, zone), instant_of(until, quiet.end, zone)
        if start <= now < end:
            return end
    return now


def _next_digest(digest: str, now: datetime, zone: tzinfo) -> datetime:
    at, weekday = digest_times(digest)
    if at is None:
        return Every(timedelta(hours=1)).after(now)
    calendar = Calendar(zone=zone)
    if weekday is None:
        return Daily(at, calendar).after(now)
    return Weekly(frozenset({weekday}), at, calendar).after(now)


def _route(route: AlertRoute) -> Route:
    escalate = route.escalate
    return Route(
        when=route.when,
        targets=route.to,
        is_digest=route.mode == "digest",
        digest=route.digest,
        quiet_hours=route.quiet_hours,
        escalates_after=escalate.after if escalate else None,
        escalates_to=escalate.to if escalate else (),
        is_final=route.final,
    )


def _fits(patterns: tuple[str, ...], text: str) -> bool:
    return not patterns or any(matches(pattern, text) for pattern in patterns)
