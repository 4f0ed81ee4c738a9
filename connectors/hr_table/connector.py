"""The HR roster from a table: every employee and contractor, and whether they still work here.

Columns are found by their names, dates decided column by column, statuses normalised with the raw
word kept. What cannot be decided is asked (`RosterError`, nothing is read); what is wrong in single
rows is told as partial coverage of the account ``roster`` and makes the people concerned unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from auditor.errors import AuditorError, RosterError
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Coverage, Fact
from auditor.model.people import Person
from connectors.base import Check, CheckState, ConnectionSettings, Context, Scope, Sight
from connectors.hr_table.columns import FIELDS, Columns, find_columns, place_of
from connectors.hr_table.dates import DatesRead, Order, parse_order, read_dates
from connectors.hr_table.entries import DATE_FIELDS, STATUS_FIELDS, Reading, read_entries
from connectors.hr_table.people import Provenance, merge_people
from connectors.hr_table.problems import Problems
from connectors.hr_table.rows import Body, split_footers
from connectors.tabular import Table, normalise_header, read_table

ROSTER_ACCOUNT = "roster"
"""The stand-in account that coverage of the roster itself is told of."""
_MEND_ROW = "Mend the row in the HR system and export the roster again."


class HrTableSettings(ConnectionSettings):
    """Where the roster is and what a person had to say about it."""

    path: str
    sheet: str | None = None
    """Worksheet of an XLSX file; the first visible one if not given."""
    map: dict[str, str] = Field(default_factory=dict)
    """Field to header, for columns whose names we do not know."""
    training: dict[str, str] = Field(default_factory=dict)
    """Header to course, for columns that hold the day a course was completed."""
    date_format: str | dict[str, str] | None = None
    """The order of day, month and year: of every date column, or by header."""
    as_of: date | None = None
    """The day the roster was exported; the file's own date if not given."""

    @field_validator("map")
    @classmethod
    def _fields_are_known(cls, value: dict[str, str]) -> dict[str, str]:
        for field in value:
            if field not in FIELDS:
                raise ValueError(f"{field!r} is no field of a roster; known: {', '.join(sorted(FIELDS))}")
        return value

    @field_validator("date_format")
    @classmethod
    def _orders_are_known(cls, value: str | dict[str, str] | None) -> str | dict[str, str] | None:
        for text in value.values() if isinstance(value, dict) else [value] if value else []:
            parse_order(text)
        return value

    def order_of(self, header: str) -> Order | None:
        """Return the order declared for the column, if any."""
        if isinstance(self.date_format, str):
            return parse_order(self.date_format)
        for name, text in (self.date_format or {}).items():
            if normalise_header(name) == normalise_header(header):
                return parse_order(text)
        return None


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster as read: its people, and what is wrong with it in single rows."""

    columns: Columns
    people: tuple[Person, ...]
    problems: tuple[str, ...]
    """Each with file and line."""
    observed_at: datetime


class HrTableConnector:
    """Reads people from a CSV or XLSX export of any HR system."""

    name: ClassVar[str] = "hr-table"
    summary: ClassVar[str] = (
        "HR roster from a CSV or XLSX export (Workday, BambooHR, ADP, UKG, Gusto, any other)"
    )
    platforms: ClassVar[tuple[str, ...]] = ()
    settings_model: ClassVar[type[ConnectionSettings]] = HrTableSettings
    scopes: ClassVar[tuple[Scope, ...]] = ()
    kept_fields: ClassVar[Mapping[str, frozenset[str]]] = {
        "hr.roster": frozenset({"file", "sha256", "rows", "people", "columns", "date_orders", "as_of"})
    }
    sees: ClassVar[tuple[Sight, ...]] = ()
    reads_estate: ClassVar[bool] = False

    def roots(self, settings: HrTableSettings) -> tuple[Fact, ...]:
        """Return nothing: a roster has no accounts."""
        return ()

    def check(self, settings: HrTableSettings, context: Context) -> Iterator[Check]:
        """Read the roster once and say how its columns were understood."""
        try:
            roster = read_roster(settings, context)
        except AuditorError as error:
            yield Check(CheckState.BAD, settings.path, error.message, error.remedy)
            return
        known = ", ".join(
            f"{field} = {roster.columns.header(field)!r}" for field in sorted(roster.columns.found)
        )
        yield Check(CheckState.GOOD, settings.path, f"{len(roster.people)} people; {known}")
        if roster.columns.unused:
            unused = ", ".join(repr(header[:60]) for header in roster.columns.unused)
            yield Check(CheckState.GOOD, settings.path, f"columns not read: {unused}")
        for sentence in roster.problems:
            yield Check(CheckState.WARNING, settings.path, sentence, _MEND_ROW)

    def collect(self, settings: HrTableSettings, context: Context) -> Iterator[Fact]:
        """Yield the roster's people, then what is wrong with it.

        Raises:
            RosterError: the roster cannot be trusted, or a person must decide how to read it.
            DocumentError: the file cannot be read as a table.

        """
        roster = read_roster(settings, context)
        yield from roster.people
        for sentence in roster.problems:
            yield Coverage(
                source=settings.id,
                observed_at=roster.observed_at,
                account_id=ROSTER_ACCOUNT,
                fact=FactKind.PRINCIPALS,
                state=CoverageState.PARTIAL,
                reason=sentence,
                remedy=_MEND_ROW,
            )


def read_roster(settings: HrTableSettings, context: Context) -> Roster:
    """Read the roster; raises as `HrTableConnector.collect` does."""
    path = context.base_dir / Path(settings.path).expanduser()
    mapped = {normalise_header(header) for header in (*settings.map.values(), *settings.training)}
    table = read_table(
        path,
        sheet=settings.sheet,
        known=lambda cell: place_of(cell) is not None or normalise_header(cell) in mapped,
    )
    columns = _columns(settings, table)
    problems = Problems(settings.path)
    id_field = _id_field(columns, table, problems)
    _require_status(columns, settings.path)
    body = split_footers(table.rows, columns)
    if not body.rows:
        raise RosterError(
            f"{settings.path}: there is a header on line {table.header_line} but nobody below it.",
            remedy="Export the roster again with its people.",
        )
    observed_at = _observed_at(settings, path, context.clock())
    today = context.clock().astimezone(UTC).date()
    dates = _read_dates(settings, columns, body, today, problems)
    for problem in table.problems:
        problems.add(problem.line, f"{problem.reason}: the row is left out.")
    reading = Reading(columns, id_field, dates, today, min(observed_at.date(), today))
    entries = list(read_entries(body.rows, reading, problems))
    if not entries:
        first = next(problems.sentences(), "")
        raise RosterError(f"{settings.path}: none of its {len(body.rows)} rows tells of a person. {first}")
    record = {
        "file": settings.path,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": len(body.rows),
        "people": len({entry.person_id for entry in entries}),
        "columns": {field: columns.header(field) for field in sorted(columns.found)},
        "date_orders": {field: str(read.order) for field, read in sorted(dates.items()) if read.order},
        "as_of": reading.as_of.isoformat(),
    }
    evidence_id = context.evidence.put(record, kind="hr.roster")
    people = tuple(merge_people(entries, Provenance(settings.id, observed_at, evidence_id), problems))
    _compare_count(body, len(people), problems)
    return Roster(columns, people, tuple(problems.sentences()), observed_at)


def _columns(settings: HrTableSettings, table: Table) -> Columns:
    try:
        columns = find_columns(table.columns, given=settings.map, training=settings.training)
    except LookupError as error:
        raise RosterError(
            f"{settings.path}:{table.header_line}: {error.args[0]}",
            remedy="Correct map or training under roster in auditor.yaml.",
        ) from None
    columns = _settle_unclear(columns, table)
    if "work_email" not in columns:
        raise RosterError(
            f"{settings.path}:{table.header_line}: there is no column of work e-mail addresses, so nobody "
            f"could be recognised. Its columns are: {', '.join(h for h in table.columns if h)[:500]}.",
            remedy="Export it with the work e-mail, or name the column: map: {work_email: THE HEADER}.",
        )
    return columns


def _settle_unclear(columns: Columns, table: Table) -> Columns:
    """Return the columns with those settled whose headers alone do not say what they are."""
    found = dict(columns.found)
    for at in found.pop("person_or_number", ()):
        cells = [row.cells[at] for row in table.rows if row.cells[at]]
        is_number = bool(cells) and sum(cell.removesuffix(".0").isdigit() for cell in cells) * 2 > len(cells)
        field = "person_id" if is_number else "name"
        found[field] = (*found.get(field, ()), at)
    leave_date = found.pop("maybe_left_on", ())
    if leave_date and not found.keys() & {"left_on", "leave_start", "leave_return"}:
        # In Britain the last day; beside a leave's own dates it would be the leave's.
        found["left_on"] = leave_date
    return Columns(columns.headers, found, columns.training)


def _id_field(columns: Columns, table: Table, problems: Problems) -> str:
    if "person_id" in columns:
        return "person_id"
    field = next((field for field in ("file_number", "login") if field in columns), "work_email")
    problems.add(
        table.header_line,
        f"there is no column of employee numbers; people are told apart by {columns.header(field)!r}. "
        "Export the number, or name its column: map: {person_id: THE HEADER}.",
    )
    return field


def _require_status(columns: Columns, file: str) -> None:
    if "left_on" not in columns and not any(field in columns for field in STATUS_FIELDS):
        raise RosterError(
            f"{file}: there is neither a status nor a termination date, so nobody could be known to have left. "
            f"Its columns are: {', '.join(h for h in columns.headers if h)[:500]}.",
            remedy="Export it with one of them, or name the column: map: {status: THE HEADER}.",
        )


def _observed_at(settings: HrTableSettings, path: Path, now: datetime) -> datetime:
    if settings.as_of is not None:
        if settings.as_of > now.date():
            raise RosterError(
                f"{settings.path}: as_of is {settings.as_of}, which is still to come.",
                remedy="Write the day the roster was exported.",
            )
        # Noon: shown in another zone it is still that day.
        return min(datetime.combine(settings.as_of, time(12), UTC), now)
    return min(datetime.fromtimestamp(path.stat().st_mtime, UTC), now)


def _read_dates(
    settings: HrTableSettings, columns: Columns, body: Body, today: date, problems: Problems
) -> dict[str, DatesRead]:
    places = {field: columns.found[field][0] for field in DATE_FIELDS if field in columns}
    places |= {f"training:{course}": at for at, course in columns.training.items()}
    found = {}
    for field, at in places.items():
        header = columns.headers[at]
        cells = ((row.line, row.cells[at]) for row in body.rows)
        read = read_dates(header, cells, today=today, order=settings.order_of(header))
        if read.question:
            raise _question(settings.path, read)
        for cell in read.unreadable:
            problems.add(cell.line, f"{cell.text[:80]!r} in column {header!r} is no date.")
        found[field] = read
    return found


def _question(file: str, read: DatesRead) -> RosterError:
    choices = " or ".join(f"'date_format: {order}'" for order in read.choices)
    declare = f"Add {choices} under roster in auditor.yaml, or " if choices else ""
    mend = read.mend if choices else read.mend[:1].upper() + read.mend[1:]
    return RosterError(f"{file}: {read.question}", remedy=declare + mend)


def _compare_count(body: Body, people: int, problems: Problems) -> None:
    if body.stated_count is None:
        return
    line, stated = body.stated_count
    if stated not in (len(body.rows), people):
        problems.add(
            line, f"it says there are {stated}, but {len(body.rows)} rows were found: is the export whole?"
        )
