"""What is protected: our brand accounts as the newest snapshot has them, and what auditor.yaml adds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.app.rows import Row, rows
from auditor.app.workspace import Workspace
from auditor.config import TradeName
from auditor.errors import AuditorError
from auditor.lookalikes import Allowed, Brand, Thresholds
from auditor.model.impersonation import Candidate, ProtectedProfile

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

_NOT_SHOWN = frozenset({"portfolio", "ad_account"})
"""Kinds of accounts that the public never sees, so that nobody poses as one."""
_TITLE = re.compile(r"^(?:(?:dr|prof|professor|mr|mrs|ms|sir|dame)\b\.?\s*)+", re.IGNORECASE)
_BADGE = "affiliate"
"""Role of an account that carries the badge of one of ours, as X lists them."""
_COLUMNS = ("account_id", "platform", "kind", "handle", "name", "bio", "avatar_url")


@dataclass(frozen=True, slots=True)
class Protected:
    """Everything a scan compares with."""

    profiles: tuple[ProtectedProfile, ...]
    own: frozenset[tuple[str, str]]
    """Platform with the id, and with the lower-case handle, of every account in our inventory; platform with the id
    of those that carry a badge of ours, which X lists and since 2.167 no longer shows with the account."""
    allowed: tuple[Allowed, ...]
    thresholds: Thresholds
    sites: tuple[str, ...]
    """Domains of the organisation, to which all of ours may link."""
    snapshot_id: str | None
    """Where the brand accounts were read; None: there is no snapshot, and only what is configured counts."""

    def is_ours(self, candidate: Candidate) -> bool:
        """Whether an account is in our inventory or carries the badge of one that is."""
        return self.is_surely_ours(candidate) or self._knows(candidate, candidate.handle)

    def is_surely_ours(self, candidate: Candidate) -> bool:
        """Whether it is ours by its id or its badge: a handle may have been ours, and somebody else's by now."""
        return candidate.is_ours or self._knows(candidate, candidate.id, *candidate.affiliations)

    def _knows(self, candidate: Candidate, *named: str) -> bool:
        return any((candidate.platform, one.removeprefix("@").casefold()) in self.own for one in named if one)

    def brands(self) -> tuple[Brand, ...]:
        """Return the profiles as they are compared."""
        return tuple(
            Brand(
                key=one.key,
                handle=one.handle,
                name=one.name,
                legal_name=one.legal_name,
                domains=tuple(domain for domain in one.domains if domain not in self.sites),
                sites=self.sites,
                former_handles=one.former_handles,
                short_names=one.short_names,
                platform=one.platform,
                avatars=one.avatar_hashes,
                bio=one.bio,
            )
            for one in self.profiles
        )


def protected(workspace: Workspace, store: Store) -> Protected:
    """Return what is protected, in one order whatever order platforms told it in.

    Raises:
        AuditorError: neither a snapshot nor the configuration names anything to protect.
        StoreError: the store cannot be read.

    """
    section = workspace.config.impersonators
    newest = next(iter(store.snapshots(1)), None)
    accounts = _accounts(store, newest) if newest else ()
    domains = tuple(
        dict.fromkeys(
            one.casefold() for one in (*section.domains, *workspace.config.organization.email_domains)
        )
    )
    profiles = _completed(_merged(accounts, (*section.names, *map(_untitled, section.people))), domains)
    if not profiles:
        raise AuditorError(
            "there is nothing to protect: no snapshot has a brand account, and impersonators.names is empty.",
            remedy="Run 'auditor collect', or write impersonators.names.",
        )
    own = {(one.platform, _native(one.account_id)) for one in accounts if one.account_id}
    own |= {(one.platform, one.handle.casefold()) for one in accounts if one.handle}
    own |= _badged(store, newest) if newest else set()
    told = section.thresholds
    return Protected(
        profiles=profiles,
        own=frozenset(own),
        allowed=tuple(
            Allowed(
                one.account,
                f"{why}{one.reason.rstrip('.')} (impersonators.{key} in auditor.yaml)",
                one.expires,
                one.platform.casefold(),
            )
            for key, why, listed in (
                ("affiliates", "an affiliate: ", section.affiliates),
                ("allowed", "", section.allowed),
            )
            for one in listed
        ),
        sites=domains,
        thresholds=Thresholds(
            element=told.element,
            review=told.review,
            obfuscation_suffices=told.obfuscation_suffices,
            recent_days=told.recent_days,
            few_followers=told.few_followers,
            image_distance=told.image_distance,
        ),
        snapshot_id=newest.id if newest else None,
    )


def _accounts(store: Store, newest: SnapshotInfo) -> tuple[ProtectedProfile, ...]:
    frame = store.frames(newest.id, ["accounts"], columns=_COLUMNS)["accounts"]
    found: dict[str, ProtectedProfile] = {}
    for row in rows(frame):
        told = _profile(row)
        if told is not None:
            key = told.account_id or told.key
            found[key] = _fuller(found[key], told) if key in found else told
    return tuple(found[key] for key in sorted(found))


def _badged(store: Store, newest: SnapshotInfo) -> set[tuple[str, str]]:
    frame = store.frames(newest.id, ["grants"], columns=("principal_id", "role"))["grants"]
    ids = (row.text("principal_id") or "" for row in rows(frame[frame["role"] == _BADGE]))
    return {(platform, native) for platform, _, native in (one.partition(":") for one in ids) if native}


def _profile(row: Row) -> ProtectedProfile | None:
    handle, name = (row.text("handle") or "").removeprefix("@"), row.text("name") or ""
    if row.text("kind") in _NOT_SHOWN or not (handle or name):
        return None
    return ProtectedProfile(
        key=handle or name,
        name=name,
        handle=handle,
        platform=row.text("platform") or "",
        account_id=row.text("account_id"),
        bio=row.text("bio") or "",
        avatar_url=row.text("avatar_url") or "",
    )


def _fuller(one: ProtectedProfile, other: ProtectedProfile) -> ProtectedProfile:
    """Return what two sources told of one account; of two answers the first."""
    name, handle = one.name or other.name, one.handle or other.handle
    return replace(
        one,
        key=handle or name,
        name=name,
        handle=handle,
        bio=one.bio or other.bio,
        avatar_url=one.avatar_url or other.avatar_url,
    )


def _merged(accounts: Iterable[ProtectedProfile], written: Iterable[TradeName]) -> list[ProtectedProfile]:
    """Return the accounts, with what is written of them, then the names that are no account's."""
    by_handle: defaultdict[str, list[TradeName]] = defaultdict(list)
    for one in written:
        by_handle[one.handle.casefold() if one.handle else ""].append(one)
    alone = by_handle.pop("", [])
    found = []
    used: set[str] = set()
    for account in accounts:
        for one in by_handle.get(account.handle.casefold(), ()) if account.handle else ():
            if one.platform in ("", account.platform):
                account = _with(account, one)
                used.add(account.handle.casefold())
        found.append(account)
    alone += [one for handle, listed in by_handle.items() if handle not in used for one in listed]
    return found + [_with(ProtectedProfile(key=one.handle or one.name), one) for one in alone]


def _untitled(person: TradeName) -> TradeName:
    """Return a person with the name they go by without their title as well."""
    bare = _TITLE.sub("", person.name)
    if bare in ("", person.name):
        return person
    return person.model_copy(update={"short_names": (*person.short_names, bare)})


def _with(profile: ProtectedProfile, written: TradeName) -> ProtectedProfile:
    differs = written.name and profile.name and written.name != profile.name
    short = (*profile.short_names, *written.short_names, *((written.name,) if differs else ()))
    return replace(
        profile,
        name=profile.name or written.name,
        handle=profile.handle or written.handle,
        platform=profile.platform or written.platform,
        legal_name=written.legal_name or profile.legal_name,
        former_handles=(*profile.former_handles, *written.former_handles),
        short_names=tuple(dict.fromkeys(short)),
        domains=(*profile.domains, *(one.casefold() for one in written.domains)),
        bio=profile.bio or written.bio,
        avatar_hashes=(*profile.avatar_hashes, *(one.lower() for one in written.avatars)),
    )


def _completed(
    profiles: Iterable[ProtectedProfile], domains: tuple[str, ...]
) -> tuple[ProtectedProfile, ...]:
    return tuple(
        replace(one, domains=tuple(dict.fromkeys((*one.domains, *domains)))) for one in profiles
    )  # fmt: skip


def _native(account_id: str) -> str:
    return account_id.partition(":")[2].casefold()
