"""The dossier as a zip that stands by itself: PDF, data, pictures, raw records, and the hashes to check them by."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from reports.dossier import Dossier, FrozenPicture, Side
from reports.files import whole_binary_file

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can tell; the same for every file, so that the same dossier gives the same bytes."""
_OWNER_ONLY = 0o600 << 16

_HOW_TO = """Dossier of case {case}
{line}
Made for {organization} at {made_at} (UTC).

What is here
  dossier.pdf     to read, print and hand over
  dossier.json    the same as data, nothing cut
  pictures/       profile pictures as they were seen, re-encoded as plain PNG
  records/        raw records as sources told them, secrets removed; a file's name is the SHA-256 of its bytes
  manifest.json   every file with its size, SHA-256, what it is, when and where it was seen
  SHA256SUMS      the hashes alone, manifest.json among them

How to check it
  1. In this folder run: sha256sum -c SHA256SUMS      (macOS: shasum -a 256 -c SHA256SUMS)
     Each line must say OK.
  2. The hashes in the printed document must be those in SHA256SUMS.
  3. The SHA-256 of the zip itself was shown when it was made. Whoever wrote it down then can show
     that nothing was added or changed since.

The hashes show that files are the same since they were kept. That an account looked like this rests on
the platform's answer, which the records hold, and on the clock of the machine that asked.
"""


def write_zip(dossier: Dossier, pdf: bytes, path: Path) -> str:
    """Write the zip to ``path``; return its SHA-256.

    Raises:
        AuditorError: the disk refuses.

    """
    members = _members(dossier, pdf)
    members["manifest.json"] = _json(_manifest(dossier, members))
    sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(members.items()))
    members["SHA256SUMS"] = sums.encode()
    written = BytesIO()
    # Stored, not compressed: the bytes of compression differ between versions of the library.
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _OWNER_ONLY
            archive.writestr(entry, content)
    with whole_binary_file(path) as file:
        file.write(written.getvalue())
    return _sha256(written.getvalue())


def dossier_json(dossier: Dossier) -> Mapping[str, Any]:
    """Return the dossier as data."""
    case = dossier.case
    return {
        "case": case.case_id,
        "organization": dossier.organization,
        "made_at": dossier.made_at.isoformat(),
        "made_by": dossier.made_by,
        "approved_by": dossier.approved_by or None,
        "tool_version": dossier.tool_version,
        "platform": case.candidate.platform,
        "status": case.candidate.status.value,
        "state": case.state.value,
        "brand": case.brand,
        "also_like": list(case.also_like),
        "tier": case.tier,
        "score": case.score,
        "reference": case.reference,
        "first_seen": case.first_seen.isoformat(),
        "last_seen": case.last_seen.isoformat(),
        "ours": _side(dossier.ours),
        "theirs": _side(dossier.theirs),
        "looks": dossier.looks,
        "elements": [
            {"element": one.kind, "strength": one.strength, "sentence": one.sentence, "values": dict(one.values),
             "code_points": list(one.code_points)}
            for one in case.elements
        ],
        "suppressed_by": list(case.suppressed_by),
        "timeline": [
            {"at": step.at.isoformat(), "step": step.step.value, "message": step.message, "actor": step.actor,
             "before": dict(step.before), "after": dict(step.after), "evidence_id": step.evidence_id}
            for step in dossier.timeline
        ],
        "routes": [
            {"title": route.title, "where": route.where, "who": route.who, "known_from": route.known_from,
             "notes": list(route.notes),
             "asks_for": [{"field": need.field, "answer": dossier.answer(need) or None} for need in route.needs]}
            for route in dossier.routes
        ],
        "records": [record.id for record in dossier.records],
        "missing": list(dossier.gaps),
    }  # fmt: skip


def _members(dossier: Dossier, pdf: bytes) -> dict[str, bytes]:
    readme = _HOW_TO.format(
        case=dossier.case.case_id,
        line="=" * len(f"Dossier of case {dossier.case.case_id}"),
        organization=dossier.organization,
        made_at=dossier.made_at.isoformat(timespec="seconds"),
    )
    return {
        "README.txt": readme.encode("utf-8", "backslashreplace"),
        "dossier.pdf": pdf,
        "dossier.json": _json(dossier_json(dossier)),
        **{f"pictures/{name}.png": picture.png for name, picture in dossier.pictures},
        **{f"records/{record.id}.json": record.content for record in dossier.records},
    }


def _manifest(dossier: Dossier, members: Mapping[str, bytes]) -> Mapping[str, Any]:
    told: dict[str, dict[str, Any]] = {
        "README.txt": {"what": "how to check the dossier"},
        "dossier.pdf": {"what": "the dossier to read"},
        "dossier.json": {"what": "the dossier as data"},
    }
    for name, picture in dossier.pictures:
        told[f"pictures/{name}.png"] = {"what": f"profile picture, {name}", **_picture(picture)}
    for record in dossier.records:
        told[f"records/{record.id}.json"] = {"what": record.what, "seen_at": record.first_seen.isoformat()}
    return {
        "case": dossier.case.case_id,
        "made_at": dossier.made_at.isoformat(),
        "files": [
            {"path": name, "bytes": len(content), "sha256": _sha256(content), **told[name]}
            for name, content in sorted(members.items())
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    told = {field.name: getattr(side, field.name) for field in fields(Side)}
    if isinstance(side.created_at, datetime):
        told["created_at"] = side.created_at.isoformat()
    return told | {
        "links": list(side.links),
        "picture": {"sha256": side.picture.sha256, **_picture(side.picture)} if side.picture else None,
    }


def _picture(picture: FrozenPicture) -> dict[str, Any]:
    return {
        "seen_at": picture.seen_at.isoformat(),
        "url": picture.url,
        "sha256_as_served": picture.original_sha256,
        "look": picture.look,
        "evidence_id": picture.evidence_id,
    }


def _json(told: object) -> bytes:
    # ASCII alone, so that no character of a name can play tricks on whoever looks at the file.
    return (json.dumps(told, indent=1, ensure_ascii=True) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
