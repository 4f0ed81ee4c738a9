"""The sections of auditor.yaml as models; those of one subject alone have a file of their own."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from auditor.config.alerts import AlertsSection
from auditor.config.base import EmailText, SecretRef, StrictModel
from auditor.config.custody import CustodySection
from auditor.config.exposure import ExposureSection
from auditor.config.findings import SlaDays
from auditor.config.impersonators import ImpersonatorsSection
from auditor.config.siem import SiemSinks
from auditor.config.watch import WatchSection


class Organization(StrictModel):
    """Who is audited."""

    name: str = Field(min_length=1, max_length=200)
    timezone: str = "UTC"
    email_domains: tuple[str, ...] = ()
    email_aliases: dict[str, str] = Field(default_factory=dict)
    """Alias domain to the domain it stands for, such as ``old.example: new.example``."""

    @field_validator("email_domains")
    @classmethod
    def _are_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for domain in value:
            if not re.fullmatch(r"(?:[^\s@.,;/]+\.)+[^\s@.,;/]+", domain):
                raise ValueError(f"{domain!r} is not a domain such as riverside.example")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is not a time zone name such as America/Chicago") from error
        return value

    @property
    def zone(self) -> tzinfo:
        """The organisation's time zone."""
        return ZoneInfo(self.timezone)


class ConnectionEntry(BaseModel):
    """A connection as written; the connector's own model validates ``options``."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    connector: str

    @property
    def options(self) -> dict[str, Any]:
        """Every key as written, ``id`` and ``connector`` among them."""
        return {"id": self.id, "connector": self.connector, **(self.model_extra or {})}


class RosterEntry(BaseModel):
    """The HR roster's connection; its connector validates the rest."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    id: str = "roster"
    connector: str = "hr-table"
    max_shrink: float = Field(default=0.2, ge=0, le=1)
    """Share of people that may be missing since the last roster before the run stops."""

    @property
    def options(self) -> dict[str, Any]:
        """Every key for the connector; ``max_shrink`` is ours, not the connector's."""
        return {"id": self.id, "connector": self.connector, **(self.model_extra or {})}


class AccountsSection(StrictModel):
    """What the organisation itself says of its accounts."""

    owners: str | None = None


Points = Annotated[int, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0, le=100)]


class SeverityPoints(StrictModel):
    """Points of a finding of each severity when everything else about it is at its worst."""

    critical: Points = 100
    high: Points = 75
    medium: Points = 45
    low: Points = 20
    info: Points = 5

    @model_validator(mode="after")
    def _fall_with_severity(self) -> Self:
        points = (self.critical, self.high, self.medium, self.low, self.info)
        if list(points) != sorted(points, reverse=True):
            raise ValueError("a graver severity must not have fewer points than a lesser one")
        return self


class RiskSection(StrictModel):
    """What makes one finding matter more than another; docs/risk.md explains each key."""

    severity: SeverityPoints = SeverityPoints()
    floor: float = Field(default=0.6, ge=0, le=1)
    level: Weight = 3
    reach: Weight = 3
    exposure: Weight = 2
    certainty: Weight = 2


class PoliciesSection(StrictModel):
    """Which rules, with which numbers."""

    packs: tuple[str, ...] = ("least-privilege", "hipaa-social", "meta-baseline")
    access: str | None = None
    waivers: str | None = None
    waiver_max_days: int = Field(default=365, ge=1, le=3650)
    """Days from today beyond which no waiver may last."""
    sla_days: SlaDays = SlaDays()
    finding_owners: dict[str, EmailText] = Field(default_factory=dict)
    """Rule id, pack id or ``*`` to who answers for findings on accounts without a responsible person."""
    disabled: tuple[str, ...] = ()
    """Rule ids not to be judged."""
    params: dict[str, dict[str, str | int | float | bool | tuple[str, ...]]] = Field(default_factory=dict)
    """Rule id to the parameters it overrides."""
    max_age_days: dict[str, int] = Field(default_factory=dict)
    """Kind of fact to the age, in days, beyond which it is unknown."""
    risk: RiskSection = RiskSection()
    exposure: ExposureSection = ExposureSection()


class MailSection(StrictModel):
    """How mail leaves the house."""

    smtp: str
    """``smtp+starttls://user@host:587`` or ``smtps://user@host:465``; ``smtp://`` only to loopback."""
    password: SecretRef | None = None
    sender: EmailText
    reply_to: EmailText | None = None
    ca_file: str | None = None
    """Extra certificate authority, PEM."""
    allow_plain: bool = False
    """Send without TLS to a host that is not this machine."""
    timeout: float = Field(default=30, gt=0, le=600)

    @field_validator("smtp")
    @classmethod
    def _no_password_in_address(cls, value: str) -> str:
        if re.match(r"^[a-z0-9+]+://[^/@]*:[^/@]*@", value):
            raise ValueError(
                "a secret must not stand in this file; leave the password out of the address and set password"
            )
        return value


class ReportsSection(StrictModel):
    """Where reports go."""

    out: str = "reports-out"
    formats: tuple[str, ...] = ("html", "csv", "json")
    readers: tuple[Literal["full", "executive", "owners", "method"], ...] = ("full",)
    """Whom reports are written for."""
    email_owners: bool = False
    """Whether ``--email`` also mails each responsible person the report of their accounts alone."""
    owner_formats: tuple[str, ...] = ()
    """Formats of those reports; none: of ``formats`` those that a person reads (html, pdf, xlsx)."""
    recipients: tuple[EmailText, ...] = ()
    mail: MailSection | None = None


class Config(StrictModel):
    """The whole of auditor.yaml."""

    organization: Organization
    store: str = "sqlite:///auditor.db"
    store_password: SecretRef | None = None
    connections: tuple[ConnectionEntry, ...] = ()
    roster: RosterEntry | None = None
    vendors: str | None = None
    identities: str | None = None
    accounts: AccountsSection = AccountsSection()
    policies: PoliciesSection = PoliciesSection()
    reports: ReportsSection = ReportsSection()
    alerts: AlertsSection = AlertsSection()
    custody: CustodySection | None = None
    watch: WatchSection = WatchSection()
    siem: SiemSinks = ()
    impersonators: ImpersonatorsSection = ImpersonatorsSection()
    vault: str | None = None
    """Path of the encrypted vault file used where there is no OS keyring."""

    @field_validator("connections")
    @classmethod
    def _ids_are_unique(cls, value: tuple[ConnectionEntry, ...]) -> tuple[ConnectionEntry, ...]:
        seen: set[str] = set()
        for entry in value:
            if entry.id in seen or entry.id in {"roster", "vendors", "owners", "identities", "custody"}:
                raise ValueError(f"the id {entry.id!r} is used twice or reserved")
            seen.add(entry.id)
        return value

    @field_validator("store")
    @classmethod
    def _no_password_in_url(cls, value: str) -> str:
        if re.match(r"^[a-z0-9+]+://[^/@]*:[^/@]*@", value) or re.search(r"[?&]password=", value):
            raise ValueError(
                "a secret must not stand in this file; leave the password out of the URL and set store_password"
            )
        return value
