"""Cases as rows, and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from auditor.model.impersonation import (
    AccountStatus,
    Candidate,
    Case,
    CaseElement,
    CaseEvent,
    CaseState,
    CaseStep,
)

_INSTANTS = ("created_at", "observed_at", "avatar_seen_at")
_LISTS = ("links", "affiliations", "blank")
_COLUMNS = ("brand", "tier", "first_seen", "last_seen", "changed_at", "reason", "reference", "version")


def case_row(case: Case) -> dict[str, Any]:
    """Return a case as the table's columns."""
    return {name: getattr(case, name) for name in _COLUMNS} | {
        "case_id": case.case_id,
        "platform": case.candidate.platform,
        "account_id": case.candidate.id,
        "state": case.state.value,
        "expires": case.expires.isoformat() if case.expires else None,
        "details": {
            "candidate": candidate_json(case.candidate),
            "brand_account_id": case.brand_account_id,
            "also_like": list(case.also_like),
            "score": case.score,
            "elements": [_element_json(one) for one in case.elements],
            "suppressed_by": list(case.suppressed_by),
        },
    }


def case_of(row: Row[Any]) -> Case:
    """Return the case a row holds."""
    details = row.details
    return Case(
        case_id=row.case_id,
        candidate=candidate_of(details["candidate"]),
        brand_account_id=details["brand_account_id"],
        also_like=tuple(details["also_like"]),
        score=float(details["score"]),
        elements=tuple(_element_of(one) for one in details["elements"]),
        suppressed_by=tuple(details["suppressed_by"]),
        state=CaseState(row.state),
        expires=date.fromisoformat(row.expires) if row.expires else None,
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """Return an account as JSON: instants in ISO 8601, lists as arrays; what its sources said is evidence, and left out."""
    told = {field.name: getattr(candidate, field.name) for field in fields(Candidate) if field.name != "told"}
    for name in _INSTANTS:
        told[name] = told[name].isoformat() if told[name] else None
    for name in _LISTS:
        told[name] = list(told[name])
    return told | {"status": candidate.status.value}


def candidate_of(told: dict[str, Any]) -> Candidate:
    """Return the account that `candidate_json` told of."""
    known = {field.name for field in fields(Candidate)}
    values = {name: value for name, value in told.items() if name in known}
    for name in _INSTANTS:
        # What was kept before there was such a field does not have it.
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    for name in _LISTS:
        values[name] = tuple(values.get(name, ()))
    return Candidate(**values | {"status": AccountStatus(told["status"])})


def step_row(step: CaseEvent) -> dict[str, Any]:
    """Return a line of a timeline as the table's columns."""
    told = {field.name: getattr(step, field.name) for field in fields(CaseEvent)}
    return told | {"step": step.step.value, "before": dict(step.before), "after": dict(step.after)}


def step_of(row: Row[Any]) -> CaseEvent:
    """Return the line of a timeline that a row holds."""
    values = {field.name: getattr(row, field.name) for field in fields(CaseEvent)}
    return CaseEvent(**values | {"step": CaseStep(row.step)})


def _element_json(element: CaseElement) -> dict[str, Any]:
    return {
        "kind": element.kind,
        "strength": element.strength,
        "sentence": element.sentence,
        "values": dict(element.values),
        "code_points": list(element.code_points),
    }


def _element_of(told: dict[str, Any]) -> CaseElement:
    return CaseElement(**told | {"code_points": tuple(told["code_points"])})
