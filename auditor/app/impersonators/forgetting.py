"""Removing the evidence of a case, where a law on retention or a decision asks for it.

Raw records and pictures go; the case, its timeline and the hashes stay, and say who removed what, when and why.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.app.impersonators.case_words import name_of
from auditor.app.impersonators.desk import find_case
from auditor.app.impersonators.pictures import KIND as PICTURE
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.impersonation import Case, CaseEvent, CaseStep
from auditor.store.case_evidence import CaseEvidence
from reports.text import plural

if TYPE_CHECKING:
    from auditor.store import Store


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What would be removed of a case, and what would not."""

    case: Case
    removed: tuple[CaseEvidence, ...]
    shared: tuple[CaseEvidence, ...]
    """Stays, because another case or a snapshot refers to it."""

    @property
    def words(self) -> str:
        """What would be removed, such as ``2 raw records and 1 picture``."""
        return counted(self.removed)


def plan(store: Store, prefix: str, *, force: bool = False) -> Forgetting:
    """Return what can be removed of the one case whose id begins so.

    Raises:
        UsageError: there is no such case, or it is open and ``force`` is not given.

    """
    case = find_case(store, prefix)
    if case.state.is_open and not force:
        raise UsageError(
            f"the case {case.case_id} is open, and its evidence may be needed.",
            remedy="Dismiss it, or wait until its platform has removed the account; or say --force.",
        )
    kept = store.cases.evidence(case)
    return Forgetting(
        case, tuple(one for one in kept if not one.shared), tuple(one for one in kept if one.shared)
    )


def forget(workspace: Workspace, store: Store, planned: Forgetting, *, reason: str, actor: str) -> None:
    """Remove what was planned, for good.

    Raises:
        UsageError: no reason is given, or there is nothing to remove.
        CaseOvertaken: the case or its evidence has changed since; nothing is removed.

    """
    if not reason.strip():
        raise UsageError("removing evidence needs a reason.", remedy="Write --reason '...'.")
    if not planned.removed:
        raise UsageError(f"there is no evidence to remove of the case {planned.case.case_id}.")
    now, case = workspace.clock(), planned.case
    why = reason.strip().rstrip(".")
    ids = sorted(one.id for one in planned.removed)
    mark = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:16]
    # What others refer to as well is let go of, so that the last of them can remove it.
    told = {one.id: "removed" for one in planned.removed} | {one.id: "let go" for one in planned.shared}
    step = CaseEvent(
        case_id=case.case_id,
        key=f"{case.case_id}:{case.version}:{CaseStep.FORGOTTEN}:{mark}",
        at=now,
        step=CaseStep.FORGOTTEN,
        message=f"Removed from the store: {planned.words}. Why: {why}.",
        actor=actor,
        before=told,
    )
    event = Event(
        key=f"{EventKind.IMPERSONATOR_FORGOTTEN}:{case.case_id}:{case.version}:{mark}",
        kind=EventKind.IMPERSONATOR_FORGOTTEN,
        at=now,
        severity=Severity.INFO,
        message=f"{planned.words.capitalize()} of {name_of(case)[:1].lower()}{name_of(case)[1:]} were removed: {why}",
        platform=case.candidate.platform or None,
        account_id=case.brand_account_id,
        subject_id=case.case_id,
        actor=actor,
        before={"evidence": ids},
    )
    store.cases.forget(case, planned.removed, step, event)


def removed_by(timeline: Sequence[CaseEvent]) -> dict[str, CaseEvent]:
    """Return evidence id to the line of the timeline that tells of its removal, the last one."""
    lines = (step for step in timeline if step.step is CaseStep.FORGOTTEN)
    return {evidence_id: step for step in lines for evidence_id in step.before}


def counted(listed: Sequence[CaseEvidence]) -> str:
    """Return how many records and pictures there are."""
    counts = Counter(one.kind == PICTURE for one in listed)
    said = [
        plural(count, what)
        for count, what in ((counts[False], "raw record"), (counts[True], "picture"))
        if count
    ]
    return " and ".join(said) or "nothing"
