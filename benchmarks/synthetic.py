"""A made-up organisation of any size as a snapshot's frames and facts, and the policy it is held against.

Fictional throughout, and the same on every machine for the same size: about one row in a hundred is
amiss, some cells are not known, some lists could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from auditor.config import PoliciesSection
from auditor.model.estate import FactKind, Level
from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from auditor.store.columns import Column as StoredColumn
from auditor.store.columns import Kind, columns_of
from benchmarks.dice import NOW, Column, Dice, frame, joined, numbered, texts, where
from benchmarks.synthetic_access import PLATFORMS, accounts, grants, principals
from benchmarks.synthetic_house import DOMAIN, VENDORS, people, vendors
from policies.access import AccessLine, AccessMatrix
from policies.identity import match
from policies.loader import load_packs
from policies.rule import Pack
from policies.settings import JudgeSettings

__all__ = ["NOW", "SETTINGS", "facts", "frames", "identities", "packs"]

MATRIX = AccessMatrix(
    (
        AccessLine(Level.PUBLISHER, principal_kind=("service", "agency", "shared")),
        AccessLine(Level.ADMIN, messages=True, department=("communications",)),
        AccessLine(Level.MANAGER, messages=True, department=("marketing",)),
        AccessLine(Level.PUBLISHER, department=("it",)),
        AccessLine(Level.MODERATOR, department=("administration",)),
        AccessLine(Level.ANALYST, department=("care",)),
    )
)
SETTINGS = JudgeSettings(
    timezone="America/Chicago",
    email_domains=(DOMAIN,),
    access=MATRIX,
)
_GRANTS_AN_ACCOUNT = 100
_FEWEST_ACCOUNTS = 120
_STATES: Mapping[str | None, float] = {
    "observed": 97.0,
    "attested": 1.0,
    "partial": 0.6,
    "denied": 0.5,
    "not_exposed": 0.6,
    "failed": 0.3,
}


def frames(grant_count: int, people_count: int, *, seed: int = 3) -> dict[str, pd.DataFrame]:
    """Return a snapshot as `auditor.store` reads it: ``grant_count`` grants of ``people_count`` people.

    There is an account for every hundred grants (at least 120), and three apps, two logins and ten
    lines of coverage for every account. A holder has at most a sixth as many grants as there are accounts.
    """
    dice = Dice(seed)
    observed = dice.instants(1_000, 0, 2)
    roster = people(dice, people_count, observed)
    count = max(_FEWEST_ACCOUNTS, grant_count // _GRANTS_AN_ACCOUNT) // len(PLATFORMS) * len(PLATFORMS)
    held = accounts(dice, count, roster, observed)
    holders = principals(dice, roster, observed)
    departments = np.full(len(holders), None, dtype=object)
    departments[:people_count] = roster["department"].to_numpy(dtype=object)
    ids = held["account_id"].to_numpy(dtype=object)
    made = {
        "accounts": held,
        "principals": holders,
        "grants": grants(dice, grant_count, holders, held, departments, observed),
        "apps": _apps(dice, ids, observed),
        "logins": _logins(dice, ids, observed),
        "tokens": _tokens(dice, observed),
        "changes": _changes(dice, ids, observed),
        "people": roster,
        "seeds": frame("seeds", {"account_id": np.array([], dtype=object)}),
        "vendors": vendors(dice, roster, observed),
        "coverage": _coverage(dice, ids, observed),
    }
    return {table: made[table] for table in FACT_TABLES}


def identities(snapshot: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the matches of the snapshot's principals to its people."""
    return match(snapshot["principals"], snapshot["people"]).matches


def packs() -> tuple[Pack, ...]:
    """Return the packs that are in force where the configuration says nothing."""
    return load_packs(PoliciesSection().packs, base_dir=Path())


def facts(snapshot: Mapping[str, pd.DataFrame]) -> Iterator[Fact]:
    """Yield the rows of the frames as facts, as connectors would."""
    for table, fact in FACT_TABLES.items():
        columns = columns_of(table)
        cells = (_values(snapshot[table][column.name], column) for column in columns)
        names = [column.name for column in columns]
        for row in zip(*cells, strict=True):
            yield fact(**dict(zip(names, row, strict=True)))


def _values(series: pd.Series[Any], column: StoredColumn) -> Iterator[Any]:
    for value in series:
        if value is None or value is pd.NA or value is pd.NaT or value != value:
            yield None
        elif column.kind is Kind.INSTANT:
            yield value.to_pydatetime()
        elif column.kind is Kind.BOOLEAN:
            yield bool(value)
        elif column.kind is Kind.INTEGER:
            yield int(value)
        else:
            yield column.decode(value)


def _apps(dice: Dice, account_ids: Column, observed: Column) -> pd.DataFrame:
    ids = np.repeat(account_ids, 3)
    count = len(ids)
    number = texts(dice.numbers(count, 0, VENDORS + 1))
    platform = np.array([text.partition(":")[0] for text in ids], dtype=object)
    level = dice.words(count, {"viewer": 40.0, "analyst": 30.0, "publisher": 29.0, "admin": 0.7, None: 0.3})
    return frame(
        "apps",
        {
            "source": "made-up",
            "observed_at": observed[dice.numbers(count, 0, len(observed))],
            "app_key": joined(ids, "|", numbered("k", count)),
            "app_id": joined(platform, ":app", number),
            "account_id": ids,
            "name": joined("Tool ", number),
            "publisher": joined("Firm ", number),
            "scopes": '["read","publish"]',
            "level": level,
            "can_message": dice.share(count, 0.1).astype(object),
            "approved_at": dice.instants(count, 20, 735),
            "first_party": dice.share(count, 0.3).astype(object),
        },
    )


def _logins(dice: Dice, account_ids: Column, observed: Column) -> pd.DataFrame:
    ids = np.repeat(account_ids, 2)
    count = len(ids)
    return frame(
        "logins",
        {
            "source": "made-up",
            "observed_at": observed[:1].repeat(count),
            "login_key": joined(ids, "|", numbered("l", count)),
            "account_id": ids,
            "kind": dice.words(count, {"login": 60.0, "session": 20.0, "device": 19.5, "sso": 0.5}),
            "at": dice.instants(count, 1, 182),
            "client": dice.words(
                count, {"Firefox on Linux": 1.0, "Safari on iPhone": 1.0, "Chrome on Windows": 2.0}
            ),
        },
    )


def _tokens(dice: Dice, observed: Column) -> pd.DataFrame:
    count = 30
    return frame(
        "tokens",
        {
            "source": "made-up",
            "observed_at": observed[:1].repeat(count),
            "token_id": numbered("facebook:token", count),
            "kind": "page",
            "scopes": dice.words(count, {'["read"]': 9.0, '["read","manage"]': 1.0}),
            "scopes_needed": '["read"]',
            "expires_at": dice.instants(count, -90, -5),
            "never_expires": dice.share(count, 0.1).astype(object),
        },
    )


def _changes(dice: Dice, account_ids: Column, observed: Column) -> pd.DataFrame:
    ids = account_ids[::10]
    count = len(ids)
    return frame(
        "changes",
        {
            "source": "made-up",
            "observed_at": observed[:1].repeat(count),
            "change_key": joined(ids, "|", numbered("c", count)),
            "account_id": ids,
            "kind": dice.words(count, {"handle": 1.0, "email": 1.0, "phone": 1.0, "verification": 1.0}),
            "at": dice.instants(count, 10, 900),
            "before": "riverside-old",
            "after": "riverside-new",
        },
    )


def _coverage(dice: Dice, account_ids: Column, observed: Column) -> pd.DataFrame:
    kinds = np.array([kind.value for kind in FactKind], dtype=object)
    ids = np.repeat(account_ids, len(kinds))
    count = len(ids)
    state = dice.words(count, _STATES)
    told = np.isin(state, ("observed", "attested"))
    return frame(
        "coverage",
        {
            "source": "made-up",
            "observed_at": observed[:1].repeat(count),
            "account_id": ids,
            "fact": np.tile(kinds, len(account_ids)),
            "state": state,
            "reason": where(told, "", np.full(count, "The platform did not show it.", dtype=object)),
            "remedy": where(told, "", np.full(count, "Have the account's owner attest it.", dtype=object)),
        },
    )
