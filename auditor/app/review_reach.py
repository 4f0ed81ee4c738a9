"""Which accounts a few matters hang on: those named, those held, those above, and those only tied to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditor.app.removal_index import folded
from auditor.model.estate import PersonStatus
from auditor.model.event import Event

if TYPE_CHECKING:
    from auditor.app.judge import Judged
    from policies.views import Views

_NOT_HERE = (PersonStatus.TERMINATED.value, PersonStatus.FUTURE.value)
_HEIGHT = 5
"""Containers above an account that are looked up."""
_ACCOUNT = (
    "account_id",
    "parent_id",
    "owner_email",
    "owner_person_id",
    "recovery_email",
    "recovery_person_id",
)
_GRANT = ("account_id", "principal_id", "person_id", "principal_email", "principal_handle", "principal_name",
          "person_name", "person_email")  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What the matters are about."""

    persons: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    """Where somebody may be told: whose mailboxes these are has to be known."""

    @classmethod
    def events(cls, happened: Iterable[Event], addresses: Iterable[str] = ()) -> About:
        """Return what events are about, to be told at ``addresses``."""
        told = list(happened)
        return cls(
            frozenset(one.person_id for one in told if one.person_id),
            frozenset(one.principal_id for one in told if one.principal_id),
            frozenset(one.account_id for one in told if one.account_id),
            frozenset(one.fingerprint for one in told if one.fingerprint),
            frozenset(map(folded, addresses)),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """The accounts some matters hang on."""

    accounts: frozenset[str]
    """Those that must be known whole."""
    owners: frozenset[str]
    """The people who answer for them."""
    below: Mapping[str, str]
    """Others in them, of which no more than their number matters: account to its container."""


def reach_of(judged: Judged, about: About) -> Reach:
    """Return the accounts that must be known for what ``about`` names to be told of.

    That is where its people and identities hold something, and others do through them; the accounts they answer
    for, receive the password resets of, or let an app in to; those of an app that is meant; and those that tell
    that a mailbox an alert may go to is a leaver's.
    """
    views = judged.views
    accounts = views.query("accounts", _ACCOUNT)
    apps = views.query("apps", ("app_key", "app_id", "account_id", "approved_by"))
    own = _held(views, about)
    meant = _apps_meant(judged, about, apps)
    ways = {*own["principal_id"], *meant}
    persons = about.persons.union(own["person_id"].dropna())
    words = _words(judged.frames.of("people", "person_id", persons), own)
    tied = (
        own["account_id"],
        _grants(views, via_id=ways)["account_id"],
        apps.loc[apps["app_id"].isin(meant) | _folded(apps["approved_by"]).isin(words), "account_id"],
        accounts.loc[
            accounts["owner_person_id"].isin(persons)
            | accounts["recovery_person_id"].isin(persons)
            | _folded(accounts["recovery_email"]).isin(words),
            "account_id",
        ],
    )
    found = _with_containers({*about.accounts, *(one for column in tied for one in column)}, accounts)
    told_at = about.addresses.union(
        _folded(accounts.loc[accounts["account_id"].isin(found), "owner_email"]).dropna()
    )
    found |= _held_by_mailboxes(judged, told_at)
    is_found = accounts["account_id"].isin(found)
    inside = accounts[accounts["parent_id"].isin(found) & ~is_found]
    owners = frozenset(accounts.loc[is_found, "owner_person_id"].dropna())
    below = dict(zip(inside["account_id"], inside["parent_id"], strict=True))
    return Reach(frozenset(found), owners, below)


def _held(views: Views, about: About) -> pd.DataFrame:
    """Return the grants of the persons and identities, and of the persons behind the identities."""
    own = _grants(views, principal_id=about.principals)
    persons = about.persons.union(own["person_id"].dropna())
    return pd.concat([own, _grants(views, person_id=persons)], ignore_index=True)


def _grants(views: Views, **among: Collection[str]) -> pd.DataFrame:
    return views.query("grants", _GRANT, **among)


def _apps_meant(judged: Judged, about: About, apps: pd.DataFrame) -> set[str]:
    """Return the ids of the apps that findings meant are on."""
    found = judged.judgement.findings
    subjects = found.loc[found["fingerprint"].isin(about.fingerprints), "subject_id"]
    return set(apps.loc[apps["app_key"].isin(subjects), "app_id"])


def _words(people: pd.DataFrame, own: pd.DataFrame) -> set[str]:
    """Return what the people and identities are called where only a word says who it was."""
    named = people[["work_email", "name", "preferred_name"]]
    natives = own["principal_id"].str.partition(":")[2] if len(own) else own["principal_id"]
    columns = [own[name] for name in _GRANT if name != "account_id"] + [named[name] for name in named]
    return {folded(text) for column in (*columns, natives) for text in column.dropna()} - {""}


def _held_by_mailboxes(judged: Judged, addresses: Collection[str]) -> set[str]:
    """Return where somebody who is not here holds something by an identity with one of the addresses."""
    principals = judged.frames.columns("principals", ("principal_id", "email"))
    theirs = principals.loc[_folded(principals["email"]).isin(addresses), "principal_id"]
    held = judged.views.query("grants", ("account_id", "person_status"), principal_id=frozenset(theirs))
    return set(held.loc[held["person_status"].isin(_NOT_HERE), "account_id"])


def _with_containers(found: set[str], accounts: pd.DataFrame) -> set[str]:
    parents = dict(accounts[["account_id", "parent_id"]].dropna().itertuples(index=False, name=None))
    for _ in range(_HEIGHT):
        found = found | {parents[one] for one in found if one in parents}
    return found


def _folded(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.map(folded, na_action="ignore")
