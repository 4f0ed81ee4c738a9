"""The section ``siem``: where the journal of events is written for others to keep."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from auditor.config.base import StrictModel
from auditor.config.durations import PositiveDuration, parse_duration


class SiemSink(StrictModel):
    """One place events go to: a file, or a syslog receiver."""

    name: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    """What its place in the journal is kept under. Without one, the file or address is the name."""
    file: str | None = Field(default=None, min_length=1)
    """Path of a file of JSON Lines."""
    syslog: str | None = Field(default=None, pattern=r"^(?:tls|tcp)://[^\s@]+$")
    """``tls://host:6514``, or ``tcp://host:601``."""
    ca_file: str | None = None
    """Extra certificate authority for ``tls://``, PEM."""
    allow_plain: bool = False
    """Send over ``tcp://`` to a host that is not this machine."""
    wait_for_close: bool = True
    """Whether a batch counts as delivered only once the receiver has closed in answer."""
    timeout: PositiveDuration = parse_duration("15s")

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if (self.file is None) == (self.syslog is None):
            raise ValueError("a sink is either a file or a syslog address")
        if self.file is not None and (self.ca_file or self.allow_plain or not self.wait_for_close):
            raise ValueError("ca_file, allow_plain and wait_for_close are for syslog")
        return self

    @property
    def key(self) -> str:
        """The name, written or not."""
        return self.name or self.file or self.syslog or ""


def _are_unique(sinks: tuple[SiemSink, ...]) -> tuple[SiemSink, ...]:
    keys = [sink.key for sink in sinks]
    if len(set(keys)) < len(keys):
        raise ValueError("two sinks have the same name; give each one of its own")
    return sinks


SiemSinks = Annotated[tuple[SiemSink, ...], AfterValidator(_are_unique)]
"""The sinks, each under a name of its own."""
