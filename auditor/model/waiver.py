"""Waivers: findings a named person has accepted, why, and until when."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

WILD = frozenset("*?")


class WaiverKind(StrEnum):
    """Three reasons to leave a finding alone, never counted together."""

    ACCEPTED_RISK = "accepted-risk"
    """The finding is right; the organisation lives with it, under a compensating control."""
    FALSE_POSITIVE = "false-positive"
    """The finding is wrong."""
    NOT_APPLICABLE = "not-applicable"
    """The rule was not made for this subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One entry of the waivers file."""

    rule: str
    """Rule id, or an anchored glob over it."""
    subject: str
    """Id of the subject, id of its account or the finding's fingerprint; or an anchored glob over the ids."""
    kind: WaiverKind
    reason: str
    owner: str
    """E-mail address of who answers for the risk."""
    approver: str
    """E-mail address of who accepted it: not the owner, and nobody who holds the access."""
    expires: date
    """From this day on it does not count any more."""
    control: str = ""
    """What makes up for it meanwhile; required where a risk is accepted."""
    expect: int = 1
    """How many findings it is meant for; it never covers more."""
    line: int = 0
    """Where it stands in the file."""

    @property
    def key(self) -> str:
        """Its identity through every renewal: what it is for (32 hex digits)."""
        return hashlib.sha256(f"{self.rule}\x1f{self.subject}".encode()).hexdigest()[:32]

    @property
    def is_exact(self) -> bool:
        """Whether rule and subject are written out, without ``*`` or ``?``."""
        return WILD.isdisjoint(self.rule) and WILD.isdisjoint(self.subject)

    def in_force(self, today: date) -> bool:
        """Whether it counts on ``today``, a day of the organisation's time zone."""
        return today < self.expires

    @property
    def terms(self) -> dict[str, Any]:
        """What was agreed, as kept in the renewal trail."""
        kept = asdict(self) | {"kind": self.kind.value, "expires": self.expires.isoformat()}
        del kept["line"]
        return kept

    @classmethod
    def of_terms(cls, terms: dict[str, Any]) -> Waiver:
        """Return the waiver whose `terms` were kept."""
        changed = {"kind": WaiverKind(terms["kind"]), "expires": date.fromisoformat(terms["expires"])}
        return cls(**{**terms, **changed})


@dataclass(frozen=True, slots=True)
class WaiverMark:
    """On a finding: the waiver that covers it."""

    key: str
    kind: WaiverKind
    expires: date
