"""People and vendors: the other side of the comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auditor.model.estate import PersonKind, PersonStatus
from auditor.model.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Fact):
    """An employee or contractor, as the HR roster has them."""

    person_id: str
    name: str
    preferred_name: str | None = None
    work_email: str | None = None
    other_emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    """Self-declared, ``platform:handle``."""
    status: PersonStatus | None = None
    """None: the roster's word maps to no known status."""
    raw_status: str | None = None
    kind: PersonKind | None = None
    department: str | None = None
    title: str | None = None
    manager_id: str | None = None
    location: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    training: dict[str, date] = field(default_factory=dict)
    """Course to the day it was completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor(Fact):
    """An outside firm: agency, tool maker; with its contract and BAA dates."""

    vendor_id: str
    name: str
    kind: str | None = None
    domains: tuple[str, ...] = ()
    app_names: tuple[str, ...] = ()
    app_ids: tuple[str, ...] = ()
    contract_ends_on: date | None = None
    baa_signed_on: date | None = None
    baa_expires_on: date | None = None
    owner_email: str | None = None


class MatchMethod(StrEnum):
    """How a principal came to be matched to a person."""

    REVIEWED = "reviewed"
    DECLARED = "declared"
    EMAIL = "email"
    IDP = "idp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A principal matched to a person, exactly."""

    principal_id: str
    person_id: str
    method: MatchMethod
    detail: str = ""
    """The key that matched, for the reader."""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProposal:
    """A guess that awaits a human. It never counts as a match."""

    principal_id: str
    person_id: str
    score: float
    """0 to 100."""
    reasons: tuple[str, ...]
    ambiguous: bool = False
    """Another person scores nearly as well."""
