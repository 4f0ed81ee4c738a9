"""Rows of what was observed: grants, accounts, apps, people and coverage."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from auditor.model.estate import CoverageState
from reports import names
from reports.cells import UNKNOWN, Row, Table, judged
from reports.review import (
    AccessReview,
    ConnectedApp,
    CoverageCell,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewPerson,
)

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


def _account_names(account: ReviewAccount) -> Row:
    return {
        "platform": names.platform(account.platform),
        "account": names.account(account).lstrip("@"),
    }


def _grants(review: AccessReview) -> Iterator[Row]:
    for account in review.accounts:
        for holder in account.holders:
            yield _grant(holder) | _account_names(account)


_HELD = (
    "principal_name", "principal_email", "principal_handle", "principal_kind", "principal_status", "person_name",
    "person_status", "role", "via", "via_id", "via_name", "status", "mfa_methods", "granted_at", "last_used_at",
    "expires_at", "grant_id", "account_id", "principal_id", "person_id",
)  # fmt: skip
_read_holder = attrgetter(*_HELD)


def _grant(holder: Holder) -> Row:
    return {
        **dict(zip(_HELD, _read_holder(holder), strict=True)),
        **_known(holder.known),
        "level": names.level(holder.level),
        "mfa": judged(holder.mfa),
        "can_message": judged(holder.can_message),
        "can_grant": judged(holder.can_grant),
    }


def _accounts(review: AccessReview) -> Iterator[Row]:
    plain = (
        "account_id kind handle name url parent_id tier owner_name owner_email owner_status mfa_required"
        " last_reviewed_on followers recovery_email"
    )
    people = {person.person_id: person.name for person in review.people}
    for account in review.accounts:
        yield {
            **{column: getattr(account, column) for column in plain.split()},
            **_account_names(account),
            **_known(account.known),
            "mfa_required": account.mfa_required or UNKNOWN,
            "phi_exposed": judged(account.phi_exposed),
            "verified": judged(account.verified),
            "published": judged(account.published),
            "recovery_person": people.get(account.recovery_person_id or ""),
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
        "status": person.status or UNKNOWN,
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
        "known": known.get(asked.state, UNKNOWN),
    }


GRANTS = Table.of(
    "grants",
    "One grant a row: who holds what on which account, and how that is known.",
    (
        "platform account principal_name person_name person_status role level via via_name mfa mfa_methods"
        " can_message can_grant status granted_at last_used_at expires_at principal_kind principal_email"
        f" principal_handle principal_status {_KNOWN} grant_id account_id principal_id person_id via_id"
    ),
    _grants,
)
ACCOUNTS = Table.of(
    "accounts",
    "One account a row: who answers for it and what is known of it.",
    (
        "platform account kind handle name url tier phi_exposed owner_name owner_email owner_status"
        " mfa_required last_reviewed_on verified published followers holders apps recovery_email recovery_person"
        f" {_KNOWN} account_id parent_id"
    ),
    _accounts,
)
APPS = Table.of(
    "apps",
    "One app on one account a row, with what it may do there.",
    (
        "platform account app publisher vendor_name in_inventory level can_message first_party scopes"
        f" approved_at approved_by last_used_at {_KNOWN} app_id app_key account_id"
    ),
    _apps,
)
PEOPLE = Table.of(
    "people",
    "One person of the roster a row, of those who hold a grant or answer for an account.",
    (
        "name status kind department title manager_name hired_on left_on grants work_email matched_by"
        f" {_KNOWN} person_id"
    ),
    _people,
)
COVERAGE = Table.of(
    "coverage",
    "One question a row: one kind of fact about one account, whether it is known, and if not, why.",
    "platform account fact known state reason remedy source observed_at account_id",
    _coverage,
)
