"""The review as CSV files: findings, grants, accounts, apps, people, coverage.

UTF-8 with a byte order mark, because the reader double-clicks and the common spreadsheet program
takes a file without it for another encoding. Every cell is text that stays text (`reports.text.cell`).
Judgements say ``yes``, ``no`` or ``unknown``, never an empty cell. Instants are ISO 8601 in the
organisation's zone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from auditor.model.estate import CoverageState, Level
from auditor.model.finding import Severity
from reports import names
from reports.files import whole_file
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
)
from reports.text import cell
from reports.when import Clockface

Value: TypeAlias = str | int | Level | Severity | datetime | date | Sequence[str] | None
Row: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """One CSV file a table."""

    summary: str = "CSV files for a spreadsheet, one a table"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the six files; raises AuditorError where the disk refuses."""
        clock = Clockface.of(review.timezone)
        return [
            _write(out_dir / f"{name}.csv", columns.split(), rows(review), clock)
            for name, (columns, rows) in TABLES.items()
        ]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row], clock: Clockface) -> Path:
    with whole_file(path, encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([as_text(row[column], clock) for column in columns])
    return path


def as_text(value: Value, clock: Clockface) -> str:
    """Return ``value`` as one safe cell; None is an empty cell."""
    match value:
        case None:
            return ""
        case StrEnum():
            return value.value
        case str():
            return cell(value)
        case Level() | Severity():
            return value.word
        case datetime():
            return value.astimezone(clock.zone).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return cell("; ".join(value))


def judged(value: bool | None) -> str:
    """Return yes, no or unknown."""
    return "unknown" if value is None else "yes" if value else "no"


_KNOWN = "basis attested_by valid_until source observed_at evidence_id"


def _known(known: HowKnown) -> Row:
    return {
        "basis": known.basis,
        "attested_by": known.attested_by,
        "valid_until": known.valid_until,
        "source": known.source,
        "observed_at": known.observed_at,
        "evidence_id": known.evidence_id,
    }


def _account_names(account: ReviewAccount | None) -> Row:
    return {
        "platform": names.platform(account.platform) if account else None,
        "account": names.account(account).lstrip("@") if account else None,
    }


def _findings(review: AccessReview) -> Iterator[Row]:
    accounts = {account.account_id: account for account in review.accounts}
    people = {person.person_id: person.name for person in review.people}
    for finding in review.findings:
        yield _finding(finding) | {
            "account": _account_names(accounts.get(finding.account_id or ""))["account"],
            "person": people.get(finding.person_id or ""),
        }


def _finding(finding: ReviewFinding) -> Row:
    references = [
        f"{names.standard(standard)} {paragraph}"
        for standard, paragraphs in finding.references.items()
        for paragraph in paragraphs
    ]
    plain = (
        "severity verdict life message remediation reason remedy rule rule_title pack subject_type subject_id"
        " account_id principal_id person_id first_seen_at basis source observed_at evidence_id fingerprint"
    )
    return {column: getattr(finding, column) for column in plain.split()} | {
        "platform": names.platform(finding.platform) if finding.platform else None,
        "supports_evidence_for": references,
    }


def _grants(review: AccessReview) -> Iterator[Row]:
    for account in review.accounts:
        for holder in account.holders:
            yield _grant(holder) | _account_names(account)


def _grant(holder: Holder) -> Row:
    plain = (
        "principal_name principal_email principal_handle principal_kind principal_status person_name"
        " person_status role via via_id via_name status mfa_methods granted_at last_used_at"
        " expires_at grant_id account_id principal_id person_id"
    )
    return {
        **{column: getattr(holder, column) for column in plain.split()},
        **_known(holder.known),
        "level": names.level(holder.level),
        "mfa": judged(holder.mfa),
        "can_message": judged(holder.can_message),
        "can_grant": judged(holder.can_grant),
    }


def _accounts(review: AccessReview) -> Iterator[Row]:
    plain = (
        "account_id kind handle name url parent_id tier owner_name owner_email owner_status mfa_required"
        " last_reviewed_on"
    )
    for account in review.accounts:
        yield {
            **{column: getattr(account, column) for column in plain.split()},
            **_account_names(account),
            **_known(account.known),
            "mfa_required": account.mfa_required or "unknown",
            "phi_exposed": judged(account.phi_exposed),
            "verified": judged(account.verified),
            "published": judged(account.published),
            "holders": sum(not names.is_gone(holder) for holder in account.holders),
            "apps": len(account.apps),
        }


def _apps(review: AccessReview) -> Iterator[Row]:
    for account in review.accounts:
        for app in account.apps:
            yield _app(app) | _account_names(account)


def _app(app: ConnectedApp) -> Row:
    plain = "publisher vendor_name scopes approved_at approved_by last_used_at app_id app_key account_id"
    return {
        **{column: getattr(app, column) for column in plain.split()},
        **_known(app.known),
        "app": names.app(app),
        "level": names.level(app.level),
        "can_message": judged(app.can_message),
        "first_party": judged(app.first_party),
        "in_inventory": judged(app.in_inventory),
    }


def _people(review: AccessReview) -> Iterator[Row]:
    held: dict[str, int] = {}
    for account in review.accounts:
        for holder in account.holders:
            if holder.person_id and not names.is_gone(holder):
                held[holder.person_id] = held.get(holder.person_id, 0) + 1
    for person in review.people:
        yield _person(person) | {"grants": held.get(person.person_id, 0)}


def _person(person: ReviewPerson) -> Row:
    plain = "name work_email kind department title manager_name hired_on left_on person_id"
    return {
        **{column: getattr(person, column) for column in plain.split()},
        **_known(person.known),
        "status": person.status or "unknown",
        "matched_by": [f"{principal}: {method}" for principal, method in person.matched_by.items()],
    }


def _coverage(review: AccessReview) -> Iterator[Row]:
    for account in review.accounts:
        for asked in account.coverage:
            yield {**_asked(asked), **_account_names(account)}


def _asked(asked: CoverageCell) -> Row:
    known = {CoverageState.OBSERVED: "verified", CoverageState.ATTESTED: "attested"}
    plain = "fact state reason remedy source observed_at account_id"
    return {
        **{column: getattr(asked, column) for column in plain.split()},
        "known": known.get(asked.state, "unknown"),
    }


TABLES: dict[str, tuple[str, Callable[[AccessReview], Iterable[Row]]]] = {
    "findings": (
        (
            "severity verdict life message platform account person remediation reason remedy rule rule_title pack"
            " supports_evidence_for first_seen_at basis source observed_at evidence_id subject_type subject_id"
            " account_id principal_id person_id fingerprint"
        ),
        _findings,
    ),
    "grants": (
        (
            "platform account principal_name person_name person_status role level via via_name mfa mfa_methods"
            " can_message can_grant status granted_at last_used_at expires_at principal_kind principal_email"
            f" principal_handle principal_status {_KNOWN} grant_id account_id principal_id person_id via_id"
        ),
        _grants,
    ),
    "accounts": (
        (
            "platform account kind handle name url tier phi_exposed owner_name owner_email owner_status"
            f" mfa_required last_reviewed_on verified published holders apps {_KNOWN} account_id parent_id"
        ),
        _accounts,
    ),
    "apps": (
        (
            "platform account app publisher vendor_name in_inventory level can_message first_party scopes"
            f" approved_at approved_by last_used_at {_KNOWN} app_id app_key account_id"
        ),
        _apps,
    ),
    "people": (
        (
            "name status kind department title manager_name hired_on left_on grants work_email matched_by"
            f" {_KNOWN} person_id"
        ),
        _people,
    ),
    "coverage": (
        "platform account fact known state reason remedy source observed_at account_id",
        _coverage,
    ),
}
"""File name to its columns and its rows."""
