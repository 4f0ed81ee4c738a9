"""Messages of a rule, with holes for columns, compiled to SQL so that no row passes through Python.

``{{ column }}`` shows a column, ``{{ $name }}`` a parameter, ``{{ column | filter }}`` a column in
another form. Values come from platforms and are hostile: control and direction characters are
taken out and long texts cut here; escaping for HTML, CSV and terminals is the writers' work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.model.estate import PLATFORM_NAMES
from policies.columns import Column, View
from policies.expressions import ExpressionError, nearest
from policies.rule import ParamValue, Slot, Template
from policies.sandbox import quote

MAX_LENGTH = 2000
MAX_VALUE = 200
FILTERS = {
    "date": "a day, such as 20 Nov 2026, in the organisation's zone",
    "days_ago": "whole days from then to the day judged at",
    "days_left": "whole days from the day judged at until then",
    "list": "the elements, separated by commas",
    "lower": "in small letters",
    "platform": "the platform's display name",
}
_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INSIDE = re.compile(r"\s*(\$?)([A-Za-z_]\w*)\s*(?:\|\s*([A-Za-z_]\w*)\s*)?")
_STRAY = re.compile(r"\{\{|\}\}|\{%|\{#")
_DAY = "'%-d %b %Y'"
_NOT_KNOWN = "'not known'"
# C0, C1, soft hyphen, zero-width and direction characters, line and paragraph separators, BOM.
_UNSAFE = "[\\x{00}-\\x{1F}\\x{7F}-\\x{9F}\\x{AD}\\x{061C}\\x{200B}-\\x{200F}\\x{2028}-\\x{202E}\\x{2060}-\\x{2069}\\x{FEFF}]+"
_TIMES = ("DATE", "TIMESTAMPTZ")


def parse(text: str, view: View, params: Mapping[str, ParamValue]) -> Template:
    """Return ``text`` as a template over ``view``.

    Raises:
        ExpressionError: a hole names no column, no parameter or no filter, or holds anything else.

    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH} characters.")
    parts: list[str | Slot] = []
    end = 0
    for hole in _HOLE.finditer(text):
        parts.append(_plain(text[end : hole.start()]))
        parts.append(_slot(hole[1], view, params))
        end = hole.end()
    parts.append(_plain(text[end:]))
    return Template(text, tuple(part for part in parts if part))


def _plain(text: str) -> str:
    if stray := _STRAY.search(text):
        raise ExpressionError(
            f"holds a stray {stray[0]!r}.",
            "Only {{ column }}, {{ column | filter }} and {{ $param }} are holes.",
        )
    return text


def _slot(inside: str, view: View, params: Mapping[str, ParamValue]) -> Slot:
    found = _INSIDE.fullmatch(inside)
    if not found:
        raise ExpressionError(
            f"holds {{{{{inside}}}}}, which is neither a column nor a parameter.",
            "Write {{ column }}, {{ column | filter }} or {{ $param }}.",
        )
    dollar, name, chosen = found.groups()
    if dollar:
        if name not in params:
            raise ExpressionError(
                f"shows ${name}, which is not declared under params.", nearest(name, params)
            )
        if chosen:
            raise ExpressionError(f"filters ${name}; only columns have filters.")
        return Slot(name, is_param=True)
    column = view.column(name)
    if column is None:
        remedy = nearest(name, [known.name for known in view.columns])
        raise ExpressionError(
            f"shows {name!r}, which is no column of {view.name}.",
            remedy or f"See 'auditor rules columns {view.name}'.",
        )
    _check_filter(chosen, column)
    return Slot(name, filter=chosen)


def _check_filter(chosen: str | None, column: Column) -> None:
    if chosen is None:
        return
    if chosen not in FILTERS:
        raise ExpressionError(
            f"uses the filter {chosen!r}, which does not exist.",
            nearest(chosen, FILTERS) or f"There are: {', '.join(FILTERS)}.",
        )
    if chosen in ("date", "days_ago", "days_left"):
        fits = column.type in _TIMES
    elif chosen == "list":
        fits = column.type.endswith("[]")
    else:
        fits = column.type == "VARCHAR"
    if not fits:
        raise ExpressionError(f"uses the filter {chosen!r} on {column.name}, which is of type {column.type}.")


def to_sql(template: Template, view: View, params: Mapping[str, ParamValue]) -> str:
    """Return the SQL expression that writes ``template`` for a row of ``view``."""
    if not template.parts:
        return "''"
    return " || ".join(
        quote(part) if isinstance(part, str) else _slot_sql(part, view, params) for part in template.parts
    )


def _slot_sql(slot: Slot, view: View, params: Mapping[str, ParamValue]) -> str:
    if slot.is_param:
        value = params[slot.name]
        return quote(", ".join(value) if isinstance(value, tuple) else str(value))
    column = next(column for column in view.columns if column.name == slot.name)
    return f"coalesce({_value_sql(column, slot.filter)}, {_NOT_KNOWN})"


def _value_sql(column: Column, chosen: str | None) -> str:
    name = f'"{column.name}"'
    if chosen in ("days_ago", "days_left"):
        sign = "" if chosen == "days_ago" else "-"
        return f"CAST({sign}date_diff('day', {_day(column)}, today) AS VARCHAR)"
    if column.type in _TIMES:
        return f"strftime({_day(column)}, {_DAY})"
    if column.type == "count":
        return _count_sql(name)
    if column.type.endswith("[]"):
        return clean_sql(f"array_to_string({name}, ', ')")
    if column.type == "BOOLEAN":
        return f"CASE WHEN {name} THEN 'yes' WHEN NOT {name} THEN 'no' END"
    if column.name == "platform" or chosen == "platform":
        return platform_sql(name)
    return clean_sql(f"lower({name})" if chosen == "lower" else f"CAST({name} AS VARCHAR)")


def _day(column: Column) -> str:
    name = f'"{column.name}"'
    return name if column.type == "DATE" else f"CAST(timezone(getvariable('zone'), {name}) AS DATE)"


def _count_sql(name: str) -> str:
    return (
        f"CASE WHEN {name}.at_most = {name}.at_least THEN CAST({name}.at_least AS VARCHAR)"
        f" WHEN {name}.at_most IS NULL THEN 'at least ' || {name}.at_least"
        f" ELSE {name}.at_least || ' to ' || {name}.at_most END"
    )


def platform_sql(name: str) -> str:
    """Return SQL for a platform's display name."""
    cases = " ".join(f"WHEN {quote(word)} THEN {quote(shown)}" for word, shown in PLATFORM_NAMES.items())
    return f"CASE {name} {cases} ELSE {clean_sql(name)} END"


def clean_sql(value: str) -> str:
    """Return SQL for ``value`` without characters that hide or reorder text, cut to a readable length."""
    clean = f"regexp_replace({value}, '{_UNSAFE}', ' ', 'g')"
    return f"CASE WHEN length({value}) > {MAX_VALUE} THEN left({clean}, {MAX_VALUE}) || '…' ELSE {clean} END"
