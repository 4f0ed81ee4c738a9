"""Verdicts and findings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What a rule says of one subject. Unknown is never pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Severity(IntEnum):
    """How much a fail matters; higher is worse."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        """The severity as written in files and screens."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> Severity:
        """Return the severity named by ``text``; KeyError where it names none."""
        return cls[text.strip().upper()]


class Basis(StrEnum):
    """How sure a conclusion is."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's fail or unknown on one subject of one snapshot."""

    fingerprint: str
    rule: str
    pack: str
    severity: Severity
    verdict: Verdict
    basis: Basis
    subject_type: str
    """account, grant, app, principal, person, login, token or vendor."""
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
    evidence_id: str | None = None
    references: dict[str, tuple[str, ...]] = field(default_factory=dict)


def fingerprint(rule_id: str, subject_type: str, subject_id: str) -> str:
    """Return the identity of a finding across runs, machines and stores (32 hex digits)."""
    text = "\x1f".join((rule_id, subject_type, subject_id))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
