"""The risk of each finding of a review, from what the review knows of its subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from auditor.config import RiskSection
from auditor.model.estate import AccessStatus, Level, PersonStatus
from auditor.model.finding import Basis, Severity, Verdict
from auditor.model.risk import Risk, RiskInput, RiskScale, assess
from reports.review import ConnectedApp, Holder, ReviewAccount, ReviewPerson

_Reach = tuple[int | None, bool | None, int | None]
"""Tier, whether patients' data can reach it, followers."""
_UNKNOWN_REACH: _Reach = (None, None, None)


class RiskOf:
    """Answers how much one finding matters; every index is built once, equal answers are one object."""

    def __init__(
        self,
        accounts: Iterable[ReviewAccount],
        people: Iterable[ReviewPerson],
        *,
        as_of: datetime,
        timezone: str,
        scale: RiskScale,
    ) -> None:
        self._as_of = as_of
        self._scale = scale
        self._answers: dict[RiskInput, Risk] = {}
        self._accounts = {account.account_id: account for account in accounts}
        self._left = _leaving_instants(people, ZoneInfo(timezone))
        self._levels: dict[tuple[str, str], Level | None] = {}
        self._held: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._reaches: dict[tuple[str, str], _Reach] = {}
        self._index_levels()

    def assess(
        self,
        subject: tuple[str, str],
        *,
        severity: Severity,
        verdict: Verdict,
        basis: Basis,
        account_id: str | None,
        person_id: str | None,
        first_seen_at: datetime | None,
    ) -> Risk:
        """Return the score of a finding on ``subject`` (its type and id) with its factors."""
        tier, phi_exposed, followers = self._reach(account_id, subject)
        is_fail = verdict is Verdict.FAIL
        known = RiskInput(
            severity=severity,
            level=self._level(subject),
            tier=tier,
            phi_exposed=phi_exposed,
            followers=followers,
            exposure_hours=self._exposure_hours(person_id, first_seen_at) if is_fail else None,
            basis=basis if is_fail else Basis.UNKNOWN,
        )
        answer = self._answers.get(known)
        if answer is None:
            answer = self._answers[known] = assess(known, self._scale)
        return answer

    def _level(self, subject: tuple[str, str]) -> Level | None:
        if subject[0] == "account":
            # What is wrong with the account as a whole touches whoever has full control of it.
            return Level.ADMIN
        return self._levels.get(subject)

    def _reach(self, account_id: str | None, subject: tuple[str, str]) -> _Reach:
        """Return the account's reach; of an identity or a person, the widest of all they hold."""
        if account_id:
            account = self._accounts.get(account_id)
            return (account.tier, account.phi_exposed, account.followers) if account else _UNKNOWN_REACH
        if subject not in self._reaches:
            held = [self._accounts[one] for one in sorted(self._held.get(subject, ()))]
            self._reaches[subject] = _widest(held) if held else _UNKNOWN_REACH
        return self._reaches[subject]

    def _exposure_hours(self, person_id: str | None, first_seen_at: datetime | None) -> float | None:
        """Whole hours since the person left; else since the finding was first seen."""
        since = self._left.get(person_id or "") or first_seen_at
        return None if since is None else max(0, (self._as_of - since) // timedelta(hours=1))

    def _index_levels(self) -> None:
        highest: defaultdict[tuple[str, str], list[Level | None]] = defaultdict(list)
        for account in self._accounts.values():
            for holder in account.holders:
                self._add_holder(holder, highest)
            for app in account.apps:
                self._add_app(app)
        for key, levels in highest.items():
            # One unmapped level among them could be the highest.
            self._levels[key] = None if None in levels else max(level for level in levels if level)

    def _add_holder(self, holder: Holder, highest: defaultdict[tuple[str, str], list[Level | None]]) -> None:
        self._levels["grant", holder.grant_id] = holder.level
        if AccessStatus.REMOVED in (holder.status, holder.principal_status):
            return
        for key in (("principal", holder.principal_id), ("person", holder.person_id or "")):
            highest[key].append(holder.level)
            self._held[key].add(holder.account_id)

    def _add_app(self, app: ConnectedApp) -> None:
        self._levels["app", app.app_key] = app.level


def _widest(accounts: Collection[ReviewAccount]) -> _Reach:
    """Return the widest reach of ``accounts``; what is not known of one of them is not known."""
    tiers = [account.tier for account in accounts]
    marks = {account.phi_exposed for account in accounts}
    followers = [account.followers for account in accounts]
    return (
        None if None in tiers else min(tier for tier in tiers if tier is not None),
        True if True in marks else None if None in marks else False,
        None if None in followers else max(count for count in followers if count is not None),
    )


def _leaving_instants(people: Iterable[ReviewPerson], zone: ZoneInfo) -> dict[str, datetime]:
    """Return for each leaver the end of their last day in the organisation's zone."""
    return {
        person.person_id: datetime.combine(person.left_on + timedelta(days=1), time.min, zone)
        for person in people
        if person.status is PersonStatus.TERMINATED and person.left_on is not None
    }


def risk_scale(section: RiskSection) -> RiskScale:
    """Return the scale of the configuration."""
    points = section.severity
    return RiskScale(
        severity={severity: getattr(points, severity.word) for severity in Severity},
        floor=section.floor,
        level=section.level,
        reach=section.reach,
        exposure=section.exposure,
        certainty=section.certainty,
    )
