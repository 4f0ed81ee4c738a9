"""A rule file's own examples: each is one row of the view, and the verdict the rule must reach.

Cells not given are NULL: not known. A count is a number, or ``{at_least, at_most}``. A day or an
instant is a date, ``N days ago`` or ``in N days``; ``today`` and ``as_of`` agree with each other
and, unless given, are `EXAMPLE_DAY`. A rank not given follows from its level.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

from auditor.errors import RuleError
from auditor.model.estate import Level
from auditor.model.finding import Verdict
from policies.columns import VIEWS, Column
from policies.expressions import create_table
from policies.rule import Example, Pack, Rule
from policies.sandbox import connect, literal, quote, time_limit, told_failures
from policies.verdicts import VERDICTS, code_of, terms_sql, words_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXAMPLE_DAY = date(2026, 1, 15)
TIME_LIMIT_SECONDS = 60
_RANKS = {"level_rank": "level", "allowed_rank": "allowed_level", "highest_rank": "highest_level"}
_RELATIVE = re.compile(r"(?:(\d{1,5}) days? ago)|(?:in (\d{1,5}) days?)")


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of one example."""

    rule: str
    index: int
    """Place in the rule's list, from 0."""
    expected: Verdict
    got: Verdict
    line: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the rule reached the verdict expected."""
        return self.expected == self.got


def run_examples(pack: Pack) -> list[ExampleResult]:
    """Run every example of every rule of ``pack``.

    Raises:
        RuleError: an example gives a cell a value that its column cannot hold.

    """
    results: list[ExampleResult] = []
    with told_failures(), closing(connect()) as connection, time_limit(TIME_LIMIT_SECONDS, connection):
        for view in VIEWS.values():
            rules = [rule for rule in pack.rules if rule.over == view.name and rule.examples]
            if rules:
                connection.execute(create_table(view))
                results += _run_view(connection, rules)
    places = {rule.id: place for place, rule in enumerate(pack.rules)}
    return sorted(results, key=lambda result: (places[result.rule], result.index))


def _run_view(connection: DuckDBPyConnection, rules: Sequence[Rule]) -> Iterable[ExampleResult]:
    view = rules[0].over
    for rule in rules:
        connection.execute(f"DELETE FROM {view}")  # noqa: S608 - our names, inspected terms, quoted texts
        for example in rule.examples:
            _insert(connection, rule, example)
        codes = connection.execute(
            f"SELECT {words_sql([rule], frozenset({'_attested'}))} FROM (SELECT *, {terms_sql([rule], {rule.id: rule.params})},"  # noqa: S608 - our names, inspected terms, quoted texts
            f" CASE WHEN is_current IS NULL THEN 'too old' END AS _stale, FALSE AS _attested FROM {view} ORDER BY rowid)"
        ).fetchall()
        for index, (example, (code,)) in enumerate(zip(rule.examples, codes, strict=True)):
            got = VERDICTS[code_of(code, 0)]
            yield ExampleResult(rule.id, index, example.verdict, got, example.line)


def _insert(connection: DuckDBPyConnection, rule: Rule, example: Example) -> None:
    given = _completed(example.given)
    columns = [column for name in given if (column := rule.view.column(name))]
    cells = {column.name: _cell(column, given[column.name], given["today"]) for column in columns}
    listed = ", ".join(f'{cell} AS "{name}"' for name, cell in cells.items())
    try:
        connection.execute(f"INSERT INTO {rule.over} BY NAME SELECT {listed}")
    except duckdb.Error:
        wrong = next((name for name, cell in cells.items() if not _holds(connection, cell)), "a cell")
        raise RuleError(
            f"the example gives {wrong} a value that it cannot hold.", path=rule.path, line=example.line
        ) from None


def _holds(connection: DuckDBPyConnection, cell: str) -> bool:
    try:
        connection.execute(f"SELECT {cell}")
    except duckdb.Error:
        return False
    return True


def _completed(given: Mapping[str, Any]) -> dict[str, Any]:
    cells = {"is_current": True, **given}
    for rank, level in _RANKS.items():
        if level in cells and rank not in cells:
            known = Level.parse(cells[level])
            cells[rank] = 0 if cells[level] == "none" else (int(known) if known else None)
    as_of, today = cells.get("as_of"), cells.get("today")
    if today is None:
        today = (
            as_of.date()
            if isinstance(as_of, datetime)
            else date.fromisoformat(str(as_of)[:10])
            if as_of
            else EXAMPLE_DAY
        )
    today = today if isinstance(today, date) else date.fromisoformat(str(today))
    return {**cells, "today": today, "as_of": as_of or datetime.combine(today, time(12), UTC)}


def _cell(column: Column, value: Any, today: date) -> str:
    """Return the cell as SQL of the column's type."""
    if value is None:
        text = "NULL"
    elif column.type in ("DATE", "TIMESTAMPTZ"):
        text = quote(_moment(value, today))
    elif column.type == "count":
        bounds = value if isinstance(value, dict) else {"at_least": value, "at_most": value}
        text = (
            "{" + ", ".join(f"'{key}': {literal(bounds.get(key))}" for key in ("at_least", "at_most")) + "}"
        )
    elif isinstance(value, (list, dict)):
        text = f"CAST({quote(json.dumps(value, default=str))} AS JSON)"
    else:
        text = literal(value)
    return f"CAST({text} AS {column.sql_type})"


def _moment(value: Any, today: date) -> str:
    found = _RELATIVE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found:
        days = -int(found[1]) if found[1] else int(found[2])
        return (today + timedelta(days=days)).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
