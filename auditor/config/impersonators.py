"""The section ``impersonators:`` of auditor.yaml: whom to protect, where to look, whom never to accuse."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from auditor.config.base import StrictModel

Word = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
_SANDBOX = re.compile(r"http://(?:127\.0\.0\.1|localhost):[0-9]{1,5}")


class TradeName(StrictModel):
    """A name to protect beside those of the brand accounts, or more of what one of those is called."""

    name: str = Field(default="", max_length=200)
    handle: str = Field(default="", max_length=200)
    """Of a brand account in the store: what is written here is added to what the platform says."""
    platform: str = ""
    legal_name: str = ""
    former_handles: tuple[Word, ...] = ()
    short_names: tuple[Word, ...] = ()
    domains: tuple[Word, ...] = ()
    bio: str = ""
    avatars: tuple[Annotated[str, Field(pattern=r"^(?:[0-9a-fA-F]{16}){1,6}$")], ...] = ()
    """Hashes of its pictures."""

    @field_validator("handle")
    @classmethod
    def _without_at(cls, value: str) -> str:
        return value.removeprefix("@")

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not self.name and not self.handle:
            raise ValueError("write a name or a handle")
        return self


class KnownAccount(StrictModel):
    """An account that is not to be accused, and why."""

    account: Word
    """Its id or handle."""
    reason: Word
    platform: str = ""
    expires: date | None = None
    """The last day this holds; none: as long as it stands here."""

    @field_validator("account")
    @classmethod
    def _without_at(cls, value: str) -> str:
        return value.removeprefix("@")


class ThresholdsSection(StrictModel):
    """From when on a likeness counts; docs/impersonators.md explains each."""

    element: Share = 0.5
    review: Share = 0.4
    obfuscation_suffices: bool = True
    recent_days: int = Field(default=90, ge=0, le=36_500)
    few_followers: int = Field(default=50, ge=0)
    image_distance: int = Field(default=10, ge=0, le=64)


class SourceEntry(BaseModel):
    """A source of candidates as written; the source's own model validates ``options``."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    source: str
    """``file``, or a source that asks a platform."""

    @property
    def options(self) -> dict[str, Any]:
        """Every key as written, ``id`` and ``source`` among them."""
        return {"id": self.id, "source": self.source, **(self.model_extra or {})}


class PicturesSection(StrictModel):
    """Profile pictures: whether and where they are fetched."""

    fetch: bool = True
    """Of accounts that are like ours already, from their platform's media hosts alone."""
    hosts: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    """Platform to further media hosts; Mastodon's servers each have their own."""
    most: int = Field(default=500, ge=0, le=100_000)
    """Pictures that one scan fetches at most."""
    base_url: str = ""
    """A sandbox on this machine that stands in for every media host; for demonstrations and tests."""

    @field_validator("base_url")
    @classmethod
    def _is_here(cls, value: str) -> str:
        if value and not _SANDBOX.fullmatch(value):
            raise ValueError("is an address of this machine, such as http://127.0.0.1:8080")
        return value


class ImpersonatorsSection(StrictModel):
    """What is protected, and against whom."""

    names: tuple[TradeName, ...] = ()
    people: tuple[TradeName, ...] = ()
    """People at risk: executives, physicians."""
    affiliates: tuple[KnownAccount, ...] = ()
    """Accounts of sister companies, agencies, franchises."""
    allowed: tuple[KnownAccount, ...] = ()
    """Look-alikes that somebody has looked at and accepts."""
    domains: tuple[Word, ...] = ()
    """Domains of ours; those of organization.email_domains count without being written here."""
    thresholds: ThresholdsSection = ThresholdsSection()
    pictures: PicturesSection = PicturesSection()
    dismiss_max_days: int = Field(default=365, ge=1, le=3650)
    """Days beyond which no dismissal may last."""
    sources: tuple[SourceEntry, ...] = ()

    @field_validator("sources")
    @classmethod
    def _ids_are_unique(cls, value: tuple[SourceEntry, ...]) -> tuple[SourceEntry, ...]:
        ids = [entry.id for entry in value]
        if len(set(ids)) < len(ids):
            raise ValueError("two sources have the same id")
        return value
