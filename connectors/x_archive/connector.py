"""The ``x-archive`` connector: what an account owner's own X data archive proves.

The archive shows what no API of X does: connected apps, logins, devices, single sign-on, the
recovery address. Delegates and most second factors are not in it; those stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact, platform_id
from connectors.base import (
    Check,
    CheckState,
    ConnectionSettings,
    Context,
    Scope,
    Sight,
    coverage_for,
    unresolved_account_id,
)
from connectors.x_archive.facts import PLATFORM, ArchiveFacts
from connectors.x_archive.members import MEMBERS, REQUEST_AGAIN, Archive, read_archive
from connectors.x_archive.words import KEPT_FIELDS

ATTEST_DELEGATES = "Attest the delegates: auditor attest new x-delegates."
ATTEST_MFA = "Attest the second factor: auditor attest new mfa."
_SHOWN = (FactKind.ACCOUNTS, FactKind.APPS, FactKind.LOGINS, FactKind.RECOVERY)
_NOT_SHOWN = (
    (FactKind.GRANTS, "no member of an X archive lists delegates", ATTEST_DELEGATES),
    (FactKind.PRINCIPALS, "no member of an X archive lists delegates", ATTEST_DELEGATES),
    (FactKind.MFA_REQUIRED, "X does not say whether delegates must use a second factor", ATTEST_MFA),
    (FactKind.LAST_USED, "an X archive does not say when an app was last used", "Ask the app's owner."),
)
_ALWAYS_AHEAD = timedelta(days=1)
"""How far a generation date may lie in the future: clocks and zones differ."""


class XArchiveSettings(ConnectionSettings):
    """Settings of an ``x-archive`` connection."""

    connector: Literal["x-archive"] = "x-archive"
    path: str = Field(min_length=1)
    """A zip, or a folder of zips: of each account the newest is read."""
    max_age_days: int = Field(default=90, ge=1, le=3660)
    account: str | None = Field(default=None, pattern=r"^@?[A-Za-z0-9_]{1,20}$")
    """Handle or id the archive must be of."""


class XArchiveConnector:
    """Reads X data archives."""

    name: ClassVar[str] = "x-archive"
    summary: ClassVar[str] = "X data archive (zip): connected apps, logins, devices, recovery address"
    platforms: ClassVar[tuple[str, ...]] = (PLATFORM,)
    settings_model: ClassVar[type[ConnectionSettings]] = XArchiveSettings
    scopes: ClassVar[tuple[Scope, ...]] = ()
    kept_fields: ClassVar[Mapping[str, frozenset[str]]] = KEPT_FIELDS
    sees: ClassVar[tuple[Sight, ...]] = (
        *(Sight(fact, can=True) for fact in _SHOWN),
        Sight(FactKind.MFA, can=False, remedy=f"Only an SMS phone shows. {ATTEST_MFA}"),
        *(Sight(fact, can=False, remedy=remedy) for fact, _reason, remedy in _NOT_SHOWN),
    )
    reads_estate: ClassVar[bool] = False

    def roots(self, settings: XArchiveSettings) -> tuple[Fact, ...]:
        """Return the account the settings name, if they name one."""
        if settings.account is None:
            return ()
        named = settings.account.lstrip("@")
        return (
            Account(
                source=settings.id,
                observed_at=datetime.fromtimestamp(0, UTC),
                account_id=platform_id(PLATFORM, named)
                if _is_id(settings.account)
                else unresolved_account_id(PLATFORM, named),
                platform=PLATFORM,
                kind="profile",
                handle=None if _is_id(settings.account) else named,
            ),
        )

    def check(self, settings: XArchiveSettings, context: Context) -> Iterator[Check]:
        """Say of each archive whose it is, how old it is, and what is wrong with it."""
        try:
            archives, broken = _archives(settings, context)
        except ConnectorError as error:
            yield Check(CheckState.BAD, settings.id, error.message, error.remedy)
            return
        for lost in broken:
            yield Check(CheckState.BAD, settings.id, lost.message, lost.remedy)
        for archive in archives:
            shown = f"archive of @{archive.handle or archive.native_id}, made {archive.generated_at:%Y-%m-%d}"
            problems = _problems(archive)
            if context.clock() > _valid_until(archive, settings):
                message = f"{shown}: older than {settings.max_age_days} days."
                yield Check(CheckState.WARNING, settings.id, message, REQUEST_AGAIN)
            elif problems:
                yield Check(CheckState.WARNING, settings.id, f"{shown}: {problems[0]}.", REQUEST_AGAIN)
            else:
                yield Check(CheckState.GOOD, settings.id, f"{shown}: complete.")

    def collect(self, settings: XArchiveSettings, context: Context) -> Iterator[Fact]:
        """Yield what the archives prove, and coverage that says how far that reaches.

        Raises:
            ConnectorError: no archive can be read; or, after the facts of the good ones, some
                could not.

        """
        archives, broken = _archives(settings, context)
        for archive in archives:
            context.progress(f"archive of @{archive.handle or archive.native_id}")
            reader = ArchiveFacts(archive, settings.id, _valid_until(archive, settings), context)
            yield from reader.facts()
            yield from _coverage(reader, settings, context.clock())
        if broken:
            more = f" ({len(broken) - 1} more archives could not be read either.)" if len(broken) > 1 else ""
            raise ConnectorError(f"{broken[0].message}{more}", kind=broken[0].kind, remedy=broken[0].remedy)


def _archives(settings: XArchiveSettings, context: Context) -> tuple[list[Archive], list[ConnectorError]]:
    """Return the newest archive of each account, and the errors of the zips that cannot be read."""
    path = context.base_dir / Path(settings.path).expanduser()
    found: list[Archive] = []
    broken: list[ConnectorError] = []
    for file in _files(path):
        try:
            archive = read_archive(file)
            if archive.generated_at > context.clock() + _ALWAYS_AHEAD:
                raise _bad(
                    f"{file}: says it was made on {archive.generated_at:%Y-%m-%d}, which is yet to come."
                )
            found.append(archive)
        except ConnectorError as error:
            if path == file:
                raise
            broken.append(error)
    if settings.account is not None:
        found = _expected(found, settings.account, path, broken)
    newest: dict[str, Archive] = {}
    for archive in sorted(found, key=lambda one: (one.generated_at, not one.is_partial, _read_members(one))):
        newest[archive.native_id] = archive
    if not newest and broken:
        raise broken[0]
    return list(newest.values()), broken


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(
            file for file in path.iterdir() if file.suffix.lower() == ".zip" and not file.name.startswith(".")
        )
    except OSError as error:
        raise _bad(f"{path}: cannot be read: {error.strerror}.") from None
    if not files:
        raise ConnectorError(
            f"{path}: holds no zip.", kind=FailureKind.NOT_FOUND, remedy=f"{REQUEST_AGAIN} Put the zip there."
        )
    return files


def _expected(found: list[Archive], account: str, path: Path, broken: list[ConnectorError]) -> list[Archive]:
    wanted = account.lstrip("@").casefold()
    matching = [one for one in found if wanted in (one.native_id, (one.handle or "").casefold())]
    if matching or (broken and not found):
        return matching
    others = ", ".join(sorted(f"@{one.handle or one.native_id}"[:40] for one in found)[:5])
    raise _bad(
        f"{path}: is an archive of {others}, not of {account}.", "Give the archive of the account named."
    )


def _read_members(archive: Archive) -> int:
    return sum(member.was_read for member in archive.members.values())


def _is_id(account: str) -> bool:
    return account.isdigit()


def _bad(message: str, remedy: str = REQUEST_AGAIN) -> ConnectorError:
    return ConnectorError(message, kind=FailureKind.BAD_INPUT, remedy=remedy)


def _valid_until(archive: Archive, settings: XArchiveSettings) -> datetime:
    return archive.generated_at + timedelta(days=settings.max_age_days)


def _problems(archive: Archive, fact: FactKind | None = None) -> list[str]:
    """Return why the facts of kind ``fact`` (None: any) may not be all there are."""
    found = ["it is one part of an archive delivered in several"] if archive.is_partial else []
    if not archive.has_manifest:
        # The layout of 2019 never had one; a newer archive without one has lost it. Either way
        # nothing says how many records there should be.
        found.append("the archive has no manifest to count its records against")
    return found + [
        archive.members[spec.name].problem
        for spec in MEMBERS
        if (fact is None or fact in spec.facts) and archive.members[spec.name].problem
    ]


def _coverage(reader: ArchiveFacts, settings: XArchiveSettings, now: datetime) -> Iterator[Coverage]:
    archive = reader.archive
    for fact in _SHOWN:
        state, reason = _state(archive, fact)
        remedy = "" if state is CoverageState.OBSERVED else REQUEST_AGAIN
        yield from _say(reader, settings, now, fact, state, reason, remedy)
    yield from _mfa_coverage(reader, settings, now)
    for fact, reason, remedy in _NOT_SHOWN:
        yield from _say(reader, settings, now, fact, CoverageState.NOT_EXPOSED, reason, remedy)


def _state(archive: Archive, fact: FactKind) -> tuple[CoverageState, str]:
    problems = _problems(archive, fact)
    if fact is FactKind.RECOVERY and not any(
        record.get("email") for record in archive.members["account"].records
    ):
        problems.append("account.js names no e-mail address")
    if not problems:
        return CoverageState.OBSERVED, ""
    members = [archive.members[spec.name] for spec in MEMBERS if fact in spec.facts]
    failed = any(member.was_found for member in members) and not any(member.was_read for member in members)
    return (CoverageState.FAILED if failed else CoverageState.PARTIAL), "; ".join(problems)


def _mfa_coverage(reader: ArchiveFacts, settings: XArchiveSettings, now: datetime) -> Iterator[Coverage]:
    phones = reader.second_factor_phones
    since = min((date for date in phones if date), default=None)
    if phones:
        state = CoverageState.PARTIAL
        reason = (
            f"an SMS second-factor phone is or was enrolled{f' since {since:%Y-%m-%d}' if since else ''}; "
            "authenticator apps and security keys are not in an X archive"
        )
    else:
        state = CoverageState.NOT_EXPOSED
        reason = "an X archive shows no second factor but an SMS phone, and its absence proves nothing"
    reason = "; ".join([reason, *_problems(reader.archive, FactKind.MFA)])
    yield from _say(reader, settings, now, FactKind.MFA, state, reason, ATTEST_MFA)


def _say(
    reader: ArchiveFacts,
    settings: XArchiveSettings,
    now: datetime,
    fact: FactKind,
    state: CoverageState,
    reason: str,
    remedy: str,
) -> Iterator[Coverage]:
    archive = reader.archive
    if state in (CoverageState.OBSERVED, CoverageState.PARTIAL) and now > reader.valid_until:
        age = (
            f"the archive was made on {archive.generated_at:%Y-%m-%d}, over {settings.max_age_days} days ago"
        )
        state, reason, remedy = CoverageState.STALE, "; ".join(filter(None, [age, reason])), REQUEST_AGAIN
    lapses = state in (CoverageState.OBSERVED, CoverageState.PARTIAL)
    for coverage in coverage_for(
        settings, reader.account_id, (fact,), state, at=archive.generated_at, reason=reason, remedy=remedy
    ):
        yield replace(coverage, valid_until=reader.valid_until if lapses else None)
