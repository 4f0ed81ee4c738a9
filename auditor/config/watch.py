"""The section ``watch:`` of auditor.yaml: what the daemon runs, when, and where it says how it fares."""

from __future__ import annotations

import ipaddress
import re
from datetime import date, timedelta, tzinfo
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from auditor.cadence import Calendar
from auditor.config.base import StrictModel
from auditor.config.cadences import JobSection, Weekdays
from auditor.config.durations import Duration, PositiveDuration

_LONGEST_HEARTBEAT = timedelta(minutes=1)


class MetricsSection(StrictModel):
    """Where Prometheus may ask how the daemon fares."""

    listen: str = "127.0.0.1:9464"
    """Address and port; a name is not accepted, because what it means may change."""
    allow_remote: bool = False
    """Listen on an address that other machines can reach."""

    @model_validator(mode="after")
    def _is_loopback(self) -> Self:
        if not re.fullmatch(r"(?:\[[0-9a-fA-F:.]+\]|[0-9.]+):[0-9]{1,5}", self.listen) or self.port > 65_535:
            raise ValueError("write an address and a port, such as 127.0.0.1:9464")
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            raise ValueError("write an address and a port, such as 127.0.0.1:9464") from None
        if not address.is_loopback and not self.allow_remote:
            raise ValueError(
                "other machines can reach this address and the figures have no password;"
                " listen on 127.0.0.1, or set allow_remote: true"
            )
        return self

    @property
    def host(self) -> str:
        """The address without the port."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port; 0: any that is free."""
        return int(self.listen.rpartition(":")[2])


class WatchSection(StrictModel):
    """When ``auditor watch`` runs what; a job that is not named keeps its own cadence."""

    roster: JobSection = JobSection()
    audit: JobSection = JobSection()
    report: JobSection = JobSection()
    reminders: JobSection = JobSection()
    follow_up: JobSection = JobSection()
    deliver: JobSection = JobSection()
    siem: JobSection = JobSection()
    impersonators: JobSection = JobSection()
    holidays: tuple[date, ...] = ()
    """Days that are no business days."""
    workdays: Weekdays = (0, 1, 2, 3, 4)
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    """Month the first quarter begins in."""
    jitter: Duration = timedelta(seconds=30)
    """Jobs start up to so much after they are due, so that not all the world asks a platform at once."""
    heartbeat: PositiveDuration = timedelta(seconds=10)
    """How often the daemon looks whether anything is due."""
    stop_grace: PositiveDuration = timedelta(seconds=30)
    """How long a job that is asked to stop may take before it is killed."""
    notice_days: tuple[Annotated[int, Field(ge=0, le=365)], ...] = (14, 3)
    """Days before something expires on which a reminder is due."""
    health_file: str = "watch-health.json"
    metrics: MetricsSection | None = None

    @field_validator("heartbeat")
    @classmethod
    def _beats_often(cls, value: timedelta) -> timedelta:
        if value > _LONGEST_HEARTBEAT:
            raise ValueError("the longest heartbeat is 1m")
        return value

    @field_validator("notice_days")
    @classmethod
    def _furthest_first(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(value), reverse=True))

    def calendar(self, zone: tzinfo) -> Calendar:
        """Return the organisation's calendar, its times being those of ``zone``."""
        return Calendar(
            zone=zone,
            workdays=frozenset(self.workdays),
            holidays=frozenset(self.holidays),
            fiscal_start=self.fiscal_year_starts,
        )
