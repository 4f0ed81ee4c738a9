"""What a report is made of: one access review as plain frozen values.

The application fills these in; nothing here knows of the store, the rules or the connectors. Every
statement carries a `HowKnown`, so that each line of a report can say where it comes from. Texts come
from platforms and files and are hostile; formats make them harmless (`reports.text`), values here
stay as they were observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    MfaRequired,
    PersonKind,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.exposure import Clock, Exposure
from auditor.model.finding import Basis, Severity, Verdict
from auditor.model.risk import Risk
from auditor.model.waiver import WaiverKind
from reports.impersonators import Impersonation, ImpersonatorCase
from reports.removal import RemovalPlan
from reports.standing import Standing
from reports.waivers import WaiverEntry


class Reader(StrEnum):
    """Whom a report is written for; formats that are documents choose their template by it."""

    FULL = "full"
    """The privacy officer: everything."""
    EXECUTIVE = "executive"
    """One side of A4."""
    OWNER = "owner"
    """A responsible person: their accounts alone."""
    PERSON = "person"
    """All that one person holds, for their manager or for offboarding."""
    METHOD = "method"
    """The auditor: what was read, how it was judged, and what stands behind it."""


class Life(StrEnum):
    """Standing of a finding against the snapshot before."""

    NEW = "new"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class HowKnown:
    """Where a statement comes from: the answer to "how do we know?"."""

    basis: Basis
    source: str
    """Id of the connection; the report links it to `Source`."""
    observed_at: datetime | None = None
    evidence_id: str | None = None
    attested_by: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageSplit:
    """How much is known: counts of things asked (one kind of fact about one account each)."""

    verified: int = 0
    attested: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All that was asked."""
        return self.verified + self.attested + self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCell:
    """What became of the attempt to learn one kind of fact about one account."""

    account_id: str
    fact: FactKind
    state: CoverageState
    reason: str = ""
    remedy: str = ""
    source: str = ""
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One remedy, and all the unknowns it would close. The one that closes most comes first."""

    remedy: str
    reasons: tuple[str, ...] = ()
    cells: int = 0
    """Coverage cells it would close."""
    findings: int = 0
    """Unknown verdicts it would decide."""
    account_ids: tuple[str, ...] = ()
    facts: tuple[FactKind, ...] = ()
    worst: Severity | None = None
    """Severity of the gravest rule left undecided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInfo:
    """A pack of rules the snapshot was held against."""

    pack_id: str
    title: str
    version: str
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One connection, and what came of reading it."""

    connection_id: str
    connector: str
    platform: str | None = None
    state: str = "complete"
    """complete, partial or failed."""
    observed_at: datetime | None = None
    """When the platform, export or attester saw it so."""
    attested_by: str | None = None
    valid_until: datetime | None = None
    evidence: int = 0
    """Raw records kept."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinding:
    """A rule's fail or unknown on one subject, with all that a reader needs to judge it."""

    fingerprint: str
    rule: str
    rule_title: str
    pack: str
    severity: Severity
    verdict: Verdict
    basis: Basis
    subject_type: str
    subject_id: str
    message: str
    remediation: str = ""
    reason: str = ""
    """For unknown: why it is not known."""
    remedy: str = ""
    """For unknown: what would close the gap."""
    platform: str | None = None
    account_id: str | None = None
    principal_id: str | None = None
    person_id: str | None = None
    source: str | None = None
    observed_at: datetime | None = None
    evidence_id: str | None = None
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Standard (hipaa, nist-800-53, cis, soc2, iso-27001) to its paragraphs."""
    life: Life | None = None
    """None: there is no snapshot before this one."""
    first_seen_at: datetime | None = None
    """Finish of the first snapshot that showed it."""
    risk: Risk | None = None
    """How much it matters; the list opens with the highest."""
    waived: WaiverKind | None = None
    """Kind of the waiver that covers it; its verdict stands, but it is not to be done now."""
    waived_until: date | None = None
    """From this day on it is open again."""
    removes: str | None = None
    """What the rule calls for the removal of: ``access`` or ``app``; None: its remedy is another."""
    standing: Standing | None = None
    """What its life in the store tells; None: the store follows no lives, or has gone on since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One snapshot's counts, for the line over the last eight."""

    snapshot_id: str
    at: datetime
    failed: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What changed since the snapshot before."""

    previous_id: str
    previous_at: datetime
    new: int = 0
    resolved: int = 0
    still_open: int = 0
    unreadable: int = 0
    """Failed before, cannot be judged now: neither resolved nor open."""
    history: tuple[TrendPoint, ...] = ()
    """Up to eight snapshots, oldest first, this one last."""
    resolved_findings: tuple[ReviewFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One grant: who holds what on an account, and how we know."""

    grant_id: str
    account_id: str
    principal_id: str
    principal_name: str
    principal_kind: PrincipalKind | None
    known: HowKnown
    principal_email: str | None = None
    principal_handle: str | None = None
    principal_status: AccessStatus | None = None
    person_id: str | None = None
    person_name: str | None = None
    person_status: PersonStatus | None = None
    role: str | None = None
    """The platform's own word."""
    level: Level | None = None
    """None: the role maps to no level; ranks as high as it could be."""
    via: GrantPath = GrantPath.DIRECT
    via_id: str | None = None
    via_name: str | None = None
    status: AccessStatus | None = None
    mfa: bool | None = None
    mfa_methods: tuple[str, ...] | None = None
    can_message: bool | None = None
    can_grant: bool | None = None
    granted_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedApp:
    """One authorisation of a third-party application on an account."""

    app_key: str
    app_id: str
    account_id: str
    known: HowKnown
    name: str | None = None
    publisher: str | None = None
    scopes: tuple[str, ...] | None = None
    level: Level | None = None
    can_message: bool | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    last_used_at: datetime | None = None
    first_party: bool | None = None
    vendor_name: str | None = None
    in_inventory: bool | None = None
    """The vendors table lists it; None: there is no vendors table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAccount:
    """A brand account with everyone and everything that can act as it."""

    account_id: str
    platform: str
    kind: str
    known: HowKnown
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    parent_id: str | None = None
    tier: int | None = None
    phi_exposed: bool | None = None
    """The owner marked that patients' data can reach it; None: nobody said."""
    owner_email: str | None = None
    owner_name: str | None = None
    owner_person_id: str | None = None
    owner_status: PersonStatus | None = None
    verified: bool | None = None
    published: bool | None = None
    mfa_required: MfaRequired | None = None
    followers: int | None = None
    recovery_email: str | None = None
    """Where the platform sends password resets."""
    recovery_person_id: str | None = None
    last_reviewed_on: date | None = None
    holders: tuple[Holder, ...] = ()
    apps: tuple[ConnectedApp, ...] = ()
    coverage: tuple[CoverageCell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPerson:
    """A person of the roster who holds a grant or answers for an account (nobody else is listed).

    The grants are the holders of all accounts with this ``person_id``.
    """

    person_id: str
    name: str
    known: HowKnown
    work_email: str | None = None
    status: PersonStatus | None = None
    kind: PersonKind | None = None
    department: str | None = None
    title: str | None = None
    manager_name: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    matched_by: Mapping[str, str] = field(default_factory=dict)
    """Principal id to the way it was matched: reviewed, declared, email, idp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedPrincipal:
    """An identity with access that is matched to nobody; its grants are found by ``principal_id``."""

    principal_id: str
    platform: str
    name: str
    kind: PrincipalKind | None
    email: str | None = None
    handle: str | None = None
    status: AccessStatus | None = None
    proposals: tuple[str, ...] = ()
    """Guesses that await a human, such as ``Dana Cole (same surname and initial)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """How often each verdict was given."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    not_applicable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule and what it found, passes included: what was checked, not only what was wrong."""

    rule: str
    title: str
    pack: str
    severity: Severity
    counts: VerdictCounts
    rationale: str = ""
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardReference:
    """A paragraph of a standard, and the rules that support evidence for it."""

    standard: str
    reference: str
    topics: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    counts: VerdictCounts = VerdictCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReview:
    """Everything one report says, in the order it says it."""

    organization: str
    snapshot_id: str
    as_of: datetime
    """The instant judged at."""
    finished_at: datetime
    timezone: str
    """Zone name for every time shown, such as America/Chicago."""
    coverage: CoverageSplit
    coverage_by_platform: Mapping[str, CoverageSplit] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    trend: Trend | None = None
    """None: this is the first snapshot."""
    packs: tuple[PackInfo, ...] = ()
    sources: tuple[Source, ...] = ()
    roster_size: int | None = None
    """People in the roster; None: there is no roster."""
    findings: tuple[ReviewFinding, ...] = ()
    accounts: tuple[ReviewAccount, ...] = ()
    people: tuple[ReviewPerson, ...] = ()
    unmatched: tuple[UnmatchedPrincipal, ...] = ()
    rules: tuple[RuleResult, ...] = ()
    standards: tuple[StandardReference, ...] = ()
    method: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    removals: tuple[RemovalPlan, ...] = ()
    """Plans for everyone and everything whose removal a finding calls for."""
    reader: Reader = Reader.FULL
    about: str | None = None
    """For OWNER the responsible person's e-mail address, for PERSON the person's id."""
    exposure: Exposure | None = None
    """How long leavers kept access; None: there is no roster, or nobody asked."""
    waivers: tuple[WaiverEntry, ...] = ()
    """All waivers, those that cover nothing among them."""
    impersonation: Impersonation | None = None
    """Accounts that may pose as ours; None: this reader is not told of them, or nobody looks."""
    tool_version: str = ""

    @property
    def impersonator_cases(self) -> tuple[ImpersonatorCase, ...]:
        """The cases of `impersonation`, those to be looked at first first."""
        return self.impersonation.cases if self.impersonation else ()

    @property
    def exposure_clocks(self) -> tuple[Clock, ...]:
        """The clocks of `exposure`, the worst first."""
        return self.exposure.clocks if self.exposure else ()
