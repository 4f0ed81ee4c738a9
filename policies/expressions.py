"""A rule's condition is data from outside: read it as one expression and let nothing else through.

DuckDB itself parses the text into a syntax tree. Only the kinds of node, the functions and the
types listed here may occur, and only columns of the rule's own view. What is executed later is
regenerated from the inspected tree, so no comment, quote or bracket of the author's survives.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from policies.columns import VIEWS, View
from policies.rule import Conjunct, Expression, ParamValue
from policies.sandbox import connect, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_LENGTH = 4000
MAX_DEPTH = 60
COUNT_FIELDS = frozenset({"at_least", "at_most"})

NODES = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "OPERATOR",
        "PARAMETER",
        "TYPE",
    }
)
OPERATORS = frozenset(
    {
        "ARRAY_CONSTRUCTOR",
        "ARRAY_EXTRACT",
        "COMPARE_IN",
        "COMPARE_NOT_IN",
        "OPERATOR_COALESCE",
        "OPERATOR_IS_NOT_NULL",
        "OPERATOR_IS_NULL",
        "OPERATOR_NOT",
        "OPERATOR_NULLIF",
    }
)
# Every one of these gives NULL for NULL. greatest, least and concat are absent on purpose: they
# skip NULL, and so would turn "not known" into an answer.
_FUNCTIONS = """
    more_than fewer_than
    lower upper trim length len starts_with ends_with prefix suffix contains split_part substring substr
    left right replace regexp_matches regexp_full_match ~~ !~~ ~~* !~~* ||
    list_contains list_has array_contains list_has_any list_has_all array_has_any array_has_all
    list_value list_sort list_distinct list_intersect
    map_contains map_keys map_values cardinality element_at map_extract_value
    date_diff datediff date_part datepart date_trunc datetrunc date_add year month day dayofweek
    to_days to_weeks to_months to_years to_hours to_minutes timezone make_date
    + - * / // % abs round floor ceil trunc ifnull nullif
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
_TYPES = """BOOLEAN BOOL INTEGER INT INT32 BIGINT INT64 DOUBLE FLOAT8 VARCHAR TEXT STRING DATE TIMESTAMP
TIMESTAMPTZ INTERVAL LIST ARRAY"""
TYPES = frozenset((*_TYPES.split(), "TIMESTAMP WITH TIME ZONE"))

_CLOCK = frozenset(
    {"now", "current_date", "current_timestamp", "today", "get_current_timestamp", "localtimestamp"}
)
_POSITIONS = frozenset({"query_location", "query_location_length"})
_TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)""")


class ExpressionError(ValueError):
    """The expression is refused: what is wrong, and the mend."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Inspector:
    """Reads expressions; holds one sandbox with an empty table of every view to check types in."""

    def __init__(self) -> None:
        self._connection: DuckDBPyConnection = connect(memory_limit="256MB")
        for view in VIEWS.values():
            self._connection.execute(create_table(view))
        self._unchecked: defaultdict[str, list[str]] | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Check the types of all that is read in the block at its end, in one query a view.

        Raises:
            ExpressionError: one of them is not usable; to be told which, read each outside of such a block.

        """
        self._unchecked = defaultdict(list)
        try:
            yield
            for view, expressions in self._unchecked.items():
                self._check_types(view, expressions)
        finally:
            self._unchecked = None

    def close(self) -> None:
        """Release the sandbox."""
        self._connection.close()

    def read(self, text: str, view: View, params: Mapping[str, ParamValue]) -> Expression:
        """Return ``text`` as an inspected expression over ``view``.

        Raises:
            ExpressionError: it is not one boolean expression over the view's columns and the
                declared parameters, built from what is allowed.

        """
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"is longer than {MAX_LENGTH} characters.")
        tree, root = self._parse(text)
        columns, names = _inspect(root, view, params)
        if not columns:
            raise ExpressionError(
                "reads no column, so it says the same of every row.",
                f"See 'auditor rules columns {view.name}'.",
            )
        terms = _terms(root)
        sql, *parts = self._write(tree, [root, *terms] if len(terms) > 1 else [root])
        bound = bind(sql, params)
        if self._unchecked is None:
            self._check_types(view.name, [bound])
        else:
            self._unchecked[view.name].append(bound)
        conjuncts = tuple(
            Conjunct(part, _inspect(node, view, params)[0])
            for part, node in zip(parts or [sql], terms, strict=True)
        )
        return Expression(text, sql, columns, names, conjuncts)

    def _parse(self, text: str) -> tuple[Any, Any]:
        """Return the statement's tree, and in it the one expression."""
        try:
            found = self._connection.execute("SELECT json_serialize_sql(?)", ["SELECT " + text]).fetchone()
        except duckdb.Error:
            raise ExpressionError("cannot be parsed.") from None
        return _only_expression(found[0] if found else "")

    def _write(self, tree: Any, nodes: Sequence[Any]) -> list[str]:
        """Return SQL regenerated from each of ``nodes``, having made sure that it means the same.

        All in one query: most of a query's time is spent before it runs.
        """
        statement = tree["statements"][0]
        texts = [
            json.dumps(
                {**tree, "statements": [{**statement, "node": {**statement["node"], "select_list": [node]}}]}
            )
            for node in nodes
        ]
        written = ", ".join(f"json_deserialize_sql(CAST(? AS JSON)) AS s{at}" for at in range(len(nodes)))
        both = ", ".join(f"s{at}, json_serialize_sql(s{at})" for at in range(len(nodes)))
        try:
            found = self._connection.execute(f"SELECT {both} FROM (SELECT {written})", texts).fetchone()  # noqa: S608 - numbers
        except duckdb.Error:
            raise ExpressionError("cannot be written back as SQL.") from None
        cells = found or ()
        for node, again in zip(nodes, cells[1::2], strict=True):
            if _shape(_only_expression(again)[1]) != _shape(node):
                raise ExpressionError("is ambiguous.", "Write it with brackets.")
        return [str(sql).removeprefix("SELECT ") for sql in cells[::2]]

    def _check_types(self, view: str, expressions: Sequence[str]) -> None:
        listed = ", ".join(f"({sql}) AS verdict{place}" for place, sql in enumerate(expressions))
        try:
            described = self._connection.execute(f"DESCRIBE SELECT {listed} FROM {view}").fetchall()  # noqa: S608 - our names, inspected terms, quoted texts
        except duckdb.Error as error:
            raise ExpressionError(f"does not fit the columns: {_first_line(str(error))}") from None
        for row in described:
            if row[1] != "BOOLEAN":
                raise ExpressionError(f"is of type {row[1]}, not a yes or no.")


def create_table(view: View, *, name: str | None = None) -> str:
    """Return the statement that makes an empty table with the view's columns."""
    columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in view.columns)
    return f"CREATE TABLE {name or view.name} ({columns})"


def bind(sql: str, params: Mapping[str, ParamValue]) -> str:
    """Return inspected SQL with every ``$name`` replaced by its value as a literal."""

    def put(found: re.Match[str]) -> str:
        return literal(params[found[1]]) if found[1] else found[0]

    return _TOKENS.sub(put, sql)


def _only_expression(serialized: str) -> tuple[Any, Any]:
    """Return the tree of a statement as DuckDB tells it, and in it the one expression."""
    try:
        tree: Any = json.loads(serialized)
    except (RecursionError, ValueError):
        raise ExpressionError("cannot be parsed.") from None
    if tree["error"]:
        raise ExpressionError(f"cannot be parsed: {_first_line(tree.get('error_message', ''))}")
    node = tree["statements"][0]["node"]
    if len(tree["statements"]) != 1 or not _is_bare(node):
        raise ExpressionError(
            "is not one single expression.",
            "Write only the condition, such as: person_status = 'terminated'.",
        )
    return tree, node["select_list"][0]


def _is_bare(node: Mapping[str, Any]) -> bool:
    """Whether a statement is ``SELECT <expression>`` and nothing beside."""
    return (
        node["type"] == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and not node["select_list"][0].get("alias")
        and node["from_table"]["type"] == "EMPTY"
        and not node["modifiers"]
        and not node["cte_map"]["map"]
        and not any(
            node.get(key) for key in ("where_clause", "group_expressions", "having", "sample", "qualify")
        )
    )


def _nodes(root: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield every expression node below ``root``, itself included, with its depth."""
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, list):
            stack.extend((child, depth) for child in item)
        elif isinstance(item, dict):
            if "class" in item:
                yield item, depth
            stack.extend((child, depth + ("class" in item)) for child in item.values())


def _terms(root: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the terms of the outermost AND."""
    if root["class"] == "CONJUNCTION" and root["type"] == "CONJUNCTION_AND":
        return [term for child in root["children"] for term in _terms(child)]
    return [root]


def _shape(item: Any) -> Any:
    """Return a tree without positions in the text, and with nested ANDs and ORs made flat."""
    if isinstance(item, list):
        return [_shape(child) for child in item]
    if not isinstance(item, dict):
        return item.upper() if isinstance(item, str) and item.upper() in TYPES else item
    if (truth := _truth(item)) is not None:
        return truth
    shape = {key: _shape(value) for key, value in item.items() if key not in _POSITIONS}
    if shape.get("class") == "CONJUNCTION":
        flat: list[Any] = []
        for child in shape["children"]:
            same = isinstance(child, dict) and child.get("type") == shape["type"]
            flat.extend(child["children"] if same else [child])
        shape["children"] = flat
    return shape


def _truth(node: Mapping[str, Any]) -> bool | None:
    """Return the constant TRUE or FALSE, which DuckDB 1 writes in two ways; None for any other node."""
    if node.get("class") == "CONSTANT" and isinstance(node.get("value"), dict):
        value = node["value"].get("value")
        return value if isinstance(value, bool) else None
    if node.get("class") == "CAST" and node.get("cast_type", {}).get("id") == "BOOLEAN":
        child = node["child"]
        word = child["value"].get("value") if isinstance(child.get("value"), dict) else None
        return {"t": True, "f": False}.get(str(word))
    return None


def _inspect(
    root: Any, view: View, params: Mapping[str, ParamValue]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the columns and parameters read; raises ExpressionError on anything not allowed."""
    columns: set[str] = set()
    names: set[str] = set()
    for node, depth in _nodes(root):
        if depth > MAX_DEPTH:
            raise ExpressionError("is nested too deeply.")
        kind = node["class"]
        if kind not in NODES:
            raise ExpressionError(f"uses {_describe(kind)}, which a rule may not.")
        if node.get("alias"):
            raise ExpressionError("names a result, which a rule may not.")
        if kind == "COLUMN_REF":
            columns.add(_column(node["column_names"], view))
        elif kind == "PARAMETER":
            names.add(_param(node, params))
        elif kind == "FUNCTION":
            _check_function(node)
        elif kind == "OPERATOR" and node["type"] not in OPERATORS:
            raise ExpressionError(f"uses the operator {node['type']}, which a rule may not.")
        elif kind in ("CAST", "TYPE"):
            _check_cast(node)
    return frozenset(columns), frozenset(names)


def _column(path: list[str], view: View) -> str:
    name = path[0]
    column = view.column(name)
    if column is None:
        known = [candidate.name for candidate in view.columns]
        if name.lower() in _CLOCK:
            raise ExpressionError(f"reads the clock by {name!r}.", "Use the columns today or as_of.")
        remedy = f"See 'auditor rules columns {view.name}'."
        raise ExpressionError(
            f"reads {'.'.join(path)!r}, which is no column of {view.name}.", nearest(name, known) or remedy
        )
    if len(path) > 1 and not (column.type == "count" and len(path) == 2 and path[1] in COUNT_FIELDS):
        raise ExpressionError(f"reads {'.'.join(path)!r}, which does not exist.")
    return name


def _param(node: Mapping[str, Any], params: Mapping[str, ParamValue]) -> str:
    name = str(node.get("identifier", ""))
    if name not in params:
        raise ExpressionError(
            f"uses ${name}, which is not declared under params.",
            nearest(name, params) or f"Add it: params: {{{name}: ...}}.",
        )
    return name


def _check_function(node: Mapping[str, Any]) -> None:
    name = str(node["function_name"]).lower()
    if name in _CLOCK:
        raise ExpressionError(f"reads the clock by {name}().", "Use the columns today or as_of.")
    foreign = node.get("schema") not in (None, "", "main") or node.get("catalog") not in (None, "", "system")
    if name not in FUNCTIONS or foreign or node.get("distinct") or node.get("filter"):
        remedy = nearest(name, FUNCTIONS) or "docs/rules.md lists the functions a rule may use."
        raise ExpressionError(f"calls {name}(), which a rule may not.", remedy)


def _check_cast(node: Mapping[str, Any]) -> None:
    """Only plain types: DuckDB 2 tells the type as a node of its own, DuckDB 1 inside the cast."""
    if node["class"] == "TYPE":
        name, foreign = node["type_name"], node.get("schema") or node.get("catalog")
    elif "cast_type" in node:
        name, foreign = node["cast_type"]["id"], None
    else:
        return
    if str(name).upper() not in TYPES or foreign:
        raise ExpressionError(f"converts to {name}, which a rule may not.")


def _describe(kind: str) -> str:
    names = {
        "SUBQUERY": "a query of its own",
        "WINDOW": "a window function",
        "LAMBDA": "a lambda",
        "STAR": "*",
        "COLLATE": "a collation",
        "POSITIONAL_REFERENCE": "a column by its position",
    }
    return names.get(kind, kind.lower().replace("_", " "))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?" for the nearest of ``known``, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "not valid SQL"
    return line.removeprefix("Binder Error: ").removeprefix("Parser Error: ")[:200]
