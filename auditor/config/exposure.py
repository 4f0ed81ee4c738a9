"""How long a leaver may keep access before it counts as too long."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from auditor.config.base import StrictModel

Hours = Annotated[float, Field(gt=0, le=8_760)]


class ExposureSection(StrictModel):
    """The limits of the exposure clock, in hours after the end of work."""

    limit_hours: Hours = 24
    strict_hours: Hours | None = 1
    """A second, stricter limit shown beside it. An hour is what the HIPAA Security Rule as proposed on 6 January 2025
    (90 FR 898) would ask for; it is not in force. ``null``: none."""
