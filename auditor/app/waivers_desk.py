"""Waivers as people look at them and give them: lists, checks, one whole, a finding waived by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from auditor.app.findings_desk import find_life
from auditor.app.judge import packs_in_force
from auditor.app.lives import follow_up
from auditor.app.waivers import cover_findings, read_waivers, today_of
from auditor.app.waivers_file import add_entry, remove_entry
from auditor.app.waivers_hints import explained
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.life import Life
from auditor.model.waiver import Waiver, WaiverKind
from policies.waivers_cover import Covering, WaiverUse
from policies.waivers_match import is_wild, match_waivers

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.store import Store

SOON = 14
"""Days before its expiry from which a waiver is said to expire soon."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person says who waives a finding."""

    kind: WaiverKind
    reason: str
    owner: str
    approver: str
    expires: date
    control: str = ""


def uses_now(workspace: Workspace, store: Store) -> Covering:
    """Return what the waivers of the file come to today; nothing is written.

    Raises:
        DocumentError, RuleError: the waivers file, or a pack, is not usable.

    """
    waivers, ledger = read_waivers(workspace), store.lives.ledger()
    open_lives = [life for life in ledger.lives.values() if life.is_open]
    if ledger.cursor.look is None:
        return Covering(tuple(_unused(waiver, today_of(workspace)) for waiver in waivers))
    found = [life.seen for life in open_lives]
    covering = cover_findings(
        workspace,
        store,
        waivers,
        found,
        snapshot_id=ledger.cursor.look.snapshot_id,
        today=today_of(workspace),
        held={life.seen.fingerprint: life.waiver.key for life in open_lives if life.waiver},
    )
    return explained(store, covering, found)


def _unused(waiver: Waiver, today: date) -> WaiverUse:
    return WaiverUse(waiver, (), (), (), is_expired=not waiver.in_force(today))


def state_of(use: WaiverUse, today: date) -> str:
    """Return how a waiver stands, in a word or two."""
    if use.is_expired:
        return "expired"
    if use.problems:
        return "amiss"
    return "expires soon" if (use.waiver.expires - today).days <= SOON else "in force"


def kind_counts(covering: Covering) -> dict[str, int]:
    """Return how many findings each kind of waiver covers, none left out."""
    counts = Counter(waiver.kind.value for waiver in covering.by_finding.values())
    return {kind.value: counts[kind.value] for kind in WaiverKind}


def use_json(use: WaiverUse, today: date) -> dict[str, Any]:
    """Return a waiver as JSON lists it."""
    return {
        "id": use.waiver.key,
        **use.waiver.terms,
        "line": use.waiver.line,
        "state": state_of(use, today),
        "days_left": (use.waiver.expires - today).days,
        "matches": len(use.matches),
        "covers": [seen.fingerprint for seen in use.covers],
        "problems": list(use.problems),
    }


def find_use(covering: Covering, prefix: str) -> WaiverUse:
    """Return the waiver whose id begins so; UsageError where none does, or several do."""
    found = [use for use in covering.uses if prefix and use.waiver.key.startswith(prefix.strip().lower())]
    if len(found) != 1:
        fits = f"fits {len(found)} waivers" if found else "is no waiver"
        raise UsageError(f"{prefix[:80]!r} {fits}.", remedy="'auditor waivers list' shows their ids.")
    return found[0]


def waive(workspace: Workspace, store: Store, prefix: str, terms: Terms) -> tuple[Life, Path]:
    """Waive one finding: add the entry to the file, and let it count at once; return the finding and the file.

    Raises:
        UsageError: there is no such open finding, it is waived already, or the approver may not approve it.
        DocumentError: the terms are not allowed.

    In each of these cases nothing was written.
    """
    life = find_life(store, prefix)
    if life.is_waived(today_of(workspace)):
        follow_up(workspace, store)  # its entry may have been taken out of the file by hand
        life = find_life(store, prefix)
    if not life.is_open or life.is_waived(today_of(workspace)):
        standing = life.standing(today_of(workspace)).value
        raise UsageError(f"the finding is {standing}.", remedy="There is nothing to waive.")
    rules = {rule.id for pack in packs_in_force(workspace) for rule in pack.rules}
    waiver = _waiver_for(store, life, terms)
    _refuse_idle(workspace, store, waiver, life)
    path = add_entry(workspace, waiver, rules)
    follow_up(workspace, store)
    return find_life(store, life.seen.fingerprint), path


def _refuse_idle(workspace: Workspace, store: Store, waiver: Waiver, life: Life) -> None:
    """Raise UsageError where a waiver in force would not cover the finding it is written for."""
    use = cover_findings(
        workspace, store, (waiver,), (life.seen,),
        snapshot_id=life.last.snapshot_id, today=today_of(workspace), held={},
    ).uses[0]  # fmt: skip
    if not use.covers:
        raise UsageError(
            f"the waiver would not count: {'; '.join(use.problems) or 'it would have expired already'}.",
            remedy="Nothing was written. Who approves must stand in the roster, and neither own the risk nor hold the access.",
        )


def unwaive(workspace: Workspace, store: Store, prefix: str) -> tuple[Life, Path]:
    """Take the waiver of one finding out of the file; the finding is open again at once.

    Raises:
        UsageError: no such finding is waived, or its waiver covers others too.
        DocumentError: the file is not usable.

    """
    life = find_life(store, prefix)
    covering = uses_now(workspace, store)
    mine = covering.by_finding.get(life.seen.fingerprint)
    if mine is None:
        raise UsageError(
            "no waiver covers the finding.", remedy="'auditor waivers list' shows what they cover."
        )
    others = sum(waiver.key == mine.key for waiver in covering.by_finding.values()) - 1
    if others:
        raise UsageError(
            f"its waiver covers {others} other finding{'s' * (others != 1)} too.",
            remedy=f"Change line {mine.line} of the waivers file by hand.",
        )
    rules = {rule.id for pack in packs_in_force(workspace) for rule in pack.rules}
    path = remove_entry(workspace, mine, rules)
    follow_up(workspace, store)
    return find_life(store, life.seen.fingerprint), path


def _waiver_for(store: Store, life: Life, terms: Terms) -> Waiver:
    """Return the waiver for this finding alone: by its subject's id where that names nothing else."""

    def written(subject: str) -> Waiver:
        return Waiver(
            rule=life.seen.rule,
            subject=subject,
            kind=terms.kind,
            reason=terms.reason,
            control=terms.control,
            owner=terms.owner,
            approver=terms.approver,
            expires=terms.expires,
        )

    subject = life.seen.subject_id
    by_subject = written(subject)
    others = [one.seen for one in store.lives.ledger().lives.values() if one.is_open]
    is_plain = subject == subject.strip() and subject.isprintable() and not is_wild(subject)
    alone = is_plain and len(match_waivers((by_subject,), others)[0]) == 1
    return by_subject if alone else written(life.seen.fingerprint)
