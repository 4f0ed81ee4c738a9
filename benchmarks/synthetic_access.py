"""The platforms' side of the made-up organisation: who holds what where, with about one in a hundred amiss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.dice import Column, Dice, frame, joined, numbered, texts, where
from benchmarks.synthetic_house import VENDORS

PLATFORMS = ("facebook", "instagram", "x", "linkedin", "youtube", "tiktok")
LEVELS = np.array(
    ["viewer", "analyst", "advertiser", "moderator", "publisher", "manager", "admin"], dtype=object
)
ROLES = np.array([word.upper() for word in LEVELS], dtype=object)
"""The platforms' own words for them."""
_ALLOWED = {"Communications": 7, "Marketing": 6, "IT": 5, "Administration": 4, "Care": 2}
"""The highest level the access matrix gives each department; see `benchmarks.synthetic.MATRIX`."""
_MAY_MESSAGE = ("Communications", "Marketing")
_OUTSIDE_LEVEL = 5
_NEVER = np.datetime64("NaT")
_STATUS = {"active": 98.5, "invited": 1.0, "suspended": 0.3, "removed": 0.2}


def principals(dice: Dice, roster: pd.DataFrame, observed: Column) -> pd.DataFrame:
    """Return one identity a person, and one in twenty that is none: services, firms, shared logins.

    Half a percent of the identities of people answer to nobody in the roster; four in a hundred do
    not show their MFA.
    """
    humans, others = len(roster), max(3, len(roster) // 20)
    count = humans + others
    kind = np.full(count, "human", dtype=object)
    kind[humans:] = dice.words(others, {"service": 40.0, "agency": 40.0, "shared": 20.0})
    platform = np.array(PLATFORMS, dtype=object)[np.arange(count) % len(PLATFORMS)]
    ids = joined(platform, ":", numbered("p", count))
    firm = joined("Firm ", texts(dice.numbers(count, 0, VENDORS + 2)))
    status = dice.words(count, {"active": 99.0, "invited": 0.5, "suspended": 0.3, "removed": 0.2})
    names = np.concatenate([roster["name"].to_numpy(dtype=object), joined("Publishing desk ", ids[humans:])])
    return frame(
        "principals",
        {
            "source": "made-up",
            "observed_at": observed[dice.numbers(count, 0, len(observed))],
            "principal_id": ids,
            "platform": platform,
            "kind": kind,
            "name": where(kind == "agency", firm, names),
            "email": np.concatenate([_mails(dice, roster), np.full(others, None, dtype=object)]),
            "handle": joined("e", numbered("", count)),
            "status": status,
            **_mfa(dice, kind == "human"),
            "last_active_at": _some(dice, dice.instants(count, 1, 80), 0.9),
            "invited_at": np.where(status == "invited", dice.instants(count, 1, 60), _NEVER),
        },
    )


def accounts(dice: Dice, count: int, roster: pd.DataFrame, observed: Column) -> pd.DataFrame:
    """Return the accounts; the first of every fifty of a Meta platform is their portfolio."""
    number = np.arange(count)
    platform = np.array(PLATFORMS, dtype=object)[number % len(PLATFORMS)]
    ids = joined(platform, ":", numbered("a", count))
    kind, parent = _families(number, platform, ids)
    required = dice.words(count, {"all": 97.0, "admins": 1.0, "none": 1.0, None: 1.0})
    reviewed = where(dice.share(count, 0.01), dice.days(count, 95, 300), dice.days(count, 1, 90))
    domains: dict[str | None, float] = {"riverside.example": 98.0, "gmail.com": 1.0, None: 1.0}
    return frame(
        "accounts",
        {
            "source": "made-up",
            "observed_at": observed[dice.numbers(count, 0, len(observed))],
            "account_id": ids,
            "platform": platform,
            "kind": kind,
            "handle": joined("riverside", texts(number)),
            "name": joined("Riverside clinic ", texts(number)),
            "parent_id": parent,
            "owner_email": _owners(dice, count, roster),
            "tier": dice.numbers(count, 1, 5),
            "phi_exposed": _flags(dice, count, 0.4, unknown=0.01),
            "verified": _flags(dice, count, 0.99),
            "published": _flags(dice, count, 0.98),
            "mfa_required": where(kind == "page", None, required),
            "created_at": dice.instants(count, 400, 4000),
            "followers": dice.numbers(count, 10, 2_000_000),
            "last_reviewed_on": reviewed,
            "recovery_email": _owners(dice, count, roster),
            "recovery_email_domain": dice.words(count, domains),
        },
    )


def grants(
    dice: Dice, count: int, holders: pd.DataFrame, held: pd.DataFrame, departments: Column, observed: Column
) -> pd.DataFrame:
    """Return the grants: each holder's go to different accounts of the holder's platform.

    ``departments`` is that of the person behind each holder, None for what is no person.
    """
    number = np.arange(count)
    holder = number % len(holders)
    account = _account_of(number, holder, len(holders), len(held))
    account_ids = held["account_id"].to_numpy(dtype=object)[account]
    principal_ids = holders["principal_id"].to_numpy(dtype=object)[holder]
    via = where(dice.share(count, 0.01), "direct", _usual_path(held)[account])
    return frame(
        "grants",
        {
            "source": "made-up",
            "observed_at": observed[account % len(observed)],
            "grant_id": joined(account_ids, "|", principal_ids, "|", via),
            "account_id": account_ids,
            "principal_id": principal_ids,
            **_rights(dice, departments, holder),
            "via": via,
            "status": dice.words(count, _STATUS),
            "granted_at": dice.instants(count, 100, 900),
            "last_used_at": _used(dice, count),
            "expires_at": _some(dice, dice.instants(count, -300, 3), 0.05),
        },
    )


def _rights(dice: Dice, departments: Column, holder: Column) -> dict[str, Column]:
    """Return what each grant allows: within the access matrix but for one in a hundred."""
    count = len(holder)
    limit = np.array([_ALLOWED.get(name, _OUTSIDE_LEVEL) for name in departments])[holder]
    rank = np.minimum(dice.numbers(count, 1, len(LEVELS)), limit)
    rank = np.where((limit == len(LEVELS)) & dice.share(count, 0.35), len(LEVELS), rank)
    rank = np.where(dice.share(count, 0.01), np.minimum(rank + 1 + (limit == rank), 6), rank)
    unmapped = dice.share(count, 0.002)
    may_message = np.isin(departments[holder], _MAY_MESSAGE) & (rank >= 4)
    role = where(unmapped, "CUSTOM_7", ROLES[rank - 1])
    return {
        "role": where(dice.share(count, 0.001), None, role),
        "level": where(unmapped, None, LEVELS[rank - 1]),
        "can_message": where(dice.share(count, 0.005), True, may_message.astype(object)),
        "can_grant": where(dice.share(count, 0.002), True, (rank >= 6).astype(object)),
    }


def _families(number: Column, platform: Column, ids: Column) -> tuple[Column, Column]:
    """Return every account's kind and the portfolio above it."""
    place = number % len(PLATFORMS)
    first = (number // len(PLATFORMS) // 50) * 50 * len(PLATFORMS) + place
    meta = np.isin(platform, PLATFORMS[:2])
    kind = where(meta, "page", np.full(len(number), "profile", dtype=object))
    kind = where(meta & (first == number), "portfolio", kind)
    return kind, where(kind == "page", ids[first], np.full(len(number), None, dtype=object))


def _owners(dice: Dice, count: int, roster: pd.DataFrame) -> Column:
    mails = roster["work_email"].to_numpy(dtype=object)[dice.numbers(count, 0, len(roster))]
    return where(dice.share(count, 0.01), None, mails)


def _account_of(number: Column, holder: Column, holders: int, accounts_: int) -> Column:
    """Return each grant's account: of the holder's platform, and another one for each of its grants."""
    kinds = len(PLATFORMS)
    here = accounts_ // kinds
    step = number // holders
    found: Column = ((holder * 7919 + step) % here) * kinds + holder % kinds
    return found


def _mfa(dice: Dice, is_human: Column) -> dict[str, Column]:
    count = len(is_human)
    answers = dice.words(count, {"yes": 95.0, "no": 1.0, None: 4.0})
    methods = dice.words(count, {'["totp"]': 80.0, '["passkey","sms"]': 18.0, '["sms"]': 1.5, None: 0.5})
    known = np.array([{"yes": True, "no": False}.get(answer) for answer in answers], dtype=object)
    return {
        "mfa": where(is_human, known, np.full(count, None)),
        "mfa_methods": where(answers != "yes", None, methods),
    }


def _mails(dice: Dice, roster: pd.DataFrame) -> Column:
    work = roster["work_email"].to_numpy(dtype=object)
    count = len(work)
    strange = joined(numbered("someone", count), "@elsewhere.example")
    private = joined(numbered("someone", count), "@gmail.com")
    shouted = np.array([mail.upper() for mail in work], dtype=object)
    mails = where(dice.share(count, 0.02), shouted, work)
    mails = where(dice.share(count, 0.002), private, mails)
    return where(dice.share(count, 0.003), strange, mails)


def _usual_path(held: pd.DataFrame) -> Column:
    platform = held["platform"].to_numpy(dtype=object)
    return where(np.isin(platform, PLATFORMS[:2]), "portfolio", np.full(len(held), "delegate", dtype=object))


def _used(dice: Dice, count: int) -> Any:
    recent = np.where(dice.share(count, 0.01), dice.instants(count, 95, 400), dice.instants(count, 0, 85))
    return _some(dice, recent, 0.98)


def _some(dice: Dice, instants: Column, part: float) -> Any:
    return np.where(dice.share(len(instants), part), instants, _NEVER)


def _flags(dice: Dice, count: int, part: float, *, unknown: float = 0.005) -> Column:
    return where(dice.share(count, unknown), None, dice.share(count, part).astype(object))
