"""Facts come back from the store as they went in."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model.estate import Level
from auditor.model.facts import Fact, Grant
from auditor.model.tables import FACT_TABLES
from auditor.store import frames
from auditor.store.columns import Kind, columns_of, to_microseconds
from auditor.store.store import Store
from auditor.store.text import clean_text
from tests.store.support_store import account, facts_of, grant, snapshot

ROUND_TRIP = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def cleaned(value: Any) -> Any:
    """Return a field as the store is documented to keep it."""
    if isinstance(value, str) and type(value) is str:
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(cleaned(item) for item in value)
    if isinstance(value, dict):
        return {cleaned(key): day for key, day in value.items()}
    return value


def as_kept(fact: Fact) -> Fact:
    """Return a fact with its text cleaned."""
    return replace(fact, **{field.name: cleaned(getattr(fact, field.name)) for field in fields(fact)})


@pytest.mark.parametrize("table", FACT_TABLES)
@ROUND_TRIP
@given(data=st.data())
def test_facts_come_back_as_they_were(store: Store, table: str, data: st.DataObject) -> None:
    """Whatever a platform says, each fact reads back the same, but for NUL and lone surrogates."""
    facts = data.draw(st.lists(facts_of(FACT_TABLES[table]), min_size=1, max_size=4))
    info = snapshot(store, facts)
    assert [as_kept(fact) for fact in facts] == list(store.facts(info.id, table))
    assert len(facts) == len(store.frames(info.id, [table])[table])


@pytest.mark.parametrize("table", FACT_TABLES)
@ROUND_TRIP
@given(data=st.data())
def test_frames_hold_what_facts_say(store: Store, table: str, data: st.DataObject) -> None:
    """A frame's cells are the facts' fields in the documented form, null where a field is None."""
    facts = data.draw(st.lists(facts_of(FACT_TABLES[table]), min_size=1, max_size=3))
    frame = store.frames(snapshot(store, facts).id, [table])[table]
    assert [field.name for field in fields(FACT_TABLES[table])] == list(frame.columns)
    for column in columns_of(table):
        for fact, cell in zip(facts, frame[column.name], strict=True):
            value = getattr(fact, column.name)
            assert (value is None) == bool(pd.isna(cell))
            if value is not None:
                assert column.encode(value) == _encoded(column.kind, cell)


def _encoded(kind: Kind, cell: Any) -> Any:
    if kind is Kind.INSTANT:
        return to_microseconds(cell.to_pydatetime())
    return cell


def test_text_no_backend_can_hold_is_replaced_alike() -> None:
    """NUL and lone surrogates become U+FFFD; pairs, other controls and long text stay."""
    assert clean_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert clean_text("\U0001f600\u202e\x1b") == "\U0001f600\u202e\x1b"
    assert clean_text("é" * 10_000) == "é" * 10_000


def test_a_number_beyond_64_bits_is_not_known(store: Store) -> None:
    """A follower count no column can hold is kept as not known instead of failing the run."""
    info = snapshot(store, [account(1, followers=10**30)])
    (kept,) = store.facts(info.id, "accounts")
    assert kept == account(1, followers=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"role": 7},
        {"can_message": "yes"},
        {"level": 99},
        {"observed_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"via": "teleport"},
        {"tasks": 5},
    ],
    ids=str,
)
def test_a_field_of_the_wrong_type_is_refused(store: Store, changes: dict[str, Any]) -> None:
    """A connector that breaks the contract hears of it; nothing of the fact is kept."""
    with store.begin_snapshot(grant(1).observed_at) as writer:
        with pytest.raises(TypeError, match="Grant"):
            writer.add([grant(1, **changes)])
        info = writer.finish(grant(1).observed_at, [])
    assert info.counts == {}


def test_only_known_kinds_of_fact_are_taken(store: Store) -> None:
    """A class without a table is refused."""
    with (
        store.begin_snapshot(grant(1).observed_at) as writer,
        pytest.raises(TypeError, match="not a fact"),
    ):
        writer.add([Fact(source="x", observed_at=grant(1).observed_at)])


def test_frames_go_into_duckdb_with_their_types(store: Store) -> None:
    """DuckDB sees the documented type of every column, also where a frame is empty or all null."""
    info = snapshot(store, [grant(1, can_grant=None, tasks=None)])
    found = store.frames(info.id)
    assert set(FACT_TABLES) == set(found)
    expected = {
        Kind.TEXT: "VARCHAR",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.INSTANT: "TIMESTAMP WITH TIME ZONE",
        Kind.DAY: "VARCHAR",
        Kind.LIST: "VARCHAR",
        Kind.DAYS: "VARCHAR",
    }
    with duckdb.connect() as engine:
        for table, frame in found.items():
            engine.register(table, frame)
            types = {name: kind for name, kind, *_ in engine.execute(f"DESCRIBE {table}").fetchall()}
            assert {column.name: expected[column.kind] for column in columns_of(table)} == types


def test_levels_are_words_in_frames(store: Store) -> None:
    """A level reads as its lower-case word, and an unmapped one is null."""
    info = snapshot(store, [grant(1, level=Level.PUBLISHER), grant(2, level=None)])
    levels = store.frames(info.id, ["grants"])["grants"]["level"]
    assert levels[0] == "publisher"
    assert pd.isna(levels[1])


def test_frames_stay_whole_beyond_one_batch(store: Store) -> None:
    """Rows keep their order and their cells across the reader's and the writer's batches."""
    facts = [grant(number, can_message=number % 3 == 0 if number % 5 else None) for number in range(12_345)]
    info = snapshot(store, facts)
    frame = store.frames(info.id, ["grants"])["grants"]
    assert [fact.grant_id for fact in facts] == frame["grant_id"].tolist()
    assert [fact.can_message for fact in facts] == [
        None if value is pd.NA else bool(value) for value in frame["can_message"]
    ]
    assert info.counts == {"grants": 12_345}


def test_parts_make_up_the_whole_frame(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table read in parts has the rows, the order and the types of the same table read at once."""
    monkeypatch.setattr(frames, "_PART_ROWS", 2 * frames._BATCH)
    facts = [grant(number, can_grant=number % 3 == 0 if number % 5 else None) for number in range(2_345)]
    info = snapshot(store, facts)
    parts = list(store.frame_parts(info.id, "grants"))
    assert [len(part) for part in parts] == [1_000, 1_000, 345]
    whole = store.frames(info.id, ["grants"])["grants"]
    pd.testing.assert_frame_equal(whole, pd.concat(parts, ignore_index=True))
    assert list(store.frame_parts(info.id, "apps")) == []


def test_frames_of_named_columns_hold_no_others(store: Store) -> None:
    """Of every table only the columns asked for are read, those it has."""
    info = snapshot(store, [grant(1), account(2)])
    read = store.frames(info.id, ["grants", "accounts"], columns=("account_id", "role"))
    assert {table: list(frame.columns) for table, frame in read.items()} == {
        "grants": ["account_id", "role"],
        "accounts": ["account_id"],
    }
    assert read["grants"]["role"].tolist() == ["ADMIN"]


def test_facts_are_typed(store: Store) -> None:
    """`facts` gives back the dataclass itself."""
    info = snapshot(store, [grant(4)])
    (kept,) = store.facts(info.id, "grants")
    assert isinstance(kept, Grant)
    assert kept == grant(4)
