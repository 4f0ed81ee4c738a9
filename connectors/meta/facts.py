"""From Graph's rows to facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from auditor.model.estate import AccessStatus, GrantPath, PrincipalKind
from auditor.model.facts import Account, Grant, Principal, grant_key, platform_id
from auditor.vault import redact_record
from connectors.base import Context
from connectors.meta.edges import kept_record
from connectors.meta.roles import (
    Power,
    invitation_status,
    mfa_required,
    page_power,
    partner_status,
    portfolio_power,
)
from connectors.meta.values import Row, flag, is_handle, moment, native_id, number, text, words


class Provenance(TypedDict):
    """The fields every fact carries."""

    source: str
    observed_at: datetime
    evidence_id: str | None


class Scribe:
    """Writes facts of one connection: leaves the evidence and stamps the provenance."""

    def __init__(self, source: str, context: Context, business_id: str) -> None:
        self._source = source
        self._context = context
        self.business = platform_id("facebook", business_id)

    def stamp(self, row: Row, kind: str, asset_id: str | None = None) -> Provenance:
        """Keep the allowed part of ``row`` as evidence; return what a fact from it carries."""
        record = redact_record(kept_record(row, kind, asset_id))
        return {
            "source": self._source,
            "observed_at": self._context.clock(),
            "evidence_id": self._context.evidence.put(record, kind=kind),
        }

    def portfolio(self, row: Row) -> Account:
        """Return the portfolio."""
        return Account(
            **self.stamp(row, "meta.business"),
            account_id=self.business,
            platform="facebook",
            kind="portfolio",
            name=text(row, "name"),
            url=text(row, "link"),
            verified=_is_verified(row),
            mfa_required=mfa_required(row.get("two_factor_type")),
            created_at=moment(row.get("created_time")),
        )

    def page(self, row: Row, *, owned: bool) -> Account:
        """Return a Page; a shared one stands under its owner's portfolio, where Graph names it."""
        owner = native_id(row.get("owner_business"))
        parent = self.business if owned else (platform_id("facebook", owner) if owner else None)
        return Account(
            **self.stamp(row, "meta.page"),
            account_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind="page",
            handle=text(row, "username"),
            name=text(row, "name"),
            url=text(row, "link"),
            parent_id=parent,
            verified=_is_verified(row),
            published=flag(row, "is_published"),
            followers=number(row, "followers_count", "fan_count"),
            bio=text(row, "about"),
        )

    def instagram(self, ig_user_id: str, asset: Row | None, profile: Row | None, *, owned: bool) -> Account:
        """Return an Instagram account from its asset row, its profile, or its bare id."""
        profile = profile or {}
        stamp = (
            self.stamp(asset, "meta.instagram_asset") if asset else self.stamp(profile, "meta.instagram_user")
        )
        handle = text(asset or {}, "ig_username") or text(profile, "username")
        owner = native_id(profile.get("owner_business"))
        parent = self.business if owned else (platform_id("facebook", owner) if owner else None)
        return Account(
            **stamp,
            account_id=platform_id("instagram", ig_user_id),
            platform="instagram",
            kind="profile",
            handle=handle,
            name=text(profile, "name"),
            url=f"https://www.instagram.com/{handle}/" if handle and is_handle(handle) else None,
            parent_id=parent,
            published=flag(profile, "is_published"),
            followers=number(profile, "followers_count"),
            bio=text(profile, "biography"),
        )

    def business_user(self, row: Row, mfa: bool | None) -> tuple[Principal, Grant]:
        """Return a person of the portfolio and their role in it."""
        stamp = self.stamp(row, "meta.business_user")
        person = Principal(
            **stamp,
            principal_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind=PrincipalKind.HUMAN,
            name=text(row, "name"),
            email=text(row, "email"),
            status=AccessStatus.ACTIVE,
            mfa=mfa,
        )
        return person, self._role(stamp, row, person.principal_id, AccessStatus.ACTIVE)

    def invitation(self, row: Row) -> tuple[Principal, Grant]:
        """Return who is invited to the portfolio, and as what; the invite link is never asked for."""
        stamp = self.stamp(row, "meta.pending_user")
        status = invitation_status(row.get("status"))
        invited_at = moment(row.get("created_time"))
        person = Principal(
            **stamp,
            principal_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind=PrincipalKind.HUMAN,
            email=text(row, "email"),
            status=status,
            invited_at=invited_at,
        )
        grant = self._role(stamp, row, person.principal_id, status)
        return person, replace(grant, granted_at=invited_at, expires_at=moment(row.get("expiration_time")))

    def system_user(self, row: Row) -> tuple[Principal, Grant]:
        """Return a system user and its role, which Graph may or may not let us read."""
        stamp = self.stamp(row, "meta.system_user")
        machine = Principal(
            **stamp,
            principal_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind=PrincipalKind.SERVICE,
            name=text(row, "name"),
            status=AccessStatus.ACTIVE,
            created_at=moment(row.get("created_time")),
        )
        return machine, self._role(stamp, row, machine.principal_id, AccessStatus.ACTIVE)

    def _role(self, stamp: Provenance, row: Row, principal_id: str, status: AccessStatus) -> Grant:
        role, tasks = text(row, "role"), words(row, "tasks")
        power = portfolio_power(role, tasks)
        return Grant(
            **stamp,
            grant_id=grant_key(self.business, principal_id, GrantPath.DIRECT),
            account_id=self.business,
            principal_id=principal_id,
            role=role,
            tasks=tasks,
            level=power.level,
            can_message=power.can_message,
            can_grant=power.can_grant,
            status=status,
        )

    def agency(self, stamp: Provenance, row: Row, status: AccessStatus | None) -> Principal:
        """Return a partner business."""
        return Principal(
            **stamp,
            principal_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind=PrincipalKind.AGENCY,
            name=text(row, "name"),
            status=status,
        )

    def holder(self, stamp: Provenance, row: Row, kind: PrincipalKind | None) -> Principal:
        """Return somebody met in an asset's list and in no list of people."""
        return Principal(
            **stamp,
            principal_id=platform_id("facebook", row["id"]),
            platform="facebook",
            kind=kind,
            name=text(row, "name"),
            status=AccessStatus.ACTIVE,
        )

    def task_grant(
        self,
        stamp: Provenance,
        account_id: str,
        principal_id: str,
        tasks: tuple[str, ...] | None,
        *,
        via: GrantPath,
        via_id: str | None = None,
        status: AccessStatus | None = AccessStatus.ACTIVE,
        granted_at: datetime | None = None,
    ) -> Grant:
        """Return a grant made of tasks on a Page or an Instagram account."""
        power = page_power(tasks)
        return Grant(
            **stamp,
            grant_id=grant_key(account_id, principal_id, via, via_id),
            account_id=account_id,
            principal_id=principal_id,
            role=_leading_task(tasks, power),
            tasks=tasks,
            level=power.level,
            can_message=power.can_message,
            can_grant=power.can_grant,
            via=via,
            via_id=via_id,
            status=status,
            granted_at=granted_at,
        )


def merged(first: Grant, second: Grant) -> Grant:
    """Return the two readings of one grant as one: the tasks of both."""
    if second.tasks is None or set(second.tasks) <= set(first.tasks or ()):
        return first
    tasks = tuple(dict.fromkeys((*(first.tasks or ()), *second.tasks)))
    power = page_power(tasks)
    return replace(
        first,
        tasks=tasks,
        role=_leading_task(tasks, power),
        level=power.level,
        can_message=power.can_message,
        can_grant=power.can_grant,
    )


def partner_standing(row: Row) -> AccessStatus | None:
    """Return the standing of a partner from all its permissions: active if one of them is."""
    permissions = row.get("page_permissions")
    found = [
        partner_status(one.get("access_status"))
        for one in (permissions if isinstance(permissions, list) else [])
        if isinstance(one, Mapping)
    ]
    if not found or AccessStatus.ACTIVE in found:
        return AccessStatus.ACTIVE
    return found[0] if len(set(found)) == 1 else None


def _is_verified(row: Row) -> bool | None:
    said = row.get("verification_status")
    if isinstance(row.get("is_verified"), bool) and row["is_verified"]:
        return True
    if isinstance(said, str):
        return said.casefold() in ("verified", "blue_verified", "gray_verified")
    return flag(row, "is_verified")


def _leading_task(tasks: tuple[str, ...] | None, power: Power) -> str | None:
    """Return the task that gives the level, as the role people recognise."""
    for task in tasks or ():
        if power.level is not None and page_power((task,)).level is power.level:
            return task
    return tasks[0] if tasks else None
