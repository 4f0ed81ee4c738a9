"""Made-up facts for the store's tests, and hypothesis strategies for every kind of fact."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pandas as pd
from hypothesis import strategies as st

from auditor.model.estate import CoverageState, FactKind, GrantPath, Level
from auditor.model.facts import Account, Coverage, Fact, Grant, Principal, grant_key
from auditor.store.judgements import FINDING_COLUMNS
from auditor.store.records import RULE_RESULT_COLUMNS, ConnectionRun, RunState, SnapshotInfo
from auditor.store.store import Store
from tests.support import NOW

ORGANIZATION = "Riverside Health"
META = ConnectionRun(id="meta", connector="meta", state=RunState.COMPLETE, facts=3, finished_at=NOW)


def grant(number: int, *, source: str = "meta", **changes: Any) -> Grant:
    """Return a grant on one of ten Pages; two of the same number are the same grant."""
    account, principal = f"facebook:{number % 10}", f"facebook:u{number}"
    values: dict[str, Any] = {
        "source": source,
        "observed_at": NOW,
        "grant_id": grant_key(account, principal, GrantPath.DIRECT),
        "account_id": account,
        "principal_id": principal,
        "role": "ADMIN",
        "tasks": ("MANAGE", "MESSAGING"),
        "level": Level.ADMIN,
        "can_message": True,
    }
    return Grant(**(values | changes))


def account(number: int, **changes: Any) -> Account:
    """Return a Page in the portfolio ``facebook:p``."""
    values: dict[str, Any] = {
        "source": "meta",
        "observed_at": NOW,
        "account_id": f"facebook:{number}",
        "platform": "facebook",
        "kind": "page",
        "parent_id": "facebook:p",
    }
    return Account(**(values | changes))


def principal(number: int, **changes: Any) -> Principal:
    """Return the holder of `grant` ``number``."""
    values: dict[str, Any] = {
        "source": "meta",
        "observed_at": NOW,
        "principal_id": f"facebook:u{number}",
        "platform": "facebook",
        "name": f"Holder {number}",
    }
    return Principal(**(values | changes))


def coverage(
    account_id: str, fact: FactKind, state: CoverageState = CoverageState.OBSERVED, **changes: Any
) -> Coverage:
    """Return what became of reading one kind of fact about one account."""
    values: dict[str, Any] = {"source": "meta", "observed_at": NOW}
    return Coverage(account_id=account_id, fact=fact, state=state, **(values | changes))


def snapshot(
    store: Store,
    facts: Iterable[Fact],
    *,
    at: datetime = NOW,
    connections: Sequence[ConnectionRun] = (META,),
) -> SnapshotInfo:
    """Record ``facts`` as one complete snapshot."""
    with store.begin_snapshot(at, connections) as writer:
        writer.add(facts)
        return writer.finish(at + timedelta(minutes=1), connections)


def findings_frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a frame of findings; what a row leaves out is filled in."""
    filled = {
        "fingerprint": "ab" * 16,
        "rule": "former-staff-access",
        "pack": "hipaa-social",
        "severity": "critical",
        "verdict": "fail",
        "basis": "verified",
        "subject_type": "grant",
        "subject_id": "g1",
        "message": "left and still holds access",
        "references": '{"hipaa":["164.308"]}',
    }
    return pd.DataFrame([filled | row for row in rows], columns=list(FINDING_COLUMNS))


def results_frame(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Return a frame of rule results."""
    return pd.DataFrame(list(rows), columns=list(RULE_RESULT_COLUMNS))


# Everything text can hold, NUL and lone surrogates among it, and now and then very much of it.
HOSTILE_TEXT = st.one_of(
    st.text(st.characters(codec=None, categories=None), max_size=30),
    st.sampled_from(
        [
            "\x00",
            "a\x00b",
            "\ud800",
            "\udfff\ud800",
            "\u202egnp.exe",
            "<script>alert(1)</script>",
            '=HYPERLINK("x")',
            "'; DROP TABLE grants; --",
            "\\.",
            "\\N",
            "x" * 10_000,
            "\U0001f600" * 2_500,
            "a\tb\r\nc",
        ]
    ),
)
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


def facts_of(fact: type[Fact]) -> st.SearchStrategy[Fact]:
    """Return a strategy for any fact of a class, every field by its annotation."""
    hints = get_type_hints(fact)
    return st.builds(fact, **{field.name: _strategy(hints[field.name]) for field in fields(fact)})


def _strategy(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (argument for argument in get_args(hint) if argument is not type(None))
        return st.none() | _strategy(inner)
    if get_origin(hint) is tuple:
        return st.lists(HOSTILE_TEXT, max_size=3).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(HOSTILE_TEXT, st.dates(), max_size=3)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return _PLAIN[hint]


_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: HOSTILE_TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**63) + 1, 2**63 - 1),
    datetime: INSTANTS,
    date: st.dates(),
}
