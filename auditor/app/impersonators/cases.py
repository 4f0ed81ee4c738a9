"""How a case goes on when its account is seen again: pure, so that the same sighting makes nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from auditor.app.impersonators.case_words import (
    FIELDS,
    changed_words,
    name_of,
    sentence,
    short_why,
    unseen_picture,
)
from auditor.lookalikes import Tier, Verdict
from auditor.lookalikes.brand import Role
from auditor.lookalikes.elements import ElementKind
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.impersonation import (
    AccountStatus,
    Candidate,
    Case,
    CaseElement,
    CaseEvent,
    CaseState,
    CaseStep,
    ProtectedProfile,
    case_id_of,
)

_OURS = "It is in our inventory, or carries the badge of one of our accounts."
ProfileKey = tuple[str, str]
"""Platform (empty: no particular one) and key of a protected profile."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An account as a scan saw it, and what it is like; the best verdict first, none: like nothing of ours."""

    candidate: Candidate
    verdicts: tuple[Verdict, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What a scan comes to: the cases that are new or changed, their timelines, what the journal is told."""

    cases: list[Case] = field(default_factory=list)
    steps: list[CaseEvent] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def join(self, other: Outcome) -> None:
        """Add all of another outcome."""
        self.cases += other.cases
        self.steps += other.steps
        self.events += other.events

    def add(self, case: Case, step: CaseStep, message: str, told: Mapping[str, Mapping[str, str]]) -> None:
        """Add a line to the case's timeline."""
        self.steps.append(
            CaseEvent(
                case_id=case.case_id,
                key=f"{case.case_id}:{case.version}:{step}:{_digest(message)}",
                at=case.changed_at,
                step=step,
                message=message,
                before=told.get("before", {}),
                after=told.get("after", {}),
                evidence_id=case.candidate.evidence_id,
            )
        )

    def tell(self, case: Case, kind: EventKind, severity: Severity, message: str) -> None:
        """Put an event into the journal."""
        self.events.append(
            Event(
                key=f"{kind}:{case.case_id}:{case.version}",
                kind=kind,
                at=case.changed_at,
                severity=severity,
                message=message,
                platform=case.candidate.platform or None,
                account_id=case.brand_account_id,
                subject_id=case.case_id,
                after={"state": case.state.value, "tier": case.tier, "score": case.score,
                       "handle": case.candidate.handle, "name": case.candidate.name,
                       "url": case.candidate.url, "account": case.candidate.id},
            )
        )  # fmt: skip


def go_on(
    case: Case | None,
    sighting: Sighting,
    profiles: Mapping[ProfileKey, ProtectedProfile],
    now: datetime,
    today: date,
) -> Outcome:
    """Return what the sighting of an account comes to.

    Args:
        case: its case so far; None: it has none.
        sighting: how it is now.
        profiles: the protected profiles by platform and key; a handle may be ours on several platforms.
        now: when it was seen.
        today: the day in the organisation's zone, on which dismissals are in force or not.

    """
    outcome = Outcome()
    if case is None:
        if sighting.verdicts and sighting.candidate.status is AccountStatus.ACTIVE:
            _begin(outcome, sighting, profiles, now)
        return outcome
    if sighting.candidate.status is not AccountStatus.ACTIVE:
        _remove(outcome, case, sighting.candidate, now)
        return outcome
    _see_again(outcome, case, sighting, profiles, now, today)
    return outcome


def _begin(
    outcome: Outcome, sighting: Sighting, profiles: Mapping[ProfileKey, ProtectedProfile], now: datetime
) -> None:
    candidate = sighting.candidate
    begun = _judged(
        Case(
            case_id=case_id_of(candidate.platform, candidate.id),
            candidate=candidate,
            brand="",
            brand_account_id=None,
            tier=Tier.REVIEW.value,
            score=0.0,
            first_seen=now,
            last_seen=now,
            changed_at=now,
        ),
        sighting.verdicts,
        profiles,
    )
    outcome.cases.append(begun)
    outcome.add(begun, CaseStep.FOUND, f"Found by {candidate.source or 'a scan'}: {short_why(begun)}", {})
    if begun.is_likely:
        _tell_likely(outcome, begun)


def _remove(outcome: Outcome, case: Case, candidate: Candidate, now: datetime) -> None:
    known = _filled(case.candidate, candidate)
    if case.state is CaseState.REMOVED:
        if known.status is not case.candidate.status:
            outcome.cases.append(replace(case, candidate=known, last_seen=now))
        return
    removed = replace(
        case, candidate=known, state=CaseState.REMOVED, last_seen=now, changed_at=now, reason="", expires=None
    )
    said = "is suspended" if known.status is AccountStatus.SUSPENDED else "is gone"
    outcome.cases.append(removed)
    outcome.add(removed, CaseStep.REMOVED, f"The platform says that the account {said}.", {})
    outcome.tell(removed, EventKind.IMPERSONATOR_REMOVED, Severity.INFO,
                 f"{name_of(removed)}, which looked like {removed.brand}, {said}")  # fmt: skip


def lapse(case: Case, now: datetime, today: date) -> Outcome:
    """Return what the end of a dismissal comes to, where no source told of the account: it is looked at again."""
    outcome = Outcome()
    if case.state is CaseState.DISMISSED and not case.is_dismissed(today):
        _reopen(outcome, case, "Its dismissal has ended. It was not seen in this scan.", now)
    return outcome


def own(case: Case, now: datetime) -> Outcome:
    """Return what it comes to that an account is ours by now: nobody is accused any longer."""
    outcome = Outcome()
    if case.state is CaseState.REMOVED or (case.state is CaseState.DISMISSED and case.expires is None):
        return outcome
    closed = replace(
        case, state=CaseState.DISMISSED, tier=Tier.REVIEW.value, suppressed_by=(_OURS,), changed_at=now,
        reason=_OURS, expires=None,
    )  # fmt: skip
    outcome.cases.append(closed)
    outcome.add(closed, CaseStep.DISMISSED, f"Closed: {_OURS[:1].lower()}{_OURS[1:]}", {})
    outcome.tell(closed, EventKind.IMPERSONATOR_CHANGED, Severity.INFO,
                 f"{name_of(closed)}, which looked like {closed.brand}, is ours")  # fmt: skip
    return outcome


def _see_again(
    outcome: Outcome,
    case: Case,
    sighting: Sighting,
    profiles: Mapping[ProfileKey, ProtectedProfile],
    now: datetime,
    today: date,
) -> None:
    seen = _filled(case.candidate, sighting.candidate)
    judged = _judged(replace(case, candidate=seen, last_seen=now), sighting.verdicts, profiles)
    words = changed_words(case.candidate, seen)
    lapsed = case.state is CaseState.DISMISSED and not case.is_dismissed(today)
    back = case.state is CaseState.REMOVED
    if back and seen.observed_at is None and not words:
        # A list that still names it does not gainsay the platform, which was asked.
        return
    worse = judged.is_likely and not case.is_likely
    # A dismissal holds for the account as it was; more that is like us, or another look, is news.
    if back or lapsed or (case.state is CaseState.DISMISSED and (words or worse)):
        why = (
            "It is there again"
            if back
            else "Its dismissal has ended"
            if lapsed
            else "It was dismissed and has changed"
        )
        _reopen(outcome, judged, f"{why}{': ' + '; '.join(words) if words else ''}.", now)
        return
    if words or worse:
        judged = replace(judged, changed_at=now)
    outcome.cases.append(judged)
    if seen.avatar_unseen and not case.candidate.avatar_unseen:
        outcome.add(replace(judged, changed_at=now), CaseStep.NOTED, unseen_picture(seen), {})
    if words:
        renamed = case.candidate.handle != seen.handle
        step = CaseStep.RENAMED if renamed else CaseStep.CHANGED
        outcome.add(judged, step, sentence(words), _cells(case.candidate, seen))
    if worse:
        outcome.add(judged, CaseStep.LIKELY, f"It is likely an impersonator now: {short_why(judged)}", {})
        _tell_likely(outcome, judged)
    elif words:
        severity = Severity.MEDIUM if judged.is_likely else Severity.LOW
        outcome.tell(judged, EventKind.IMPERSONATOR_CHANGED, severity,
                     f"{name_of(judged)}, which look{'s' if judged.elements else 'ed'} like {judged.brand}, has changed:"
                     f" {'; '.join(words)}")  # fmt: skip


def _reopen(outcome: Outcome, case: Case, message: str, now: datetime) -> None:
    opened = replace(case, state=CaseState.REOPENED, changed_at=now, reason="", expires=None)
    outcome.cases.append(opened)
    outcome.add(opened, CaseStep.REOPENED, message, {})
    outcome.tell(opened, EventKind.IMPERSONATOR_REOPENED, Severity.HIGH,
                 f"{name_of(opened)}, which looks like {opened.brand}, needs another look {_where(opened)}."
                 f" {message} {short_why(opened)}")  # fmt: skip


def _tell_likely(outcome: Outcome, case: Case) -> None:
    outcome.tell(case, EventKind.IMPERSONATOR_LIKELY, Severity.HIGH,
                 f"{name_of(case)} likely poses as {case.brand} {_where(case)}. {short_why(case)}")  # fmt: skip


def _where(case: Case) -> str:
    """Return where to look; early in a sentence, because mails cut long ones."""
    address = f", {case.candidate.url}" if case.candidate.url else ""
    return f"(case {case.case_id}{address})"


def _judged(case: Case, verdicts: Sequence[Verdict], profiles: Mapping[ProfileKey, ProtectedProfile]) -> Case:
    """Return the case with what is said of its account now."""
    if not verdicts:
        return replace(case, tier=Tier.REVIEW.value, score=0.0, elements=(), suppressed_by=())
    best = verdicts[0]
    profile = profiles.get((best.brand.platform, best.brand.key))
    others = (one.brand.key for one in verdicts[1:] if one.brand.key != best.brand.key and _is_its_own(one))
    return replace(
        case,
        brand=best.brand.key,
        brand_account_id=profile.account_id if profile else None,
        also_like=tuple(dict.fromkeys(others)),
        tier=best.tier.value,
        score=best.score,
        elements=tuple(
            CaseElement(
                kind=one.kind.value,
                strength=one.strength,
                sentence=one.sentence,
                values=dict(one.values),
                code_points=one.code_points,
            )
            for one in best.elements
        ),
        suppressed_by=best.suppressed_by,
    )  # fmt: skip


def _is_its_own(verdict: Verdict) -> bool:
    """Whether an account is like this profile by more than the domain, which all of ours share."""
    return any(
        one.kind is ElementKind.IMAGE
        or (one.kind in (ElementKind.NAME, ElementKind.HANDLE) and Role.DOMAIN.value not in one.values)
        for one in verdict.elements
    )


def _filled(before: Candidate, now: Candidate) -> Candidate:
    """Return the account as it is now; what this source does not tell stays as it was known, empty or not."""
    known = {
        name: getattr(before, name)
        for name in ("handle", "name", "bio", "url", "links", "location", "created_at", "followers", "following",
                     "posts", "verified_type", "affiliations", "parody", "avatar_url", "avatar_hash", "evidence_id")
        if getattr(now, name) in ("", None, ())
    }  # fmt: skip
    if "avatar_hash" in known and "avatar_hash" not in now.blank:
        # Of another picture that could not be looked at nothing is known; what is, stays so with its moment.
        another = now.avatar_url not in ("", before.avatar_url)
        if before.avatar_hash:
            known |= {
                "avatar_seen_at": before.avatar_seen_at,
                "avatar_unseen": another or before.avatar_unseen,
            }
        elif another:
            del known["avatar_hash"]
    filled = replace(now, **{name: value for name, value in known.items() if name not in now.blank})
    blank = {*now.blank, *(name for name in before.blank if name in known)}
    return replace(filled, blank=tuple(sorted(name for name in blank if not getattr(filled, name))))


def _cells(before: Candidate, after: Candidate) -> dict[str, dict[str, str]]:
    differing = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    return {
        "before": {name: str(getattr(before, name)) for name in differing},
        "after": {name: str(getattr(after, name)) for name in differing},
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
