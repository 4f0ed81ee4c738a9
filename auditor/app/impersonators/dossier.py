"""The dossier of a case: what is known is frozen as evidence first, and then written as PDF and zip."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.app.impersonators.case_pictures import Whose, keep_with_case, newest_picture, note, tells_of
from auditor.app.impersonators.desk import find_case
from auditor.app.impersonators.forgetting import removed_by
from auditor.app.impersonators.pictures import likeness, look_at, pictured
from auditor.app.impersonators.protected import protected
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.errors import AuditorError, StoreError
from auditor.model.impersonation import Case, CaseEvent, CaseStep, ProtectedProfile
from auditor.store.case_rows import candidate_json
from auditor.store.text import canonical_json
from connectors.avatars import PictureHosts
from reports.dossier import Dossier, FrozenRecord, Side
from reports.dossier_pdf import dossier_pdf
from reports.dossier_zip import write_zip

if TYPE_CHECKING:
    from auditor.store import Store

RECORD = "case:account"
"""Kind of the evidence that holds an account as its source told of it."""
_TOLD = "The account as its source told of it"
_NOT_FETCHED = "No picture was fetched for this dossier."
_UNREADABLE = "It was kept and can no longer be read."
_COLUMNS = ("account_id", "url", "created_at", "followers", "verified", "evidence_id")


@dataclass(frozen=True, slots=True)
class Written:
    """Where a dossier went."""

    pdf: Path
    zip: Path
    zip_sha256: str
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for."""

    case: str
    """The beginning of a case's id."""
    by: str
    approved_by: str = ""
    hosts: PictureHosts | None = None
    """Where pictures may be fetched; None: none is, and those kept before are used."""


def write_dossier(workspace: Workspace, store: Store, order: Order, out: Path) -> Written:
    """Freeze what is known of a case, and write its dossier into the folder ``out``.

    Raises:
        UsageError: there is no such case.
        AuditorError: the PDF cannot be drawn, or the disk refuses.

    """
    dossier = freeze(workspace, store, order)
    stem = f"dossier-{dossier.case.case_id}"
    drawn = dossier_pdf(dossier)
    pdf, archive = out / f"{stem}.pdf", out / f"{stem}.zip"
    digest = write_zip(dossier, drawn, archive)
    from reports.files import whole_binary_file

    with whole_binary_file(pdf) as file:
        file.write(drawn)
    return Written(pdf, archive, digest, dossier.gaps)


def freeze(workspace: Workspace, store: Store, order: Order) -> Dossier:
    """Return the dossier; its account and pictures are evidence in the store from now on.

    Raises:
        UsageError: there is no such case.
        StoreError: the store cannot be read or written.

    """
    case = find_case(store, order.case)
    now = workspace.clock()
    profiles = _profiles(workspace, store)
    profile = _profile(case, profiles)
    shown = pictured(profile, profiles) or profile
    _freeze_account(store, case, now)
    candidate = case.candidate
    seen = _look(store, order, case, Whose.THEIRS, (candidate.platform, candidate.avatar_url), now)
    seen_ours = _look(store, order, case, Whose.OURS, (shown.platform, shown.avatar_url), now)
    if order.approved_by:
        note(store, case, now, f"Approved for reporting by {order.approved_by}.", actor=order.by)
    timeline = store.cases.timeline([case.case_id])
    ours, own_record = _own_side(store, case, profile)
    ours = _pictured(ours, store, timeline, Whose.OURS, seen_ours)
    theirs = _pictured(_their_side(case), store, timeline, Whose.THEIRS, seen)
    records, gaps = _records(store, case, timeline, own_record)
    gaps += [f"{what}: {side.no_picture}" for what, side in (("The account's picture", theirs), ("Our picture", ours))
             if side.picture is None]  # fmt: skip
    if theirs.picture and candidate.avatar_url not in ("", theirs.picture.url):
        day = theirs.picture.seen_at.date().isoformat()
        gaps.append(f"The picture the account has by now: {seen.why_not} The one shown was seen on {day}.")
    threshold = 2 * workspace.config.impersonators.thresholds.image_distance
    return Dossier(
        organization=workspace.config.organization.name,
        timezone=workspace.config.organization.timezone,
        made_at=now,
        made_by=order.by,
        approved_by=order.approved_by or _approved(timeline),
        tool_version=__version__,
        case=case,
        timeline=timeline,
        ours=ours,
        theirs=theirs,
        website=next(iter(profile.domains), ""),
        looks=likeness(ours.picture, theirs.picture, threshold) if ours.picture and theirs.picture else "",
        records=tuple(records),
        gaps=tuple(gaps),
    )


def _profiles(workspace: Workspace, store: Store) -> Sequence[ProtectedProfile]:
    try:
        return protected(workspace, store).profiles
    except StoreError:
        raise
    except AuditorError:
        return ()


def _profile(case: Case, profiles: Sequence[ProtectedProfile]) -> ProtectedProfile:
    """Return what of ours the case is like; where that is gone, what the case remembers."""
    named = sorted(
        (one for one in profiles if one.key == case.brand),
        key=lambda one: one.account_id != case.brand_account_id,
    )
    return next(iter(named), ProtectedProfile(key=case.brand, name=case.brand))


def _freeze_account(store: Store, case: Case, now: datetime) -> None:
    account = {"platform": case.candidate.platform, "account": candidate_json(case.candidate)}
    kept = store.keep_evidence(account, RECORD)
    note(store, case, now, "The account as last seen was kept as evidence.", evidence_id=kept)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of looking at a picture now."""

    evidence_id: str | None = None
    why_not: str = ""


def _look(store: Store, order: Order, case: Case, whose: Whose, at: tuple[str, str], now: datetime) -> _Seen:
    """Fetch a picture and keep it with the case."""
    if order.hosts is None:
        return _Seen(why_not=_NOT_FETCHED)
    looked = look_at(order.hosts, *at)
    if isinstance(looked, str):
        return _Seen(why_not=looked)
    return _Seen(keep_with_case(store, case, whose, looked, now))


def _approved(timeline: Sequence[CaseEvent]) -> str:
    said = "Approved for reporting by "
    found = (step.message for step in reversed(timeline) if step.step is CaseStep.NOTED)
    return next((text.removeprefix(said).removesuffix(".") for text in found if text.startswith(said)), "")


def _pictured(side: Side, store: Store, timeline: Sequence[CaseEvent], whose: Whose, seen: _Seen) -> Side:
    """Return ``side`` with the picture just seen; where there is none, the newest that was kept with the case."""
    kept = newest_picture(store, timeline, whose, seen.evidence_id)
    return replace(
        side,
        picture=kept,
        no_picture="" if kept else _removed(timeline, whose) or seen.why_not or _UNREADABLE,
    )


def _removed(timeline: Sequence[CaseEvent], whose: Whose) -> str:
    """Return that a picture was kept and removed since, as a sentence; empty: it was not."""
    removed = removed_by(timeline)
    found = [
        removed[one.evidence_id] for one in timeline if one.evidence_id in removed and tells_of(one, whose)
    ]
    return f"It was kept, and removed from the store on {found[-1].at.date().isoformat()}." if found else ""


def _own_side(store: Store, case: Case, profile: ProtectedProfile) -> tuple[Side, str | None]:
    """Return our account beside theirs, and the evidence id of its raw record."""
    side = Side(
        id=(profile.account_id or "").partition(":")[2],
        handle=profile.handle,
        name=profile.name or case.brand,
        bio=profile.bio,
    )
    newest = next(iter(store.snapshots(1)), None)
    if newest is None or profile.account_id is None:
        return side, None
    frame = store.frames(newest.id, ["accounts"], columns=_COLUMNS)["accounts"]
    evidence_id = None
    for row in rows(frame[frame["account_id"] == profile.account_id]):
        evidence_id = evidence_id or row.text("evidence_id")
        verified = row.flag("verified")
        side = replace(
            side,
            url=side.url or row.text("url") or "",
            created_at=side.created_at or row.instant("created_at"),
            followers=row.number("followers") if side.followers is None else side.followers,
            verified=side.verified or {True: "yes", False: "no", None: ""}[verified],
        )
    return side, evidence_id


def _their_side(case: Case) -> Side:
    told = case.candidate
    return Side(
        id=told.id,
        handle=told.handle,
        name=told.name,
        bio=told.bio,
        url=told.url,
        links=told.links,
        location=told.location,
        created_at=told.created_at,
        followers=told.followers,
        following=told.following,
        posts=told.posts,
        verified=told.check_mark,
    )


def _records(
    store: Store, case: Case, timeline: Sequence[CaseEvent], own_record: str | None
) -> tuple[list[FrozenRecord], list[str]]:
    """Return the raw records, and a sentence for each that is not there any more."""
    wanted = {own_record: "Our account as the platform told of it"} if own_record else {}
    # A record shows what it was kept for: the newest one of an account that is gone is its platform's answer.
    steps: dict[str, str] = {}
    for step in timeline:
        if step.evidence_id:
            told = _TOLD if step.step is CaseStep.FOUND else step.message.rstrip(".")
            steps.setdefault(step.evidence_id, told)
    if case.candidate.evidence_id:
        wanted[case.candidate.evidence_id] = steps.get(case.candidate.evidence_id, _TOLD)
    for evidence_id, message in steps.items():
        wanted.setdefault(evidence_id, message)
    found: list[FrozenRecord] = []
    gaps: list[str] = []
    removed = removed_by(timeline)
    for evidence_id, what in wanted.items():
        try:
            kept = store.evidence(evidence_id)
        except StoreError as error:
            line = removed.get(evidence_id)
            by = f" by {line.actor}" if line and line.actor else ""
            gone = (
                f"removed on {line.at.date().isoformat()}{by}; its SHA-256 was {evidence_id}." if line else ""
            )
            gaps.append(f"{what}: {gone or error.message}")
            continue
        content = canonical_json(kept.record)
        if hashlib.sha256(content).hexdigest() != evidence_id:
            gaps.append(f"{what}: its bytes could not be written as they were kept.")
            continue
        found.append(FrozenRecord(id=evidence_id, what=what, first_seen=kept.first_seen, content=content))
    return found, gaps
