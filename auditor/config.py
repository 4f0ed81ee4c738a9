"""auditor.yaml: what to read, hold against what, and whom to tell.

Unknown keys are errors with the nearest right one named; every error has the file, the line and
the mend. Secrets are references (``keyring:``, ``env:``, ``file:``); a literal one is refused.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from auditor.documents import Document, load_yaml
from auditor.errors import ConfigError

DEFAULT_NAME = "auditor.yaml"
SECRET_REFERENCE = re.compile(r"^(?:keyring|env|file|credentials):.+$", re.DOTALL)


class StrictModel(BaseModel):
    """Base of every settings model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _is_reference(value: str) -> str:
    if not SECRET_REFERENCE.match(value):
        raise ValueError(
            "a secret must not stand in this file; write a reference: keyring:NAME, env:NAME or file:PATH"
        )
    return value


SecretRef = Annotated[str, AfterValidator(_is_reference)]
"""A reference to a secret, never the secret itself."""

EmailText = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", max_length=254)]


class Organization(StrictModel):
    """Who is audited."""

    name: str = Field(min_length=1, max_length=200)
    timezone: str = "UTC"
    email_domains: tuple[str, ...] = ()
    email_aliases: dict[str, str] = {}
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
    disabled: tuple[str, ...] = ()
    """Rule ids not to be judged."""
    params: dict[str, dict[str, str | int | float | bool | tuple[str, ...]]] = {}
    """Rule id to the parameters it overrides."""
    max_age_days: dict[str, int] = {}
    """Kind of fact to the age, in days, beyond which it is unknown."""
    risk: RiskSection = RiskSection()


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
    vault: str | None = None
    """Path of the encrypted vault file used where there is no OS keyring."""

    @field_validator("connections")
    @classmethod
    def _ids_are_unique(cls, value: tuple[ConnectionEntry, ...]) -> tuple[ConnectionEntry, ...]:
        seen: set[str] = set()
        for entry in value:
            if entry.id in seen or entry.id in {"roster", "vendors", "owners", "identities"}:
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


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A valid configuration and the document it came from."""

    config: Config
    document: Document

    @property
    def base_dir(self) -> Path:
        """Folder that relative paths in the file start from."""
        return self.document.path.resolve().parent

    def resolve(self, path: str) -> Path:
        """Return ``path`` as absolute, seen from the configuration file."""
        return (self.base_dir / Path(path).expanduser()).resolve()


def find_config(given: str | None, environ: Mapping[str, str] | None = None) -> Path:
    """Return the configuration file to use: the one given, AUDITOR_CONFIG, or auditor.yaml here.

    Raises:
        ConfigError: there is none.

    """
    environ = os.environ if environ is None else environ
    path = Path(given or environ.get("AUDITOR_CONFIG") or DEFAULT_NAME)
    if not path.is_file():
        raise ConfigError(
            "is a folder, not a file." if path.is_dir() else "there is no such file.",
            path=path,
            remedy="Run 'auditor init' to write one, or name it with --config.",
        )
    return path


def load_config(path: Path) -> LoadedConfig:
    """Read and validate ``path``; raises ConfigError or DocumentError."""
    document = load_yaml(path)
    if not isinstance(document.data, dict):
        raise ConfigError(
            "is empty or not a mapping.", path=path, remedy="Run 'auditor init' to write a working file."
        )
    return LoadedConfig(validate(Config, document.data, document), document)


ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(
    model: type[ModelT],
    data: Any,
    document: Document,
    at: tuple[str | int, ...] = (),
) -> ModelT:
    """Return ``data``, found at path ``at`` of ``document``, as ``model``.

    Raises:
        ConfigError: with file, line, the path in the file and the mend; never the offending value,
            which may be a secret written in the wrong place.

    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # An unknown key goes first: it is often the misspelt one that is then told as missing.
        problems = sorted(
            error.errors(include_url=False, include_context=True),
            key=lambda e: (e["type"] != "extra_forbidden", _line(document, at, e)),
        )
        raise _config_error(model, problems[0], len(problems), document, at) from None


def _line(document: Document, at: tuple[str | int, ...], problem: ErrorDetails) -> int:
    return document.line((*at, *problem["loc"])) or 0


def _config_error(
    model: type[BaseModel],
    problem: ErrorDetails,
    count: int,
    document: Document,
    at: tuple[str | int, ...],
) -> ConfigError:
    loc = (*at, *problem["loc"])
    where = ".".join(_shown(part) for part in loc) or "the file"
    more = f" ({count - 1} more after this one.)" if count > 1 else ""
    if problem["type"] == "extra_forbidden":
        known = list(_model_at(model, problem["loc"][:-1]).model_fields)
        close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
        remedy = f"Did you mean {close[0]!r}?" if close else f"Known keys here: {', '.join(sorted(known))}."
        message = f"{where}: there is no such key."
    elif problem["type"] == "missing":
        message, remedy = f"{where}: is missing.", "Add it; docs/configuration.md shows every key."
    else:
        text = problem["msg"].removeprefix("Value error, ").replace("valid tuple", "list, such as [a, b]")
        message, remedy = f"{where}: {text[:1].lower()}{text[1:]}.", ""
    return ConfigError(message, path=document.path, line=document.line(loc), remedy=f"{remedy}{more}".strip())


def _shown(part: str | int) -> str:
    """Return a key as an error may show it: what does not look like a key may be a secret in its place."""
    return str(part) if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", str(part)) else "(a key)"


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel]:
    current: Any = model
    for part in loc:
        if isinstance(part, int) or not (isinstance(current, type) and issubclass(current, BaseModel)):
            continue
        info = current.model_fields.get(part)
        if info is None:
            break
        current = _inner_model(info.annotation) or current
    return current if isinstance(current, type) and issubclass(current, BaseModel) else model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None
