"""Words for what a reader meets: none may be missing, or a report is not written at all."""

from __future__ import annotations

from enum import Enum

from auditor.model.facts import FactKind
from reports import names
from reports.json_file import schema


def test_every_kind_of_fact_and_state_has_its_words() -> None:
    """Each table of names that goes by an enumeration has every member of it, custody's seeds too."""
    tables = {
        name: table
        for name, table in vars(names).items()
        if isinstance(table, dict) and table and all(isinstance(key, Enum) for key in table)
    }
    assert {"FACT_NAMES", "STATE_NAMES"} <= set(tables)
    lacking = {name: set(type(next(iter(table)))) - set(table) for name, table in tables.items()}
    assert not any(lacking.values()), lacking


def test_the_published_schema_knows_every_kind_of_fact() -> None:
    """A JSON report that speaks of any kind of fact keeps to its schema."""
    known = schema()["$defs"]
    assert set(known["fact"]["enum"]) == {kind.value for kind in FactKind}
