"""What is read from an X data archive: a short list of members, never posts or messages.

Two layouts exist. The current one keeps members in ``data/`` beside ``data/manifest.js``, which
says how many records each holds. The 2019 one keeps them at the root, some with underscores, has
no manifest, and leaves out a category without data. A member is ``window.NAME = JSON``; the cut is
at the first `` = ``, for some archives are one line a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import FactKind
from connectors.zipguard import MIB, GuardedZip, ZipLimits, open_zip

LIMITS = ZipLimits(member_bytes=32 * MIB, total_bytes=128 * MIB)
REQUEST_AGAIN = "Request a new archive: X Settings > Your account > Download an archive of your data."


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """One member on the allow-list."""

    name: str
    wrapper: str
    """Key each record is wrapped in."""
    facts: tuple[FactKind, ...]
    """Kinds of fact that are known only in part where this member is."""


MEMBERS = (
    MemberSpec("account", "account", (FactKind.ACCOUNTS, FactKind.RECOVERY)),
    MemberSpec("verified", "verified", (FactKind.ACCOUNTS,)),
    MemberSpec("screen-name-change", "screenNameChange", (FactKind.ACCOUNTS,)),
    MemberSpec("protected-history", "protectedHistory", (FactKind.ACCOUNTS,)),
    MemberSpec("connected-application", "connectedApplication", (FactKind.APPS,)),
    MemberSpec("ip-audit", "ipAudit", (FactKind.LOGINS,)),
    MemberSpec("device-token", "deviceToken", (FactKind.LOGINS,)),
    MemberSpec("ni-devices", "niDeviceResponse", (FactKind.LOGINS, FactKind.MFA)),
    MemberSpec("sso", "singleSignOnMetaValues", (FactKind.LOGINS,)),
    MemberSpec("key-registry", "registeredDevices", (FactKind.LOGINS,)),
    MemberSpec("email-address-change", "emailAddressChange", (FactKind.RECOVERY,)),
    MemberSpec("phone-number", "device", (FactKind.RECOVERY,)),
)
_NAMES = "|".join(spec.name.replace("-", "[-_]") for spec in MEMBERS)
_MEMBER = re.compile(rf"(?P<name>{_NAMES})(?:-part(?P<part>[0-9]{{1,4}}))?\.js")
_ANCHOR = re.compile(r"(?P<base>(?:[^/]+/)?(?:data/)?)(?:account|manifest)\.js")
_FILE_DATE = re.compile(r"twitter-([0-9]{4}-[0-9]{2}-[0-9]{2})-")
_OLDEST_ZIP_YEAR = 2010
"""Zip dates before it are the format's own zero, not a date."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member as found."""

    records: tuple[dict[str, Any], ...] = ()
    """Records without their wrapper."""
    problem: str = ""
    """Why the records are, or may be, not all there are; empty: they are all."""
    was_found: bool = False
    was_read: bool = False


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive, read."""

    path: Path
    native_id: str
    handle: str | None
    name: str | None
    generated_at: datetime
    is_partial: bool
    has_manifest: bool
    """Whether the number of records could be held against anything."""
    members: Mapping[str, Member] = field(repr=False)


def read_archive(path: Path, limits: ZipLimits = LIMITS) -> Archive:
    """Read the allow-listed members of ``path``.

    Raises:
        ConnectorError: the zip is refused, is no X archive, or does not say whose it is or when
            it was made.

    """
    with open_zip(path, limits) as guarded:
        base = _base(path, guarded)
        manifest = _manifest(path, guarded, base)
        members = {spec.name: _member(guarded, base, spec, manifest) for spec in MEMBERS}
        native_id, handle, name = _whose(path, manifest, members["account"])
        return Archive(
            path=path,
            native_id=native_id,
            handle=handle,
            name=name,
            generated_at=_generated_at(path, guarded, base, manifest),
            is_partial=manifest is not None and manifest.is_partial,
            has_manifest=manifest is not None,
            members=members,
        )


def parse_member(data: bytes) -> tuple[str, Any]:
    """Return the name a member assigns to, without ``window.``, and the value.

    Raises:
        ValueError: it is not such an assignment.

    """
    text = data.decode("utf-8-sig")
    head, found, body = text.partition(" = ")
    if not found or not re.fullmatch(r"window\.[A-Za-z0-9_.]{1,120}", head.strip()):
        raise ValueError("it does not start as an archive member does")
    try:
        return head.strip().removeprefix("window."), json.loads(body.strip().removesuffix(";"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def text(value: object) -> str | None:
    """Return ``value`` where it is text that says something, made storable; else None."""
    if not isinstance(value, str):
        return None
    # JSON can smuggle in lone surrogates and NULs, which no database takes.
    return value.replace("\0", "").encode("utf-8", "replace").decode().strip() or None


def instant(value: object) -> datetime | None:
    """Return an archive's date (ISO with zone, ``YYYY.MM.DD``, or epoch milliseconds) in UTC; or None."""
    shown = text(value)
    if shown is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{12,14}", shown):
            return datetime.fromtimestamp(int(shown) / 1000, UTC)
        if re.fullmatch(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2}", shown):
            shown = shown.replace(".", "-")
        found = datetime.fromisoformat(shown)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class _Listed:
    count: int | None
    global_name: str | None


@dataclass(frozen=True, slots=True)
class _Manifest:
    user: dict[str, Any]
    generated_at: datetime | None
    is_partial: bool
    files: dict[str, _Listed]
    """File name as listed, such as ``data/account.js``."""


def _bad(path: Path, what: str, remedy: str = REQUEST_AGAIN) -> ConnectorError:
    return ConnectorError(f"{path}: {what}.", kind=FailureKind.BAD_INPUT, remedy=remedy)


def _base(path: Path, guarded: GuardedZip) -> str:
    """Return the folder in the zip that holds the members."""
    names = [name for name in guarded.names if not name.startswith("__MACOSX/")]
    bases = {found["base"] for name in names if (found := _ANCHOR.fullmatch(name))}
    if len(bases) > 1:
        raise _bad(path, "holds more than one X archive", "Keep each archive in its own zip.")
    if bases:
        nested = [name for name in names if name.lower().endswith(".zip") and "media" not in name]
        if nested:
            raise _bad(path, "is refused: it holds another zip")
        return bases.pop()
    if any(name.lower().endswith(".zip") for name in names):
        raise _bad(path, "is refused: it holds another zip and no archive", "Unpack the outer zip once.")
    raise _bad(path, "is not an X data archive: it has neither account.js nor manifest.js")


def _manifest(path: Path, guarded: GuardedZip, base: str) -> _Manifest | None:
    if f"{base}manifest.js" not in guarded:
        return None
    try:
        _name, value = parse_member(guarded.read(f"{base}manifest.js"))
    except ValueError as error:
        raise _bad(path, f"its manifest.js cannot be read: {_said(error)}") from None
    parts = [
        value.get(key) if isinstance(value, dict) else None
        for key in ("userInfo", "archiveInfo", "dataTypes")
    ]
    user, info, types = (part if isinstance(part, dict) else None for part in parts)
    if user is None or info is None or types is None:
        raise _bad(path, "its manifest.js is not a manifest")
    files: dict[str, _Listed] = {}
    for entry in types.values():
        for listed in _list(entry.get("files") if isinstance(entry, dict) else None):
            name = text(listed.get("fileName")) if isinstance(listed, dict) else None
            if name is not None:
                count = str(listed.get("count"))
                number = int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None
                files[name] = _Listed(number, text(listed.get("globalName")))
    is_partial = info.get("isPartialArchive")
    return _Manifest(user, instant(info.get("generationDate")), is_partial is not False, files)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _member(guarded: GuardedZip, base: str, spec: MemberSpec, manifest: _Manifest | None) -> Member:
    present = _named(guarded.names, base, spec)
    listed = {} if manifest is None else _named(manifest.files, "data/", spec)
    if not present:
        return Member(problem=_absent(spec, manifest, listed))
    if len({name.replace("_", "-") for name in present.values()}) < len(present):
        return Member(problem=f"{spec.name}.js is there twice", was_found=True)
    records: list[dict[str, Any]] = []
    problems: list[str] = []
    was_read = False
    for key, name in sorted(present.items()):
        known = None if manifest is None or key not in listed else manifest.files[listed[key]]
        found, problem = _records(guarded.read(name), spec, known, manifest is not None)
        if problem:
            problems.append(f"{name.removeprefix(base)} {problem}")
        was_read = was_read or found is not None
        records.extend(found or ())
    missing = sorted(listed[key] for key in listed.keys() - present.keys())
    problems += [f"{name.rpartition('/')[2]} is in the manifest but not in the archive" for name in missing]
    return Member(tuple(records), "; ".join(problems), True, was_read)


def _named(names: Any, base: str, spec: MemberSpec) -> dict[tuple[int, bool], str]:
    """Return the members of ``names`` that are ``spec``, by part number and spelling."""
    found: dict[tuple[int, bool], str] = {}
    for name in names:
        match = _MEMBER.fullmatch(name.removeprefix(base)) if name.startswith(base) else None
        if match and match["name"].replace("_", "-") == spec.name:
            found[int(match["part"] or 0), "_" in match["name"]] = name
    return found


def _absent(spec: MemberSpec, manifest: _Manifest | None, listed: Mapping[Any, str]) -> str:
    if manifest is None:
        return f"{spec.name}.js is absent, which may mean empty or taken out"
    if listed:
        return f"{spec.name}.js is in the manifest but not in the archive"
    return f"neither the archive nor its manifest has {spec.name}.js"


def _records(
    data: bytes, spec: MemberSpec, listed: _Listed | None, has_manifest: bool
) -> tuple[list[dict[str, Any]] | None, str]:
    """Return the unwrapped records (None: unreadable) and what is wrong, if anything."""
    try:
        name, value = parse_member(data)
    except ValueError as error:
        return None, f"cannot be read: {_said(error)}"
    if not isinstance(value, list):
        return None, "cannot be read: it is not a list"
    wrapped = [item.get(spec.wrapper) if isinstance(item, dict) else None for item in value]
    records = [record for record in wrapped if isinstance(record, dict)]
    if len(records) < len(value):
        return records, f"has {len(value) - len(records)} of {len(value)} records in an unknown shape"
    if not has_manifest:
        return records, ""
    if listed is None:
        return records, "is not in the manifest"
    if listed.count != len(value):
        said = "no number" if listed.count is None else str(listed.count)
        return records, f"holds {len(value)} records where the manifest says {said}: edited or cut short"
    if listed.global_name is not None and listed.global_name != name:
        return records, f"holds {name[:60]} where the manifest says {listed.global_name[:60]}"
    return records, ""


def _said(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at line {error.lineno}"
    return str(error)[:120]


def _whose(path: Path, manifest: _Manifest | None, member: Member) -> tuple[str, str | None, str | None]:
    record = member.records[0] if member.records else {}
    user = manifest.user if manifest else {}
    ids = {found for found in (text(record.get("accountId")), text(user.get("accountId"))) if found}
    if len(ids) > 1:
        raise _bad(path, "its manifest and its account.js name two different accounts")
    if not ids or not re.fullmatch(r"[0-9]{1,20}", native_id := ids.pop()):
        raise _bad(path, "does not say which account it is of")
    handle = text(record.get("username")) or text(user.get("userName"))
    name = text(record.get("accountDisplayName")) or text(user.get("displayName"))
    if handle is not None and not re.fullmatch(r"[A-Za-z0-9_]{1,15}", handle):
        handle = None
    return native_id, handle, name


def _generated_at(path: Path, guarded: GuardedZip, base: str, manifest: _Manifest | None) -> datetime:
    """Return when the archive was made; without a manifest, the earliest its name and dates allow."""
    if manifest is not None and manifest.generated_at is not None:
        return manifest.generated_at
    candidates: list[datetime] = []
    if named := _FILE_DATE.match(path.name):
        day = instant(named[1])
        candidates += [day] if day else []
    written = [guarded.written_at(name) for name in guarded.names if name.startswith(base)]
    dates = [date.replace(tzinfo=UTC) for date in written if date and date.year >= _OLDEST_ZIP_YEAR]
    if dates:
        newest = max(dates)
        candidates.append(datetime.combine(newest.date(), time(), UTC))
    if not candidates:
        raise _bad(path, "does not say when it was made")
    return min(candidates)
