"""Cases of impersonation as a report shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.impersonators.case_pictures import small_pictures
from auditor.app.impersonators.desk import listed
from auditor.app.impersonators.scan_note import NOTE
from auditor.app.rows import Row, rows
from auditor.app.workspace import Workspace
from auditor.model.impersonation import Candidate, Case, CaseEvent
from reports.impersonator_words import next_step, not_known
from reports.impersonators import (
    CaseElementShown,
    CaseStepShown,
    Impersonation,
    ImpersonatorCase,
    Shown,
    SourceShown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.store import Store

_COLUMNS = ("account_id", "handle", "name", "bio", "url", "created_at", "followers")
_ASCII = 127
_PICTURED = 50
"""Cases that a report shows at full length, and so with pictures."""


def impersonation_of(workspace: Workspace, store: Store, snapshot_id: str) -> Impersonation | None:
    """Return all cases and what the last scan came to; None where nobody looks and nothing was found.

    Args:
        workspace: says whether anybody looks.
        store: holds cases and the note of the last scan.
        snapshot_id: where our accounts are read from, to stand beside those that pose as them.

    Raises:
        StoreError: the store cannot be read.

    """
    cases = listed(store.cases.all(), everything=True)
    if not cases and not workspace.config.impersonators.sources:
        return None
    steps: defaultdict[str, list[CaseEvent]] = defaultdict(list)
    for step in store.cases.timeline([case.case_id for case in cases]):
        steps[step.case_id].append(step)
    frame = store.frames(snapshot_id, ["accounts"], columns=_COLUMNS)["accounts"]
    ours: dict[str, Shown] = {}
    for row in rows(frame):
        account_id = row.text("account_id") or ""
        ours[account_id] = _fuller(ours.get(account_id), _ours(row))
    told = store.notes.read(NOTE)
    last: Mapping[str, Any] = told if isinstance(told, dict) else {}
    return Impersonation(
        cases=tuple(_shown(case, steps[case.case_id], ours) for case in cases),
        scanned_at=datetime.fromisoformat(last["at"]) if last else None,
        compared=last.get("compared", 0),
        protected=last.get("protected", 0),
        pictures=small_pictures(store, {case.case_id: steps[case.case_id] for case in cases[:_PICTURED]}),
        sources=tuple(
            SourceShown(**{**one, "blind_to": tuple(one["blind_to"])}) for one in last.get("sources", ())
        ),
    )


def advice(case: Case) -> tuple[str, tuple[str, ...]]:
    """Return what a person does next with a case, as sentences, and what of its account nobody has told."""
    shown = _shown(case, (), {})
    return next_step(shown), not_known(shown, (case.candidate.avatar_hash, ""))


def _shown(case: Case, steps: Sequence[CaseEvent], accounts: Mapping[str, Shown]) -> ImpersonatorCase:
    account = accounts.get(case.brand_account_id or "")
    return ImpersonatorCase(
        case_id=case.case_id,
        state=case.state,
        tier=case.tier,
        likely=case.is_likely,
        score=case.score,
        platform=case.candidate.platform,
        native_id=case.candidate.id,
        status=case.candidate.status.value,
        picture_unseen=case.candidate.avatar_unseen,
        picture_seen_at=case.candidate.avatar_seen_at,
        account=_candidate(case.candidate),
        brand=case.brand,
        brand_account_id=case.brand_account_id,
        ours=account,
        also_like=case.also_like,
        elements=tuple(
            CaseElementShown(
                element=one.kind, strength=one.strength, sentence=one.sentence, code_points=one.code_points
            )
            for one in case.elements
        ),
        suppressed_by=case.suppressed_by,
        first_seen=case.first_seen,
        last_seen=case.last_seen,
        reason=case.reason,
        expires=case.expires,
        reference=case.reference,
        timeline=tuple(
            CaseStepShown(at=one.at, step=one.step.value, message=one.message, by=one.actor) for one in steps
        ),
    )


def _candidate(candidate: Candidate) -> Shown:
    return Shown(
        handle=candidate.handle,
        name=candidate.name,
        # A platform that says there is none is another thing than a source that tells no bio.
        bio=candidate.bio or ("" if "bio" in candidate.blank else None),
        url=candidate.url,
        created_at=candidate.created_at,
        followers=candidate.followers,
        code_points=tuple(f"U+{ord(char):04X}" for char in candidate.name if ord(char) > _ASCII),
    )


def _ours(row: Row) -> Shown:
    return Shown(
        handle=(row.text("handle") or "").removeprefix("@"),
        name=row.text("name") or "",
        bio=row.text("bio"),
        url=row.text("url") or "",
        created_at=row.instant("created_at"),
        followers=row.number("followers"),
    )


def _fuller(one: Shown | None, other: Shown) -> Shown:
    """Return what two sources told of one account of ours; of two answers the first."""
    if one is None:
        return other
    return replace(
        one,
        handle=one.handle or other.handle,
        name=one.name or other.name,
        bio=one.bio or other.bio,
        url=one.url or other.url,
        created_at=one.created_at or other.created_at,
        followers=other.followers if one.followers is None else one.followers,
    )
