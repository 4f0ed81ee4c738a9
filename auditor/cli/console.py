"""What goes to the terminal: data on standard output, everything said on standard error.

Platforms choose names, so nothing reaches the terminal before control and bidirectional
characters are out and secrets are masked. JSON is written in ASCII for the same reason.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from auditor.vault import redact

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_WORD = 24
"""Longer words, such as addresses, may be broken."""
_STYLES = {
    "critical": "bold red",
    "high": "red",
    "fail": "bold",
    "failed": "bold red",
    "unknown": "italic",
    "bad": "bold red",
    "warning": "yellow",
}


_zone: tzinfo = UTC


def use_zone(zone: tzinfo) -> None:
    """Show instants in ``zone`` from now on: the organisation's."""
    global _zone
    _zone = zone


def say(text: str = "") -> None:
    """Say something to the person, on standard error."""
    print(plain(text), file=sys.stderr)  # noqa: T201 - this is where it is said


def complain(message: str, remedy: str = "") -> None:
    """Say what is wrong and what to do next, on standard error."""
    say(f"auditor: {redact(message)}")
    if remedy:
        say(f"         {redact(remedy)}")


def put_json(value: object) -> None:
    """Write ``value`` as JSON on standard output."""
    json.dump(value, sys.stdout, indent=2, default=_as_json)
    sys.stdout.write("\n")


def put_line(text: str) -> None:
    """Write a line of data on standard output."""
    sys.stdout.write(plain(text) + "\n")


def put_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Write rows as a table on standard output; as tab-separated lines where that is no terminal."""
    listed = [[cell_text(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        put_line("\t".join(columns))
        for row in listed:
            put_line("\t".join(row))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console()
    if _narrowest(columns, listed) > screen.width:
        _put_cards(columns, listed)
        return
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in listed:
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    screen.print(table)


def _narrowest(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return the width below which columns would have to break words apart."""
    widest = [max((len(word) for word in column.split()), default=0) for column in columns]
    for row in rows:
        for place, cell in enumerate(row):
            widest[place] = max(
                widest[place], *(min(len(word), _LONGEST_WORD) for word in cell.split() or ("",))
            )
    return sum(widest) + 2 * len(columns)


def _put_cards(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write each row as a few lines: what a table becomes on a narrow terminal."""
    names = [column or "state" for column in columns]
    width = max(len(name) for name in names)
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                put_line(f"{name.ljust(width)}  {cell}")
        put_line("")


def put_fields(fields: Mapping[str, object]) -> None:
    """Write one thing's fields on standard output, a line each; empty ones are left out."""
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        text = cell_text(value)
        if text:
            put_line(f"{name.ljust(width)}  {text}")


def console() -> Console:
    """Return a console on standard output that interprets no markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def cell_text(value: object) -> str:
    """Return ``value`` as one line of harmless text; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(_zone).strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_text(item) for item in value)
    return plain(str(value)).replace("\n", " ").replace("\t", " ")


def plain(text: str) -> str:
    """Return ``text`` with everything a terminal would obey shown by its number; line breaks and tabs stay."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    from reports.text import clean

    return "\n".join("\t".join(clean(part) for part in line.split("\t")) for line in text.split("\n"))


def _as_json(value: Any) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
