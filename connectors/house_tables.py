"""What the organisation itself keeps: vendors.csv, and owners.csv with who answers for which account.

Both state the organisation's own decisions, so there is nobody to attest them but itself. The one
claim among them about a platform, that a container enforces MFA, counts as attested, not verified.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from auditor.errors import DocumentError
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact
from auditor.model.people import Vendor
from connectors.base import Context, unresolved_account_id
from connectors.hr_table.dates import read_dates
from connectors.table import words
from connectors.tabular import Row, Table, normalise_header, read_table

OWNERS = "owners"
"""Source of the facts that come from the table of owners."""
VENDOR_COLUMNS = (
    "name",
    "vendor_id",
    "kind",
    "domains",
    "app_names",
    "app_ids",
    "contract_ends_on",
    "baa_signed_on",
    "baa_expires_on",
    "owner_email",
)
OWNER_COLUMNS = (
    "platform",
    "account",
    "owner_email",
    "tier",
    "phi_exposed",
    "last_reviewed_on",
    "mfa_required",
)
_VENDOR_DATES = ("contract_ends_on", "baa_signed_on", "baa_expires_on")
_MOST_PROBLEMS = 100
_MEND = "Mend the row."

ValueT = TypeVar("ValueT")


def read_vendors(path: Path, context: Context, *, source: str = "vendors") -> Iterator[Fact]:
    """Yield the vendors in the table at ``path``, then what is wrong with single rows of it.

    Raises:
        DocumentError: the file cannot be read, has no column ``name``, or its dates leave a question.

    """
    house = _House(path, context, source, VENDOR_COLUMNS, required=("name",), dates=_VENDOR_DATES)
    seen: set[str] = set()
    for row in house.table.rows:
        name = house.cell(row, "name")
        vendor_id = house.cell(row, "vendor_id") or _slug(name)
        if not vendor_id:
            house.tell(row.line, "it has no name: the row is left out.")
        elif vendor_id in seen:
            house.tell(row.line, f"the vendor {vendor_id!r} is on an earlier row, which counts.")
        else:
            seen.add(vendor_id)
            yield Vendor(
                source=source,
                observed_at=house.observed_at,
                evidence_id=house.evidence(row, "house.vendor"),
                vendor_id=vendor_id,
                name=name or vendor_id,
                kind=house.cell(row, "kind").casefold() or None,
                domains=tuple(_domain(text) for text in _list(house.cell(row, "domains"))),
                app_names=_list(house.cell(row, "app_names")),
                app_ids=_list(house.cell(row, "app_ids")),
                contract_ends_on=house.day(row, "contract_ends_on"),
                baa_signed_on=house.day(row, "baa_signed_on"),
                baa_expires_on=house.day(row, "baa_expires_on"),
                owner_email=house.read(row, "owner_email", words.email_of),
            )
    yield from house.coverage()


def read_owners(path: Path, context: Context, *, source: str = OWNERS) -> Iterator[Fact]:
    """Yield the accounts in the table at ``path``, then what is wrong with single rows of it.

    Raises:
        DocumentError: the file cannot be read, lacks ``platform`` or ``account``, or its dates leave a question.

    """
    house = _House(
        path, context, source, OWNER_COLUMNS, required=("platform", "account"), dates=("last_reviewed_on",)
    )
    seen: set[str] = set()
    for row in house.table.rows:
        platform = house.read(row, "platform", words.platform_of) if house.cell(row, "platform") else None
        reference = words.reference_of(house.cell(row, "account"))
        if not platform or not reference:
            house.tell(row.line, "it names no platform and account: the row is left out.")
            continue
        known = context.estate.account_id(platform, reference)
        account_id = known or unresolved_account_id(platform, reference)
        if account_id in seen:
            house.tell(row.line, f"the account {reference!r} is on an earlier row, which counts.")
            continue
        seen.add(account_id)
        if known is None:
            house.tell(
                row.line, f"no connection has seen the {platform} account {reference!r}: is it spelt right?"
            )
        yield from _owned(house, row, account_id, platform, None if known else reference)
    yield from house.coverage()


def _owned(house: _House, row: Row, account_id: str, platform: str, handle: str | None) -> Iterator[Fact]:
    evidence_id = house.evidence(row, "house.owner")
    owner_email = house.read(row, "owner_email", words.email_of)
    yield Account(
        source=house.source,
        observed_at=house.observed_at,
        evidence_id=evidence_id,
        account_id=account_id,
        platform=platform,
        handle=handle,
        owner_email=owner_email,
        tier=house.read(row, "tier", words.tier_of),
        phi_exposed=house.read(row, "phi_exposed", words.yes_or_no),
        last_reviewed_on=house.past_day(row, "last_reviewed_on"),
    )
    mfa_required = house.read(row, "mfa_required", words.mfa_required_of)
    if mfa_required is None:
        return
    declared_by = owner_email or f"{house.path.name}, line {row.line}"
    yield Account(
        source=house.source,
        observed_at=house.observed_at,
        evidence_id=evidence_id,
        attested_by=declared_by,
        account_id=account_id,
        platform=platform,
        mfa_required=mfa_required,
    )
    yield Coverage(
        source=house.source,
        observed_at=house.observed_at,
        evidence_id=evidence_id,
        attested_by=declared_by,
        account_id=account_id,
        fact=FactKind.MFA_REQUIRED,
        state=CoverageState.ATTESTED,
        reason=f"{house.path.name}:{row.line} says so.",
    )


@dataclass(slots=True)
class _House:
    """One table of ours: its cells by column name, its dates, and what is wrong with it."""

    path: Path
    context: Context
    source: str
    columns: Sequence[str]
    required: Sequence[str]
    dates: Sequence[str]
    table: Table = field(init=False)
    observed_at: datetime = field(init=False)
    _places: dict[str, int] = field(init=False)
    _days: dict[str, dict[int, date]] = field(default_factory=dict)
    _told: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = read_table(self.path)
        now = self.context.clock()
        self.observed_at = min(datetime.fromtimestamp(self.path.stat().st_mtime, UTC), now)
        self._places = self._find_columns()
        self._told += [
            (problem.line, f"{problem.reason}: the row is left out.") for problem in self.table.problems
        ]
        for column in self.dates:
            if column in self._places:
                self._days[column] = self._read_days(column)

    def _find_columns(self) -> dict[str, int]:
        by_header = {normalise_header(column): column for column in self.columns}
        places: dict[str, int] = {}
        for at, header in enumerate(self.table.columns):
            column = by_header.get(normalise_header(header))
            if column in places:
                raise self._error(f"the column {header!r} is given twice.", "Keep one of the two.")
            if column is not None:
                places[column] = at
            elif near := difflib.get_close_matches(normalise_header(header), by_header, n=1, cutoff=0.75):
                self.tell(
                    self.table.header_line,
                    f"the column {header[:60]!r} is not read: is {by_header[near[0]]!r} meant?",
                )
        for column in self.required:
            if column not in places:
                raise self._error(
                    f"there is no column {column!r}.", f"It should have: {', '.join(self.columns)}."
                )
        return places

    def _read_days(self, column: str) -> dict[int, date]:
        at = self._places[column]
        cells = ((row.line, row.cells[at]) for row in self.table.rows)
        read = read_dates(column, cells, today=self.context.clock().date())
        if read.question:
            raise DocumentError(
                read.question, path=self.path, line=read.line, remedy=read.mend[:1].upper() + read.mend[1:]
            )
        for cell in read.unreadable:
            self.tell(cell.line, f"{cell.text[:80]!r} in column {column!r} is no date.")
        return dict(read.dates)

    def _error(self, message: str, remedy: str) -> DocumentError:
        return DocumentError(message, path=self.path, line=self.table.header_line, remedy=remedy)

    def cell(self, row: Row, column: str) -> str:
        """Return the cell's text; empty where the column is not there."""
        return row.cells[self._places[column]] if column in self._places else ""

    def read(self, row: Row, column: str, of: Callable[[str], ValueT]) -> ValueT | None:
        """Return the cell's value; None, and told, where ``of`` cannot make it out."""
        try:
            return of(self.cell(row, column))
        except ValueError as error:
            self.tell(row.line, f"{self.cell(row, column)[:80]!r} in column {column!r}: {error}.")
            return None

    def day(self, row: Row, column: str) -> date | None:
        """Return the date in the cell."""
        return self._days.get(column, {}).get(row.line)

    def past_day(self, row: Row, column: str) -> date | None:
        """Return the date in the cell; None, and told, where it is still to come."""
        found = self.day(row, column)
        if found and found > self.context.clock().date():
            self.tell(row.line, f"{found} in column {column!r} is still to come.")
            return None
        return found

    def evidence(self, row: Row, kind: str) -> str:
        """Keep the row's known cells; return the record's SHA-256."""
        record = {column: row.cells[at] for column, at in self._places.items()}
        return self.context.evidence.put({**record, "file": self.path.name, "line": row.line}, kind=kind)

    def tell(self, line: int, sentence: str) -> None:
        """Note what is wrong on ``line``."""
        self._told.append((line, sentence))

    def coverage(self) -> Iterator[Coverage]:
        """Yield what is wrong, as partial coverage of a stand-in account named like the source."""
        told = sorted(self._told)
        sentences = [f"{self.path.name}:{line}: {sentence}" for line, sentence in told[:_MOST_PROBLEMS]]
        if len(told) > _MOST_PROBLEMS:
            sentences.append(f"{self.path.name}: and {len(told) - _MOST_PROBLEMS} more lines.")
        for sentence in sentences:
            yield Coverage(
                source=self.source,
                observed_at=self.observed_at,
                account_id=self.source,
                fact=FactKind.ACCOUNTS,
                state=CoverageState.PARTIAL,
                reason=sentence,
                remedy=_MEND,
            )


def _list(text: str) -> tuple[str, ...]:
    # Names may hold a comma where the list is separated by semicolons.
    parts = re.split(r"[;\n]" if ";" in text else r"[,\n]", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _domain(text: str) -> str:
    plain = re.sub(r"^(?:https?://)?(?:www\.)?@?", "", text.strip().casefold())
    return plain.partition("/")[0].rstrip(".")


def _slug(name: str) -> str:
    folded = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", folded.casefold()).strip("-")[:80]
