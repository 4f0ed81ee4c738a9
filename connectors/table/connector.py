"""The ``table`` connector: what a named human attests, in a CSV or XLSX table.

For everything no API shows: X delegates, second factors, roles on platforms without a role API.
An attestation has a name and a day, and lapses. It is never mistaken for a verified fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator

from auditor.errors import ConnectorError, FailureKind
from auditor.model.facts import Fact
from connectors.base import Check, CheckState, ConnectionSettings, Context, Scope, Sight
from connectors.table.columns import TableKind
from connectors.table.coverage import MAY_SPEAK_OF
from connectors.table.facts import KEPT_FIELDS, TableFacts
from connectors.table.rows import WHO_LOOKED, Parsed, read_entries


class TableSettings(ConnectionSettings):
    """Settings of a ``table`` connection."""

    connector: Literal["table"] = "table"
    path: str = Field(min_length=1)
    """A CSV or XLSX file."""
    attested_by: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None
    ) = None
    """Name or e-mail of whoever vouches, for rows without their own."""
    attested_on: date | None = None
    """The day they looked, for rows without their own."""
    valid_days: int = Field(default=92, ge=1, le=366)
    """How many days the attestation counts; a year at most."""
    facts: TableKind | None = None
    """What the rows tell of; by default told by the columns."""
    sheet: str | None = None
    """Worksheet of an XLSX file; by default the first that is not hidden."""

    @field_validator("attested_by")
    @classmethod
    def _is_somebody(cls, value: str | None) -> str | None:
        if value == WHO_LOOKED:
            raise ValueError("still is the template's placeholder; write who looked")
        return value


class TableConnector:
    """Reads attestation tables."""

    name: ClassVar[str] = "table"
    summary: ClassVar[str] = "CSV or XLSX of what a named human attests: grants, MFA, apps, accounts"
    platforms: ClassVar[tuple[str, ...]] = ()
    settings_model: ClassVar[type[ConnectionSettings]] = TableSettings
    scopes: ClassVar[tuple[Scope, ...]] = ()
    kept_fields: ClassVar[Mapping[str, frozenset[str]]] = KEPT_FIELDS
    sees: ClassVar[tuple[Sight, ...]] = tuple(Sight(fact, can=True) for fact in MAY_SPEAK_OF)
    reads_estate: ClassVar[bool] = True

    def roots(self, settings: TableSettings) -> tuple[Fact, ...]:
        """Return nothing: the accounts are in the file, not in the settings."""
        return ()

    def check(self, settings: TableSettings, context: Context) -> Iterator[Check]:
        """Say what the table is, who vouches until when, and which rows are lost."""
        try:
            parsed = _read(settings, context)
        except ConnectorError as error:
            yield Check(CheckState.BAD, settings.id, error.message, error.remedy)
            return
        yield from _check_rows(settings, parsed)
        last = min((entry.attestation for entry in parsed.entries), key=lambda one: one.valid_until)
        if context.clock() > last.valid_until:
            message = f"attested by {last.by} on {last.on}, lapsed on {last.valid_until:%Y-%m-%d}."
            yield Check(CheckState.WARNING, settings.id, message, "Attest it again, with a new date.")
        else:
            message = f"{len(parsed.entries)} rows of {parsed.kind}, valid until {last.valid_until:%Y-%m-%d}."
            yield Check(CheckState.GOOD, settings.id, message)

    def collect(self, settings: TableSettings, context: Context) -> Iterator[Fact]:
        """Yield the attested facts, and coverage of the accounts the table lists.

        Raises:
            ConnectorError: the table cannot be used, or holds not one readable row.

        """
        parsed = _read(settings, context)
        context.progress(f"{len(parsed.entries)} rows of {parsed.kind}")
        yield from TableFacts(parsed, settings, context).facts()


def _read(settings: TableSettings, context: Context) -> Parsed:
    path = context.base_dir / Path(settings.path).expanduser()
    parsed = read_entries(
        path,
        kind=settings.facts,
        sheet=settings.sheet,
        attested_by=settings.attested_by,
        attested_on=settings.attested_on,
        valid_days=settings.valid_days,
        now=context.clock(),
    )
    if not parsed.entries:
        first = f" The first: line {parsed.lost[0].line}: {parsed.lost[0].reason}." if parsed.lost else ""
        raise ConnectorError(
            f"{path}: holds no row that can be read.{first}",
            kind=FailureKind.BAD_INPUT,
            remedy="Fill in the rows; docs/connectors/table.md shows how.",
        )
    return parsed


def _check_rows(settings: TableSettings, parsed: Parsed) -> Iterator[Check]:
    name = parsed.path.name
    for lost in parsed.lost[:10]:
        message = f"{name}:{lost.line}: this row is not read: {lost.reason}."
        yield Check(CheckState.WARNING, settings.id, message, "Mend it; its account is known only in part.")
    if parsed.unknown_columns:
        shown = ", ".join(ascii(column[:40]) for column in parsed.unknown_columns[:5])
        message = f"{name}: columns that are not read: {shown}."
        yield Check(
            CheckState.WARNING, settings.id, message, "Check their spelling against docs/connectors/table.md."
        )
