"""Rows of an attestation table, each with who vouches for it and until when; and the rows lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from auditor.errors import ConnectorError, DocumentError, FailureKind
from connectors.table.columns import PRINCIPAL_COLUMNS, Layout, TableKind, is_known, layout_of
from connectors.table.words import NOBODY, day_of, platform_of, reference_of
from connectors.tabular import Problem, Row, Table, normalise_header, read_table

ValueT = TypeVar("ValueT")
MAX_ROWS = 200_000
EXAMPLE = "EXAMPLE - delete this row"
WHO_LOOKED = "WHO-LOOKED"
"""Stands in the connection a template comes with until somebody writes a name."""
_EXAMPLE = re.compile(r"example\b.{0,20}\bdelete this row", re.IGNORECASE | re.DOTALL)
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)
_AHEAD_OF_UTC = timedelta(hours=14)
"""Somewhere it is already tomorrow: a date that is today there is not in the future."""

AccountRef = tuple[str, str]
"""Platform, and how the account is called."""


def noon_of(day: date) -> datetime:
    """Return noon UTC of ``day``: shown in any zone of the Americas, Europe, Africa or Asia it is the same day."""
    return datetime.combine(day, time(12), UTC)


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who vouches, since when, until when."""

    by: str
    on: date
    valid_until: datetime

    @property
    def observed_at(self) -> datetime:
        """The day it was attested, as `noon_of` keeps a day."""
        return noon_of(self.on)


@dataclass(slots=True)
class Entry:
    """One good row."""

    line: int
    platform: str
    reference: str
    """How the account is called; empty where the table of principals names none."""
    attestation: Attestation
    cells: Mapping[str, str]
    notes: list[str] = field(default_factory=list)
    """Cells that say nothing usable, with the reason; the row counts without them."""

    @property
    def account(self) -> AccountRef:
        """The account it speaks of."""
        return self.platform, self.reference

    @property
    def says_none(self) -> bool:
        """Whether it attests that the account has no holder, or no app, of this kind."""
        named = [self.cells.get(name, "") for name in (*PRINCIPAL_COLUMNS, "role", "app_name", "app_id")]
        given = [normalise_header(word) for word in named if word]
        return len(given) > 0 and all(word in NOBODY for word in given)

    def text(self, column: str) -> str | None:
        """Return a cell, None where blank or not there."""
        return self.cells.get(column) or None

    def read(self, column: str, parse: Callable[[str], ValueT]) -> ValueT | None:
        """Return a cell parsed; None, with a note, where it cannot be."""
        try:
            return parse(self.cells.get(column, ""))
        except ValueError as error:
            note = f"{column} {error}"
            if note not in self.notes:
                self.notes.append(note)
            return None


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row that could not be read."""

    line: int
    reason: str
    account: AccountRef | None
    """None: it may be of any account in the file."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole table."""

    path: Path
    kind: TableKind
    entries: tuple[Entry, ...]
    lost: tuple[LostRow, ...]
    unknown_columns: tuple[str, ...]
    has_mfa: bool
    has_last_used: bool


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the connection says for rows that do not say it themselves."""

    attested_by: str | None
    attested_on: date | None
    valid_days: int
    today: date
    """The latest day it is anywhere."""


def read_entries(
    path: Path,
    *,
    kind: TableKind | None,
    sheet: str | None,
    attested_by: str | None,
    attested_on: date | None,
    valid_days: int,
    now: datetime,
) -> Parsed:
    """Read the table at ``path``.

    Raises:
        ConnectorError: it cannot be read, its columns do not tell what it is, nobody vouches for
            it, it vouches for the future, or the template's example row is still in it.

    """
    try:
        table = read_table(path, sheet=sheet, max_rows=MAX_ROWS, known=is_known)
    except DocumentError as error:
        raise _refused(error.message, error.remedy) from None
    try:
        layout = layout_of(table.columns, kind)
    except ValueError as error:
        raise _refused(
            f"{path}:{table.header_line}: {error}.", "docs/connectors/table.md lists the columns."
        ) from None
    today = (now + _AHEAD_OF_UTC).date()
    defaults = Defaults(attested_by, attested_on, valid_days, today)
    _check_attestation(path, layout, defaults)
    entries: list[Entry] = []
    lost: list[LostRow] = []
    for row in table.rows:
        found = _entry(path, row, layout, defaults)
        if isinstance(found, Entry):
            entries.append(found)
        else:
            lost.append(found)
    known = {(entry.platform, entry.reference.casefold()) for entry in entries}
    lost += [_lost(problem, layout, known, len(table.columns)) for problem in _below(table)]
    lost.sort(key=lambda row: row.line)
    return Parsed(
        path,
        layout.kind,
        tuple(entries),
        tuple(lost),
        layout.unknown,
        has_mfa="mfa" in layout.at,
        has_last_used="last_used_on" in layout.at,
    )


def _below(table: Table) -> tuple[Problem, ...]:
    return tuple(problem for problem in table.problems if problem.line > table.header_line)


def _check_attestation(path: Path, layout: Layout, defaults: Defaults) -> None:
    for name, given in (("attested_by", defaults.attested_by), ("attested_on", defaults.attested_on)):
        if given is None and name not in layout.at:
            raise _refused(
                f"{path}: says nowhere {'who attests it' if name == 'attested_by' else 'when it was attested'}.",
                f"Set {name}: in the connection, or add a column {name}: an attestation needs a name and a day.",
            )
    if defaults.attested_on is not None and defaults.attested_on > defaults.today:
        raise _refused(
            f"{path}: attested_on, {defaults.attested_on.isoformat()}, is in the future.",
            "Set it to the day on which somebody looked.",
        )


def _entry(path: Path, row: Row, layout: Layout, defaults: Defaults) -> Entry | LostRow:
    cells = {name: row.cells[place] for name, place in layout.at.items()}
    if any(_EXAMPLE.search(cell) for cell in row.cells):
        raise _refused(
            f"{path}:{row.line}: the template's example row is still there.",
            "Delete that row, then run again.",
        )
    account: AccountRef | None = None
    try:
        platform = platform_of(cells["platform"])
        reference = reference_of(cells.get("account", ""))
        if not reference and layout.kind is not TableKind.PRINCIPALS:
            raise ValueError("account is blank")
        if _ROUNDED.fullmatch(reference):
            raise ValueError("account is a number a spreadsheet has rounded; format the column as text")
        account = (platform, reference) if reference else None
        attestation = _attestation(cells, defaults)
        entry = Entry(row.line, platform, reference, attestation, cells)
        _check_complete(entry, layout.kind)
    except ValueError as error:
        return LostRow(row.line, str(error), account)
    return entry


def _attestation(cells: Mapping[str, str], defaults: Defaults) -> Attestation:
    by = cells.get("attested_by") or defaults.attested_by
    if by is None:
        raise ValueError("attested_by is blank: an attestation needs a name")
    try:
        day = day_of(cells.get("attested_on", "")) or defaults.attested_on
    except ValueError as error:
        raise ValueError(f"attested_on {error}") from None
    if day is None:
        raise ValueError("attested_on is blank: an attestation needs a day")
    if day > defaults.today:
        raise ValueError("attested_on is in the future")
    return Attestation(by, day, end_of_validity(day, defaults.valid_days))


def end_of_validity(day: date, valid_days: int) -> datetime:
    """Return the last second of the last day, in UTC, of what was attested on ``day``."""
    try:
        last = day + timedelta(days=valid_days)
    except OverflowError:
        last = date.max
    return datetime.combine(last, time(23, 59, 59), UTC)


def _check_complete(entry: Entry, kind: TableKind) -> None:
    """Raise ValueError where the row leaves out what its kind of table cannot do without."""
    holder = [entry.cells.get(name) for name in PRINCIPAL_COLUMNS]
    if kind is TableKind.GRANTS and not entry.says_none:
        if not any(holder):
            raise ValueError(f"{', '.join(PRINCIPAL_COLUMNS)} are all blank")
        if not entry.text("role"):
            raise ValueError("role is blank")
    if kind is TableKind.PRINCIPALS and not any(holder):
        raise ValueError(f"{', '.join(PRINCIPAL_COLUMNS)} are all blank")
    if kind is TableKind.APPS and not (entry.text("app_name") or entry.text("app_id")):
        raise ValueError("app_name and app_id are both blank")
    if kind is TableKind.APPS and _ROUNDED.fullmatch(entry.cells.get("app_id", "")):
        raise ValueError("app_id is a number a spreadsheet has rounded; format the column as text")


def _lost(problem: Problem, layout: Layout, known: set[AccountRef], width: int) -> LostRow:
    """Find out whose row was lost, as well as can be."""
    account: AccountRef | None = None
    places = (layout.at["platform"], layout.at.get("account", -1))
    if min(places) >= 0 and max(places) < len(problem.cells):
        try:
            reference = reference_of(problem.cells[places[1]])
            account = (platform_of(problem.cells[places[0]]), reference) if reference else None
        except ValueError:
            account = None
    if account and len(problem.cells) > width and (account[0], account[1].casefold()) not in known:
        # Too many cells: they may all be shifted.
        account = None
    return LostRow(problem.line, problem.reason, account)


def _refused(message: str, remedy: str) -> ConnectorError:
    return ConnectorError(message, kind=FailureKind.BAD_INPUT, remedy=remedy)
