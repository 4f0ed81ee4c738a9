"""An account that may pose as a brand, as some list or platform tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """One account; a field that is empty or None is not known."""

    id: str
    handle: str = ""
    name: str = ""
    platform: str = ""
    bio: str = ""
    url: str = ""
    created_at: datetime | None = None
    followers: int | None = None
    verified_type: str = ""
    """What the platform says: ``blue`` (paid), ``business``, ``government``."""
    avatar: str = ""
    """A hash of its picture (`auditor.lookalikes.images`, or 16 hexadecimal digits), or its address, which is not
    looked at here."""
    affiliation: str = ""
    """Handle of the organisation whose affiliate badge it carries."""

    @property
    def local_handle(self) -> str:
        """Return the handle without the server that some networks write behind it."""
        return self.handle.partition("@")[0].removesuffix(".bsky.social")
