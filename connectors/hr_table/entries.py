"""A roster row as one record of one person, before rows of the same person are brought together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from auditor.model.estate import PersonKind, PersonStatus
from connectors.hr_table.columns import Columns
from connectors.hr_table.dates import DatesRead
from connectors.hr_table.handles import read_handles
from connectors.hr_table.names import NameRead, join_name, read_name
from connectors.hr_table.problems import Problems
from connectors.hr_table.rows import clean_emails, clean_id, is_damaged
from connectors.hr_table.status import Dates, Standing, decide, read_flag, read_kind, read_status
from connectors.tabular import Row

DATE_FIELDS = ("hired_on", "first_hired_on", "left_on", "leave_start", "leave_return")
_STATUS_COLUMNS = ("status", "position_status", "account_status")
_FLAGS = (
    ("is_terminated", Standing.EXITED),
    ("is_inactive", Standing.INACTIVE),
    ("is_archived", Standing.EXITED),
)
STATUS_FIELDS = (*_STATUS_COLUMNS, "is_terminated", "is_inactive")
"""Fields any of which says whether somebody works here."""
_JOB_FIELDS = ("title", "department", "division", "location", "company", "position_id", "is_primary", "kind")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of one person."""

    line: int
    person_id: str
    name: str
    preferred_name: str | None
    work_email: str | None
    other_emails: tuple[str, ...]
    handles: tuple[str, ...]
    status: PersonStatus | None
    contradicted: bool
    raw_status: str | None
    kind: PersonKind | None
    department: str | None
    title: str | None
    location: str | None
    manager_id: str | None
    manager_email: str | None
    hired_on: date | None
    left_on: date | None
    is_primary: bool
    job: tuple[str, ...]
    """What tells two positions of one person apart."""
    training: Mapping[str, date]


@dataclass(frozen=True)
class Reading:
    """How this roster is read: its columns, its dates, the days it speaks of.

    Most rosters have few of the columns there could be: which of them is found out once, not in every row.
    """

    columns: Columns
    id_field: str
    dates: Mapping[str, DatesRead]
    """Field (`DATE_FIELDS`, or ``training:`` and the course) to the column read."""
    today: date
    as_of: date

    @cached_property
    def handle_fields(self) -> tuple[str, ...]:
        """Columns of handles that are there."""
        return tuple(field for field in self.columns.found if field.startswith("handle"))

    @cached_property
    def job_fields(self) -> tuple[str, ...]:
        """Columns that tell two positions apart and are there."""
        return tuple(field for field in _JOB_FIELDS if field in self.columns)

    @cached_property
    def status_columns(self) -> tuple[str, ...]:
        """Columns of status words that are there."""
        return tuple(field for field in _STATUS_COLUMNS if field in self.columns)

    @cached_property
    def flags(self) -> tuple[tuple[str, Standing], ...]:
        """Columns of yes and no that speak of the status and are there."""
        return tuple((field, standing) for field, standing in _FLAGS if field in self.columns)

    def day(self, field: str, line: int) -> date | None:
        """Return the date in the field's column on the line, if any."""
        read = self.dates.get(field)
        return read.dates.get(line) if read else None


def read_entries(rows: Sequence[Row], reading: Reading, problems: Problems) -> Iterator[Entry]:
    """Yield an entry for every row that tells of somebody; the others become problems."""
    unreadable_exit = (
        {cell.line for cell in reading.dates["left_on"].unreadable} if "left_on" in reading.dates else set()
    )
    for row in rows:
        entry = _read_entry(row, reading, row.line in unreadable_exit, problems)
        if entry is not None:
            yield entry


def _read_entry(row: Row, reading: Reading, exit_unreadable: bool, problems: Problems) -> Entry | None:
    columns, cells = reading.columns, row.cells
    name = _name(columns, cells)
    emails = _emails(columns, row, problems)
    work_email = _work_email(columns, cells)
    if not name.text and not work_email:
        problems.add(row.line, "it has neither a name nor a work e-mail address: the row is left out.")
        return None
    person_id = _person_id(row, reading, work_email, problems)
    if person_id is None:
        return None
    dates = Dates(
        hired_on=reading.day("hired_on", row.line) or reading.day("first_hired_on", row.line),
        left_on=reading.day("left_on", row.line),
        leave_start=reading.day("leave_start", row.line),
        leave_return=reading.day("leave_return", row.line),
    )
    said = [*_standings(reading, row, problems), *_noted(name)]
    if exit_unreadable:
        said.append(Standing.UNKNOWN)
    decision = decide(said, dates, today=reading.today, as_of=reading.as_of)
    if decision.contradiction:
        problems.add(row.line, f"{person_id}: {decision.contradiction}. The status counts as unknown.")
    return Entry(
        line=row.line,
        person_id=person_id,
        name=name.text or work_email or person_id,
        preferred_name=_preferred_name(columns, cells, name),
        work_email=work_email,
        other_emails=tuple(email for email in emails if email != work_email),
        handles=_handles(reading, row, problems) if reading.handle_fields else (),
        status=decision.status,
        contradicted=bool(decision.contradiction),
        raw_status=_raw_status(reading, cells) or None,
        kind=_kind(columns, cells),
        department=columns.cell(cells, "department") or columns.cell(cells, "division") or None,
        title=columns.cell(cells, "title") or None,
        location=columns.cell(cells, "location") or None,
        manager_id=clean_id(columns.cell(cells, "manager_id")) or None,
        manager_email=next(iter(clean_emails(columns.cell(cells, "manager_email"))[0]), None),
        hired_on=dates.hired_on,
        left_on=None if dates.left_before_rehire else dates.left_on,
        is_primary=read_flag(columns.cell(cells, "is_primary")) is True,
        job=(*[columns.cell(cells, field) for field in reading.job_fields], str(dates.hired_on)),
        training=_training(reading, row, problems) if columns.training else {},
    )


def _name(columns: Columns, cells: Sequence[str]) -> NameRead:
    first, last = columns.cell(cells, "first_name"), columns.cell(cells, "last_name")
    whole = columns.cell(cells, "name")
    read = read_name(whole)
    if first and last:
        return NameRead(
            join_name(first, columns.cell(cells, "middle_name"), last), read.nickname, read.status_note
        )
    return read if read.text else NameRead(join_name(first, last))


def _preferred_name(columns: Columns, cells: Sequence[str], name: NameRead) -> str | None:
    preferred = read_name(columns.cell(cells, "preferred_name") or name.nickname).text
    if preferred and " " not in preferred:
        words = name.text.split()
        preferred = join_name(preferred, columns.cell(cells, "last_name") or (words[-1] if words[1:] else ""))
    return preferred if preferred and preferred != name.text else None


def _emails(columns: Columns, row: Row, problems: Problems) -> tuple[str, ...]:
    """Return every address of the row."""
    found: list[str] = []
    for field in ("work_email", "personal_email", "other_emails"):
        for cell in columns.cells(row.cells, field):
            emails, bad = clean_emails(cell)
            found.extend(emails)
            if bad:
                problems.add(row.line, f"{cell[:80]!r} is not an e-mail address.")
    return tuple(dict.fromkeys(found))


def _work_email(columns: Columns, cells: Sequence[str]) -> str | None:
    # Only the best column: beside "Work Email", a plain "Email" is often the private one.
    places = columns.found.get("work_email", ())
    return next(iter(clean_emails(cells[places[0]])[0]), None) if places else None


def _person_id(row: Row, reading: Reading, work_email: str | None, problems: Problems) -> str | None:
    identifier = clean_id(reading.columns.cell(row.cells, reading.id_field))
    if reading.id_field == "work_email":
        identifier = work_email.casefold() if work_email else ""
    damaged = is_damaged(identifier)
    if identifier and not damaged:
        return identifier
    fault = f"the id {identifier!r} was rounded by a spreadsheet" if damaged else "there is no id"
    if work_email is None:
        problems.add(row.line, f"{fault} and no work e-mail address: the row is left out.")
        return None
    if reading.id_field != "work_email":
        problems.add(
            row.line, f"{fault}; the person is known by the work e-mail address {work_email} instead."
        )
    return work_email.casefold()


def _standings(reading: Reading, row: Row, problems: Problems) -> Iterator[Standing]:
    columns = reading.columns
    # Words about the employment come before words about one position or a login.
    for at in columns.found[reading.status_columns[0]] if reading.status_columns else ():
        standing = read_status(row.cells[at])
        if standing is Standing.UNKNOWN:
            problems.add_word(columns.headers[at], row.cells[at], row.line)
        yield standing
    for field, if_true in reading.flags:
        for at in columns.found[field]:
            flag = read_flag(row.cells[at])
            if flag is None and row.cells[at]:
                problems.add_word(columns.headers[at], row.cells[at], row.line)
                yield Standing.UNKNOWN
            elif flag:
                yield if_true
            elif field != "is_archived":
                # A record not archived says nothing of the person.
                yield Standing.BLANK if flag is None else Standing.ACTIVE


def _noted(name: NameRead) -> Iterator[Standing]:
    if name.status_note:
        yield read_status(name.status_note)


def _raw_status(reading: Reading, cells: Sequence[str]) -> str:
    columns = reading.columns
    said = [cell for field in reading.status_columns for cell in columns.cells(cells, field)]
    for field, _standing in reading.flags:
        said += [f"{columns.header(field)}: {cell}" for cell in columns.cells(cells, field)]
    return " / ".join(dict.fromkeys(said))


def _kind(columns: Columns, cells: Sequence[str]) -> PersonKind | None:
    if read_flag(columns.cell(cells, "is_contractor")) is True:
        return PersonKind.CONTRACTOR
    for cell in columns.cells(cells, "kind"):
        kind = read_kind(cell)
        if kind is not None:
            return kind
    return PersonKind.EMPLOYEE if read_flag(columns.cell(cells, "is_contractor")) is False else None


def _handles(reading: Reading, row: Row, problems: Problems) -> tuple[str, ...]:
    found: list[str] = []
    for field in reading.handle_fields:
        platform = field.removeprefix("handle_") if field != "handles" else None
        for cell in reading.columns.cells(row.cells, field):
            good, bad = read_handles(cell, platform)
            found.extend(good)
            for part in bad:
                problems.add(row.line, f"{part[:80]!r} is no handle and no address of a profile.")
    return tuple(dict.fromkeys(found))


def _training(reading: Reading, row: Row, problems: Problems) -> dict[str, date]:
    done = {}
    for course in set(reading.columns.training.values()):
        day = reading.day(f"training:{course}", row.line)
        if day and day > reading.today:
            problems.add(row.line, f"{course} cannot have been completed on {day}, which is still to come.")
        elif day:
            done[course] = day
    return done
