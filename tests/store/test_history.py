"""Reading one table over many snapshots: no more than is asked for, typed like a snapshot's own."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from auditor.model.estate import FactKind, Level
from auditor.store.store import Store
from tests.store.support_store import account, coverage, grant, principal, snapshot
from tests.support import NOW


def test_rows_of_many_snapshots_come_with_their_snapshot(store: Store) -> None:
    """Only the wanted columns, snapshots and values; instants, flags and nulls as in a frame of one snapshot."""
    infos = [
        snapshot(
            store, [grant(1), grant(2, level=None, can_message=None), grant(3)], at=NOW + timedelta(days=n)
        )
        for n in range(3)
    ]
    found = store.history(
        "grants", [infos[0].id, infos[2].id], columns=("principal_id", "level", "can_message", "observed_at"),
        where={"principal_id": ["facebook:u1", "facebook:u2"]},
    )  # fmt: skip
    assert list(found["snapshot_id"]) == [infos[0].id] * 2 + [infos[2].id] * 2
    assert list(found["principal_id"]) == ["facebook:u1", "facebook:u2"] * 2
    own = store.frames(infos[0].id, ("grants",))["grants"]
    assert found["level"].isna().tolist() == [False, True] * 2
    for column in ("level", "can_message", "observed_at"):
        assert found[column].dtype == own[column].dtype


def test_asking_for_nothing_gives_an_empty_frame(store: Store) -> None:
    """No snapshot, no value and no match are frames with their columns and no row."""
    info = snapshot(store, [grant(1)])
    for snapshots, values in (([], ["facebook:u1"]), ([info.id], []), ([info.id], ["facebook:u9"])):
        found = store.history("grants", snapshots, columns=("level",), where={"principal_id": values})
        assert list(found.columns) == ["level", "snapshot_id"]
        assert found.empty


def test_two_conditions_hold_together(store: Store) -> None:
    """An account and a kind of fact: one row."""
    facts = [coverage(f"facebook:{n}", kind) for n in (1, 2) for kind in (FactKind.GRANTS, FactKind.APPS)]
    info = snapshot(store, facts)
    found = store.history(
        "coverage", [info.id], columns=("account_id", "fact"),
        where={"account_id": ["facebook:2"], "fact": ["apps"]},
    )  # fmt: skip
    assert found[["account_id", "fact"]].to_numpy().tolist() == [["facebook:2", "apps"]]


def test_very_many_values_are_asked_for_in_parts(store: Store) -> None:
    """More values than a statement takes, and still each row once."""
    info = snapshot(store, [grant(n) for n in range(50)])
    wanted = [f"facebook:u{n}" for n in range(45_000)]
    found = store.history("grants", [info.id], columns=("grant_id",), where={"principal_id": wanted})
    assert len(found) == found["grant_id"].nunique() == 50


def test_each_combination_comes_once_the_newest_last(store: Store) -> None:
    """What changed stands in its order; nulls and flags count as values."""
    infos = [
        snapshot(store, facts, at=NOW + timedelta(days=n))
        for n, facts in enumerate(
            (
                [principal(1, email=None), principal(2), grant(1, can_message=None)],
                [principal(1, email="a@riverside.example"), principal(2), grant(1, can_message=None)],
                [principal(1, email="b@riverside.example"), account(1), grant(1, level=Level.VIEWER)],
            )
        )
    ]
    ids = [info.id for info in infos]
    found = store.distinct("principals", ids, columns=("principal_id", "email"))
    assert sorted(found["principal_id"]) == ["facebook:u1"] * 3 + ["facebook:u2"]
    emails = found.loc[found["principal_id"] == "facebook:u1", "email"]
    assert [None if pd.isna(email) else email for email in emails] == [
        None, "a@riverside.example", "b@riverside.example",
    ]  # fmt: skip
    flags = store.distinct("grants", ids, columns=("can_message",))["can_message"]
    assert [None if pd.isna(flag) else bool(flag) for flag in flags] == [None, True]
