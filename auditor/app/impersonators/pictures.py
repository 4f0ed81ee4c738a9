"""Pictures of accounts: fetched, made plain, hashed, and kept as evidence with the moment they were seen."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.errors import AuditorError, StoreError
from auditor.lookalikes.images import BITS, brand_hashes, distance, picture_hash
from auditor.lookalikes.pictures import Picture, PictureRefused, plain_picture
from auditor.model.impersonation import ProtectedProfile
from connectors.avatars import PictureHosts, is_default
from reports.dossier import FrozenPicture

if TYPE_CHECKING:
    from auditor.store import Store

KIND = "case:picture"
"""Kind of the evidence."""
NONE_TOLD = "Its source tells of no picture."
DEFAULT = "It has no picture of its own, only the platform's."


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture that was fetched and made plain."""

    picture: Picture
    url: str

    @property
    def hash(self) -> str:
        """What it looks like; empty: it shows next to nothing."""
        return picture_hash(self.picture)

    @property
    def hashes_if_ours(self) -> tuple[str, ...]:
        """What copies of it look like, where it is ours."""
        return brand_hashes(self.picture)


def picture_hosts(workspace: Workspace) -> PictureHosts | None:
    """Return where pictures may be fetched; None where the configuration says that none are."""
    section = workspace.config.impersonators.pictures
    return PictureHosts(more=section.hosts, loopback=section.base_url) if section.fetch else None


def look_at(hosts: PictureHosts, platform: str, url: str) -> Looked | str:
    """Return the picture at ``url``, or why there is none, as a sentence."""
    if not url:
        return NONE_TOLD
    if is_default(platform, url):
        return DEFAULT
    try:
        return Looked(plain_picture(hosts.fetch(platform, url)), url)
    except AuditorError as error:
        return error.message


def pictured(profile: ProtectedProfile | None, others: Iterable[ProtectedProfile]) -> ProtectedProfile | None:
    """Return whose picture stands for ``profile``: its own, else that of an account of ours of the same name.

    Not every platform tells of our pictures, and a brand shows the same one everywhere.
    """
    if profile is None or profile.avatar_url or not profile.name:
        return profile
    same = (one for one in others if one.avatar_url and one.name.casefold() == profile.name.casefold())
    return next(same, profile)


def likeness(ours: FrozenPicture, theirs: FrozenPicture, threshold: int) -> str:
    """Return how alike two pictures are, as a sentence.

    Args:
        threshold: bits of `BITS` up to which they count as the same.

    """
    variants = brand_hashes(plain_picture(ours.png))
    apart = [bits for one in variants if (bits := distance(one, theirs.look)) is not None]
    if not apart:
        return "The pictures cannot be compared: one of them shows next to nothing."
    said = "look the same" if min(apart) <= threshold else "look different"
    how = ("", " once ours is mirrored", " once ours has its colours inverted")[apart.index(min(apart))]
    return f"The pictures {said}{how}: their hashes differ in {min(apart)} of {BITS} bits; up to {threshold} count as the same."


def keep_picture(store: Store, looked: Looked, seen_at: datetime) -> str:
    """Keep a picture as evidence; return its evidence id.

    The same picture at the same address is the same record, whose first moment stands.
    """
    record = {
        "url": looked.url,
        "png": base64.b64encode(looked.picture.png).decode(),
        "sha256": looked.picture.sha256,
        "original_sha256": looked.picture.original_sha256,
        "look": looked.hash,
        "width": looked.picture.width,
        "height": looked.picture.height,
    }
    evidence_id = store.keep_evidence(record, KIND)
    if kept_picture(store, evidence_id) is None:
        raise StoreError(
            f"The picture at {looked.url[:120]} could not be kept as it is.",
            remedy="Keep a picture of the profile by hand.",
        )
    return evidence_id


def kept_picture(store: Store, evidence_id: str) -> FrozenPicture | None:
    """Return a picture kept before; None where the record is none, or no longer what it was.

    Raises:
        StoreError: there is no such record, or it was altered.

    """
    found = store.evidence(evidence_id)
    record = found.record
    if found.kind != KIND or not isinstance(record, dict):
        return None
    try:
        png = base64.b64decode(str(record.get("png")), validate=True)
        plain = plain_picture(png)
    except (binascii.Error, PictureRefused):
        return None
    if hashlib.sha256(png).hexdigest() != record.get("sha256") or not plain.png:
        return None
    return FrozenPicture(
        png=png,
        sha256=str(record["sha256"]),
        original_sha256=str(record.get("original_sha256", "")),
        look=str(record.get("look", "")),
        url=str(record.get("url", "")),
        seen_at=found.first_seen,
        evidence_id=evidence_id,
    )
