"""What people do with cases: list them, look at one whole, watch, report, dismiss with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.impersonation import Case, CaseEvent, CaseState, CaseStep
from auditor.store.case_rows import candidate_json

if TYPE_CHECKING:
    from auditor.store import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided of a case."""

    state: CaseState
    actor: str
    """Who."""
    reason: str = ""
    expires: date | None = None
    reference: str = ""
    """The platform's number of our report."""


_STEPS = {
    CaseState.WATCHING: CaseStep.WATCHED,
    CaseState.REPORTED: CaseStep.REPORTED,
    CaseState.DISMISSED: CaseStep.DISMISSED,
}
_ORDER = (CaseState.REOPENED, CaseState.NEW, CaseState.REPORTED, CaseState.WATCHING)


def listed(cases: Sequence[Case], *, everything: bool = False) -> list[Case]:
    """Return the open cases, or all, those to be looked at first first."""
    shown = [case for case in cases if everything or case.state.is_open]
    return sorted(shown, key=lambda case: (not case.state.is_open, not case.is_likely, bool(case.suppressed_by),
                                           -case.score, _place(case.state), case.case_id))  # fmt: skip


def find_case(store: Store, prefix: str) -> Case:
    """Return the one case whose id begins so.

    Raises:
        UsageError: there is none, or more than one.

    """
    found = store.cases.find(prefix) if prefix.strip() else ()
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(case.case_id for case in found[:5])
        raise UsageError(f"several cases begin with {prefix!r}: {ids}.", remedy="Write more of the id.")
    raise UsageError(
        f"there is no case {prefix!r}.", remedy="See 'auditor impersonators list --all' for the ids."
    )


def decide(workspace: Workspace, store: Store, prefix: str, decision: Decision) -> Case:
    """Keep a decision with the case's timeline; return the case as it is now.

    Raises:
        UsageError: there is no such case; the platform has removed it; the decision lacks its reason, or is
            to hold in the past or too long.
        CaseOvertaken: somebody else has changed it meanwhile.

    """
    case = find_case(store, prefix)
    _check(workspace, case, decision)
    now = workspace.clock()
    changed = replace(
        case,
        state=decision.state,
        changed_at=now,
        reason=decision.reason,
        expires=decision.expires,
        reference=decision.reference or case.reference,
    )
    message = _words(decision)
    digest = hashlib.sha256(message.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    step = CaseEvent(
        case_id=case.case_id,
        key=f"{case.case_id}:{case.version}:{decision.state}:{digest}",
        at=now,
        step=_STEPS[decision.state],
        message=message,
        actor=decision.actor,
        before={"state": case.state.value},
        after={"state": decision.state.value},
        evidence_id=case.candidate.evidence_id,
    )
    store.cases.record([changed], [step])
    return replace(changed, version=case.version + 1)


def last_day(workspace: Workspace, days: int) -> date:
    """Return the last day of a dismissal of ``days`` days."""
    return today_of(workspace) + timedelta(days=days)


def today_of(workspace: Workspace) -> date:
    """Return the day in the organisation's time zone."""
    return workspace.clock().astimezone(workspace.config.organization.zone).date()


def case_json(case: Case, timeline: Sequence[CaseEvent] | None = None) -> dict[str, Any]:
    """Return a case as commands print it in JSON."""
    told: dict[str, Any] = {
        "case": case.case_id,
        "state": case.state.value,
        "tier": case.tier,
        "likely": case.is_likely,
        "score": case.score,
        "brand": case.brand,
        "brand_account_id": case.brand_account_id,
        "also_like": list(case.also_like),
        "account": candidate_json(case.candidate),
        "elements": [
            {"element": one.kind, "strength": one.strength, "sentence": one.sentence,
             "values": dict(one.values), "code_points": list(one.code_points)}
            for one in case.elements
        ],
        "suppressed_by": list(case.suppressed_by),
        "first_seen": case.first_seen.isoformat(),
        "last_seen": case.last_seen.isoformat(),
        "changed_at": case.changed_at.isoformat(),
        "reason": case.reason,
        "expires": case.expires.isoformat() if case.expires else None,
        "reference": case.reference,
    }  # fmt: skip
    if timeline is not None:
        told["timeline"] = [
            {"at": one.at.isoformat(), "step": one.step.value, "message": one.message, "actor": one.actor}
            for one in timeline
        ]
    return told


def _place(state: CaseState) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _check(workspace: Workspace, case: Case, decision: Decision) -> None:
    if case.state is CaseState.REMOVED:
        raise UsageError(
            f"the platform says that the account of case {case.case_id} is not there any more.",
            remedy="Nothing need be done; if it comes back, the case is opened again.",
        )
    if decision.state is not CaseState.DISMISSED:
        return
    if not decision.reason.strip():
        raise UsageError("a dismissal needs a reason.", remedy="Write --reason '...'.")
    if decision.expires is None:
        raise UsageError("a dismissal needs a last day.", remedy="Write --until 2027-03-31, or --days 90.")
    today, most = today_of(workspace), workspace.config.impersonators.dismiss_max_days
    if not today <= decision.expires <= today + timedelta(days=most):
        raise UsageError(
            f"a dismissal lasts until a day between {today} and {today + timedelta(days=most)}.",
            remedy="Choose a nearer day, or set impersonators.dismiss_max_days.",
        )


def _words(decision: Decision) -> str:
    reason = f": {decision.reason.rstrip('.')}" if decision.reason else ""
    if decision.state is CaseState.DISMISSED:
        return f"Dismissed until {decision.expires}{reason}."
    if decision.state is CaseState.REPORTED:
        return f"Reported to the platform{f' as {decision.reference}' if decision.reference else ''}{reason}."
    return f"Watched{reason}."
