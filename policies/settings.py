"""What of the organisation and its configuration the judging depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.model.estate import FactKind
from policies.access import AccessMatrix


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Settings of one judgement; the defaults are those of an organisation that configured nothing."""

    timezone: str = "UTC"
    email_domains: Sequence[str] = ()
    email_aliases: Mapping[str, str] = field(default_factory=dict)
    """Alias domain to the domain it stands for."""
    access: AccessMatrix | None = None
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id to the parameters it overrides."""
    disabled: frozenset[str] = frozenset()
    """Rule ids not to be judged."""
    max_age_days: Mapping[FactKind, int] = field(default_factory=dict)
    """Kind of fact to the age beyond which it is unknown."""
    has_roster: bool = True
    has_vendors: bool = True
    time_limit_seconds: float = 300
    memory_limit: str = "4GB"
