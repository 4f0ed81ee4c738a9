"""The ways from people and apps to accounts, as plain values: what the access maps draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.model.estate import AccessStatus, Level, PersonStatus, PrincipalKind
from reports import names
from reports.review import ConnectedApp, Holder, ReviewAccount
from reports.text import listed

AT_MOST = 24
"""Ways drawn; the picture says how many are not, and of which level."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way: who, by what path, to which account, at which level."""

    who: str
    """Key of the person, the identity or the app."""
    who_name: str
    mark: str
    """person, left, nobody or app: the shape at its end."""
    path: str
    """Key of the path; ways of one path run through one box."""
    path_name: str
    """The portfolio's or agency's name where it is known, else what kind of path it is."""
    path_known: bool
    platform_name: str
    account: str
    account_name: str
    """Without its platform."""
    level: Level | None
    standing: str = ""
    """Of the person or identity: has left, on leave, agency."""
    state: str = ""
    """Of the grant: invited, suspended."""

    @property
    def weight(self) -> tuple[int, str, str, str]:
        """Sorting key: the highest level first; an unknown one is the highest."""
        return (-(self.level or 8), self.who_name.casefold(), self.who, self.account)


def ways_of_account(account: ReviewAccount) -> tuple[Way, ...]:
    """Return every way to ``account``, of people, identities and apps, the highest level first."""
    holders = [of_holder(holder, account) for holder in account.holders if not names.is_gone(holder)]
    apps = [of_app(app, account) for app in account.apps]
    return tuple(sorted([*holders, *apps], key=lambda way: way.weight))


def ways_of_holders(holders: Iterable[Holder], accounts: Mapping[str, ReviewAccount]) -> tuple[Way, ...]:
    """Return the ways that ``holders``, the grants of one person or identity, make, the highest level first."""
    held = [of_holder(one, accounts[one.account_id]) for one in holders if not names.is_gone(one)]
    return tuple(sorted(held, key=lambda way: way.weight))


def of_holder(holder: Holder, account: ReviewAccount) -> Way:
    """Return the way that a grant is."""
    return Way(
        who=holder.person_id or holder.principal_id,
        who_name=names.holder(holder),
        mark=_mark(holder),
        path=_path(holder, account.platform),
        path_name=holder.via_name or names.PATH_NAMES[holder.via],
        path_known=bool(holder.via_name),
        platform_name=names.platform(account.platform),
        account=account.account_id,
        account_name=names.account(account),
        level=holder.level,
        standing=_standing(holder),
        state=str(holder.status) if holder.status in (AccessStatus.INVITED, AccessStatus.SUSPENDED) else "",
    )


def of_app(app: ConnectedApp, account: ReviewAccount) -> Way:
    """Return the way that an app's authorisation is."""
    return Way(
        who=app.app_key,
        who_name=names.app(app),
        mark="app",
        path=f"{account.platform} app",
        path_name="connected app",
        path_known=False,
        platform_name=names.platform(account.platform),
        account=account.account_id,
        account_name=names.account(account),
        level=app.level,
    )


def words_of_rest(rest: Sequence[Way]) -> str:
    """Return what is not drawn in words: ``and 37 more: 30 viewer and 7 analyst``; empty for nothing."""
    if not rest:
        return ""
    if len({way.level for way in rest}) == 1:
        return f"and {len(rest):,} more at level {names.level(rest[0].level)}"
    counts = Counter(way.level for way in rest)
    told = [
        f"{counts[level]:,} {names.level(level)}" for level in sorted(counts, key=lambda one: -(one or 8))
    ]
    return f"and {len(rest):,} more, by level: {listed(told)}"


def _path(holder: Holder, platform: str) -> str:
    # One portfolio may hold accounts on several platforms; a direct grant is of its own platform.
    return f"{holder.via} {holder.via_id or f'{platform} {holder.via_name}'}"


def _mark(holder: Holder) -> str:
    if holder.person_status is PersonStatus.TERMINATED:
        return "left"
    return "person" if holder.person_id else "nobody"


def _standing(holder: Holder) -> str:
    if holder.person_status and holder.person_status is not PersonStatus.ACTIVE:
        return names.PERSON_STATUS_NAMES[holder.person_status]
    if not holder.person_id and holder.principal_kind not in (None, PrincipalKind.HUMAN):
        return str(holder.principal_kind)
    return ""
