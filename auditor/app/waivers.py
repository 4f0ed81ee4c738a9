"""Waivers over the findings of the day: the file read, its signatories known, what each comes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from auditor.app.judge import packs_in_force
from auditor.app.waivers_events import notices, trail_steps
from auditor.app.workspace import Workspace
from auditor.errors import DocumentError
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.life import Life, Look, Seen
from auditor.model.waiver import Waiver, WaiverMark
from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS, match
from policies.waivers import load_waivers
from policies.waivers_cover import Covering, Signatory, cover

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from auditor.store import Store
    from auditor.store.waiver_terms import Terms

_MAIL = "mail"
"""Stands for a platform where an address of the waivers file is matched to a person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What waivers come to today, and what there is to keep and to tell of them."""

    marks: Mapping[str, WaiverMark]
    """Fingerprint to the waiver that covers it."""
    terms: tuple[Terms, ...] = ()
    events: tuple[Event, ...] = ()


def today_of(workspace: Workspace) -> date:
    """Return the day it is in the organisation's time zone."""
    return workspace.clock().astimezone(workspace.config.organization.zone).date()


def waivers_path(workspace: Workspace) -> Path | None:
    """Return where the waivers file is; None: the configuration names none."""
    name = workspace.config.policies.waivers
    return workspace.loaded.resolve(name) if name else None


def read_waivers(workspace: Workspace, rules: Collection[str] | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of the file.

    ``rules``: ids of every rule there is; None: they are read from the packs.

    Raises:
        DocumentError, RuleError: the file, or a pack, is not usable.

    """
    path = waivers_path(workspace)
    if path is None:
        return ()
    if rules is None:
        rules = {rule.id for pack in packs_in_force(workspace) for rule in pack.rules}
    max_days = workspace.config.policies.waiver_max_days
    return load_waivers(path, rules=rules, today=today_of(workspace), max_days=max_days)


def cover_findings(
    workspace: Workspace,
    store: Store,
    waivers: Sequence[Waiver],
    found: Sequence[Seen],
    *,
    snapshot_id: str,
    today: date,
    held: Mapping[str, str],
) -> Covering:
    """Return what ``waivers`` cover of ``found``; signatories are who the roster of the snapshot says.

    ``held``: fingerprint to the key of the waiver that covered it until now.
    """
    if not waivers:
        return Covering()
    people, has_roster = _signatories(workspace, store, waivers, snapshot_id)
    return cover(waivers, found, today=today, held=held, people=people, has_roster=has_roster)


def standing_waivers(
    workspace: Workspace,
    store: Store,
    lives: Mapping[str, Life],
    look: Look,
) -> Standing:
    """Return what the waivers of the file come to today over the lives that stand open.

    Where the file is not usable what it covered stays covered until it expires, and that is told: a slip
    of the pen must neither wake every accepted finding nor silence the others.
    """
    now, today = workspace.clock(), today_of(workspace)
    held = {mark: life.waiver for mark, life in lives.items() if life.waiver and life.is_open}
    try:
        waivers = _usable_waivers(workspace, store, look)
    except DocumentError as error:
        kept = {mark: waiver for mark, waiver in held.items() if today < waiver.expires}
        return Standing(kept, events=(_unusable(error, workspace),))
    known = store.waiver_trail.newest()
    if not waivers and not known:
        return Standing({})
    covering = cover_findings(
        workspace,
        store,
        waivers,
        [life.seen for life in lives.values() if life.is_open],
        snapshot_id=look.snapshot_id,
        today=today,
        held={mark: waiver.key for mark, waiver in held.items()},
    )
    terms, told = trail_steps(waivers, known, now)
    marks = {
        mark: WaiverMark(waiver.key, waiver.kind, waiver.expires)
        for mark, waiver in covering.by_finding.items()
    }
    return Standing(marks, terms, (*told, *notices(covering, today, now)))


def _usable_waivers(workspace: Workspace, store: Store, look: Look) -> tuple[Waiver, ...]:
    """Return the waivers of the file, held against the rules last judged: packs take a second to read."""
    if waivers_path(workspace) is None:
        return ()
    rules = store.lives.judged_rules(look) | frozenset(workspace.config.policies.disabled)
    try:
        return read_waivers(workspace, rules)
    except DocumentError:
        return read_waivers(workspace)  # a rule may be newer than the judgement


def _unusable(error: DocumentError, workspace: Workspace) -> Event:
    return Event(
        key=f"{EventKind.WAIVER_AMISS.value}:file:{today_of(workspace)}:{error.line}",
        kind=EventKind.WAIVER_AMISS,
        at=workspace.clock(),
        message=f"The waivers file is not usable, so what it covered until now stays as it was. {error.message}",
        severity=Severity.HIGH,
        after={"remedy": error.remedy},
    )


def _signatories(
    workspace: Workspace, store: Store, waivers: Sequence[Waiver], snapshot_id: str
) -> tuple[dict[str, Signatory], bool]:
    """Return whose every address of ``waivers`` is, and whether there is a roster to say so."""
    from pandas import DataFrame

    names = (*PRINCIPAL_COLUMNS, *PERSON_COLUMNS)
    frames = store.frames(snapshot_id, ("people", "principals"), columns=names)
    addresses = sorted({address for waiver in waivers for address in (waiver.owner, waiver.approver)})
    if not len(frames["people"]):
        return {address: _by_address(address, frames["principals"]) for address in addresses}, False
    asked = DataFrame(
        [(address, _MAIL, address, None) for address in addresses],
        columns=list(PRINCIPAL_COLUMNS),
        dtype="str",
    )
    aliases = workspace.config.organization.email_aliases
    matches = match(asked, frames["people"], email_domain_aliases=aliases).matches
    persons = dict(zip(matches["principal_id"], matches["person_id"], strict=True))
    return {address: Signatory(persons.get(address)) for address in addresses}, True


def _by_address(address: str, principals: pd.DataFrame) -> Signatory:
    same = principals["email"].str.strip().str.casefold() == address.casefold()
    return Signatory(principal_ids=frozenset(principals.loc[same.fillna(value=False), "principal_id"]))
