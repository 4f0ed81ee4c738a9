"""Pictures kept with a case: a line in its timeline names the evidence, and the newest is found again there."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING

from auditor.app.impersonators.pictures import Looked, keep_picture, kept_picture
from auditor.errors import StoreError
from auditor.model.impersonation import Case, CaseEvent, CaseStep
from reports.dossier import FrozenPicture

if TYPE_CHECKING:
    from auditor.store import Store

_SMALL = 96
"""Pixels of the longer side in a report, where many stand."""
_COLOURS = 128


class Whose(StrEnum):
    """Whose picture a line of the timeline tells of."""

    OURS = "our picture"
    THEIRS = "the account's picture"


def keep_with_case(store: Store, case: Case, whose: Whose, looked: Looked, now: datetime) -> str:
    """Keep a picture and say so in the case's timeline, once; return its evidence id."""
    kept = keep_picture(store, looked, now)
    note(store, case, now, f"A picture was kept as evidence: {whose}.", evidence_id=kept)
    return kept


def tells_of(step: CaseEvent, whose: Whose) -> bool:
    """Whether a line of a timeline tells of a picture that was kept."""
    return step.step is CaseStep.NOTED and step.message.endswith(f": {whose}.")


def newest_picture(
    store: Store, timeline: Sequence[CaseEvent], whose: Whose, just_kept: str | None = None
) -> FrozenPicture | None:
    """Return the picture just kept, else the newest of the timeline that can still be read."""
    earlier = (step.evidence_id for step in reversed(timeline) if tells_of(step, whose))
    for evidence_id in filter(None, (just_kept, *earlier)):
        try:
            kept = kept_picture(store, evidence_id)
        except StoreError:
            continue
        if kept is not None:
            return kept
    return None


def small_pictures(store: Store, timelines: Mapping[str, Sequence[CaseEvent]]) -> dict[str, tuple[str, str]]:
    """Return case id to theirs and ours as small data: URIs, empty where none was kept; cases without any are left out."""
    found = {}
    for case_id, timeline in timelines.items():
        two = [newest_picture(store, timeline, whose) for whose in (Whose.THEIRS, Whose.OURS)]
        theirs, ours = (_data_uri(one) if one else "" for one in two)
        if theirs or ours:
            found[case_id] = (theirs, ours)
    return found


def note(
    store: Store, case: Case, now: datetime, message: str, *, actor: str = "", evidence_id: str | None = None
) -> None:
    """Add a line to the case's timeline, once for the same thing; anew where its evidence was removed since."""
    again = store.cases.times_forgotten(case.case_id) if evidence_id else 0
    words = f"{message}\x1f{evidence_id}" + (f"\x1f{again}" if again else "")
    told = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    step = CaseEvent(
        case_id=case.case_id,
        key=f"{case.case_id}:noted:{told}",
        at=now,
        step=CaseStep.NOTED,
        message=message,
        actor=actor,
        evidence_id=evidence_id,
    )
    store.cases.record([], [step])


def _data_uri(picture: FrozenPicture) -> str:
    from PIL import Image as Pictures

    written = BytesIO()
    with Pictures.open(BytesIO(picture.png), formats=("PNG",)) as opened:
        opened.thumbnail((_SMALL, _SMALL), Pictures.Resampling.LANCZOS)
        # A page holds a hundred of them.
        few = opened.quantize(_COLOURS, method=Pictures.Quantize.FASTOCTREE, dither=Pictures.Dither.NONE)
        few.save(written, "PNG", compress_level=9)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
