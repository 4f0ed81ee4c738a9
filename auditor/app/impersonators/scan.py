"""The scan: every source is asked, what it tells is compared with what is ours, and the cases go on.

Accounts with a case are asked for first, by their ids, so that no cap on what may be asked stops following them.
Memory does not grow with the accounts looked at: only those that are like something of ours, or have a case
already, are kept. Cases, timelines and events are written in one transaction at the end; a run that is killed
leaves nothing, and the next one starts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from auditor.app.impersonators.cases import Outcome, ProfileKey, Sighting, go_on, lapse, own
from auditor.app.impersonators.looks import Looks, our_hashes
from auditor.app.impersonators.pictures import picture_hosts
from auditor.app.impersonators.protected import Protected, protected
from auditor.app.impersonators.records import Records
from auditor.app.impersonators.scan_note import note_scan
from auditor.app.impersonators.sources import CandidateSource
from auditor.app.progress import Progress, Silent
from auditor.app.workspace import Workspace
from auditor.lookalikes import Candidate as Account
from auditor.lookalikes import Scan, Tier, Verdict, rank
from auditor.lookalikes.elements import ElementKind
from auditor.model.impersonation import AccountStatus, Candidate, Case, CaseState, SourceReport, SourceState
from auditor.store.cases import CaseOvertaken

if TYPE_CHECKING:
    from auditor.store import Store
    from auditor.store.evidence import Packed

_PARODY = "The platform labels it as a parody, commentary or fan account."
_ATTEMPTS = 5
Key = tuple[str, str]


@dataclass(slots=True)
class Scanned:
    """What a scan came to."""

    accounts: int = 0
    """Looked at; an account that two sources tell of counts twice."""
    own: int = 0
    """In our inventory, or carrying our badge: never accused."""
    new: int = 0
    """New cases, whatever their tier."""
    likely: int = 0
    """New cases of likely impersonators."""
    reopened: int = 0
    removed: int = 0
    unseen: int = 0
    """Open cases whose account no source told of; they stay as they are."""
    pictures_unseen: int = 0
    """Accounts like ours whose picture is told of and could not be looked at."""
    own_pictures_unseen: int = 0
    """Protected names whose own picture is told of and could not be looked at."""
    protected: int = 0
    reports: tuple[SourceReport, ...] = ()

    @property
    def trouble(self) -> tuple[SourceReport, ...]:
        """The sources that did not tell of everything they could have."""
        return tuple(one for one in self.reports if one.state is not SourceState.COMPLETE)


@runtime_checkable
class ByName(Protocol):
    """A source whose platform tells of an account by its name alone, and not by its id."""

    def again_by_name(self, accounts: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
        """Yield what accounts with a case are now, by the names they had when they were last seen."""
        ...


@dataclass(slots=True)
class _Gathered:
    """What the sources told that matters."""

    sightings: dict[Key, Sighting] = field(default_factory=dict)
    ours: set[Key] = field(default_factory=set)
    """Accounts that are ours beyond doubt, whichever source knew it."""
    accounts: int = 0
    own: int = 0


def scan(
    workspace: Workspace,
    store: Store,
    sources: Sequence[CandidateSource],
    progress: Progress | None = None,
) -> Scanned:
    """Ask the sources, compare, and carry the cases on.

    Args:
        workspace: what is protected, and the clock.
        store: holds the brand accounts, the cases and the journal.
        sources: asked one after the other, in this order.
        progress: told of each source.

    Raises:
        AuditorError: there is nothing to protect.
        StoreError: the store cannot be written, or others kept changing cases meanwhile.

    """
    progress = progress or Silent()
    guarded = protected(workspace, store)
    now = workspace.clock()
    before = _by_key(store)
    gathered = _Gathered()
    compared = Scan.of(guarded.brands(), now, guarded.allowed, guarded.thresholds)
    _look_again(gathered, compared, guarded, sources, before)
    for source in sources:
        progress.step(f"asking {source.id}")
        for batch in source.candidates(guarded.profiles):
            _take(gathered, compared, guarded, batch, before.keys())
    for key in gathered.ours:
        gathered.sightings.pop(key, None)
    looks = _look_at_pictures(workspace, gathered, compared, guarded, before, our_hashes(store))
    outcome, before = _kept(workspace, store, gathered, guarded)
    looks.keep(store, outcome.cases, now)
    scanned = _summed_up(gathered, guarded, before, outcome, [source.report() for source in sources])
    scanned.pictures_unseen, scanned.own_pictures_unseen = looks.unseen, len(looks.ours_unseen)
    note_scan(store, scanned, now)
    return scanned


def _look_again(
    gathered: _Gathered,
    compared: Scan,
    guarded: Protected,
    sources: Iterable[CandidateSource],
    before: dict[Key, Case],
) -> None:
    """Follow accounts with a case by their ids, whatever they are called by now; those of open cases first."""
    for source in sources:
        wanted = sorted(before, key=lambda key: (not before[key].state.is_open, key))
        unseen = [key for key in wanted if key not in gathered.sightings]
        for batch in source.again(unseen) if unseen else ():
            _take(gathered, compared, guarded, batch, before.keys())
        if isinstance(source, ByName):
            for batch in source.again_by_name([before[key].candidate for key in unseen]):
                _take(gathered, compared, guarded, batch, before.keys())


def _look_at_pictures(
    workspace: Workspace,
    gathered: _Gathered,
    compared: Scan,
    guarded: Protected,
    before: dict[Key, Case],
    ours_before: dict[ProfileKey, tuple[str, ...]],
) -> Looks:
    """Compare the pictures of accounts that are like ours, the likeliest first; return them."""
    profiles = {(one.platform, one.key): one for one in guarded.profiles}
    most = workspace.config.impersonators.pictures.most
    looks = Looks(picture_hosts(workspace), profiles, before, most, ours_before=ours_before)
    found = [key for key, sighting in gathered.sightings.items() if sighting.verdicts]
    for key in sorted(found, key=lambda one: (_order(gathered.sightings[one].verdicts[0]), one)):
        seen = looks.add(gathered.sightings[key], compared, lambda one, at: _labelled(one, at.candidate))
        gathered.sightings[key] = replace(seen, verdicts=tuple(sorted(seen.verdicts, key=_order)))
    return looks


def _take(
    gathered: _Gathered,
    compared: Scan,
    guarded: Protected,
    batch: Sequence[Candidate],
    known: Iterable[Key],
) -> None:
    gathered.accounts += len(batch)
    others = [one for one in batch if not guarded.is_ours(one)]
    gathered.own += len(batch) - len(others)
    gathered.ours.update(one.key for one in batch if guarded.is_surely_ours(one))
    by_key: dict[Key, Candidate] = {}
    for one in others:
        # What one source tells may be what speaks against accusing it, and another does not tell.
        there = gathered.sightings.get(one.key)
        before = by_key.get(one.key) or (there.candidate if there else None)
        by_key[one.key] = _together(before, one) if before else one
    active = [one for one in by_key.values() if one.status is AccountStatus.ACTIVE]
    found: dict[Key, list[Verdict]] = {}
    for verdict, candidate in _verdicts(compared, active):
        found.setdefault(candidate.key, []).append(verdict)
    for key in dict.fromkeys((*found, *(key for key in by_key if key in known or key in gathered.sightings))):
        gathered.sightings[key] = Sighting(by_key[key], tuple(sorted(found.get(key, ()), key=_order)))


def _verdicts(compared: Scan, batch: Sequence[Candidate]) -> Iterator[tuple[Verdict, Candidate]]:
    # Ids of two platforms may be the same; the account handed in is handed back.
    accounts = [_account(one) for one in batch]
    behind = {id(account): candidate for account, candidate in zip(accounts, batch, strict=True)}
    for verdict in compared.of_batch(accounts):
        candidate = behind[id(verdict.candidate)]
        yield _labelled(verdict, candidate), candidate


def _order(verdict: Verdict) -> tuple[bool, bool, float, bool, str]:
    """Return the key that puts the profile an account is most like first; of equals one of its own platform."""
    unlikely, suppressed, score, brand, _account = rank(verdict)
    return unlikely, suppressed, score, verdict.brand.platform != verdict.candidate.platform, brand


def _account(candidate: Candidate) -> Account:
    return Account(
        id=candidate.id,
        handle=candidate.handle,
        name=candidate.name,
        platform=candidate.platform,
        bio=candidate.bio,
        url=" ".join((candidate.url, *candidate.links)),
        created_at=candidate.created_at,
        followers=candidate.followers,
        verified_type=candidate.verified_type,
        avatar=candidate.avatar_hash,
    )


def _labelled(verdict: Verdict, candidate: Candidate) -> Verdict:
    """Let the platform's own label speak for an account, unless it shows our picture or hides its letters."""
    copies = any(one.kind is ElementKind.IMAGE or one.obfuscated for one in verdict.elements)
    if not candidate.parody or copies:
        return verdict
    return replace(verdict, tier=Tier.REVIEW, suppressed_by=(*verdict.suppressed_by, _PARODY))


def _together(one: Candidate, other: Candidate) -> Candidate:
    """Return what two sources told of one account; of two answers the first."""
    # A platform that says it is gone knows better than a list.
    status = next(
        (each.status for each in (one, other) if each.status is not AccountStatus.ACTIVE),
        AccountStatus.ACTIVE,
    )
    told = {
        name: getattr(other, name)
        for name in Candidate.__dataclass_fields__
        if getattr(one, name) in ("", None, ()) and name not in one.blank
    }
    return replace(one, **told | {"status": status, "told": (*one.told, *other.told)})


def _kept(
    workspace: Workspace, store: Store, gathered: _Gathered, guarded: Protected
) -> tuple[Outcome, dict[Key, Case]]:
    """Write how the cases go on; return it, and the cases as they were.

    Where somebody decides on a case while sources are asked, their word is read and the case goes on from it:
    what sources told cost time and money and is not asked for again.
    """
    attempt = 1
    while True:
        before = _by_key(store)
        outcome, records = _followed(workspace, gathered, guarded, before)
        try:
            store.cases.record(outcome.cases, outcome.steps, outcome.events, records)
        except CaseOvertaken:
            if attempt == _ATTEMPTS:
                raise
            attempt += 1
        else:
            return outcome, before


def _by_key(store: Store) -> dict[Key, Case]:
    return {case.candidate.key: case for case in store.cases.all()}


def _followed(
    workspace: Workspace, gathered: _Gathered, guarded: Protected, before: dict[Key, Case]
) -> tuple[Outcome, list[Packed]]:
    """Return how the cases go on, and what their sources said where that is news."""
    now = workspace.clock()
    today = now.astimezone(workspace.config.organization.zone).date()
    profiles = {(one.platform, one.key): one for one in guarded.profiles}
    whole, records = Outcome(), Records()
    for key in sorted(gathered.sightings):
        case = before.get(key)
        sighting = records.named(gathered.sightings[key])
        whole.join(records.kept(case, go_on(case, sighting, profiles, now, today)))
    for key in sorted(before.keys() - gathered.sightings.keys()):
        case = before[key]
        is_ours = key in gathered.ours or guarded.is_surely_ours(case.candidate)
        whole.join(own(case, now) if is_ours else lapse(case, now, today))
    return whole, records.wanted


def _summed_up(
    gathered: _Gathered,
    guarded: Protected,
    before: dict[Key, Case],
    outcome: Outcome,
    reports: Sequence[SourceReport],
) -> Scanned:
    begun = [case for case in outcome.cases if case.version == 0]
    was = {case.case_id: case.state for case in before.values()}
    turned = {
        case.case_id: case.state
        for case in outcome.cases
        if case.version and was[case.case_id] is not case.state
    }
    states = list(turned.values())
    return Scanned(
        accounts=gathered.accounts,
        own=gathered.own,
        new=len(begun),
        likely=sum(case.is_likely for case in begun),
        reopened=states.count(CaseState.REOPENED),
        removed=states.count(CaseState.REMOVED),
        unseen=sum(
            case.state.is_open and key not in gathered.sightings and case.case_id not in turned
            for key, case in before.items()
        ),
        protected=len(guarded.profiles),
        reports=tuple(reports),
    )
