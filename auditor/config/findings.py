"""What the configuration says of findings' lives: how long each may stand, and who answers for it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from auditor.config.base import StrictModel

Days = Annotated[int, Field(ge=0, le=3650)]


class SlaDays(StrictModel):
    """Days from the look that first showed a fail to the last day by which it should be resolved."""

    critical: Days = 1
    high: Days = 7
    medium: Days = 30
    low: Days = 90
    info: Days | None = None
    """None: no last day."""

    @model_validator(mode="after")
    def _rise_as_severity_falls(self) -> Self:
        days = [self.critical, self.high, self.medium, self.low]
        if days != sorted(days):
            raise ValueError("a graver severity must not have more days than a lesser one")
        return self

    def of(self, severity: str) -> int | None:
        """Return the days a finding of ``severity``, a word, may stand."""
        days: int | None = getattr(self, severity)
        return days
